"""Campaigns of different age are set against each other at the age of the younger one."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from kpi.digest.course import weeks
from kpi.facts import CLICKERS, DELIVERED, READ, SENT
from kpi.metrics import METRIC
from kpi.periods import Period
from kpi.question import Asking
from kpi.scope import EVERYTHING
from kpi.storage.arrivals import ArrivalKey, add_arrivals
from kpi.storage.workspaces import team
from tests.asking import TODAY, answer, imported
from tests.test_compare import HEADER, compared, flat
from tests.test_orders import ordered

if TYPE_CHECKING:
    from kpi.facts import Fact
    from kpi.storage.database import Database

COURSE = (0.5, 0.7, 0.8, 0.9, 1.0)
"""How much has come in after one, two, … days."""


def sends(campaign: str, *backs: int, market: str = "") -> str:
    """Return the rows of a campaign that was sent to 4,000 people on each of these days, for ever old."""
    days = (TODAY - timedelta(days=back) for back in backs)
    return "".join(f"{campaign},{day},{market},,4000,4000,2000,400,,,,400\n" for day in days)


def came_in(database: Database, campaign: str, source: str, *backs: int) -> None:
    """Tell how the results of these days came in."""
    deltas: dict[ArrivalKey, dict[Fact, int]] = {}
    for back in backs:
        key = ArrivalKey(campaign, source, TODAY - timedelta(days=back), "", "", "EUR", 0)
        known = 0.0
        for age, share in enumerate(COURSE):
            counts = {READ: 2_000, CLICKERS: 400}
            deltas[key._replace(age=age)] = {fact: round(count * (share - known)) for fact, count in counts.items()}
            known = share
        deltas[key].update({SENT: 4_000, DELIVERED: 4_000})
    with database.writing("local") as db:
        add_arrivals(db, deltas)


def test_both_are_compared_at_the_age_of_the_younger(database: Database) -> None:
    young = "young,{},,,4000,4000,1400,280,,,,400\n"
    told = HEADER + sends("old", 40, 41) + young.format(TODAY - timedelta(days=2))
    source = imported(database, told).source
    came_in(database, "old", source, 40, 41)
    key = ArrivalKey("young", source, TODAY - timedelta(days=2), "", "", "EUR", 0)
    with database.writing("local") as db:
        add_arrivals(db, {key: {SENT: 4_000, DELIVERED: 4_000, READ: 1_000, CLICKERS: 200},
                          key._replace(age=1): {READ: 400, CLICKERS: 80}})  # fmt: skip
    figures = compared(database, "compare young old")
    assert figures["read_rate"]["value"] == figures["read_rate"]["other_value"] == 1_400 / 4_000
    assert figures["ctr"]["other_value"] == pytest.approx(0.07)
    text = flat(answer(database, "compare young old"))
    assert "Both after 2 days; old has had 40." in text
    assert "Results of young are still coming in" in text
    assert "Age unknown" not in text
    assert "2,800 of 8,000 delivered" in text


def test_of_a_campaign_that_still_sends_only_what_has_the_age_is_counted(sqlite_database: Database) -> None:
    source = imported(sqlite_database, HEADER + sends("old", 40, 41) + sends("drip", *range(1, 21))).source
    came_in(sqlite_database, "old", source, 40, 41)
    came_in(sqlite_database, "drip", source, *range(1, 21))
    figure = compared(sqlite_database, "compare drip old read rate")["read_rate"]
    assert figure["value"] == figure["other_value"] == pytest.approx(0.7 * 0.5)
    text = flat(answer(sqlite_database, "compare drip old read rate"))
    assert "Both after 2 days; old has had 40." in text
    assert "26,600 of 76,000 delivered" in text, "all but yesterday's"


@pytest.mark.parametrize("peers", [2, 3])
def test_a_young_campaign_is_set_against_the_usual_at_its_age(sqlite_database: Database, peers: int) -> None:
    past = [f"past {number}" for number in range(peers)]
    young = f"young,{TODAY - timedelta(days=2)},,,4000,4000,1600,280,,,,400\n"
    rows = "".join(sends(name, 40 + number) for number, name in enumerate(past))
    source = imported(sqlite_database, HEADER + rows + young).source
    for number, name in enumerate(past):
        came_in(sqlite_database, name.replace(" ", "-"), source, 40 + number)
    key = ArrivalKey("young", source, TODAY - timedelta(days=2), "", "", "EUR", 0)
    with sqlite_database.writing("local") as db:
        add_arrivals(db, {key: {SENT: 4_000, DELIVERED: 4_000, READ: 1_600, CLICKERS: 280}})
    text = flat(answer(sqlite_database, "campaign young"))
    assert ("▲ 5.00 pt after 2 days, so far" in text) is (peers == 3), "40% were read, and 35% are usual after two days"
    assert ("After 2 days it is what they had by then." in text) is (peers == 3)


def test_files_alone_tell_no_ages(sqlite_database: Database) -> None:
    imported(sqlite_database, HEADER + sends("old", 40) + sends("young", 1))
    text = flat(answer(sqlite_database, "compare young old"))
    assert "Results of young are still coming in" in text
    assert "Age unknown: the sources tell totals only, so the older side has had more time." in text
    assert "after 1 day" not in text
    assert compared(sqlite_database, "compare young old")["read_rate"]["other_value"] == 0.5


def test_single_orders_have_an_age_where_messages_have_none(sqlite_database: Database) -> None:
    imported(sqlite_database, HEADER + sends("old", 40) + sends("young", 2))
    orders = "order_id,ordered_at,customer_id,currency,total,utm_campaign\n"
    for number in range(120):
        campaign, back = ("old", 40 - number % 6) if number < 80 else ("young", 2 - number % 2)
        orders += f"{number},{TODAY - timedelta(days=back)},c{number},EUR,50,{campaign}\n"
    ordered(sqlite_database, orders)
    figures = compared(sqlite_database, "compare young old")
    assert figures["conversion_rate"]["value"] == 40 / 4_000
    assert figures["conversion_rate"]["other_value"] == 28 / 4_000, (
        "80 orders came in 6 days, 28 of them in the first 2"
    )
    assert figures["rocs"]["other_value"] == 28 * 50 / 400
    assert figures["read_rate"]["other_value"] == 0.5
    text = flat(answer(sqlite_database, "compare young old"))
    assert "Both after 2 days; old has had 40." in text
    assert "Age unknown for read rate and click-through rate: the sources tell totals only" in text


def test_parts_of_equal_age_are_compared_as_they_are(sqlite_database: Database) -> None:
    imported(sqlite_database, HEADER + sends("young", 2, market="DE") + sends("young", 2, market="AT"))
    text = flat(answer(sqlite_database, "compare young markets"))
    assert "Age unknown" not in text
    assert "still coming in" in text


def test_opt_outs_without_an_age_leave_the_rest_at_equal_age(sqlite_database: Database) -> None:
    header = HEADER.replace("cost\n", "cost,opt_outs\n")
    rows = (sends("old", 40) + sends("young", 1)).replace(",400\n", ",400,12\n")
    source = imported(sqlite_database, header + rows).source
    for campaign, back in (("old", 40), ("young", 1)):
        came_in(sqlite_database, campaign, source, back)
    text = flat(answer(sqlite_database, "compare young old"))
    assert "Age unknown for opt-out rate" in text
    assert "Both after 1 day; old has had 40." in text


MONDAY, LATER = date(2026, 11, 23), datetime(2026, 11, 23, 9, tzinfo=UTC)
WEEK = Period(date(2026, 11, 16), MONDAY, "week 47")


def two_weeks(database: Database) -> tuple[list[int], str, float]:
    """Tell of a week and of the next one, a tenth better and still filling up.

    Return the days of the first as days before today, the source, and how many whole days the second amounts to.
    """
    earlier = [(TODAY - MONDAY).days + at for at in range(8, 15)]
    rows, known = sends("drip", *earlier), 0.0
    for at in range(7):
        share = COURSE[min(6 - at, 4)]
        rows += f"drip,{WEEK.start + timedelta(days=at)},,,4000,4000,{2200 * share:.0f},{440 * share:.0f},,,,400\n"
        known += share
    return earlier, imported(database, HEADER + rows, today=MONDAY, now=LATER).source, known


def test_a_week_that_still_fills_up_is_set_against_the_one_before_as_it_stood(database: Database) -> None:
    earlier, source, known = two_weeks(database)
    with database.reading("local") as db:
        course = weeks(Asking(db, team(db), MONDAY, LATER), EVERYTHING, WEEK)
        assert course.change(METRIC["ctr"]) == "so far, 10% in week 46", "no ages are known"
    came_in(database, "drip", source, *earlier)
    with database.reading("local") as db:
        course = weeks(Asking(db, team(db), MONDAY, LATER), EVERYTHING, WEEK)
        said = course.change(METRIC["ctr"])
        assert course.change(METRIC["delivery_rate"]) == "same as week 46", "deliveries are all there"
    assert said == f"▲ {100 * 40 * known / 28_000:.2f} pt vs week 46 at this age"


def test_why_sets_days_that_fill_up_against_those_before_at_their_age(sqlite_database: Database) -> None:
    earlier, source, known = two_weeks(sqlite_database)
    question, then = "why read rate 2026-11-16..2026-11-22", "told as they stood when they were as old"
    assert then not in flat(answer(sqlite_database, question, today=MONDAY))
    came_in(sqlite_database, "drip", source, *earlier)
    said = flat(answer(sqlite_database, question, today=MONDAY))
    assert then in said
    assert f"▲ {100 * 200 * known / 28_000:.2f} pt" in said
