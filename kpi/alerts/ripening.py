"""How much of a day's results has come in by an age: learned from days that are complete, else a fixed wait."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

FEWEST_DAYS = 10
"""Complete days from which a course is learned."""
FEWEST_RESULTS = 30
RIPE_ENOUGH = 0.6
"""A day is judged from the age at which this part of its results has come in."""


@dataclass(frozen=True, slots=True)
class Ripening:
    """``shares[n]`` of a day's results are in when it is ``n`` days old, one where the shares end.

    Without shares a day is judged, as complete, from ``wait`` days on: yesterday is one day old, and today is judged
    only where nobody has to wait.
    """

    wait: int
    shares: tuple[float, ...] = ()

    def of(self, age: int) -> float | None:
        """Return the part that is in by an age in days; None where the day is too young to be judged."""
        if not self.shares or self.wait == 0:
            return 1.0 if age >= self.wait else None
        if age < 1:
            return None
        share = self.shares[age] if age < len(self.shares) else 1.0
        return share if share >= RIPE_ENOUGH else None

    @property
    def first(self) -> int:
        """The youngest age at which a day is judged."""
        return next(age for age in range(max(self.wait, len(self.shares)) + 1) if self.of(age) is not None)


def learned(course: Sequence[float], days: int, wait: int) -> Ripening:
    """Learn from some days that are complete, taken together: ``course[n]`` of their results were in at ``n`` days."""
    if days < FEWEST_DAYS or not course or course[-1] < FEWEST_RESULTS:
        return Ripening(wait)
    return Ripening(wait, tuple(min(so_far / course[-1], 1.0) for so_far in course))
