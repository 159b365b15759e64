"""What a period holds: one SELECT on the daily results, summed per campaign and per set of known facts."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from sqlalchemy import BigInteger, ColumnElement, Select, bindparam, case, cast, func, literal, select

from kpi.daily import Daily
from kpi.facts import FACTS, Adds, Fact
from kpi.scope import EVERYTHING
from kpi.storage.binding import OURS
from kpi.storage.families import told_of
from kpi.storage.models import Table
from kpi.tally import Sums, Tally

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping
    from datetime import date, datetime
    from decimal import Decimal

    from sqlalchemy import Row

    from kpi.daily import Row as DayRow
    from kpi.periods import Period
    from kpi.scope import Scope
    from kpi.storage.campaigns import Campaign
    from kpi.storage.database import Db

DAILY, CHOICE = Table.metadata.tables["daily_result"], Table.metadata.tables["source_choice"]
CAMPAIGN, SOURCE = Table.metadata.tables["campaign"], Table.metadata.tables["source"]


@dataclass(frozen=True, slots=True)
class Origin:
    """Where the figures of some campaigns came from: the sources, when they last told anything, what they dispute."""

    sources: tuple[str, ...]
    updated_at: datetime | None
    disagreements: tuple[str, ...] = ()


def tally(
    db: Db,
    facts: Collection[Fact],
    campaigns: Iterable[Campaign],
    period: Period | None,
    scope: Scope = EVERYTHING,
) -> Tally:
    """Sum the facts of these campaigns over a period (None: their whole lives), in the scope's markets and currency."""
    chosen, ordered = list(campaigns), _ordered(facts)
    bounds = _bounds(chosen, period, scope)
    rows = db.rows(_sums(ordered, tuple(bounds)), **bounds)
    return Tally(tuple(_sums_of(row, ordered) for row in rows), margins=_margins(chosen))


def daily(
    db: Db,
    facts: Collection[Fact],
    campaigns: Iterable[Campaign],
    period: Period | None,
    scope: Scope = EVERYTHING,
    *,
    pooled: bool = False,
) -> Daily:
    """Sum the facts per day; a day without any row is missing.

    ``pooled`` takes all campaigns together, so that a day is a few rows however many there are: a ratio is then read
    from the rows that know both sides, rather than from the campaigns that do, and there are no margins.
    """
    chosen, ordered = list(campaigns), _ordered(facts)
    bounds = _bounds(chosen, period, scope)
    rows: dict[date, list[DayRow]] = {}
    for row in db.rows(_sums(ordered, tuple(bounds), by_day=True, pooled=pooled), **bounds):
        campaign, currency, known, *sums, day = tuple(row)
        rows.setdefault(day, []).append(((_named(campaign, known), currency, known), tuple(sums)))
    return Daily(ordered, dict(sorted(rows.items())), {} if pooled else _margins(chosen))


def with_states(db: Db, found: Tally, campaign: Campaign, period: Period | None, scope: Scope = EVERYTHING) -> Tally:
    """Add the levels that never add up (audience, subscribers): the last of each split in the period."""
    states = [fact for fact in FACTS if fact.adds is Adds.STATE]
    levels = {(campaign.slug, fact): levels_of(db, fact, campaign, period, scope) for fact in states}
    return Tally(found.sums, {key: sum(parts.values()) for key, parts in levels.items() if parts}, found.margins)


def levels_of(
    db: Db, fact: Fact, campaign: Campaign, period: Period | None = None, scope: Scope = EVERYTHING
) -> dict[tuple[str, str], int]:
    """Return the last level of each market and variant of a campaign."""
    bounds = _bounds([campaign], period, scope)
    rows = db.rows(_levels(fact, tuple(bounds)), **bounds)
    return {(row.market, row.variant): row.level for row in rows}


def origin(db: Db, campaigns: Iterable[Campaign]) -> Origin:
    """Tell where the figures of these campaigns came from."""
    names = {"slugs": told_of(db, [campaign.slug for campaign in campaigns])}
    rows = db.rows(_CHOICES, **names)
    chosen = dict.fromkeys(str(source) for row in rows for source in tuple(row)[:-1] if source)
    known = news(db)
    used = tuple(source for source in chosen if source in known)
    disagreements = tuple(dict.fromkeys(row.disagreement for row in rows if row.disagreement))
    return Origin(used, max((known[source] for source in used), default=None), disagreements)


