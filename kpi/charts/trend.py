"""One KPI over time: a line, the period before in grey, the usual band, and what is still filling up."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from kpi.charts import look
from kpi.charts.axis import BELOW, GAP, TAG_ROOM, TICK_ROOM, Tag, draw_levels, draw_steps, draw_tags
from kpi.charts.curve import course, draw_curve, known, last_point
from kpi.charts.geometry import Axis, Box, Scale
from kpi.charts.marks import Mark, draw_marks
from kpi.units import Unit

if TYPE_CHECKING:
    from kpi.charts.canvas import Canvas
    from kpi.wording import Words

NOTHING = "Nothing known in this period"
FILLING = "still filling"
USUAL = "usual range"
LIMIT = "limit"
CROPPED_ABOVE = 0.2
"""Only shares above this may leave out zero."""
AIR = 0.15
"""What a cropped axis leaves below and above its values, in differences between them."""
DOT = 9.0
LINE, LINE_BEFORE, LINE_DENSE = 2.2, 1.4, 1.4
DENSE = 45
"""With more steps than this the line is drawn finer."""


@dataclass(frozen=True, slots=True)
class Trend:
    """Values per step (day, week or month), oldest first; None is a gap, never 0.

    ``labels`` names each step for the axis (a few are shown), ``before`` are the values of the period before, step by
    step. The last ``filling`` values are still filling up: dashed and hollow, with the words "still filling". So
    are the first and the last step where the period cuts them short (``parts``), the last with ``part_label``.
    """

    title: str
    subtitle: str
    labels: tuple[str, ...]
    values: tuple[float | None, ...]
    unit: Unit
    words: Words
    currency: str = ""
    before: tuple[float | None, ...] = ()
    before_label: str = ""
    usual: tuple[float, float] | None = None
    filling: int = 0
    parts: tuple[bool, bool] = (False, False)
    part_label: str = ""
    marks: tuple[Mark, ...] = ()
    """Drawn as quiet bands with their names on top, as far as there is room."""
    limit: float | None = None
    """The limit of an alert: a dashed line across, named beside it."""
    source: str = ""

    def draw(self, canvas: Canvas) -> None:
        """Draw the line with its last value labelled."""
        if not known(self.values):
            canvas.remark(NOTHING)
            return
        axis = Axis.over(*self._range(), self._written, whole=self.unit is Unit.COUNT)
        left = min(TICK_ROOM, max(canvas.width(self._written(mark), look.QUIET) for mark in axis.marks))
        above = look.SMALL.leading if self.marks else look.QUIET.cap / 2
        upright = canvas.area.inside(left=left + GAP, bottom=BELOW, top=above)
        up = Scale(axis.low, axis.high, upright.bottom, upright.top)
        tags = self._tags(canvas, up)
        plot = upright.inside(right=max(tag.width(canvas) for tag in tags) + GAP)
        across = Scale(0, self._steps - 1, plot.left + DOT / 2, plot.right - DOT / 2)
        draw_marks(canvas, plot, across, self.marks)
        self._draw_usual(canvas, plot, up)
        draw_levels(canvas, plot, up, axis.marks, self._written)
        draw_steps(canvas, plot, across, [*self.labels, *[""] * (self._steps - len(self.labels))])
        if self.limit is not None:
            canvas.line(
                (plot.left, plot.right), (up(self.limit), up(self.limit)), look.VERMILLION, LINE_BEFORE, dashed=True
            )
        self._draw_curves(canvas, across, up)
        draw_tags(canvas, plot, tags)

    @property
    def _steps(self) -> int:
        return max(len(self.values), len(self.before), len(self.labels))

    @property
    def _loose(self) -> int:
        """How many of the last values are not yet what they will be."""
        return max(self.filling, int(self.parts[1]))

    def _written(self, value: float) -> str:
        return self.words.short(value, self.unit, self.currency)

    def _range(self) -> tuple[float, float]:
        values = [*known(self.values, self.before), *(self.usual or ()), *([] if self.limit is None else [self.limit])]
        low, high = min(values), max(values)
        if self.unit is Unit.SHARE and low > max(CROPPED_ABOVE, high / 2):
            air = (high - low) * AIR
            return low - air, max(high, min(high + air, 1))
        return min(low, 0), max(high, 0)

    def _tags(self, canvas: Canvas, up: Scale) -> list[Tag]:
        tags = [self._last_tag(up)]
        if self.before_label and known(self.before):
            lines = canvas.lines(self.before_label, look.QUIET, TAG_ROOM)
            tags.append(Tag(up(known(self.before)[-1]), tuple((line, look.QUIET) for line in lines)))
        if self.limit is not None:
            tags.append(
                Tag(up(self.limit), ((f"{LIMIT} {self._written(self.limit)}", look.QUIET.coloured(look.VERMILLION)),))
            )
        if self.usual:
            tags.append(Tag(up(sum(self.usual) / 2), ((USUAL, look.QUIET),)))
        return tags

    def _last_tag(self, up: Scale) -> Tag:
        """Name the last known value, and what should be known about its day."""
        at, value = next((at, value) for at, value in reversed([*enumerate(self.values)]) if value is not None)
        number = (self._written(value), look.NUMBER.sized(12).coloured(look.BLUE))
        if at >= len(self.values) - self._loose:
            part = at == len(self.values) - 1 and self.parts[1]
            return Tag(up(value), (number, (self.part_label if part else FILLING, look.QUIET)))
        if at < len(self.values) - 1 and self.labels[at : at + 1]:
            return Tag(up(value), (number, (self.labels[at], look.QUIET)))
        return Tag(up(value), (number,))

    def _draw_usual(self, canvas: Canvas, plot: Box, up: Scale) -> None:
        if self.usual:
            low, high = up(min(self.usual)), up(max(self.usual))
            canvas.box(Box(plot.left, low, plot.width, high - low), look.BAND)

    def _draw_curves(self, canvas: Canvas, across: Scale, up: Scale) -> None:
        draw_curve(canvas, course(self.before, across, up), look.NEUTRAL, LINE_BEFORE)
        points = course(self.values, across, up)
        width = LINE if len(points) <= DENSE else LINE_DENSE
        draw_curve(canvas, points, look.BLUE, width, self._loose, begun=int(self.parts[0]))
        if last := last_point(points):
            at, point = last
            canvas.dot(*point, look.BLUE, DOT, hollow=at >= len(points) - self._loose)
