"""Our own layout of a results file: a header of ``campaign,day`` and any of the facts, a row per campaign and day.

An empty cell is unknown, a 0 is a zero. Money is a plain decimal, days are ISO. A row without a day introduces a
campaign (its name, kind, channel, objective, first and last day) and tells no results.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from kpi.errors import UnreadableFile
from kpi.facts import BY_SEND, FACTS, NEVER_MORE, TOLD, Fact
from kpi.names import slug_of
from kpi.sources.cells import BadRowError, currency_of, day_of, reader_of, text_of, told_of_campaign

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from datetime import date

KEYS = ("campaign", "day", "market", "variant", "currency")
ABOUT = ("name", "channel", "objective", "kind", "starts", "ends", "margin")
"""What a row may tell of its campaign, beside its results."""
COLUMNS = (*KEYS, *ABOUT, *(fact.key for fact in TOLD))
LONGEST_CELL = 65_536
KEPT_REASONS = 1000

Row = tuple[Any, ...]
"""line, campaign, day, market, variant, currency, and every fact in the order of FACTS."""


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
    line: int = 1

    def rows(self) -> Iterator[Row]:
        """Yield the rows that can be stored, with the line that each began on."""
        layout = _layout(self.header)
        while True:
            self.line = self.lines.line_num + 1
            try:
                cells = next(self.lines)
                row = self._row(cells, layout) if any(cells) else None
            except StopIteration:
                return
            except csv.Error as error:
                self.skip(self.line, f"it cannot be read as CSV ({error})")
            except UnicodeDecodeError:  # what follows cannot be told apart from it
                raise
            except ValueError as error:
                self.skip(self.line, str(error))
            else:
                if row is not None:
                    yield row

    def skip(self, line: int, reason: str) -> None:
        """Note a line that is left out; the first thousand reasons are kept, all are counted."""
        self.skips += 1
        if len(self.skipped) < KEPT_REASONS:
            self.skipped.append(Skipped(line, reason))

    def _row(self, cells: list[str], layout: _Layout) -> Row | None:
        if len(cells) != len(self.header):
            raise BadRowError(f"it has {len(cells)} cells, the header has {len(self.header)}")
        facts = [None if read is None else read(cells[index]) for index, read in layout.facts]
        for own, by_send in layout.twice:
            facts[by_send] = facts[own]
        for fewer, more, pair in layout.pairs:
            part, whole = facts[fewer], facts[more]
            if part is not None and whole is not None and part > whole:
                raise BadRowError(f"{pair[0].key} ({part:,}) is more than {pair[1].key} ({whole:,})")
        slug = self._campaign(cells, layout, has_day=bool(cells[layout.day].strip()), has_facts=facts != layout.nothing)
        if not cells[layout.day].strip():
            return None
        if facts == layout.nothing:
            raise BadRowError("it has a day but no results")
        self.told.add(slug)
        market, variant, currency = (cells[at] if at is not None else "" for at in layout.split)
        return (
            self.line,
            slug,
            day_of(cells[layout.day], self.today),
            text_of(market),
            text_of(variant),
            currency_of(currency, self.currency),
            *facts,
        )

    def _campaign(self, cells: list[str], layout: _Layout, *, has_day: bool, has_facts: bool) -> str:
        typed = self.campaign or text_of(cells[layout.campaign])
        if not typed:
            raise BadRowError("it names no campaign")
        if has_facts and not has_day:
            raise BadRowError("it has results but no day")
        if has_day:
            day_of(cells[layout.day], self.today)
        told = {column: told_of_campaign(column, cell) for column, at in layout.about if (cell := cells[at].strip())}
        slug = slug_of(typed)
        self.typed.setdefault(slug, typed)
        if told:
            self.about.setdefault(slug, {}).update(told)
        return slug


@dataclass(frozen=True, slots=True)
class _Layout:
    """Where everything stands in a row; ``facts`` in the order of FACTS, each with its reader (None: not told)."""

    campaign: int
    day: int
    split: tuple[int | None, int | None, int | None]
    about: tuple[tuple[str, int], ...]
    facts: tuple[tuple[int, Callable[[str], int | None] | None], ...]
    pairs: tuple[tuple[int, int, tuple[Fact, Fact]], ...]
    twice: tuple[tuple[int, int], ...]
    """A source that knows one day only books money on the day of the order and of the message alike."""
    nothing: list[None]


def _layout(header: Sequence[str]) -> _Layout:
    at = {name: index for index, name in enumerate(header)}
    places = [(at.get(fact.key), fact) for fact in FACTS]
    order = {fact: index for index, fact in enumerate(FACTS)}
    return _Layout(
        at.get("campaign", -1),
        at["day"],
        (at.get("market"), at.get("variant"), at.get("currency")),
        tuple((column, at[column]) for column in ABOUT if column in at),
        tuple((-1, None) if place is None else (place, reader_of(fact)) for place, fact in places),
        tuple((order[few], order[more], (few, more)) for few, more in NEVER_MORE if few.key in at and more.key in at),
        tuple((order[own], order[by_send]) for own, by_send in BY_SEND.items()),
        [None] * len(FACTS),
    )


def reading(
    lines: Iterable[str], today: date, currency: str, campaign: str = "", mapping: Mapping[str, str] | None = None
) -> Reading:
    """Return a reading of a file in our own layout; raise UnreadableFile where its header is not that.

    ``mapping`` renames columns (ours by theirs); ``campaign`` stands for a missing campaign column.
    """
    csv.field_size_limit(LONGEST_CELL)
    table = csv.reader(lines)
    try:
        first = next(table)
    except (StopIteration, csv.Error):
        raise UnreadableFile("The file is empty.", "Its first line names the columns: campaign,day,sent,…") from None
    if len(first) == 1 and (other := next((sign for sign in ";\t|" if sign in first[0]), "")):
        name = {"\t": "tabs"}.get(other, f"'{other}'")
        raise UnreadableFile(
            f"The columns are separated by {name}, not by commas.", "Save the file as CSV with commas."
        )
    renamed = {theirs.strip().lower(): ours for theirs, ours in (mapping or {}).items()}
    header = [renamed.get(name.strip().lower(), name.strip().lower()) for name in first]
    _require_columns(header, bool(campaign))
    return Reading(header, table, today, currency, campaign)


def _require_columns(header: list[str], has_campaign: bool) -> None:  # noqa: FBT001
    missing = [name for name in ("campaign", "day") if name not in header and not (name == "campaign" and has_campaign)]
    if missing:
        raise UnreadableFile(
            f"The file has no column '{missing[0]}'; its columns are {', '.join(header[:8]) or 'unnamed'}.",
            f"Say which one it is: --map COLUMN={missing[0]}, or --campaign NAME for a file of one campaign.",
        )
    if unknown := [name for name in header if name not in COLUMNS]:
        raise UnreadableFile(
            f"The file has a column '{unknown[0]}' that means nothing here.",
            f"Map it with --map {unknown[0]!r}=FACT or remove it. Known are {', '.join(COLUMNS)}.",
        )
    if twice := [name for name in header if header.count(name) > 1]:
        raise UnreadableFile(f"The file has two columns '{twice[0]}'.", "Remove or rename one of them.")
