"""Money of two campaigns, judged by their single orders: as scipy has it, sane for any orders, silent without them."""

from __future__ import annotations

from datetime import date, timedelta
from math import isfinite, sqrt
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from kpi.comparison.amounts import NOTHING_KNOWN, Spread, per_message, per_order, steadied, with_noise
from kpi.comparison.means import Means
from kpi.comparison.noise import Days, Noise, Origin
from kpi.comparison.verdicts import judged
from tests.asking import TODAY, answer, figures, imported, text_of
from tests.proofs.comparing import MOST_WRONG
from tests.proofs.comparing_money import EQUAL, money_called
from tests.test_orders import ordered

if TYPE_CHECKING:
    from kpi.storage.database import Database

RESULTS = "campaign,day,market,sent,delivered,read,clickers,cost\n"
ORDERS = "order_id,ordered_at,customer_id,country,currency,total,refunded,utm_campaign\n"
Bought = list[list[float]]
"""What each customer spent, order by order."""


def spread_of(customers: Bought) -> Spread:
    found = NOTHING_KNOWN
    for spent in customers:
        total, count = sum(spent), len(spent)
        found += Spread(count, total, total**2, total * count, count**2, max(spent))
    return found


def means_of(one: Bought, other: Bought, messages: int, *, of_value: bool = False) -> Means:
    spreads = steadied(spread_of(one), spread_of(other), min(len(one), len(other)), of_value=of_value)
    sides = []
    for customers, spread in zip((one, other), spreads, strict=True):
        revenue, orders = sum(map(sum, customers)), sum(map(len, customers))
        mean = per_order(revenue, orders, spread) if of_value else per_message(revenue, orders, messages, spread)
        noise = Noise(0.1**2, Origin.ASSUMED)
        sides.append(with_noise(mean, noise, Days([(revenue, orders if of_value else messages)])))
    return Means(sides[0], sides[1], min(len(one), len(other)) >= 30)


def drawn(seed: int, count: int, middle: float) -> list[float]:
    return [float(one) for one in np.random.default_rng(seed).lognormal(middle, 0.7, count)]


# The numbers


def test_revenue_per_message_has_the_error_of_all_recipients_with_their_zeros() -> None:
    bought, messages = drawn(1, 300, 4), 9_000
    everybody = np.array([*bought, *[0.0] * (messages - len(bought))])
    found = per_message(sum(bought), len(bought), messages, spread_of([[one] for one in bought]))
    assert found.value == pytest.approx(everybody.mean())
    assert found.error == pytest.approx(everybody.std(ddof=1) / sqrt(messages), rel=1e-9)


def test_order_values_are_judged_as_welch_judges_them() -> None:
    one, other = drawn(2, 400, 4), drawn(3, 300, 4.1)
    told = stats.ttest_ind(one, other, equal_var=False)
    sides = [per_order(sum(some), len(some), spread_of([[each] for each in some])) for some in (one, other)]
    found = Means(sides[0], sides[1])
    assert found.p_value() == pytest.approx(told.pvalue, abs=1e-9)
    assert found.sampling() == pytest.approx(tuple(told.confidence_interval(0.95)), abs=1e-9)


def test_a_customer_who_orders_twice_is_one_person_by_the_delta_method() -> None:
    draws = np.random.default_rng(4)
    customers = [[float(one) for one in draws.lognormal(4, 0.6, draws.integers(1, 4))] for _ in range(500)]
    spent, orders = (np.array([each(one) for one in customers], dtype=float) for each in (sum, len))
    covariance = np.cov(spent, orders)
    means = spent.mean(), orders.mean()
    textbook = (
        covariance[0, 0] / means[1] ** 2
        - 2 * covariance[0, 1] * means[0] / means[1] ** 3
        + means[0] ** 2 * covariance[1, 1] / means[1] ** 4
    ) / len(customers)
    found = per_order(float(spent.sum()), float(orders.sum()), spread_of(customers))
    assert found.error == pytest.approx(sqrt(textbook), rel=2e-3)


def test_few_orders_are_no_surer_than_both_sides_together() -> None:
    cheap, mixed = spread_of([[50.0]] * 40), spread_of([[one] for one in drawn(5, 400, 4)])
    assert steadied(cheap, mixed, 40, of_value=True)[0] == cheap + mixed
    assert steadied(cheap, mixed, 100, of_value=True) == (cheap, mixed)


def people(seed: int, count: int, skew: float, orders: int) -> Bought:
    spent = np.random.default_rng(seed).lognormal(3, skew, (count, orders))
    return [[round(float(one), 2) for one in each] for each in spent]


bought = st.builds(
    people, st.integers(0, 10**6), st.integers(2, 90), st.sampled_from([0.0, 0.5, 1.0, 3.0]), st.integers(1, 3)
)


