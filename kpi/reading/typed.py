"""A typed text cut into words: quotes of any kind, markup, emoji and stray signs are understood here."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from kpi.names import LONGEST, slug_of
from kpi.reading.lexicon import folded

if TYPE_CHECKING:
    from collections.abc import Sequence

QUOTES = str.maketrans(
    {"“": '"', "”": '"', "„": '"', "‟": '"', "«": '"', "»": '"', "‘": "'", "’": "'", "´": "'", "`": "'"}
)
SINGLE_QUOTED = re.compile(r"(?<!\w)'([^'\"]+)'(?!\w)")
EMOJI = re.compile(r":[a-z0-9_+-]*[a-z][a-z0-9_+-]*:")
"""How Slack sends an emoji: ``:fire:``."""
MARKUP = re.compile(r"<[@!#][^>]*>")
"""How Slack sends the mention of somebody, of everybody or of a channel."""
EDGES = "*_~`()[]{}¿¡?!,;:|>\u200b\ufe0f"
DAY_WITH_DOTS = re.compile(r"(?:.*\D)?(?:\d{1,2}\.){1,2}")


@dataclass(frozen=True, slots=True)
class Word:
    """A word as typed; a quoted one is always a name, and may hold spaces."""

    text: str
    quoted: bool = False

    @property
    def folded(self) -> str:
        """Return the word for matching: without case, accents and the ``'s`` of ``yesterday's``."""
        return _folded(self.text)


def words_of(text: str) -> tuple[Word, ...]:
    """Split a text into words like a shell, without a shell's errors: an open quote ends with the text."""
    text = SINGLE_QUOTED.sub(r'"\1"', text.translate(QUOTES))
    found: list[Word] = []
    for index, part in enumerate(text.split('"')):
        if index % 2 and part.strip():
            found.append(Word(" ".join(part.split()), quoted=True))
        elif not index % 2:
            found += [Word(_bare(word)) for word in part.split()]
    return tuple(found)


def joined(words: Sequence[Word]) -> str:
    """Return words as they were typed."""
    return " ".join(word.text for word in words)


def key_of(words: Sequence[Word]) -> str:
    """Return the key by which names are matched; the same as the slug of the words joined, only faster."""
    key = "-".join(part for word in words if (part := _part(word.text)))
    return key if 0 < len(key) <= LONGEST else slug_of(joined(words))


def is_sign(word: Word) -> bool:
    """Tell whether a word is an emoji, a mention or signs alone."""
    text = word.text
    return bool(EMOJI.fullmatch(text) or MARKUP.fullmatch(text)) or not any(sign.isalnum() for sign in text)


@lru_cache(maxsize=4096)
def _part(text: str) -> str:
    return "" if not any(sign.isascii() and sign.isalnum() for sign in folded(text)) else slug_of(text)


@lru_cache(maxsize=4096)
def _folded(text: str) -> str:
    return folded(text).removesuffix("'s").strip(".'")


def _bare(word: str) -> str:
    """Return a word without the signs around it; dots stay where they make a day (``1.5.``)."""
    if EMOJI.fullmatch(word) or MARKUP.fullmatch(word):
        return word
    bare = word.strip(EDGES)
    bare = bare if DAY_WITH_DOTS.fullmatch(bare) else bare.rstrip(".…")
    return bare or word
