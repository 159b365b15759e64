"""What campaign somebody is about to name: suggestions while they type."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from rapidfuzz import fuzz, process

from kpi.names import slug_of
from kpi.reading.vocabulary import SIMILAR

if TYPE_CHECKING:
    from kpi.question import Asking
    from kpi.storage.campaigns import Campaign


def campaigns_like(asking: Asking, typed: str, most: int) -> tuple[Campaign, ...]:
    """Return the campaigns that may be meant, the likest first and the newest of equals first; all for no text.

    A name that begins like the text comes before one of which a later word does; misspellings are looked for only
    where nothing begins like it.
    """
    key = slug_of(typed) if typed.strip() else ""
    ranks: dict[str, float] = {}
    shown = {name: slug for name, slug in asking.names.items() if not asking.campaigns[slug].archived}
    for name, slug in shown.items():
        if (rank := _rank(name, key)) is not None:
            ranks[slug] = min(rank, ranks.get(slug, rank))
    if not ranks:
        near = process.extract(key, list(shown), scorer=fuzz.WRatio, limit=most, score_cutoff=SIMILAR)
        ranks = {shown[name]: -score for name, score, _ in reversed(near)}
    newest = sorted(ranks, key=lambda slug: asking.campaigns[slug].first_day or date.min, reverse=True)
    return tuple(asking.campaigns[slug] for slug in sorted(newest, key=ranks.__getitem__)[:most])


def _rank(name: str, key: str) -> int | None:
    """Return how well a name goes on from what was typed, 0 best, or None where it does not."""
    if name == key or not key:
        return 0
    return 1 if name.startswith(key) else 2 if f"-{key}" in name else None
