"""A typed question in, a report out: the one way for Slack, the terminal and everything else."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from kpi.errors import Mistake
from kpi.question import Asking
from kpi.reading.followup import as_above, recalled, remembered
from kpi.reading.reader import asked, is_help
from kpi.reading.understood import saying_how_it_was_read
from kpi.report import Heading, Note, Paragraph, Report, apology
from kpi.scoped import answer_within
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
        if asking.is_empty and not is_help(text):
            return _empty()
        understood = asked(text, asking, recalled(above, asking))
        report = answer_within(asking, understood)
        note = as_above(understood, asking)
        return replace(saying_how_it_was_read(report, understood, note), context=remembered(understood))


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
