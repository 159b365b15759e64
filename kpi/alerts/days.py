"""The days of a campaign as a rule sees them: complete, mature enough, and what of each is still to come."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from kpi.alerts.ripening import Ripening

LONGEST_LOOK = 63
"""Days before the one that is judged that anything may be learned from."""


@dataclass(frozen=True, slots=True)
class Day:
    """What a campaign did on one day: ``part`` of ``whole``; a plain sum has a whole of one."""

    day: date
    part: float
    whole: float
    ripe: float = 1.0
    """How much of the part is expected to have come in."""
    volume: float = 0.0
    """How many of the things it is made of, such as orders, there were."""

    @property
    def exposure(self) -> float:
        """The whole, as far as its part can have come in."""
        return self.whole * self.ripe


@dataclass(frozen=True, slots=True)
class Window:
    """Some days taken together."""

    days: tuple[Day, ...]

    @property
    def part(self) -> float:
        """The parts added up."""
        return sum(day.part for day in self.days)

    @property
    def whole(self) -> float:
        """The wholes added up, all of them that was sent."""
        return sum(day.whole for day in self.days)

    @property
    def exposure(self) -> float:
        """The wholes as far as their parts can have come in."""
        return sum(day.exposure for day in self.days)

    @property
    def value(self) -> float:
        """The part per whole, as it is expected to become."""
        return self.part / self.exposure

    @property
    def crowding(self) -> float:
        """How much of the exposure shares its day with an average piece of it."""
        return sum(day.exposure**2 for day in self.days) / self.exposure


class Days:
    """A campaign's days that can be judged, by date."""

    def __init__(self, days: Iterable[Day], left_out: frozenset[date] = frozenset()) -> None:
        self.known: Mapping[date, Day] = {day.day: day for day in days}
        self.left_out = left_out
        self.last = max(self.known, default=None)

    def window(self, last: date, length: int) -> Window:
        """Return the days that end with ``last``; those without results are missing."""
        found = (self.known.get(last - timedelta(days=back)) for back in range(length - 1, -1, -1))
        return Window(tuple(day for day in found if day is not None))

    def usual_window(self, last: date, length: int) -> Window:
        """Return the same without the days that no baseline may count."""
        return Window(tuple(day for day in self.window(last, length).days if day.day not in self.left_out))

    def before(self, last: date, length: int) -> tuple[Day, ...]:
        """Return the days of usual times that can be learned from, in order."""
        end = last - timedelta(days=length)
        start = end - timedelta(days=LONGEST_LOOK)
        return tuple(day for day in self._usual if start < day.day <= end)

    @cached_property
    def _usual(self) -> tuple[Day, ...]:
        return tuple(day for date, day in sorted(self.known.items()) if date not in self.left_out)


def ripened(days: Iterable[Day], ripening: Ripening, today: date) -> Iterator[Day]:
    """Yield the days that are old enough to be judged, each with what of it is in."""
    for one in days:
        ripe = ripening.of((today - one.day).days) if one.whole > 0 else None
        if ripe is not None:
            yield one if ripe == one.ripe else replace(one, ripe=ripe)


def as_one(days: Iterable[Day], of: date) -> Day | None:
    """Return days as one, of a date; None where there are none. Sums that have no whole are added up."""
    window = Window(tuple(days))
    if not window.days:
        return None
    whole = window.whole if any(day.whole != 1 for day in window.days) else 1.0
    return Day(of, window.part, whole, window.exposure / window.whole, sum(day.volume for day in window.days))
