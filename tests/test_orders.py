"""Orders from a shop's file: counted once, matched to campaigns, customers never in clear."""

from __future__ import annotations

import gzip
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import pytest
from openpyxl import Workbook
from sqlalchemy import text

from bot.files.orders_report import orders_report
from kpi.errors import Mistake, UnreadableFile
from kpi.report import Versus
from kpi.storage.importing.orders import OrdersImported, OrdersWanted, holds_orders, import_orders
from kpi.storage.importing.runs import imports
from kpi.storage.importing.undoing import undo
from kpi.storage.models import Table
from kpi.storage.orders.customers import Customers
from kpi.wording import Words
from tests.asking import LOWER, answer, figures, imported, text_of

if TYPE_CHECKING:
    from kpi.storage.database import Database

NOW = datetime(2026, 11, 20, 9, tzinfo=UTC)
SHOP = gzip.decompress((Path(__file__).parent / "data" / "online_retail_orders.csv.gz").read_bytes()).decode()
HEADER = "order_id,ordered_at,customer_id,country,currency,total,tax,shipping,refunded,coupon,utm_campaign\n"
SPRING = """\
campaign,day,sent,delivered,cost
Spring sale,2026-05-01,1000,900,50
Spring sale,2026-05-04,1000,800,50
"""


def ordered(
    database: Database,
    told: str | bytes,
    *,
    workspace: str = "local",
    now: datetime = NOW,
    **wanted: Any,  # noqa: ANN401
) -> OrdersImported:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "orders.csv"
        path.write_bytes(told if isinstance(told, bytes) else told.encode())
        assert holds_orders(path)
        chosen: dict[str, Any] = {
            "source": "",
            "campaign": "",
            "secret": b"a secret of the tests",
            "zone": ZoneInfo("Europe/Berlin"),
        }
        asked = OrdersWanted(path=path, currency="EUR", **chosen | wanted)
        return import_orders(database, workspace, asked, now)


def test_a_shops_year_of_orders_comes_back_to_the_cent_and_can_be_undone(database: Database) -> None:
    nothing = _everything(database)
    done = ordered(database, SHOP, campaign="Shop")
    assert done.customers == Customers(all=4338, again=2845, orders=19_960)
    assert (done.read, done.new, done.skips) == (25_900, 25_900, 0)
    assert "2,845 of 4,338 customers ordered more than once (65.6%)" in text_of(orders_report(done, Words()))
    shown = figures(database, "campaign shop")
    assert (shown["revenue"]["value"], shown["revenue"]["unit"]) == (9_747_747.93, "GBP")
    assert shown["aov"]["denominator"] == 19_960
    before = _everything(database)
    again = ordered(database, SHOP, campaign="Shop")
    assert (again.new, again.changed, again.unchanged) == (0, 0, 25_900)
    assert _everything(database) == before
    with database.reading("local") as db:
        listed = [(one.stored, one.campaigns, one.money) for one in imports(db)]
    assert listed == [(0, 0, {}), (25_900, 1, {"GBP": 9_747_747_930_000})]
    undone = [undo(database, "local", number) for number in (2, 1)]
    assert [(one.going, one.returning) for one in undone] == [(0, 0), (25_900, 0)]
    assert _everything(database) == nothing


def test_an_order_belongs_to_the_campaign_of_its_coupon_or_else_of_its_utm_value(database: Database) -> None:
    imported(database, SPRING + "Summer sale,2026-06-01,500,400,20\n")
    done = ordered(database, HEADER +
        "1,2026-05-01T10:00:00+02:00,ann@example.com,DE,EUR,100,,,,Spring Sale,summer-sale\n"
        "2,2026-06-02,bob@example.com,DE,EUR,30,,,,,summer_sale\n"
        "3,2026-06-02,cyd@example.com,DE,EUR,500,,,,,autumn\n"
        "4,2026-06-02,cyd@example.com,DE,EUR,20,,,,,\n")  # fmt: skip
    assert done.campaigns == ("spring-sale", "summer-sale")
    assert figures(database, "campaign spring-sale")["revenue"]["value"] == 100
    assert figures(database, "campaign summer-sale")["revenue"]["value"] == 30
    said = text_of(orders_report(done, Words()))
    assert "utm_campaign 'autumn': 1 order, €500.00" in said
    assert "neither coupon nor utm_campaign: 1 order, €20.00" in said


