"""How long results come in is learned from the team's own days, where there are ten of them whose ages are known."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from kpi.facts import BUYERS_BY_SEND, CLICKERS, DELIVERED, READ, REFUNDS_BY_SEND, REVENUE_BY_SEND, SENT
from kpi.maturity import lag, ripening
from kpi.metrics import METRIC
from kpi.storage.arrivals import ArrivalKey, add_arrivals
from kpi.storage.stages import Stages
from kpi.tally import Sums, Tally
from tests.asking import TODAY, answer, imported
from tests.test_compare import flat

if TYPE_CHECKING:
    from kpi.facts import Fact
    from kpi.storage.database import Database

FAST, SLOW = (0.96, 0.02, 0.02), (0.3, 0.2, 0.2, 0.1, 0.1, 0.1)


def shop(database: Database, course: tuple[float, ...], *, days: int = 10, age: int) -> None:
    """Tell of a campaign on so many days long ago, the ages of its results included, and of a young one."""
    backs = [*(20 + at for at in range(days))]
    rows = "".join(f"past,{TODAY - timedelta(days=back)},1000,1000,600,100\n" for back in backs)
    rows += f"young,{TODAY - timedelta(days=age)},1000,1000,600,100\n"
    source = imported(database, "campaign,day,sent,delivered,read,clickers\n" + rows).source
    deltas: dict[ArrivalKey, dict[Fact, int]] = {}
    for back in backs:
        for at, share in enumerate(course):
            key = ArrivalKey("past", source, TODAY - timedelta(days=back), "", "", "EUR", at)
            deltas[key] = {READ: round(600 * share), CLICKERS: round(100 * share)}
            deltas[key] |= {} if at else {SENT: 1000, DELIVERED: 1000}
    with database.writing("local") as db:
        add_arrivals(db, deltas)


@pytest.mark.parametrize(
    ("course", "days", "age", "is_early"),
    [(FAST, 10, 1, False), (FAST, 9, 1, True), (SLOW, 10, 4, True), (SLOW, 9, 4, False), (SLOW, 10, 6, False)],
)
def test_ten_days_teach_when_a_kpi_may_be_judged(
    sqlite_database: Database, course: tuple[float, ...], days: int, age: int, *, is_early: bool
) -> None:
    shop(sqlite_database, course, days=days, age=age)
    assert ("too early" in flat(answer(sqlite_database, "benchmark young"))) is is_early


def test_what_is_learned_is_the_same_in_both_databases(database: Database) -> None:
    shop(database, SLOW, age=4)
    assert "still filling up" in flat(answer(database, "campaign young"))


def stages(*values: tuple[int, int, int], days: int = 10) -> Stages:
    """Return what 5,000 messages had brought after one day, after two, …: buyers, revenue and refunds."""
    return Stages(days, tuple(
        Tally((Sums("", "EUR", {DELIVERED: 5_000, BUYERS_BY_SEND: buyers, REVENUE_BY_SEND: revenue * 1_000_000,
                                REFUNDS_BY_SEND: refunds * 1_000_000}),))
        for buyers, revenue, refunds in values
    ))  # fmt: skip


def test_a_kpi_fills_up_until_nearly_all_of_it_is_there() -> None:
    course = stages((40, 2_000, 0), (80, 4_000, 0), (95, 5_000, 50), (100, 5_000, 300))
    conversion = METRIC["conversion_rate"]
    assert ripening(conversion, course).shares == pytest.approx((0, 0.4, 0.8, 0.95, 1))
    assert lag(conversion, course) == 2
    assert lag(METRIC["delivery_rate"], course) == METRIC["delivery_rate"].matures, "what was sent is unknown here"
    assert lag(METRIC["refund_rate"], course) == METRIC["refund_rate"].matures, "refunds take longer than ages are told"


@pytest.mark.parametrize(
    "course", [stages((100, 100, 0), days=9), stages((20, 100, 0)), stages((0, 0, 0)), Stages(0, ())]
)
def test_little_teaches_nothing(course: Stages) -> None:
    assert lag(METRIC["conversion_rate"], course) == METRIC["conversion_rate"].matures
    assert ripening(METRIC["conversion_rate"], course).shares == ()
