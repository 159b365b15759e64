"""Kinds of number: right against independent formulas, and honest about what they do not know."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest
from statsmodels.stats.proportion import proportion_confint

from kpi.estimates import Estimate, wilson
from kpi.facts import (
    AUDIENCE,
    BUYERS,
    BUYERS_BY_SEND,
    CLICKERS,
    CLICKS,
    COST,
    DELIVERED,
    FACTS,
    OPT_INS,
    OPT_OUTS,
    ORDERS_BY_SEND,
    READ,
    REFUNDS,
    REVENUE,
    SENT,
    SUBSCRIBERS,
    Adds,
    Fact,
)
from kpi.metrics import METRIC
from kpi.money import MILLION, amount, decimal, is_currency, micros
from kpi.quantities import Growth, Profit, Ratio, Share, Sum, facts_of
from kpi.tally import Sums, Tally
from kpi.terms import Terms
from kpi.units import Unit

NET = Terms(REVENUE, less=REFUNDS)


def sums(campaign: str, known: dict[Fact, int], currency: str = "EUR") -> Sums:
    """Return one row of a tally; money is given in whole units."""
    return Sums(campaign, currency, {f: n * MILLION if f.unit is Unit.MONEY else n for f, n in known.items()})


# Wilson


@given(st.integers(1, 10**6).flatmap(lambda whole: st.tuples(st.integers(0, whole), st.just(whole))))
def test_wilsons_interval_agrees_with_two_independent_programs(counted: tuple[int, int]) -> None:
    part, whole = counted
    assert wilson(part, whole) == pytest.approx(proportion_confint(part, whole, method="wilson"), abs=1e-9)
    scipys = binomtest(part, whole).proportion_ci(method="wilson")
    assert wilson(part, whole) == pytest.approx((scipys.low, scipys.high), abs=1e-9)


@given(st.integers(1, 10**9).flatmap(lambda whole: st.tuples(st.integers(0, whole), st.just(whole))))
def test_the_interval_holds_the_share_and_stays_between_none_and_all(counted: tuple[int, int]) -> None:
    low, high = wilson(*counted)
    assert 0 <= low <= counted[0] / counted[1] <= high <= 1


def test_nothing_of_something_begins_at_zero_and_all_ends_at_one() -> None:
    assert wilson(0, 30)[0] == 0.0
    assert wilson(30, 30)[1] == 1.0
    assert 0.0 < wilson(0, 30)[1] < wilson(0, 10)[1] < 1.0


# Shares


def test_a_share_is_divided_over_the_rows_that_know_both_sides() -> None:
    tally = Tally((sums("a", {SENT: 100, DELIVERED: 90}), sums("a", {SENT: 50}), sums("a", {DELIVERED: 7})))
    found = Share(DELIVERED, SENT).estimate(tally)
    assert (found.value, found.numerator, found.denominator, found.of) == (0.9, 90, 100, "sent")
    assert (found.low, found.high) == wilson(90, 100)


def test_a_share_names_the_campaigns_it_leaves_out() -> None:
    tally = Tally((sums("a", {SENT: 100, DELIVERED: 90}), sums("b", {SENT: 50}), sums("c", {COST: 5})))
    found = Share(DELIVERED, SENT).estimate(tally)
    assert (found.value, found.left_out) == (0.9, ("b",))


@pytest.mark.parametrize("known", [{SENT: 100}, {DELIVERED: 90}, {}, {SENT: 0, DELIVERED: 0}])
def test_a_share_with_an_unknown_side_or_nothing_below_is_unknown(known: dict[Fact, int]) -> None:
    assert Share(DELIVERED, SENT).estimate(Tally((sums("a", known),))).value is None


def test_a_part_of_zero_is_a_share_of_zero() -> None:
    assert Share(DELIVERED, SENT).estimate(Tally((sums("a", {SENT: 10, DELIVERED: 0}),))).value == 0.0


def test_a_part_larger_than_its_whole_has_no_interval() -> None:
    found = Share(ORDERS_BY_SEND, DELIVERED).estimate(Tally((sums("a", {ORDERS_BY_SEND: 12, DELIVERED: 10}),)))
    assert (found.value, found.low, found.high) == (1.2, None, None)


def test_campaigns_are_added_before_dividing() -> None:
    tally = Tally((sums("a", {SENT: 100, DELIVERED: 100}), sums("b", {SENT: 900, DELIVERED: 0})))
    assert Share(DELIVERED, SENT).estimate(tally).value == 0.1


def test_clicks_stand_in_for_unknown_clickers_and_it_is_said() -> None:
    tally = Tally((sums("a", {CLICKS: 30, DELIVERED: 100}), sums("b", {CLICKERS: 10, CLICKS: 50, DELIVERED: 100})))
    found = METRIC["ctr"].quantity.estimate(tally)
    assert (found.numerator, found.denominator) == (40, 200)
    assert found.remarks == ("counts clicks, since clickers are unknown",)


def test_within_a_campaign_the_first_choice_wins_wherever_any_row_knows_it() -> None:
    tally = Tally((sums("a", {CLICKERS: 10, DELIVERED: 100}), sums("a", {CLICKS: 50, DELIVERED: 100})))
    found = METRIC["ctr"].quantity.estimate(tally)
    assert (found.numerator, found.denominator, found.remarks) == (10, 100, ())


def test_orders_stand_in_for_unknown_buyers() -> None:
    found = METRIC["conversion_rate"].quantity.estimate(Tally((sums("a", {ORDERS_BY_SEND: 4, DELIVERED: 100}),)))
    assert (found.value, found.remarks) == (0.04, ("counts orders, since buyers are unknown",))
    both = {ORDERS_BY_SEND: 4, BUYERS_BY_SEND: 3, DELIVERED: 100}
    assert METRIC["conversion_rate"].quantity.estimate(Tally((sums("a", both),))).value == 0.03


def test_those_who_stayed_are_those_reached_less_those_who_left() -> None:
    found = METRIC["retention_rate"].quantity.estimate(Tally((sums("a", {DELIVERED: 100, OPT_OUTS: 4}),)))
    assert (found.value, found.numerator) == (0.96, 96)


def test_the_audience_is_a_state_and_never_added_over_campaigns() -> None:
    states = {("a", AUDIENCE): 1000, ("b", AUDIENCE): 400}
    tally = Tally((sums("a", {READ: 300}), sums("b", {READ: 100})), states)
    assert tally.total(AUDIENCE) is None
    assert tally.of("a").total(AUDIENCE) == 1000
    assert METRIC["engagement_rate"].quantity.estimate(tally.of("a")).value == 0.3


# Ratios


def test_a_ratio_takes_the_campaigns_that_know_both_sides() -> None:
    tally = Tally((sums("a", {REVENUE: 60, COST: 10}), sums("b", {REVENUE: 34}), sums("c", {COST: 3})))
    found = Ratio(REVENUE, COST).estimate(tally)
    assert (found.value, found.numerator, found.denominator) == (6.0, 60, 10)
    assert found.left_out == ("b", "c")


def test_both_sides_of_a_ratio_may_stand_on_different_days() -> None:
    tally = Tally((sums("a", {COST: 10}), sums("a", {REVENUE: 60})))
    assert Ratio(REVENUE, COST).estimate(tally).value == 6.0


def test_a_campaign_that_knows_neither_side_is_not_missed() -> None:
    tally = Tally((sums("a", {REVENUE: 60, COST: 10}), sums("b", {SENT: 5})))
    assert Ratio(REVENUE, COST).estimate(tally).left_out == ()


@pytest.mark.parametrize("known", [{REVENUE: 60}, {COST: 10}, {}, {REVENUE: 60, COST: 0}])
def test_a_ratio_with_an_unknown_side_or_nothing_below_is_unknown(known: dict[Fact, int]) -> None:
    assert Ratio(REVENUE, COST).estimate(Tally((sums("a", known),))).value is None


def test_money_per_count_is_an_exact_amount() -> None:
    found = Ratio(COST, DELIVERED).estimate(Tally((sums("a", {COST: 1, DELIVERED: 8}),)))
    assert found.value == Decimal("0.125")
    assert isinstance(found.value, Decimal)


def test_refunds_are_taken_off_where_known_and_missed_aloud_where_not() -> None:
    known, unknown = (Tally((sums("a", {REVENUE: 60, **more}),)) for more in ({REFUNDS: 5}, {}))
    assert Sum(NET).estimate(known) == Estimate(Decimal(55), Decimal(60))
    without = Sum(NET).estimate(unknown)
    assert (without.value, without.remarks) == (60, ("refunds unknown, so gross revenue as given",))


def test_refunds_may_exceed_revenue() -> None:
    assert Sum(NET).estimate(Tally((sums("a", {REVENUE: 10, REFUNDS: 25}),))).value == -15


# Profit


def test_profit_takes_the_goods_off_where_the_margin_is_known() -> None:
    tally = Tally((sums("a", {REVENUE: 100, REFUNDS: 20, COST: 10}),), margins={"a": Decimal("0.25")})
    found = Profit(NET, COST).estimate(tally)
    assert (found.value, found.numerator, found.denominator) == (10, 20, 10)
    assert (found.label, found.remarks) == ("", ())
    assert Profit(NET, COST, per_cost=True).estimate(tally).value == 1


def test_profit_without_a_margin_says_what_it_is() -> None:
    found = Profit(NET, COST).estimate(Tally((sums("a", {REVENUE: 100, COST: 10}),)))
    assert (found.value, found.label) == (90, "Revenue less campaign cost")
    assert found.remarks == ("no margin is set, so goods are not deducted",)


def test_profit_of_campaigns_with_and_without_a_margin_says_for_how_many() -> None:
    rows = tuple(sums(name, {REVENUE: 100, COST: 10}) for name in "abc")
    found = Profit(NET, COST).estimate(Tally(rows, margins={"a": Decimal("0.5"), "b": None}))
    assert found.value == 50 + 100 + 100 - 30
    assert found.remarks == ("no margin is set for 2 of 3 campaigns, so their goods are not deducted",)


def test_profit_needs_both_revenue_and_cost() -> None:
    tally = Tally((sums("a", {REVENUE: 100}), sums("b", {COST: 10}), sums("c", {REVENUE: 30, COST: 20})))
    found = Profit(NET, COST).estimate(tally)
    assert (found.value, found.left_out) == (10, ("a", "b"))
    assert Profit(NET, COST).estimate(tally.of("a")).value is None


def test_a_loss_is_a_negative_profit() -> None:
    found = Profit(NET, COST, per_cost=True).estimate(Tally((sums("a", {REVENUE: 5, COST: 10}),)))
    assert found.value == -0.5


# Lists and tallies


def test_a_list_grows_by_what_it_gained_less_what_it_lost() -> None:
    tally = Tally((sums("a", {OPT_INS: 30, OPT_OUTS: 10}),), {("a", SUBSCRIBERS): 400})
    assert Growth(OPT_INS, OPT_OUTS, SUBSCRIBERS).estimate(tally).value == 0.05
    nothing = Tally((sums("a", {OPT_INS: 30}),), {("a", SUBSCRIBERS): 400})
    assert Growth(OPT_INS, OPT_OUTS, SUBSCRIBERS).estimate(nothing).value is None


def test_several_currencies_stand_apart() -> None:
    dollars = (sums("b", {REVENUE: 7}, "USD"), sums("c", {REVENUE: 5}, "USD"))
    tally = Tally((sums("a", {REVENUE: 10}), *dollars, sums("d", {SENT: 1}, "JPY")))
    assert tally.currencies() == ("USD", "EUR")
    assert [Sum(NET).estimate(tally.in_currency(code)).value for code in tally.currencies()] == [12, 10]


@pytest.mark.parametrize("metric", METRIC.values(), ids=lambda metric: metric.key)
def test_what_nobody_knows_is_unknown_and_never_zero(metric: object) -> None:
    quantity = getattr(metric, "quantity", None)
    assert quantity is not None
    assert quantity.estimate(Tally(())).value is None
    assert quantity.estimate(Tally((sums("a", {}),))).value is None


FEW = (SENT, DELIVERED, READ, CLICKERS, CLICKS, BUYERS, REVENUE, REFUNDS, COST)
ROW = st.builds(
    sums,
    st.sampled_from(["a", "b", "c"]),
    st.dictionaries(st.sampled_from(FEW), st.integers(0, 50)),
)


@given(st.lists(ROW, max_size=6))
def test_every_quantity_is_the_same_in_whatever_order_the_rows_come(rows: list[Sums]) -> None:
    ordered, backwards = [
        [row for name in "abc" for row in some if row.campaign == name] for some in (rows, rows[::-1])
    ]
    for metric in METRIC.values():
        one, other = (metric.quantity.estimate(Tally(tuple(some))) for some in (ordered, backwards))
        assert one == other


@given(st.lists(ROW, max_size=6))
def test_a_share_of_its_own_rows_never_counts_a_row_that_lacks_a_side(rows: list[Sums]) -> None:
    found = Share(DELIVERED, SENT).estimate(Tally(tuple(rows)))
    complete = [row.known for row in rows if SENT in row.known and DELIVERED in row.known]
    per_campaign: dict[str, int] = {}
    for row in rows:
        if SENT in row.known and DELIVERED in row.known:
            per_campaign[row.campaign] = per_campaign.get(row.campaign, 0) + row.known[SENT]
    whole = sum(known[SENT] for known in complete)
    assert found.denominator == (whole or None)
    assert set(found.left_out).isdisjoint(name for name, size in per_campaign.items() if size)


def test_a_quantity_names_every_fact_it_reads() -> None:
    assert facts_of(Share(Terms(DELIVERED, minus=OPT_OUTS), SENT)) == {DELIVERED, OPT_OUTS, SENT}
    assert facts_of(Profit(NET, COST)) == {REVENUE, REFUNDS, COST}
    assert facts_of(Growth(OPT_INS, OPT_OUTS, SUBSCRIBERS)) == {OPT_INS, OPT_OUTS, SUBSCRIBERS}
    assert facts_of(Sum(Terms(CLICKERS, otherwise=CLICKS))) == {CLICKERS, CLICKS}


def test_only_levels_are_states() -> None:
    assert {fact for fact in FACTS if fact.adds is Adds.STATE} == {AUDIENCE, SUBSCRIBERS}


# Money


@given(st.decimals(-(10**11), 10**11, places=6))
def test_amounts_go_in_and_out_without_losing_a_digit(money: Decimal) -> None:
    assert amount(micros(money)) == money


@pytest.mark.parametrize(
    "text",
    ["", " ", "abc", "1,5", "1 000", "NaN", "Infinity", "-inf", "€5", "0x1f", "1e", "--1", "1e5", "1_000", "１２"],
)
def test_what_is_no_plain_number_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is not a number"):
        decimal(text)


@pytest.mark.parametrize("text", ["0.1234567", "100000000000.1", "9" * 13, "9" * 400])
def test_an_amount_that_cannot_be_kept_exactly_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"more than six decimal places|too large"):
        micros(decimal(text))


@pytest.mark.parametrize(
    ("code", "known"), [("EUR", True), ("JPY", True), ("KWD", True), ("eur", False), ("XYZ", False)]
)
def test_currencies_are_those_of_iso_4217(code: str, *, known: bool) -> None:
    assert is_currency(code) is known
