"""Imports as reports: listed, what undoing one would do, and what it did."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from bot.files.import_report import counted
from kpi.money import amount
from kpi.report import Choice, Choices, Column, Heading, Note, Paragraph, Piece, Report, Table
from kpi.storage.importing.runs import DONE, ORDERS, RUNNING, UNDOING, UNDONE
from kpi.units import Unit

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from kpi.storage.importing.runs import Run
    from kpi.storage.importing.undoing import Undoing
    from kpi.wording import Words

NOTHING = "Nothing was imported yet."
STATES = {RUNNING: "not finished", DONE: "", UNDOING: "partly taken back", UNDONE: "taken back"}
LATER = "Later imports stay."
HOW = "Drop a CSV file or an Excel sheet into a direct message to me: you see what it would change before it does."


def as_table(found: Sequence[Run], words: Words) -> Report:
    """List imports for a terminal."""
    if not found:
        return Report(NOTHING, (Paragraph(NOTHING),))
    headline = f"The last {counted(len(found), 'import')}:" if len(found) > 1 else "One import:"
    columns = (Column("#"), *(Column(name, "left") for name in ("File", "When", "Who", "Changed", "")))
    rows = tuple((str(one.number), f"{one.file} ({one.source})", words.moment(one.started_at), one.person or "–",
                  _changed(one, words), STATES[one.state]) for one in found)  # fmt: skip
    return Report(headline, (Table(headline, columns, rows), Note(f"Take one back with kpi imports undo N. {LATER}")))


def as_messages(found: Sequence[Run], words: Words, name_of: Callable[[str], str]) -> Report:
    """List imports for Slack, each with a button that undoes it."""
    if not found:
        return Report(NOTHING, (Paragraph(NOTHING), Note(HOW)))
    pieces: list[Piece] = [Heading("Imports"), *(piece for one in found for piece in _listed(one, words, name_of))]
    return Report(f"The last imports: {words.listed(tuple(one.file for one in found))}.", (*pieces, Note(HOW)))


def _listed(run: Run, words: Words, name_of: Callable[[str], str]) -> tuple[Piece, ...]:
    who = " · ".join(filter(None, (name_of(run.person), words.moment(run.started_at))))
    state = f" ({STATES[run.state]})" if STATES[run.state] else ""
    said = Paragraph(f"{run.number}. {run.file}{state}: {_changed(run, words)}"), Note(who)
    if run.state == UNDONE:
        return said
    return *said, Choices((Choice(f"Undo {run.number}", f"imports undo {run.number}"),))


def _changed(run: Run, words: Words) -> str:
    """Say what an import changed: how many rows, of how many campaigns, which days, and the money of orders."""
    if not run.stored or not (run.first and run.last):
        return "nothing new" if run.state != RUNNING else "–"
    about = f"{_rows(run, run.stored, words)} of {counted(run.campaigns, 'campaign')}"
    money = [words.shown(amount(net), Unit.MONEY, currency) for currency, net in run.money.items()]
    return ", ".join(
        [
            about if run.campaigns else _rows(run, run.stored, words),
            words.days(run.first, run.last + timedelta(days=1)),
            *money,
        ]
    )


def would_undo(would: Undoing, words: Words) -> Report:
    """Say what undoing an import would do."""
    run = would.run
    asks, nothing = f"Take import {run.number} back?", "Nothing is changed yet."
    pieces = (
        Heading(asks),
        Paragraph(f"{run.file}: {_changed(run, words)}."),
        Paragraph(f"{_effect(would, words, WILL)} {LATER}"),
    )
    return Report(f"{nothing} {asks}", (*pieces, Note(f"{nothing} To have it back later, import the file again.")))


def undone(done: Undoing, words: Words) -> Report:
    """Say what undoing an import did."""
    said = f"Import {done.run.number} ({done.run.file}) is taken back. {_effect(done, words, DID)}"
    return Report(said, (Paragraph(said), Note(LATER)))


WILL, DID = ("will go", "come back", "changes"), ("are gone", "are back", "changed")
"""How it is said what will be, and what was done."""


def _effect(undoing: Undoing, words: Words, tense: tuple[str, str, str]) -> str:
    run, (go, come_back, change) = undoing.run, tense
    if not undoing.going:
        return f"It had told nothing new, so no figure {change}."
    if run.kind == ORDERS:
        gone = _rows(run, undoing.going - undoing.returning, words)
        others = f"{words.shown(undoing.returning, Unit.COUNT)} are again what other imports say of them"
        return f"{gone} {go}, {others}." if undoing.returning else f"{gone} {go}."
    returning = f"; {_rows(run, undoing.returning, words)} that they had replaced {come_back}"
    return f"{_rows(run, undoing.going, words)} that it stored {go}{returning if undoing.returning else ''}."


def _rows(run: Run, count: int, words: Words) -> str:
    one, several = ("order or cancellation", "orders and cancellations") if run.kind == ORDERS else ("row", "rows")
    return f"{words.shown(count, Unit.COUNT)} {one if count == 1 else several}"
