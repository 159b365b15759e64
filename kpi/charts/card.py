"""A campaign at a glance: four small cards, each a big number, its change, and its days."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kpi.charts.canvas import Canvas


@dataclass(frozen=True, slots=True)
class Small:
    """One KPI: label, big number, change in words, and its history, oldest first (None: nothing known that day).

    ``good`` colours the last point: True better than usual, False worse, None neither or unknown. ``usual`` is the
    band of usual values. The last ``filling`` points are still filling up and are drawn hollow or dashed.
    """

    label: str
    shown: str
    change: str = ""
    good: bool | None = None
    series: tuple[float | None, ...] = ()
    usual: tuple[float, float] | None = None
    filling: int = 0


@dataclass(frozen=True, slots=True)
class Card:
    """Up to four small cards under one finding."""

    title: str
    subtitle: str
    cards: tuple[Small, ...]
    source: str = ""

    def draw(self, canvas: Canvas) -> None:
        """Draw the cards side by side."""
