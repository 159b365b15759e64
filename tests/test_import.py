"""Files of results into the database: what is read, what is refused and why, what changes and what stays."""

from __future__ import annotations

import csv
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from io import StringIO
from itertools import count
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as examples
from hypothesis import strategies as st
from sqlalchemy import select

from kpi.errors import UnreadableFile
from kpi.facts import BY_SEND, NEVER_MORE, TOLD
from kpi.sources.reading import KEPT_REASONS
from kpi.sources.tables import LONGEST_CELL
from kpi.storage.binding import OURS
from kpi.storage.campaigns import campaigns
from kpi.storage.importing.results import Wanted, import_file
from kpi.storage.models import Table
from kpi.units import Unit
from tests.asking import LOWER, NOW, TODAY, answer, figures, imported, text_of

if TYPE_CHECKING:
    from pathlib import Path

    from kpi.storage.database import Database
    from kpi.storage.importing.results import Imported

TABLE = Table.metadata.tables
REPORTED, DAILY, RUN = TABLE["reported"], TABLE["daily_result"], TABLE["import_run"]
HEADER = "campaign,day,market,currency,channel,sent,delivered,failed,read,clicks,clickers,orders,buyers,revenue"
GOOD = "spring,2026-05-01,,EUR,whatsapp,10,9,1,8,7,6,5,4,3.50"


def stored(database: Database, table: Any = DAILY, workspace: str = "local") -> list[dict[str, Any]]:  # noqa: ANN401
    """Return every row of a table, without its workspace, in the order of its key."""
    with database.reading(workspace) as db:
        rows = db.rows(select(table).where(table.c.workspace == OURS).order_by(*table.primary_key.columns))
    return [{name: value for name, value in row._mapping.items() if name != "workspace"} for row in rows]  # noqa: SLF001


def sent(database: Database) -> dict[tuple[str, str, str, str], int | None]:
    """Return what was sent, by campaign, day, market and currency."""
    return {(row["campaign"], row["day"].isoformat(), row["market"], row["currency"]): row["sent"]
            for row in stored(database)}  # fmt: skip


def counts(done: Imported) -> tuple[int, int, int, int]:
    return done.new, done.changed, done.unchanged, done.superseded


# The header


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "The file is empty."),
        ("day,sent\n", "The file has no column 'campaign'; its columns are day, sent."),
        ("campaign,sent\n", "The file has no column 'day'; its columns are campaign, sent."),
        ("campaign,day,moods\n", "The file has a column 'moods' that means nothing here."),
        ("campaign,day,\n", "The file has a column '' that means nothing here."),
        ("campaign,day,sent,Sent\n", "The file has two columns 'sent'."),
        ("campaign,day,orders_by_send\n", "The file has a column 'orders_by_send' that means nothing here."),
    ],
)
def test_a_header_that_cannot_be_used_is_explained(sqlite_database: Database, text: str, message: str) -> None:
    with pytest.raises(UnreadableFile) as refused:
        imported(sqlite_database, text)
    assert refused.value.message == message
    assert refused.value.hint


def test_a_header_may_be_written_freely(sqlite_database: Database) -> None:
    assert imported(sqlite_database, "\ufeff Campaign ,DAY, Sent\r\nspring,2026-05-01,10\r\n").new == 1
    assert sent(sqlite_database) == {("spring", "2026-05-01", "", "EUR"): 10}


def test_foreign_columns_can_be_mapped(sqlite_database: Database) -> None:
    done = imported(
        sqlite_database,
        "Date,Messages Sent\n2026-05-01,10\n",
        mapping={"date": "day", "Messages sent": "sent"},
        campaign="Spring Sale",
    )
    assert (done.new, done.campaigns) == (1, ("spring-sale",))


def test_a_file_of_nothing_but_a_header_changes_nothing(database: Database) -> None:
    done = imported(database, HEADER + "\n\n,,,\n".replace(",,,", "," * HEADER.count(",")))
    assert (done.read, done.skips, counts(done), done.first) == (0, 0, (0, 0, 0, 0), None)


def test_a_missing_file_is_said(sqlite_database: Database, tmp_path: Path) -> None:
    with pytest.raises(UnreadableFile, match=r"There is no file results\.csv\."):
        import_file(sqlite_database, "local", Wanted(tmp_path / "results.csv"), TODAY, "EUR", NOW)


# Single rows

