"""Two sides against each other: a dot and its interval per KPI, around a line of no difference."""

from __future__ import annotations

from dataclasses import dataclass
from math import isfinite
from typing import TYPE_CHECKING

from kpi.charts import look
from kpi.charts.axis import chosen_steps
from kpi.charts.geometry import Axis, Box, Scale

if TYPE_CHECKING:
    from kpi.charts.canvas import Canvas
    from kpi.charts.geometry import Box as Room
    from kpi.wording import Words

NOTHING = "Nothing can be compared here"
MOST_ROWS = 7
NAME_PART, WORD_PART = 0.34, 0.25
GAP = 14.0
BELOW = 15.0
PITCH = 34.0
"""The most height that a row takes."""
LOWERED = 0.35
"""The part of the spare height that a few rows leave above them."""
DOT = 9.0
THICK, THIN = 3.0, 2.0
FURTHEST, NEAREST = 2.5, 0.05
"""An interval is drawn no further than this, in largest differences, and the axis is never narrower than this."""


@dataclass(frozen=True, slots=True)
class Gap:
    """How much more or less one side has, as a part of the other, with the interval that the verdict uses.

    ``good`` tells whether that is better, None where it is not clear (drawn hollow).
    """

    name: str
    value: float
    low: float
    high: float
    shown: str
    good: bool | None = None


@dataclass(frozen=True, slots=True)
class Differences:
    """At most seven KPIs of two sides; the words beside each dot say the same as its colour."""

    title: str
    subtitle: str
    gaps: tuple[Gap, ...]
    words: Words
    source: str = ""

    def draw(self, canvas: Canvas) -> None:
        """Draw the rows around the line of no difference."""
        if not self.gaps:
            canvas.remark(NOTHING)
            return
        gaps = self.gaps[:MOST_ROWS]
        spare = max(canvas.area.height - BELOW - PITCH * len(gaps), 0)
        field = canvas.area.inside(top=spare * LOWERED, bottom=BELOW + spare * (1 - LOWERED))
        names = min(max(canvas.width(gap.name, look.NUMBER) for gap in gaps), NAME_PART * field.width)
        verdicts = min(max(canvas.width(gap.shown, look.NUMBER) for gap in gaps), WORD_PART * field.width)
        left = field.left + names + GAP
        plot = Box(left, field.bottom, field.right - verdicts - GAP - left, field.height)
        across = self._axis(canvas, plot)
        for gap, row in zip(gaps, field.rows(len(gaps)), strict=True):
            middle = row.bottom + row.height / 2
            kind = look.LABEL if gap.good is None else look.NUMBER
            base = middle - kind.cap / 2
            canvas.text(field.left, base, gap.name, kind, room=names)
            colour = look.verdict(gap.good)
            canvas.text(plot.right + GAP, base, gap.shown, kind.coloured(_ink(gap)), room=verdicts)
            ends = (across(gap.low), across(gap.high))
            canvas.line(ends, (middle, middle), colour, THIN if gap.good is None else THICK)
            canvas.dot(across(gap.value), middle, colour, DOT, hollow=gap.good is None)

    def _axis(self, canvas: Canvas, plot: Room) -> Scale:
        """Draw the line of no difference and round values, and return the scale."""
        axis = Axis.over(*self._range(), self._percent)
        across = Scale(axis.low, axis.high, plot.left + DOT / 2, plot.right - DOT / 2)
        widest = max(canvas.width(self._percent(mark), look.QUIET) for mark in axis.marks)
        shown = set(chosen_steps(len(axis.marks), int(plot.width / (widest + GAP))))
        for at, mark in enumerate(axis.marks):
            x, is_zero = across(mark), abs(mark) < NEAREST / 100
            canvas.line((x, x), (plot.bottom, plot.top), look.INK if is_zero else look.GRID, 1.0 if is_zero else 0.8)
            if at in shown or is_zero:
                canvas.text(x, plot.bottom - BELOW + 3, self._percent(mark), look.QUIET, align="center")
        return across

    def _range(self) -> tuple[float, float]:
        far = max(FURTHEST * max(abs(gap.value) for gap in self.gaps[:MOST_ROWS]), NEAREST)
        ends = [end if isfinite(end) else far for gap in self.gaps[:MOST_ROWS] for end in (gap.low, gap.high)]
        ends = [min(max(end, -far), far) for end in ends]
        return min(*ends, -NEAREST / 5), max(*ends, NEAREST / 5)

    def _percent(self, value: float) -> str:
        sign = "+" if value > NEAREST / 100 else ""
        return sign + self.words.percent(round(value, 6) or 0)


def _ink(gap: Gap) -> str:
    return look.GREY if gap.good is None else look.verdict(gap.good)