@given(bought, bought, st.integers(270, 10**6), st.booleans())
def test_no_orders_break_it_and_swapping_them_mirrors_the_answer(
    one: Bought,
    other: Bought,
    messages: int,
    of_value: bool,  # noqa: FBT001  hypothesis
) -> None:
    there, back = (means_of(*pair, messages, of_value=of_value) for pair in ((one, other), (other, one)))
    found, mirrored = judged([there])[0], judged([back])[0]
    assert found.verdict is mirrored.verdict
    assert found.wide == pytest.approx((-mirrored.wide[1], -mirrored.wide[0]), abs=1e-6)
    assert found.chance == pytest.approx(1 - mirrored.chance, abs=1e-9)
    assert found.p_value == pytest.approx(mirrored.p_value, abs=1e-9)
    for value in (*found.sampling, *found.wide, *(found.ratio or ()), found.p_value, found.chance, found.least):
        assert isfinite(value) or value == float("inf")
    assert found.wide[0] <= found.difference <= found.wide[1]
    assert 0 <= found.p_value <= 1
    assert 0 <= found.chance <= 1


@given(bought, bought, st.integers(270, 10**4), st.integers(2, 5), st.booleans())
def test_more_of_the_same_orders_narrow_the_interval(
    one: Bought,
    other: Bought,
    messages: int,
    times: int,
    of_value: bool,  # noqa: FBT001  hypothesis
) -> None:
    few = means_of(one * 2, other * 2, messages * 2, of_value=of_value).sampling()
    many = means_of(one * 2 * times, other * 2 * times, messages * 2 * times, of_value=of_value).sampling()
    assert many[1] - many[0] <= (few[1] - few[0]) * (1 + 1e-9)


@pytest.mark.parametrize("season", EQUAL[4:7:2], ids=lambda season: season.name)
def test_clear_is_rarely_wrong_of_money(season: Any) -> None:  # noqa: ANN401
    for clear, naive in money_called(season, 150).values():
        assert clear <= MOST_WRONG + 0.035
        assert naive >= clear


# Through the front door


def results(**campaigns: int) -> str:
    """Return one send of 10,000 for each campaign, so many days ago."""
    sends = "".join(f"{name},{_on(back)},,10000,10000,7000,900,1000\n" for name, back in campaigns.items())
    return RESULTS + sends


def orders(
    campaign: str, back: int, spent: list[float], currency: str = "EUR", refunded: float = 0, market: str = "DE"
) -> str:
    """Return an order of every amount, each by somebody else."""
    return "".join(
        f"{who}{currency},{_on(back)}T10:00:00,{who},{market},{currency},{amount:.2f},{refunded},{campaign}\n"
        for who, amount in ((f"{campaign}-{back}-{at}", amount) for at, amount in enumerate(spent))
    )


def _on(back: int) -> date:
    return TODAY - timedelta(days=back)


def flat(database: Database, question: str) -> str:
    return " ".join(text_of(answer(database, question)).split())


def test_single_orders_give_money_its_verdict(database: Database) -> None:
    one, other = drawn(6, 210, 4.6), drawn(7, 110, 4.0)
    imported(database, results(a=60, b=40))
    ordered(database, ORDERS + orders("a", 60, one, refunded=1.5) + orders("b", 40, other))
    found = figures(database, "compare a b")
    net = [round(amount, 2) - 1.5 for amount in one], [round(amount, 2) for amount in other]
    value = found["aov"]
    told = stats.ttest_ind(*net, equal_var=False)
    assert (value["value"], value["other_value"]) == pytest.approx(tuple(map(np.mean, net)))
    assert (value["low"], value["high"]) == pytest.approx(tuple(told.confidence_interval(0.95)), rel=1e-4)
    assert value["p_value"] == pytest.approx(told.pvalue, rel=1e-4)
    per = found["revenue_per_message"]
    everybody = [[*some, *[0.0] * (10_000 - len(some))] for some in net]
    welch = stats.ttest_ind(*everybody, equal_var=False)
    assert (per["low"], per["high"]) == pytest.approx(tuple(welch.confidence_interval(0.95)), rel=5e-3)
    assert per["wide_low"] < per["low"] < per["high"] < per["wide_high"], "one send each: its mood is not known"
    assert per["verdict"] == "clear"
    rocs = found["rocs"]
    assert rocs["value"] == pytest.approx(per["value"] * 10)
    assert (rocs["low"], rocs["p_value"]) == pytest.approx((per["low"] * 10, per["p_value"]))


