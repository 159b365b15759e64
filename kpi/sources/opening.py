"""A file becomes a reading: its header is found, its layout recognised, its way of writing judged."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from kpi.errors import UnreadableFile
from kpi.facts import FACT
from kpi.sources.csv_file import require_columns, require_once
from kpi.sources.judging import Judge
from kpi.sources.layouts import NAMED, OURS
from kpi.sources.messages import MessagesReading, PartsReading
from kpi.sources.proposal import require_certain
from kpi.sources.reading import Reading, is_total
from kpi.sources.recognising import recognised
from kpi.sources.synonyms import meaning_of
from kpi.sources.tables import Lines, Table, open_table
from kpi.sources.unsaid import KEEP, SKIP, Unsaid

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from kpi.sources.recognising import Asked, Found

MONEY = ("revenue", "refunds", "cost")


@contextmanager
def open_reading(asked: Asked, *, judged: bool) -> Iterator[tuple[Reading, Table]]:
    """Open a file as a reading; raise UnreadableFile where something must be said first.

    Without ``judged``, a file in our own layout is read as if it were written plainly: its rows raise UnjudgedError
    where it is not.
    """
    found = recognised(asked)
    _require_columns(asked, found)
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
        read.drops_totals, read.named = asked.how.totals == SKIP, found.columns
        yield read, table


def _require_columns(asked: Asked, found: Found) -> None:
    """Raise UnreadableFile where a column is missing, or where it is not clear what one holds."""
    if found.layout is OURS:
        require_columns(found.header, asked)
        return
    if found.layout is NAMED:
        require_once(found.header)
        require_certain(found.columns)
    if not asked.campaign and "campaign" not in found.header:
        whose = "The file" if found.layout is NAMED else f"The export of {found.layout.tool}"
        raise UnreadableFile(f"{whose} names no campaign.", "", Unsaid("campaign"), columns=found.columns)


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
    for column in found.columns:
        if column.ours in MONEY and (sign := meaning_of(column.column).sign):
            judge.signs.setdefault(sign, found.line)
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
