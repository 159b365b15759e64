"""A file being read: batches of its lines become rows of facts, or reasons why a line is left out."""

from __future__ import annotations

import csv
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from itertools import compress
from typing import TYPE_CHECKING, Any

from kpi.errors import UnreadableFile
from kpi.facts import FACT, FACTS, NEVER_MORE, Fact
from kpi.money import decimal
from kpi.names import slug_of
from kpi.sources.cells import BadRowError, currency_of, day_of, text_of, told_of_campaign
from kpi.sources.columns import Refused, Spellings, require_no_more, values_of
from kpi.sources.layouts import NAMED, OURS, TOTALS, Layout, spelled
from kpi.sources.unsaid import Unsaid

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from datetime import date

    from kpi.sources.answers import Remembered
    from kpi.sources.proposal import ColumnRead

KEYS = ("campaign", "day", "market", "variant", "currency")
ABOUT = ("name", "channel", "objective", "kind", "starts", "ends", "margin", "tags", "holdout_of", "at_random")
"""What a row may tell of its campaign, beside its results."""
KEPT_REASONS = 1000
BATCH = 500

Row = tuple[Any, ...]
"""line, campaign, day (ISO), market, variant, currency, and every fact that the file tells."""


class UnjudgedError(Exception):
    """A cell is not written plainly, or a row may be a total, so that the whole file has to be judged first."""


@dataclass(frozen=True, slots=True)
class Skipped:
    """A line that was left out, and why."""

    line: int
    reason: str


