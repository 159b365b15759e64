"""How often each source tells something, and which have long told nothing."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import timedelta
from itertools import pairwise
from statistics import median
from typing import TYPE_CHECKING

from sqlalchemy import func, select

from kpi.storage.binding import OURS
from kpi.storage.importing.runs import IMPORT
from kpi.storage.live.sources import LIVE, SOURCE

if TYPE_CHECKING:
    from datetime import datetime

    from kpi.storage.database import Db

A_DAY = timedelta(days=1)
TIMES, FEWEST_IMPORTS, LONGEST_ASLEEP = 3, 4, 60 * A_DAY
"""A source is silent for three times its rhythm, which takes four imports to know; after two months it is over."""
_IMPORTS = (
    select(IMPORT.c.source, IMPORT.c.person, IMPORT.c.finished_at)
    .where(IMPORT.c.workspace == OURS, IMPORT.c.finished_at.is_not(None))
    .order_by(IMPORT.c.finished_at)
)
_LIVE = select(SOURCE.c.source, SOURCE.c.updated_at).where(SOURCE.c.workspace == OURS, SOURCE.c.kind == LIVE)
_NEWEST = select(func.max(IMPORT.c.finished_at)).where(IMPORT.c.workspace == OURS)


@dataclass(frozen=True, slots=True)
class Silent:
    """A source that has told nothing for far longer than it used to, since when, and who imported it last."""

    source: str
    since: datetime
    rhythm: timedelta
    person: str = ""
    is_live: bool = False


def newest_import(db: Db) -> datetime | None:
    """Return when an import last came to its end."""
    moment: datetime | None = db.run(_NEWEST).scalar()
    return moment


def silent_sources(db: Db, now: datetime) -> tuple[Silent, ...]:
    """Return the sources that have fallen silent."""
    imported: dict[str, list[datetime]] = defaultdict(list)
    people: dict[str, str] = {}
    for row in db.rows(_IMPORTS):
        if not imported[row.source] or row.finished_at.date() > imported[row.source][-1].date():
            imported[row.source].append(row.finished_at)
        people[row.source] = row.person
    files = (
        Silent(source, moments[-1], max(_usual_gap(moments), A_DAY), people[source])
        for source, moments in imported.items()
        if len(moments) >= FEWEST_IMPORTS
    )
    live = (Silent(row.source, row.updated_at, A_DAY, is_live=True) for row in db.rows(_LIVE))
    return tuple(one for one in (*files, *live) if TIMES * one.rhythm < now - one.since < LONGEST_ASLEEP)


def _usual_gap(moments: list[datetime]) -> timedelta:
    return timedelta(seconds=median((later - one).total_seconds() for one, later in pairwise(moments)))