TOO_LARGE = f"it cannot be read as CSV (field larger than field limit ({LONGEST_CELL}))"
BAD = {
    "spring,2026-05-02,,EUR,,10,9,,10,,,,,": "read (10) is more than delivered (9)",
    "spring,2026-05-02,,EUR,,10,11,,,,,,,": "delivered (11) is more than sent (10)",
    "spring,2026-05-02,,EUR,,10,,11,,,,,,": "failed (11) is more than sent (10)",
    "spring,2026-05-02,,EUR,,,,,,5,6,,,": "clickers (6) is more than clicks (5)",
    "spring,2026-05-02,,EUR,,,,,,,,1,2,": "buyers (2) is more than orders (1)",
    "spring,2026-05-02,,EUR,,-1,,,,,,,,": "sent is negative (-1)",
    "spring,2026-05-02,,EUR,,,,,,,,,,-0.01": "revenue is negative (-0.01)",
    "spring,2026-11-21,,EUR,,10,,,,,,,,": "2026-11-21 is in the future",
    "spring,1989-12-31,,EUR,,10,,,,,,,,": "1989-12-31 is too long ago",
    "spring,2026-02-30,,EUR,,10,,,,,,,,": "'2026-02-30' is not a day written like 2026-05-31",
    "spring,01/05/2026,,EUR,,10,,,,,,,,": "'01/05/2026' is not a day written like 2026-05-31",
    "spring,2026-05-02,,XYZ,,10,,,,,,,,": "'XYZ' is not a currency such as EUR",
    "spring,2026-05-02,,EUR,fax,10,,,,,,,,": "channel 'fax' is none of whatsapp, email, sms",
    "spring,2026-05-02,,EUR,,ten,,,,,,,,": "sent: 'ten' is not a number",
    "spring,2026-05-02,,EUR,,1.5,,,,,,,,": "sent: '1.5' is not a whole number",
    "spring,2026-05-02,,EUR,,9999999999999,,,,,,,,": "sent: '9999999999999' is too large for a count",
    'spring,2026-05-02,,EUR,,,,,,,,,,"1,50"': "revenue: '1,50' is not a number",
    "spring,2026-05-02,,EUR,,,,,,,,,,0.1234567": "revenue: 0.1234567 has more than six decimal places",
    "spring,2026-05-02,,EUR,,,,,,,,,,9999999999999": "revenue: 9999999999999 is too large for an amount of money",
    "spring,2026-05-02,,EUR,,,,,,,,,,nan": "revenue: 'nan' is not a number",
    "spring,,,EUR,,10,,,,,,,,": "it has results but no day",
    ",2026-05-02,,EUR,,10,,,,,,,,": "it names no campaign",
    "spring,2026-05-02,,EUR,,,,,,,,,,": "it has a day but no results",
    "spring,2026-05-02,,EUR,,10": "it has 6 cells, the header has 14",
    "spring,2026-05-02,,EUR,,10,,,,,,,,,": "it has 15 cells, the header has 14",
    "spr\0ing,2026-05-02,,EUR,,10,,,,,,,,": "it holds characters that cannot be printed",
    "spring,2026-05-02,D\x1bE,EUR,,10,,,,,,,,": "it holds characters that cannot be printed",
    '"spr\ning",2026-05-02,,EUR,,10,,,,,,,,': "it holds characters that cannot be printed",
    f"{'x' * 201},2026-05-02,,EUR,,10,,,,,,,,": f"'{'x' * 20}…' is longer than 200 characters",
    f"{'x' * 70_000},2026-05-02,,EUR,,10,,,,,,,,": TOO_LARGE,
}


@pytest.mark.parametrize(("row", "reason"), BAD.items(), ids=list(BAD.values()))
def test_a_bad_row_is_told_by_its_line_and_the_others_are_kept(
    sqlite_database: Database, row: str, reason: str
) -> None:
    after = GOOD.replace("2026-05-01", "2026-05-03")
    done = imported(sqlite_database, f"{HEADER}\n{GOOD}\n\n{row}\n{after}\n")
    assert [(skipped.line, skipped.reason) for skipped in done.skipped] == [(4, reason)]
    assert (done.skips, done.new) == (1, 2)
    assert {row["day"].day for row in stored(sqlite_database)} == {1, 3}