@dataclass(slots=True)
class Reading:
    """A file being read: its rows come out of ``rows``, what was skipped and what it tells of campaigns stays here."""

    header: Sequence[str]
    """Per column our name for it, or '' where it means nothing here."""
    lines: Any
    """A csv reader; its type has no public name."""
    today: date
    currency: str
    campaign: str = ""
    known: Layout = OURS
    plain: Mapping[str, Callable[[str], str]] = field(default_factory=dict)
    """Per column what writes its cells plainly; a column that is missing here is written so already."""
    day: str = ""
    """For rows that name none."""
    starts: Mapping[str, str] = field(default_factory=dict)
    """Per name of a campaign its start day, for rows that name no day."""
    note: str = ""
    strict: bool = True
    """Whether a cell that is not written plainly is refused; otherwise the whole file is judged first."""
    drops_totals: bool = False
    named: tuple[ColumnRead, ...] = ()
    """How the columns are read, where that follows from their names."""
    as_before: Mapping[str, str] = field(default_factory=dict)
    """What was said of the file last time and not now: what columns hold, and answers by option."""
    remember: Mapping[str, Remembered] = field(default_factory=dict)
    """What was said now and is new, by the fingerprints of files."""
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
    def is_whole(self) -> bool:
        """Whether the file tells all that its source knows of its campaigns, and not what is to be added to it."""
        return self.known.messages or ("day" not in self.header and not self.day)

    @property
    def line(self) -> int:
        """The last line that was read."""
        return int(self.lines.line_num)

    @property
    def facts(self) -> tuple[Fact, ...]:
        """The facts that the file tells, in the order in which they stand in its rows."""
        rates = {name.partition("/")[0] for name in self.header if name.partition("/")[2] in self.header}
        return tuple(fact for fact in FACTS if fact.key in {*self.header, *rates})

    def rows(self) -> Iterator[Row]:
        """Yield the rows that can be stored, with the line that each began on."""
        for lines, records in self.batches():
            yield from self._read(lines, self.columns(records))

    def columns(self, records: list[list[str]]) -> dict[str, Sequence[str]]:
        """Return the columns of a batch by our names, their cells written plainly."""
        told: dict[str, Sequence[str]] = dict(zip(self.header, zip(*records, strict=True), strict=True))
        return told | {name: list(map(plain, told[name])) for name, plain in self.plain.items() if name in told}

    def notes(self) -> tuple[str, ...]:
        """Say how the file was read, where that is not its own layout written plainly."""
        tool = "" if self.known in (OURS, NAMED) else f"It was read as an export of {self.known.tool}"
        before = ", ".join(f"{what} = {told}" for what, told in self.as_before.items())
        return tuple(filter(None, (tool, self.note, before and f"Read as last time: {before}")))

    def skip(self, line: int, reason: str) -> None:
        """Note a line that is left out; the first thousand reasons are kept, all are counted."""
        self.skips += 1
        if len(self.skipped) < KEPT_REASONS:
            self.skipped.append(Skipped(line, reason))

    def batches(self) -> Iterator[tuple[list[int], list[list[str]]]]:
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

    def _read(self, lines: list[int], columns: dict[str, Sequence[str]]) -> Iterator[Row]:
        refused: Refused = {}
        facts = {fact: values_of(fact, columns[fact.key], refused) for fact in self.facts if fact.key in columns}
        facts |= self._from_rates(columns, facts)
        for fewer, more in NEVER_MORE:
            if fewer in facts and more in facts:
                require_no_more(fewer, more, (facts[fewer], facts[more]), refused)
        names, slugs, *split = self.keys(columns, len(lines), refused)
        days = self.days(columns, slugs, refused)
        self.note_about(slugs, columns, refused)
        _require_both(days, list(facts.values()), refused)
        if refused and not self.strict:
            raise UnjudgedError
        keep = [index not in refused for index in range(len(lines))] if refused else None
        self.note_names(slugs, names, days, keep)
        for index in sorted(refused):
            self.skip(lines[index], refused[index])
        rows = zip(lines, slugs, days, *split, *(facts[fact] for fact in self.facts), strict=True)
        if keep is None and "" not in days:
            return rows
        return compress(rows, [bool(day) and index not in refused for index, day in enumerate(days)])

    def keys(self, columns: Mapping[str, Sequence[str]], rows: int, refused: Refused) -> tuple[Sequence[Any], ...]:
        """Return the campaigns' names as typed, their slugs, the markets, the variants and the currencies."""
        empty = ("",) * rows
        names = (self.campaign,) * rows if self.campaign else columns["campaign"]
        if not self.strict and any(map(is_total, set(names))):
            raise UnjudgedError
        if self.drops_totals:
            refused |= {index: "it is a total" for index, name in enumerate(names) if is_total(name)}
        slugs = self._spellings["campaign"].of(names, refused)
        return names, slugs, *(self._spellings[name].of(columns.get(name, empty), refused) for name in KEYS[2:])

    def days(self, columns: Mapping[str, Sequence[str]], slugs: Sequence[str], refused: Refused) -> list[str]:
        """Return the days; where the file has none, the one that was said, or the start of the campaign."""
        if "day" in columns:
            return self._spellings["day"].of(columns["day"], refused)
        return [self.day or self._start(slug) if index not in refused else "" for index, slug in enumerate(slugs)]

    def _start(self, slug: str) -> str:
        if slug not in self.starts:
            raise UnreadableFile(
                f"The file names no day, and the start of '{slug}' is not known.",
                "",
                Unsaid("day"),
            )
        return self.starts[slug]

    def _from_rates(
        self, columns: Mapping[str, Sequence[str]], facts: Mapping[Fact, list[int | None]]
    ) -> dict[Fact, list[int | None]]:
        """Turn rates back into counts where what they were taken of is known."""
        found = {}
        for name in columns:
            fact, _, whole = name.partition("/")
            if whole and FACT[whole] in facts:
                found[FACT[fact]] = list(map(count_of_rate, columns[name], facts[FACT[whole]]))
        return found

    def note_about(self, slugs: Sequence[str], columns: Mapping[str, Sequence[str]], refused: Refused) -> None:
        """Keep what the rows tell of their campaigns."""
        if self.known.about:
            for slug in {slug for index, slug in enumerate(slugs) if index not in refused}:
                self.about.setdefault(slug, {}).update(self.known.about)
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

    def note_names(
        self, slugs: Sequence[str], names: Sequence[str], days: Sequence[str], keep: list[bool] | None
    ) -> None:
        """Keep how the campaigns of the rows were typed, and of which a result is told."""
        kept = keep or [True] * len(slugs)
        for slug, name in dict.fromkeys(compress(zip(slugs, names, strict=True), kept)):
            self.typed.setdefault(slug, name.strip())
        self.told.update(slug for slug, day, is_kept in zip(slugs, days, kept, strict=True) if is_kept and day)


def is_total(name: str) -> bool:
    """Tell whether a row of this name may be the sum of the others."""
    return spelled(name).rstrip(":") in TOTALS


@lru_cache(maxsize=50_000)
def count_of_rate(cell: str, whole: int | None) -> int | None:
    """Return the count that a rate was made of: None where its digits leave more than one possible."""
    text = cell.strip()
    try:
        rate = decimal(text.removesuffix("%").strip())
    except ValueError:
        return None
    rate = rate.scaleb(-2 if text.endswith("%") else 0)
    exponent = int(rate.as_tuple().exponent)
    if whole is None or whole * Decimal(10) ** exponent > 1 or not 0 <= rate <= 1:
        return None
    return int((rate * whole).to_integral_value(ROUND_HALF_UP))


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
