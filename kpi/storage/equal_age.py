"""Results as they stood when their messages were younger: a slice cut off at an age, so that ages can be made equal."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cache
from typing import TYPE_CHECKING, Any

from sqlalchemy import BigInteger, Select, and_, bindparam, case, cast, func, or_, select

from kpi.ages import OLDEST
from kpi.facts import ARRIVING, AT_ONCE, BY_SEND, FACTS, NEW_CUSTOMERS, ORDERS_BY_SEND, Adds, Fact
from kpi.periods import DAY, Period
from kpi.quantities import facts_of
from kpi.storage.arrivals import ARRIVAL, CAMPAIGN, CHOICE
from kpi.storage.binding import OURS
from kpi.storage.families import told_of
from kpi.storage.resolution import in_family
from kpi.storage.slices import CONDITIONS, DAILY, Slice
from kpi.tally import Sums, Tally

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from decimal import Decimal

    from sqlalchemy import ColumnElement, Row

    from kpi.metrics import Metric
    from kpi.scope import Scope
    from kpi.storage.campaigns import Campaign
    from kpi.storage.database import Db
    from kpi.storage.slices import Split

Rows = tuple[tuple[Any, Sums], ...]
ACCOUNTED = 0.99
"""The part of a fact whose ages must be known before the fact may be cut off at one."""


@dataclass(frozen=True, slots=True)
class Earlier:
    """A slice after so many days: its sums by market and by day, and the facts of which the ages are known.

    The other facts are as they stand today. Messages that have not had so many days are left out.
    """

    after: int
    markets: Rows
    days: Rows
    aged: frozenset[Fact]

    def tally(self, margins: Mapping[str, Decimal | None] | None = None) -> Tally:
        """Return everything together."""
        return Tally(tuple(sums for _, sums in self.markets), margins=margins or {})

    def knows(self, metric: Metric) -> bool:
        """Tell whether everything that a KPI is made of, as far as it is known at all, is known at the age."""
        whole = self.tally()
        known = {fact for fact in facts_of(metric.quantity) if whole.knows(fact)}
        return bool(self.aged) and known <= self.aged | AT_ONCE


def after_days(db: Db, facts: Collection[Fact], of: Slice, days: int, today: date) -> Earlier:
    """Return what was known of every message of a slice once it had had so many days (``kpi.ages``)."""
    needed, old_enough = _with_proof(facts), _old_enough(of, days, today)
    by_market, by_day = (_cut(db, needed, old_enough, by, {"days": days}) for by in ("market", "day"))
    aged = _aged(facts, by_market)
    return Earlier(days, _told(by_market, aged), _told(by_day, aged), aged)


def as_it_stood(db: Db, facts: Collection[Fact], of: Slice, morning: date) -> Earlier:
    """Return what was known of a slice on the morning of a day after its last, without its days.

    What stands on its own day (orders, revenue) has no age here: it is as it stands today.
    """
    rows = _cut(db, facts, of, "market", {f"had_{days}": morning - days * DAY for days in range(1, OLDEST + 2)})
    aged = frozenset(fact for fact in _aged(facts, rows) if fact not in _PROOF)
    return Earlier(0, _told(rows, aged), (), aged)


def each_after_days(
    db: Db, facts: Collection[Fact], campaigns: Collection[Campaign], days: int, today: date, scope: Scope
) -> dict[str, Earlier]:
    """Return the same campaign by campaign, without their days: one statement."""
    needed, of = _with_proof(facts), _old_enough(Slice(tuple(campaigns), scope=scope), days, today)
    rows: dict[str, list[_Cut]] = {}
    for one in _cut(db, needed, of, "market", {"days": days}):
        rows.setdefault(one.whole.campaign, []).append(one)
    found = ((slug, some, _aged(facts, some)) for slug, some in rows.items())
    return {slug: Earlier(days, _told(some, aged), (), aged) for slug, some, aged in found}


@dataclass(frozen=True, slots=True)
class _Cut:
    """One row: its key, what it holds, what of that had come in by the age, and how much has an age at all."""

    key: Any
    whole: Sums
    early: Mapping[Fact, int]
    with_age: Mapping[Fact, int]


def _old_enough(of: Slice, days: int, today: date) -> Slice:
    """Return the part of a slice whose messages have had so many days."""
    start, end = (of.period.start, of.period.end) if of.period else (date.min, date.max)
    return replace(of, period=Period(start, min(end, today - timedelta(days=days) + DAY), ""))


def _with_proof(facts: Collection[Fact]) -> set[Fact]:
    return {*facts, *(_PROOF[fact] for fact in facts if fact in _PROOF)}


def _aged(facts: Collection[Fact], rows: list[_Cut]) -> frozenset[Fact]:
    """Return the facts of which (nearly) all have an age; none where nothing has one."""
    if not any(one.with_age for one in rows):
        return frozenset()
    return frozenset(fact for fact in facts if fact in _EARLIER and _is_accounted(rows, _PROOF.get(fact, fact)))


def _is_accounted(rows: list[_Cut], fact: Fact) -> bool:
    """Tell whether nearly all of a fact has an age; of nothing, that was so at every age."""
    whole = sum(one.whole.known.get(fact, 0) for one in rows)
    return abs(whole - sum(one.with_age.get(fact, 0) for one in rows)) <= (1 - ACCOUNTED) * whole


def _told(rows: list[_Cut], aged: frozenset[Fact]) -> Rows:
    return tuple(
        (
            one.key,
            replace(one.whole, known={
                fact: one.early.get(fact, 0) if fact in aged else count for fact, count in one.whole.known.items()
            }),
        )
        for one in rows
    )  # fmt: skip


def _cut(db: Db, facts: Collection[Fact], of: Slice, by: Split, at: Mapping[str, Any]) -> list[_Cut]:
    """Read a slice cut off at an age for all messages (``days``), or at one for each of the last days (``had_…``)."""
    ordered = tuple(fact for fact in FACTS if fact in facts and fact.adds is Adds.SUM)
    slugs = [one.slug for one in of.campaigns]
    bounds: dict[str, Any] = {"slugs": slugs, "told": told_of(db, slugs), **at, **of.bounds}
    return [_cut_of(row, ordered) for row in db.rows(_statement(ordered, by, tuple(of.bounds), "days" in at), **bounds)]


def _cut_of(row: Row[Any], facts: tuple[Fact, ...]) -> _Cut:
    key, campaign, currency, _, *sums = tuple(row)
    aging = [fact for fact in facts if fact in _EARLIER]
    named = (facts, aging, aging)
    told: list[dict[Fact, int]] = []
    for some in named:
        values, sums = sums[: len(some)], sums[len(some) :]
        told.append({fact: value for fact, value in zip(some, values, strict=True) if value is not None})
    whole, early, with_age = told
    return _Cut(key, Sums(campaign, currency, whole), early, with_age)


_EARLIER = {fact: fact for fact in ARRIVING} | {own: sent for own, sent in BY_SEND.items() if sent in ARRIVING}
"""Where the ages of a fact stand: of orders on their own day, too, those on the day of the message."""
_PROOF = {**BY_SEND, NEW_CUSTOMERS: ORDERS_BY_SEND}
"""For what stands on its own day, the fact on the day of the message that shows whether its ages are known."""


@cache
def _statement(
    facts: tuple[Fact, ...],
    by: Split,
    narrowed_by: tuple[str, ...],
    evenly: bool,  # noqa: FBT001  part of the key of the cache
) -> Select[Any]:
    aging = [fact for fact in facts if fact in _EARLIER]
    ages = _ages(tuple(dict.fromkeys(_EARLIER[fact] for fact in aging)), _even() if evenly else _by_day())
    bits = (case((DAILY.c[fact.key].is_not(None), 1 << bit), else_=0) for bit, fact in enumerate(facts))
    known = sum(bits, start=cast(0, BigInteger)).label("known")
    keys = (DAILY.c[by], DAILY.c.campaign, DAILY.c.currency)
    same = [DAILY.c[name] == ages.c[name] for name in ("campaign", "day", "market", "variant", "currency")]
    sums = [DAILY.c[fact.key] for fact in facts]
    sums += [ages.c[f"{_EARLIER[fact].key}_{which}"] for which in ("early", "all") for fact in aging]
    return (
        select(*keys, known, *(cast(func.sum(column), BigInteger) for column in sums))
        .join_from(DAILY, ages, (DAILY.c.workspace == ages.c.workspace) & same[0] & same[1] & same[2] & same[3]
                   & same[4], isouter=True)
        .where(DAILY.c.workspace == OURS, DAILY.c.campaign.in_(bindparam("slugs", expanding=True)))
        .where(*(CONDITIONS[name] for name in narrowed_by))
        .group_by(*keys, known)
        .order_by(*keys)
    )  # fmt: skip


def _even() -> ColumnElement[bool]:
    """Tell whether something had come in once its message had had so many days."""
    return ARRIVAL.c.age < bindparam("days")


def _by_day() -> ColumnElement[bool]:
    """Tell whether something had come in by a morning, when the messages of each day were so many days old."""
    young = (and_(ARRIVAL.c.day == bindparam(f"had_{days}"), ARRIVAL.c.age < days) for days in range(1, OLDEST + 1))
    return or_(ARRIVAL.c.day <= bindparam(f"had_{OLDEST + 1}"), *young)


def _ages(facts: tuple[Fact, ...], is_early: ColumnElement[bool]) -> Any:  # noqa: ANN401  a subquery
    """Select what came of a day's messages, up to the age and in all, as the chosen source tells it."""
    family = in_family(ARRIVAL)
    keys = (
        family["campaign"].label("campaign"),
        ARRIVAL.c.day,
        ARRIVAL.c.market,
        family["variant"].label("variant"),
        ARRIVAL.c.currency,
    )
    sums: list[ColumnElement[Any]] = []
    for fact in facts:
        chosen, count = CHOICE.c[fact.group.value] == ARRIVAL.c.source, ARRIVAL.c[fact.key]
        sums.append(func.sum(case((chosen & is_early, count), (chosen, count * 0))).label(f"{fact.key}_early"))
        sums.append(func.sum(case((chosen, count))).label(f"{fact.key}_all"))
    return (
        select(ARRIVAL.c.workspace, *keys, *sums)
        .join_from(ARRIVAL, CHOICE, (CHOICE.c.workspace == ARRIVAL.c.workspace)
                   & (CHOICE.c.campaign == ARRIVAL.c.campaign))
        .join(CAMPAIGN, (CAMPAIGN.c.workspace == ARRIVAL.c.workspace) & (CAMPAIGN.c.slug == ARRIVAL.c.campaign))
        .where(ARRIVAL.c.workspace == OURS, ARRIVAL.c.campaign.in_(bindparam("told", expanding=True)))
        .group_by(ARRIVAL.c.workspace, *keys)
        .subquery("ages")
    )  # fmt: skip