@pytest.mark.parametrize("messages_first", [True, False])
def test_orders_are_divided_by_the_messages_that_earned_them(database: Database, *, messages_first: bool) -> None:
    if messages_first:
        imported(database, SPRING)
    ordered(database, HEADER +
        "1,2026-05-02T10:00:00,ann,DE,EUR,100,,,,,spring-sale\n"
        "2,2026-05-03T10:00:00,ann,DE,EUR,50,,,,,spring-sale\n"
        "3,2026-05-06T10:00:00,bob,DE,EUR,70,,,,,spring-sale\n", campaign="Spring sale")  # fmt: skip
    if not messages_first:
        imported(database, SPRING)
    whole = figures(database, "campaign spring-sale")
    assert (whole["conversion_rate"]["numerator"], whole["conversion_rate"]["denominator"]) == (2, 1700)
    first = figures(database, "conversion_rate spring-sale 2026-05-01..2026-05-03")["conversion_rate"]
    assert (first["numerator"], first["denominator"]) == (1, 900)
    assert figures(database, "campaign spring-sale 2026-05-06")["revenue"]["value"] == 70


def test_a_cancellation_reduces_the_day_of_the_order_that_it_names_and_otherwise_its_own(database: Database) -> None:
    orders = HEADER + "1,2026-05-02,ann,DE,EUR,100,,,10,,\n2,2026-05-03,bob,DE,EUR,50,,,,,\n"
    both = orders + "1,2026-05-09,ann,DE,EUR,-40,,,,,\nC9,2026-05-10,bob,DE,EUR,-5,,,,,\n"
    ordered(database, orders, campaign="Spring")
    later = HEADER + "1,2026-05-09,ann,DE,EUR,-40,,,,,\nC9,2026-05-10,bob,DE,EUR,-5,,,,,\n"
    for told in (later, both, orders):
        ordered(database, told, campaign="Spring")
        refunds = {day: figures(database, f"campaign spring {day}").get("refunds", {}).get("value")
                   for day in ("2026-05-02", "2026-05-09", "2026-05-10")}  # fmt: skip
        assert refunds == {"2026-05-02": 50, "2026-05-09": None, "2026-05-10": 5}


def test_a_cancellation_may_arrive_before_its_order(sqlite_database: Database) -> None:
    ordered(sqlite_database, HEADER + "1,2026-05-09,ann,DE,EUR,-40,,,,,\n", campaign="Spring")
    ordered(sqlite_database, HEADER + "1,2026-05-02,ann,DE,EUR,100,,,,,\n", campaign="Spring")
    shown = figures(sqlite_database, "campaign spring")
    assert (shown["revenue"]["value"], shown["refunds"]["value"]) == (60, 40)


SHOPIFY = (
    "Name,Email,Financial Status,Paid at,Fulfillment Status,Currency,Subtotal,Shipping,Taxes,Total,Discount Code,"
    "Created at,Lineitem quantity,Lineitem name,Shipping Country,Refunded Amount,Id\n"
    "#1001,ann@example.com,paid,2026-05-01 10:00:00 +0200,fulfilled,EUR,90.00,5.00,15.17,95.00,SPRING10,"
    "2026-05-01 10:00:00 +0200,1,Shirt,DE,0.00,5501\n"
    "#1001,ann@example.com,,,,,,,,,,2026-05-01 10:00:00 +0200,2,Socks,,,\n"
    "#1002,bob@example.com,partially_refunded,2026-05-01 23:30:00 -0500,,EUR,40.00,5.00,7.18,45.00,SPRING10,"
    "2026-05-01 23:30:00 -0500,1,Shirt,AT,20.00,5502\n"
    "#1003,cyd@example.com,voided,,,EUR,70.00,0.00,11.18,70.00,SPRING10,2026-05-03 08:00:00 +0200,1,Coat,DE,0.00,5503\n"
)
CANCELLED = """\
Name,Email,Financial Status,Currency,Total,Discount Code,Created at,Cancelled at,Refunded Amount,Id
#1,ann@example.com,pending,EUR,10.00,SPRING10,2026-05-01 10:00:00 +0200,2026-05-02 10:00:00 +0200,0.00,1
#2,bob@example.com,pending,EUR,20.00,"VIP, SPRING10",2026-05-01 10:00:00 +0200,,0.00,2
#3,cyd@example.com,refunded,EUR,40.00,SPRING10,2026-05-01 10:00:00 +0200,2026-05-02 10:00:00 +0200,40.00,3
#4,dan@example.com,paid,EUR,80.00,SPRING10,2026-05-01 10:00:00 +0200,2026-05-02 10:00:00 +0200,0.00,4
"""


