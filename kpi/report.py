"""What an answer is made of: a few plain pieces that any renderer can show.

All text in a report is plain text: no markup, nothing escaped. A renderer decides what is bold and escapes what its
medium would misread.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from kpi.scope import EVERYTHING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from decimal import Decimal

    from kpi.charts import Chart
    from kpi.errors import Mistake
    from kpi.scope import Scope
    from kpi.units import Unit


@dataclass(frozen=True, slots=True)
class Figure:
    """One number with everything needed to trust it.

    ``value`` is a fraction for shares, decimal currency units for money, None where unknown; ``low`` and ``high`` are
    its 95 % interval from sampling alone, where the quantity has one.
    """

    metric: str
    label: str
    unit: Unit
    value: float | int | Decimal | None
    shown: str
    campaign: str | None = None
    currency: str = ""
    numerator: int | Decimal | None = None
    denominator: int | Decimal | None = None
    low: float | None = None
    high: float | None = None
    detail: str = ""
    """The fraction and its denominator, in words: ``1,184 of 15,020 delivered``."""
    change: str = ""
    """Against what it is usually set: ``▲ 12% vs the week before``."""


@dataclass(frozen=True, slots=True)
class Versus:
    """How one KPI differs between two sides, with everything needed to trust it; unknown is None.

    ``difference`` is ``value`` less ``other_value``; ``low`` and ``high`` are its 95 % interval from sampling alone,
    ``wide_low`` and ``wide_high`` the interval that the verdict uses: with the noise of the days, with as many tests as
    the answer holds, and at the same mix of markets where that decides. ``chance`` is that the one side is the better.
    """

    campaign: str
    other: str
    metric: str
    value: float | None
    other_value: float | None
    difference: float | None
    low: float | None
    high: float | None
    wide_low: float | None
    wide_high: float | None
    p_value: float | None
    chance: float | None
    verdict: str


@dataclass(frozen=True, slots=True)
class Heading:
    """What the report is about, once, on top."""

    text: str


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A sentence or two; the first of a report is its finding."""

    text: str


@dataclass(frozen=True, slots=True)
class Figures:
    """Numbers side by side, the most important first."""

    figures: tuple[Figure, ...]


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table; numbers are set to the right."""

    name: str
    align: Literal["left", "right"] = "right"


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under named columns; every row has a cell for every column. The figures are the same numbers as values."""

    caption: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[str, ...], ...]
    figures: tuple[Figure | Versus, ...] = ()


@dataclass(frozen=True, slots=True)
class Picture:
    """A chart, drawn only when somebody will look; the alt text states its finding."""

    alt: str
    chart: Chart


@dataclass(frozen=True, slots=True)
class Choice:
    """Something to ask next: a short label and the question behind it."""

    label: str
    question: str


@dataclass(frozen=True, slots=True)
class Choices:
    """What to ask next, or what was perhaps meant."""

    choices: tuple[Choice, ...]
    lead: str = ""
    anything: bool = False
    """Whether anything else may be asked as well: a surface that has a form for questions offers it here."""


@dataclass(frozen=True, slots=True)
class Note:
    """Small print: sources, freshness, definitions, what was left out."""

    text: str


Piece = Heading | Paragraph | Figures | Table | Picture | Choices | Note


@dataclass(frozen=True, slots=True)
class Report:
    """An answer: a headline that stands alone (for notifications and screen readers), and its pieces in order."""

    headline: str
    pieces: tuple[Piece, ...]
    context: str = ""
    """What a question in the thread under it can take from it (``kpi.reading.followup``); never shown."""
    scope: Scope = EVERYTHING
    """What the answer was narrowed to."""

    @property
    def figures(self) -> tuple[Figure, ...]:
        """Every number of the answer that stands for itself, in the order of reading."""
        return tuple(one for one in self.numbers if isinstance(one, Figure))

    @property
    def numbers(self) -> tuple[Figure | Versus, ...]:
        """Every number and every comparison of the answer, in the order of reading."""
        return tuple(self._figures())

    @property
    def pictures(self) -> tuple[Picture, ...]:
        """The charts of the answer."""
        return tuple(piece for piece in self.pieces if isinstance(piece, Picture))

    def _figures(self) -> Iterator[Figure | Versus]:
        for piece in self.pieces:
            if isinstance(piece, Figures | Table):
                yield from piece.figures


def apology(mistake: Mistake) -> Report:
    """Return a mistake of the asker's as an answer: what is wrong, how to go on, what to press."""
    pieces: list[Piece] = [Paragraph(mistake.message)]
    if mistake.offers:
        pieces.append(Choices(mistake.offers, lead=mistake.hint))
    elif mistake.hint:
        pieces.append(Note(mistake.hint))
    return Report(mistake.message, tuple(pieces))
