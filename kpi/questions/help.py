"""``help``: what can be asked, with examples from the asker's own campaigns."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

from kpi.question import Asked, Asking, Part, Question
from kpi.report import Choice, Choices, Column, Heading, Note, Paragraph, Report, Table

if TYPE_CHECKING:
    from collections.abc import Iterator

MOST_EXAMPLES = 8
LEAD = "Ask about a campaign, a KPI or a period, in any of these ways."
ADMINS = "Admins set time zone, currency, margin and more with 'settings'."
PERIODS = "Periods read like 'yesterday', 'last week', 'last 28 days', 'may', '2026-05', 'q2' or 'week 46'."


def help_on(questions: tuple[Question, ...]) -> Question:
    """Return the question that explains the others."""

    def answer(asking: Asking, _asked: Asked) -> Report:
        """Return every question with what it tells, and examples to press."""
        rows = tuple((question.usage, question.meaning) for question in questions)
        table = Table("Questions", (Column("Type", "left"), Column("to learn", "left")), rows)
        choices = tuple(Choice(text, text) for text in islice(_examples(questions, asking), MOST_EXAMPLES))
        pieces = (
            Heading("What you can ask"),
            Paragraph(LEAD),
            table,
            Note(PERIODS),
            Note(ADMINS),
            Choices(choices, "For example", anything=True),
        )
        return Report(LEAD, pieces)

    return Question("help", "help", "what you can ask", answer, takes=(Part.TOPIC,), aliases=("?", "hilfe", "ayuda"))


def _examples(questions: tuple[Question, ...], asking: Asking) -> Iterator[str]:
    recent = asking.recent(1)
    for question in questions:
        for example in question.examples[:1]:
            if "{campaign}" not in example:
                yield example
            elif recent:
                yield example.replace("{campaign}", recent[0].slug)
