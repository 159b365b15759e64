"""The words that questions and KPIs are known by, in every language, and what a word was perhaps meant to be."""

from __future__ import annotations

import re
from datetime import date
from functools import cache
from typing import TYPE_CHECKING

from rapidfuzz import fuzz, process

from kpi.errors import ImpossiblePeriod, UnknownPeriod
from kpi.metrics import METRIC, METRICS, Metric
from kpi.questions import QUESTIONS
from kpi.reading import lexicon
from kpi.reading.lexicon import folded, foreign, spellings
from kpi.reading.period_words import period_of
from kpi.reading.stretches import time_words
from kpi.reading.typed import is_sign
from kpi.report import Choice

if TYPE_CHECKING:
    from collections.abc import Iterable

    from kpi.question import Question
    from kpi.reading.typed import Word

RANKED = re.compile(r"([a-z]+)-{0,2}(\d{1,2})")
"""``top5``, ``top-5``: how many rows are wanted, said in one word."""
LOW = 60
SIMILAR = 70
"""Rapidfuzz's score from which a name is worth offering."""
SHORTEST_WORD, LONGEST_WORD = 3, 30
LONGEST_KPI = 40
"""Letters beyond which a text is no misspelled KPI."""
TOO_NEAR = frozenset({"warum"})
"""Short words that a part of a name is too easily taken for: ``warm up``."""
ALIKE = 75
"""The score from which a single word is taken for a misspelled one, in an offer."""
HIGHEST = (
    "highest most biggest largest greatest höchste höchsten höchster meisten grösste mayor mas pinakamataas "
    "pinakamarami"
)  # fmt: skip
LOWEST = "lowest least fewest smallest niedrigste niedrigsten wenigsten menor menos pinakamababa"  # fmt: skip
CHEAPEST = "cheapest günstigste günstigsten billigste barata barato pinakamura"
"""Which campaign was cheapest is asked of what a result costs."""


@cache
def question_words() -> dict[str, Question]:
    """Return every word that begins a question."""
    words = {word: question for question in QUESTIONS for word in (question.name, *question.aliases)}
    return {word: words[name] for word, name in foreign(lexicon.QUESTIONS).items() if name in words} | words


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
                for one in spellings(spelled):
                    words.setdefault(one, metric)
    for word, key in foreign(lexicon.KPIS).items():
        words.setdefault(word, METRIC[key])
    return words


@cache
def later() -> dict[str, str]:
    """Return the words of questions that are not there yet, each with its sentence."""
    return {spelled: said for word, said in lexicon.LATER.items() for spelled in spellings(word)}


@cache
def extremes() -> dict[str, str]:
    """Return the words for the two ends of a ranking by value, whichever of them is better: ``high``, ``low``."""
    ends = {"high": HIGHEST, "low": f"{LOWEST} {CHEAPEST}"}
    return {spelled: end for end, words in ends.items() for word in words.split() for spelled in spellings(word)}


def is_cheapest(word: Word) -> bool:
    """Tell whether a word asks for the lowest cost of a result."""
    return any(word.folded in spellings(one) for one in CHEAPEST.split())


def says_nothing(word: Word) -> bool:
    """Tell whether a word can be left out: a filler in any of the languages, an emoji, or signs alone."""
    return not word.quoted and (word.folded in lexicon.fillers() or is_sign(word))


def tells_time(word: Word) -> bool:
    """Tell whether a word can be a part of the name of a period, in any of the languages."""
    if word.quoted or len(word.text) > LONGEST_WORD:
        return False
    text = word.folded
    return text in _time_words() or any(sign.isdigit() for sign in text) or not any(map(str.isalnum, text))


@cache
def _time_words() -> frozenset[str]:
    phrases = " ".join(lexicon.foreign_phrases()).split()
    return time_words() | lexicon.ARTICLES | frozenset(lexicon.period_words()) | frozenset(phrases)


@cache
def single_words() -> dict[str, str]:
    """Return the words that a misspelled one may have been, folded, each with how it is typed right."""
    time = {word: word for word in _time_words() if len(word) > SHORTEST_WORD and word not in lexicon.fillers()}
    questions = {word: one.name for word, one in question_words().items() if word not in TOO_NEAR}
    return {**time, **{word: word for word in metric_words() if " " not in word}, **questions}


def corrected(word: Word) -> str:
    """Return the word of the vocabulary that a misspelled one is most like, '' where it is like none."""
    text = word.folded
    if not SHORTEST_WORD <= len(text) <= LONGEST_WORD or word.quoted:
        return ""
    near = process.extractOne(text, single_words().keys(), scorer=fuzz.ratio, score_cutoff=ALIKE)
    return single_words()[near[0]] if near else ""


def metrics_like(typed: str, score: int = LOW) -> tuple[Metric, ...]:
    """Return the KPIs that were perhaps meant; some are always offered where ``score`` is low."""
    named = metric_words().keys() if len(typed) <= LONGEST_KPI else ()
    near = process.extract(folded(typed), named, scorer=fuzz.WRatio, limit=8, score_cutoff=score)
    usual = () if score > LOW else (METRIC["revenue"], METRIC["rocs"], METRIC["ctr"])
    return tuple(dict.fromkeys(metric_words()[name] for name, _, _ in near) or usual)[:3]


def like_question(typed: str) -> tuple[Choice, ...]:
    """Return the questions that were perhaps meant and that need nothing more."""
    first = typed.split(maxsplit=1)[0].lower()
    near = process.extract(first, list(question_words()), scorer=fuzz.ratio, limit=2, score_cutoff=SIMILAR)
    questions = dict.fromkeys(question_words()[word] for word, _, _ in near)
    return as_choices(question.name for question in questions if not question.needs)


def quoted(slug: str) -> str:
    """Return a name as it is typed in a question: in quotes where it would be read as anything else."""
    tables = (question_words(), metric_words(), extremes(), later(), lexicon.fillers())
    taken = any(slug in table for table in tables) or RANKED.fullmatch(slug) or _is_period(slug)
    return f'"{slug}"' if taken else slug


def _is_period(slug: str) -> bool:
    if not all(part in _time_words() or not part.isalpha() for part in slug.split("-")):
        return False
    try:
        period_of(slug, date(2000, 1, 1))
    except UnknownPeriod as error:
        return isinstance(error, ImpossiblePeriod)
    return True


def as_choices(questions: Iterable[str]) -> tuple[Choice, ...]:
    """Return questions as buttons that say just what they ask."""
    return tuple(Choice(question, question) for question in questions)
