"""Notes about days, as the team keeps them, beside those that are there from the start."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, select

from kpi.notes import FROM_THE_START, DayNote, of_the_calendar
from kpi.storage.binding import OURS
from kpi.storage.models import Table
from kpi.storage.upsert import upsert

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Row

    from kpi.periods import Period
    from kpi.storage.database import Db

NOTE = Table.metadata.tables["day_note"]
EVERY_YEAR = date(1, 1, 1)
"""The day of a row that removes a note of the calendar from all years."""

_ALL = select(NOTE).where(NOTE.c.workspace == OURS).order_by(NOTE.c.start, NOTE.c.key)


def notes_in(db: Db, period: Period) -> tuple[DayNote, ...]:
    """Return the notes about days of a period; what the team keeps goes before the calendar's note of that year."""
    rows = db.rows(_ALL)
    known = {(row.key, row.start.year) for row in rows}
    calendar = (note for year in range(period.start.year, period.end.year + 1) for note in of_the_calendar(year))
    ours = [_note(row) for row in rows if not row.removed]
    ours += [one for one in calendar if not {(one.key, one.start.year), (one.key, EVERY_YEAR.year)} & known]
    return tuple(sorted((one for one in ours if one.meets(period)), key=lambda one: (one.start, one.name)))


def left_out_days(db: Db, period: Period) -> frozenset[date]:
    """Return the days of a period that no baseline may count."""
    return frozenset(day for note in notes_in(db, period) if note.leave_out for day in note.days_in(period))


def keep_note(db: Db, note: DayNote, now: datetime) -> None:
    """Write a note, in the place of those of the same name about some of the same days."""
    same = (NOTE.c.workspace == OURS, NOTE.c.key == note.key, NOTE.c.start < note.end, NOTE.c.until > note.start)
    db.run(delete(NOTE).where(*same))
    db.run_many(upsert(db, NOTE), [_row(note, now)])


def remove_notes(db: Db, key: str, year: int | None, by: str, now: datetime) -> tuple[DayNote, ...]:
    """Remove the notes of a name, of one year or of all; return those that the team had kept.

    A note of the calendar stays away, since a row says so.
    """
    rows = [row for row in db.rows(_ALL) if row.key == key and year in (None, row.start.year)]
    starts = [row.start for row in rows]
    db.run(delete(NOTE).where(NOTE.c.workspace == OURS, NOTE.c.key == key, NOTE.c.start.in_(starts)))
    if name := FROM_THE_START.get(key):
        gone = next(one for one in of_the_calendar(year or EVERY_YEAR.year) if one.key == key)
        start = gone.start if year else EVERY_YEAR
        db.run_many(upsert(db, NOTE), [_row(DayNote(name, start, gone.end, by=by), now) | {"removed": True}])
    return tuple(_note(row) for row in rows if not row.removed)


def bring_back(db: Db, key: str) -> bool:
    """Let a note of the calendar be there again; tell whether it had been removed."""
    return db.run(delete(NOTE).where(NOTE.c.workspace == OURS, NOTE.c.key == key, NOTE.c.removed)).rowcount > 0


def _note(row: Row[Any]) -> DayNote:
    return DayNote(row.name, row.start, row.until, row.leave_out, row.noted_by)


def _row(note: DayNote, now: datetime) -> dict[str, Any]:
    return {
        "key": note.key,
        "start": note.start,
        "until": note.end,
        "name": note.name,
        "leave_out": note.leave_out,
        "removed": False,
        "noted_by": note.by,
        "noted_at": now,
    }
