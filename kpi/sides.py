"""One side of a comparison: some campaigns over some days, in all or in one of their markets and variants."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from kpi.facts import SENT
from kpi.figures import needs_currency
from kpi.maturity import Age
from kpi.quantities import Ratio, Share, Terms, terms
from kpi.storage.slices import Slice, parted
from kpi.tally import Tally
from kpi.units import Unit

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable
    from datetime import date

    from kpi.facts import Fact
    from kpi.metrics import Metric
    from kpi.question import Asking
    from kpi.storage.campaigns import Campaign
    from kpi.tally import Sums

Pairs = dict[Any, tuple[float, float]]


@dataclass(frozen=True, eq=False)
class Side:
    """What it is called, what it is a slice of, and its sums by market and by day."""

    name: str
    key: str
    """What scripts know it by: the campaign's slug, with the period, market or variant where that tells it apart."""
    of: Slice
    markets: tuple[tuple[str, Sums], ...]
    days: tuple[tuple[date, Sums], ...]

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

    def age(self, today: date) -> Age:
        """Return how old its messages are."""
        return Age(self.sent, max(self.sent, default=None), today)

    def mix(self) -> dict[str, float]:
        """Return the share of the messages sent in each market, where markets are known."""
        sent: dict[str, int] = {}
        for market, sums in self.markets:
            sent[market] = sent.get(market, 0) + sums.known.get(SENT, 0)
        total = sum(sent.values())
        return {market: count / total for market, count in sent.items()} if total and "" not in sent else {}

    def by_market(self, metric: Metric) -> Pairs:
        """Return a rate's two counts, market by market."""
        return pairs(metric, self.markets, self.tally)

    def by_day(self, metric: Metric, currency: str) -> Pairs:
        """Return what a KPI is divided of, day by day; money in one currency."""
        rows = self.days
        if needs_currency(metric):
            rows = tuple(row for row in rows if row[1].currency == currency)
        return pairs(metric, rows, self.tally)


def side(asking: Asking, facts: Collection[Fact], name: str, key: str, of: Slice) -> Side:
    """Read a side: two statements."""
    by_market, by_day = parted(asking.db, facts, of, "market"), parted(asking.db, facts, of, "day")
    return Side(name, key, of, tuple(by_market), tuple(by_day))


def pairs(metric: Metric, rows: Iterable[tuple[Any, Sums]], whole: Tally) -> Pairs:
    """Add up the two sides of a share or ratio per key, over the rows that know both; nothing below is left out."""
    match metric.quantity:
        case Share(one, other) | Ratio(one, other):
            over, under = terms(one).chosen(whole), terms(other).chosen(whole)
        case _:
            return {}
    found: Pairs = {}
    for key, sums in rows:
        if over.known_in(sums) and under.known_in(sums):
            top, bottom = found.get(key, (0.0, 0.0))
            found[key] = (top + _value(over, sums), bottom + _value(under, sums))
    return {key: pair for key, pair in found.items() if pair[1] > 0}


def _value(of: Terms, sums: Sums) -> float:
    total = sums.known[of.fact] - (sums.known[of.minus] if of.minus else 0)
    total -= sums.known.get(of.less, 0) if of.less else 0
    return total / 1e6 if of.fact.unit is Unit.MONEY else total
