"""Real input: a shop's year of orders, and a campaign whose numbers were published, come back to the cent."""

from __future__ import annotations

import csv
import gzip
from collections import Counter, defaultdict
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.asking import answer, figures, imported, text_of

if TYPE_CHECKING:
    from kpi.storage.database import Database

ORDERS = Path(__file__).parent / "data" / "online_retail_orders.csv.gz"
LATER = date(2011, 12, 31)
YEAR = "campaign shop 2010-12-01..2011-12-10"
PUBLISHED = """\
campaign,day,currency,sent,delivered,read,clickers,cost,revenue
Diwali,2026-11-01,INR,6860,4659,2471,66,3655.45,{revenue}
"""


def test_a_shops_year_comes_back_to_the_cent(database: Database) -> None:
    done = imported(database, _orders_by_day_and_country(), today=LATER)
    assert (done.skips, done.campaigns) == (0, ("shop",))
    shown = figures(database, YEAR, today=LATER)
    money = {key: (shown[key]["value"], shown[key]["unit"]) for key in ("gross_revenue", "refunds", "revenue")}
    assert money == {
        "gross_revenue": (10_666_684.54, "GBP"),
        "refunds": (918_936.61, "GBP"),
        "revenue": (9_747_747.93, "GBP"),
    }
    text = text_of(answer(database, YEAR, today=LATER))
    assert all(amount in text for amount in ("£10,666,684.54", "£918,936.61", "£9,747,747.93"))


def test_days_with_more_refunds_than_revenue_are_kept(sqlite_database: Database) -> None:
    told = _orders_by_day_and_country()
    rows = list(csv.DictReader(told.splitlines()))
    negative = [row for row in rows if Decimal(row["refunds"]) > Decimal(row["revenue"])]
    assert len(negative) == 174
    imported(sqlite_database, told, today=LATER)
    worst = max(negative, key=lambda row: Decimal(row["refunds"]) - Decimal(row["revenue"]))
    alone = [row for row in rows if row["day"] == worst["day"]]
    net = sum(Decimal(row["revenue"]) - Decimal(row["refunds"]) for row in alone)
    assert figures(sqlite_database, f"campaign shop {worst['day']}", today=LATER)["revenue"]["value"] == float(net)


def test_published_numbers_give_the_published_rates(database: Database) -> None:
    assert imported(database, PUBLISHED.format(revenue=0)).new == 1
    shown = figures(database, "campaign diwali")
    rates = {key: round(shown[key]["value"], 4) for key in ("delivery_rate", "read_rate", "ctr", "click_to_open")}
    assert rates == {"delivery_rate": 0.6792, "read_rate": 0.5304, "ctr": 0.0142, "click_to_open": 0.0267}
    assert (shown["cost"]["value"], shown["cost"]["unit"]) == (3655.45, "INR")
    assert (shown["rocs"]["value"], shown["revenue"]["value"], shown["profit"]["value"]) == (0, 0, -3655.45)
    text = text_of(answer(database, "campaign diwali"))
    shares = {
        "Delivery rate": "67.92%",
        "Read rate": "53.04%",
        "Click-through rate": "1.42%",
        "Click-to-open rate": "2.67%",
    }
    for label, share in shares.items():
        (line,) = (line for line in text.splitlines() if line.startswith(label))
        assert share in line


@pytest.mark.parametrize("metric", ["revenue", "rocs", "profit"])
def test_unknown_revenue_is_unknown_and_not_zero(sqlite_database: Database, metric: str) -> None:
    imported(sqlite_database, PUBLISHED.format(revenue=""))
    shown = figures(sqlite_database, "campaign diwali")
    assert shown[metric]["value"] is None
    assert shown["cost"]["value"] == 3655.45


def _orders_by_day_and_country() -> str:
    """Return the orders in our own layout: an amount above zero is an order, below zero a refund on its own day."""
    orders: Counter[tuple[str, str]] = Counter()
    revenue, refunds = defaultdict[tuple[str, str], Decimal](Decimal), defaultdict[tuple[str, str], Decimal](Decimal)
    with gzip.open(ORDERS, "rt", encoding="utf-8", newline="") as lines:
        for order in csv.DictReader(lines):
            key, total = (order["ordered_at"][:10], order["country"]), Decimal(order["total"])
            orders[key] += total > 0
            revenue[key] += max(total, Decimal(0))
            refunds[key] += max(-total, Decimal(0))
    rows = [f"shop,{day},{country},GBP,{n},{revenue[day, country]},{refunds[day, country]}"
            for (day, country), n in sorted(orders.items())]  # fmt: skip
    return "\n".join(["campaign,day,market,currency,orders,revenue,refunds", *rows]) + "\n"
