"""Two shares compared market by market, so that a different mix of markets decides nothing.

Mantel and Haenszel (Journal of the National Cancer Institute 22 (1959) 719-748); the variance of the common difference
by Sato, On the variance estimator for the Mantel-Haenszel risk difference (Biometrics 45 (1989) 1323-1324).
"""

from __future__ import annotations

from dataclasses import dataclass
from math import inf, sqrt
from typing import TYPE_CHECKING

from kpi.comparison.distributions import NORMAL, t_below, t_quantile, two_sided
from kpi.comparison.rates import POWER
from kpi.estimates import Z95

if TYPE_CHECKING:
    from kpi.comparison.intervals import Interval
    from kpi.comparison.rates import Rate, Rates


@dataclass(frozen=True, slots=True)
class Stratum:
    """One market of both sides."""

    name: str
    one: Rate
    other: Rate

    @property
    def weight(self) -> float:
        """How much it counts: most where both sides are large."""
        return self.one.whole * self.other.whole / (self.one.whole + self.other.whole)


@dataclass(frozen=True, slots=True)
class Strata:
    """Two shares at the same mix; what is asked of sampling alone is still asked of the whole."""

    whole: Rates
    strata: tuple[Stratum, ...]

    @property
    def values(self) -> tuple[float, float]:
        """The two shares as they are."""
        return self.whole.values

    @property
    def even(self) -> tuple[float, float]:
        """The two shares at the same mix."""
        total = sum(one.weight for one in self.strata)
        return (
            sum(one.weight * one.one.value for one in self.strata) / total,
            sum(one.weight * one.other.value for one in self.strata) / total,
        )

    @property
    def enough(self) -> bool:
        """Tell whether there are enough messages to say anything."""
        return self.whole.enough

    @property
    def between(self) -> float:
        """The common difference."""
        one, other = self.even
        return one - other

    @property
    def error(self) -> float:
        """The standard error of the common difference, noise included."""
        first = sum(_first(one) for one in self.strata)
        second = sum(_second(one) for one in self.strata)
        variance = max(self.between * first + second, 0.0)
        for one in self.strata:
            for side, whole in ((one.one, self.whole.one), (one.other, self.whole.other)):
                variance += (whole.inflation - 1) * one.weight**2 * side.value * (1 - side.value) / side.whole
        return sqrt(variance) / sum(one.weight for one in self.strata)

    def sampling(self) -> Interval:
        """Return the 95 % interval of the whole from sampling alone."""
        return self.whole.sampling()

    def p_value(self) -> float:
        """Return the p-value of the whole from sampling alone."""
        return self.whole.p_value()

    def wide(self, level: float) -> Interval:
        """Return the interval of the common difference."""
        reach = t_quantile(1 - level / 2, self.whole.freedom) * self.error
        return max(self.between - reach, -1.0), min(self.between + reach, 1.0)

    def ratio(self, level: float) -> Interval | None:
        """Return the common difference as a part of the other share at the same mix."""
        _, other = self.even
        low, high = self.wide(level)
        return (max(1 + low / other, 0.0), 1 + high / other) if other else None

    def wide_p_value(self) -> float:
        """Return the level at which the interval just touches zero."""
        return two_sided(self.between / self.error, self.whole.freedom) if self.error else 1.0

    def chance(self) -> float:
        """Return the chance that the one share is higher at the same mix."""
        return t_below(self.between / self.error, self.whole.freedom) if self.error else 0.5

    def least(self) -> float:
        """Return the smallest difference that these volumes would show in four of five cases."""
        return (Z95 + NORMAL.inv_cdf(POWER)) * self.error


def mantel_haenszel_test(strata: tuple[Stratum, ...]) -> float:
    """Return the p-value of no difference in any stratum, without a correction for continuity."""
    excess = variance = 0.0
    for one in strata:
        whole = one.one.whole + one.other.whole
        parts = one.one.part + one.other.part
        excess += one.one.part - one.one.whole * parts / whole
        variance += one.one.whole * one.other.whole * parts * (whole - parts) / (whole**2 * (whole - 1))
    return two_sided(excess / sqrt(variance), inf) if variance else 1.0


def _first(of: Stratum) -> float:
    """Return Sato's P of a stratum."""
    (part, whole), (part_too, whole_too) = ((side.part, side.whole) for side in (of.one, of.other))
    cross = whole * whole_too * (whole_too - whole) / 2
    return (whole**2 * part_too - whole_too**2 * part + cross) / (whole + whole_too) ** 2


def _second(of: Stratum) -> float:
    """Return Sato's Q of a stratum."""
    (part, whole), (part_too, whole_too) = ((side.part, side.whole) for side in (of.one, of.other))
    return (part * (whole_too - part_too) + part_too * (whole - part)) / (2 * (whole + whole_too))
