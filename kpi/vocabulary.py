"""The words that questions and KPIs are known by, and what a word was perhaps meant to be."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from rapidfuzz import fuzz, process

from kpi import lexicon
from kpi.lexicon import folded
from kpi.metrics import METRICS, Metric
from kpi.questions import QUESTIONS
from kpi.report import Choice

if TYPE_CHECKING:
    from collections.abc import Iterable

    from kpi.question import Question

LOW = 60
SIMILAR = 70
"""Rapidfuzz's score from which a name is worth offering."""
FILLERS = frozenset((
    "by", "doing",
    "a", "about", "and", "are", "at", "can", "did", "do", "does", "for", "give", "how", "in", "is", "it", "me", "much",
    "campaign", "campaigns", "my", "of", "on", "our", "please", "show", "tell", "the", "to", "was", "we", "were",
    "what",
))  # fmt: skip


@cache
def question_words() -> dict[str, Question]:
    """Return every word that begins a question."""
    words = {word: question for question in QUESTIONS for word in (question.name, *question.aliases)}
    return {foreign: words[name] for foreign, name in lexicon.QUESTIONS.items()} | words


def question_called(name: str) -> Question:
    """Return the question of that name."""
    return question_words()[name]


@cache
def metric_words() -> dict[str, Metric]:
    """Return every way to name a KPI; a key's underscores may be typed as spaces or hyphens."""
    words: dict[str, Metric] = {}
    for metric in METRICS:
        for name in (metric.key, metric.label.lower(), *metric.aliases):
            for spelled in (name, name.replace("_", " "), name.replace("_", "-"), name.replace("-", " ")):
                words.setdefault(folded(spelled), metric)
    return words


def says_nothing(word: str) -> bool:
    """Tell whether a word can be left out: a filler in any of the languages, or signs alone."""
    key = folded(word).strip(".,;:!?")
    return key in FILLERS or key in lexicon.FILLERS or not any(sign.isalnum() for sign in word)


def like_metric(question: Question, typed: str, score: int = LOW) -> tuple[Choice, ...]:
    """Return the question with the KPIs that were perhaps meant; some are always offered where ``score`` is low."""
    near = process.extract(folded(typed), list(metric_words()), scorer=fuzz.WRatio, limit=8, score_cutoff=score)
    keys = dict.fromkeys(metric_words()[name].key for name, _, _ in near)
    return as_choices(
        f"{question.name} {key}" for key in list(keys or (() if score > LOW else ("revenue", "rocs", "ctr")))[:3]
    )


def like_question(typed: str) -> tuple[Choice, ...]:
    """Return the questions that were perhaps meant and that need nothing more."""
    first = typed.split(maxsplit=1)[0].lower()
    near = process.extract(first, list(question_words()), scorer=fuzz.ratio, limit=2, score_cutoff=SIMILAR)
    questions = dict.fromkeys(question_words()[word] for word, _, _ in near)
    return as_choices(question.name for question in questions if not question.needs)


def quoted(slug: str) -> str:
    """Return a name as it is typed in a question: in quotes where it would be read as a question or a KPI."""
    return f'"{slug}"' if slug in question_words() or slug in metric_words() else slug


def as_choices(questions: Iterable[str]) -> tuple[Choice, ...]:
    """Return questions as buttons that say just what they ask."""
    return tuple(Choice(question, question) for question in questions)