def test_bad_rows_are_told_on_both_databases_alike(database: Database) -> None:
    done = imported(database, "\n".join([HEADER, *BAD, GOOD]))
    assert [skipped.reason for skipped in done.skipped] == list(BAD.values())
    assert (done.skips, done.new) == (len(BAD), 1)


def test_a_million_bad_rows_do_not_fill_the_answer(sqlite_database: Database) -> None:
    done = imported(sqlite_database, "campaign,day,sent\n" + "spring,2026-05-01,x\n" * (KEPT_REASONS + 50))
    assert (done.skips, len(done.skipped)) == (KEPT_REASONS + 50, KEPT_REASONS)


@pytest.mark.parametrize(
    "wrong", [b"\xc3\xa9\xff", b"\xed\xa0\x80", "\u00e9Größe".encode() + b"\xf6"], ids=["ff", "surrogate", "mixed"]
)
def test_a_file_that_is_not_utf_8_is_refused_as_a_whole_however_late_it_shows(database: Database, wrong: bytes) -> None:
    rows = b"".join(
        b"spring,%s,10\n" % (date(2000, 1, 1) + timedelta(days=day)).isoformat().encode() for day in range(9000)
    )
    with pytest.raises(UnreadableFile) as refused:
        imported(database, b"campaign,day,sent\n" + rows + wrong + b",2026-05-01,10\n")
    assert "is not UTF-8 text" in refused.value.message
    assert refused.value.hint == "Save it as CSV UTF-8."
    assert stored(database, REPORTED) == stored(database, RUN) == []


def test_an_empty_cell_is_unknown_and_a_zero_is_a_zero(database: Database) -> None:
    imported(database, "campaign,day,sent,delivered,revenue,cost\nspring,2026-05-01,10,,0,\n")
    (row,) = stored(database)
    assert (row["sent"], row["delivered"], row["revenue"], row["cost"], row["read"]) == (10, None, 0, None, None)
    shown = figures(database, "campaign spring")
    assert (shown["revenue"]["value"], shown["cost"]["value"], shown["rocs"]["value"]) == (0, None, None)


def test_a_row_without_a_day_introduces_a_campaign(database: Database) -> None:
    header = "campaign,day,name,channel,objective,kind,starts,ends,margin,sent"
    imported(database, f"{header}\nxmas,,Christmas 🎄,email,brand,automation,2026-12-01,2026-12-24,40%,\n")
    with database.reading("local") as db:
        (xmas,) = campaigns(db)
    assert (xmas.slug, xmas.name, xmas.channel, xmas.objective) == ("xmas", "Christmas 🎄", "email", "brand")
    assert (xmas.kind, xmas.starts, xmas.ends) == ("automation", date(2026, 12, 1), date(2026, 12, 24))
    assert (xmas.margin, xmas.began) == (Decimal("0.4"), None)
    assert stored(database, REPORTED) == []


@pytest.mark.parametrize("margin", ["0", "1.01", "-0.1", "101%", "much", "%"])
def test_a_margin_is_a_share(sqlite_database: Database, margin: str) -> None:
    done = imported(sqlite_database, f"campaign,day,margin\nspring,2026-05-01,{margin}\n")
    assert done.skipped[0].reason.startswith("margin")


def test_money_without_a_currency_is_in_the_teams_own(sqlite_database: Database) -> None:
    imported(sqlite_database, "campaign,day,currency,sent\na,2026-05-01,,1\nb,2026-05-01,usd,2\n", currency="PHP")
    assert set(sent(sqlite_database)) == {("a", "2026-05-01", "", "PHP"), ("b", "2026-05-01", "", "USD")}


def test_money_of_a_source_with_one_day_stands_on_both_days(database: Database) -> None:
    imported(database, "campaign,day,orders,buyers,revenue,refunds\nspring,2026-05-01,5,4,30.25,2\n")
    (row,) = stored(database)
    assert all(row[own.key] == row[by_send.key] is not None for own, by_send in BY_SEND.items())


# The same file again, and corrections


def test_importing_the_same_file_again_changes_nothing_and_says_so(database: Database) -> None:
    told = f"{HEADER}\n{GOOD}\n{GOOD.replace('05-01', '05-02')}\n"
    first, before = imported(database, told), [stored(database, table) for table in (REPORTED, DAILY)]
    again = imported(database, told)
    assert (counts(first), counts(again)) == ((2, 0, 0, 0), (0, 0, 2, 0))
    assert not again.resumed
    assert [stored(database, table) for table in (REPORTED, DAILY)] == before


