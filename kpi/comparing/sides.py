"""One side of a comparison: some campaigns over some days, in all or in one of their markets and variants."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

from kpi.comparison.noise import Days
from kpi.facts import AT_ONCE, SENT
from kpi.figures import estimate_of
from kpi.maturity import Age
from kpi.money import MILLION
from kpi.quantities import Ratio, Share, facts_of
from kpi.storage.slices import Slice, parted
from kpi.tally import Tally
from kpi.terms import Terms, terms
from kpi.units import Unit

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping
    from datetime import date

    from kpi.estimates import Estimate
    from kpi.facts import Fact
    from kpi.metrics import Metric
    from kpi.question import Asking
    from kpi.storage.campaigns import Campaign
    from kpi.tally import Sums

Pairs = dict[Any, tuple[float, float]]
MIX_DIFFERS = 0.05


@dataclass(frozen=True, eq=False)
class Side:
    """What it is called, what it is a slice of, and its sums by market and by day."""

    name: str
    key: str
    """What scripts know it by: the campaign's slug, with the period, market or variant where that tells it apart."""
    of: Slice
    markets: tuple[tuple[str, Sums], ...]
    days: tuple[tuple[date, Sums], ...]
    earlier: Side | None = None
    """The same when its messages were as old as those of the youngest side; ``after`` so many days."""
    aged: frozenset[Fact] = frozenset()
    """The facts that are told from then."""
    after: int = 0
    _by_day: dict[tuple[Share | Ratio, str], Days] = field(default_factory=dict)
    _estimates: dict[tuple[Metric, str], Estimate] = field(default_factory=dict)

    def at_age(self, metric: Metric) -> Side:
        """Return the side as a KPI is told of it: when it was younger, where its ages are known; else as it is."""
        return self.earlier if self.earlier and self.is_aged(metric) else self

    def is_aged(self, metric: Metric) -> bool:
        """Tell whether a KPI is known at an earlier age."""
        return bool(self.aged) and facts_of(metric.quantity) <= self.aged | AT_ONCE

    @cached_property
    def tally(self) -> Tally:
        """Everything together."""
        return Tally(tuple(sums for _, sums in self.markets), margins={one.slug: one.margin for one in self.campaigns})

    @property
    def campaigns(self) -> tuple[Campaign, ...]:
        """The campaigns."""
        return self.of.campaigns

    @cached_property
    def sent(self) -> dict[date, int]:
        """How many messages were sent on each day."""
        sent: dict[date, int] = {}
        for day, sums in self.days:
            sent[day] = sent.get(day, 0) + sums.known.get(SENT, 0)
        return sent

    def age(self, asking: Asking) -> Age:
        """Return how old its messages are."""
        last = max(self.sent, default=None)
        return Age(self.sent, last, asking.today, lambda metric: asking.lag(metric, self.campaigns))

    @cached_property
    def mix(self) -> dict[str, float]:
        """Return the share of the messages sent in each market, where markets are known."""
        sent: dict[str, int] = {}
        for market, sums in self.markets:
            sent[market] = sent.get(market, 0) + sums.known.get(SENT, 0)
        total = sum(sent.values())
        return {market: count / total for market, count in sent.items()} if total and "" not in sent else {}

    def by_market(self, of: Share | Ratio) -> Pairs:
        """Return a rate's two counts, market by market."""
        return pairs(of, self.markets, self.tally)

    def by_day(self, of: Share | Ratio, currency: str = "") -> Days:
        """Return what is divided by what, day by day; money in one currency."""
        if (of, currency) not in self._by_day:
            self._by_day[of, currency] = Days(list(self.pairs_by_day(of, currency).values()))
        return self._by_day[of, currency]

    def pairs_by_day(self, of: Share | Ratio, currency: str = "") -> Pairs:
        """Return the two sides of a share or ratio, day by day; money in one currency."""
        return pairs(of, (row for row in self.days if not currency or row[1].currency == currency), self.tally)

    def estimate(self, metric: Metric, currency: str) -> Estimate:
        """Return a KPI of the whole side."""
        if (metric, currency) not in self._estimates:
            self._estimates[metric, currency] = estimate_of(metric, self.at_age(metric).tally, currency)
        return self._estimates[metric, currency]


def shares_days(one: Side, other: Side) -> bool:
    """Tell whether a day weighs on both sides alike: parts of one campaign, sent on the same days."""
    return one.campaigns == other.campaigns and one.of.period == other.of.period and set(one.sent) == set(other.sent)


def differing_mix(one: Side, other: Side) -> bool:
    """Tell whether the two were sent to clearly different shares of markets."""
    mix, against = one.mix, other.mix
    return any(abs(mix.get(market, 0) - against.get(market, 0)) > MIX_DIFFERS for market in {*mix, *against})


def side(asking: Asking, facts: Collection[Fact], name: str, key: str, of: Slice) -> Side:
    """Read a side: two statements."""
    by_market, by_day = parted(asking.db, facts, of, "market"), parted(asking.db, facts, of, "day")
    return Side(name, key, of, tuple(by_market), tuple(by_day))


def pairs(of: Share | Ratio, rows: Iterable[tuple[Any, Sums]], whole: Tally) -> Pairs:
    """Add up the two sides of a share or ratio per key, over the rows that know both; nothing below is left out."""
    one, other = (of.part, of.whole) if isinstance(of, Share) else (of.over, of.under)
    over, under = terms(one).chosen(whole), terms(other).chosen(whole)
    needed = {fact for side in (over, under) for fact in (side.fact, side.minus) if fact}
    found: Pairs = {}
    for key, sums in rows:
        known = sums.known
        if needed <= known.keys():
            top, bottom = found.get(key, (0, 0))
            found[key] = (top + _value(over, known), bottom + _value(under, known))
    units = [MILLION if side.fact.unit is Unit.MONEY else 1 for side in (over, under)]
    return {key: (top / units[0], bottom / units[1]) for key, (top, bottom) in found.items() if bottom > 0}


def _value(of: Terms, known: Mapping[Fact, int]) -> int:
    value = known[of.fact]
    if of.minus:
        value -= known[of.minus]
    return value - known.get(of.less, 0) if of.less else value
