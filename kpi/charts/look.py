"""The one look of all charts: colours that everybody can tell apart, and letters that a phone can show."""

from __future__ import annotations

from dataclasses import dataclass, replace

# Okabe and Ito's blue and vermillion stay apart in every kind of colour vision; on white, all but grid and band
# reach a contrast of 3:1.
WHITE = "#FFFFFF"
INK = "#1D1C1D"
GREY = "#616061"
NEUTRAL = "#767676"
BAR = "#8F8F8F"
GRID = "#E6E6E6"
BAND = "#EFEFEF"
BLUE = "#0072B2"
VERMILLION = "#D55E00"

SMALLEST = 8.5
"""Nothing is written smaller, in points."""
LEADING = 1.25
"""From one baseline to the next, in sizes of the letters."""
CAP_HEIGHT = 0.727
"""The height of a capital or a figure, in sizes of the letters (Inter)."""


@dataclass(frozen=True, slots=True)
class Type:
    """How a text is set: its size in points, its colour and weight."""

    size: float
    colour: str = INK
    bold: bool = False

    @property
    def leading(self) -> float:
        """From one baseline to the next, in points."""
        return self.size * LEADING

    @property
    def cap(self) -> float:
        """The height of a capital, in points."""
        return self.size * CAP_HEIGHT

    def sized(self, size: float) -> Type:
        """Return the same in another size."""
        return replace(self, size=size)

    def coloured(self, colour: str) -> Type:
        """Return the same in another colour."""
        return replace(self, colour=colour)


TITLE = Type(13, bold=True)
SUBTITLE = Type(9.5, GREY)
LABEL = Type(9.5)
NUMBER = Type(9.5, bold=True)
QUIET = Type(9, GREY)
SMALL = Type(SMALLEST, GREY)


def verdict(good: bool | None, otherwise: str = NEUTRAL) -> str:  # noqa: FBT001
    """Return the colour of better, worse, or neither; the words beside it say the same."""
    return otherwise if good is None else BLUE if good else VERMILLION
