"""A line over days that keeps its gaps and shows what is still filling up."""

from __future__ import annotations

from math import nan
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from kpi.charts.canvas import Canvas

    Values = tuple[float | None, ...]
    Point = tuple[float, float]
    Course = list[Point | None]

DOT = 2.6
"""The size of a dot on the line, in widths of the line."""


def known(*series: Values) -> list[float]:
    """Return the values of all series, without their gaps."""
    return [value for values in series for value in values if value is not None]


def course(values: Values, across: Callable[[float], float], up: Callable[[float], float]) -> Course:
    """Return where each value stands, None for a gap."""
    return [None if value is None else (across(at), up(value)) for at, value in enumerate(values)]


def last_point(points: Course) -> tuple[int, Point] | None:
    """Return the last point that is known, and which it is."""
    known_points = [(at, point) for at, point in enumerate(points) if point]
    return known_points[-1] if known_points else None


def draw_curve(canvas: Canvas, points: Course, colour: str, width: float, filling: int = 0, begun: int = 0) -> None:
    """Draw a line through points, dashed and hollow where the last still fill up or the first are cut short."""
    settled = max(len(points) - filling, 0)
    _line(canvas, points[begun:settled], colour, width)
    _line(canvas, points[: begun + 1] if begun else [], colour, width, dashed=True)
    _line(canvas, points[max(settled - 1, 0) :] if filling else [], colour, width, dashed=True)
    for at, point in enumerate(points):
        loose = at >= settled or at < begun
        if point and (loose or _alone(points, at)):
            canvas.dot(*point, colour, width * DOT, hollow=loose)


def _line(canvas: Canvas, points: Course, colour: str, width: float, *, dashed: bool = False) -> None:
    if len(points) > 1:
        xs, ys = zip(*(point or (nan, nan) for point in points), strict=True)
        canvas.line(xs, ys, colour, width, dashed=dashed)


def _alone(points: Course, at: int) -> bool:
    return not any(points[max(at - 1, 0) : at] + points[at + 1 : at + 2])
