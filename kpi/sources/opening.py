"""A file becomes a reading: its header is found, its layout recognised, its way of writing judged."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

from kpi.errors import UnreadableFile
from kpi.facts import FACT
from kpi.sources.answers import Answers, How, Remembered, fingerprint, fingerprint_of_sheets
from kpi.sources.csv_file import require_columns, require_once
from kpi.sources.judging import Judge
from kpi.sources.layouts import NAMED, OURS, spelled
from kpi.sources.messages import MessagesReading, PartsReading
from kpi.sources.proposal import require_certain
from kpi.sources.reading import Reading, is_total
from kpi.sources.recognising import NOTHING, recognised, with_sheet
from kpi.sources.synonyms import meaning_of
from kpi.sources.tables import Lines, Table, filled_sheets, is_spreadsheet, open_table
from kpi.sources.unsaid import KEEP, SKIP, Unsaid

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from kpi.sources.recognising import Asked, Found

MONEY = ("revenue", "refunds", "cost")


@contextmanager
def open_reading(asked: Asked, *, judged: bool) -> Iterator[tuple[Reading, Table]]:
    """Open a file as a reading; raise UnreadableFile where something must be said first.

    Without ``judged``, a file in our own layout is read as if it were written plainly: its rows raise UnjudgedError
    where it is not.
    """
    said, asked = asked, with_sheet(asked)
    found = recognised(asked)
    answers = Answers(asked.how, asked.remembered(found.theirs).answers)
    if asked.how != said.how:
        answers.used["sheet"] = asked.how.sheet
    _require_columns(asked, found)
    judge = _judged(asked, found, answers) if judged or not found.is_plain else None
    with _after_header(asked, found) as table:
        kind = MessagesReading if found.layout.messages else PartsReading if found.layout.adds else Reading
        currency, plain = asked.how.currency or asked.currency, dict[str, Callable[[str], str]]()
        if judge:
            currency, plain = _settled(judge, found, currency)
        read = kind(found.header, table.lines, asked.today, currency, asked.campaign, found.layout)
        read.plain = plain
        read.day, read.starts, read.note, read.strict = asked.how.day, asked.starts, table.note, judge is not None
        read.drops_totals = (asked.how.totals or answers.used.get("totals")) == SKIP
        read.as_before, read.remember = _as_before(asked, found, answers), _to_remember(said, found)
        read.named = found.columns
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


def _as_before(asked: Asked, found: Found, answers: Answers) -> dict[str, str]:
    """Return what was taken from last time: what columns hold, and the options."""
    before = asked.remembered(found.theirs).mapping
    again = {theirs: spelled(theirs) for theirs in found.theirs if spelled(theirs) not in asked.now}
    return {theirs: before[name] for theirs, name in again.items() if name in before} | answers.used


def _to_remember(asked: Asked, found: Found) -> dict[str, Remembered]:
    """Return what is to be remembered of what was said now, by the fingerprints of files, where it is new."""
    header = {spelled(theirs) for theirs in found.theirs}
    mapping = {theirs: ours for theirs, ours in asked.now.items() if theirs in header}
    told = {fingerprint(found.theirs): (mapping, replace(asked.how, sheet=""))}
    if asked.how.sheet and is_spreadsheet(asked.path):
        told[fingerprint_of_sheets(filled_sheets(asked.path))] = ({}, How(sheet=asked.how.sheet))
    known = {key: asked.before.get(key, NOTHING) for key in told}
    after = {key: known[key].and_now(*said) for key, said in told.items()}
    return {key: one for key, one in after.items() if one != known[key]}


def _judged(asked: Asked, found: Found, answers: Answers) -> Judge:
    """Look at every cell that could be read in more than one way."""
    judge = Judge(answers, asked.zone, found.layout.zone, found.is_plain)
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
                _ask_about_totals(lines, columns["campaign"], answers)
    return judge


def _ask_about_totals(lines: Sequence[int], names: Sequence[str], answers: Answers) -> None:
    for line, name in zip(lines, names, strict=True):
        if is_total(name) and not answers.again("totals"):
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


def _settled(judge: Judge, found: Found, assumed: str) -> tuple[str, dict[str, Callable[[str], str]]]:
    """Return the currency, and what writes the cells of columns plainly; ask at once for all that is open."""
    silent = "currency" not in found.header and not set(MONEY).isdisjoint(found.header)
    needed = silent and found.layout is not OURS
    currency, plain, open_ = assumed, dict[str, Callable[[str], str]](), list[UnreadableFile]()
    try:
        currency = judge.currency(assumed, needed=needed, silent=silent)
    except UnreadableFile as question:
        open_.append(question)
    for names, settle in ((_numbers(found), judge.number), (_days(found), judge.day)):
        for name in names:
            try:
                plain[name] = settle(name)
            except UnreadableFile as question:
                open_.append(question)
    if open_:
        raise UnreadableFile.of(open_)
    return currency, plain
