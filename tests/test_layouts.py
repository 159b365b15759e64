# ruff: noqa: E501  the lines are those of real exports
"""Exports of other tools, and our own layout in other ways of writing: the same facts, or a question."""

from __future__ import annotations

import csv
from contextlib import suppress
from datetime import date, datetime
from io import BytesIO, StringIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as examples
from hypothesis import strategies as st
from openpyxl import Workbook
from sqlalchemy import select

from kpi.errors import Mistake, UnreadableFile
from kpi.sources import SOURCES
from kpi.sources.answers import How
from kpi.storage.binding import OURS
from kpi.storage.models import Table
from tests.asking import imported

if TYPE_CHECKING:
    from kpi.storage.database import Database

DAILY = Table.metadata.tables["daily_result"]
REPORTED = Table.metadata.tables["reported"]
SAID = How(currency="EUR", zone="UTC", day="2026-05-26")


def stored(database: Database, *names: str, workspace: str = "local") -> list[tuple[Any, ...]]:
    """Return columns of every daily result, money in whole units."""
    with database.reading(workspace) as db:
        rows = db.rows(select(DAILY).where(DAILY.c.workspace == OURS).order_by(*DAILY.primary_key.columns))
    return [tuple(_plain(name, getattr(row, name)) for name in names) for row in rows]


def _plain(name: str, value: Any) -> Any:  # noqa: ANN401
    if name in ("revenue", "cost") and value is not None:
        return value / 1_000_000
    return value.isoformat() if isinstance(value, date) else value


