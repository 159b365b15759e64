"""A typed question in, a report out: the one way for Slack, the terminal and everything else."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from kpi.errors import Mistake
from kpi.followup import as_above, recalled, remembered
from kpi.question import Asking
from kpi.reader import asked
from kpi.report import Heading, Note, Paragraph, Report, apology
from kpi.storage.workspaces import team

if TYPE_CHECKING:
    from datetime import date, datetime

    from kpi.storage.database import Database

STEPS = (
    "1. Put results into a CSV file: campaign, day, sent, delivered, read, clickers, orders, revenue, cost.",
    "2. Run: kpi import results.csv",
    "3. Ask again: campaign NAME",
)
EMPTY = "No campaign is stored yet."


def answered(
    database: Database, workspace: str, text: str, now: datetime, today: date | None = None, above: str = ""
) -> Report:
    """Answer a question; raise a Mistake where it cannot be read.

    ``above`` is the context of the answer that it follows on. The team's day is taken from ``now`` in its time zone
    unless ``today`` says otherwise. The transaction is closed before the report is returned, so nothing is held open
    while it is drawn or sent.
    """
    with database.reading(workspace) as db:
        ours = team(db)
        asking = Asking(db, ours, today or ours.day(now), now)
        understood = asked(text, asking, recalled(above, asking))
        if not asking.campaigns and understood.question.name != "help":
            return _empty()
        report = understood.question.answer(asking, understood)
        return replace(_noted(report, as_above(understood, asking)), context=remembered(understood))


def _noted(report: Report, note: str) -> Report:
    """Return the report with a note right under its finding."""
    if not note:
        return report
    at = next((index for index, piece in enumerate(report.pieces, 1) if isinstance(piece, Paragraph)), 0)
    return replace(report, pieces=(*report.pieces[:at], Note(note), *report.pieces[at:]))


def answered_or_excused(
    database: Database, workspace: str, text: str, now: datetime, today: date | None = None
) -> Report:
    """Answer a question, or say as a report what is wrong with it."""
    try:
        return answered(database, workspace, text, now, today)
    except Mistake as mistake:
        return apology(mistake)


def _empty() -> Report:
    return Report(
        f"{EMPTY} {STEPS[0]}", (Heading("Welcome"), Paragraph(EMPTY), *(Paragraph(step) for step in STEPS),
                                Note("To look around first, run: kpi-bot demo")),
    )  # fmt: skip
