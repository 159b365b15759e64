"""Where things stand on a chart: boxes, scales, round ticks and labels kept apart; all lengths are in points."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

STEPS = (5, 2.5, 2, 1)
FEWEST_MARKS = 3
NEARLY = 1e-9
"""How far a mark may miss the end of its axis, in steps, and still stand on it."""


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle, measured from the lower left corner of the picture."""

    left: float
    bottom: float
    width: float
    height: float

    @property
    def right(self) -> float:
        """The right edge."""
        return self.left + self.width

    @property
    def top(self) -> float:
        """The upper edge."""
        return self.bottom + self.height

    def inside(self, *, left: float = 0, right: float = 0, top: float = 0, bottom: float = 0) -> Box:
        """Return what is left when strips along the edges are taken off."""
        return Box(self.left + left, self.bottom + bottom, self.width - left - right, self.height - top - bottom)

    def columns(self, count: int, gap: float) -> list[Box]:
        """Return boxes of one width side by side."""
        width = (self.width - gap * (count - 1)) / count
        return [Box(self.left + (width + gap) * at, self.bottom, width, self.height) for at in range(count)]

    def rows(self, count: int, gap: float = 0) -> list[Box]:
        """Return boxes of one height, the first on top."""
        height = (self.height - gap * (count - 1)) / count
        return [Box(self.left, self.top - height - (height + gap) * at, self.width, height) for at in range(count)]


@dataclass(frozen=True, slots=True)
class Scale:
    """Values from ``low`` to ``high`` laid out from ``start`` to ``end``; where there is no difference, the middle."""

    low: float
    high: float
    start: float
    end: float

    def __call__(self, value: float) -> float:
        """Return where a value stands; what is off the scale stands at its end."""
        if self.high <= self.low:
            return (self.start + self.end) / 2
        share = (min(max(value, self.low), self.high) - self.low) / (self.high - self.low)
        return self.start + share * (self.end - self.start)


@dataclass(frozen=True, slots=True)
class Axis:
    """The values that a scale must reach from and to, and the round ones between that are marked."""

    low: float
    high: float
    marks: tuple[float, ...]

    @classmethod
    def over(cls, low: float, high: float, written: Callable[[float], str], *, whole: bool = False) -> Axis:
        """Return an axis whose marks also differ as they are written, wider than asked if need be."""
        if low == high:
            low, high = (low - abs(low) / 20, high + abs(high) / 20) if low else (0, 1)
        marks = round_values(low, high, whole=whole)
        while any(written(one) == written(other) for one, other in pairwise(marks)):
            wider = high - low
            low, high = low - wider * (low < 0), high + wider
            marks = round_values(low, high, whole=whole)
        return cls(low, high, marks)


def round_values(low: float, high: float, *, whole: bool = False) -> tuple[float, ...]:
    """Return about three to six round values in equal steps between two different values, or only whole ones."""
    largest = math.floor(math.log10(high - low))
    steps = [digit * 10.0**power for power in (largest, largest - 1) for digit in STEPS]
    for step in [step for step in steps if not whole or step % 1 == 0] or [1.0]:
        first, last = math.ceil(low / step - NEARLY), math.floor(high / step + NEARLY)
        if last - first + 1 >= FEWEST_MARKS:
            break
    return tuple(at * step for at in range(first, last + 1))


def spread(centres: Sequence[float], heights: Sequence[float], low: float, high: float) -> list[float]:
    """Return the centres moved as little as needed for things of these heights not to touch, between two limits."""
    order = sorted(range(len(centres)), key=lambda at: centres[at])
    placed = list(centres)
    floor = low
    for at in order:
        placed[at] = max(placed[at], floor + heights[at] / 2)
        floor = placed[at] + heights[at] / 2
    ceiling = high
    for at in reversed(order):
        placed[at] = min(placed[at], ceiling - heights[at] / 2)
        ceiling = placed[at] - heights[at] / 2
    return placed
