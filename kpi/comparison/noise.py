"""How much days differ beyond chance, which decides how far two campaigns can be told apart.

Each send has a mood of its own, a normal deviation of its logit. Its variance is found by the method of moments from
Pearson's chi-square over the days (as DerSimonian and Laird do over trials, Controlled Clinical Trials 7 (1986)
177-188): from the two campaigns where both have enough days, else from the team's other campaigns, else it is assumed.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from math import inf
from statistics import median
from typing import TYPE_CHECKING

from kpi.comparison.distributions import chi_square_median

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    Days = Sequence[tuple[float, float]]

FEWEST_DAYS = 4
"""Days of sending on each side from which the two campaigns tell their own noise."""
FEWEST_CAMPAIGNS = 8
ASSUMED = 0.15
"""The deviation of a send's logit where nothing is known."""


class Origin(StrEnum):
    """Where the noise of the days was found."""

    NONE = "none"
    """Both sides share their days, so that a day weighs on both alike."""
    OWN = "own"
    TEAM = "team"
    ASSUMED = "assumed"


@dataclass(frozen=True, slots=True)
class Noise:
    """The variance of a send's logit, how it was found, and how far that can be trusted."""

    variance: float
    origin: Origin
    freedom: float = inf

    def inflation(self, days: Days) -> float:
        """Return how many times the variance of a share over these days exceeds that of sampling alone."""
        whole = sum(day[1] for day in days)
        return 1 + self.variance * _per_message(days) * sum(day[1] ** 2 for day in days) / whole


NO_NOISE = Noise(0.0, Origin.NONE)


def noise_between(
    one: Days,
    other: Days,
    team: Iterable[Days] = (),
) -> Noise:
    """Return the noise to reckon with between two campaigns, given the days of the team's others."""
    if min(len(one), len(other)) >= FEWEST_DAYS:
        return _own(one, other)
    deviations = [_deviation(days) for days in team if len(days) > 1 and _per_message(days)]
    if len(deviations) < FEWEST_CAMPAIGNS:
        return Noise(ASSUMED**2, Origin.ASSUMED)
    return Noise(max(median(deviations), 0.0), Origin.TEAM, len(deviations))


def _own(*sides: Days) -> Noise:
    freedom = sum(len(days) - 1 for days in sides)
    excess = sum(_chi_square(days) for days in sides) - freedom
    room = sum(_room(days) for days in sides)
    return Noise(max(excess / room, 0.0) if room else 0.0, Origin.OWN, freedom)


def _deviation(days: Days) -> float:
    """Return the variance of the days' logits; right in the median, where the usual one is right in the mean."""
    freedom = len(days) - 1
    return freedom * (_chi_square(days) / chi_square_median(freedom) - 1) / _room(days)


def _chi_square(days: Days) -> float:
    """Return Pearson's chi-square of equal shares on all days."""
    share, per_message = _share(days), _per_message(days)
    if not per_message:
        return 0.0
    return sum((part - whole * share) ** 2 / (whole * per_message) for part, whole in days)


def _room(days: Days) -> float:
    """Return by how much a variance of one would raise the chi-square."""
    whole = sum(day[1] for day in days)
    return _per_message(days) * (whole - sum(day[1] ** 2 for day in days) / whole)


def _share(days: Days) -> float:
    return sum(day[0] for day in days) / sum(day[1] for day in days)


def _per_message(days: Days) -> float:
    share = _share(days)
    return share * (1 - share)
