"""Notes on a chart over time: a quiet band over their steps, and their names on top, none over another."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from kpi.charts import look
from kpi.charts.geometry import Box

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from kpi.charts.canvas import Canvas
    from kpi.charts.geometry import Scale

NARROWEST, WIDEST = 4.0, 12.0
"""How wide the band of a single step is."""
OF_A_STEP = 0.85
APART = 6.0
"""Between two names."""
LONGEST = 110.0
"""What a name may take of the width."""


@dataclass(frozen=True, slots=True)
class Mark:
    """Something noted about the steps from ``first`` to ``last``."""

    first: int
    last: int
    name: str


def draw_marks(canvas: Canvas, plot: Box, across: Scale, marks: Sequence[Mark]) -> None:
    """Draw the bands, and the names that find room: over their band, or else to its right or left."""
    taken: list[tuple[float, float]] = []
    for mark in marks:
        left, right = _band(plot, across, mark)
        canvas.box(Box(left, plot.bottom, right - left, plot.height), look.BAND)
        width = min(canvas.width(mark.name, look.SMALL), LONGEST)
        for start in _starts(left, right, width):
            if plot.left <= start <= plot.right - width and not _meets(taken, start, start + width):
                canvas.text(start, plot.top + APART / 2, mark.name, look.SMALL, room=width)
                taken.append((start - APART, start + width + APART))
                break


def _band(plot: Box, across: Scale, mark: Mark) -> tuple[float, float]:
    half = min(max((across(1) - across(0)) * OF_A_STEP, NARROWEST), WIDEST) / 2
    return max(across(mark.first) - half, plot.left), min(across(mark.last) + half, plot.right)


def _starts(left: float, right: float, width: float) -> Iterator[float]:
    """Yield where a name can begin: in the middle of its band, at its left edge, or so that it ends at its right."""
    yield (left + right - width) / 2
    yield left
    yield right - width


def _meets(taken: Sequence[tuple[float, float]], start: float, end: float) -> bool:
    return any(start < last and first < end for first, last in taken)
