"""The lines of a file, however it is written: encodings, separators, spreadsheets."""

from __future__ import annotations

import csv
import re
import struct
import zlib
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, time
from io import TextIOWrapper
from itertools import islice
from typing import IO, TYPE_CHECKING, Any
from zipfile import BadZipFile, ZipFile

from kpi.errors import UnreadableFile
from kpi.sources.unsaid import Unsaid

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

LONGEST_CELL = 65_536
LOOKED_AT = 30
"""Records among which the header is sought."""
SEPARATORS = ",;\t|"
LARGEST_INFLATED = 200 * 2**20
UNSUSPICIOUS, MOST_PACKED = 10 * 2**20, 50
"""Bytes that a small file may hold, and how many times its size a larger one; real sheets hold some 5 to 20 times."""
MOST_ROWS, MOST_CELLS = 2**20, 5_000_000
"""Of a sheet, with the empty ones that it only skips; a few bytes can claim billions of them."""
_ZIP = b"PK\x03\x04"
_MULTIBYTE = re.compile(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}")
_CHUNK = 2**20
_BROKEN = (
    ArithmeticError, AttributeError, BadZipFile, EOFError, LookupError, OSError, RuntimeError, SyntaxError, TypeError,
    ValueError, struct.error, zlib.error,
)  # fmt: skip
"""What reading a damaged spreadsheet raises."""


@dataclass(slots=True)
class Lines:
    """Records one after another, and the line that the last one ended on, like a csv reader."""

    records: Iterator[tuple[int, list[str]]]
    line_num: int = 0
    width: int = 0
    """To which records are filled up, once the header is known."""

    def __iter__(self) -> Lines:
        return self

    def __next__(self) -> list[str]:
        self.line_num, cells = next(self.records)
        return cells + [""] * (self.width - len(cells))


@dataclass(frozen=True, slots=True)
class Table:
    """An open file as a table: a reader of its records, how far it was read, and what was found out about it."""

    lines: Any
    """A csv reader or Lines."""
    tell: Callable[[], int]
    note: str = ""


@contextmanager
def open_table(path: Path, separator: str, sheet: str = "") -> Iterator[Table]:
    """Open a file; raise UnreadableFile where it is neither text nor a spreadsheet, or where a sheet must be chosen."""
    csv.field_size_limit(LONGEST_CELL)
    with path.open("rb") as raw:
        if raw.read(4) == _ZIP:
            yield Table(Lines(_records(raw, sheet)), raw.tell, "")
            return
        raw.seek(0)
        encoding = encoding_of(raw, path.name)
        raw.seek(0)
        text = TextIOWrapper(raw, encoding=encoding, newline="")
        note = "It was read as Windows-1252 text" if encoding == "cp1252" else ""
        yield Table(csv.reader(text, delimiter=separator), raw.tell, note)


def first_records(path: Path, separator: str, sheet: str = "") -> list[tuple[int, list[str]]]:
    """Return the first records and the lines on which they end."""
    with open_table(path, separator, sheet) as table:
        found = []
        try:
            for cells in islice(table.lines, LOOKED_AT):
                found.append((table.lines.line_num, cells))  # noqa: PERF401  what came before an error is kept
        except csv.Error:
            pass
        return found


def is_spreadsheet(path: Path) -> bool:
    """Tell whether a file is a packed one, as spreadsheets are."""
    with path.open("rb") as raw:
        return raw.read(4) == _ZIP


def encoding_of(raw: IO[bytes], name: str) -> str:
    """Return the encoding of a text; raise UnreadableFile where it has none that can be told."""
    start = raw.read(4096)
    if start.startswith((b"\xff\xfe", b"\xfe\xff")):
        return _proved(raw, "utf-16", name)
    zeros = (start[::2].count(0), start[1::2].count(0))
    if zeros[1] > len(start) // 4 > zeros[0]:
        return _proved(raw, "utf-16-le", name)
    if zeros[0] > len(start) // 4 > zeros[1]:
        return _proved(raw, "utf-16-be", name)
    if _decodes(raw, "utf-8-sig") is None:
        return "utf-8-sig"
    raw.seek(0)
    if any(_MULTIBYTE.search(chunk) for chunk in iter(lambda: raw.read(_CHUNK), b"")) or b"\0" in start:
        return _proved(raw, "utf-8-sig", name)
    return _proved(raw, "cp1252", name)


