"""The header of a file is found, and with it what each column holds: by a known layout, or by the columns' names."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from kpi.errors import UnreadableFile
from kpi.sources.answers import How, Remembered, fingerprint, fingerprint_of_sheets
from kpi.sources.csv_file import COLUMNS, IGNORE
from kpi.sources.layouts import LAYOUTS, NAMED, OURS, Layout, spelled
from kpi.sources.proposal import ColumnRead, proposed
from kpi.sources.synonyms import meaning_of
from kpi.sources.tables import SEPARATORS, filled_sheets, first_records, is_spreadsheet

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from datetime import date
    from pathlib import Path
    from zoneinfo import ZoneInfo

Records = list[tuple[int, list[str]]]
NOTHING = Remembered()
MOST_COLUMNS = 1000


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
    before: Mapping[str, Remembered] = field(default_factory=dict)
    """What was said about earlier files, by their fingerprints."""

    @property
    def now(self) -> dict[str, str]:
        """What was said of columns now, by their spelled names."""
        return {spelled(theirs): ours for theirs, ours in self.mapping.items()}

    def remembered(self, header: Iterable[str]) -> Remembered:
        """Return what was said about files with this header."""
        return self.before.get(fingerprint(header), NOTHING)

    def said(self, header: Iterable[str]) -> dict[str, str]:
        """Return what was said of columns of this header, now or last time, by their spelled names."""
        return {**self.remembered(header).mapping, **self.now}


@dataclass(frozen=True, slots=True)
class Found:
    """Where the header of a file is, and whose layout it has."""

    layout: Layout
    header: list[str]
    """Our names for the columns."""
    separator: str
    line: int
    """The line on which the header ends."""
    theirs: tuple[str, ...] = ()
    """The names that they have in the file."""
    columns: tuple[ColumnRead, ...] = ()
    """How they are read, where that follows from their names."""

    @property
    def is_plain(self) -> bool:
        """Tell whether it looks like our own layout as documented, which needs no judging."""
        return self.layout is OURS and self.separator == ","


def recognised(asked: Asked) -> Found:
    """Find the header, and what its columns hold; raise UnreadableFile where the file is empty."""
    best: tuple[int, Found, Records] | None = None
    widest = 0
    for separator in "," if is_spreadsheet(asked.path) else SEPARATORS:
        records = first_records(asked.path, separator, asked.how.sheet)
        widest = max([widest, *(len(cells) for _, cells in records if any(cells))])
        for known, found in _candidates(asked, separator, records):
            if found.layout is not OURS or known == len(COLUMNS):
                return _named(asked, found, records)
            if best is None or known > best[0] or (not best[0] and len(best[1].header) == 1 < len(found.header)):
                best = known, found, records
    if best is None and widest:
        raise UnreadableFile(f"The file has {widest:,} columns.", f"Save it with at most {MOST_COLUMNS:,} of them.")
    if best is None:
        raise UnreadableFile("The file is empty.", "Its first line names the columns: campaign,day,sent,…")
    known, found, records = best
    return _named(asked, found, records) if known else found


def with_sheet(asked: Asked) -> Asked:
    """Choose the sheet that was chosen last time among the same ones, where nobody names another."""
    if asked.how.sheet or not is_spreadsheet(asked.path) or len(titles := filled_sheets(asked.path)) == 1:
        return asked
    before = asked.before.get(fingerprint_of_sheets(titles), NOTHING)
    return replace(asked, how=replace(asked.how, sheet=before.answers.get("sheet", "")))


def looked_at(asked: Asked) -> tuple[ColumnRead, ...]:
    """Return what the columns of a file hold as far as is known, with some of their cells."""
    found = recognised(asked)
    if found.columns:
        return found.columns
    records = first_records(asked.path, found.separator, asked.how.sheet)
    shown = proposed(found.theirs, _after(records, found), asked.said(found.theirs), is_ours=False)
    known = zip(shown, found.header, strict=True)
    return tuple(replace(one, ours=ours) if ours in COLUMNS else one for one, ours in known)


def _after(records: Records, found: Found) -> list[list[str]]:
    """Return what comes after the header."""
    return [cells for line, cells in records if line > found.line]


def _candidates(asked: Asked, separator: str, records: Records) -> Iterator[tuple[int, Found]]:
    """Yield the lines that may be the header, and how many of their cells are names of columns."""
    for line, cells in records:
        if any(cells) and len(cells) <= MOST_COLUMNS:
            theirs = tuple(cell.removeprefix("\ufeff") for cell in cells)
            found = Found(*_layout(theirs, asked), separator, line, theirs)
            named = {*found.header, "campaign"} if asked.campaign else {*found.header}
            is_ours = {"campaign", "day"} <= named
            known = sum(bool(meaning_of(cell).ours) for cell in cells)
            yield len(COLUMNS) if is_ours else known, found


def _layout(cells: Sequence[str], asked: Asked) -> tuple[Layout, list[str]]:
    """Return the layout of a header, and our names for its columns."""
    said = asked.said(cells)
    layout = next((one for one in LAYOUTS if one.fits(cells)), OURS)
    header: list[str] = []
    for cell in cells:
        plain = spelled(cell)
        known = plain.replace(" ", "_") if layout is OURS else layout.columns.get(plain, "")
        name = f"{IGNORE} {len(header)}" if said.get(plain) == IGNORE else said.get(plain) or known
        header.append(f"{name} {len(header)}" if name == "clicks" and name in header else name)
    return layout, header


def _named(asked: Asked, found: Found, records: Records) -> Found:
    """Return what is read by the names of its columns, where they are not all our own."""
    if found.layout is not OURS or all(name in COLUMNS or name.startswith(f"{IGNORE} ") for name in found.header):
        return found
    is_ours = {"campaign", "day"} <= {spelled(cell) for cell in found.theirs}
    columns = proposed(found.theirs, _after(records, found), asked.said(found.theirs), is_ours=is_ours)
    names = [one.ours or f"{IGNORE} {number}" for number, one in enumerate(columns)]
    return replace(found, layout=NAMED, header=names, columns=columns)
