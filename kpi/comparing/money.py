"""Money of two sides: what single orders say about chance where they are known, else what many days say."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property, partial
from typing import TYPE_CHECKING

from kpi.comparing.sides import shares_days
from kpi.comparison.amounts import (
    PROVISIONAL,
    days_of_messages,
    days_of_orders,
    per_message,
    per_order,
    steadied,
    with_noise,
)
from kpi.comparison.means import Means, ratio_of
from kpi.comparison.noise import ASSUMED, ASSUMED_OF_VALUE, FEWEST_DAYS, NO_NOISE, Days, Noise
from kpi.facts import BUYERS_BY_SEND, DELIVERED, ORDERS_BY_SEND, REVENUE, REVENUE_BY_SEND
from kpi.figures import needs_currency
from kpi.metrics import NET_BY_SEND
from kpi.quantities import Ratio
from kpi.storage.orders.spreads import spreads_of
from kpi.terms import terms
from kpi.units import Unit

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from kpi.comparing.noises import Noises
    from kpi.comparing.sides import Pairs, Side
    from kpi.comparison.amounts import Spread
    from kpi.comparison.means import Mean
    from kpi.estimates import Estimate
    from kpi.metrics import Metric
    from kpi.question import Asking
    from kpi.tally import Tally
    from kpi.wording import Words

FEWEST_ORDERS = 30
"""Below so many orders on either side money gets no verdict: a single large basket would decide."""
DEAR = 0.2
"""An order that brought a larger part than this of a side's revenue is named."""
COVERED = 0.5
"""The part of a side's orders that must be known one by one to say how far they differ."""
PER_MESSAGE, PER_ORDER = Ratio(NET_BY_SEND, DELIVERED), Ratio(NET_BY_SEND, ORDERS_BY_SEND)
NEEDED = frozenset({DELIVERED, ORDERS_BY_SEND, BUYERS_BY_SEND, NET_BY_SEND.fact}).union(
    {NET_BY_SEND.less} if NET_BY_SEND.less else ()
)
"""What is read beside an amount to know how sure it is."""


@dataclass(frozen=True, slots=True)
class Unjudged:
    """Why an amount gets no verdict: in a word, and with what would help."""

    said: str
    why: str


@dataclass(frozen=True, slots=True)
class Drafted:
    """Two amounts as a test, and the noise in it; or why there is none."""

    test: Means | None = None
    noise: Noise = NO_NOISE
    unjudged: Unjudged | None = None


FEW_DAYS = Drafted(
    unjudged=Unjudged("too few days", "Money gets no verdict: that takes at least four days of sending on each side.")
)


