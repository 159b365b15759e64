"""The sample season's single orders: they add up to what the season tells."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import text

from kpi.sample import season
from kpi.sample.orders import season_orders
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
