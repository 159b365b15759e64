"""Two means or ratios of sums: money per message, order value, return on spend.

Welch, The generalization of Student's problem, Biometrika 34 (1947) 28-35. The spread of a ratio of sums is found by
the delta method (Deng, Knoblich and Lu, KDD 2018, arXiv 1803.06336): over customers, or over days where only daily sums
are known, which takes in how much days differ.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import exp, hypot, inf, sqrt
from typing import TYPE_CHECKING

from kpi.comparison import intervals
from kpi.comparison.distributions import NORMAL, t_below, t_quantile, two_sided
from kpi.comparison.intervals import Interval, Limits
from kpi.comparison.rates import POWER
from kpi.estimates import Z95

if TYPE_CHECKING:
    from collections.abc import Sequence

BALANCED = 2.0
"""Where one side is more than so many times the other, the limits are taken on a logarithmic scale."""


@dataclass(frozen=True, slots=True)
class Mean:
    """An estimate with its standard error, the freedom of that error, and the size of the side.

    ``swing`` is the standard error that the noise of the days adds, where the error itself does not hold it.
    """

    value: float
    error: float
    freedom: float = inf
    size: float = 1.0
    swing: float = 0.0

    @property
    def wide_error(self) -> float:
        """The standard error with the noise of the days."""
        return hypot(self.error, self.swing)

    def times(self, factor: float) -> Mean:
        """Return the same in another unit."""
        return replace(self, value=self.value * factor, error=self.error * factor, swing=self.swing * factor)

    def limits(self, critical: float, *, logarithmic: bool) -> Limits:
        """Return the limits; on a logarithmic scale they never fall below zero."""
        reach = critical * self.wide_error
        if logarithmic and self.value > 0:
            factor = exp(min(reach / self.value, 700.0))
            return Limits(self.value, self.value / factor, self.value * factor)
        return Limits(self.value, self.value - reach, self.value + reach)


def mean_of(count: int, total: float, squares: float) -> Mean:
    """Return the mean of ``count`` values from their sum and their sum of squares; ``count`` is at least two."""
    value = total / count
    variance = max(squares - total * value, 0.0) / (count - 1)
    return Mean(value, sqrt(variance / count), count - 1, count)


def ratio_of(pairs: Sequence[tuple[float, float]]) -> Mean:
    """Return the sum of the first divided by the sum of the second, from at least two pairs (days or customers)."""
    count = len(pairs)
    over, under = sum(pair[0] for pair in pairs), sum(pair[1] for pair in pairs)
    value = over / under
    squares = sum((first - value * second) ** 2 for first, second in pairs)
    return Mean(value, sqrt(squares * count / (count - 1)) / under, count - 1, under)


@dataclass(frozen=True, slots=True)
class Means:
    """Two means being compared; ``enough`` tells whether there are enough orders on both sides.

    ``most_freedom`` is that of the estimate of the noise, infinite where it is given.
    """

    one: Mean
    other: Mean
    enough: bool = True
    most_freedom: float = inf

    @property
    def values(self) -> tuple[float, float]:
        """The two means."""
        return self.one.value, self.other.value

    @property
    def error(self) -> float:
        """The standard error of the difference."""
        return hypot(self.one.wide_error, self.other.wide_error)

    @property
    def freedom(self) -> float:
        """Welch's degrees of freedom, by Satterthwaite's formula."""
        if not self.error:
            return inf
        parts = sum((side.wide_error / self.error) ** 4 / side.freedom for side in (self.one, self.other))
        return min(1 / parts if parts else inf, self.most_freedom)

    def sampling(self) -> Interval:
        """Return the 95 % interval of the difference without the noise of the days; sums over days hold it."""
        return self._plain.wide(0.05)

    def wide(self, level: float) -> Interval:
        """Return the interval that is wrong in this part of all cases."""
        return intervals.difference(*self._limits(level))

    def ratio(self, level: float) -> Interval | None:
        """Return the interval of one divided by the other."""
        return intervals.ratio(*self._limits(level))

    def p_value(self) -> float:
        """Return the p-value of Welch's test without the noise of the days."""
        return self._plain.wide_p_value()

    def wide_p_value(self) -> float:
        """Return the p-value of Welch's test, noise included."""
        between = self.one.value - self.other.value
        if not self.error:
            return float(not between)
        return two_sided(between / self.error, self.freedom)

    def chance(self) -> float:
        """Return the chance that the one mean is the higher one."""
        between = self.one.value - self.other.value
        if not self.error:
            return 0.5 + 0.5 * ((between > 0) - (between < 0))
        return t_below(between / self.error, self.freedom)

    def least(self) -> float:
        """Return the smallest difference that these errors would show in four of five cases."""
        return (Z95 + NORMAL.inv_cdf(POWER)) * self.error

    @property
    def _plain(self) -> Means:
        return Means(replace(self.one, swing=0.0), replace(self.other, swing=0.0), self.enough)

    def _limits(self, level: float) -> tuple[Limits, Limits]:
        sizes = sorted((self.one.size, self.other.size))
        uneven = sizes[1] > BALANCED * sizes[0] and min(self.values) > 0
        critical = t_quantile(1 - level / 2, self.freedom)
        return (
            self.one.limits(critical, logarithmic=uneven),
            self.other.limits(critical, logarithmic=uneven),
        )
