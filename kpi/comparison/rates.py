"""Two shares: their difference by Newcombe, the score test or Fisher's, the chance that one is higher.

Wilson's limits, unlike the textbook's, hold for the low rates and unequal sizes that campaigns have.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from math import inf, isinf, sqrt

from kpi.comparison import intervals
from kpi.comparison.distributions import NORMAL, beta_beats, fisher, t_quantile, two_sided
from kpi.comparison.intervals import Interval, Limits
from kpi.estimates import Z95, wilson

FEWEST_EXPECTED = 5
"""Fisher's exact test takes over where a cell of the table is expected to hold fewer."""
FEWEST = 30
"""Below so many messages nothing is said."""
POWER = 0.8
FURTHEST = 64.0
"""In standard errors; further out no p-value can be told from zero."""
EXACTLY = 1e-9
"""How near to zero is zero, in parts of the difference."""


@dataclass(frozen=True, slots=True)
class Rate:
    """So many of so many; ``inflation`` is how many times the variance exceeds that of sampling alone."""

    part: float
    whole: float
    inflation: float = 1.0

    @property
    def value(self) -> float:
        """The share."""
        return self.part / self.whole

    def limits(self, critical: float) -> Limits:
        """Return Wilson's limits on the messages that are left once the inflation is paid."""
        low, high = wilson(self.part / self.inflation, self.whole / self.inflation, critical)
        return Limits(self.value, min(low, self.value), max(high, self.value))

    def plain(self) -> Rate:
        """Return the same by sampling alone."""
        return replace(self, inflation=1.0)


@dataclass(frozen=True)
class Rates:
    """Two shares being compared; ``freedom`` is that of the estimate of the inflation, infinite where it is given."""

    one: Rate
    other: Rate
    freedom: float = inf

    @property
    def values(self) -> tuple[float, float]:
        """The two shares."""
        return self.one.value, self.other.value

    @property
    def enough(self) -> bool:
        """Tell whether there are enough messages to say anything."""
        return min(self.one.whole, self.other.whole) >= FEWEST

    def sampling(self) -> Interval:
        """Return the 95 % interval of the difference from sampling alone."""
        return newcombe(self.one.plain(), self.other.plain(), Z95)

    def wide(self, level: float) -> Interval:
        """Return the interval that is wrong in this part of all cases, noise included."""
        return newcombe(self.one, self.other, t_quantile(1 - level / 2, self.freedom))

    def ratio(self, level: float) -> Interval | None:
        """Return the interval of one divided by the other, noise included."""
        critical = t_quantile(1 - level / 2, self.freedom)
        return intervals.ratio(self.one.limits(critical), self.other.limits(critical))

    def p_value(self) -> float:
        """Return the p-value from sampling alone."""
        return self._p_value

    @cached_property
    def _p_value(self) -> float:
        one, other = self.one.plain(), self.other.plain()
        expected = [
            side.whole * share / (one.whole + other.whole) for side in (one, other) for share in _columns(one, other)
        ]
        if min(expected) >= FEWEST_EXPECTED:
            return score_test(one, other)
        return fisher(*((int(side.part), int(side.whole - side.part)) for side in (one, other)))

    def wide_p_value(self) -> float:
        """Return the level at which the wide interval just touches zero."""
        return self._wide_p_value

    @cached_property
    def _wide_p_value(self) -> float:
        return two_sided(_touching(self.one, self.other), self.freedom)

    def chance(self) -> float:
        """Return the chance that the one share is the higher one, noise included.

        On evenly spread prior opinions where the noise is given; else as sure as the interval is.
        """
        return self._chance

    @cached_property
    def _chance(self) -> float:
        if isinf(self.freedom):
            return beta_beats(_beta(self.one), _beta(self.other))
        tail = self.wide_p_value() / 2
        return 1 - tail if self.one.value > self.other.value else tail

    def least(self) -> float:
        """Return the smallest difference that these volumes would show in four of five cases."""
        share = (self.one.part + self.other.part) / (self.one.whole + self.other.whole)
        variance = sum(side.inflation / side.whole for side in (self.one, self.other))
        return (Z95 + NORMAL.inv_cdf(POWER)) * sqrt(share * (1 - share) * variance)


def newcombe(one: Rate, other: Rate, critical: float) -> Interval:
    """Return the hybrid score interval of the difference (Newcombe 1998, method 10)."""
    low, high = intervals.difference(one.limits(critical), other.limits(critical))
    return max(low, -1.0), min(high, 1.0)


def score_test(one: Rate, other: Rate) -> float:
    """Return the two-sided p-value of the pooled test, the chi-square test without Yates' correction."""
    share = (one.part + other.part) / (one.whole + other.whole)
    error = sqrt(share * (1 - share) * (1 / one.whole + 1 / other.whole))
    return two_sided((one.value - other.value) / error, inf) if error else 1.0


def _columns(one: Rate, other: Rate) -> tuple[float, float]:
    parts = one.part + other.part
    return parts, one.whole + other.whole - parts


def _touching(one: Rate, other: Rate) -> float:
    """Return the critical value at which Newcombe's interval touches zero: false position, the Illinois way."""
    upper, lower = (one, other) if one.value > other.value else (other, one)
    near, far = 0.0, FURTHEST
    above, below = upper.value - lower.value, newcombe(upper, lower, far)[0]
    close, kept = EXACTLY * above, 0
    if not above or below > 0:
        return far if above else near
    while above - below > close:
        middle = near + (far - near) * above / (above - below)
        found = newcombe(upper, lower, middle)[0]
        if abs(found) <= close:
            return middle
        if found > 0:
            near, above, below, kept = middle, found, below / (2 if kept > 0 else 1), 1
        else:
            far, below, above, kept = middle, found, above / (2 if kept < 0 else 1), -1
    return near


def _beta(rate: Rate) -> tuple[float, float]:
    return rate.part / rate.inflation + 1, (rate.whole - rate.part) / rate.inflation + 1
