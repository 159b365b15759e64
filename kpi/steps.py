"""A period cut into days, ISO weeks or calendar months; what the period's edges cut short is known as a part."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from kpi.periods import DAY

if TYPE_CHECKING:
    from kpi.periods import Period
    from kpi.wording import Words

MOST_DAYS, MOST_WEEKS = 31, 31 * 7
"""Days of a period up to which days, and weeks, are short enough steps."""


class Step(StrEnum):
    """How long a step is."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"


@dataclass(frozen=True, slots=True)
class Stretch:
    """One step of a period: the days from ``start`` up to, not including, ``end``, of a ``whole`` of so many days."""

    step: Step
    start: date
    end: date
    whole: int

    @property
    def is_part(self) -> bool:
        """Tell whether the period cuts it short."""
        return (self.end - self.start).days < self.whole

    def called(self, words: Words) -> str:
        """Name it: ``9 Nov``, ``9–15 Nov 2026``, ``16–19 Nov 2026 (4 of 7 days)``."""
        if self.step is Step.DAY:
            return words.day(self.start)
        part = f" ({(self.end - self.start).days} of {self.whole} days)" if self.is_part else ""
        return words.days(self.start, self.end) + part


def usual_step(period: Period) -> Step:
    """Return the step that leaves a line which can be read."""
    return Step.DAY if period.length <= MOST_DAYS else Step.WEEK if period.length <= MOST_WEEKS else Step.MONTH


def stretches(period: Period, step: Step) -> tuple[Stretch, ...]:
    """Cut a period into steps, the earliest first."""
    found, start = list[Stretch](), period.start
    while start < period.end:
        begins, ends = _around(start, step)
        found.append(Stretch(step, start, min(ends, period.end), (ends - begins).days))
        start = ends
    return tuple(found)


def _around(day: date, step: Step) -> tuple[date, date]:
    """Return the first day of the calendar's step that holds a day, and of the one after."""
    match step:
        case Step.DAY:
            return day, day + DAY
        case Step.WEEK:
            monday = day - timedelta(days=day.weekday())
            return monday, monday + timedelta(days=7)
        case Step.MONTH:
            first = day.replace(day=1)
            return first, (first + timedelta(days=31)).replace(day=1)
