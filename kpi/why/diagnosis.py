"""What a weak step costs, and what moved a total: plain arithmetic on numbers that are already known."""

from __future__ import annotations

from dataclasses import dataclass
from math import isclose, log
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


@dataclass(frozen=True, slots=True)
class Prize:
    """What more a step would have brought at another rate, with limits; negative where the step is above that rate."""

    amount: float
    low: float
    high: float

    def times(self, each: float) -> Prize:
        """Return the same in another unit: orders in money."""
        low, high = sorted((self.low * each, self.high * each))
        return Prize(self.amount * each, low, high)


@dataclass(frozen=True, slots=True)
class Moved:
    """By how much a part of a share or ratio moved the whole: because it has another weight, and another rate."""

    weight: float
    rate: float

    @property
    def whole(self) -> float:
        """Both together."""
        return self.weight + self.rate


def prize(counted: tuple[float, float], usual: float, spread: tuple[float, float], end: float | None = None) -> Prize:
    """Return what a step of ``part`` of ``whole`` lacks to the usual rate, all other steps as they are.

    ``spread`` is how far below and above itself the difference may lie. ``end`` is how many came to the end of the way
    (orders): as many of those who are missing here would have come there.
    """
    part, whole = counted
    each = 1.0 if end is None else end / part if part else 0.0
    gap = usual - part / whole
    return Prize(gap, gap - spread[1], gap + spread[0]).times(whole * each)


def added(before: Mapping[str, float], now: Mapping[str, float]) -> dict[str, float]:
    """Return by how much each part moved a sum, the largest first; together they are the whole change."""
    moved = {key: now.get(key, 0.0) - before.get(key, 0.0) for key in {**now, **before}}
    return {key: moved[key] for key in sorted(moved, key=lambda one: -abs(moved[one]))}


def along(before: Sequence[float], now: Sequence[float]) -> list[float]:
    """Return by how much each step moved the last count of a way; together they are its whole change.

    Each count is the one before times a rate, and the first stands for itself. The logarithmic mean shares the change
    out without a rest (Ang, Decomposition analysis for policymaking in energy, Energy Policy 32 (2004) 1131-1139). A
    count of nothing has no rate: then the change stands at the first step that is empty on either side.
    """
    change = now[-1] - before[-1]
    empty = next((at for at, pair in enumerate(zip(before, now, strict=True)) if min(pair) <= 0), None)
    if empty is not None:
        return [change if at == empty else 0.0 for at in range(len(now))]
    weight = now[-1] if isclose(now[-1], before[-1]) else change / (log(now[-1]) - log(before[-1]))
    grown = [log(one) - log(other) for one, other in zip(now, before, strict=True)]
    return [weight * (one - other) for one, other in zip(grown, [0.0, *grown], strict=False)]


def shifted(before: Mapping[str, tuple[float, float]], now: Mapping[str, tuple[float, float]]) -> dict[str, Moved]:
    """Return how each part (so much of so much) moved a share or ratio, the largest first; together its whole change.

    A part counts by its own rate's change at its mean weight, and by its weight's change at how far its mean rate lies
    from the whole's. What is there on one side only has changed its weight alone.
    """
    olds, news = _rates(before), _rates(now)
    middle = sum(_whole(one) for one in (before, now)) / 2
    moved = {}
    for key in {**now, **before}:
        (old_weight, old), (weight, new) = olds.get(key, (0.0, None)), news.get(key, (0.0, None))
        first, last = (old if old is not None else new or 0.0), (new if new is not None else old or 0.0)
        shift = (weight - old_weight) * ((first + last) / 2 - middle)
        moved[key] = Moved(shift, (weight + old_weight) / 2 * (last - first))
    return {key: moved[key] for key in sorted(moved, key=lambda one: -abs(moved[one].whole))}


def _rates(counts: Mapping[str, tuple[float, float]]) -> dict[str, tuple[float, float | None]]:
    total = sum(whole for _, whole in counts.values())
    return {key: (whole / total, part / whole) for key, (part, whole) in counts.items() if whole > 0}


def _whole(counts: Mapping[str, tuple[float, float]]) -> float:
    total = sum(whole for _, whole in counts.values())
    return sum(part for part, whole in counts.values() if whole > 0) / total if total else 0.0