KLAVIYO = (
    "Campaign Name,Tags,Subject,List,Send Time,Send Weekday,Total Recipients,Unique Placed Order,Placed Order Rate,"
    "Revenue,Unique Opens,Open Rate,Total Opens,Unique Clicks,Click Rate,Total Clicks,Unsubscribes,Spam Complaints,"
    "Spam Complaints Rate,Successful Deliveries,Bounces,Bounce Rate,Campaign ID,Campaign Channel\n"
    "Spring Sale,,Hi,Main,2026-05-26 09:00:00,Tuesday,12675.0,240.0,1.91%,13150.5,6089.0,48.43%,9000.0,1010.0,8.03%,"
    "1400.0,41.0,2.0,0.02%,12573.0,102.0,0.8%,01HX,WhatsApp\n"
)
FLOWS = (
    "Day,Flow ID,Flow Name,Flow Message ID,Flow Message Name,Flow Message Channel,Status,Delivered,Unique Opens,"
    "Open Rate,Unique Clicks,Click Rate,Placed Order,Placed Order Rate,Revenue,Revenue per Recipient,Unsub Rate,"
    "Complaint Rate,Bounce Rate,Tags\n"
    "2026-05-26,F1,Welcome,M1,First,WhatsApp,live,200,98,0.4902,20,0.1,9,0.045,470.10,2.35,0.0150,0.0,0.0,\n"
    "2026-05-26,F1,Welcome,M2,Second,WhatsApp,live,100,50,0.5,5,0.05,2,0.02,80,0.8,0.0000,0.0,0.0,\n"
)
CONNECTLY = (
    "customer_external_id,business_id,campaign_name,sendout_id,cnt_session_id,sent_at,delivered_at,read_at,opt_out_at,"
    "error_code,error_msg,button_clicks,link_clicks,input_variables,output_variables\n"
    '1,b,Spring Sale,s,1,2026-05-26 20:13:50.682000,2026-05-26 20:13:51,,,,,"[{""a"": 1}, {""b"": 1}]",[],,\n'
    "2,b,Spring Sale,s,1,2026-05-26 20:13:50.682000,,2026-05-26 21:00:00,2026-05-27 09:00:00,,,[],[],,\n"
    "3,b,Spring Sale,s,1,2026-05-26 20:13:50.682000,,,,131026,undeliverable,[],[],,\n"
)
YELLOW = (
    "Campaign ID,Campaign Name,Channel,BotId,UserId,User Details,Template ID,Sender ID,Status,Quick Reply Response,"
    "Comments,Scheduled Time,Sent time,Delivered time,Read time,Error\n"
    "c,Spring Sale,whatsapp,b,u1,,t,s,READ,Yes please,,,2026-05-26 10:00:00,2026-05-26 10:00:02,2026-05-26 10:05:00,\n"
    "c,Spring Sale,whatsapp,b,u2,,t,s,FAILED,,,,2026-05-26 10:00:00,,,blocked\n"
)
KALEYRA = (
    "WABA ID,WHATSAPP_ID,FROM,TO,MESSAGE_DIRECTION,SOURCE,FORMAT,REASON_FOR_FAILURE,COUNTRY,TEMPLATE_NAME,MESSAGE,"
    "CREATED_AT,FAILED_AT,SENT_AT,DELIVERED_AT,SEEN_AT\n"
    "1,w,49,34,OUTBOUND,API,TEMPLATE,,ES,Spring Sale,x,2026-05-26T10:00:00Z,,2026-05-26T10:00:01Z,"
    "2026-05-26T10:00:02Z,2026-05-26T11:00:00Z\n"
    "1,w,34,49,INBOUND,API,TEXT,,ES,Spring Sale,x,2026-05-26T10:00:00Z,,2026-05-26T10:00:01Z,,\n"
)
KALEYRA_DAYS = (
    "DATE,WABA ID,WA PHONE NUMBER,DISPLAY NAME,COUNTRY,MESSAGE TYPE,SENT,DELIVERED,READ,FAILED\n"
    '"May 26, 2026",1,+34,Shop,ES,TEMPLATE,60,50,20,10\n"May 26, 2026",1,+34,Shop,ES,TEXT,40,40,20,0\n'
)
WOLKVOX = (
    "CAMPAIGN_ID,TELEPHONE,RESULT,ERROR,DATE,LAST_UPDATE\n"
    + "Spring Sale,57300,Read,,2026-05-26 10:00:00,2026-05-26 11:00:00\n" * 2
    + "Spring Sale,57301,Failed,131026,2026-05-26 10:00:00,2026-05-26 11:00:00\n"
)
CLEVERTAP = (
    "Campaign ID,Campaign Name,Channel,Delivery,Type,Variant,OS,Device,Sent,Viewed,Clicked\n"
    "1,Spring Sale,WhatsApp,One time,Single,A,Android,Phone,60,30,6\n1,Spring Sale,WhatsApp,One time,Single,A,iOS,Phone,40,20,4\n"
)
MEHERY = "Campaign,Channel,Template,Status,Total,Sent,Delivered,Read,Replied,Failed\nSpring Sale,WhatsApp,sale,Done,110,100,90,50,5,10\n"
BRAZE = (
    "campaign_name,time,variation_name,variation_api_id,sent,delivered,failed,read,revenue,unique_recipients,conversions\n"
    "Spring Sale,2026-05-26,A,x,100,90,10,50,12.5,100,3\n"
)
BREVO = (
    "campaignName,campaignStatus,templateId,scheduledAt,readPercentage,sent,delivered,read,unsubscribe,notSent\n"
    "Spring Sale,sent,1,2026-05-26T10:00:00Z,55.5,100,90,50,2,3\n"
)
TWILIO = (
    "From,To,Body,Status,SentDate,ApiVersion,NumSegments,ErrorCode,AccountSid,Sid,Direction,Price,PriceUnit\n"
    + "a,b,x,read,2026-05-26T10:00:00Z,1,1,,AC,SM,outbound-api,-0.0050,USD\n" * 2
    + "a,b,x,undelivered,2026-05-26T10:00:00Z,1,1,63016,AC,SM,outbound-api,,USD\n"
    + "b,a,x,received,2026-05-26T10:00:00Z,1,1,,AC,SM,inbound,-0.0050,USD\n"
)
COUNTS = ("campaign", "day", "sent", "delivered", "read")
EXPORTS: dict[str, tuple[str, dict[str, Any], tuple[str, ...], list[tuple[Any, ...]]]] = {
    "Klaviyo campaigns": (KLAVIYO, {}, (*COUNTS, "failed", "clickers", "clicks", "buyers", "revenue", "opt_outs", "blocks"),
        [("spring-sale", "2026-05-26", 12675, 12573, 6089, 102, 1010, 1400, 240, 13150.5, 41, 2)]),
    "Klaviyo flows": (FLOWS, {}, (*COUNTS, "variant", "clickers", "orders", "revenue", "opt_outs"),
        [("welcome", "2026-05-26", None, 200, 98, "First", 20, 9, 470.1, 3),
         ("welcome", "2026-05-26", None, 100, 50, "Second", 5, 2, 80, 0)]),
    "Connectly": (CONNECTLY, {}, (*COUNTS, "failed", "clicks", "clickers", "opt_outs"),
        [("spring-sale", "2026-05-26", 3, 2, 1, 1, 2, 1, 1)]),
    "Yellow.ai": (YELLOW, {}, (*COUNTS, "failed", "replies"), [("spring-sale", "2026-05-26", 2, 1, 1, 1, 1)]),
    "Kaleyra messages": (KALEYRA, {}, (*COUNTS, "market", "failed"), [("spring-sale", "2026-05-26", 1, 1, 1, "ES", 0)]),
    "Kaleyra summary": (KALEYRA_DAYS, {"campaign": "Spring Sale"}, (*COUNTS, "market", "failed"),
        [("spring-sale", "2026-05-26", 100, 90, 40, "ES", 10)]),
    "wolkvox": (WOLKVOX, {}, (*COUNTS, "failed"), [("spring-sale", "2026-05-26", 3, 2, 2, 1)]),
    "CleverTap": (CLEVERTAP, {}, (*COUNTS, "variant", "clickers"), [("spring-sale", "2026-05-26", 100, None, 50, "A", 10)]),
    "Mehery": (MEHERY, {}, (*COUNTS, "failed", "replies", "audience"), [("spring-sale", "2026-05-26", 100, 90, 50, 10, 5, 110)]),
    "Braze": (BRAZE, {}, (*COUNTS, "failed", "variant", "orders", "revenue"),
        [("spring-sale", "2026-05-26", 100, 90, 50, 10, "A", 3, 12.5)]),
    "Brevo": (BREVO, {}, (*COUNTS, "opt_outs"), [("spring-sale", "2026-05-26", 100, 90, 50, 2)]),
    "Twilio messages": (TWILIO, {"campaign": "Spring Sale"}, (*COUNTS, "failed", "cost", "currency"),
        [("spring-sale", "2026-05-26", 3, 2, 2, 1, 0.01, "USD")]),
}  # fmt: skip


