"""What answers, charts and imports cost on this machine, each beside the least it could cost."""

from __future__ import annotations

import os
import platform
import sqlite3
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from io import BytesIO
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any

from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from rich.console import Console
from rich.table import Table
from sqlalchemy import event

from bot.benchmarks.alerts import alert_rounds
from bot.benchmarks.imports import import_speed
from bot.benchmarks.ledger import ledger_speed
from bot.benchmarks.measured import Measured
from bot.benchmarks.reading import readings
from bot.blocks import message
from bot.demo.tryout import bot_in
from bot.local_slack import LocalSlack
from bot.parts import WORKSPACE
from kpi.answering import answered
from kpi.charts.canvas import png
from kpi.digest.weekly import weekly
from kpi.question import Asking
from kpi.reading.period_words import period_of
from kpi.scope import EVERYTHING
from kpi.storage.database import Database
from kpi.storage.importing.results import Wanted, import_file
from kpi.storage.schema import migrate
from kpi.storage.workspaces import team

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from kpi.digest.kept import Digest
    from kpi.report import Picture

CAMPAIGNS, DAYS = 300, 700
MILLION = 1_000_000
ROUNDS = 11
TODAY = date(2026, 11, 22)
NOW = datetime(2026, 11, 22, 9, tzinfo=UTC)
QUESTIONS = (
    "campaign campaign-7",
    "campaign campaign-7 last week",
    "overview",
    "top rocs",
    "top ctr last 28 days",
    "trend revenue",
    "trend ctr campaign-7",
)
COMPARISONS = (
    ("compare two campaigns", "compare campaign-7 campaign-8 last 90 days", 20),
    ("compare ten", f"compare {' '.join(f'campaign-{number}' for number in range(10))} last 90 days", 100),
)
"""Each with the milliseconds that it may take beside its statements."""
AT_ONCE = 40
WORDS_FACTOR, WORDS_MS = 1.5, 15
CHART_FACTOR = 3
ACK_SECONDS = 1.0
DIGESTED, DIGEST_SECONDS = 10, 2
HEADER = "campaign,day,sent,delivered,read,clicks,clickers,orders,buyers,revenue,refunds,cost,opt_outs\n"


def run(*, as_markdown: bool) -> None:
    """Measure everything, print it, and exit 1 where a bound is broken."""
    with tempfile.TemporaryDirectory(prefix="kpi-benchmark-") as folder:
        found = list(_everything(Path(folder)))
    _print(found, as_markdown=as_markdown)
    sys.exit(0 if all(one.holds for one in found) else 1)


def _everything(folder: Path) -> Iterator[Measured]:
    database = _filled(folder)
    yield from _words(database, folder / "season.db")
    yield from _comparisons(database, folder / "season.db")
    yield from _charts(database)
    yield from alert_rounds(database, NOW)
    database.close()
    yield from _digests(folder)
    yield from readings(folder)
    yield from _many_at_once()
    yield from _imports(folder)


def _filled(folder: Path, name: str = "season", campaigns: int = CAMPAIGNS) -> Database:
    path = folder / f"{name}.csv"
    _write(path, campaigns, DAYS)
    database = Database(f"sqlite:///{folder / f'{name}.db'}")
    migrate(database)
    import_file(database, WORKSPACE, Wanted(path), TODAY, "EUR", NOW)
    return database


def _write(path: Path, campaigns: int, days: int) -> None:
    """Write invented results, a row per campaign and day, with numbers that differ a little."""
    with path.open("w", encoding="utf-8") as file:
        file.write(HEADER)
        for back in range(days, 0, -1):
            day = TODAY - timedelta(days=back)
            for number in range(campaigns):
                sent = 1000 + (number * 37 + back * 11) % 500
                read, clickers, orders = sent * 7 // 10, sent // (8 + number % 5), sent // (35 + number % 9)
                money = f"{orders * 54.4:.2f},{orders * 3.9:.2f},{sent * 0.0612:.4f}"
                told = f"{sent},{sent - 30},{read},{clickers * 5 // 4},{clickers},{orders},{orders * 9 // 10}"
                file.write(f"campaign-{number},{day},{told},{money},{sent // 210}\n")


