"""The sample season's single orders: they add up to what the season tells."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from sqlalchemy import text

from kpi.facts import ARRIVING, READ, REVENUE_BY_SEND
from kpi.sample import season
from kpi.sample.ages import season_arrivals
from kpi.sample.orders import season_orders
from kpi.storage.arrivals import add_arrivals, arrivals
from kpi.storage.campaigns import campaigns
from kpi.storage.tallies import tally
from tests.asking import NOW, TODAY, answer, imported
from tests.test_orders import ordered

if TYPE_CHECKING:
    from kpi.storage.database import Database

SUMS = """
select campaign, sum(orders), sum(buyers), sum(new_customers), sum(revenue), sum(refunds), sum(revenue_by_send)
from daily_result where campaign in (select distinct campaign from purchase) group by campaign order by campaign
"""


def test_the_orders_add_up_to_the_season(sqlite_database: Database) -> None:
    imported(sqlite_database, season(TODAY), source="sample-season")
    before = _sums(sqlite_database, SUMS.replace("in (select", "not in (select"))
    done = ordered(sqlite_database, season_orders(TODAY))
    assert (done.skips, len(done.campaigns)) == (0, 15)
    after = _sums(sqlite_database, SUMS)
    assert set(after) == set(done.campaigns)
    assert {name: before[name] for name in after} == after
    _add_up_by_age(sqlite_database)


def _add_up_by_age(database: Database) -> None:
    """Check that the ages of the season add up to its results, and that its young days are still filling."""
    with database.writing("local") as db:
        add_arrivals(db, season_arrivals(TODAY, "sample-season"))
    with database.reading("local") as db:
        every = campaigns(db)
        results, ages = tally(db, ARRIVING, every, None), arrivals(db, every)
    told = {(one.campaign, fact): 0 for one in ages for fact in one.facts}
    for one in ages:
        for fact, count in one.facts.items():
            told[one.campaign, fact] += count
    assert len({one.campaign for one in ages}) == 19
    assert told == {(campaign, fact): part.total(fact) for campaign, part in results.by_campaign().items()
                    for fact in ARRIVING if part.knows(fact)}  # fmt: skip
    first = {one.campaign: one.facts for one in ages if one.age == 0}
    for fact, share in ((READ, 0.62), (REVENUE_BY_SEND, 0.25)):
        spring, advent = (first[slug][fact] / told[slug, fact] for slug in ("spring-sale", "advent-calendar"))
        assert spring == pytest.approx(share, abs=0.02)
        assert advent > spring + 0.01


def test_the_same_orders_are_drawn_each_time() -> None:
    assert season_orders(TODAY) == season_orders(TODAY)


def test_the_season_knows_what_a_customer_is_worth(sqlite_database: Database) -> None:
    imported(sqlite_database, season(TODAY), source="sample-season", now=NOW)
    ordered(sqlite_database, season_orders(TODAY))
    said = answer(sqlite_database, "clv").headline
    assert said.startswith("WhatsApp won 2,")
    assert "after 90 days each had brought" in said


def _sums(database: Database, statement: str) -> dict[str, tuple[int, ...]]:
    with database.engine.connect() as connection:
        return {row[0]: tuple(row[1:]) for row in connection.execute(text(statement))}
