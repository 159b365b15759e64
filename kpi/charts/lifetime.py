"""What customers had spent by age: a rising line with its interval, beside what it cost to win them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from kpi.charts import look
from kpi.charts.axis import BELOW, GAP, TICK_ROOM, Tag, draw_levels, draw_steps, draw_tags
from kpi.charts.geometry import Axis, Box, Scale
from kpi.units import Unit

if TYPE_CHECKING:
    from kpi.charts.canvas import Canvas
    from kpi.wording import Words

DOT, LINE, THRESHOLD = 9.0, 2.2, 1.4
COST = "cost to win one"


@dataclass(frozen=True, slots=True)
class Lifetime:
    """Money per customer (currency units) at ages in days, each with its interval; ``cost`` is what winning one took.

    ``paid_back`` is the age at which the line first reaches the cost.
    """

    title: str
    subtitle: str
    days: tuple[int, ...]
    means: tuple[float, ...]
    intervals: tuple[tuple[float, float], ...]
    words: Words
    currency: str
    cost: float | None = None
    paid_back: int | None = None
    source: str = ""

    def draw(self, canvas: Canvas) -> None:
        """Draw the line with its last value labelled."""
        highest = max(*(high for _, high in self.intervals), self.cost or 0)
        axis = Axis.over(0, highest, self._written)
        left = min(TICK_ROOM, max(canvas.width(self._written(mark), look.QUIET) for mark in axis.marks))
        upright = canvas.area.inside(left=left + GAP, bottom=BELOW, top=look.QUIET.cap / 2)
        up = Scale(axis.low, axis.high, upright.bottom, upright.top)
        tags = self._tags(up)
        plot = upright.inside(right=max(tag.width(canvas) for tag in tags) + GAP)
        across = Scale(0, self.days[-1], plot.left + DOT / 2, plot.right - DOT / 2)
        draw_levels(canvas, plot, up, axis.marks, self._written)
        self._draw_likely(canvas, across, up)
        self._draw_cost(canvas, plot, across, up)
        canvas.line([across(day) for day in self.days], [up(mean) for mean in self.means], look.BLUE, LINE)
        canvas.dot(across(self.days[-1]), up(self.means[-1]), look.BLUE, DOT)
        months = Scale(0, self.days[-1] // 30, across(0), across(self.days[-1]))
        draw_steps(canvas, plot, months, [f"{month * 30} days" for month in range(self.days[-1] // 30 + 1)])
        draw_tags(canvas, plot, tags)

    def _written(self, value: float) -> str:
        return self.words.short(value, Unit.MONEY, self.currency)

    def _tags(self, up: Scale) -> list[Tag]:
        number = look.NUMBER.sized(12).coloured(look.BLUE)
        tags = [Tag(up(self.means[-1]), ((self._written(self.means[-1]), number), ("per customer", look.QUIET)))]
        if self.cost is not None:
            tags.append(Tag(up(self.cost), ((self._written(self.cost), look.NUMBER), (COST, look.QUIET))))
        return tags

    def _draw_likely(self, canvas: Canvas, across: Scale, up: Scale) -> None:
        wide = across(self.days[-1]) - across(self.days[-2]) if len(self.days) > 1 else DOT
        for day, (low, high) in zip(self.days, self.intervals, strict=True):
            bottom = up(max(low, 0))
            canvas.box(Box(across(day) - wide / 2, bottom, wide, up(high) - bottom), look.BAND)

    def _draw_cost(self, canvas: Canvas, plot: Box, across: Scale, up: Scale) -> None:
        if self.cost is None:
            return
        canvas.line((plot.left, plot.right), (up(self.cost), up(self.cost)), look.INK, THRESHOLD, dashed=True)
        if self.paid_back:
            canvas.dot(across(self.paid_back), up(self.cost), look.INK, DOT, hollow=True)
