"""Pictures of numbers: a file per chart, holding what it shows and how it is drawn.

A chart is plain frozen data that can be sent to another process. Only ``canvas`` imports matplotlib, and only when a
picture is really wanted.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from kpi.charts.canvas import Canvas


class Chart(Protocol):
    """Data that knows how to draw itself; the title states the finding, the subtitle the measure and the period."""

    @property
    def title(self) -> str:
        """The finding, as one sentence without a full stop."""

    @property
    def subtitle(self) -> str:
        """What is measured, in which unit, over which days."""

    @property
    def source(self) -> str:
        """Where the numbers come from, as the small print below the chart; empty for nothing."""

    def draw(self, canvas: Canvas) -> None:
        """Draw everything between the subtitle and the source."""
