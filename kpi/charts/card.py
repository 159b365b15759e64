"""A campaign at a glance: up to four small cards, each a big number, its change, and its days."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from kpi.charts import look
from kpi.charts.curve import course, draw_curve, known, last_point
from kpi.charts.geometry import Box, Scale
from kpi.charts.look import Type

if TYPE_CHECKING:
    from kpi.charts.canvas import Canvas

GAP = 20.0
"""Between cards."""
BESIDE = 0.52
"""The part of a wide card that the words take; its days take the rest."""
DOT = 7.0
BELOW_LABEL = 1.1
"""From the baseline of the label to that of the number, in sizes of the number."""
ABOVE_CHANGE = 0.2
"""Between number and change, besides the leading, in sizes of the number."""


@dataclass(frozen=True, slots=True)
class Small:
    """One KPI: label, big number, change in words, and its history, oldest first (None: nothing known that day).

    ``good`` colours the last point: True better than usual, False worse, None neither or unknown. ``usual`` is the
    band of usual values. The last ``filling`` points are still filling up and are drawn hollow and dashed.
    """

    label: str
    shown: str
    change: str = ""
    good: bool | None = None
    series: tuple[float | None, ...] = ()
    usual: tuple[float, float] | None = None
    filling: int = 0

    @property
    def has_days(self) -> bool:
        """Whether there is a course to draw."""
        return len(known(self.series)) > 1


@dataclass(frozen=True, slots=True)
class Sizes:
    """How large the words of a card are set, in points."""

    label: float
    number: float
    change: float

    @property
    def height(self) -> float:
        """How much room the words take, with the change on two lines."""
        return (
            self.label * look.CAP_HEIGHT + self.number * (BELOW_LABEL + ABOVE_CHANGE) + self.change * 2 * look.LEADING
        )


LARGE = Sizes(label=12, number=38, change=11)
MIDDLE = Sizes(label=11, number=28, change=10)
LITTLE = Sizes(label=10, number=23, change=9.5)


@dataclass(frozen=True, slots=True)
class Card:
    """Up to four small cards under one finding."""

    title: str
    subtitle: str
    cards: tuple[Small, ...]
    source: str = ""

    def draw(self, canvas: Canvas) -> None:
        """Draw one card across, two or three side by side, four in a square."""
        match self.cards[:4]:
            case (one,):
                _draw_wide(canvas, canvas.area, one, LARGE)
            case (_, _) | (_, _, _) as few:
                sizes = MIDDLE if len(few) == 2 else LITTLE  # noqa: PLR2004
                _draw_tall(canvas, canvas.area.columns(len(few), GAP), few, sizes)
            case four:
                boxes = [box for row in canvas.area.rows(2, GAP) for box in row.columns(2, GAP)]
                for box, small in zip(boxes, four, strict=False):
                    _draw_wide(canvas, box, small, LITTLE)


def _draw_wide(canvas: Canvas, box: Box, small: Small, sizes: Sizes) -> None:
    """Draw the words, and the days to their right."""
    room = box.width * BESIDE if small.has_days else box.width
    _draw_words(canvas, box.inside(top=max(box.height - sizes.height, 0) / 2), room, small, sizes)
    _draw_days(canvas, box.inside(left=room + GAP / 2), small)


def _draw_tall(canvas: Canvas, boxes: list[Box], cards: tuple[Small, ...], sizes: Sizes) -> None:
    """Draw the words side by side, and all days at one height below them."""
    pairs = list(zip(boxes, cards, strict=True))
    top = min(_draw_words(canvas, box, box.width, small, sizes) for box, small in pairs) - GAP / 2
    for box, small in pairs:
        _draw_days(canvas, box.inside(top=box.top - top), small)


def _draw_words(canvas: Canvas, box: Box, room: float, small: Small, sizes: Sizes) -> float:
    """Draw label, number and change, and return how far down they reach."""
    label = canvas.fitting(small.label, Type(sizes.label, look.GREY), room)
    number = canvas.fitting(small.shown, Type(sizes.number, bold=True), room)
    change = Type(sizes.change, look.verdict(small.good, look.GREY))
    y = box.top - sizes.label * look.CAP_HEIGHT
    canvas.text(box.left, y, small.label, label, room=room)
    y -= sizes.number * BELOW_LABEL
    canvas.text(box.left, y, small.shown, number, room=room)
    y -= sizes.number * ABOVE_CHANGE
    for line in canvas.lines(small.change, change, room) if small.change else ():
        y -= change.leading
        canvas.text(box.left, y, line, change, room=room)
    return y


def _draw_days(canvas: Canvas, box: Box, small: Small) -> None:
    """Draw the course of the days over the band of usual values."""
    if not small.has_days:
        return
    usual = small.usual or ()
    values = [*known(small.series), *usual]
    across = Scale(0, len(small.series) - 1, box.left + DOT, box.right - DOT)
    up = Scale(min(values), max(values), box.bottom + DOT / 2, box.top - DOT / 2)
    if small.usual:
        low, high = up(min(usual)), up(max(usual))
        canvas.box(Box(box.left, low, box.width, high - low), look.BAND)
    points = course(small.series, across, up)
    draw_curve(canvas, points, look.INK, 1.5, small.filling)
    if last := last_point(points):
        at, point = last
        canvas.dot(*point, look.verdict(small.good), DOT, hollow=at >= len(points) - small.filling)