def test_a_cancelled_order_that_nobody_paid_counts_as_refunded(sqlite_database: Database) -> None:
    imported(sqlite_database, "campaign,day,sent\nspring10,2026-05-01,10\n")
    ordered(sqlite_database, CANCELLED)
    shown = figures(sqlite_database, "campaign spring10")
    assert (shown["gross_revenue"]["value"], shown["refunds"]["value"]) == (150, 50)


@pytest.mark.parametrize("written", ["semicolons", "a spreadsheet", "Windows-1252"])
def test_orders_are_read_however_the_file_is_written(sqlite_database: Database, written: str) -> None:
    rows = [["Orders of May"], ["order_id", "ordered_at", "customer_id", "currency", "total", "utm_campaign"],
            ["1", "2026-05-01T10:00:00", "Jürgen", "EUR", "1.234,50", "spring"],
            ["2", "2026-05-02T10:00:00", "Jürgen", "EUR", "10", "spring"]]  # fmt: skip
    if written == "a spreadsheet":
        book, file = Workbook(), BytesIO()
        for row in rows:
            book.worksheets[0].append(row)
        book.save(file)
        told = file.getvalue()
    else:
        told = "\n".join(";".join(row) for row in rows).encode("cp1252" if written == "Windows-1252" else "utf-8")
    imported(sqlite_database, "campaign,day,sent\nspring,2026-05-01,10\n")
    assert ordered(sqlite_database, told).new == 2
    shown = figures(sqlite_database, "campaign spring")
    assert (shown["revenue"]["value"], shown["aov"]["denominator"]) == (1244.5, 2)


def test_shopifys_export_is_read(database: Database) -> None:
    imported(database, "campaign,day,sent\nspring10,2026-05-01,10\n")
    done = ordered(database, SHOPIFY)
    assert (done.source, done.read, done.skips, done.campaigns) == ("shopify", 3, 0, ("spring10",))
    shown = figures(database, "campaign spring10")
    assert (shown["gross_revenue"]["value"], shown["refunds"]["value"], shown["revenue"]["value"]) == (210, 90, 120)
    assert figures(database, "campaign spring10 2026-05-02")["revenue"]["value"] == 25


def test_a_new_customer_is_one_whose_first_order_it_was(database: Database) -> None:
    ordered(database, HEADER + "1,2026-04-01,ann,DE,EUR,10,,,,,\n", campaign="Winter")
    ordered(database, HEADER + "2,2026-05-01,Ann,DE,EUR,10,,,,,\n3,2026-05-02,bob,DE,EUR,10,,,,,\n", campaign="Spring")
    assert figures(database, "new_customers spring")["new_customers"]["value"] == 1
    assert figures(database, "buyers spring")["buyers"]["value"] == 2


def test_bad_rows_are_skipped_with_their_lines(sqlite_database: Database) -> None:
    done = ordered(sqlite_database, HEADER +
        "1,2026-05-01,ann,DE,EUR,10,,,,,\n"
        "1,2026-05-01,ann,DE,EUR,11,,,,,\n"
        ",2026-05-01,ann,DE,EUR,11,,,,,\n"
        "4,yesterday,ann,DE,EUR,11,,,,,\n"
        "5,2027-05-01,ann,DE,EUR,11,,,,,\n"
        "6,2026-05-01,ann,DE,EUR,ten,,,,,\n"
        "7,2026-05-01,ann,DE,EUR,10,,,12,,\n"
        "8,2026-05-01\n")  # fmt: skip
    assert done.new == 1
    assert [(one.line, one.reason) for one in done.skipped] == [
        (3, "an earlier line already tells of order 1"),
        (4, "it has no order number"),
        (5, "'yesterday' is not a moment written like 2026-05-31T14:05:00+02:00"),
        (6, "2027-05-01 is in the future"),
        (7, "total: 'ten' is not a number"),
        (8, "refunded (12) is not between 0 and the total (10)"),
        (9, "it has 2 cells, the header has 11"),
    ]


def test_customers_need_a_secret_and_are_never_stored_in_clear(sqlite_database: Database) -> None:
    with pytest.raises(Mistake, match="KPI_SECRET"):
        ordered(sqlite_database, SHOPIFY, secret=b"")
    ordered(sqlite_database, SHOPIFY)
    path = Path(sqlite_database.url.removeprefix("sqlite:///"))
    kept = b"".join(one.read_bytes() for one in path.parent.glob(path.name + "*"))
    assert b"5501" in kept
    assert b"example.com" not in kept


