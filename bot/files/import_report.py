"""What an import did, as a report."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kpi.report import Choice, Choices, Column, Note, Paragraph, Piece, Report, Table

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kpi.errors import UnreadableFile
    from kpi.sources.proposal import ColumnRead
    from kpi.sources.reading import Skipped
    from kpi.storage.importing.results import Imported

MOST_SKIPPED = 20


def import_report(done: Imported) -> Report:
    """Say what was read, stored, changed, left as it was, and skipped, with line numbers."""
    headline = _headline(done)
    pieces: list[Piece] = [Paragraph(headline)]
    if done.resumed:
        pieces.append(Note("An earlier import of this file had been cut off; it is complete now."))
    pieces += [Note(f"{sentence}.") for sentence in done.notes]
    pieces += columns_read(done.columns)
    if done.introduced:
        names = ", ".join(done.introduced[:MOST_SKIPPED])
        pieces.append(Note(f"Named without results: {names}."))
    if done.superseded and done.whole:
        pieces.append(Note(f"{done.superseded:,} rows of an earlier export were replaced: it is taken as a whole."))
    elif done.superseded:
        pieces.append(Note(f"{done.superseded:,} rows of another split of the same days were replaced."))
    pieces += [Note(f"{sentence}.") for sentence in done.shadowed[:MOST_SKIPPED]]
    pieces += skipped_lines(done.skips, done.skipped)
    if done.campaigns and not done.dry_run:
        pieces.append(Choices(tuple(Choice(slug, f"campaign {slug}") for slug in done.campaigns[:3])))
    return Report(headline, tuple(pieces))


def question_report(question: UnreadableFile, *notes: str) -> Report:
    """Ask what has to be said about a file, and show how its columns would be read, where that is the question."""
    pieces = (*columns_read(question.columns, question.message), *map(Note, notes))
    return Report(question.message, (Paragraph(question.message), *pieces))


def columns_read(columns: Sequence[ColumnRead], said: str = "") -> list[Piece]:
    """Show what columns hold, with some of their cells, and what is uncertain and was not said already."""
    if not columns:
        return []
    head = tuple(Column(name, "left") for name in ("Column", "Read as", "For example"))
    rows = tuple((one.column or "–", _read_as(one), " · ".join(one.samples) or "–") for one in columns)
    notes = [text for one in columns if (text := one.doubt or one.note) and text not in said]
    return [Table("Read by the names of the columns:", head, rows), *map(Note, notes)]


def _read_as(one: ColumnRead) -> str:
    return (one.ours or "not used") + ("?" if one.doubt else "")


def _headline(done: Imported) -> str:
    if not done.read:
        return f"{done.file}: no row could be stored."
    days = f"{done.first} to {done.last}" if done.first != done.last else f"{done.first}"
    about = f"{counted(done.read, 'row')} of {counted(len(done.campaigns), 'campaign')}, {days}"
    if not (done.new or done.changed or done.superseded):
        return f"{done.file}: {about}; all of it was known, nothing changed."
    parts = [(done.new, "new"), (done.changed, "corrected"), (done.unchanged, "known before")]
    stored = "would be stored" if done.dry_run else "stored"
    return f"{done.file}: {about} {stored}: " + ", ".join(f"{count:,} {what}" for count, what in parts if count) + "."


def skipped_lines(skips: int, skipped: Sequence[Skipped]) -> list[Piece]:
    """Say which lines were left out, and why; nothing where none was."""
    if not skips:
        return []
    told: list[Piece] = [Note(f"line {one.line}: {one.reason}") for one in skipped[:MOST_SKIPPED]]
    more = [Note(f"and {skips - MOST_SKIPPED:,} more")] if skips > MOST_SKIPPED else []
    return [Paragraph(f"Skipped {counted(skips, 'line')}:"), *told, *more]


def counted(count: int, noun: str, several: str = "") -> str:
    """Write a number of things: ``1 line``, ``2,000 lines``."""
    return f"{count:,} {noun if count == 1 else several or noun + 's'}"
