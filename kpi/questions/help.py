"""``help``: what can be asked, with examples from the asker's own campaigns."""

from __future__ import annotations

import re
from itertools import islice
from typing import TYPE_CHECKING

from kpi.question import Asked, Asking, Part, Question
from kpi.reading import lexicon
from kpi.reading.lexicon import folded, foreign
from kpi.report import Choice, Choices, Column, Heading, Note, Paragraph, Report, Table

if TYPE_CHECKING:
    from collections.abc import Iterator

MOST_EXAMPLES = 8
LEAD = "Ask about a campaign, a KPI or a period, in any of these ways."
ADMINS = "Admins set time zone, currency, margin and more with 'settings'."
ALERTS = "'alert ctr < 5%' tells you when it happens, 'target rocs 8' keeps a target, 'digest' posts every week."
PERIODS = "Periods read like 'yesterday', 'last week', 'last 28 days', 'may', '2026-05', 'q2' or 'week 46'."

NARROWED = "Narrow it down by market, tag, channel or currency, such as 'in Germany' or 'in email'."


def help_on(questions: tuple[Question, ...]) -> Question:
    """Return the question that explains the others."""
    named = {word: question for question in questions for word in (question.name, *question.aliases)}
    named |= {word: named[name] for word, name in foreign(lexicon.QUESTIONS).items() if name in named}

    def answer(asking: Asking, asked: Asked) -> Report:
        """Return every question with what it tells, and examples to press; of one that is named, only that one."""
        if one := named.get(folded(asked.topic)):
            return _about(one, asking)
        rows = tuple((question.usage, question.meaning) for question in questions)
        table = Table("Questions", (Column("Type", "left"), Column("to learn", "left")), rows)
        choices = tuple(Choice(text, text) for text in islice(_examples(questions, asking), MOST_EXAMPLES))
        pieces = (
            Heading("What you can ask"),
            Paragraph(LEAD),
            table,
            Note(PERIODS),
            Note(ALERTS),
            Note(ADMINS),
            Choices(choices, "For example", anything=True),
        )
        return Report(LEAD, pieces)

    return Question("help", "help", "what you can ask", answer, takes=(Part.TOPIC,), aliases=("?", "hilfe", "ayuda"))


def _examples(questions: tuple[Question, ...], asking: Asking) -> Iterator[str]:
    for question in questions:
        yield from _filled(question.examples[:1], asking)


def _filled(examples: tuple[str, ...], asking: Asking) -> Iterator[str]:
    """Yield the examples with the asker's own campaigns in them, as far as there are enough."""
    own = dict(zip(("{campaign}", "{other}"), asking.recent(2), strict=False))
    for example in examples:
        if all(place in own for place in re.findall(r"{\w+}", example)):
            yield re.sub(r"{\w+}", lambda place: own[place[0]].slug, example)


def _about(question: Question, asking: Asking) -> Report:
    """Return one question: how it is typed, what it tells, what it can be narrowed to, and examples to press."""
    said = f"{question.usage}: {question.meaning}."
    notes = [PERIODS] if Part.PERIOD in question.takes else []
    notes += [NARROWED] if Part.SCOPE in question.takes else []
    notes += ["Steps read like 'by day', 'by week' or 'by month'."] if Part.STEP in question.takes else []
    examples = _filled(question.examples, asking)
    choices = Choices(tuple(Choice(text, text) for text in examples), "For example")
    return Report(said, (Heading(f"How to ask: {question.name}"), Paragraph(said), *map(Note, notes), choices))
