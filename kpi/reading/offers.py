"""Whole questions to press where a text cannot be read, or can be read in two ways."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from kpi.errors import Mistake
from kpi.question import Asked, Asking, Part
from kpi.reading.narrowing import Narrowed
from kpi.reading.near_names import alike
from kpi.reading.typed import Word, joined
from kpi.reading.vocabulary import as_choices, corrected, like_question, metrics_like, question_called, quoted
from kpi.report import Choice

if TYPE_CHECKING:
    from collections.abc import Iterable

    from kpi.metrics import Metric
    from kpi.periods import Period
    from kpi.reading.reader import Reader
    from kpi.storage.campaigns import Campaign

MOST_GUESSES = 3
HELP = Choice("help", "help")


def typed_as(asked: Asked) -> str:
    """Return words that read as just this question."""
    parts = [asked.question.name, str(asked.most) if asked.most else "", asked.metric.key if asked.metric else ""]
    parts += [quoted(one.slug) for one in asked.campaigns]
    narrowed = Narrowed((), asked.scope, asked.step).typed
    return " ".join(filter(None, [*parts, asked.period.typed if asked.period else ""])) + narrowed


def in_other_days(asking: Asking, asked: Asked, period: Period) -> Choice:
    """Return the same question about other days."""
    return Choice(asking.words.period(period), typed_as(replace(asked, period=period)))


def choice_of(asking: Asking, asked: Asked) -> Choice:
    """Return a whole question to press, its days as people write them."""
    asks = typed_as(asked)
    return Choice(asks.replace(asked.period.typed, asking.words.period(asked.period)) if asked.period else asks, asks)


def nearest(reader: Reader, left: list[Word], right: tuple[Choice, ...] | None = None) -> tuple[Choice, ...]:
    """Return the nearest questions that can be read: spelled right, without the words, and the usual ones."""
    if reader.is_guess:
        return ()
    typed = cut(joined(left))
    own = () if reader.question else (*like_question(typed), *of_metrics(reader, metrics_like(typed, 80)))
    recent = as_choices(f"campaign {quoted(one.slug)}" for one in reader.asking.recent(2))
    right = spelled_right(reader, left) if right is None else right
    found = (*right, *_without(reader, left), *own)
    unique = {choice.question: choice for choice in (*found[:MOST_GUESSES], *recent)}
    return (*list(unique.values())[:MOST_GUESSES], HELP)


def of_metrics(reader: Reader, metrics: Iterable[Metric]) -> tuple[Choice, ...]:
    """Return the question, or the trend where none was asked, about each of the KPIs."""
    made = reader.understood()
    made = replace(made, question=reader.question or question_called("trend"))
    return tuple(choice_of(reader.asking, reader.completed(replace(made, metric=one))) for one in metrics)


def spelled_right(reader: Reader, left: list[Word]) -> tuple[Choice, ...]:
    """Return what is read once the words that are not understood are taken for the most similar ones."""
    right = [Word(corrected(word) or word.text, word.quoted) if word in left else word for word in reader.whole]
    if right == list(reader.whole):
        return ()
    return read_or_offered(reader, right)


def _without(reader: Reader, left: list[Word]) -> tuple[Choice, ...]:
    """Return what is read without the words that are not understood, and the campaigns they name where none fits."""
    if not (reader.metric or reader.campaigns or reader.period or reader.question):
        return ()
    named = alike(reader.asking, left) if Part.CAMPAIGN not in reader.takes else ()
    offers = tuple(Choice(one.name, f"campaign {quoted(one.slug)}") for one in named[:1])
    return (*offers, *read_or_offered(reader, [word for word in reader.whole if word not in left]))


def read_or_offered(reader: Reader, words: list[Word]) -> tuple[Choice, ...]:
    """Return the question that the words read as, or what is offered in its place."""
    try:
        understood = type(reader)(reader.asking, words, reader.above, is_guess=True).read()
    except Mistake as mistake:
        return mistake.offers
    if Part.TOPIC in understood.question.takes:
        return ()
    return (choice_of(reader.asking, understood),)


def cut(text: str) -> str:
    """Return a text that fits into a sentence."""
    return text if len(text) <= 60 else text[:59] + "…"  # noqa: PLR2004


def asked_of(reader: Reader, campaigns: Iterable[Campaign]) -> tuple[Choice, ...]:
    """Return the question about each of the campaigns, labelled with the name and the first day."""
    return tuple(Choice(_dated(reader.asking, one), typed_as(_about(reader, one))) for one in campaigns)


def _about(reader: Reader, campaign: Campaign) -> Asked:
    """Return what was understood, asked of a campaign, with what the answer above told."""
    made = reader.understood()
    if made.question.name == "overview":
        made = replace(made, question=question_called("campaign"))
    made = reader.completed(replace(made, campaigns=(campaign,)))
    return replace(made, scope=made.scope.rows)


def _dated(asking: Asking, campaign: Campaign) -> str:
    first = campaign.first_day
    return campaign.name + (f" ({asking.words.day(first)})" if first else "")
