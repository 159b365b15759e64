"""The funnels of two campaigns side by side: at each step how many of all that were sent came so far."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from kpi.charts import look
from kpi.charts.geometry import Box, Scale

if TYPE_CHECKING:
    from kpi.charts.canvas import Canvas

NOTHING = "Neither campaign has sent anything here"
GAP, NEAR = 10.0, 6.0
NAME_PART, NUMBER_PART, RATE_PART = 0.22, 0.16, 0.2
NAMES = 16.0
"""Room for the two names above the steps."""
PITCH = 40.0
"""The most height that a step takes."""
BAR = 0.36
"""How much of a step's height one bar fills."""
THICKEST, THINNEST = 12.0, 1.0
SWATCH = 8.0


@dataclass(frozen=True, slots=True)
class Stage:
    """How far one campaign came at a step: the share of all sent, the count and the step's rate as written.

    ``good`` tells whether the rate is clearly better or worse than the other's, None where it may be chance.
    """

    share: float
    count: str
    rate: str = ""
    good: bool | None = None


@dataclass(frozen=True, slots=True)
class Funnels:
    """Steps from the first to the last, each with a bar for either campaign."""

    title: str
    subtitle: str
    names: tuple[str, str]
    steps: tuple[tuple[str, Stage, Stage], ...]
    source: str = ""

    def draw(self, canvas: Canvas) -> None:
        """Draw two bars a step, the first campaign's in colour, with their numbers to the right."""
        if not self.steps:
            canvas.remark(NOTHING)
            return
        area = canvas.area
        self._name(canvas, area)
        field = area.inside(top=NAMES)
        spare = max(field.height - PITCH * len(self.steps), 0)
        field = field.inside(bottom=spare)
        stages = [stage for _, *both in self.steps for stage in both]
        names = min(max(canvas.width(name, look.NUMBER) for name, _, _ in self.steps), NAME_PART * area.width)
        counts = min(max(canvas.width(stage.count, look.NUMBER) for stage in stages), NUMBER_PART * area.width)
        sure = look.NUMBER.sized(look.SMALLEST)
        rates = min(max(canvas.width(stage.rate, sure) for stage in stages), RATE_PART * area.width)
        left, right = area.left + names + GAP, area.right - rates - NEAR - counts - GAP
        across = Scale(0, max(stage.share for stage in stages) or 1, left, right)
        canvas.line((left, left), (field.bottom, field.top), look.NEUTRAL)
        for (name, *both), row in zip(self.steps, field.rows(len(self.steps)), strict=True):
            canvas.text(area.left, row.bottom + row.height / 2 - look.LABEL.cap / 2, name, look.LABEL, room=names)
            thick = min(row.height * BAR, THICKEST)
            for stage, middle, colour in zip(both, _middles(row, thick), (look.BLUE, look.BAR), strict=True):
                canvas.box(Box(left, middle - thick / 2, max(across(stage.share) - left, THINNEST), thick), colour)
                ink = look.BLUE if colour == look.BLUE else look.GREY
                base = middle - look.SMALL.cap / 2
                canvas.text(right + GAP + counts, base, stage.count, sure.coloured(ink), align="right", room=counts)
                rate = look.SMALL if stage.good is None else sure.coloured(look.INK if stage.good else look.VERMILLION)
                canvas.text(area.right - rates, base, stage.rate, rate, room=rates)

    def _name(self, canvas: Canvas, area: Box) -> None:
        """Write whose bars are which above the steps."""
        x, room = area.left, area.width / 2 - GAP
        for name, colour, ink in zip(self.names, (look.BLUE, look.BAR), (look.BLUE, look.GREY), strict=True):
            base = area.top - look.LABEL.cap
            canvas.box(Box(x, base - 0.5, SWATCH, SWATCH), colour)
            canvas.text(x + SWATCH + 4, base, name, look.NUMBER.coloured(ink), room=room)
            x += SWATCH + 4 + min(canvas.width(name, look.NUMBER), room) + 2 * GAP


def _middles(row: Box, thick: float) -> tuple[float, float]:
    middle = row.bottom + row.height / 2
    return middle + thick / 2 + 1, middle - thick / 2 - 1
