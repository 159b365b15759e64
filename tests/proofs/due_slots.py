"""Every time zone, six schedules, seven years: each local date has one slot, at the right moment; beside APScheduler.

What is right is worked out here from the zone's jumps alone, found by looking at its offset, without any of the rules
by which Python or APScheduler turn a local time into a moment.
"""

from __future__ import annotations

import random
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo, available_timezones

from apscheduler.triggers.cron import CronTrigger

from kpi.slots import Rhythm, due_slots

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from kpi.slots import Slot

TITLE = "Due slots"
ZONES = tuple(sorted(available_timezones() - {"localtime", "Factory"}))
FIRST, LAST = datetime(2024, 1, 1, tzinfo=UTC), datetime(2031, 1, 1, tzinfo=UTC)
SCHEDULES = (
    Rhythm(0, time(9)),
    Rhythm(0, time(0)),
    Rhythm(6, time(2, 30)),
    Rhythm(5, time(0, 30)),
    Rhythm(4, time(23, 59)),
    Rhythm(0, time(9), monthly=True),
)
STEP, HOUR = timedelta(hours=6), timedelta(hours=1)
NAMES = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


@dataclass
class Count:
    """What was wrong with the moments that somebody named, beside the right ones."""

    lost: int = 0
    doubled: int = 0
    moved: int = 0
    """Named once, but at another moment, though the clocks showed the right one."""

    def add(self, right: Mapping[date, tuple[datetime, bool]], named: Iterable[tuple[date, datetime]]) -> None:
        """Compare what was named with what is right: per local date the moment, and whether the clocks showed it."""
        moments = defaultdict(list)
        for day, at in named:
            moments[day].append(at)
        for day, (at, shown) in right.items():
            self.lost += not moments[day]
            self.doubled += len(moments[day]) > 1
            self.moved += shown and moments[day] not in ([], [at]) and len(moments[day]) == 1
        self.doubled += len(moments.keys() - right.keys())


@dataclass
class Found:
    """What was counted."""

    slots: int = 0
    violations: list[str] = field(default_factory=list)
    ours: Count = field(default_factory=Count)
    cron: Count = field(default_factory=Count)


def jumps(zone: ZoneInfo, first: datetime = FIRST, last: datetime = LAST) -> list[tuple[datetime, timedelta]]:
    """Return when the offset of a zone changes and what it then is, beginning long before the first moment."""
    start = first - 10 * STEP
    found = [(datetime.min.replace(tzinfo=UTC), _offset(zone, start))]
    moments = [start + number * STEP for number in range((last - start) // STEP + 10)]
    for early, late in pairwise(moments):
        if _offset(zone, early) != _offset(zone, late):
            low, high = early, late
            while high - low > timedelta(seconds=1):
                middle = low + (high - low) // 2
                low, high = (middle, high) if _offset(zone, middle) == _offset(zone, low) else (low, middle)
            moment = high.replace(microsecond=0)
            found.append((moment, _offset(zone, moment)))
    return found


def right_moment(wall: datetime, found: Sequence[tuple[datetime, timedelta]]) -> tuple[datetime, bool]:
    """Return the first moment at which the clocks show a time, and that it exists; else as long after the jump."""
    naive = wall.replace(tzinfo=UTC)
    ends = [moment for moment, _ in found[1:]] + [datetime.max.replace(tzinfo=UTC)]
    shown = [naive - off for (since, off), end in zip(found, ends, strict=True) if since <= naive - off < end]
    if shown:
        return min(shown), True
    before = next(old for (_, old), (since, new) in pairwise(found) if naive - new < since <= naive - old)
    return naive - before, False


def run(zones: Iterable[str] = ZONES, first: datetime = FIRST, last: datetime = LAST) -> Found:
    """Look at every schedule in every zone."""
    counted = Found()
    for name in zones:
        found = jumps(ZoneInfo(name), first, last)
        for one in SCHEDULES:
            rhythm = Rhythm(one.weekday, one.at, name, one.monthly)
            _look(rhythm, found, (first, last), counted)
    return counted


def _look(
    rhythm: Rhythm, found: list[tuple[datetime, timedelta]], span: tuple[datetime, datetime], counted: Found
) -> None:
    right = {day: right_moment(datetime.combine(day, rhythm.at), found) for day in _days(rhythm, *span)}
    right = {day: told for day, told in right.items() if span[0] < told[0] <= span[1]}
    slots = [(slot.day, slot.at) for slot in _ticked(rhythm, *span)]
    expected = [(day, at) for day, (at, _) in right.items()]
    counted.slots += len(slots)
    if slots != expected:
        counted.violations += [f"{rhythm}: {one}" for one in set(slots) ^ set(expected)] or [f"{rhythm}: order"]
    counted.ours.add(right, slots)
    counted.cron.add(right, _fired(rhythm, *span))


def _ticked(rhythm: Rhythm, first: datetime, last: datetime) -> Iterator[Slot]:
    """Ask as a worker does: from tick to tick, at moments of every distance, some of them slots themselves."""
    dice, moment = random.Random(str(rhythm)), first  # noqa: S311  dice, not keys
    while moment < last:
        until = min(last, moment + timedelta(seconds=dice.choice((1, 3600, 86_400, 604_800, 2_592_000)) * 40))
        slots = due_slots(rhythm, moment, until)
        if slots and dice.random() < 1 / 2:
            until = slots[0].at
            slots = slots[:1]
        yield from slots
        moment = until


def _days(rhythm: Rhythm, first: datetime, last: datetime) -> Iterator[date]:
    day = first.date() - timedelta(days=3)
    while day < last.date() + timedelta(days=3):
        if day.weekday() == rhythm.weekday and (not rhythm.monthly or day.day <= len(NAMES)):
            yield day
        day += timedelta(days=1)


def _fired(rhythm: Rhythm, first: datetime, last: datetime) -> Iterator[tuple[date, datetime]]:
    """Yield the local dates and the moments at which APScheduler's own trigger fires."""
    zone = ZoneInfo(rhythm.zone)
    on = f"1st {NAMES[rhythm.weekday]}" if rhythm.monthly else None
    trigger = CronTrigger(
        day=on,
        day_of_week=None if on else NAMES[rhythm.weekday],
        hour=rhythm.at.hour,
        minute=rhythm.at.minute,
        timezone=zone,
    )
    fired, now = None, (first + timedelta(microseconds=1)).astimezone(zone)
    while (fired := trigger.get_next_fire_time(fired, now)) and fired.astimezone(UTC) <= last:
        yield fired.date(), fired.astimezone(UTC)
        now = (fired.astimezone(UTC) + timedelta(microseconds=1)).astimezone(zone)


def _offset(zone: ZoneInfo, moment: datetime) -> timedelta:
    return moment.astimezone(zone).utcoffset() or timedelta()


def table() -> str:
    """Run it and return what was found, for the scoreboard."""
    found = run()
    rows = [
        f"| {name} | {one.lost:,} | {one.doubled:,} | {one.moved:,} |"
        for name, one in (
            (f"`kpi/slots.py` ({len(found.violations)} violations)", found.ours),
            ("APScheduler's CronTrigger", found.cron),
        )
    ]
    head = f"{len(ZONES)} time zones × {len(SCHEDULES)} schedules × 7 years (2024 to 2030): {found.slots:,} slots."
    columns = "| | lost | twice | at a wrong moment |\n| --- | ---: | ---: | ---: |\n"
    return f"{head}\n\n{columns}" + "\n".join(rows)