def test_a_correction_replaces_what_the_same_source_said(database: Database) -> None:
    imported(database, "campaign,day,sent,delivered\nspring,2026-05-01,10,9\nspring,2026-05-02,20,\n")
    less = "campaign,day,sent,delivered\nspring,2026-05-01,10,\nspring,2026-05-02,20,\n"
    done = imported(database, less, how=LOWER)
    assert counts(done) == (0, 1, 1, 0)
    assert [(row["sent"], row["delivered"]) for row in stored(database)] == [(10, None), (20, None)]


def test_a_file_of_other_days_leaves_the_first_days_alone(database: Database) -> None:
    imported(database, "campaign,day,sent\nspring,2026-05-01,10\n")
    assert counts(imported(database, "campaign,day,sent\nspring,2026-05-02,20\n")) == (1, 0, 0, 0)
    assert list(sent(database).values()) == [10, 20]


def test_a_dry_run_says_what_would_be_done_and_stores_nothing(database: Database) -> None:
    imported(database, "campaign,day,sent\nspring,2026-05-01,10\n")
    before = {name: stored(database, table) for name, table in TABLE.items()}
    changed = "campaign,day,sent\nspring,2026-05-01,11\nsummer,2026-05-01,5\nsummer,bad,5\n"
    done = imported(database, changed, dry_run=True)
    assert (counts(done), done.skips, done.dry_run) == ((1, 1, 0, 0), 1, True)
    assert {name: stored(database, table) for name, table in TABLE.items()} == before


# How finely a day is told


def test_a_split_replaces_the_total_and_a_total_the_split(database: Database) -> None:
    total = "campaign,day,sent\nspring,2026-05-01,10\n"
    split = "campaign,day,market,sent\nspring,2026-05-01,DE,6\nspring,2026-05-01,AT,5\n"
    imported(database, total)
    assert counts(imported(database, split)) == (2, 0, 0, 1)
    assert sent(database) == {("spring", "2026-05-01", "AT", "EUR"): 5, ("spring", "2026-05-01", "DE", "EUR"): 6}
    assert counts(imported(database, total, how=LOWER)) == (1, 0, 0, 2)
    assert sent(database) == {("spring", "2026-05-01", "", "EUR"): 10}
    assert len(stored(database, REPORTED)) == 1


def test_a_file_per_market_adds_its_market(database: Database) -> None:
    imported(database, "campaign,day,market,sent\nspring,2026-05-01,DE,6\n")
    assert counts(imported(database, "campaign,day,market,sent\nspring,2026-05-01,AT,5\n")) == (1, 0, 0, 0)
    assert sorted(sent(database).values(), key=str) == [5, 6]


def test_another_split_replaces_the_split_of_the_same_day_alone(database: Database) -> None:
    imported(database, "campaign,day,market,sent\nspring,2026-05-01,DE,6\nspring,2026-05-02,DE,7\n")
    done = imported(database, "campaign,day,variant,sent\nspring,2026-05-01,A,3\nspring,2026-05-01,B,4\n")
    assert counts(done) == (2, 0, 0, 1)
    assert [(row["day"].day, row["market"], row["variant"], row["sent"]) for row in stored(database)] == [
        (1, "", "A", 3),
        (1, "", "B", 4),
        (2, "DE", "", 7),
    ]


def test_a_corrected_currency_replaces_the_wrong_one(database: Database) -> None:
    imported(database, "campaign,day,currency,revenue\nspring,2026-05-01,EUR,10\n")
    assert imported(database, "campaign,day,currency,revenue\nspring,2026-05-01,USD,10\n").superseded == 1
    assert [row["currency"] for row in stored(database)] == ["USD"]
    assert figures(database, "campaign spring")["revenue"]["unit"] == "USD"


def test_a_day_told_in_two_currencies_keeps_both(database: Database) -> None:
    euros = "campaign,day,currency,revenue\nspring,2026-05-01,EUR,10\n"
    imported(database, euros)
    assert counts(imported(database, euros + "spring,2026-05-01,USD,7\n")) == (1, 0, 1, 0)
    assert [row["currency"] for row in stored(database)] == ["EUR", "USD"]


