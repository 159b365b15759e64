"""What came of messages, by age: added up in both databases, and read as the chosen sources tell it."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

from kpi.ages import OLDEST, age_of, days_had
from kpi.facts import CLICKS, DELIVERED, READ, SENT
from kpi.storage.arrivals import ArrivalKey, Arrived, add_arrivals, arrivals
from kpi.storage.campaigns import campaigns
from tests.asking import imported

if TYPE_CHECKING:
    from kpi.storage.database import Database

DAY = date(2026, 11, 2)
RESULTS = """campaign,day,variant,sent,delivered,read
spring-sale,2026-11-02,a,100,90,40
"""


def test_an_age_counts_midnights_and_the_last_stands_for_all_later_ones() -> None:
    assert [age_of(DAY, DAY + timedelta(days=days)) for days in (-1, 0, 1, 14, 90)] == [0, 0, 1, OLDEST, OLDEST]
    assert [days_had(DAY, DAY + timedelta(days=days)) for days in (-1, 0, 1, 14, 90)] == [0, 0, 1, 14, 90]


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
