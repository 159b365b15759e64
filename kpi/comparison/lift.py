"""What a campaign added: the people who got it against those who were left out of it by lot.

Both are counted by all their people, reached or not, and by all that they bought: so nothing but the campaign differs
between them, and the difference is what it caused.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from kpi.comparison.amounts import per_message, steadied
from kpi.comparison.means import Means
from kpi.comparison.rates import Rate, Rates
from kpi.comparison.verdicts import Verdict, judged

if TYPE_CHECKING:
    from kpi.comparison.amounts import Spread
    from kpi.comparison.verdicts import Difference

FEWEST_ORDERS = 30


@dataclass(frozen=True, slots=True)
class Arm:
    """People, how many of them bought, their orders and what they spent (None: unknown)."""

    people: int
    buyers: int
    orders: int = 0
    revenue: float | None = None


@dataclass(frozen=True, slots=True)
class Range:
    """A value between its limits."""

    value: float
    low: float
    high: float

    def times(self, factor: float) -> Range:
        """Return the same for so many."""
        return Range(self.value * factor, self.low * factor, self.high * factor)


@dataclass(frozen=True, slots=True)
class Lift:
    """The two arms and how they differ: in who bought, and in what each person spent, where that is known."""

    got: Arm
    left: Arm
    bought: Difference
    spent: Difference | None = None

    @property
    def points(self) -> Range:
        """How many more of a hundred bought, as a share."""
        return Range(self.bought.difference, *self.bought.wide)

    @property
    def relative(self) -> Range | None:
        """How many more bought, as a part of those who would have anyway."""
        if self.bought.ratio is None or not self.bought.other:
            return None
        low, high = self.bought.ratio
        return Range(self.bought.difference / self.bought.other, low - 1, high - 1)

    @property
    def buyers(self) -> Range:
        """How many buyers the campaign added."""
        return self.points.times(self.got.people)

    @property
    def each(self) -> Range | None:
        """What the campaign added for each person: by what all spent, else by buyers at the value of an order."""
        if self.spent:
            return Range(self.spent.difference, *self.spent.wide)
        if self.got.revenue is None or not self.got.buyers:
            return None
        return self.points.times(self.got.revenue / self.got.buyers)

    @property
    def revenue(self) -> Range | None:
        """What the campaign earned that would not have come anyway."""
        return self.each.times(self.got.people) if self.each else None

    @property
    def forgone(self) -> Range | None:
        """What those who were left out would have spent more."""
        return self.each.times(self.left.people) if self.each else None


def lift_of(got: Arm, left: Arm, spreads: tuple[Spread, Spread] | None, level: float) -> Lift:
    """Return what the campaign added; ``spreads`` tell how far the orders of either arm differ, where that is known."""
    rates = Rates(Rate(got.buyers, got.people), Rate(left.buyers, left.people))
    means = _spent(got, left, spreads) if spreads else None
    found = judged([rates, means] if means else [rates], level)
    return Lift(got, left, found[0], found[1] if means else None)


def is_clear(lift: Lift) -> bool:
    """Tell whether chance can hardly have made the difference in who bought."""
    return lift.bought.verdict is Verdict.CLEAR


def _spent(got: Arm, left: Arm, spreads: tuple[Spread, Spread]) -> Means | None:
    if not got.revenue or not left.revenue or min(got.orders, left.orders) < FEWEST_ORDERS:
        return None
    steady = steadied(*spreads, min(got.orders, left.orders), of_value=False)
    one, other = (
        per_message(arm.revenue or 0.0, arm.orders, max(arm.people, arm.orders), spread)
        for arm, spread in zip((got, left), steady, strict=True)
    )
    return Means(one, other)