def _words(database: Database, path: Path) -> Iterator[Measured]:
    """Time answers in words, message included, beside the same statements in the bare driver."""
    for question in QUESTIONS:
        statements = _statements(database, question)
        ours = _median_ms(lambda asked=question: message(_answer(database, asked)))  # type: ignore[misc]
        bare = _median_ms(lambda same=statements: _replay(path, same))  # type: ignore[misc]
        bound = WORDS_FACTOR * bare + WORDS_MS
        yield Measured(
            f"{question}, in words",
            f"{ours:.1f} ms",
            f"{bare:.1f} ms for its {len(statements)} statements",
            f"{ours / bare:.2f}",
            f"at most {WORDS_FACTOR} x + {WORDS_MS} ms = {bound:.1f} ms",
            ours <= bound,
        )


def _digests(folder: Path) -> Iterator[Measured]:
    """Time a whole digest of ten campaigns: read, put into words, and every picture drawn."""
    database = _filled(folder, "ten", DIGESTED)
    pictures = _pictures_of(database)
    took = _median_ms(lambda: [png(picture.chart) for picture in _pictures_of(database)]) / 1000
    drawn = _median_ms(lambda: [png(picture.chart) for picture in pictures])
    what = f"a digest of {DIGESTED} campaigns with its {len(pictures)} pictures"
    yield Measured(what, f"{took:.2f} s", "-", "-", f"at most {DIGEST_SECONDS} s", took <= DIGEST_SECONDS)
    yield from ledger_speed(_digest(database), drawn, folder)
    database.close()


def _pictures_of(database: Database) -> tuple[Picture, ...]:
    digest = _digest(database)
    message(digest.message)
    return (*digest.message.pictures, *(digest.thread.pictures if digest.thread else ()))


def _digest(database: Database) -> Digest:
    """Return the digest of last week."""
    with database.reading(WORKSPACE) as db:
        asking = Asking(db, team(db), TODAY, NOW)
        return weekly(asking, EVERYTHING, period_of("last week", TODAY))


def _comparisons(database: Database, path: Path) -> Iterator[Measured]:
    """Time comparisons, message included, beside their statements in the bare driver."""
    for name, question, most in COMPARISONS:
        statements = _statements(database, question)
        ours = _median_ms(lambda asked=question: message(_answer(database, asked)))  # type: ignore[misc]
        bare = _median_ms(lambda same=statements: _replay(path, same))  # type: ignore[misc]
        yield Measured(
            f"{name}, in words",
            f"{ours:.1f} ms",
            f"{bare:.1f} ms for its {len(statements)} statements",
            f"{ours / bare:.2f}",
            f"at most {most} ms more",
            ours - bare <= most,
        )


def _answer(database: Database, question: str) -> Any:  # noqa: ANN401  a report
    return answered(database, WORKSPACE, question, NOW, TODAY)


def _statements(database: Database, question: str) -> list[tuple[str, Any]]:
    """Return the statements behind an answer, as they reach the driver."""
    heard: list[tuple[str, Any]] = []

    def hear(_connection: object, _cursor: object, statement: str, parameters: Any, *_rest: object) -> None:  # noqa: ANN401
        heard.append((statement, parameters))

    event.listen(database.engine, "before_cursor_execute", hear)
    _answer(database, question)
    event.remove(database.engine, "before_cursor_execute", hear)
    return [pair for pair in heard if pair[0].startswith("SELECT")]


_BARE: dict[Path, sqlite3.Connection] = {}


def _replay(path: Path, statements: Sequence[tuple[str, Any]]) -> None:
    connection = _BARE.setdefault(path, sqlite3.connect(path))
    for statement, parameters in statements:
        connection.execute(statement, parameters).fetchall()


