"""Which word of a text names its question: the first that says something, or a ranking, or any other."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from kpi.reading.lexicon import english
from kpi.reading.typed import Word
from kpi.reading.vocabulary import RANKED, extremes, question_called, question_words, says_nothing

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from kpi.question import Question

RANKINGS = ("top", "worst")
WEAK = ("campaign", "campaigns")
"""Questions whose words say nothing where they do not come first: ``which campaign was best``."""
STATES = frozenset({"running", "planned", "finished"})
UNITS = frozenset(["day", "days", "week", "weeks", "month", "months", "quarter", "quarters", "year", "years"])


@dataclass(frozen=True, slots=True)
class Named:
    """The question that words name, the ``highest`` or ``lowest`` and the number beside it, and the words left."""

    question: Question | None
    extreme: Word | None
    most: int | None
    left: tuple[Word, ...]


def phrased(words: Sequence[Word]) -> tuple[Word, ...]:
    """Return words with ``top5`` cut in two, and two that name a question together, such as ``por qué``, as one."""
    found: list[Word] = []
    for word in (part for whole in words for part in _parts(whole)):
        both = f"{found[-1].folded} {word.folded}" if found and not (found[-1].quoted or word.quoted) else ""
        if both in question_words():
            found[-1] = Word(both)
        else:
            found.append(word)
    return tuple(found)


def question_named(words: Sequence[Word], inside: Collection[int]) -> Named:
    """Return the question that the words name; those ``inside`` the name of a campaign name none."""
    free = [at for at, word in enumerate(words) if not word.quoted and at not in inside]
    spots = {at: question for at in free if (question := question_words().get(words[at].folded))}
    extreme = next((words[at] for at in free if words[at].folded in extremes()), None)
    left, most = list(words), None
    at = _best_spot(words, spots, is_ranking=extreme is not None)
    question = None if at is None else spots[at]
    if at is not None:
        del left[at]
        if spots[at].name in RANKINGS:
            most, left = _without_count(left, at)
    if extreme:
        left.remove(extreme)
        question = question or question_called("top")
    return Named(question, extreme, most, tuple(left))


def _best_spot(words: Sequence[Word], spots: dict[int, Question], *, is_ranking: bool) -> int | None:
    leading = next((at for at in spots if all(says_nothing(word) for word in words[:at])), None)
    if leading is not None and spots[leading].name not in WEAK:
        return leading
    ranking = next((at for at, question in spots.items() if question.name in RANKINGS), None)
    if ranking is not None or is_ranking:
        return ranking
    if leading == 0:
        return leading
    other = next((at for at, question in spots.items() if question.name not in WEAK), None)
    return _list_spot(words, spots) if other is None else other


def _list_spot(words: Sequence[Word], spots: dict[int, Question]) -> int | None:
    """Return where ``campaigns`` stands in a text that asks for nothing else: ``which campaigns are running``."""
    listed = [at for at, question in spots.items() if question.name == "campaigns"]
    others = [word for at, word in enumerate(words) if at not in listed]
    said = [word for word in others if not says_nothing(word) or word.folded in STATES]
    return listed[0] if listed and others and all(word.folded in STATES for word in said) else None


def _without_count(left: list[Word], at: int) -> tuple[int | None, list[Word]]:
    """Take the number beside a ranking away: ``top 5``, ``the 3 best``."""
    for spot in (at, at - 1):
        if 0 <= spot < len(left) and (number := _count(left[spot])):
            following = left[spot + 1].folded if spot + 1 < len(left) else ""
            if english(following) not in UNITS:
                return number, [*left[:spot], *left[spot + 1 :]]
    return None, left


def _parts(word: Word) -> tuple[Word, ...]:
    """Cut ``top5`` and ``top–5`` into the ranking and its number."""
    joint = RANKED.fullmatch(word.folded)
    if joint and not word.quoted and (question := question_words().get(joint[1])) and question.name in RANKINGS:
        return Word(joint[1]), Word(joint[2])
    return (word,)


def _count(word: Word) -> int | None:
    number = english(word.folded) if word.folded.isalpha() else word.text
    return int(number) if number.isdecimal() and 0 < int(number) < 100 and not word.quoted else None  # noqa: PLR2004
