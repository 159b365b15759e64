"""Many campaigns on one KPI, the best on top."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from kpi.charts import look
from kpi.charts.axis import chosen_steps
from kpi.charts.geometry import Axis, Box, Scale
from kpi.units import Unit

if TYPE_CHECKING:
    from kpi.charts.canvas import Canvas
    from kpi.wording import Words

NOTHING = "Nothing to rank in this period"
MOST_ROWS = 8
DOTS_ABOVE = 0.6
"""Shares that are all above this are dots on a cropped axis: their bars would all look alike."""
FURTHEST = 1.6
"""An interval is drawn no further than this, in largest values; a tiny campaign must not flatten the others."""
USUAL = "usual"
GAP = 10.0
NEAR = 5.0
"""Between a number and its detail."""
NAME_PART = 0.4
"""The most of the width that names may take."""
NUMBER_PART = 0.2
DETAIL_PART = 0.22
PITCH = 42.0
"""The most height that a row takes."""
LOWERED = 0.3
"""The part of the spare height that a few rows leave above them."""
THICKEST = 22.0
BAR = 0.6
"""How much of a row's height its bar fills."""
ABOVE = 14.0
"""Room for the words at the usual value."""
BELOW = 15.0
"""Room for a line of words under the rows."""
DOT = 9.0
THINNEST = 1.0
"""Of a bar of nothing."""
WHISKER = 1.3


@dataclass(frozen=True, slots=True)
class Rank:
    """One campaign: its value, how it is written, its interval where there is one, and the count it rests on.

    ``reliable`` is False where the count is too small to be trusted (drawn hollow).
    """

    name: str
    value: float
    shown: str
    low: float | None = None
    high: float | None = None
    detail: str = ""
    reliable: bool = True
    highlighted: bool = False