def news(db: Db) -> dict[str, datetime]:
    """Tell when each source last told anything."""
    return {row.source: row.updated_at for row in db.rows(_SOURCES)}


_CHOICES = (
    select(CHOICE.c.messages, CHOICE.c.orders, CHOICE.c.cost, CHOICE.c.list, CHOICE.c.disagreement)
    .where(CHOICE.c.workspace == OURS, CHOICE.c.campaign.in_(bindparam("slugs", expanding=True)))
    .distinct()
)
_SOURCES = select(SOURCE.c.source, SOURCE.c.updated_at).where(SOURCE.c.workspace == OURS)


def _ordered(facts: Collection[Fact]) -> tuple[Fact, ...]:
    return tuple(fact for fact in FACTS if fact in facts and fact.adds is Adds.SUM)


@cache
def _sums(
    facts: tuple[Fact, ...],
    narrowed_by: tuple[str, ...],
    by_day: bool = False,  # noqa: FBT001, FBT002
    pooled: bool = False,  # noqa: FBT001, FBT002
) -> Select[Any]:
    """Return the SELECT; ``known`` has a bit per fact, so that rows are only summed with rows that know the same."""
    known: ColumnElement[int] = sum(
        (case((DAILY.c[fact.key].is_not(None), 1 << bit), else_=0) for bit, fact in enumerate(facts)),
        start=cast(0, BigInteger),
    )
    known = known.label("known")
    campaign = literal("").label("campaign") if pooled else DAILY.c.campaign
    keys = [DAILY.c.currency, *([] if pooled else [campaign]), *([DAILY.c.day] if by_day else [])]
    sums = [cast(func.sum(DAILY.c[fact.key]), BigInteger).label(fact.key) for fact in facts]
    return (
        _narrowed(select(campaign, DAILY.c.currency, known, *sums, *([DAILY.c.day] if by_day else [])), narrowed_by)
        .group_by(*keys, known)
        .order_by(*keys)
    )


@cache
def _levels(fact: Fact, narrowed_by: tuple[str, ...]) -> Select[Any]:
    level = DAILY.c[fact.key]
    rows = select(DAILY.c.market, DAILY.c.variant, level.label("level")).where(level.is_not(None))
    return _narrowed(rows, narrowed_by).order_by(DAILY.c.day)


CONDITIONS = {
    "slugs": DAILY.c.campaign.in_(bindparam("slugs", expanding=True)),
    "start": DAILY.c.day >= bindparam("start"),
    "end": DAILY.c.day < bindparam("end"),
    "markets": DAILY.c.market.in_(bindparam("markets", expanding=True)),
    "currency": DAILY.c.currency == bindparam("currency"),
}
"""What rows can be narrowed by, each with the parameter it is bound to."""


def _narrowed(rows: Select[Any], narrowed_by: tuple[str, ...]) -> Select[Any]:
    return rows.where(DAILY.c.workspace == OURS, *(CONDITIONS[name] for name in narrowed_by))


def _bounds(campaigns: list[Campaign], period: Period | None, scope: Scope) -> dict[str, Any]:
    """Return the parameters of the conditions that narrow something down."""
    bounds: dict[str, Any] = {"slugs": [campaign.slug for campaign in campaigns]}
    bounds |= {"start": period.start, "end": period.end} if period else {}
    bounds |= {"markets": list(scope.markets)} if scope.markets else {}
    return bounds | ({"currency": scope.currency} if scope.currency else {})


def _margins(campaigns: list[Campaign]) -> Mapping[str, Decimal | None]:
    return {campaign.slug: campaign.margin for campaign in campaigns}


def _sums_of(cells: Row[Any], facts: tuple[Fact, ...]) -> Sums:
    campaign, currency, known, *sums = tuple(cells)
    told = {fact: value for fact, value in zip(facts, sums, strict=True) if value is not None}
    return Sums(_named(campaign, known), currency, told)


def _named(campaign: str, known: int) -> str:
    """Name the rows of all campaigns together by what they know, so that they are never taken for one campaign's."""
    return campaign or f"rows that know {known:b}"