def test_without_single_orders_the_answer_says_what_would_give_a_verdict(sqlite_database: Database) -> None:
    daily = "campaign,day,sent,delivered,clickers,orders,revenue,cost\n" + "".join(
        f"{name},{_on(back)},10000,10000,900,{sold},{sold * 60},1000\n"
        for name, back, sold in (("a", 60, 200), ("b", 40, 110))
    )
    imported(sqlite_database, daily)
    said = flat(sqlite_database, "compare a b")
    assert "Money gets no verdict: import the single orders of a and b to know." in said
    assert "needs orders" in said
    ordered(sqlite_database, ORDERS + orders("a", 60, drawn(8, 200, 5.0)))
    assert "import the single orders of b to know" in flat(sqlite_database, "compare a b")
    ordered(sqlite_database, ORDERS + orders("b", 40, drawn(9, 110, 4.0)))
    assert "to know" not in flat(sqlite_database, "compare a b")
    assert figures(sqlite_database, "compare a b")["revenue_per_message"]["verdict"] == "clear"


def test_what_rests_on_few_orders_or_on_a_single_one_says_so(sqlite_database: Database) -> None:
    imported(sqlite_database, results(a=60, b=40))
    ordered(sqlite_database, ORDERS + orders("a", 60, [*drawn(15, 40, 3), 5000.0]) + orders("b", 40, drawn(16, 110, 3)))
    said = flat(sqlite_database, "compare a b")
    assert "Money is provisional: it rests on 41 orders of a." in said
    assert "A single order (€5,000) brought 83% of a." in said


def test_few_orders_get_no_verdict_on_money(sqlite_database: Database) -> None:
    imported(sqlite_database, results(a=60, b=40))
    ordered(sqlite_database, ORDERS + orders("a", 60, [10.0] * 60) + orders("b", 40, [900.0] * 20))
    found = figures(sqlite_database, "compare a b")
    assert {found[key]["verdict"] for key in ("aov", "revenue_per_message", "rocs")} == {"too_little"}
    assert found["aov"]["difference"] == -890


def test_money_of_several_currencies_is_not_compared(sqlite_database: Database) -> None:
    imported(sqlite_database, results(a=60, b=40))
    ordered(
        sqlite_database,
        ORDERS
        + orders("a", 60, drawn(10, 60, 4))
        + orders("a", 60, drawn(11, 40, 4), "USD")
        + orders("b", 40, drawn(12, 60, 4)),
    )
    found = figures(sqlite_database, "compare a b")
    assert found["revenue_per_message"]["verdict"] == "too_little"
    assert found["aov"]["p_value"] is not None, "an order in euros can be set against an order in euros"
    said = flat(sqlite_database, "compare a b")
    assert "a earned money in several currencies, so money gets no verdict." in said
    assert "only EUR is compared" in said


def test_two_periods_and_two_markets_of_one_campaign_are_told_by_their_own_orders(sqlite_database: Database) -> None:
    rows = [f"a,{_on(back)},{market},5000,5000,3500,400,500\n" for back in (40, 41, 60, 61) for market in ("DE", "ES")]
    imported(sqlite_database, RESULTS + "".join(rows))
    ordered(
        sqlite_database,
        ORDERS
        + orders("a", 60, drawn(13, 150, 4.9))
        + orders("a", 40, drawn(14, 120, 4.0)).replace("aEUR", "bEUR").replace("DE,EUR", "ES,EUR"),
    )
    first, second = (f"{TODAY - timedelta(days=back + 2)}..{_on(back)}" for back in (60, 40))
    by_period = figures(sqlite_database, f"compare a {first} {second}")["aov"]
    by_market = figures(sqlite_database, "compare a DE ES")["aov"]
    for found in (by_period, by_market):
        assert found["verdict"] == "clear"
        told = stats.ttest_ind(drawn(13, 150, 4.9), drawn(14, 120, 4.0), equal_var=False)
        assert (found["low"], found["high"]) == pytest.approx(tuple(told.confidence_interval(0.95)), abs=0.01)


def test_the_interval_without_noise_is_narrower_for_what_many_sends_agree_on(sqlite_database: Database) -> None:
    days = range(10)
    sends = [(name, start - day, middle) for name, start, middle in (("a", 60, 4.6), ("b", 40, 4.0)) for day in days]
    imported(
        sqlite_database, RESULTS + "".join(f"{name},{_on(back)},,1000,1000,700,90,100\n" for name, back, _ in sends)
    )
    ordered(
        sqlite_database, ORDERS + "".join(orders(name, back, drawn(back, 12, middle)) for name, back, middle in sends)
    )
    found = figures(sqlite_database, "compare a b")["revenue_per_message"]
    assert found["wide_high"] - found["wide_low"] < 2.2 * (found["high"] - found["low"])
    assert found["verdict"] == "clear"
