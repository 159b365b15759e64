"""How far a sum over days strays by chance, days of a mood of their own included, learned from the days before."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING

from kpi.alerts.rule import Kind
from kpi.comparison.noise import ASSUMED, FEWEST_DAYS
from kpi.comparison.noise import Days as NoisyDays

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kpi.alerts.days import Day, Window

Spread = Callable[["Window", float], float]
"""The variance of a window's part, if its true value were this."""

A_WEEK = timedelta(days=7)
FEWEST_PAIRS = 7


def spread_of(kind: Kind, before: Sequence[Day]) -> Spread | None:
    """Learn it from days before; None where there are too few."""
    match kind:
        case Kind.SHARE:
            return _of_shares(before)
        case Kind.RATIO:
            return _in_proportion(_around_their_ratio(before))
        case Kind.SUM:
            return _in_proportion(_from_week_to_week(before))


def _of_shares(before: Sequence[Day]) -> Spread:
    """Binomial, times what the moods of the days add (see ``kpi.comparison.noise``)."""
    mood = _mood(before)

    def variance(window: Window, level: float) -> float:
        sampling = window.exposure * level * (1 - level)
        return sampling * (1 + mood * level * (1 - level) * window.crowding)

    return variance


def _mood(before: Sequence[Day]) -> float:
    if len(before) < FEWEST_DAYS:
        return ASSUMED**2
    days = NoisyDays([(min(day.part, day.exposure), day.exposure) for day in before])
    return max((days.chi_square - days.freedom) / days.room, 0.0) if days.room > 0 else ASSUMED**2


def _in_proportion(factor: float | None) -> Spread | None:
    """Grow with the mean, as counts do (quasi-Poisson: Wedderburn, Biometrika 61 (1974) 439-447)."""
    return None if factor is None else lambda window, level: factor * abs(level) * window.exposure


def _around_their_ratio(before: Sequence[Day]) -> float | None:
    whole = sum(day.exposure for day in before)
    ratio = sum(day.part for day in before) / whole if whole else 0.0
    if len(before) < FEWEST_PAIRS or not ratio:
        return None
    strayed = sum((day.part - ratio * day.exposure) ** 2 / (abs(ratio) * day.exposure) for day in before)
    return strayed / (len(before) - 1)


def _from_week_to_week(before: Sequence[Day]) -> float | None:
    """Compare each day with the same weekday a week earlier, so that the shape of the week does not count."""
    known = {day.day: day for day in before}
    pairs = [(day, known[day.day - A_WEEK]) for day in before if day.day - A_WEEK in known]
    told = [(one.part, other.part) for one, other in pairs if one.part + other.part > 0]
    if len(told) < FEWEST_PAIRS:
        return None
    return sum((one - other) ** 2 / (one + other) for one, other in told) / len(told)


def sampling(kind: Kind, exposure: float, level: float) -> float:
    """Return the variance by sampling alone: binomial for shares, as counts have it for everything else."""
    return exposure * level * (1 - level) if kind is Kind.SHARE else exposure * abs(level)
