"""Customer value: what customers cost and brought, of those old enough, against independent formulas."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from kpi.lifetime import AGES, FEWEST, Customer, cohorts, cost_per_customer, curve, paid_back, worth_after
from kpi.money import MILLION
from tests.asking import TODAY, answer, figures, imported, text_of
from tests.test_orders import HEADER, ordered

if TYPE_CHECKING:
    from kpi.storage.database import Database

SENT = "campaign,day,sent,delivered,cost\nSpring sale,2026-01-10,1000,900,100\nSummer sale,2026-09-01,1000,900,50\n"


def _year(currency: str = "EUR") -> str:
    """Forty people are won in January, every other one comes back after 45 days without a campaign."""
    won = [f"a{n},2026-01-{10 + n % 5:02},c{n},DE,{currency},10,,,,,spring-sale" for n in range(40)]
    back = [f"b{n},2026-02-{24 + n % 5:02},c{n},DE,{currency},20,,,,," for n in range(0, 40, 2)]
    new = [f"d{n},2026-09-01,e{n},AT,{currency},10,,,,,summer-sale" for n in range(25)]
    last = [f"z,2026-11-01,late,DE,{currency},5,,,,,"]
    return HEADER + "\n".join([*won, *back, *new, *last]) + "\n"


def test_a_customers_value_stands_beside_what_winning_them_cost(database: Database) -> None:
    imported(database, SENT)
    ordered(database, _year())
    shown = figures(database, "clv spring-sale")
    assert shown["new_customers"]["value"] == 40
    assert (shown["cac"]["value"], shown["cac"]["numerator"], shown["cac"]["denominator"]) == (2.5, 100, 40)
    assert (shown["clv"]["value"], shown["clv"]["denominator"]) == (20, 40)
    assert shown["clv_cac"]["value"] == 8
    assert (shown["repeat_purchase_rate"]["numerator"], shown["repeat_purchase_rate"]["value"]) == (20, 0.5)
    said = text_of(answer(database, "clv spring-sale"))
    assert "Spring sale won 40 customers at €2.50 each; after 180 days each had brought €20.00, 8x that." in said
    assert "No margin is set, so goods are not deducted." in said


def test_the_margin_is_taken_from_what_customers_brought(sqlite_database: Database) -> None:
    imported(sqlite_database, SENT)
    imported(sqlite_database, "campaign,day,margin\nSpring sale,,40%\n", source="margins")
    ordered(sqlite_database, _year())
    shown = figures(sqlite_database, "clv spring-sale")
    assert shown["clv"]["value"] == 8
    assert "Gross profit per customer, 180 days" in text_of(answer(sqlite_database, "clv spring-sale"))
    assert shown["clv_cac"]["value"] == pytest.approx(3.2)


def test_only_customers_that_are_old_enough_are_told(sqlite_database: Database) -> None:
    imported(sqlite_database, SENT)
    ordered(sqlite_database, _year())
    young = text_of(answer(sqlite_database, "clv summer-sale"))
    assert "Revenue per customer, 60 days" in young
    assert [line.split() for line in young.splitlines() if line.startswith("Sept 2026")] == [
        ["Sept", "2026", "25", "€10.00", "€10.00", "–", "–", "0%"]
    ]
    everybody = figures(sqlite_database, "clv")
    assert (everybody["new_customers"]["value"], everybody["clv"]["denominator"]) == (65, 40)


def test_too_few_have_no_average(sqlite_database: Database) -> None:
    imported(sqlite_database, SENT)
    ordered(sqlite_database, HEADER + "1,2026-01-10,ann,DE,EUR,10,,,,,spring-sale\n2,2026-11-01,bob,DE,EUR,1,,,,,\n")
    said = answer(sqlite_database, "clv spring-sale").headline
    assert said == "Spring sale won 1 customer at €100 each; of fewer than 20 old enough, no average is told."


def test_it_can_be_narrowed_to_a_market_and_a_period(sqlite_database: Database) -> None:
    imported(sqlite_database, SENT)
    imported(sqlite_database, "campaign,day,market,sent\nSplit,2026-09-01,AT,10\nSplit,2026-09-01,DE,10\n", source="x")
    ordered(sqlite_database, _year())
    assert figures(sqlite_database, "clv in Austria")["new_customers"]["value"] == 25
    assert figures(sqlite_database, "clv q1 2026")["new_customers"]["value"] == 40
    nobody = answer(sqlite_database, "clv spring-sale september").headline
    assert nobody == "No stored order says that Spring sale won a customer in 1–30 Sept 2026."


def test_without_orders_it_says_what_it_needs(sqlite_database: Database) -> None:
    imported(sqlite_database, SENT)
    said = answer(sqlite_database, "clv")
    assert said.headline == "Customer value needs single orders, and none with a customer is stored."
    assert "kpi import orders.csv" in text_of(said)


def test_customers_are_counted_in_one_currency(sqlite_database: Database) -> None:
    imported(sqlite_database, SENT)
    ordered(sqlite_database, _year())
    ordered(sqlite_database, HEADER + "x,2026-01-11,swiss,CH,CHF,99,,,,,spring-sale\n", source="swiss")
    assert figures(sqlite_database, "clv spring-sale")["new_customers"]["value"] == 40
    assert "1 customer who pays in another currency is not counted." in text_of(answer(sqlite_database, "clv"))


# The pure part


def customers(draws: list[tuple[int, int]]) -> list[Customer]:
    start = date(2026, 1, 1)
    return [Customer(start + timedelta(days=day), "EUR", ((0, amount * MILLION),), 1) for day, amount in draws]


@given(st.lists(st.tuples(st.integers(0, 60), st.integers(0, 500)), min_size=FEWEST, max_size=60))
def test_the_interval_is_students(draws: list[tuple[int, int]]) -> None:
    worth = worth_after(customers(draws), 30, TODAY)
    assert worth is not None
    spent = np.array([amount for _, amount in draws], dtype=float)
    if spent.std() > 0:
        low, high = stats.t.interval(0.95, len(spent) - 1, loc=spent.mean(), scale=stats.sem(spent))
        assert (worth.low, worth.high) == pytest.approx((low, high))
    assert worth.mean == pytest.approx(spent.mean())


@given(st.integers(1, 10_000), st.floats(1, 10**6))
def test_the_interval_of_the_cost_is_garwoods(count: int, cost: float) -> None:
    low, high = cost_per_customer(cost, count)
    most, fewest = stats.chi2.ppf(0.975, 2 * count + 2) / 2, stats.chi2.ppf(0.025, 2 * count) / 2
    assert (low, high) == pytest.approx((cost / most, cost / fewest))
    assert low < cost / count < high


@given(st.lists(st.tuples(st.integers(0, 320), st.integers(0, 500)), max_size=80))
def test_a_curve_never_falls_without_refunds_and_holds_the_same_people(draws: list[tuple[int, int]]) -> None:
    points = curve(customers(draws), TODAY)
    means = [point.mean for point in points]
    assert means == sorted(means)
    assert len({point.customers for point in points}) <= 1
    assert all(point.days <= AGES[-1] for point in points)


@given(st.lists(st.tuples(st.integers(0, 320), st.integers(0, 500)), max_size=80))
def test_no_month_tells_an_age_that_one_of_its_customers_has_not(draws: list[tuple[int, int]]) -> None:
    found = cohorts(customers(draws), TODAY)
    assert sum(one.customers for one in found) == len(draws)
    for one in found:
        last = max(date(2026, 1, 1) + timedelta(days=day) for day, _ in draws
                   if (date(2026, 1, 1) + timedelta(days=day)).replace(day=1) == one.month)  # fmt: skip
        for age, worth in zip(AGES, one.worth, strict=True):
            assert worth is None or last + timedelta(days=age) <= TODAY


def test_paid_back_is_the_first_day_on_which_the_cost_is_reached() -> None:
    start = date(2026, 1, 1)
    spenders = [Customer(start, "EUR", ((0, 10 * MILLION), (40, 10 * MILLION)), 2)] * FEWEST
    points = curve(spenders, TODAY)
    assert paid_back(points, 9, 1) == 0
    assert paid_back(points, 15, 1) == 40
    assert paid_back(points, 15, 0.5) is None
