"""Notes listed, kept and removed, a transaction each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kpi.errors import Mistake
from kpi.names import slug_of
from kpi.notes import FROM_THE_START, DayNote
from kpi.periods import DAY, Period
from kpi.reading.note_words import USAGE, name_of, named_year, note_of, without_leave_out
from kpi.report import Column, Note, Paragraph, Report, Table
from kpi.storage.notes import bring_back, keep_note, notes_in, remove_notes
from kpi.storage.workspaces import team

if TYPE_CHECKING:
    from datetime import date, datetime

    from kpi.reading.note_words import NoteOrder
    from kpi.storage.database import Database, Db
    from kpi.wording import Words

YEAR = 366 * DAY
MOST_LISTED = 30
LEFT_OUT = "left out of what is usual"
HOW_TO_REMOVE = "To take one away, type: note remove NAME"


def obeyed(database: Database, workspace: str, order: NoteOrder, by: str, now: datetime) -> Report:
    """Carry out a command about notes, and say what is now."""
    if order.verb == "list":
        with database.reading(workspace) as db:
            ours = team(db)
            return _listed(_around(db, ours.day(now)), ours.words)
    work = _kept if order.verb == "keep" else _removed
    return database.written(workspace, lambda db: work(db, order.said, by, now))


def _around(db: Db, today: date) -> tuple[DayNote, ...]:
    """Return the notes of a year back and a year on."""
    return notes_in(db, Period(today - YEAR, today + YEAR, ""))


def _listed(notes: tuple[DayNote, ...], words: Words) -> Report:
    said = f"{len(notes)} notes, from a year ago to a year ahead." if len(notes) > 1 else "There are no notes yet."
    said = "One note, from a year ago to a year ahead." if len(notes) == 1 else said
    rows = tuple((words.days(one.start, one.end), one.name, LEFT_OUT if one.leave_out else "–")
                 for one in notes[-MOST_LISTED:])  # fmt: skip
    columns = (Column("Days", "left"), Column("Note", "left"), Column("Baselines", "left"))
    table = (Table("Notes", columns, rows),) if rows else ()
    return Report(said, (Paragraph(said), *table, Note(USAGE), *((Note(HOW_TO_REMOVE),) if rows else ())))


def _kept(db: Db, said: str, by: str, now: datetime) -> Report:
    """Keep a note; the name alone changes, or brings back, the one of that name nearest to today."""
    ours = team(db)
    today = ours.day(now)
    note = _named(db, said, by, today) or note_of(said, by, today, ours.words)
    keep_note(db, note, now)
    told = f"Noted: {note.name}, {ours.words.days(note.start, note.end)}."
    effect = "Answers about these days say so, and trends show it."
    if note.leave_out:
        effect += " The days are left out of what is usual."
    return Report(told, (Paragraph(told), Note(effect)))


def _named(db: Db, said: str, by: str, today: date) -> DayNote | None:
    """Return the note of that name nearest to today, to be kept with what was said of it."""
    text, leave_out = without_leave_out(said)
    typed, year = named_year(text)
    key = slug_of(typed)
    if key in FROM_THE_START:
        bring_back(db, key)
    same = [one for one in _around(db, today) if one.key == key and year in (None, one.start.year)]
    if not same:
        return None
    nearest = min(same, key=lambda one: abs((one.start - today).days))
    return DayNote(nearest.name, nearest.start, nearest.end, leave_out, by)


def _removed(db: Db, said: str, by: str, now: datetime) -> Report:
    name, year = named_year(without_leave_out(said)[0])
    key, words, today = slug_of(name_of(name)), team(db).words, team(db).day(now)
    known = {one.key: one.name for one in _around(db, today)}
    gone = remove_notes(db, key, year, by, now)
    if not gone and key not in FROM_THE_START:
        hint = f"There are: {words.listed(tuple(known.values()), most=8)}." if known else USAGE
        raise Mistake(f"There is no note called '{name[:60]}'.", hint)
    days = words.listed(tuple(words.days(one.start, one.end) for one in gone))
    shown = gone[0].name if gone else FROM_THE_START[key]
    when = days if key not in FROM_THE_START else str(year) if year else "of every year"
    told = f"Removed: {shown}, {when}."
    back = (Note(f"note {shown} brings it back."),) if key in FROM_THE_START else ()
    return Report(told, (Paragraph(told), *back))
