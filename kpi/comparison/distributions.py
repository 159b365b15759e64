"""The distributions, from scipy: imported with the first comparison, since that takes longer than a whole answer.

An infinite number of degrees of freedom stands for the normal distribution.
"""

from __future__ import annotations

from functools import cache
from statistics import NormalDist
from typing import Any

NORMAL = NormalDist()
NODES = 64


def warm() -> None:
    """Import what comparisons need, so that nobody waits for it."""
    _special()
    _fisher()


def t_quantile(part: float, freedom: float) -> float:
    """Return the value below which this part of Student's t distribution lies."""
    return float(_special().stdtrit(freedom, part))


def t_below(value: float, freedom: float) -> float:
    """Return the part of Student's t distribution below a value."""
    return float(_special().stdtr(freedom, value))


def two_sided(value: float, freedom: float) -> float:
    """Return how often chance alone goes as far from zero as the value, on either side."""
    return 2 * t_below(-abs(value), freedom)


def chi_square_above(value: float, freedom: float) -> float:
    """Return the part of the chi-square distribution above a value."""
    return float(_special().chdtrc(freedom, value))


def chi_square_median(freedom: float) -> float:
    """Return the median of the chi-square distribution."""
    return float(_special().chdtri(freedom, 0.5))


def poisson_interval(count: int) -> tuple[float, float]:
    """Return the exact 95 % interval of the mean of a Poisson count above zero."""
    special = _special()
    return float(special.gammaincinv(count, 0.025)), float(special.gammaincinv(count + 1, 0.975))


def fisher(one: tuple[int, int], other: tuple[int, int]) -> float:
    """Return the two-sided p-value of Fisher's exact test for two rows of a table."""
    return float(_fisher()([one, other]).pvalue)


def beta_beats(one: tuple[float, float], other: tuple[float, float]) -> float:
    """Return the chance that a draw from one beta distribution exceeds a draw from another.

    The mean of one's distribution function over the quantiles of the narrower one, by Gauss and Legendre.
    """
    if sum(one) < sum(other):
        return 1 - beta_beats(other, one)
    special = _special()
    parts, weights = _nodes()
    return min(float(special.betainc(*other, special.betaincinv(*one, parts)) @ weights), 1.0)


@cache
def _nodes() -> Any:  # noqa: ANN401  two arrays
    """Return the parts of the whole at which to look, and how much each look counts."""
    nodes, weights = _special().roots_legendre(NODES)
    return (nodes + 1) / 2, weights / 2


@cache
def _special() -> Any:  # noqa: ANN401  a module without types
    from scipy import special  # noqa: PLC0415  takes half a second

    return special


@cache
def _fisher() -> Any:  # noqa: ANN401  a function without types
    from scipy.stats import fisher_exact  # noqa: PLC0415  takes a second

    return fisher_exact
