"""Why live messages failed, counted by day and code in the transaction that stores the messages."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import bindparam, func, select

from kpi.storage.binding import OURS
from kpi.storage.families import told_of
from kpi.storage.models import Table
from kpi.storage.upsert import add_up

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from kpi.periods import Period
    from kpi.storage.database import Db

FAILURE = Table.metadata.tables["failure"]


class Failed(NamedTuple):
    """Where a failure counts: the campaign, the day of its message, WhatsApp's code."""

    campaign: str
    day: date
    code: int


def add_failures(db: Db, sums: Mapping[Failed, int]) -> None:
    """Add signed counts."""
    rows = [{**one._asdict(), "count": sums[one]} for one in sorted(sums) if sums[one]]
    db.run_many(add_up(db, FAILURE), rows)


def failures(db: Db, campaign: str, period: Period | None) -> dict[int, int]:
    """Return how many messages of a campaign failed, by WhatsApp's code."""
    rows = _BY_CODE
    if period:
        rows = rows.where(FAILURE.c.day >= period.start, FAILURE.c.day < period.end)
    found = db.rows(rows, campaigns=told_of(db, [campaign]))
    return {code: int(count) for code, count in map(tuple, found) if count}


_BY_CODE = (
    select(FAILURE.c.code, func.sum(FAILURE.c["count"]))
    .where(FAILURE.c.workspace == OURS, FAILURE.c.campaign.in_(bindparam("campaigns", expanding=True)))
    .group_by(FAILURE.c.code)
    .order_by(FAILURE.c.code)
)
