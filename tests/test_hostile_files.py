"""Files that were damaged, or made to do harm: each is refused in a sentence, or stores what it reports, soon."""

from __future__ import annotations

import signal
from contextlib import contextmanager
from io import BytesIO
from itertools import count
from typing import TYPE_CHECKING
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as examples
from hypothesis import strategies as st

from kpi.errors import Mistake, UnreadableFile
from kpi.sources.answers import How
from tests.asking import imported
from tests.test_layouts import CLEVERTAP, CONNECTLY, KLAVIYO, SAID, TWILIO, sheets, stored

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kpi.storage.database import Database

LARGEST = 2**20
SECONDS = 8
"""Of the processor for one file; all others take some hundredths of one."""
WORKSPACES = count()
PLAIN = "campaign,day,market,revenue,sent\nspring,2026-05-01,DE,3.50,5\nGröße,2026-05-02,,,7\n"
BOOK = sheets(A=[["campaign", "day", "sent"], ["x", "2026-05-26", 5], ["y", "2026-05-27", 6.5]])
SHEET = "xl/worksheets/sheet1.xml"


def with_sheet(xml: bytes) -> bytes:
    """Return the spreadsheet with another text as its sheet."""
    told = BytesIO()
    with ZipFile(BytesIO(BOOK)) as book, ZipFile(told, "w", ZIP_DEFLATED) as packed:
        for name in book.namelist():
            packed.writestr(name, xml if name == SHEET else book.read(name))
    return told.getvalue()


with ZipFile(BytesIO(BOOK)) as packed_book:
    XML = packed_book.read(SHEET)
UNSIZED = XML.replace(b'<dimension ref="A1:C3" />', b"")
WIDE = b'<row><c r="ZZZ1"/></row>'
LINE = b"campaign,day,sent\nspring,2026-05-01,5\n"
HARMFUL = {
    "a zip bomb": with_sheet(UNSIZED.replace(b"<sheetData>", b"<sheetData><row>" + b"<c/>" * 3 * 2**20 + b"</row>")),
    "a sheet that claims every cell": with_sheet(
        XML.replace(b'ref="A1:C3"', b'ref="A1:XFD1048576"').replace(b'<row r="3"', b'<row r="1048576"')
    ),
    "a row far away": with_sheet(UNSIZED.replace(b'<row r="3"', b'<row r="99999999999999"')),
    "columns far away": with_sheet(UNSIZED.replace(b"<sheetData>", b"<sheetData>" + WIDE * 10**5)),
    "entities of entities": with_sheet(
        b"<!DOCTYPE x [<!ENTITY a '" + b"9" * 9000 + b"'><!ENTITY b '" + b"&a;" * 9000 + b"'>]>"
        + XML.replace(b"<v>5</v>", b"<v>&b;&b;</v>")
    ),
    "an endless quote": LINE + b'"' + b"a," * (LARGEST // 2 - 50),
    "endless quotes": LINE + b'"\n' * (LARGEST // 2 - 50),
    "zeros": bytes(LARGEST),
    "zeros in cells": LINE + b"sp\0ring,2026-05-01,\0\n",
    "a giant cell": LINE + b"a" * (LARGEST - 50),
    "a giant number": LINE + b"spring,2026-05-02," + b"9" * 60_000,
    "commas": b"," * LARGEST,
    "empty lines": LINE + b"\n" * (LARGEST - 50),
    "columns without end": b"campaign,day," + b",".join(b"%d" % number for number in range(150_000)),
    "clicks without end": CONNECTLY.split("\n")[0].encode() + b",link_clicks" * 80_000 + b"\n1",
    "lists in lists": CONNECTLY.replace("[],[]", "[" * 60_000 + ",[]").encode(),
    "clicks beyond counting": CONNECTLY.replace("[],[]", "9" * 4000 + ",[]").encode(),
    "amounts beyond storing": (
        CLEVERTAP.split("\n")[0] + ",Revenue\n" + "1,A,WhatsApp,,,A,iOS,,1,1,1,100000000000\n" * 100
    ).encode(),
    "the first of all days": LINE.replace(b"2026-05-01", b"0001-01-01T00:00:00+05:00"),
    "one line again and again": LINE + b"spring,2026-05-01,5\n" * 52_000,
}  # fmt: skip


@contextmanager
def soon() -> Iterator[None]:
    """Fail what takes too long, while it is still at it."""
    before = signal.signal(signal.SIGPROF, lambda *_: pytest.fail(f"It takes more than {SECONDS} seconds."))
    signal.setitimer(signal.ITIMER_PROF, SECONDS)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


def is_refused_or_reported(database: Database, file: bytes) -> None:
    workspace = f"h{next(WORKSPACES)}"
    reported = 0
    try:
        with soon():
            reported = imported(database, file, workspace=workspace, how=SAID).read
    except Mistake as mistake:
        assert mistake.message  # noqa: PT017
    assert len(stored(database, "day", workspace=workspace)) == reported


@pytest.mark.parametrize("what", HARMFUL)
def test_a_file_that_is_made_to_do_harm_does_none(sqlite_database: Database, what: str) -> None:
    assert len(HARMFUL[what]) <= LARGEST
    is_refused_or_reported(sqlite_database, HARMFUL[what])


WHOLE = st.sampled_from([
    BOOK, *(text.encode(encoding) for text in (PLAIN, KLAVIYO, CONNECTLY, CLEVERTAP, TWILIO)
            for encoding in ("utf-8", "utf-8-sig", "utf-16", "utf-16-be", "cp1252")),
])  # fmt: skip
ODD = st.sampled_from([b'"', b"\0", b"\r", b"\n", b",", b";", b"%", b"\xff\xfe", b"-", b"9" * 30, b"<", b"Total"])
CHANGES = st.lists(
    st.tuples(st.floats(0, 1, exclude_max=True), st.integers(0, 6), ODD | st.binary(max_size=8), st.integers(1, 400)),
    min_size=1, max_size=4,
)  # fmt: skip


def changed(file: bytes, changes: list[tuple[float, int, bytes, int]]) -> bytes:
    """Return the file with some of its bytes gone, and others in their place, over and over."""
    for where, gone, instead, times in changes:
        at = int(where * len(file))
        file = file[:at] + instead * times + file[at + gone :]
    return file


@examples(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(file=WHOLE, changes=CHANGES, is_inside=st.booleans())
def test_a_damaged_file_is_refused_or_stores_what_it_reports(
    sqlite_database: Database, file: bytes, changes: list[tuple[float, int, bytes, int]], *, is_inside: bool
) -> None:
    damaged = with_sheet(changed(XML, changes)) if file == BOOK and is_inside else changed(file, changes)
    is_refused_or_reported(sqlite_database, damaged)


@pytest.mark.parametrize("name", ["Total", "Summe", " gesamt: "])
def test_a_total_in_our_own_layout_is_asked_about(sqlite_database: Database, name: str) -> None:
    text = f"campaign,day,sent\nspring,2026-05-01,5\n{name},2026-05-01,5\n"
    with pytest.raises(UnreadableFile, match=rf"^Line 3 is called '{name.strip()}'") as question:
        imported(sqlite_database, text)
    assert question.value.hint == "Say which: --totals skip or --totals keep."
    done = imported(sqlite_database, text, how=How(totals="skip"))
    assert (done.read, [one.reason for one in done.skipped]) == (1, ["it is a total"])
    assert imported(sqlite_database, text, how=How(totals="keep")).read == 2
