"""Live sources: since when their events come in, what they are connected to, and what they said beside results."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from sqlalchemy import bindparam, func, select, update

from kpi.storage.binding import OURS
from kpi.storage.models import Table
from kpi.storage.upsert import add_up, insert_new
from kpi.storage.workspaces import WORKSPACE as TEAM
from kpi.storage.workspaces import team

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date, datetime

    from kpi.storage.database import Db

SOURCE, CONNECTION, COUNT = (Table.metadata.tables[name] for name in ("source", "connection", "live_count"))
LIVE = "live"
WHATSAPP = "whatsapp"
NOTICE = "notice: "
"""Begins what was heard of templates and numbers."""
FRESH = timedelta(seconds=30)
"""How far the time at which a source last told anything may lag behind."""


@dataclass(frozen=True, slots=True)
class LiveSource:
    """A source whose events come in by themselves: how it books them, and the time by which it does."""

    name: str
    currency: str
    zone: ZoneInfo
    now: datetime

    @property
    def today(self) -> date:
        """The team's day."""
        return self.now.astimezone(self.zone).date()


_SOURCE = (
    select(SOURCE.c.updated_at, SOURCE.c.currency, TEAM.c.timezone)
    .join(TEAM, TEAM.c.workspace == SOURCE.c.workspace, isouter=True)
    .where(SOURCE.c.workspace == OURS, SOURCE.c.source == bindparam("name"))
)
_TOLD = (
    update(SOURCE)
    .where(SOURCE.c.workspace == OURS, SOURCE.c.source == bindparam("name"))
    .values(updated_at=bindparam("now"))
)


def live_source(db: Db, name: str, now: datetime) -> LiveSource:
    """Return a source and note that it told something; with its first word it is connected."""
    found = db.run(_SOURCE, name=name).first()
    if found and found.timezone:
        if now - found.updated_at > FRESH:
            db.run(_TOLD, name=name, now=now)
        return LiveSource(name, found.currency, ZoneInfo(found.timezone), now)
    words = team(db).words
    if found is None:
        first = {"source": name, "kind": LIVE, "updated_at": now, "since": now, "currency": words.currency}
        db.run_many(insert_new(db, SOURCE), [first])
    return LiveSource(name, found.currency if found else words.currency, ZoneInfo(words.timezone), now)


def claim(db: Db, kind: str, accounts: Iterable[str], now: datetime) -> None:
    """Note that events of these accounts belong to the workspace."""
    db.run_many(
        insert_new(db, CONNECTION), [{"kind": kind, "account": one, "since": now} for one in sorted(set(accounts))]
    )


def connections(db: Db, kind: str) -> tuple[str, ...]:
    """Return the accounts whose events belong to the workspace."""
    ours = (CONNECTION.c.workspace == OURS, CONNECTION.c.kind == kind)
    return tuple(db.run(select(CONNECTION.c.account).where(*ours).order_by(CONNECTION.c.account)).scalars())


def add_heard(db: Db, source: LiveSource, counts: Mapping[str, int]) -> None:
    """Count what is no result, on the day on which it was heard."""
    told = {"source": source.name, "day": source.today}
    db.run_many(add_up(db, COUNT), [told | {"what": what, "count": counts[what]} for what in sorted(counts)])


def heard_on(db: Db, source: LiveSource, what: str) -> int:
    """Return how often something was heard today."""
    ours = (COUNT.c.workspace == OURS, COUNT.c.source == source.name, COUNT.c.day == source.today, COUNT.c.what == what)
    return int(db.run(select(func.coalesce(func.max(COUNT.c["count"]), 0)).where(*ours)).scalar_one())


def heard_since(db: Db, source: str, day: date) -> dict[str, int]:
    """Return what was heard from a day on that is no result, and how often."""
    ours = (COUNT.c.workspace == OURS, COUNT.c.source == source, COUNT.c.day >= day)
    rows = select(COUNT.c.what, func.sum(COUNT.c["count"])).where(*ours).group_by(COUNT.c.what)
    return {what: int(times) for what, times in map(tuple, db.rows(rows.order_by(COUNT.c.what)))}