def _proved(raw: IO[bytes], encoding: str, name: str) -> str:
    if (line := _decodes(raw, encoding)) is not None:
        kind = encoding.upper().removesuffix("-SIG")
        raise UnreadableFile(f"{name} is not {kind} text (line {line}).", "Save it as CSV UTF-8.")
    return encoding


def _decodes(raw: IO[bytes], encoding: str) -> int | None:
    """Return the line at which the text cannot be read; None where all of it can."""
    raw.seek(0)
    text = TextIOWrapper(raw, encoding=encoding, newline="")
    line = 1
    try:
        while chunk := text.read(_CHUNK):
            line += chunk.count("\n")
    except UnicodeError:
        return line
    finally:
        text.detach()
    return None


def _records(raw: IO[bytes], sheet: str) -> Iterator[tuple[int, list[str]]]:
    """Yield the rows of one sheet; numbers and days are written plainly, as nobody could misread them."""
    with _opened_book(raw) as book:
        for number, row in enumerate(_rows(_sheet(book, sheet)), 1):
            cells = [_text(value) for value in row]
            while cells and not cells[-1]:
                cells.pop()
            if cells:
                yield number, cells


@contextmanager
def _opened_book(raw: IO[bytes]) -> Iterator[Any]:
    """Open a spreadsheet; raise UnreadableFile where that, or reading it, fails."""
    from openpyxl import load_workbook  # noqa: PLC0415  it brings numpy and PIL, which no answer needs
    from openpyxl.utils.exceptions import InvalidFileException  # noqa: PLC0415

    broken = (*_BROKEN, InvalidFileException)
    raw.seek(0)
    try:
        with ZipFile(raw) as packed:
            inflated, size = (
                sum(getattr(part, of) for part in packed.infolist()) for of in ("file_size", "compress_size")
            )
            if inflated > min(LARGEST_INFLATED, max(UNSUSPICIOUS, size * MOST_PACKED)):
                raise _too_large()
        yield load_workbook(raw, read_only=True, data_only=True)
    except broken as error:
        raise UnreadableFile("The spreadsheet cannot be read.", "Save it anew as .xlsx, or as CSV UTF-8.") from error


def filled_sheets(path: Path) -> tuple[str, ...]:
    """Return the names of the sheets of a spreadsheet that hold anything."""
    with path.open("rb") as raw, _opened_book(raw) as book:
        return tuple(_filled(book))


def _filled(book: Any) -> dict[str, Any]:  # noqa: ANN401  openpyxl has no types
    return {one.title: one for one in book.worksheets if _is_filled(one)}


def _sheet(book: Any, wanted: str) -> Any:  # noqa: ANN401
    filled = _filled(book)
    if wanted and wanted not in filled:
        raise UnreadableFile(f"There is no sheet '{wanted}'.", "", Unsaid("sheet", tuple(filled)))
    if len(filled) > 1 and not wanted:
        raise UnreadableFile(
            f"The file has several sheets: {', '.join(filled)}.",
            "",
            Unsaid("sheet", tuple(filled)),
        )
    if not filled:
        raise UnreadableFile("The file is empty.", "Its first line names the columns: campaign,day,sent,…")
    return filled[wanted] if wanted else next(iter(filled.values()))


def _is_filled(sheet: Any) -> bool:  # noqa: ANN401
    return any(value is not None for row in _rows(sheet) for value in row)


def _rows(sheet: Any) -> Iterator[Sequence[Any]]:  # noqa: ANN401
    """Yield the rows of a sheet as far as they reach, whatever size it claims to have."""
    sheet.reset_dimensions()
    left = MOST_CELLS
    for number, row in enumerate(sheet.iter_rows(values_only=True), 1):
        left -= len(row)
        if left < 0 or number > MOST_ROWS:
            raise _too_large()
        yield row


def _too_large() -> UnreadableFile:
    return UnreadableFile("The spreadsheet is too large.", "Save the sheet as CSV UTF-8.")


def _text(value: Any) -> str:  # noqa: ANN401  whatever a cell holds
    match value:
        case None:
            return ""
        case bool():
            return str(value)
        case int():
            return str(value)
        case float():
            return str(int(value)) if value.is_integer() else f"{value:.6f}"
        case datetime():
            return value.date().isoformat() if value.time() == time.min else value.isoformat(" ")
        case date():
            return value.isoformat()
        case _:
            return str(value)