def test_a_repeated_line_is_told_and_the_first_one_counts(database: Database) -> None:
    done = imported(database, "campaign,day,sent\nSpring,2026-05-01,10\nspring,2026-05-02,1\nSPRING,2026-05-01,99\n")
    assert [(one.line, one.reason) for one in done.skipped] == [
        (4, "line 2 already tells of the same campaign, day and split")
    ]
    assert sent(database)["spring", "2026-05-01", "", "EUR"] == 10


@pytest.mark.parametrize("split", ["market", "variant"])
def test_a_total_beside_its_parts_is_told_and_left_out(database: Database, split: str) -> None:
    rows = "spring,2026-05-01,,30\nspring,2026-05-01,A,10\nspring,2026-05-01,B,20\nspring,2026-05-02,,5\n"
    done = imported(database, f"campaign,day,{split},sent\n{rows}")
    assert [(one.line, one.reason) for one in done.skipped] == [
        (2, f"it is a total beside rows per {split} of the same day")
    ]
    assert sum(row["sent"] for row in stored(database)) == 35


# Several sources of one campaign

EARLY, LATE = datetime(2026, 11, 1, 9, tzinfo=UTC), datetime(2026, 11, 2, 9, tzinfo=UTC)


def days_of(campaign: str, fact: str, *values: int) -> str:
    rows = [f"{campaign},2026-05-{day:02},{value}" for day, value in enumerate(values, 1)]
    return "\n".join([f"campaign,day,{fact}", *rows, ""])


def told_by(database: Database, fact: str = "sent") -> list[int]:
    return [row[fact] for row in stored(database)]


def test_of_two_files_the_one_that_knows_more_days_is_used(database: Database) -> None:
    imported(database, days_of("spring", "sent", 100, 100, 100), source="shop", now=EARLY)
    less = imported(database, days_of("spring", "sent", 70, 70), source="agency", now=LATE)
    assert told_by(database) == [100, 100, 100]
    assert less.shadowed == ("spring keeps messages from shop, which knows more of it",)
    more = imported(database, days_of("spring", "sent", 70, 70, 70, 70), source="agency", now=LATE)
    assert told_by(database) == [70, 70, 70, 70]
    assert more.shadowed == ()


def test_the_newest_file_is_the_one_that_told_of_this_campaign_last(database: Database) -> None:
    imported(database, days_of("spring", "sent", 100, 100), source="shop", now=EARLY)
    imported(database, days_of("spring", "sent", 70, 70), source="agency", now=LATE)
    imported(database, days_of("autumn", "sent", 5), source="shop", now=LATE + timedelta(hours=1))
    with database.reading("local") as db:
        found = db.run(select(DAILY.c.sent).where(DAILY.c.workspace == OURS, DAILY.c.campaign == "spring"))
        assert list(found.scalars()) == [70, 70]


def test_of_two_files_that_know_the_same_days_the_newest_is_used(database: Database) -> None:
    imported(database, days_of("spring", "sent", 100, 100), source="shop", now=EARLY)
    imported(database, days_of("spring", "sent", 70, 70), source="agency", now=LATE)
    assert told_by(database) == [70, 70]
    imported(database, days_of("spring", "sent", 100, 100), source="shop", now=LATE + timedelta(hours=1))
    assert told_by(database) == [100, 100]


def test_messages_and_money_may_come_from_different_sources(database: Database) -> None:
    imported(database, days_of("spring", "sent", 100, 100), source="whatsapp", now=EARLY)
    done = imported(database, days_of("spring", "revenue", 5, 6), source="shop", now=LATE)
    assert done.shadowed == ("spring keeps messages from whatsapp, which knows more of it",)
    assert told_by(database) == [100, 100]
    assert told_by(database, "revenue") == [5_000_000, 6_000_000]
    assert figures(database, "campaign spring")["revenue"]["value"] == 11


def test_sources_that_disagree_are_named_in_the_answer(database: Database) -> None:
    rows = "campaign,day,sent,delivered,revenue\nspring,2026-05-01,{sent},50,{revenue}\n"
    imported(database, rows.format(sent=100, revenue=10), source="agency", now=EARLY)
    imported(database, rows.format(sent=80, revenue=10), source="shop", now=LATE)
    assert figures(database, "campaign spring")["delivery_rate"]["denominator"] == 80
    text = " ".join(text_of(answer(database, "campaign spring")).split())
    assert "agency reports 25% more sent than shop" in text.lower()


