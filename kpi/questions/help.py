"""``help``: what can be asked, with examples from the asker's own campaigns."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kpi.question import Asked, Asking, Part, Question
from kpi.report import Choice, Choices, Heading, Note, Paragraph, Report

if TYPE_CHECKING:
    from collections.abc import Iterator

LEAD = "Ask about a campaign, a KPI or a period, in any of these ways."
PERIODS = "Periods read like 'yesterday', 'last week', 'last 28 days', 'may', '2026-05', 'q2' or 'week 46'."


def answer(asking: Asking, _asked: Asked) -> Report:
    """Return every question with what it tells, and examples to press."""
    from kpi.questions import QUESTIONS

    lines = [Paragraph(f"{question.usage}: {question.meaning}.") for question in QUESTIONS]
    choices = tuple(Choice(text, text) for text in _examples(asking))
    return Report(
        LEAD, (Heading("What you can ask"), Paragraph(LEAD), *lines, Note(PERIODS), Choices(choices, "For example"))
    )


def _examples(asking: Asking) -> Iterator[str]:
    from kpi.questions import QUESTIONS

    recent = asking.recent(1)
    for question in QUESTIONS:
        for example in question.examples[:1]:
            if "{campaign}" not in example:
                yield example
            elif recent:
                yield example.replace("{campaign}", recent[0].slug)


HELP = Question("help", "help", "what you can ask", answer, takes=(Part.TOPIC,), aliases=("?", "hilfe", "ayuda"))
