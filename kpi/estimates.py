"""A number with what it was made of, how sure it is, and what must be said beside it."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from math import sqrt
from statistics import NormalDist

Number = int | Decimal

Z95 = NormalDist().inv_cdf(0.975)


@dataclass(frozen=True, slots=True)
class Estimate:
    """A value, what it was made of, its 95 % interval from sampling alone, and what must be said beside it."""

    value: float | Number | None
    numerator: Number | None = None
    denominator: Number | None = None
    low: float | None = None
    high: float | None = None
    of: str = ""
    """What the denominator counts, in a word: ``delivered``."""
    remarks: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()
    """Campaigns that could not be counted because one side is unknown."""
    holes: tuple[str, ...] = ()
    """Campaigns whose missing cost makes the value not comparable with another that has it."""
    uncounted: Number = 0
    """What the denominator lacks of the campaigns that are counted: days on which the other side is unknown."""
    label: str = ""
    """What to call it instead of the KPI's own label, where something is missing."""


UNKNOWN = Estimate(None)


def wilson(part: float, whole: float, z: float = Z95) -> tuple[float, float]:
    """Return the score interval of ``part`` of ``whole`` (Wilson 1927); ``whole`` is above zero."""
    share, square = part / whole, z * z
    middle = (share + square / (2 * whole)) / (1 + square / whole)
    half = z / (1 + square / whole) * sqrt(share * (1 - share) / whole + square / (4 * whole * whole))
    low = 0.0 if part == 0 else max(0.0, middle - half)
    return low, 1.0 if part == whole else min(1.0, middle + half)