def test_sources_that_agree_within_a_hundredth_are_not_worth_a_word(sqlite_database: Database) -> None:
    imported(sqlite_database, days_of("spring", "sent", 1000), source="agency", now=EARLY)
    imported(sqlite_database, days_of("spring", "sent", 1005), source="shop", now=LATE)
    (choice,) = stored(sqlite_database, TABLE["source_choice"])
    assert (choice["messages"], choice["disagreement"]) == ("shop", "")


def test_nothing_is_counted_twice_when_two_sources_tell_the_same(database: Database) -> None:
    for source in ("a", "b", "c"):
        imported(database, "campaign,day,sent,revenue\nspring,2026-05-01,100,10\n", source=source)
    assert told_by(database) == [100]
    assert figures(database, "campaign spring")["revenue"]["value"] == 10


def test_imports_of_one_campaign_at_the_same_time_take_turns(database: Database) -> None:
    days = [(date(2025, 1, 1) + timedelta(days=day)).isoformat() for day in range(400)]
    files = ["campaign,day,sent\n" + "".join(f"spring,{day},{number}\n" for day in days) for number in range(4)]
    with ThreadPoolExecutor(4) as threads:
        done = list(threads.map(lambda number: imported(database, files[number], source=f"file {number}"), range(4)))
    assert [one.new for one in done] == [400] * 4
    assert len(stored(database, REPORTED)) == 1600
    assert len(set(told_by(database))) == 1
    assert len(stored(database)) == 400


# Names


@pytest.mark.parametrize("again", ["SPRING sale", "spring-sale", "Spring_Sale", " spring  SALE "])
def test_a_name_in_another_spelling_is_the_same_campaign(database: Database, again: str) -> None:
    imported(database, "campaign,day,sent\nSpring Sale,2026-05-01,10\n")
    imported(database, f"campaign,day,sent\n{again},2026-05-02,20\n")
    with database.reading("local") as db:
        assert [(one.slug, one.name) for one in campaigns(db)] == [("spring-sale", "Spring Sale")]
    assert list(sent(database).values()) == [10, 20]


def test_names_in_emoji_and_other_scripts_are_told_apart_and_found_again(database: Database) -> None:
    names = ("Été 🔥", "🎄", "Весна", "春", "···")
    rows = [f"{name},2026-05-01,{number}" for number, name in enumerate(names, 1)]
    done = imported(database, "\n".join(["campaign,day,sent", *rows]))
    assert len(done.campaigns) == len(names)
    assert imported(database, "campaign,day,sent\nete FIRE,2026-05-01,1\n").unchanged == 1
    with database.reading("local") as db:
        assert {one.name for one in campaigns(db)} == set(names)


def test_a_campaign_is_found_by_the_name_it_was_given(database: Database) -> None:
    imported(database, "campaign,day,name,sent\nx-17,2026-05-01,Spring Sale,10\n")
    done = imported(database, "campaign,day,sent\nspring sale,2026-05-02,20\n")
    assert done.campaigns == ("x-17",)
    assert {key[0] for key in sent(database)} == {"x-17"}


# A killed import, and a large one

KILLED = """
import os, signal, sys
from datetime import date, datetime, UTC
from pathlib import Path
from sqlalchemy import Engine, event
from kpi.storage.database import Database
from kpi.storage.importing.results import Wanted, import_file

written = 0

def die(connection, cursor, statement, *rest):
    global written
    written += statement.startswith("INSERT INTO daily_result")
    if written == 2:
        os.kill(os.getpid(), signal.SIGKILL)

event.listen(Engine, "after_cursor_execute", die)
now = datetime(2026, 11, 20, 9, tzinfo=UTC)
import_file(Database(sys.argv[1]), "local", Wanted(Path(sys.argv[2])), date(2026, 11, 20), "EUR", now)
"""


def large(path: Path, rows: int) -> Path:
    """Write a file of many campaigns and days."""
    days = [(date(2025, 1, 1) + timedelta(days=day)).isoformat() for day in range(600)]
    with path.open("w", encoding="utf-8") as lines:
        lines.write("campaign,day,market,sent,delivered,read,clickers,orders,revenue,cost\n")
        for row in range(rows):
            campaign, day = divmod(row, len(days))
            lines.write(
                f"Campaign {campaign},{days[day]},DE,{row},{row},{row // 2},{row // 9},{row // 50},{row}.25,9.5\n"
            )
    return path