@dataclass(frozen=True, slots=True)
class Ranking:
    """At most eight rows in order, what was left out in words, and a line at the usual value."""

    title: str
    subtitle: str
    rows: tuple[Rank, ...]
    unit: Unit
    words: Words
    currency: str = ""
    usual: float | None = None
    usual_label: str = ""
    others: str = ""
    source: str = ""

    def draw(self, canvas: Canvas) -> None:
        """Draw bars from zero, or dots where zero is far away (delivery rates)."""
        if not self.rows:
            canvas.remark(NOTHING)
            return
        columns = Columns.of(canvas, self._shown)
        field = self._field(canvas.area)
        plot = Box(columns.plot, field.bottom, columns.number - GAP - columns.plot, field.height)
        across = self._draw_axis(canvas, plot)
        for row, box in zip(self._shown, field.rows(len(self._shown)), strict=True):
            colour = look.BLUE if row is self._accented else look.BAR
            columns.write(canvas, row, box.bottom + box.height / 2, colour)
            self._draw_mark(canvas, row, box, across, colour)
        self._draw_usual(canvas, plot, across)
        canvas.text(canvas.area.left, canvas.area.bottom, self.others, look.QUIET, room=canvas.area.width)

    @property
    def _shown(self) -> tuple[Rank, ...]:
        return self.rows[:MOST_ROWS]

    @property
    def _accented(self) -> Rank:
        return next((row for row in self._shown if row.highlighted), self._shown[0])

    @property
    def _dotted(self) -> bool:
        return self.unit is Unit.SHARE and all(DOTS_ABOVE < row.value <= 1 for row in self._shown)

    def _written(self, value: float) -> str:
        return self.words.short(value, self.unit, self.currency)

    def _field(self, area: Box) -> Box:
        """Return the room of the rows: not more than they can use."""
        above = ABOVE if self.usual is not None else 0
        below = BELOW * (bool(self.others) + self._dotted)
        free = area.inside(top=above, bottom=below)
        spare = max(free.height - PITCH * len(self._shown), 0)
        return free.inside(top=spare * LOWERED, bottom=spare * (1 - LOWERED))

    def _draw_axis(self, canvas: Canvas, plot: Box) -> Scale:
        """Draw the zero line, or round values under dots, and return the scale."""
        low, high = self._range()
        if not self._dotted:
            across = Scale(low, high, plot.left, plot.right)
            canvas.line((across(0), across(0)), (plot.bottom, plot.top), look.NEUTRAL)
            return across
        axis = Axis.over(low, high, self._written)
        across = Scale(axis.low, axis.high, plot.left + DOT / 2, plot.right - DOT / 2)
        widest = max(canvas.width(self._written(mark), look.QUIET) for mark in axis.marks)
        for at in chosen_steps(len(axis.marks), int(plot.width / (widest + GAP))):
            mark, x = axis.marks[at], across(axis.marks[at])
            canvas.line((x, x), (plot.bottom, plot.top), look.GRID)
            canvas.text(x, plot.bottom - BELOW + 3, self._written(mark), look.QUIET, align="center")
        return across

    def _range(self) -> tuple[float, float]:
        values = [row.value for row in self._shown] + ([] if self.usual is None else [self.usual])
        ends = [end for row in self._shown for end in (row.low, row.high) if end is not None]
        if self._dotted:
            return max(min(values + ends), 2 * min(values) - 1), min(max(values + ends), 1)
        far = FURTHEST * max(abs(value) for value in values)
        ends = [min(max(end, -far), far) for end in ends]
        return min(*values, *ends, 0), max(*values, *ends, 0)

    def _draw_mark(self, canvas: Canvas, row: Rank, box: Box, across: Scale, colour: str) -> None:
        middle = box.bottom + box.height / 2
        if not self._dotted:
            thick = min(box.height * BAR, THICKEST)
            left, right = sorted((across(0), across(row.value)))
            bar = Box(left, middle - thick / 2, max(right - left, THINNEST), thick)
            canvas.box(bar, colour if row.reliable else look.WHITE, None if row.reliable else colour)
        if row.low is not None and row.high is not None:
            whisker = colour if self._dotted else look.INK
            canvas.line((across(row.low), across(row.high)), (middle, middle), whisker, WHISKER)
        if self._dotted:
            canvas.dot(across(row.value), middle, colour, DOT, hollow=not row.reliable)

    def _draw_usual(self, canvas: Canvas, plot: Box, across: Scale) -> None:
        """Draw a dashed line at the usual value with its name above, both within the picture."""
        if self.usual is None:
            return
        x = across(self.usual)
        canvas.line((x, x), (plot.bottom, plot.top + 3), look.INK, dashed=True)
        label = self.usual_label or f"{USUAL} {self._written(self.usual)}"
        half = min(canvas.width(label, look.QUIET), canvas.area.width) / 2
        middle = min(max(x, canvas.area.left + half), canvas.area.right - half)
        canvas.text(middle, plot.top + 6, label, look.QUIET, align="center", room=canvas.area.width)


@dataclass(frozen=True, slots=True)
class Columns:
    """Where the words of every row stand: names to the left, numbers and details to the right of the plot."""

    names: float
    name_room: float
    number_room: float
    details: float
    detail_room: float

    @classmethod
    def of(cls, canvas: Canvas, rows: tuple[Rank, ...]) -> Columns:
        """Give each column the width it needs, within what leaves enough to the plot."""
        area = canvas.area
        names = min(max(canvas.width(row.name, look.NUMBER) for row in rows), NAME_PART * area.width)
        numbers = min(max(canvas.width(row.shown, look.NUMBER) for row in rows), NUMBER_PART * area.width)
        details = min(max(canvas.width(row.detail, look.SMALL) for row in rows), DETAIL_PART * area.width)
        return cls(area.left, names, numbers, area.right - details, details)

    @property
    def plot(self) -> float:
        """Where bars and dots may begin."""
        return self.names + self.name_room + GAP

    @property
    def number(self) -> float:
        """Where the numbers begin; they end on one line."""
        return self.details - self.number_room - (NEAR if self.detail_room else 0)

    def write(self, canvas: Canvas, row: Rank, middle: float, colour: str) -> None:
        """Write the words of a row on one baseline."""
        accented = colour == look.BLUE
        name = look.NUMBER if accented else look.LABEL
        y = middle - look.LABEL.cap / 2
        canvas.text(self.names, y, row.name, name, room=self.name_room)
        number = look.NUMBER.coloured(look.BLUE if accented else look.INK)
        number = canvas.fitting(row.shown, number, self.number_room)
        canvas.text(self.number + self.number_room, y, row.shown, number, align="right", room=self.number_room)
        canvas.text(self.details, y, row.detail, look.SMALL, room=self.detail_room)
