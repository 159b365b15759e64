"""Campaigns whose names are spelled like some words, or hold one of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rapidfuzz import fuzz, process

from kpi.reading.typed import key_of
from kpi.reading.vocabulary import SIMILAR
from kpi.storage.campaigns import keys_holding

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kpi.question import Asking
    from kpi.reading.typed import Word
    from kpi.storage.campaigns import Campaign

MOST_NAMES = 5
BEGUN_ALIKE = 80
"""The score from which the beginning of a name is worth offering."""
LONGEST_MISSPELLED = 60
"""Letters of words that are compared with names."""
SHORTEST_PART, MOST_PARTS, MOST_HOLDING = 4, 3, 50
"""Letters of a word that is looked for inside of names, how many words, and how many names."""


def alike(asking: Asking, left: Sequence[Word]) -> tuple[Campaign, ...]:
    """Return the campaigns whose names, or beginnings of names as long as the words, are spelled much like them."""
    typed = key_of(left)
    if len(typed) > LONGEST_MISSPELLED:
        return ()
    every = asking.begun(typed[:2])  # who misspells a name begins with its first letter or its second
    begun = [name[: len(typed)] for name in every]
    near: dict[str, float] = {}
    for names, least in ((every, SIMILAR), (begun, BEGUN_ALIKE)):
        for _, score, at in process.extract(typed, names, scorer=fuzz.ratio, limit=MOST_NAMES, score_cutoff=least):
            near[every[at]] = max(score, near.get(every[at], 0))
    return called(asking, sorted(near, key=lambda name: (-near[name], len(name), name)))


def holding(asking: Asking, left: Sequence[Word]) -> tuple[Campaign, ...]:
    """Return the campaigns whose names hold one of the words, those that hold the most of them first."""
    parts = [part for part in key_of(left).split("-") if SHORTEST_PART <= len(part) <= LONGEST_MISSPELLED]
    for part in sorted(parts, key=len, reverse=True)[:MOST_PARTS]:
        if found := keys_holding(asking.db, part, MOST_HOLDING):
            return called(asking, sorted(found, key=lambda name: -sum(f"-{one}" in f"-{name}" for one in parts)))
    return ()


def called(asking: Asking, names: Sequence[str]) -> tuple[Campaign, ...]:
    """Return the campaigns with these names, each once, in the order of the names."""
    found = asking.called(names[: 2 * MOST_NAMES]) if names else {}
    return tuple({found[name].slug: found[name] for name in names if name in found}.values())[:MOST_NAMES]
