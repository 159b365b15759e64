"""A file being read: batches of its lines become rows of facts, or reasons why a line is left out."""

from __future__ import annotations

import csv
from dataclasses import dataclass, field
from itertools import compress
from typing import TYPE_CHECKING, Any

from kpi.facts import FACTS, NEVER_MORE, Fact
from kpi.names import slug_of
from kpi.sources.cells import BadRowError, currency_of, day_of, text_of, told_of_campaign
from kpi.sources.columns import Refused, Spellings, require_no_more, values_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from datetime import date

KEYS = ("campaign", "day", "market", "variant", "currency")
ABOUT = ("name", "channel", "objective", "kind", "starts", "ends", "margin", "tags")
"""What a row may tell of its campaign, beside its results."""
KEPT_REASONS = 1000
BATCH = 500

Row = tuple[Any, ...]
"""line, campaign, day (ISO), market, variant, currency, and every fact that the file tells."""


@dataclass(frozen=True, slots=True)
class Skipped:
    """A line that was left out, and why."""

    line: int
    reason: str


@dataclass(slots=True)
class Reading:
    """A file being read: its rows come out of ``rows``, what was skipped and what it tells of campaigns stays here."""

    header: Sequence[str]
    lines: Any
    """A csv reader; its type has no public name."""
    today: date
    currency: str
    campaign: str = ""
    skipped: list[Skipped] = field(default_factory=list)
    skips: int = 0
    typed: dict[str, str] = field(default_factory=dict)
    """Per campaign, how its name was first typed."""
    told: set[str] = field(default_factory=set)
    """The campaigns of which a result was read."""
    about: dict[str, dict[str, Any]] = field(default_factory=dict)
    """Per campaign, what the file tells of it beside results."""
    _spellings: dict[str, Spellings[Any]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        reads: dict[str, Callable[[str], str]] = {
            "campaign": lambda cell: slug_of(_campaign_of(cell)),
            "day": lambda cell: day_of(cell, self.today).isoformat() if cell.strip() else "",
            "market": text_of,
            "variant": text_of,
            "currency": lambda cell: currency_of(cell, self.currency),
        }
        self._spellings = {name: Spellings(read) for name, read in reads.items()}

    @property
    def line(self) -> int:
        """The last line that was read."""
        return int(self.lines.line_num)

    @property
    def facts(self) -> tuple[Fact, ...]:
        """The facts that the file tells, in the order in which they stand in its rows."""
        return tuple(fact for fact in FACTS if fact.key in self.header)

    def rows(self) -> Iterator[Row]:
        """Yield the rows that can be stored, with the line that each began on."""
        for lines, records in self._batches():
            yield from self._read(lines, dict(zip(self.header, zip(*records, strict=True), strict=True)))

    def skip(self, line: int, reason: str) -> None:
        """Note a line that is left out; the first thousand reasons are kept, all are counted."""
        self.skips += 1
        if len(self.skipped) < KEPT_REASONS:
            self.skipped.append(Skipped(line, reason))

    def _batches(self) -> Iterator[tuple[list[int], list[list[str]]]]:
        """Yield lists of records that have the header's width, with the lines that they begin on."""
        table, width = self.lines, len(self.header)
        lines, records = list[int](), list[list[str]]()
        line = table.line_num + 1
        while True:
            try:
                for cells in table:
                    if len(cells) == width and any(cells):
                        lines.append(line)
                        records.append(cells)
                    elif any(cells):
                        self.skip(line, f"it has {len(cells)} cells, the header has {width}")
                    line = table.line_num + 1
                    if len(records) == BATCH:
                        yield lines, records
                        lines, records = [], []
                break
            except csv.Error as error:
                self.skip(line, f"it cannot be read as CSV ({error})")
                line = table.line_num + 1
        if records:
            yield lines, records

    def _read(self, lines: list[int], columns: Mapping[str, Sequence[str]]) -> Iterator[Row]:
        refused: Refused = {}
        facts = {fact: values_of(fact, columns[fact.key], refused) for fact in self.facts}
        for fewer, more in NEVER_MORE:
            if fewer in facts and more in facts:
                require_no_more(fewer, more, (facts[fewer], facts[more]), refused)
        empty = ("",) * len(lines)
        names = (self.campaign,) * len(lines) if self.campaign else columns["campaign"]
        slugs, days = (
            self._spellings["campaign"].of(names, refused),
            self._spellings["day"].of(columns["day"], refused),
        )
        split = [self._spellings[name].of(columns.get(name, empty), refused) for name in KEYS[2:]]
        self._note_about(slugs, columns, refused)
        _require_both(days, list(facts.values()), refused)
        keep = [index not in refused for index in range(len(lines))] if refused else None
        self._note_names(slugs, names, days, keep)
        for index in sorted(refused):
            self.skip(lines[index], refused[index])
        rows = zip(lines, slugs, days, *split, *facts.values(), strict=True)
        if keep is None and "" not in days:
            return rows
        return compress(rows, [bool(day) and index not in refused for index, day in enumerate(days)])

    def _note_about(self, slugs: list[str], columns: Mapping[str, Sequence[str]], refused: Refused) -> None:
        """Keep what the rows tell of their campaigns."""
        named = [name for name in ABOUT if name in columns]
        if not named:
            return
        before = None
        for index, told in enumerate(zip(slugs, *(columns[name] for name in named), strict=True)):
            if told == before or index in refused:
                continue
            try:
                read = {
                    name: told_of_campaign(name, text)
                    for name, cell in zip(named, told[1:], strict=True)
                    if (text := cell.strip())
                }
            except BadRowError as error:
                refused[index] = str(error)
            else:
                before = told
                if read:
                    self.about.setdefault(told[0], {}).update(read)

    def _note_names(self, slugs: list[str], names: Sequence[str], days: list[str], keep: list[bool] | None) -> None:
        kept = keep or [True] * len(slugs)
        for slug, name in dict.fromkeys(compress(zip(slugs, names, strict=True), kept)):
            self.typed.setdefault(slug, name.strip())
        self.told.update(slug for slug, day, is_kept in zip(slugs, days, kept, strict=True) if is_kept and day)


def _campaign_of(cell: str) -> str:
    if not (typed := text_of(cell)):
        raise BadRowError("it names no campaign")
    return typed


def _require_both(days: list[str], facts: list[list[int | None]], refused: Refused) -> None:
    """Refuse results without a day, and days without results."""
    if "" not in days and any(None not in values for values in facts):
        return
    told = [any(value is not None for value in row) for row in zip(*facts, strict=True)] or [False] * len(days)
    for index, (day, has_results) in enumerate(zip(days, told, strict=True)):
        if bool(day) != has_results:
            reason = "it has a day but no results" if day else "it has results but no day"
            refused.setdefault(index, reason)
