"""Many campaigns on one KPI, the best on top."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kpi.charts.canvas import Canvas
    from kpi.units import Unit
    from kpi.wording import Words


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
