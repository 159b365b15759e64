"""How a file of no known layout would be read: per column what it holds, some of its cells, and what is uncertain."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from kpi.errors import UnreadableFile
from kpi.facts import FACT
from kpi.sources.csv_file import COLUMNS, IGNORE
from kpi.sources.judging import is_number, moment_of
from kpi.sources.layouts import spelled
from kpi.sources.synonyms import Meaning, meaning_of
from kpi.sources.unsaid import MAP, MONTH_FIRST, Unsaid
from kpi.units import Unit

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

_FRACTION = re.compile(r"0?[.,]\d*[1-9]\d*")
SHOWN, LONGEST = 3, 40
"""Cells per column that are shown, and how much of each."""


@dataclass(frozen=True, slots=True)
class ColumnRead:
    """What a column is read as ('' where it is not used), some of its cells, and why that is uncertain."""

    column: str
    ours: str
    doubt: str = ""
    note: str = ""
    """Why it is not used, where that needs a word."""
    samples: tuple[str, ...] = ()


def proposed(
    header: Sequence[str], records: Sequence[Sequence[str]], said: Mapping[str, str], *, is_ours: bool
) -> tuple[ColumnRead, ...]:
    """Return how the columns would be read; ``said`` is what they hold by their spelled names.

    In a file whose author knows our names (``is_ours``), every other name is a mistake that is asked about.
    """
    return tuple(_Proposing(header, records, said, is_ours).columns())


class _Proposing:
    """Columns find what they hold: what was said first, then names that mean one thing, then the others."""

    def __init__(
        self,
        header: Sequence[str],
        records: Sequence[Sequence[str]],
        said: Mapping[str, str],
        is_ours: bool,  # noqa: FBT001
    ) -> None:
        self.header, self.said, self.is_ours = [column.strip() for column in header], said, is_ours
        self.cells = [
            _distinct(record[at].strip() for record in records if at < len(record)) for at in range(len(header))
        ]
        self.taken = {said[spelled(column)]: column for column in self.header if spelled(column) in said}
        """Per thing that is held, the column that holds it."""

    def columns(self) -> Iterator[ColumnRead]:
        read: dict[int, ColumnRead] = {}
        for sure in (True, False):
            for at, column in enumerate(self.header):
                if at not in read and (found := self._by_name(column, self.cells[at], sure=sure)):
                    read[at] = found
        for at, column in enumerate(self.header):
            one = read.get(at) or self._nameless(column, self.cells[at])
            yield replace(one, samples=tuple(cell[:LONGEST] for cell in self.cells[at][:SHOWN]))

    def _by_name(self, column: str, cells: list[str], *, sure: bool) -> ColumnRead | None:
        """Return what a column is read as; None where its name says nothing, or not yet."""
        if ours := self.said.get(spelled(column)):
            return ColumnRead(column, "" if ours == IGNORE else ours)
        own, meaning = spelled(column).replace(" ", "_"), meaning_of(column)
        if self.is_ours and own in COLUMNS:
            meaning = Meaning(own)
        if not meaning.ours or meaning.is_sure is not sure:
            return None
        if other := self.taken.get(meaning.ours):
            both = sure and spelled(other) not in self.said
            return ColumnRead(column, "", f"'{other}' and '{column}' both look like {meaning.ours}." if both else "")
        if wrong := _misfit(meaning.ours, cells):
            return ColumnRead(column, "", f"'{column}' looks like {meaning.ours}, but {wrong}.")
        self.taken[meaning.ours] = column
        doubt = f"'{column}' can mean several things; I would read it as {meaning.ours}."
        return ColumnRead(column, meaning.ours, "" if sure else doubt)

    def _nameless(self, column: str, cells: list[str]) -> ColumnRead:
        """Return a column whose name says nothing; numbers and days may matter, and so are asked about."""
        meaning = meaning_of(column)
        if self.is_ours:
            return ColumnRead(column, "", f"The file has a column '{column}' that means nothing here.")
        if meaning.is_rate or (cells and all(cell.endswith("%") for cell in cells)):
            return ColumnRead(column, "", note=f"'{column}' is a rate, which says nothing without its count.")
        if not column or not cells or meaning.counts_nothing:
            return ColumnRead(column, "")
        if all(map(is_number, cells)):
            return ColumnRead(column, "", f"'{column}' holds numbers, and I do not know of what.")
        if "day" not in self.taken and all(map(_is_day, cells)):
            return ColumnRead(column, "day", f"'{column}' may be the day of the results.")
        return ColumnRead(column, "")


def _distinct(cells: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(filter(None, cells)))


def _misfit(ours: str, cells: Sequence[str]) -> str:
    """Say what in the cells speaks against it; '' where nothing does."""
    if ours == "day" and (odd := next((cell for cell in cells if not _is_day(cell)), "")):
        return f"'{odd[:LONGEST]}' is no day"
    if ours not in FACT:
        return ""
    if any(cell.endswith("%") for cell in cells):
        return "its cells are rates"
    if FACT[ours].unit is Unit.COUNT and any(map(_FRACTION.fullmatch, cells)):
        return "its cells are fractions"
    if odd := next((cell for cell in cells if not is_number(cell)), ""):
        return f"'{odd[:LONGEST]}' is no number"
    return ""


def _is_day(cell: str) -> bool:
    return bool(moment_of(cell) or moment_of(cell, MONTH_FIRST))


def require_certain(columns: Sequence[ColumnRead]) -> None:
    """Raise UnreadableFile where a column must be looked at before it is read so, or where nothing is counted."""
    if doubtful := [one for one in columns if one.doubt]:
        names = ", ".join(f"'{one.column}'" for one in doubtful)
        several = f"{len(doubtful)} columns are not clear: {names}."
        ways = tuple(f"{one.column}={one.ours or IGNORE}" for one in doubtful)
        said = several if len(doubtful) > 1 else doubtful[0].doubt
        raise UnreadableFile(said, "", Unsaid(MAP, ways), columns=columns)
    if not any(one.ours in FACT for one in columns):
        said = " ".join(["No column holds a count or an amount.", *(one.note for one in columns if one.note)])
        raise UnreadableFile(said, "", Unsaid(MAP), columns=columns)
