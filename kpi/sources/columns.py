"""Whole columns of a results file at once: what is written plainly takes a short way, the rest is read cell by cell."""

from __future__ import annotations

import re
from operator import gt
from typing import TYPE_CHECKING, Generic, TypeVar

from kpi.money import MILLION
from kpi.sources.cells import SHORT, BadRowError, reader_of
from kpi.units import Unit

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from kpi.facts import Fact

T = TypeVar("T")

MOST_KEPT = 50_000
"""Spellings of one column that are remembered at most."""
_AMOUNTS = re.compile(r"(?:[0-9]{1,9}(?:\.[0-9]{1,6})?\n)*")
"""Amounts that a double times a million holds exactly."""

Refused = dict[int, str]
"""Why a row of the batch is left out: by its place in the batch, the first reason only."""


class Spellings(dict[str, T | BadRowError], Generic[T]):
    """What the cells of a column were read as: each spelling is read once."""

    def __init__(self, read: Callable[[str], T]) -> None:
        super().__init__()
        self.read, self.has_bad = read, False

    def __missing__(self, cell: str) -> T | BadRowError:
        if len(self) >= MOST_KEPT:
            self.clear()
        try:
            self[cell] = self.read(cell)
        except BadRowError as error:
            self[cell] = error
            self.has_bad = True
        return self[cell]

    def of(self, cells: Sequence[str], refused: Refused) -> list[T]:
        """Read a column; what is refused holds its error."""
        values = list(map(self.__getitem__, cells))
        if self.has_bad:
            for index, value in enumerate(values):
                if isinstance(value, BadRowError):
                    refused.setdefault(index, str(value))
        return values  # type: ignore[return-value]  # rows that hold an error are refused


def values_of(fact: Fact, cells: Sequence[str], refused: Refused) -> list[int | None]:
    """Read a column of a fact: None where a cell is empty."""
    if (plain := (_counts if fact.unit is Unit.COUNT else _amounts)(cells)) is not None:
        return plain
    read, values = reader_of(fact), list[int | None]()
    for index, cell in enumerate(cells):
        try:
            values.append(read(cell))
        except BadRowError as error:
            refused.setdefault(index, str(error))
            values.append(None)
    return values


def _counts(cells: Sequence[str]) -> list[int | None] | None:
    joined = "".join(cells)
    if not joined:
        return [None] * len(cells)
    if joined.isdecimal() and joined.isascii() and all(cells) and max(map(len, cells)) < SHORT:
        return list(map(int, cells))
    return None


def _amounts(cells: Sequence[str]) -> list[int | None] | None:
    joined = "\n".join(cells) + "\n"
    if len(joined) == len(cells):
        return [None] * len(cells)
    if _AMOUNTS.fullmatch(joined) and joined.count("\n") == len(cells):
        return [round(amount * MILLION) for amount in map(float, cells)]
    return None


def require_no_more(
    fewer: Fact, more: Fact, values: tuple[list[int | None], list[int | None]], refused: Refused
) -> None:
    """Refuse the rows whose first fact exceeds the second."""
    parts, wholes = values
    if None not in parts and None not in wholes and not any(map(gt, parts, wholes)):  # type: ignore[arg-type]
        return
    for index, (part, whole) in enumerate(zip(parts, wholes, strict=True)):
        if part is not None and whole is not None and part > whole:
            refused.setdefault(index, f"{fewer.key} ({part:,}) is more than {more.key} ({whole:,})")
