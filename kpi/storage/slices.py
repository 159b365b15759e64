"""A slice of the daily results, parted by day, market or variant: what a comparison is made of."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, Literal

from sqlalchemy import BigInteger, Select, bindparam, case, cast, func, select

from kpi.facts import FACTS, Adds, Fact
from kpi.scope import EVERYTHING, Scope
from kpi.storage.binding import OURS
from kpi.storage.families import families
from kpi.storage.models import Table
from kpi.tally import Sums

if TYPE_CHECKING:
    from collections.abc import Collection

    from sqlalchemy import Row

    from kpi.periods import Period
    from kpi.storage.campaigns import Campaign
    from kpi.storage.database import Db

DAILY = Table.metadata.tables["daily_result"]
Split = Literal["day", "market", "variant"]
CONDITIONS = {
    "start": DAILY.c.day >= bindparam("start"),
    "end": DAILY.c.day < bindparam("end"),
    "market": DAILY.c.market == bindparam("market"),
    "variants": DAILY.c.variant.in_(bindparam("variants", expanding=True)),
    "markets": DAILY.c.market.in_(bindparam("markets", expanding=True)),
    "currency": DAILY.c.currency == bindparam("currency"),
}


@dataclass(frozen=True, slots=True)
class Slice:
    """Some campaigns over a period (None: their whole lives), in one market and some variants (None: all of them)."""

    campaigns: tuple[Campaign, ...]
    period: Period | None = None
    market: str | None = None
    variants: tuple[str, ...] | None = None
    scope: Scope = EVERYTHING

    @property
    def bounds(self) -> dict[str, Any]:
        """The parameters of the conditions that narrow it down."""
        days = {"start": self.period.start, "end": self.period.end} if self.period else {}
        variants = None if self.variants is None else list(self.variants)
        parts = {"market": self.market, "variants": variants, "currency": self.scope.currency or None}
        known = {name: value for name, value in parts.items() if value is not None}
        return days | known | ({"markets": list(self.scope.markets)} if self.scope.markets else {})


def parted(db: Db, facts: Collection[Fact], of: Slice, by: Split) -> list[tuple[Any, Sums]]:
    """Return the sums of a slice, each with its day, market or variant, apart by which facts are known."""
    ordered = tuple(fact for fact in FACTS if fact in facts and fact.adds is Adds.SUM)
    rows = db.rows(_statement(ordered, by, tuple(of.bounds)), slugs=[one.slug for one in of.campaigns], **of.bounds)
    return [_keyed(row, ordered) for row in rows]


def parts_of(db: Db, campaign: Campaign, split: Split) -> dict[str, tuple[str, ...]]:
    """Return the markets or variants of a campaign, each with the names it is stored by; the nameless one left out.

    A variant of a merged campaign is that of all its parts; where these have none, the parts themselves are compared.
    """
    family = families(db).get(campaign.slug) if split == "variant" else None
    parts, found = family.parts if family else (), dict[str, tuple[str, ...]]()
    for stored in dict.fromkeys(part for part, _ in parted(db, (), Slice((campaign,)), split)):
        part, _, own = stored.partition(" ")
        called = (own or part) if part in parts else stored or (campaign.slug if parts else "")
        if called:
            found[called] = (*found.get(called, ()), stored)
    return found


def _keyed(row: Row[Any], facts: tuple[Fact, ...]) -> tuple[Any, Sums]:
    key, campaign, currency, _, *values = tuple(row)
    told = {fact: value for fact, value in zip(facts, values, strict=True) if value is not None}
    return key, Sums(campaign, currency, told)


@cache
def _statement(facts: tuple[Fact, ...], by: Split, narrowed_by: tuple[str, ...]) -> Select[Any]:
    bits = (case((DAILY.c[fact.key].is_not(None), 1 << bit), else_=0) for bit, fact in enumerate(facts))
    known = sum(bits, start=cast(0, BigInteger)).label("known")
    keys = (DAILY.c[by], DAILY.c.campaign, DAILY.c.currency)
    return (
        select(*keys, known, *(cast(func.sum(DAILY.c[fact.key]), BigInteger).label(fact.key) for fact in facts))
        .where(DAILY.c.workspace == OURS, DAILY.c.campaign.in_(bindparam("slugs", expanding=True)))
        .where(*(CONDITIONS[name] for name in narrowed_by))
        .group_by(*keys, known)
        .order_by(*keys)
    )
