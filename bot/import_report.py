"""What an import did, as a report."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kpi.report import Choice, Choices, Note, Paragraph, Piece, Report

if TYPE_CHECKING:
    from kpi.storage.importing import Imported

MOST_SKIPPED = 20


def import_report(done: Imported) -> Report:
    """Say what was read, stored, changed, left as it was, and skipped, with line numbers."""
    headline = _headline(done)
    pieces: list[Piece] = [Paragraph(headline)]
    if done.resumed:
        pieces.append(Note("An earlier import of this file had been cut off; it is complete now."))
    if done.introduced:
        names = ", ".join(done.introduced[:MOST_SKIPPED])
        pieces.append(Note(f"Named without results: {names}."))
    if done.superseded:
        pieces.append(Note(f"{done.superseded:,} rows of another split of the same days were replaced."))
    pieces += [Note(f"{sentence}.") for sentence in done.shadowed[:MOST_SKIPPED]]
    if done.skips:
        pieces.append(Paragraph(f"Skipped {_counted(done.skips, 'line')}:"))
        pieces += [Note(f"line {one.line}: {one.reason}") for one in done.skipped[:MOST_SKIPPED]]
        if done.skips > MOST_SKIPPED:
            pieces.append(Note(f"and {done.skips - MOST_SKIPPED:,} more"))
    if done.campaigns and not done.dry_run:
        pieces.append(Choices(tuple(Choice(slug, f"campaign {slug}") for slug in done.campaigns[:3])))
    return Report(headline, tuple(pieces))


def _headline(done: Imported) -> str:
    if not done.read:
        return f"{done.file}: no row could be stored."
    days = f"{done.first} to {done.last}" if done.first != done.last else f"{done.first}"
    about = f"{_counted(done.read, 'row')} of {_counted(len(done.campaigns), 'campaign')}, {days}"
    if not done.new and not done.changed:
        return f"{done.file}: {about}; all of it was known, nothing changed."
    parts = [(done.new, "new"), (done.changed, "corrected"), (done.unchanged, "known before")]
    stored = "would be stored" if done.dry_run else "stored"
    return f"{done.file}: {about} {stored}: " + ", ".join(f"{count:,} {what}" for count, what in parts if count) + "."


def _counted(count: int, noun: str) -> str:
    return f"{count:,} {noun}" + ("" if count == 1 else "s")
