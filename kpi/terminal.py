"""A report as text for a terminal, by Rich."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table as Grid
from rich.text import Text

from kpi.report import Choices, Figures, Heading, Note, Paragraph, Picture, Piece, Report, Table

if TYPE_CHECKING:
    from kpi.report import Figure


def rendered(report: Report) -> RenderableType:
    """Return what a Rich console prints; all text is taken literally, never as markup."""
    return Group(*(_piece(piece) for piece in report.pieces))


def _piece(piece: Piece) -> RenderableType:
    match piece:
        case Heading(text):
            return Text(text, style="bold")
        case Paragraph(text):
            return Padding(Text(text), (0, 0, 1, 0))
        case Figures(figures):
            return Padding(_figures(figures), (0, 0, 1, 0))
        case Table(caption, columns, rows):
            grid = Grid(title=Text(caption, style="bold"), title_justify="left", box=None, pad_edge=False)
            for column in columns:
                grid.add_column(Text(column.name, style="dim"), justify=column.align, overflow="fold")
            for row in rows:
                grid.add_row(*(Text(cell) for cell in row))
            return Padding(grid, (0, 0, 1, 0))
        case Picture(alt, _):
            return Text(f"[picture] {alt}", style="dim")
        case Choices(choices, lead):
            asks = "   ".join(f"kpi {choice.question}" for choice in choices)
            return Text(f"{(lead or 'Next').rstrip('?:')}: {asks}", style="cyan")
        case Note(text):
            return Text(text, style="dim")


def _figures(figures: tuple[Figure, ...]) -> Grid:
    grid = Grid(box=None, show_header=False, pad_edge=False)
    grid.add_column(style="dim")
    grid.add_column(justify="right", style="bold")
    grid.add_column()
    grid.add_column()
    for figure in figures:
        grid.add_row(*(Text(cell) for cell in (figure.label, figure.shown, figure.detail, figure.change)))
    return grid
