"""When the results of messages came in: each source's counts of a day's messages, by age (``kpi.ages``).

A row says what happened at just this age, not up to it, to the messages of ``day``. Its key is that of ``Reported`` and
the age; its counts are those of ``Reported`` on the same day, taken apart: orders and money on the day of the message,
as all facts here. Summed over the ages they are equal where a source knows all ages, which no file of results does: it
leaves no rows, and the campaign's ages are unknown. What a source knows and nothing came of is 0 at age 0, what it does
not know is None at every age. ``sent`` has age 0; a cost has the age of the delivery that it is charged for.

Deltas are added, so whoever adds them twice counts twice: do it in the transaction that stores what they come from. An
event that turns out to be earlier than it seemed is taken from the one age and added to the other.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import BigInteger, bindparam, case, cast, func, select

from kpi.facts import ARRIVING, Fact
from kpi.storage.binding import OURS
from kpi.storage.families import told_of
from kpi.storage.models import Table
from kpi.storage.upsert import add_up

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date

    from sqlalchemy import Select

    from kpi.storage.campaigns import Campaign
    from kpi.storage.database import Db

ARRIVAL, CHOICE = Table.metadata.tables["arrival"], Table.metadata.tables["source_choice"]
CAMPAIGN = Table.metadata.tables["campaign"]


class ArrivalKey(NamedTuple):
    """Whose messages, of which day, and how old they were. Unsplit market and variant are ''."""

    campaign: str
    source: str
    day: date
    market: str
    variant: str
    currency: str
    age: int


@dataclass(frozen=True, slots=True)
class Arrived:
    """What came of a variant's messages at an age, over all its days; a fact that is not there is unknown."""

    campaign: str
    variant: str
    age: int
    facts: Mapping[Fact, int]


def add_arrivals(db: Db, deltas: Mapping[ArrivalKey, Mapping[Fact, int]]) -> None:
    """Add signed counts; a fact that is not in a delta stays as it is, one that was unknown begins at 0."""
    nothing: dict[str, int | None] = dict.fromkeys(fact.key for fact in ARRIVING)
    rows = [
        {**key._asdict(), **nothing, **{fact.key: count for fact, count in deltas[key].items()}}
        for key in sorted(deltas)  # always in one order, so that two writers never wait for each other
    ]
    db.run_many(add_up(db, ARRIVAL), rows)


def arrivals(db: Db, campaigns: Iterable[Campaign]) -> list[Arrived]:
    """Return what came of the campaigns' messages, by campaign, variant and age, as the chosen sources tell it."""
    found = db.rows(_by_age(), slugs=told_of(db, [campaign.slug for campaign in campaigns]))
    return [
        Arrived(campaign, variant, age, {fact: count for fact, count in zip(ARRIVING, counts, strict=True)
                                         if count is not None})
        for campaign, variant, age, *counts in map(tuple, found)
    ]  # fmt: skip


@cache
def _by_age() -> Select[Any]:
    told = [
        cast(func.sum(case((CHOICE.c[fact.group.value] == ARRIVAL.c.source, ARRIVAL.c[fact.key]))), BigInteger)
        for fact in ARRIVING
    ]
    answers = func.coalesce(CAMPAIGN.c.part_of, CAMPAIGN.c.slug)
    keys = (answers, ARRIVAL.c.variant, ARRIVAL.c.age)
    same = (CHOICE.c.workspace == ARRIVAL.c.workspace) & (CHOICE.c.campaign == ARRIVAL.c.campaign)
    its = (CAMPAIGN.c.workspace == ARRIVAL.c.workspace) & (CAMPAIGN.c.slug == ARRIVAL.c.campaign)
    return (
        select(*keys, *told)
        .join_from(ARRIVAL, CHOICE, same)
        .join(CAMPAIGN, its)
        .where(ARRIVAL.c.workspace == OURS, ARRIVAL.c.campaign.in_(bindparam("slugs", expanding=True)))
        .group_by(*keys)
        .having(func.coalesce(*told).is_not(None))
        .order_by(*keys)
    )


@dataclass(frozen=True, slots=True)
class Course:
    """How the results of a campaign's complete days came in: how many days, and the counts by age."""

    days: int
    by_age: Mapping[int, Mapping[Fact, int]]


def courses(db: Db, campaigns: Iterable[Campaign], start: date, end: date) -> dict[str, Course]:
    """Return how the results of the messages from ``start`` up to, not including, ``end`` came in, by campaign."""
    found: dict[str, Course] = {}
    slugs = told_of(db, [campaign.slug for campaign in campaigns])
    for campaign, age, days, *counts in map(tuple, db.rows(_courses(), slugs=slugs, start=start, end=end)):
        facts = {fact: count for fact, count in zip(ARRIVING, counts, strict=True) if count is not None}
        before = found.get(campaign, Course(0, {}))
        found[campaign] = Course(max(before.days, days), {**before.by_age, age: facts})
    return found


@cache
def _courses() -> Select[Any]:
    told = [
        cast(func.sum(case((CHOICE.c[fact.group.value] == ARRIVAL.c.source, ARRIVAL.c[fact.key]))), BigInteger)
        for fact in ARRIVING
    ]
    keys = (ARRIVAL.c.campaign, ARRIVAL.c.age)
    same = (CHOICE.c.workspace == ARRIVAL.c.workspace) & (CHOICE.c.campaign == ARRIVAL.c.campaign)
    return (
        select(*keys, func.count(ARRIVAL.c.day.distinct()), *told)
        .join_from(ARRIVAL, CHOICE, same)
        .where(ARRIVAL.c.workspace == OURS, ARRIVAL.c.campaign.in_(bindparam("slugs", expanding=True)))
        .where(ARRIVAL.c.day >= bindparam("start"), ARRIVAL.c.day < bindparam("end"))
        .group_by(*keys)
        .order_by(*keys)
    )
