"""One KPI over time: a line, the period before in grey, the usual band, and what is still filling up."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kpi.charts.canvas import Canvas
    from kpi.units import Unit
    from kpi.wording import Words


@dataclass(frozen=True, slots=True)
class Trend:
    """Values per step (day, week or month), oldest first; None is a gap, never 0.

    ``labels`` names each step for the axis (a few are shown), ``before`` are the values of the period before, step by
    step. The last ``filling`` values are still filling up: dashed and hollow, with the words "still filling".
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
    source: str = ""

    def draw(self, canvas: Canvas) -> None:
        """Draw the line with its last value labelled."""
