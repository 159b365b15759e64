"""What came of messages, by age: added up in both databases, and read as the chosen sources tell it."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest

from kpi.ages import OLDEST, age_of, days_had
from kpi.facts import BUYERS_BY_SEND, CLICKS, DELIVERED, READ, REVENUE_BY_SEND, SENT
from kpi.storage.arrivals import ArrivalKey, Arrived, add_arrivals, arrivals
from kpi.storage.campaigns import campaigns
from tests.asking import imported
from tests.test_orders import SPRING, ordered

if TYPE_CHECKING:
    from kpi.storage.database import Database

DAY = date(2026, 11, 2)
RESULTS = """campaign,day,variant,sent,delivered,read
spring-sale,2026-11-02,a,100,90,40
"""


def test_an_age_counts_midnights_and_the_last_stands_for_all_later_ones() -> None:
    assert [age_of(DAY, DAY + timedelta(days=days)) for days in (-1, 0, 1, 14, 90)] == [0, 0, 1, OLDEST, OLDEST]
    assert [days_had(DAY, DAY + timedelta(days=days)) for days in (-1, 0, 1, 14, 90)] == [0, 0, 1, 14, 90]


@pytest.mark.parametrize(
    ("message_day", "ages"), [("2026-05-01", {0: 10, 4: 50, 6: 100}), ("", {0: 10, 1: 50, 3: 100})]
)
def test_orders_tell_their_age_since_the_message_that_earned_them(
    database: Database, message_day: str, ages: dict[int, int]
) -> None:
    imported(database, SPRING)
    header = "order_id,ordered_at,customer_id,total,utm_campaign,message_day\n"
    told = [("1", "2026-05-01", "ann", 10), ("2", "2026-05-05", "bob", 50), ("3", "2026-05-07", "ann", 100)]
    rows = (f"{number},{day},{customer},{total},spring-sale,{message_day}\n" for number, day, customer, total in told)
    for _ in range(2):
        ordered(database, header + "".join(rows))
    with database.reading("local") as db:
        found = arrivals(db, campaigns(db))
    assert {one.age: one.facts[REVENUE_BY_SEND] // 1_000_000 for one in found} == ages
    assert sum(one.facts[BUYERS_BY_SEND] for one in found) == 2
    assert all(SENT not in one.facts for one in found)


def test_orders_without_a_message_have_no_age(database: Database) -> None:
    ordered(database, "order_id,ordered_at,total\n1,2026-05-01,10\n", campaign="Shop")
    with database.reading("local") as db:
        assert arrivals(db, campaigns(db)) == []


@pytest.mark.parametrize(
    ("cell", "reason"),
    [("soon", "message_day 'soon' is not a day"), ("2026-05-02", "message_day 2026-05-02 is after the order")],
)
def test_the_day_of_a_message_must_be_one(sqlite_database: Database, cell: str, reason: str) -> None:
    done = ordered(sqlite_database, f"order_id,ordered_at,total,message_day\n1,2026-05-01,10,{cell}\n")
    assert reason in done.skipped[0].reason


def test_deltas_add_up_and_what_is_not_told_stays_unknown(database: Database) -> None:
    source = imported(database, RESULTS).source
    first, later = (ArrivalKey("spring-sale", source, DAY, "", "a", "EUR", age) for age in (0, 3))
    with database.writing("local") as db:
        add_arrivals(db, {first: {SENT: 100, DELIVERED: 80, READ: 0}})
        add_arrivals(db, {later: {DELIVERED: 10, READ: 41}, first: {DELIVERED: 5}})
        add_arrivals(db, {later: {READ: -1, DELIVERED: -5}})
    with database.reading("local") as db:
        found = arrivals(db, campaigns(db))
    assert found == [
        Arrived("spring-sale", "a", 0, {SENT: 100, DELIVERED: 85, READ: 0}),
        Arrived("spring-sale", "a", 3, {DELIVERED: 5, READ: 40}),
    ]
    assert all(CLICKS not in one.facts for one in found)


def test_only_the_source_that_was_chosen_tells_ages(database: Database) -> None:
    imported(database, RESULTS)
    other = ArrivalKey("spring-sale", "some other source", DAY, "", "a", "EUR", 0)
    with database.writing("local") as db:
        add_arrivals(db, {other: {SENT: 100, DELIVERED: 80}})
    with database.reading("local") as db:
        assert arrivals(db, campaigns(db)) == []
    with database.reading("another") as db:
        assert arrivals(db, campaigns(db)) == []
