"""What came of the messages of complete days, all together: after one day, after two, …, in the end."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from itertools import accumulate
from typing import TYPE_CHECKING, Any

from sqlalchemy import BigInteger, bindparam, case, cast, func, select

from kpi.ages import OLDEST
from kpi.facts import ARRIVING, BY_SEND, Fact
from kpi.periods import DAY
from kpi.storage.arrivals import ARRIVAL, CHOICE
from kpi.storage.binding import OURS
from kpi.storage.families import told_of
from kpi.tally import Sums, Tally

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from sqlalchemy import Select

    from kpi.storage.campaigns import Campaign
    from kpi.storage.database import Db

LONGEST = 90 * DAY
"""How far back days are learned from."""
ON_ITS_DAY = {by_send: own for own, by_send in BY_SEND.items()}


@dataclass(frozen=True, slots=True)
class Stages:
    """``tallies[n]`` is what ``days`` days of messages had brought after ``n + 1`` days; the last holds everything."""

    days: int
    tallies: tuple[Tally, ...]


def stages(db: Db, campaigns: Iterable[Campaign], today: date) -> Stages:
    """Return what the campaigns' messages brought by and by, of days of which every age is over."""
    last = today - (OLDEST + 1) * DAY
    told = told_of(db, [one.slug for one in campaigns if one.ended and one.ended > last - LONGEST])
    within = {"slugs": told, "since": last - LONGEST, "last": last}
    found = {(row.currency, row.age): tuple(row)[2:] for row in db.rows(_by_age(), **within)} if told else {}
    if not found:
        return Stages(0, ())
    parts = [_sums(currency, found) for currency in sorted({currency for currency, _ in found})]
    return Stages(db.run(_DAYS, **within).scalar_one(), tuple(Tally(some) for some in zip(*parts, strict=True)))


def _sums(currency: str, found: dict[tuple[str, int], tuple[int | None, ...]]) -> list[Sums]:
    """Return what was known in a currency at each stage."""
    nothing = (None,) * len(ARRIVING)
    known: list[dict[Fact, int]] = [{} for _ in range(OLDEST + 1)]
    for at, fact in enumerate(ARRIVING):
        counts = [found.get((currency, age), nothing)[at] for age in range(OLDEST + 1)]
        if any(count is not None for count in counts):
            for stage, total in zip(known, accumulate(count or 0 for count in counts), strict=True):
                stage[fact] = stage[ON_ITS_DAY.get(fact, fact)] = total
    return [Sums("", currency, stage) for stage in known]


_WITHIN = (
    ARRIVAL.c.workspace == OURS,
    ARRIVAL.c.campaign.in_(bindparam("slugs", expanding=True)),
    ARRIVAL.c.day >= bindparam("since"),
    ARRIVAL.c.day <= bindparam("last"),
)
_DAYS = select(func.count(func.distinct(ARRIVAL.c.day))).where(*_WITHIN)


@cache
def _by_age() -> Select[Any]:
    same = (CHOICE.c.workspace == ARRIVAL.c.workspace) & (CHOICE.c.campaign == ARRIVAL.c.campaign)
    counts = (case((CHOICE.c[fact.group.value] == ARRIVAL.c.source, ARRIVAL.c[fact.key])) for fact in ARRIVING)
    keys = (ARRIVAL.c.currency, ARRIVAL.c.age)
    return (
        select(*keys, *(cast(func.sum(count), BigInteger) for count in counts))
        .join_from(ARRIVAL, CHOICE, same)
        .where(*_WITHIN)
        .group_by(*keys)
    )
