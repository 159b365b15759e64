"""How much days differ beyond chance, which decides how far two campaigns can be told apart.

Each send has a mood of its own, a normal deviation of its logit. Its variance is found by the method of moments from
Pearson's chi-square over the days (as DerSimonian and Laird do over trials, Controlled Clinical Trials 7 (1986)
177-188): from the two campaigns where both have enough days, else from the team's other campaigns, else it is assumed.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from math import inf
from statistics import median
from typing import TYPE_CHECKING

from kpi.comparison.distributions import chi_square_median

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

FEWEST_DAYS = 4
"""Days of sending on each side from which the two campaigns tell their own noise."""
FEWEST_CAMPAIGNS = 8
ASSUMED = 0.15
"""The deviation of a send's logit where nothing is known."""
ASSUMED_OF_VALUE = 0.05
"""The deviation of the logarithm of a send's order value where nothing is known: what people spend differs less from
send to send than how many of them buy."""


class Origin(StrEnum):
    """Where the noise of the days was found."""

    NONE = "none"
    """Both sides share their days, so that a day weighs on both alike."""
    OWN = "own"
    TEAM = "team"
    ASSUMED = "assumed"


@dataclass(frozen=True, eq=False)
class Days:
    """One campaign's days of sending: on each, how many of how many (at least one), or how much money for how many.

    ``variance`` is that of the money of a single one; a message counts or does not. Of money, the noise is a deviation
    of its logarithm, which for low rates is the same as one of the logit.
    """

    counts: Sequence[tuple[float, float]]
    variance: float | None = None

    @property
    def freedom(self) -> int:
        """How many days there are beside the first."""
        return len(self.counts) - 1

    @cached_property
    def whole(self) -> float:
        """The messages of all days."""
        return sum(whole for _, whole in self.counts)

    @cached_property
    def crowding(self) -> float:
        """How many messages share their day with an average one."""
        return sum(whole * whole for _, whole in self.counts) / self.whole

    @cached_property
    def share(self) -> float:
        """The share over all days."""
        return sum(part for part, _ in self.counts) / self.whole

    @property
    def per_message(self) -> float:
        """The variance of one message."""
        return self.share * (1 - self.share) if self.variance is None else self.variance

    @property
    def swing(self) -> float:
        """By how much a noise of one outweighs the chance of a single message."""
        if self.variance is None or not self.variance:
            return self.per_message
        return self.share**2 / self.variance

    @cached_property
    def chi_square(self) -> float:
        """Pearson's chi-square of equal shares on all days."""
        if not self.per_message:
            return 0.0
        return sum((part - whole * self.share) ** 2 / whole for part, whole in self.counts) / self.per_message

    @property
    def room(self) -> float:
        """By how much a variance of one would raise the chi-square."""
        return self.swing * (self.whole - self.crowding)


@dataclass(frozen=True, slots=True)
class Noise:
    """The variance of a send's logit, how it was found, and how far that can be trusted."""

    variance: float
    origin: Origin
    freedom: float = inf

    def inflation(self, days: Days) -> float:
        """Return how many times the variance of a share over these days exceeds that of sampling alone."""
        return 1 + self.variance * days.swing * days.crowding


NO_NOISE = Noise(0.0, Origin.NONE)


def noise_between(one: Days, other: Days, team: Iterable[Days] = (), assumed: float = ASSUMED) -> Noise:
    """Return the noise to reckon with between two campaigns, given the days of the team's others."""
    if min(len(one.counts), len(other.counts)) >= FEWEST_DAYS:
        return _own(one, other)
    deviations = [_deviation(days) for days in team if days.freedom > 0 and days.per_message]
    if len(deviations) < FEWEST_CAMPAIGNS:
        return Noise(assumed**2, Origin.ASSUMED)
    return Noise(max(median(deviations), 0.0), Origin.TEAM, len(deviations))


def _own(one: Days, other: Days) -> Noise:
    freedom, room = one.freedom + other.freedom, one.room + other.room
    excess = one.chi_square + other.chi_square - freedom
    return Noise(max(excess / room, 0.0) if room else 0.0, Origin.OWN, freedom)


def _deviation(days: Days) -> float:
    """Return the variance of the days' logits; right in the median, where the usual one is right in the mean."""
    return days.freedom * (days.chi_square / chi_square_median(days.freedom) - 1) / days.room