@dataclass
class Money:
    """The amounts of all sides in one currency; single orders are read once, and only where they are needed."""

    asking: Asking
    sides: Sequence[Side]
    currency: str
    noises: Noises
    _orders: dict[Side, float] = field(default_factory=dict, init=False)
    _amounts: dict[tuple[Side, Ratio, Spread], tuple[Mean, Days]] = field(default_factory=dict, init=False)

    def drafted(self, metric: Metric, of: Ratio, pair: tuple[Side, Side], values: tuple[Estimate, Estimate]) -> Drafted:
        """Return the test of two amounts."""
        if terms(of.over).fact not in (REVENUE, REVENUE_BY_SEND):
            return self._by_days(metric, of, pair)
        if terms(of.over).fact is REVENUE_BY_SEND and (several := [one for one in pair if _currencies(one) > 1]):
            return Drafted(unjudged=_several_currencies(several))
        spreads = [self.spreads.get(side.key) for side in pair]
        if spreads[0] and spreads[1]:
            return self._by_orders(of, pair, values, (spreads[0], spreads[1]))
        by_days = self._by_days(metric, of, pair)
        silent = [side for side, spread in zip(pair, spreads, strict=True) if not spread]
        if by_days.test or any(side.of.variants is not None for side in silent):
            return by_days
        return Drafted(unjudged=_without_orders(silent))

    @cached_property
    def spreads(self) -> dict[str, Spread]:
        """How far the orders of each side (by its key) differ, where enough of them are known one by one."""
        found = zip(
            self.sides, spreads_of(self.asking.db, [side.of for side in self.sides], self.currency), strict=True
        )
        return {side.key: one for side, one in found if one.total > 0 and one.orders >= COVERED * self.orders(side)}

    def orders(self, side: Side) -> float:
        """Return how many orders a side's money rests on; buyers stand in for them."""
        if side not in self._orders:
            tally = side.tally.in_currency(self.currency)
            known = [tally.total(fact) for fact in (ORDERS_BY_SEND, BUYERS_BY_SEND)]
            self._orders[side] = max((count for count in known if count is not None), default=0)
        return self._orders[side]

    def remarks(self, words: Words) -> Iterator[str]:
        """Say whose money rests on few orders, or on a single dear one."""
        few = [f"{words.shown(self.orders(side), Unit.COUNT)} orders of {side.name}" for side in self.sides
               if FEWEST_ORDERS <= self.orders(side) < PROVISIONAL]  # fmt: skip
        if few:
            yield f"Money is provisional: it rests on {' and '.join(few)}."
        for side in self.sides:
            spread = self.spreads.get(side.key)
            if spread and spread.largest > DEAR * spread.total:
                amount, part = words.short(spread.largest, Unit.MONEY, self.currency), spread.largest / spread.total
                yield f"A single order ({amount}) brought {words.percent(part)} of {side.name}."

    def _enough(self, metric: Metric, pair: tuple[Side, Side]) -> bool:
        return metric.key == "cost_per_message" or min(map(self.orders, pair)) >= FEWEST_ORDERS

    def _by_days(self, metric: Metric, of: Ratio, pair: tuple[Side, Side]) -> Drafted:
        days = [side.by_day(of, self.currency if needs_currency(metric) else "").counts for side in pair]
        if min(len(one) for one in days) < FEWEST_DAYS or any(0 < _sends(side) < FEWEST_DAYS for side in pair):
            return FEW_DAYS
        return Drafted(Means(ratio_of(days[0]), ratio_of(days[1]), enough=self._enough(metric, pair)))

    def _by_orders(
        self, of: Ratio, pair: tuple[Side, Side], values: tuple[Estimate, Estimate], spreads: tuple[Spread, Spread]
    ) -> Drafted:
        is_value, fewest = terms(of.over).fact is REVENUE, min(map(self.orders, pair))
        spreads = steadied(*spreads, fewest, of_value=is_value)
        (one, ours), (other, theirs) = (
            self._amount(of, side, value, spread) for side, value, spread in zip(pair, values, spreads, strict=True)
        )
        if not ours.counts or not theirs.counts:
            return FEW_DAYS
        noise = NO_NOISE
        if not shares_days(*pair):
            basis, assumed = (PER_ORDER, ASSUMED_OF_VALUE) if is_value else (PER_MESSAGE, ASSUMED)
            team = partial(_days, basis, spread=spreads[0] + spreads[1])
            noise = self.noises.between(basis, (ours, theirs), team, assumed, self.currency)
        enough = fewest >= FEWEST_ORDERS and min(one.value, other.value) > 0
        means = with_noise(one, noise, ours), with_noise(other, noise, theirs)
        return Drafted(Means(*means, enough, noise.freedom), noise)

    def _amount(self, of: Ratio, side: Side, value: Estimate, spread: Spread) -> tuple[Mean, Days]:
        """Return an amount as sure as its orders make it, and its days; what it is divided by is known for certain."""
        if (side, of, spread) not in self._amounts:
            basis = PER_ORDER if terms(of.over).fact is REVENUE else PER_MESSAGE
            tally = side.tally.in_currency(self.currency)
            days = _days(basis, side.pairs_by_day(basis, self.currency), tally, spread)
            self._amounts[side, of, spread] = _mean(basis, tally, value, spread), days
        return self._amounts[side, of, spread]


def _mean(basis: Ratio, tally: Tally, value: Estimate, spread: Spread) -> Mean:
    revenue, under = float(value.numerator or 0), float(value.denominator or 1)
    if basis is PER_ORDER:
        return per_order(revenue, under, spread)
    counted = tally.where(lambda one: one.campaign not in value.left_out)
    orders = max(float(counted.total(ORDERS_BY_SEND) or counted.total(BUYERS_BY_SEND) or 0), 1.0)
    messages = max(float(counted.total(DELIVERED) or 0), orders, 2.0)
    return per_message(revenue, orders, messages, spread).times(messages / under)


def _days(basis: Ratio, found: Pairs, whole: Tally, spread: Spread) -> Days:
    counts = list(found.values())
    if basis is PER_ORDER or not counts:
        return days_of_orders(counts, spread) if counts else Days(counts)
    return days_of_messages(counts, float(whole.total(ORDERS_BY_SEND) or 0), spread)


def _sends(side: Side) -> int:
    """Return on how many days a side sent anything."""
    return sum(count > 0 for count in side.sent.values())


def _currencies(side: Side) -> int:
    return len({sums.currency for sums in side.tally.sums if sums.known.get(REVENUE_BY_SEND)})


def _several_currencies(sides: Sequence[Side]) -> Unjudged:
    names = " and ".join(side.name for side in sides)
    return Unjudged("several currencies", f"{names} earned money in several currencies, so money gets no verdict.")


def _without_orders(sides: Sequence[Side]) -> Unjudged:
    names = " and ".join(side.name for side in sides)
    return Unjudged("needs orders", f"Money gets no verdict: import the single orders of {names} to know.")