def test_an_import_that_was_cut_off_is_finished_by_running_it_again(database: Database) -> None:
    def cut(_step: str, _done: int, _all: int) -> None:
        raise KeyboardInterrupt

    lines = HEADER + "".join(f"{number},2026-05-01,c{number % 7},DE,EUR,10,,,,,\n" for number in range(1500))
    with TemporaryDirectory() as folder:
        path = Path(folder) / "orders.csv"
        path.write_text(lines)
        wanted = OrdersWanted(path, "", "Spring", b"a secret of the tests", ZoneInfo("UTC"), "EUR")
        with pytest.raises(KeyboardInterrupt):
            import_orders(database, "local", wanted, NOW, cut)
        done = import_orders(database, "local", wanted, NOW)
        assert (done.new, done.unchanged) == (500, 1000)
    shown = figures(database, "campaign spring")
    assert (shown["revenue"]["value"], shown["aov"]["denominator"]) == (15_000, 1500)
    assert figures(database, "buyers spring")["buyers"]["value"] == 7


def test_a_dry_run_stores_nothing(sqlite_database: Database) -> None:
    before = _everything(sqlite_database)
    done = ordered(sqlite_database, SHOPIFY, campaign="Spring", dry_run=True)
    assert (done.new, done.dry_run) == (3, True)
    assert "would be stored: 3 new" in text_of(orders_report(done, Words()))
    assert _everything(sqlite_database) == before


def test_other_files_are_not_taken_for_orders(tmp_path: Path, sqlite_database: Database) -> None:
    path = tmp_path / "results.csv"
    path.write_text(SPRING)
    assert not holds_orders(path)
    wanted = OrdersWanted(path, "", "", b"a secret of the tests", ZoneInfo("UTC"), "EUR")
    with pytest.raises(UnreadableFile, match="holds no orders"):
        import_orders(sqlite_database, "local", wanted, NOW)


def _everything(database: Database) -> dict[str, list[Any]]:
    """Return every stored row of every table, apart from the list of imports."""
    tables = [one.name for one in Table.metadata.sorted_tables if one.name != "import_run"]
    with database.engine.connect() as connection:
        rows = {table: connection.execute(text(f"select * from {table}")).fetchall() for table in tables}  # noqa: S608
    return {table: sorted(map(str, found)) for table, found in rows.items()}


def test_messages_billed_in_other_money_than_the_shops_still_have_their_orders(database: Database) -> None:
    imported(database, SPRING, currency="USD")
    ordered(database, HEADER + "1,2026-05-02,ann,DE,EUR,85,,,,,spring-sale\n", campaign="Spring sale")
    shown = figures(database, "campaign spring-sale")
    assert (shown["conversion_rate"]["numerator"], shown["conversion_rate"]["denominator"]) == (1, 1700)
    assert shown["rocs"]["value"] is None
    per_message = figures(database, "revenue_per_message spring-sale")["revenue_per_message"]
    assert (per_message["value"], per_message["unit"]) == (0.05, "EUR")
    said = text_of(answer(database, "spring-sale"))
    assert "took €85.00; it cost US$100, and no rate of exchange is known, so whether it paid cannot be said." in said


def test_a_file_that_knows_which_variant_sold_keeps_its_orders_beside_those_of_a_shop(database: Database) -> None:
    split = "campaign,day,variant,sent,delivered,orders\nSpring,2026-05-01,A,500,500,20\nSpring,2026-05-01,B,500,500,5"
    told = HEADER + "1,2026-05-02,ann,DE,EUR,100,,,,,spring\n"
    imported(database, split)
    done = ordered(database, told)
    assert done.shadowed == ("spring keeps orders from file, which knows more of them",)
    assert "keeps orders from file" in text_of(orders_report(done, Words()))
    compared = {one.metric: one for one in answer(database, "compare spring variants").numbers}["conversion_rate"]
    assert isinstance(compared, Versus)
    assert {compared.campaign: compared.value, compared.other: compared.other_value} == {
        "spring A": 0.04,
        "spring B": 0.01,
    }
    imported(database, "campaign,day,variant,sent\nSpring,2026-05-01,A,500\nSpring,2026-05-01,B,500\n", how=LOWER)
    assert figures(database, "campaign spring")["revenue"]["value"] == 100


def test_what_came_after_the_last_message_is_part_of_a_campaigns_life(sqlite_database: Database) -> None:
    imported(sqlite_database, SPRING)
    ordered(sqlite_database, HEADER + "1,2026-05-09,ann,DE,EUR,100,,,,,spring-sale\n")
    assert figures(sqlite_database, "revenue spring-sale")["revenue"]["value"] == 100