def _charts(database: Database) -> Iterator[Measured]:
    """Time charts beside a bare figure: one line, no axes, the same size."""
    asked = {"card": "campaign campaign-7", "trend": "trend revenue", "ranking": "top rocs"}
    drawn = {name: _answer(database, question).pictures[0].chart for name, question in asked.items()}
    for name, chart in {**drawn, "digest": _digest(database).message.pictures[0].chart}.items():
        ours, bare = _in_turn(lambda one=chart: png(one), _bare_figure)  # type: ignore[misc]
        yield Measured(
            f"{name}, drawn",
            f"{ours:.0f} ms",
            f"{bare:.0f} ms for one bare line",
            f"{ours / bare:.2f}",
            f"at most {CHART_FACTOR} x",
            ours <= CHART_FACTOR * bare,
        )


def _bare_figure() -> bytes:
    figure = Figure(figsize=(6, 3.375), dpi=200)
    FigureCanvasAgg(figure)
    figure.add_artist(Line2D([0.1, 0.4, 0.6, 0.9], [0.2, 0.8, 0.3, 0.7]))
    out = BytesIO()
    figure.savefig(out, format="png")
    return out.getvalue()


def _many_at_once() -> Iterator[Measured]:
    """Type forty commands at once into the local Slack."""
    with LocalSlack() as slack:
        slack.pace.burst = 10 * AT_ONCE
        with bot_in(slack), ThreadPoolExecutor(AT_ONCE) as people:
            slack.command("campaign spring-sale")
            slack.wait_for(lambda: any(_has_picture(one.blocks) for one in slack.messages("marketing")), timeout=30)
            receipts = list(people.map(lambda _: slack.command("campaign spring-sale"), range(AT_ONCE)))
        replies = len([one for one in slack.messages("marketing") if one.blocks])
    slowest = max(receipt.seconds for receipt in receipts)
    acked = sum(receipt.ok for receipt in receipts)
    yield Measured(
        f"{AT_ONCE} commands at once",
        f"{acked} acknowledged, the last after {slowest * 1000:.0f} ms; {replies - 1} answered",
        "-",
        "-",
        f"all within {ACK_SECONDS:.0f} s, all answered",
        acked == AT_ONCE and slowest <= ACK_SECONDS and replies == AT_ONCE + 1,
    )


def _has_picture(blocks: list[dict[str, Any]]) -> bool:
    return any(block["type"] == "image" for block in blocks)


def _imports(folder: Path) -> Iterator[Measured]:
    path = folder / "million.csv"
    _write(path, 1000, MILLION // 1000)
    yield from import_speed(path, folder, MILLION)


def _median_ms(work: Callable[[], object]) -> float:
    work()
    return median(_ms(work) for _ in range(ROUNDS))


def _in_turn(one: Callable[[], object], other: Callable[[], object]) -> tuple[float, float]:
    """Return the medians of two pieces of work done in turn, so that a slow moment of the machine hits both."""
    one(), other()
    pairs = [(_ms(one), _ms(other)) for _ in range(ROUNDS)]
    return median(pair[0] for pair in pairs), median(pair[1] for pair in pairs)


def _ms(work: Callable[[], object]) -> float:
    begun = time.perf_counter()
    work()
    return (time.perf_counter() - begun) * 1000


def _print(found: list[Measured], *, as_markdown: bool) -> None:
    columns = ("", "measured", "the least it could be", "ratio", "bound", "kept")
    rows = [(one.what, one.value, one.floor, one.ratio, one.bound, "yes" if one.holds else "NO") for one in found]
    if not as_markdown:
        table = Table(*columns)
        for row in rows:
            table.add_row(*row)
        Console().print(table)
        return
    lines = [columns, ("---",) * len(columns), *rows]
    made = f"Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}, {os.cpu_count()} cores."
    text = "\n".join("| " + " | ".join(line) + " |" for line in lines)
    print(f"{text}\n\n{made} Each time is the median of {ROUNDS} warm runs.")  # noqa: T201  it becomes the document
