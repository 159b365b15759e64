"""Money from single orders: how far what customers spent differs, and how sure that leaves a mean.

Only the relative spread is taken from the orders; the sums themselves are those that every other answer shows. What is
divided by a number known for certain, as a cost is, is as sure as the money itself. The spread of an order's value is
found over customers by the delta method (Deng, Knoblich and Lu, KDD 2018, arXiv 1803.06336).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import sqrt
from typing import TYPE_CHECKING

from kpi.comparison.means import Mean, mean_of
from kpi.comparison.noise import Days

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kpi.comparison.noise import Noise


@dataclass(frozen=True, slots=True)
class Spread:
    """Sums over customers, each with what they spent and in how many orders; ``largest`` is the dearest order."""

    orders: int = 0
    total: float = 0.0
    squares: float = 0.0
    """Of what each spent."""
    crossed: float = 0.0
    """What each spent times their orders."""
    counted: float = 0.0
    """The squares of their orders."""
    largest: float = 0.0

    def __add__(self, other: Spread) -> Spread:
        """Return both together."""
        return Spread(
            self.orders + other.orders,
            self.total + other.total,
            self.squares + other.squares,
            self.crossed + other.crossed,
            self.counted + other.counted,
            max(self.largest, other.largest),
        )

    @property
    def of_revenue(self) -> float:
        """The relative variance of the revenue of a single order, how many there are left to chance."""
        return self.orders * self.squares / self.total**2

    @property
    def of_value(self) -> float:
        """The relative variance of the value of a single order."""
        value = self.total / self.orders
        squares = self.squares - 2 * value * self.crossed + value**2 * self.counted
        return max(self.orders**2 / max(self.orders - 1, 1) * squares / self.total**2, 0.0)


NOTHING_KNOWN = Spread()
PROVISIONAL = 100
"""On fewer orders a spread is likely to be too small, and most of all where the mean is too small as well."""


def steadied(one: Spread, other: Spread, fewest: float, *, of_value: bool) -> tuple[Spread, Spread]:
    """Return two spreads, given the orders of the smaller side: on few orders neither is below that of both together.

    Dear orders are rare, so a small side often holds none, and looks both poor and sure.
    """
    if fewest >= PROVISIONAL:
        return one, other

    def relative(spread: Spread) -> float:
        return spread.of_value if of_value else spread.of_revenue

    both = one + other
    return max(one, both, key=relative), max(other, both, key=relative)


def per_message(revenue: float, orders: float, messages: float, spread: Spread) -> Mean:
    """Return revenue per message, zero for all who bought nothing; only orders tell how far amounts differ."""
    mean = mean_of(round(messages), revenue, spread.of_revenue * revenue**2 / orders)
    return Mean(revenue / messages, mean.error, max(orders - 1, 1.0), messages)


def per_order(revenue: float, orders: float, spread: Spread) -> Mean:
    """Return the value of an order."""
    value = revenue / orders
    return Mean(value, abs(value) * sqrt(spread.of_value / orders), max(orders - 1, 1.0), orders)


def days_of_messages(counts: Sequence[tuple[float, float]], orders: float, spread: Spread) -> Days:
    """Return days of revenue and messages, with the variance that chance alone gives a single message."""
    days = Days(counts)
    relative = spread.of_revenue * days.whole / orders - 1 if orders else 0.0
    return Days(counts, max(relative, 0.0) * days.share**2)


def days_of_orders(counts: Sequence[tuple[float, float]], spread: Spread) -> Days:
    """Return days of revenue and orders, with the variance that chance alone gives a single order."""
    return Days(counts, spread.of_value * Days(counts).share ** 2)


def with_noise(mean: Mean, noise: Noise, days: Days) -> Mean:
    """Return an amount as unsure as the noise of its days makes it."""
    return replace(mean, swing=abs(mean.value) * sqrt(noise.variance * days.crowding / days.whole))
