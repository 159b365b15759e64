"""One page to print and to forward: a finding, four numbers, the months, and two small tables."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from kpi.charts import look
from kpi.charts.geometry import Box, Scale
from kpi.charts.hero import Cell, draw_cell
from kpi.charts.look import Type

if TYPE_CHECKING:
    from kpi.charts.canvas import Canvas

HEAD, FINDING, TEXT, CAPTION = Type(21, bold=True), Type(13), Type(10), Type(10.5, bold=True)
QUIET, SMALL = Type(9.5, look.GREY), Type(8.5, look.GREY)
CELLS, CELL_GAP, ROW_GAP = 74.0, 30.0, 14.0
COLUMNS = 78.0
ROW = 15.0
SECTION = 21.0
NAMES = 0.26
"""The part of a table that its first column takes."""
BAR = 0.62
"""The part of its step that a column takes."""
ABOVE_BAR = 5.0


@dataclass(frozen=True, slots=True)
class Bars:
    """A value per step, the last one told about; ``shown`` is written above each."""

    caption: str
    labels: tuple[str, ...]
    values: tuple[float | None, ...]
    shown: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Grid:
    """A small table; the first column is set to the left, the others to the right."""

    caption: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Page:
    """What stands on the page, from the top down."""

    title: str
    subtitle: str
    finding: str
    said: tuple[str, ...]
    cells: tuple[Cell, ...]
    columns: Bars
    grids: tuple[Grid, ...]
    notes: tuple[str, ...]
    source: str = ""

    def draw(self, canvas: Canvas) -> None:
        """Draw everything below each other, the notes at the foot."""
        area = canvas.area
        y = area.top - HEAD.cap
        canvas.text(area.left, y, self.title, canvas.fitting(self.title, HEAD, area.width), room=area.width)
        y -= QUIET.leading + 6
        canvas.text(area.left, y, self.subtitle, QUIET, room=area.width)
        y = _lines(canvas, y - SECTION - 4, (self.finding,), FINDING)
        y = _lines(canvas, y - 4, self.said, TEXT)
        y = self._draw_cells(canvas, y - 6)
        y = self._draw_columns(canvas, y - SECTION)
        for grid in self.grids:
            y = _draw_grid(canvas, y - SECTION, grid)
        _draw_foot(canvas, self.notes)

    def _draw_cells(self, canvas: Canvas, top: float) -> float:
        height = 2 * CELLS + ROW_GAP
        box = Box(canvas.area.left, top - height, canvas.area.width, height)
        places = [place for row in box.rows(2, ROW_GAP) for place in row.columns(2, CELL_GAP)]
        for place, cell in zip(places, self.cells, strict=False):
            draw_cell(canvas, place, cell)
        return top - height

    def _draw_columns(self, canvas: Canvas, top: float) -> float:
        canvas.text(canvas.area.left, top, self.columns.caption, CAPTION, room=canvas.area.width)
        box = Box(canvas.area.left, top - 22 - COLUMNS, canvas.area.width, COLUMNS)
        values = [value for value in self.columns.values if value is not None]
        up = Scale(min(0, *values, 0), max(0, *values, 0), box.bottom, box.top - SMALL.leading)
        canvas.line((box.left, box.right), (up(0), up(0)), look.NEUTRAL)
        for at, place in enumerate(box.columns(len(self.columns.values), 0)):
            self._draw_column(canvas, place, at, up)
        return box.bottom - 2 * SMALL.leading

    def _draw_column(self, canvas: Canvas, place: Box, at: int, up: Scale) -> None:
        middle, value = place.left + place.width / 2, self.columns.values[at]
        is_now = at == len(self.columns.values) - 1
        kind = SMALL.coloured(look.INK) if is_now else SMALL
        canvas.text(middle, place.bottom - SMALL.leading - 2, self.columns.labels[at], kind, align="center")
        if value is None:
            return
        low, high = sorted((up(0), up(value)))
        box = Box(middle - place.width * BAR / 2, low, place.width * BAR, max(high - low, 1))
        canvas.box(box, look.BLUE if is_now else look.BAR)
        canvas.text(middle, high + ABOVE_BAR, self.columns.shown[at], kind, align="center", room=place.width)


def _lines(canvas: Canvas, y: float, sentences: tuple[str, ...], kind: Type) -> float:
    """Write sentences below each other, each on as many lines as it takes, and return where the next would stand."""
    for sentence in sentences:
        for line in canvas.lines(sentence, kind, canvas.area.width):
            canvas.text(canvas.area.left, y, line, kind, room=canvas.area.width)
            y -= kind.leading + 1
        y -= 3
    return y


def _draw_grid(canvas: Canvas, top: float, grid: Grid) -> float:
    area = canvas.area
    canvas.text(area.left, top, grid.caption, CAPTION, room=area.width)
    y = top - ROW - 3
    for at, row in enumerate((grid.head, *grid.rows)):
        _draw_row(canvas, y, row, QUIET if at == 0 else TEXT)
        canvas.line((area.left, area.right), (y - 5, y - 5), look.GRID)
        y -= ROW
    return y + ROW - 5


def _draw_row(canvas: Canvas, y: float, row: tuple[str, ...], kind: Type) -> None:
    area = canvas.area
    names = area.width * NAMES
    canvas.text(area.left, y, row[0], kind, room=names)
    step = (area.width - names) / max(len(row) - 1, 1)
    for at, cell in enumerate(row[1:], 1):
        canvas.text(area.left + names + step * at, y, cell, kind, align="right", room=step - 3)


def _draw_foot(canvas: Canvas, notes: tuple[str, ...]) -> None:
    y = canvas.area.bottom
    for note in reversed(notes):
        for line in reversed(canvas.lines(note, SMALL, canvas.area.width)):
            canvas.text(canvas.area.left, y, line, SMALL, room=canvas.area.width)
            y += SMALL.leading
