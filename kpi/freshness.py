"""Which sources are late, by their own rhythm: a digest waits for those that may still come, and then names them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from itertools import pairwise
from math import ceil
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

FEWEST = 3
"""Periods from which on a source has a rhythm."""
OFTEN = 0.75
"""So often it had come by the time at which it is expected."""
SILENT = timedelta(days=1)
"""For so long nothing need have happened that a live source could tell."""


@dataclass(frozen=True, slots=True)
class Telling:
    """When a source told anything: the moments of its imports, oldest first, and the last word of any kind."""

    source: str
    last: datetime
    imports: tuple[datetime, ...] = ()
    is_live: bool = False


@dataclass(frozen=True, slots=True)
class Late:
    """A source that has not told the end of a period, and by when it usually does (None: no rhythm is known)."""

    source: str
    last: datetime
    expected: datetime | None = None


def late(told: Iterable[Telling], ends: Sequence[datetime]) -> tuple[Late, ...]:
    """Return the sources that have told nothing since the last of these ends of periods.

    One that tells less often than in every other period has another rhythm, and is not late.
    """
    found = (_late(one, ends) for one in told if one.last < ends[-1] - (SILENT if one.is_live else timedelta()))
    return tuple(one for one in found if one)


def awaited(some: Iterable[Late], until: datetime, ends: Sequence[datetime]) -> tuple[Late, ...]:
    """Return those that may still come by a moment; what told nothing in the whole period before has ended."""
    return tuple(one for one in some if one.last >= ends[-3] and (one.expected is None or one.expected <= until))


def _late(one: Telling, ends: Sequence[datetime]) -> Late | None:
    since = one.imports[0] if one.imports else one.last
    spans = [(start, end) for start, end in pairwise(ends) if start >= since]
    lags = [lag for start, end in spans if (lag := _lag(one, start, end)) is not None]
    if len(spans) < FEWEST:
        return Late(one.source, one.last)
    if 2 * len(lags) < len(spans):
        return None
    return Late(one.source, one.last, ends[-1] + sorted(lags)[ceil(OFTEN * len(lags)) - 1])


def _lag(one: Telling, end: datetime, next_end: datetime) -> timedelta | None:
    """Return how long after the end of a period a source told the rest of it, None where it did not before the next."""
    return next((moment - end for moment in one.imports if end <= moment < next_end), None)
