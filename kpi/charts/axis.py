"""The few marks that tell where a value or a day stands: levels to the left, steps below, tags to the right."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from kpi.charts import look
from kpi.charts.geometry import spread

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from kpi.charts.canvas import Align, Canvas
    from kpi.charts.geometry import Box, Scale
    from kpi.charts.look import Type

GAP = 6.0
"""Between a mark and the plot."""
BELOW = 15.0
"""Room for the steps."""
TICK_ROOM = 72.0
TAG_ROOM = 104.0
TAG_GAP = 3.0
MOST_STEPS = 5
STEP_GAP = 12.0


@dataclass(frozen=True, slots=True)
class Tag:
    """Words to the right of the plot, at the height of what they name."""

    y: float
    lines: tuple[tuple[str, Type], ...]

    @property
    def height(self) -> float:
        """How much of the margin it takes."""
        return sum(kind.leading for _, kind in self.lines) + TAG_GAP

    def width(self, canvas: Canvas) -> float:
        """How much room its words need, within reason."""
        return min(TAG_ROOM, max(canvas.width(text, kind) for text, kind in self.lines))

    def draw(self, canvas: Canvas, left: float, middle: float) -> None:
        """Write the lines around a height."""
        y = middle + (self.height - TAG_GAP) / 2
        for text, kind in self.lines:
            canvas.text(left, y - (kind.leading + kind.cap) / 2, text, kind, room=TAG_ROOM)
            y -= kind.leading


def draw_tags(canvas: Canvas, plot: Box, tags: Sequence[Tag]) -> None:
    """Write the tags beside the plot, none over another."""
    middles = spread([tag.y for tag in tags], [tag.height for tag in tags], plot.bottom - BELOW, plot.top + GAP)
    for tag, middle in zip(tags, middles, strict=True):
        tag.draw(canvas, plot.right + GAP, middle)


def draw_levels(canvas: Canvas, plot: Box, up: Scale, levels: Sequence[float], written: Callable[[float], str]) -> None:
    """Draw a fine line across the plot at each level, a stronger one at zero."""
    for level in levels:
        y = up(level)
        canvas.line((plot.left, plot.right), (y, y), look.NEUTRAL if level == 0 else look.GRID)
        below = y - look.QUIET.cap / 2
        canvas.text(plot.left - GAP, below, written(level), look.QUIET, align="right", room=TICK_ROOM)


def draw_steps(canvas: Canvas, plot: Box, across: Scale, labels: Sequence[str]) -> None:
    """Name a few steps below the plot, the last among them; there is a label for every step."""
    widest = max((canvas.width(label, look.QUIET) for label in labels), default=0)
    room = min(widest, TICK_ROOM)
    most = min(MOST_STEPS, int(plot.width / (room + STEP_GAP)))
    for at in chosen_steps(len(labels), most):
        x, align = _anchored(across(at), min(canvas.width(labels[at], look.QUIET), room), plot)
        canvas.text(x, plot.bottom - BELOW + 2, labels[at], look.QUIET, align=align, room=room)


def chosen_steps(count: int, most: int) -> range:
    """Return steps in equal distances up to the last, also the first where that leaves at least three."""
    last = count - 1
    if last < 1 or most < 2:  # noqa: PLR2004  the last alone
        return range(max(last, 0), count)
    apart = -(-count // most)
    even = (size for size in range(apart, last // 2 + 1) if last % size == 0)
    apart = next(even, apart)
    return range(last % apart, count, apart)


def _anchored(x: float, width: float, plot: Box) -> tuple[float, Align]:
    if x + width / 2 > plot.right:
        return plot.right, "right"
    if x - width / 2 < plot.left:
        return plot.left, "left"
    return x, "center"