def test_every_layout_has_a_file_here() -> None:
    assert {source.tool for source in SOURCES} - {"our own layout"} == set(EXPORTS)


@pytest.mark.parametrize("tool", EXPORTS)
def test_an_export_gives_its_counts_back(database: Database, tool: str) -> None:
    text, wanted, columns, expected = EXPORTS[tool]
    done = imported(database, text, how=SAID, **wanted)
    assert done.skipped == ()
    assert stored(database, *columns) == expected
    assert f"It was read as an export of {tool}" in done.notes
    again = imported(database, text, how=SAID, **wanted)
    assert (again.new, again.changed, again.superseded) == (0, 0, 0)


@pytest.mark.parametrize("tool", EXPORTS)
def test_the_layouts_are_documented(tool: str) -> None:
    assert f"| {tool} " in Path("docs/files.md").read_text("utf-8")


def test_the_same_facts_through_three_layouts_give_the_same_result(sqlite_database: Database) -> None:
    texts = (
        "campaign,day,sent,delivered,read,failed\nSpring Sale,2026-05-26,3,2,2,1\n",
        WOLKVOX,
        TWILIO.replace("-0.0050", ""),
    )
    for number, text in enumerate(texts):
        imported(sqlite_database, text, how=SAID, campaign="Spring Sale", workspace=f"w{number}")
    found = [stored(sqlite_database, *COUNTS, "failed", workspace=f"w{number}") for number in range(3)]
    assert found[0] == found[1] == found[2] == [("spring-sale", "2026-05-26", 3, 2, 2, 1)]


# Ways of writing

OPEN = {
    "campaign;day;revenue\nspring;2026-05-01;1.234\n": ("'1.234' in 'revenue' (line 2) can be read in two ways", "--decimal"),
    "campaign,day,sent\nspring,03/04/2026,5\n": ("'03/04/2026' in 'day' (line 2) can be read in two ways", "--dates"),
    "campaign;day;sent\nspring;26/05/2026;5\nspring;05/27/2026;5\n": ("'day' is written in two ways", "--dates"),
    "campaign;day;sent\nspring;2026-05-26;5\nTotal;2026-05-26;5\n": ("Line 3 is called 'Total'", "--totals"),
    "campaign;day;sent\nspring;2026-05-26 23:30;5\n": ("The times in 'day' name no time zone", "--zone"),
    KLAVIYO.replace(" 09:00:00", ""): ("The file does not say in which currency its amounts are.", "--currency"),
    MEHERY: ("The file names no day, and the start of 'spring-sale' is not known.", "--day"),
    TWILIO: ("The export of Twilio messages names no campaign.", "--campaign"),
}  # fmt: skip


