"""Text that fits and can be drawn: any script, any length, emoji and all."""

from __future__ import annotations

import re
import unicodedata
from itertools import accumulate
from typing import TYPE_CHECKING

from anyascii import anyascii

if TYPE_CHECKING:
    from collections.abc import Callable, Container, Iterator

    Measure = Callable[[str], float]

ELLIPSIS = "…"
NAMELESS = "–"
BREAKING = re.compile("[ \t\n\r\f\v\u1680\u2000-\u2006\u2008-\u200a\u2028\u2029\u205f\u3000]+")
"""Spaces at which a line may break; the others hold numbers together."""
EMOJI = re.compile("[\u2600-\u27bf\u2b00-\u2bff\ufe00-\ufe0f\u20e3\U0001f000-\U0001faff]")
UNSEEN = {"Cc", "Cf", "Cs", "Co", "Cn"}
"""Categories of characters that draw nothing: controls, marks of direction, surrogates, what is not assigned."""


def drawable(text: str, alphabet: Container[str]) -> str:
    """Return the text in the letters at hand: other scripts in Latin letters, emoji and controls dropped.

    A name of nothing but emoji is spelled out: a party popper becomes ``tada``.
    """
    bare = _visible(EMOJI.sub("", text))
    written = "".join(_written(cluster, alphabet) for cluster in clusters(bare))
    return BREAKING.sub(" ", written).strip() or _spelled(text)


def clusters(text: str) -> Iterator[str]:
    """Yield what a reader takes for one character: a letter with its marks."""
    cluster = ""
    for character in text:
        if cluster and not unicodedata.category(character).startswith("M"):
            yield cluster
            cluster = ""
        cluster += character
    if cluster:
        yield cluster


def cut(text: str, room: float, measure: Measure) -> str:
    """Return the text, or as much of it as fits before an ellipsis; no letter loses its accent."""
    if measure(text) <= room:
        return text
    letters = list(clusters(text))
    fits, too_long = 0, len(letters)
    while too_long - fits > 1:
        middle = (fits + too_long) // 2
        if measure(_shortened(letters, middle)) <= room:
            fits = middle
        else:
            too_long = middle
    return _shortened(letters, fits)


def wrapped(text: str, room: float, measure: Measure) -> tuple[str, ...]:
    """Return the text on one line, or on two of about the same length, the second cut where both are too short."""
    if measure(text) <= room:
        return (text,)
    words = text.split(" ")
    ends = list(accumulate(measure(f"{word} ") for word in words))
    breaks = [at for at in range(1, len(words)) if ends[at - 1] <= room]
    if not breaks:
        return (cut(text, room, measure),)
    at = min(breaks, key=lambda at: max(ends[at - 1], ends[-1] - ends[at - 1]))
    return " ".join(words[:at]), cut(" ".join(words[at:]), room, measure)


def _visible(text: str) -> str:
    composed = BREAKING.sub(" ", unicodedata.normalize("NFC", text))
    return "".join(character for character in composed if unicodedata.category(character) not in UNSEEN)


def _written(cluster: str, alphabet: Container[str]) -> str:
    if all(character in alphabet for character in cluster):
        return cluster
    return "".join(character for character in anyascii(cluster) if character in alphabet)


def _spelled(text: str) -> str:
    return " ".join(re.findall("[A-Za-z0-9]+", anyascii(text))) or NAMELESS


def _shortened(letters: list[str], count: int) -> str:
    return "".join(letters[:count]).rstrip() + ELLIPSIS
