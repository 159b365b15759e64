"""A file becomes a reading: its header is found, its layout recognised, its way of writing judged."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from kpi.errors import UnreadableFile
from kpi.facts import FACT
from kpi.sources.csv_file import IGNORE, require_columns
from kpi.sources.judging import How, Judge
from kpi.sources.layouts import LAYOUTS, OURS, Layout, spelled
from kpi.sources.messages import MessagesReading, PartsReading
from kpi.sources.reading import Reading, is_total
from kpi.sources.tables import SEPARATORS, Lines, Table, first_records, is_spreadsheet, open_table
from kpi.sources.unsaid import KEEP, SKIP, Unsaid

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from datetime import date
    from pathlib import Path
    from zoneinfo import ZoneInfo

MONEY = ("revenue", "refunds", "cost")


@dataclass(frozen=True, slots=True)
class Asked:
    """A file, and what was said about it."""

    path: Path
    today: date
    currency: str
    zone: ZoneInfo
    """The team's."""
    campaign: str = ""
    mapping: Mapping[str, str] = field(default_factory=dict)
    how: How = field(default_factory=How)
    starts: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Found:
    """Where the header of a file is, and whose layout it has."""

    layout: Layout
    header: list[str]
    """Our names for the columns."""
    separator: str
    line: int
    """The line on which the header ends."""

    @property
    def is_plain(self) -> bool:
        """Tell whether it looks like our own layout as documented, which needs no judging."""
        return self.layout is OURS and self.separator == ","


def recognised(asked: Asked) -> Found:
    """Find the header; raise UnreadableFile where there is none that is known."""
    separators = "," if is_spreadsheet(asked.path) else SEPARATORS
    first: Found | None = None
    for separator in separators:
        for line, cells in first_records(asked.path, separator, asked.how.sheet):
            found = Found(*_layout(cells, asked), separator, line)
            named = {*found.header, "campaign"} if asked.campaign else {*found.header}
            if found.layout is not OURS or {"campaign", "day"} <= named:
                return found
            if any(cells) and (first is None or (len(first.header) == 1 and len(cells) > 1)):
                first = found
    if first is None:
        raise UnreadableFile("The file is empty.", "Its first line names the columns: campaign,day,sent,…")
    return first


def _layout(cells: Sequence[str], asked: Asked) -> tuple[Layout, list[str]]:
    """Return the layout of a header, and our names for its columns."""
    said = {spelled(theirs): ours for theirs, ours in asked.mapping.items()}
    layout = next((one for one in LAYOUTS if one.fits(cells)), OURS)
    header: list[str] = []
    for cell in cells:
        plain = spelled(cell.removeprefix("\ufeff"))
        known = plain.replace(" ", "_") if layout is OURS else layout.columns.get(plain, "")
        name = f"{IGNORE} {len(header)}" if said.get(plain) == IGNORE else said.get(plain) or known
        header.append(f"{name} {len(header)}" if name == "clicks" and name in header else name)
    return layout, header


@contextmanager
def open_reading(asked: Asked, *, judged: bool) -> Iterator[tuple[Reading, Table]]:
    """Open a file as a reading; raise UnreadableFile where something must be said first.

    Without ``judged``, a file in our own layout is read as if it were written plainly: its rows raise UnjudgedError
    where it is not.
    """
    found = recognised(asked)
    if found.layout is OURS:
        require_columns(found.header, bool(asked.campaign))
    elif not asked.campaign and "campaign" not in found.header:
        raise UnreadableFile(f"The export of {found.layout.tool} names no campaign.", "", Unsaid("campaign"))
    judge = _judged(asked, found) if judged or not found.is_plain else None
    with _after_header(asked, found) as table:
        kind = MessagesReading if found.layout.messages else PartsReading if found.layout.adds else Reading
        currency = asked.how.currency or asked.currency
        if judge:
            silent = "currency" not in found.header and not set(MONEY).isdisjoint(found.header)
            currency = judge.currency(currency, needed=silent and found.layout is not OURS)
        read = kind(found.header, table.lines, asked.today, currency, asked.campaign, found.layout)
        read.plain = _plain(judge, found) if judge else {}
        read.day, read.starts, read.note, read.strict = asked.how.day, asked.starts, table.note, judge is not None
        read.drops_totals = asked.how.totals == SKIP
        yield read, table


@contextmanager
def _after_header(asked: Asked, found: Found) -> Iterator[Table]:
    with open_table(asked.path, found.separator, asked.how.sheet) as table:
        while table.lines.line_num < found.line:
            next(table.lines)
        if isinstance(table.lines, Lines):
            table.lines.width = len(found.header)
        yield table


def _judged(asked: Asked, found: Found) -> Judge:
    """Look at every cell that could be read in more than one way."""
    judge = Judge(asked.how, asked.zone, found.layout.zone, found.is_plain)
    with _after_header(asked, found) as table:
        looking = Reading(found.header, table.lines, asked.today, asked.currency)
        for lines, records in looking.batches():
            columns = looking.columns(records)
            for name in _numbers(found):
                judge.hear_numbers(FACT[name], lines, columns[name])
            for name in _days(found):
                judge.hear_days(name, lines, columns[name])
            if not asked.how.totals and "campaign" in columns:
                _ask_about_totals(lines, columns["campaign"])
    return judge


def _ask_about_totals(lines: Sequence[int], names: Sequence[str]) -> None:
    for line, name in zip(lines, names, strict=True):
        if is_total(name):
            raise UnreadableFile(
                f"Line {line} is called '{name.strip()}': it may be the sum of the others.",
                "",
                Unsaid("totals", (SKIP, KEEP), (name.strip(),)),
            )


def _numbers(found: Found) -> list[str]:
    if found.layout.messages:
        return [name for name in found.header if name == "cost"]
    return [name for name in found.header if name in FACT]


def _days(found: Found) -> list[str]:
    return [name for name in found.header if name == "day" or (found.layout.messages and name == "sent")]


def _plain(judge: Judge, found: Found) -> dict[str, Callable[[str], str]]:
    return {name: judge.number(name) for name in _numbers(found)} | {name: judge.day(name) for name in _days(found)}
