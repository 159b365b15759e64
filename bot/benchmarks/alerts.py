"""What a round of alerts costs: every rule on every campaign, with the statements that it takes."""

from __future__ import annotations

import time
from statistics import median
from typing import TYPE_CHECKING

from sqlalchemy import event, update

from bot.benchmarks.measured import Measured
from bot.parts import WORKSPACE
from kpi.alerts.commands import asking_now, kept
from kpi.alerts.rounds import brought_on, looked_at
from kpi.storage.binding import OURS
from kpi.storage.campaigns import CAMPAIGN

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from kpi.storage.database import Database, Db

RULES = ("ctr < 5%", "delivery below 90%", "revenue down 30% vs usual", "conversion anomaly")
PAIRS, SECONDS, STATEMENTS = 1000, 5, 20
ROUNDS = 3


def alert_rounds(database: Database, now: datetime) -> Iterator[Measured]:
    """Time a round, from reading to writing."""
    database.written(WORKSPACE, lambda db: _keep_rules(db, now))
    statements: list[str] = []

    def count(_connection: object, _cursor: object, statement: str, *_more: object) -> None:
        statements.append(statement)

    event.listen(database.engine, "before_cursor_execute", count)
    found = [_round(database, now) for _ in range(ROUNDS)]
    event.remove(database.engine, "before_cursor_execute", count)
    took, pairs, asked = median(seconds for seconds, _ in found), found[0][1], len(statements) // ROUNDS
    what = f"a round of alerts: {pairs} pairs of rule and campaign in {asked} statements"
    holds = took <= SECONDS and pairs >= PAIRS and asked <= STATEMENTS
    yield Measured(what, f"{took:.2f} s", "-", "-", f"at most {SECONDS} s, {STATEMENTS} statements", holds)


def _round(database: Database, now: datetime) -> tuple[float, int]:
    begun = time.perf_counter()
    with database.reading(WORKSPACE) as db:
        found = looked_at(asking_now(db, now))
    database.written(WORKSPACE, lambda db: len(brought_on(asking_now(db, now), found, now)))
    return time.perf_counter() - begun, len(found)


def _keep_rules(db: Db, now: datetime) -> None:
    """Keep the rules; two thirds of the campaigns go on, so that both ways of judging are timed."""
    goes_on = CAMPAIGN.c.slug.not_like("%1") & CAMPAIGN.c.slug.not_like("%4") & CAMPAIGN.c.slug.not_like("%7")
    db.run(update(CAMPAIGN).where(CAMPAIGN.c.workspace == OURS, goes_on).values(kind="automation"))
    for text in RULES:
        kept(asking_now(db, now), text, "C1", "U1")
