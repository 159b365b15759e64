"""Digests in sentences: when and where one comes, on which dates next, and who will read along."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from bot.access import person_called
from bot.permits import audience
from kpi.slots import Rhythm, slots_after
from kpi.storage import ledger
from kpi.storage.ledger import DIGEST, PLANNED
from kpi.storage.workspaces import team

if TYPE_CHECKING:
    from bot.digests.admission import Readers
    from bot.parts import Parts
    from kpi.storage.schedules import Schedule

NEXT = 3
"""Dates that are named before and after a digest is turned on."""


def described(parts: Parts, schedule: Schedule) -> str:
    """Say when, about what and where."""
    about = f"campaigns {schedule.scope}" if schedule.scope else "all campaigns"
    return f"a digest {schedule.rhythm.words}, {about}, {_place_name(parts, schedule)}"


def next_dates(parts: Parts, rhythm: Rhythm, schedule: str = "") -> str:
    """Name the next dates, without those on which the schedule had its digest already."""
    with parts.database.reading(parts.workspace) as db:
        taken = {one.slot for one in ledger.entries(db, schedule=schedule) if one.piece == DIGEST} if schedule else ()
        shown = team(db).words
    dates: list[str] = []
    for slot in slots_after(rhythm, parts.clock()):
        if slot.day not in taken:
            dates.append(f"{slot.day:%a} {shown.day(slot.day)}")
        if len(dates) == NEXT:
            break
    local = parts.clock().astimezone(ZoneInfo(rhythm.zone))
    return f"{', '.join(dates)} at {rhythm.at:%H:%M} ({rhythm.zone}, where it is {local:%H:%M} now)"


def waiting(parts: Parts, schedule: Schedule) -> list[str]:
    """Say for which sources a digest waits, and until when at most."""
    with parts.database.reading(parts.workspace) as db:
        there = [one for one in ledger.entries(db, PLANNED, schedule=schedule.id) if one.waits_for]
        hours = timedelta(hours=team(db).wait_hours)
    zone = ZoneInfo(schedule.rhythm.zone)
    ends = ((one, (one.due_at + hours).astimezone(zone)) for one in there)
    return [f"{one.slot}: waits for {one.waits_for}, until {end:%H:%M} at the latest." for one, end in ends]


def who_reads(parts: Parts, channel: str, readers: Readers) -> str:
    """Say who will see a digest."""
    guests = " There are guests in it." if readers.guests else ""
    return f"The digest will be seen by {audience(parts, channel)}.{guests}"


def usual(parts: Parts) -> Rhythm:
    """Return when a digest comes if nothing is said: Mondays at nine in the team's time zone."""
    with parts.database.reading(parts.workspace) as db:
        return Rhythm(zone=team(db).words.timezone)


def _place_name(parts: Parts, schedule: Schedule) -> str:
    if schedule.person:
        return f"to {person_called(parts.client, schedule.person, parts.team).name}"
    try:
        return f"in #{parts.client.conversations_info(channel=schedule.channel)['channel']['name']}"
    except Exception:  # noqa: BLE001  a name is a nicety
        return "in its channel"
