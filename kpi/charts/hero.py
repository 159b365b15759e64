"""A week or a month at a glance: four big numbers, what each was before and usually, and its course up to now."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from kpi.charts import look
from kpi.charts.curve import course, draw_curve, known, last_point
from kpi.charts.geometry import Box, Scale
from kpi.charts.look import Type

if TYPE_CHECKING:
    from kpi.charts.canvas import Canvas

GAP, BETWEEN = 26.0, 22.0
"""Between columns and between rows."""
BESIDE = 0.5
"""The part of a cell that the words take; the course takes the rest."""
DOT = 8.0
LABEL, NUMBER, WORDS = Type(10, look.GREY), Type(26, bold=True), Type(10, look.GREY)
BELOW_LABEL, BELOW_NUMBER, BELOW_LINE = 29.0, 18.0, 13.0
TALL = LABEL.cap + BELOW_LABEL + BELOW_NUMBER + 1.5 * BELOW_LINE
"""What a cell needs; in a lower one everything moves closer."""
FEWEST = 2
"""Points from which there is a course to draw."""


@dataclass(frozen=True, slots=True)
class Cell:
    """One KPI: its number, how it differs, what is usual, and its values step by step, oldest first (None: unknown).

    ``good`` colours the last point: True better than usual, False worse, None neither. ``usual`` holds the low end,
    the middle and the high end of what is usual. A last value that is still ``filling`` up is drawn hollow.
    """

    label: str
    shown: str
    lines: tuple[str, ...] = ()
    good: bool | None = None
    series: tuple[float | None, ...] = ()
    usual: tuple[float, float, float] | None = None
    filling: bool = False
    from_zero: bool = True

    @property
    def has_course(self) -> bool:
        """Whether there is a course to draw."""
        return len(known(self.series)) >= FEWEST


@dataclass(frozen=True, slots=True)
class Hero:
    """Up to four cells under one finding."""

    title: str
    subtitle: str
    cells: tuple[Cell, ...]
    source: str = ""

    def draw(self, canvas: Canvas) -> None:
        """Draw the cells two by two, a fine line between the rows."""
        above, below = canvas.area.rows(2, BETWEEN)
        middle = below.top + BETWEEN / 2
        canvas.line((canvas.area.left, canvas.area.right), (middle, middle), look.GRID)
        boxes = [box for row in (above, below) for box in row.columns(2, GAP)]
        for box, cell in zip(boxes, self.cells, strict=False):
            draw_cell(canvas, box, cell)


def draw_cell(canvas: Canvas, box: Box, cell: Cell) -> None:
    """Write the number and what is said of it, and draw its course to the right."""
    room = box.width * BESIDE if cell.has_course else box.width
    part = min(1, box.height / TALL)
    number = canvas.fitting(cell.shown, NUMBER.sized(NUMBER.size * part), room)
    y = box.top - LABEL.cap
    canvas.text(box.left, y, cell.label, LABEL, room=box.width)
    y -= BELOW_LABEL * part
    canvas.text(box.left, y, cell.shown, number, room=room)
    y -= BELOW_NUMBER * part
    for at, line in enumerate(cell.lines):
        kind = WORDS if at else WORDS.coloured(look.verdict(cell.good, look.GREY))
        canvas.text(box.left, y, line, canvas.fitting(line, kind, room), room=room)
        y -= BELOW_LINE
    if cell.has_course:
        _draw_course(canvas, box.inside(left=room + DOT, top=LABEL.leading), cell)


def _draw_course(canvas: Canvas, box: Box, cell: Cell) -> None:
    """Draw the steps over the band of usual values, the middle of it as a fine line."""
    values = [*known(cell.series), *(cell.usual or ()), *([0.0] if cell.from_zero else [])]
    across = Scale(0, len(cell.series) - 1, box.left + DOT / 2, box.right - DOT / 2)
    up = Scale(min(values), max(values), box.bottom + DOT / 2, box.top - DOT / 2)
    if cell.usual:
        low, middle, high = (up(value) for value in cell.usual)
        canvas.box(Box(box.left, low, box.width, max(high - low, 1)), look.BAND)
        canvas.line((box.left, box.right), (middle, middle), look.WHITE, 1.4)
    points = course(cell.series, across, up)
    draw_curve(canvas, points, look.GREY, 1.5, 1 if cell.filling else 0)
    if last := last_point(points):
        at, point = last
        is_now = at == len(points) - 1
        colour = look.verdict(cell.good, look.INK) if is_now else look.GREY
        canvas.dot(*point, colour, DOT, hollow=cell.filling and is_now)