@pytest.mark.parametrize(("text", "asked"), OPEN.items(), ids=[option for _, option in OPEN.values()])
def test_what_would_silently_be_wrong_is_asked_for(
    sqlite_database: Database, text: str, asked: tuple[str, str]
) -> None:
    with pytest.raises(UnreadableFile) as question:
        imported(sqlite_database, text)
    assert question.value.message.startswith(asked[0])
    assert asked[1] in question.value.hint
    assert stored(sqlite_database, "campaign") == []


@pytest.mark.parametrize(
    ("rows", "how", "expected"),
    [
        ("spring;26.05.2026;1.234;1.234,50 €", How(), ("2026-05-26", 1234, 1234.5)),
        ("spring;26/05/26;1 234;1 234,5", How(), ("2026-05-26", 1234, 1234.5)),
        ("spring;05/26/2026;1,234;$1,234.50", How(currency="USD"), ("2026-05-26", 1234, 1234.5)),
        ("spring;46168;12675.0;0,5", How(), ("2026-05-26", 12675, 0.5)),
        ("spring;26 de mayo 2026;5;1.234", How(decimal="comma"), ("2026-05-26", 5, 1234)),
        ("spring;03/04/2026;5;1.234", How(dates="month-first", decimal="point"), ("2026-03-04", 5, 1.234)),
        ("spring;2026-05-26T23:30:00-05:00;5;1", How(), ("2026-05-27", 5, 1)),
    ],
)
def test_ways_of_writing_are_told_apart(
    sqlite_database: Database, rows: str, how: How, expected: tuple[Any, ...]
) -> None:
    done = imported(sqlite_database, f"Report of May\n\ncampaign;day;sent;revenue\n{rows}\n", how=how)
    assert done.skipped == ()
    assert stored(sqlite_database, "day", "sent", "revenue") == [expected]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"])
def test_encodings_are_told_apart(sqlite_database: Database, encoding: str) -> None:
    done = imported(sqlite_database, "campaign\tday\tname\tsent\nx\t2026-05-26\tGröße\t5\n".encode(encoding))
    assert (done.new, done.skipped, done.introduced) == (1, (), ())
    assert ("It was read as Windows-1252 text" in done.notes) == (encoding == "cp1252")


def test_a_rate_where_a_count_belongs_is_refused_with_the_reason(sqlite_database: Database) -> None:
    done = imported(sqlite_database, "campaign;day;sent;read\nspring;2026-05-26;100;48,43%\n")
    assert [one.reason for one in done.skipped] == ["read: '48,43%' is a rate; the count it was made of is needed"]


def sheets(**rows: list[list[Any]]) -> bytes:
    book = Workbook()
    book.remove(book.active)  # type: ignore[arg-type]
    for name, lines in rows.items():
        sheet = book.create_sheet(name)
        for line in lines:
            sheet.append(line)
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def test_a_spreadsheet_is_read_as_it_is_meant(database: Database) -> None:
    rows: list[list[Any]] = [["Made by hand"], [], ["campaign", "day", "sent", "revenue"],
            ["spring", datetime(2026, 5, 26), 1234, 1234.5], ["summer", "2026-05-27", 5.0, 0.1 + 0.2], [None, None, None]]  # fmt: skip # noqa: DTZ001
    done = imported(database, sheets(May=rows))
    assert done.skipped == ()
    assert stored(database, "campaign", "day", "sent", "revenue") == [
        ("spring", "2026-05-26", 1234, 1234.5),
        ("summer", "2026-05-27", 5, 0.3),
    ]


def test_of_several_sheets_one_is_asked_for(sqlite_database: Database) -> None:
    header = ["campaign", "day", "sent"]
    book = sheets(May=[header, ["spring", "2026-05-26", 5]], June=[header, ["spring", "2026-06-26", 7]], Empty=[])
    with pytest.raises(UnreadableFile) as question:
        imported(sqlite_database, book)
    assert question.value.hint == "Say which: --sheet May or --sheet June."
    imported(sqlite_database, book, how=How(sheet="June"))
    assert stored(sqlite_database, "day", "sent") == [("2026-06-26", 7)]


