"""An answer says how its question was understood: what was guessed or taken from above, what else it could mean."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from kpi.report import Choices, Note, Paragraph, Report

if TYPE_CHECKING:
    from kpi.question import Asked


def saying_how_it_was_read(report: Report, asked: Asked, note: str = "") -> Report:
    """Return the report with the guess before its first paragraph, the note under it, the other meanings to press."""
    pieces = list(report.pieces)
    at = next((at for at, piece in enumerate(pieces) if isinstance(piece, Paragraph)), 0)
    if asked.read_as:
        found = pieces[at]
        is_text = isinstance(found, Paragraph)
        said = f"{asked.read_as} {found.text}" if isinstance(found, Paragraph) else asked.read_as
        pieces[at : at + is_text] = [Paragraph(said)]
    if note:
        pieces.insert(at + 1, Note(note))
    if asked.also:
        choices = next((piece for piece in pieces if isinstance(piece, Choices)), Choices(()))
        pieces = [piece for piece in pieces if piece is not choices]
        pieces.append(replace(choices, choices=(*asked.also, *choices.choices)))
    return replace(report, pieces=tuple(pieces))
