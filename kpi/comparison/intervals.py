"""Intervals of a difference and of a ratio, made from the intervals of its two sides.

Square and add: the distance from an estimate to its limit plays the part of a standard error. With Wilson's limits the
difference is Newcombe's hybrid score interval, his method 10 (Statistics in Medicine 17 (1998) 873-890); with any other
limits it is MOVER (Zou and Donner, Statistics in Medicine 27 (2008) 1693-1702), and MOVER-R for the ratio (Donner and
Zou, Statistical Methods in Medical Research 21 (2012) 347-359). Both exclude "no difference" for just the same data.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import hypot, inf, sqrt

Interval = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Limits:
    """An estimate between its limits."""

    value: float
    low: float
    high: float


def difference(one: Limits, other: Limits) -> Interval:
    """Return the interval of one less the other."""
    between = one.value - other.value
    below = hypot(one.value - one.low, other.high - other.value)
    above = hypot(one.high - one.value, other.value - other.low)
    return between - below, between + above


def ratio(one: Limits, other: Limits) -> Interval | None:
    """Return the interval of one divided by the other, neither below zero; None where the other is zero."""
    if other.value <= 0 or one.value < 0:
        return None
    fall, rise = (end * (2 - end) for end in (other.low / other.value, other.high / other.value))
    if not one.value:
        return 0.0, one.high / other.value / sqrt(fall) if fall > 0 else inf
    between = one.value / other.value
    low, high = (end * (2 - end) for end in (one.low / one.value, one.high / one.value))
    below = low / (1 + sqrt(max(1 - low * rise, 0.0)))
    above = (1 + sqrt(max(1 - high * fall, 0.0))) / fall if fall > 0 else inf
    return max(between * below, 0.0), between * above