@pytest.mark.parametrize("at", [8, 30, 45, 60, 200, -1, -22, -40])
def test_a_damaged_spreadsheet_is_refused(sqlite_database: Database, at: int) -> None:
    whole = sheets(A=[["campaign", "day", "sent"], ["x", "2026-05-26", 5]])
    for damaged in (whole[:at], bytes((*whole[:at], whole[at] ^ 0xFF, *whole[at:][1:]))):
        with suppress(Mistake):
            assert imported(sqlite_database, damaged).read == 1


DIALECT = st.fixed_dictionaries({
    "separator": st.sampled_from(",;\t|"),
    "encoding": st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "cp1252"]),
    "style": st.sampled_from(["point", "comma"]),
    "grouped": st.booleans(),
    "order": st.sampled_from(["%Y-%m-%d", "%d/%m/%Y", "%m/%d/%Y", "%d.%m.%Y"]),
    "sign": st.sampled_from(["", "€", "£"]),
    "preamble": st.integers(0, 2),
})  # fmt: skip
FACTS_TOLD = st.lists(
    st.tuples(st.dates(date(2026, 1, 1), date(2026, 10, 31)), st.integers(0, 10**7), st.integers(0, 10**9)),
    min_size=1, max_size=4, unique_by=lambda row: row[0],
)  # fmt: skip
RUNS = iter(range(10**6))


def written(value: str, style: str, sign: str, *, grouped: bool) -> str:
    whole, _, rest = value.partition(".")
    text = f"{int(whole):,}" if grouped else whole
    text = text.replace(",", "." if style == "comma" else ",")
    return text + (("," if style == "comma" else ".") + rest if rest else "") + (f" {sign}" if sign else "")


@examples(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(dialect=DIALECT, rows=FACTS_TOLD)
def test_any_table_in_any_dialect_reads_back_or_is_asked_about_with_a_line(
    sqlite_database: Database, dialect: dict[str, Any], rows: list[tuple[date, int, int]]
) -> None:
    style, grouped = dialect["style"], dialect["grouped"]
    told = StringIO()
    lines = csv.writer(told, delimiter=dialect["separator"])
    lines.writerows([["Größe"]] * dialect["preamble"])
    lines.writerow(["campaign", "day", "sent", "revenue"])
    for day, sent, cents in rows:
        revenue = written(f"{cents // 100}.{cents % 100:02}", style, dialect["sign"], grouped=grouped)
        lines.writerow(
            ["spring", day.strftime(dialect["order"]), written(str(sent), style, "", grouped=grouped), revenue]
        )
    workspace = f"d{next(RUNS)}"
    try:
        done = imported(sqlite_database, told.getvalue().encode(dialect["encoding"]), workspace=workspace)
    except UnreadableFile as question:
        assert "line" in question.message.lower()  # noqa: PT017
        return
    assert done.skipped == ()
    found = stored(sqlite_database, "day", "sent", "revenue", "currency", workspace=workspace)
    currency = {"": "EUR", "€": "EUR", "£": "GBP"}[dialect["sign"]]
    assert found == sorted((day.isoformat(), sent, cents / 100, currency) for day, sent, cents in rows)


PIECES = st.lists(st.sampled_from([
    b"campaign,day,sent\n", b"campaign;day;revenue\n", b"spring,2026-05-01,5\n", b"spring;1.5.2026;1.234,5\n", b'"', b"\0",
    b"\xff\xfe", b"PK\x03\x04", b"\xef\xbb\xbf", b"\r", b"\n", b"%", b"9" * 40, b"\xe9", KLAVIYO.encode(), sheets(A=[["campaign"]]),
]) | st.binary(max_size=40), max_size=12)  # fmt: skip


@examples(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(pieces=PIECES)
def test_no_bytes_crash_the_import_or_store_what_it_does_not_report(
    sqlite_database: Database, pieces: list[bytes]
) -> None:
    workspace = f"b{next(RUNS)}"
    reported = 0
    try:
        reported = imported(sqlite_database, b"".join(pieces), workspace=workspace, how=SAID).read
    except Mistake as mistake:
        assert mistake.message  # noqa: PT017
    assert len(stored(sqlite_database, "day", workspace=workspace)) == reported
