"""Ranges of words that may belong together, the longest first, and the keys by which they are looked up as names."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kpi.reading.period_words import LONGEST_WORDS
from kpi.reading.typed import Word, key_of
from kpi.reading.vocabulary import tells_time

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

LONGEST_NAME, LONGEST_KPI = 12, 4
"""Words in a name and in the name of a KPI."""
MOST_TIME_WORDS = 12
"""Beyond this many words of time a text is no question, and only short periods are looked for."""


def spans(words: Sequence[Word], longest: int, *, quoted: bool = False) -> Iterator[tuple[int, int]]:
    """Yield the ranges of words that may belong together; ``quoted`` words belong to names alone."""
    count = len(words)
    for length in range(min(longest, count), 0, -1):
        for start in range(count - length + 1):
            if quoted or not any(word.quoted for word in words[start : start + length]):
                yield start, start + length


def time_spans(words: Sequence[Word]) -> Iterator[tuple[int, int]]:
    """Yield the ranges of words that may tell a period."""
    timely = [tells_time(word) for word in words]
    longest = LONGEST_WORDS if sum(timely) <= MOST_TIME_WORDS else LONGEST_WORDS // 3
    for start, end in spans(words, longest):
        if all(timely[start:end]):
            yield start, end


def name_keys(words: Sequence[Word]) -> set[str]:
    """Return every key by which some of the words could be a name."""
    return {key for start, end in spans(words, LONGEST_NAME, quoted=True) for key in keys(words[start:end])}


def keys(words: Sequence[Word]) -> tuple[str, ...]:
    """Return the ways to look up words as a name: as typed, and without the ``'s`` of ``spring sale's``."""
    bare = [Word(word.text.removesuffix("'s"), word.quoted) for word in words]
    return tuple(dict.fromkeys((key_of(words), key_of(bare))))
