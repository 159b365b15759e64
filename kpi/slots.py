"""When a digest is due: one slot for each local date, whatever the clocks of its time zone do.

A slot is its local date. The moment follows from it: a time that the clocks skip comes as long after the jump as it
would have come after it, a time that they repeat is the first of the two.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import count, islice, takewhile
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from kpi.periods import WEEK, WEEKDAYS, Period

if TYPE_CHECKING:
    from collections.abc import Iterator

MARGIN = timedelta(days=2)
"""No zone is further than this from UTC, jumps of its clocks included."""
LATEST_WEEK, LATEST_MONTH = timedelta(days=6), timedelta(days=20)
"""How late a missed digest is still worth posting: until shortly before the next one."""


@dataclass(frozen=True, slots=True)
class Rhythm:
    """Every week on a weekday (0 is Monday), or every month on the first such weekday, at a time of day in a zone."""

    weekday: int = 0
    at: time = time(9)
    zone: str = "UTC"
    monthly: bool = False

    @property
    def words(self) -> str:
        """Say it as people type it."""
        day = WEEKDAYS[self.weekday].title()
        return f"{f'monthly on the first {day}' if self.monthly else f'every {day}'} at {self.at:%H:%M} {self.zone}"

    @property
    def patience(self) -> timedelta:
        """How late one of its digests may still be posted."""
        return LATEST_MONTH if self.monthly else LATEST_WEEK

    def covered(self, day: date) -> Period:
        """Return what the digest of a local date is about: the last week or month that was over by then."""
        if self.monthly:
            end = day.replace(day=1)
            start = (end - timedelta(days=1)).replace(day=1)
            return Period(start, end, f"{start:%B %Y}")
        end = day - timedelta(days=day.weekday())
        return Period(end - WEEK, end, "last week")


@dataclass(frozen=True, slots=True, order=True)
class Slot:
    """One time at which a digest is due: the local date that names it, and the moment in UTC."""

    day: date
    at: datetime


def slots_after(rhythm: Rhythm, moment: datetime) -> Iterator[Slot]:
    """Yield every slot after a moment, in order, without end."""
    zone = ZoneInfo(rhythm.zone)
    first = moment.astimezone(UTC).date() - MARGIN
    first += timedelta(days=(rhythm.weekday - first.weekday()) % 7)
    for day in (first + weeks * WEEK for weeks in count()):
        if rhythm.monthly and day.day > WEEK.days:
            continue
        at = datetime.combine(day, rhythm.at, zone).astimezone(UTC)
        if at > moment:
            yield Slot(day, at)


def due_slots(rhythm: Rhythm, after: datetime, until: datetime) -> tuple[Slot, ...]:
    """Return the slots after one moment, up to and including another."""
    return tuple(takewhile(lambda slot: slot.at <= until, slots_after(rhythm, after)))


def next_slots(rhythm: Rhythm, moment: datetime, many: int = 3) -> tuple[Slot, ...]:
    """Return the next slots after a moment."""
    return tuple(islice(slots_after(rhythm, moment), many))