def test_an_import_killed_in_the_middle_is_finished_by_running_it_again(database: Database, tmp_path: Path) -> None:
    path = large(tmp_path / "large.csv", 30_000)
    killed = subprocess.run([sys.executable, "-c", KILLED, database.url, path], check=False)  # noqa: S603
    assert killed.returncode == -signal.SIGKILL
    assert len(stored(database, REPORTED)) == len(stored(database)) == 24_600
    done = import_file(database, "local", Wanted(path), TODAY, "EUR", NOW)
    assert done.resumed
    assert counts(done) == (5_400, 0, 24_600, 0)
    calm = import_file(database, "calm", Wanted(path), TODAY, "EUR", NOW)
    assert not calm.resumed
    for name in ("reported", "daily_result", "campaign", "campaign_name", "source", "source_choice"):
        assert stored(database, TABLE[name]) == stored(database, TABLE[name], "calm")
    (run,) = stored(database, RUN)
    assert run["state"] == "done"
    assert not import_file(database, "local", Wanted(path), TODAY, "EUR", NOW).resumed


MEASURED = """
import resource, sys
from datetime import date, datetime, UTC
from pathlib import Path
from kpi.storage.database import Database
from kpi.storage.importing.results import Wanted, import_file

now = datetime(2026, 11, 20, 9, tzinfo=UTC)
done = import_file(Database(sys.argv[1]), "local", Wanted(Path(sys.argv[2])), date(2026, 11, 20), "EUR", now)
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (2**20 if sys.platform == "darwin" else 2**10)
print(done.new, round(peak))
"""


def test_a_large_file_is_imported_in_little_memory(database: Database, tmp_path: Path) -> None:
    path = large(tmp_path / "large.csv", 60_000)
    between = [
        "sh",
        "-c",
        '"$@"; exit $?',
        "sh",
    ]  # a child started directly would report this process's peak as its own
    measured = [*between, sys.executable, "-c", MEASURED, database.url, str(path)]
    told = subprocess.run(measured, check=True, capture_output=True, text=True)  # noqa: S603
    new, peak = map(int, told.stdout.split())
    assert new == 60_000
    assert peak < 150


# Any table of facts

VALUE = {fact: st.none() | st.integers(0, 60) for fact in TOLD} | {
    fact: st.none() | st.decimals(0, 10**6, places=6) for fact in TOLD if fact.unit is Unit.MONEY
}
TOLD_ROW = st.fixed_dictionaries(
    {"campaign": st.sampled_from(["spring", "Spring!", "été"]), "day": st.dates(date(2026, 1, 1), date(2026, 1, 4)),
     "market": st.sampled_from(["DE", "AT", "日本"]), **{fact.key: value for fact, value in VALUE.items()}}
)  # fmt: skip
WORKSPACES = count()


@examples(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=st.lists(TOLD_ROW, min_size=1, max_size=6))
def test_any_table_of_facts_reads_back_as_it_was_or_is_told_line_by_line(
    sqlite_database: Database, rows: list[dict[str, Any]]
) -> None:
    workspace = f"team {next(WORKSPACES)}"
    told = StringIO()
    table = csv.DictWriter(told, list(rows[0]))
    table.writeheader()
    table.writerows(rows)
    expected: dict[tuple[str, date, str], dict[str, Any]] = {}
    bad = []
    for line, row in enumerate(rows, 2):
        key = ("ete" if row["campaign"] == "été" else "spring", row["day"], row["market"])
        pairs = ((row.get(fewer.key), row.get(more.key)) for fewer, more in NEVER_MORE)
        silent = all(row[fact.key] is None for fact in TOLD)
        if silent or key in expected or any(few is not None and many is not None and few > many for few, many in pairs):
            bad.append(line)
        else:
            expected[key] = {fact.key: in_storage(row[fact.key], fact.unit) for fact in TOLD}
    done = imported(sqlite_database, told.getvalue(), workspace=workspace)
    assert [skipped.line for skipped in done.skipped] == bad
    found = {(row["campaign"], row["day"], row["market"]): {fact.key: row[fact.key] for fact in TOLD}
             for row in stored(sqlite_database, REPORTED, workspace)}  # fmt: skip
    assert found == expected


def in_storage(value: Any, unit: Unit) -> int | None:  # noqa: ANN401  a count or an amount
    return int(value * 1_000_000) if unit is Unit.MONEY and value is not None else value
