"""Comparing two campaigns: the same numbers as scipy, statsmodels and published tables, and sane for any input."""

from __future__ import annotations

from math import inf, isfinite, sqrt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from scipy.integrate import quad
from statsmodels.stats.contingency_tables import StratifiedTable
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.proportion import (
    confint_proportions_2indep,
    proportions_chisquare,
    proportions_ztest,
    samplesize_proportions_2indep_onetail,
)

from kpi.comparison.means import Mean, Means, mean_of, ratio_of
from kpi.comparison.noise import ASSUMED, Days, Noise, Origin, noise_between
from kpi.comparison.rates import Rate, Rates, score_test
from kpi.comparison.strata import Strata, Stratum, mantel_haenszel_test
from kpi.comparison.verdicts import Difference, Verdict, holm, homogeneous, judged
from kpi.estimates import Z95

NEWCOMBE_1998 = [
    ((56, 70), (48, 80), (0.0524, 0.3339)),
    ((9, 10), (3, 10), (0.1705, 0.8090)),
    ((6, 7), (2, 7), (0.0582, 0.8062)),
    ((5, 56), (0, 29), (-0.0381, 0.1926)),
    ((0, 10), (0, 20), (-0.1611, 0.2775)),
    ((0, 10), (0, 10), (-0.2775, 0.2775)),
    ((10, 10), (0, 20), (0.6791, 1.0000)),
    ((10, 10), (0, 10), (0.6075, 1.0000)),
]
"""Newcombe 1998, Table II, method 10."""
Counted = tuple[int, int]


def rates(one: Counted, other: Counted, inflation: float = 1.0, freedom: float = inf) -> Rates:
    return Rates(Rate(*one, inflation), Rate(*other, inflation), freedom)


def counted(least: int = 1, most: int = 10**6) -> st.SearchStrategy[Counted]:
    return st.integers(least, most).flatmap(lambda whole: st.tuples(st.integers(0, whole), st.just(whole)))


# Rates


@pytest.mark.parametrize(("one", "other", "published"), NEWCOMBE_1998)
def test_newcombes_table(one: Counted, other: Counted, published: tuple[float, float]) -> None:
    assert rates(one, other).sampling() == pytest.approx(published, abs=5e-5)


def test_the_example_of_fagerland_lydersen_and_laake() -> None:
    found = rates((7, 34), (1, 34))
    assert found.sampling() == pytest.approx((0.0189, 0.3404), abs=5e-5)
    assert found.ratio(0.05) == pytest.approx((1.1537, 41.9763), abs=5e-5)
    assert found.p_value() == pytest.approx(0.0544, abs=5e-5), "Fisher's, since four cases are expected"
    assert score_test(Rate(7, 34), Rate(1, 34)) == pytest.approx(0.0239, abs=5e-5)


@given(counted(), counted())
def test_rates_agree_with_statsmodels(one: Counted, other: Counted) -> None:
    expected = confint_proportions_2indep(*one, *other, method="newcomb", compare="diff")
    assert rates(one, other).sampling() == pytest.approx(expected, abs=1e-9)
    if 0 < one[0] + other[0] < one[1] + other[1]:
        _, p_value = proportions_ztest([one[0], other[0]], [one[1], other[1]])
        assert score_test(Rate(*one), Rate(*other)) == pytest.approx(p_value, abs=1e-9)


@pytest.mark.parametrize(("one", "other"), [((0, 500), (6, 500)), ((6, 500), (0, 500)), ((3, 900), (2, 80))])
def test_where_few_are_expected_the_test_is_fishers(one: Counted, other: Counted) -> None:
    table = [[one[0], one[1] - one[0]], [other[0], other[1] - other[0]]]
    assert rates(one, other).p_value() == pytest.approx(stats.fisher_exact(table).pvalue, abs=1e-12)


@pytest.mark.parametrize(
    ("one", "other"),
    [((0, 500), (6, 500)), ((48, 980), (63, 1015)), ((7, 262), (30, 494)), ((1840, 8000), (1900, 8000))],
)
def test_the_chance_to_be_higher_is_that_of_two_beta_distributions(one: Counted, other: Counted) -> None:
    first, second = (stats.beta(x + 1, n - x + 1) for x, n in (one, other))
    nearby = [max(first.mean() - 12 * first.std(), 0), min(first.mean() + 12 * first.std(), 1)]
    expected, _ = quad(lambda x: first.pdf(x) * second.cdf(x), *nearby, points=[first.mean()], limit=500)
    assert rates(one, other).chance() == pytest.approx(expected, abs=2e-5)


def test_nothing_on_one_side_is_still_a_chance() -> None:
    assert 1 - rates((0, 500), (6, 500)).chance() == pytest.approx(0.9924, abs=5e-5)


def test_the_difference_that_would_show_is_the_one_that_sample_sizes_are_made_for() -> None:
    size = samplesize_proportions_2indep_onetail(0.01, 0.10, power=0.8, ratio=1, alpha=0.05)
    assert rates((105, 1000), (105, 1000)).least() == pytest.approx(0.01 * sqrt(size / 1000), rel=0.002)


@given(counted(30, 10**5), counted(30, 10**5), st.floats(1, 20), st.sampled_from([3.0, 12.0, inf]))
def test_an_interval_excludes_zero_just_where_its_p_value_and_its_ratio_say_so(
    one: Counted, other: Counted, inflation: float, freedom: float
) -> None:
    found = rates(one, other, inflation, freedom)
    level = 0.02
    low, high = found.wide(level)
    excludes = low > 0 or high < 0
    if abs(found.wide_p_value() - level) > 1e-6:
        assert excludes == (found.wide_p_value() < level)
        if (ratio := found.ratio(level)) and min(abs(end - 1) for end in ratio) > 1e-9:
            assert excludes == (ratio[0] > 1 or ratio[1] < 1)


@given(counted(), counted(), st.floats(1, 50), st.sampled_from([1.0, 5.0, inf]))
def test_swapping_the_rates_mirrors_the_answer(one: Counted, other: Counted, inflation: float, freedom: float) -> None:
    there, back = rates(one, other, inflation, freedom), rates(other, one, inflation, freedom)
    assert there.wide(0.05) == pytest.approx(tuple(-end for end in reversed(back.wide(0.05))), abs=1e-12)
    assert there.p_value() == pytest.approx(back.p_value(), abs=1e-9)
    assert there.wide_p_value() == pytest.approx(back.wide_p_value(), abs=1e-9)
    assert there.chance() == pytest.approx(1 - back.chance(), abs=1e-4)


@given(counted(30, 10**5), counted(30, 10**5), st.integers(2, 9))
def test_more_of_the_same_narrows_the_interval(one: Counted, other: Counted, times: int) -> None:
    few, many = rates(one, other), rates((one[0] * times, one[1] * times), (other[0] * times, other[1] * times))
    assert _width(many.sampling()) < _width(few.sampling())
    assert many.least() <= few.least()


@given(counted(), counted(), st.floats(1, 1000), st.sampled_from([1.0, 2.0, 30.0, inf]))
def test_no_counts_break_it(one: Counted, other: Counted, inflation: float, freedom: float) -> None:
    found = rates(one, other, inflation, freedom)
    _check(judged([found])[0], -1, 1)


def test_noise_widens_the_interval() -> None:
    one, other = (1070, 10_000), (980, 9_800)
    assert _width(rates(one, other, 2).wide(0.05)) == pytest.approx(
        sqrt(2) * _width(rates(one, other).sampling()), rel=0.01
    )


# Means


def test_welch_agrees_with_scipy() -> None:
    draws = np.random.default_rng(2)
    one, other = draws.lognormal(3, 0.8, 400), draws.lognormal(3.1, 0.8, 300)
    first, second = (mean_of(len(sample), sample.sum(), (sample**2).sum()) for sample in (one, other))
    found = Means(first, second)
    told = stats.ttest_ind(one, other, equal_var=False)
    assert found.p_value() == pytest.approx(told.pvalue, abs=1e-9)
    assert found.freedom == pytest.approx(told.df, rel=1e-9)
    assert found.wide(0.05) == pytest.approx(tuple(told.confidence_interval(0.95)), abs=1e-9)
    assert found.chance() == pytest.approx(stats.t.cdf(told.statistic, told.df), abs=1e-9)


def test_very_uneven_means_have_limits_on_a_logarithmic_scale() -> None:
    one, other = Mean(0.30, 0.03, inf, 20_000), Mean(0.25, 0.08, inf, 2_000)
    low, high = Means(one, other).wide(0.05)
    below = (0.30 * np.exp(-Z95 * 0.1), 0.25 * np.exp(Z95 * 0.32))
    above = (0.30 * np.exp(Z95 * 0.1), 0.25 * np.exp(-Z95 * 0.32))
    assert low == pytest.approx(0.05 - sqrt((0.30 - below[0]) ** 2 + (below[1] - 0.25) ** 2), abs=1e-9)
    assert high == pytest.approx(0.05 + sqrt((above[0] - 0.30) ** 2 + (0.25 - above[1]) ** 2), abs=1e-9)


def test_a_ratio_of_sums_has_the_spread_of_the_delta_method() -> None:
    draws = np.random.default_rng(3)
    under = draws.poisson(8, 500) + 1.0
    over = under * draws.normal(2, 0.5, 500)
    found = ratio_of(list(zip(over, under, strict=True)))
    means, covariance = (over.mean(), under.mean()), np.cov(over, under)
    textbook = (
        covariance[0, 0] / means[1] ** 2
        - 2 * covariance[0, 1] * means[0] / means[1] ** 3
        + means[0] ** 2 * covariance[1, 1] / means[1] ** 4
    ) / 500
    assert found.value == pytest.approx(over.sum() / under.sum())
    assert found.error == pytest.approx(sqrt(textbook), rel=1e-9)


def test_a_ratio_of_means_has_fiellers_interval() -> None:
    one, other = Mean(12, 1.5, inf, 100), Mean(10, 1.0, inf, 100)
    low, high = Means(one, other).ratio(0.05) or (0, 0)
    for end in (
        low,
        high,
    ):  # Fieller's limits are where the difference of the one and so many of the other is just clear
        assert abs(12 - end * 10) == pytest.approx(Z95 * sqrt(1.5**2 + (end * 1.0) ** 2), rel=1e-9)


means = st.builds(
    Mean,
    st.integers(-(10**9), 10**12).map(lambda n: n / 1e3),
    st.integers(0, 10**11).map(lambda n: n / 1e3),
    st.sampled_from([1.0, 3.0, 400.0]),
    st.sampled_from([1.0, 10.0, 1e6]),
)


@given(means, means)
def test_no_means_break_it(one: Mean, other: Mean) -> None:
    there, back = Means(one, other), Means(other, one)
    _check(judged([there])[0], -inf, inf)
    assert there.chance() == pytest.approx(1 - back.chance(), abs=1e-9)
    assert there.wide(0.1) == pytest.approx(tuple(-end for end in reversed(back.wide(0.1))))


@given(st.lists(st.tuples(st.floats(0, 1e6), st.floats(1, 1e6)), min_size=2))
def test_any_days_give_a_ratio(days: list[tuple[float, float]]) -> None:
    found = ratio_of(days)
    assert isfinite(found.value)
    assert found.error >= 0


# Market by market


ROTHMAN = (
    Stratum("under 55", Rate(8, 106), Rate(5, 120)),
    Stratum("55 and over", Rate(22, 98), Rate(16, 85)),
)
"""Rothman, Greenland and Lash, Modern Epidemiology (2008), Table 15-1: tolbutamide against placebo."""
BERKELEY = (
    ((512, 825), (89, 108)),
    ((353, 560), (17, 25)),
    ((120, 325), (202, 593)),
    ((138, 417), (131, 375)),
    ((53, 191), (94, 393)),
    ((22, 373), (24, 341)),
)
"""Admissions by department, men and women: Bickel, Hammel and O'Connell, Science 187 (1975) 398-404."""


def strata(pairs: tuple[tuple[Counted, Counted], ...], inflation: float = 1.0) -> Strata:
    parts = tuple(
        Stratum(str(at), Rate(*one, inflation), Rate(*other, inflation)) for at, (one, other) in enumerate(pairs)
    )
    whole = tuple(
        Rate(sum(p[0] for p in side), sum(p[1] for p in side), inflation) for side in zip(*pairs, strict=True)
    )
    return Strata(Rates(whole[0], whole[1]), parts)


def test_the_textbook_case_of_mantel_and_haenszel() -> None:
    found = Strata(rates((30, 204), (21, 205)), ROTHMAN)
    assert found.between == pytest.approx(0.035, abs=5e-4)
    assert found.wide(0.10) == pytest.approx((-0.018, 0.087), abs=5e-4)
    assert mantel_haenszel_test(ROTHMAN) == pytest.approx(0.275, abs=5e-4)


def test_the_mantel_haenszel_test_agrees_with_statsmodels() -> None:
    tables = [np.array([[a, n - a], [b, m - b]]) for (a, n), (b, m) in BERKELEY]
    told = StratifiedTable(tables).test_null_odds(correction=False)
    assert mantel_haenszel_test(strata(BERKELEY).strata) == pytest.approx(told.pvalue, abs=1e-9)


def test_what_is_clear_of_the_whole_may_vanish_market_by_market() -> None:
    whole, within = judged([strata(BERKELEY).whole])[0], judged([strata(BERKELEY)])[0]
    assert whole.verdict is Verdict.CLEAR
    assert within.verdict is not Verdict.CLEAR
    assert whole.difference > 0.1
    assert within.wide[0] < 0
    assert (within.value, within.other) == (whole.value, whole.other)


many = st.lists(st.tuples(counted(1, 10**5), counted(1, 10**5)), min_size=1, max_size=5).map(tuple)


@given(many, st.floats(1, 30))
def test_no_strata_break_it(pairs: tuple[tuple[Counted, Counted], ...], inflation: float) -> None:
    there, back = strata(pairs, inflation), strata(tuple((other, one) for one, other in pairs), inflation)
    _check(judged([there])[0], -1, 1)
    assert there.between == pytest.approx(-back.between, abs=1e-12)
    assert there.wide_p_value() == pytest.approx(back.wide_p_value(), abs=1e-6)


# Several at once


@pytest.mark.parametrize(
    "p_values", [[0.04], [0.06, 0.01], [0.02, 0.02, 0.02], [0.03, 0.001, 0.2, 0.013, 0.011, 1.0, 0]]
)
def test_holm_agrees_with_statsmodels(p_values: list[float]) -> None:
    expected = multipletests(p_values, 0.05, method="holm")[0]
    found = holm(p_values, 0.05)
    assert [p <= level for p, level in zip(p_values, found, strict=True)] == list(expected)


def test_the_example_of_holm() -> None:
    assert holm([0.01, 0.04, 0.03, 0.005], 0.05) == pytest.approx([0.05 / 3, 0.025, 0.025, 0.0125])


@given(st.lists(counted(), min_size=2, max_size=8))
def test_several_shares_are_the_same_as_in_a_chi_square_test(sides: list[Counted]) -> None:
    parts, wholes = [side[0] for side in sides], [side[1] for side in sides]
    if 0 < sum(parts) < sum(wholes):
        assert homogeneous(sides) == pytest.approx(proportions_chisquare(parts, wholes)[1], abs=1e-9)
    else:
        assert homogeneous(sides) == 1.0


def test_what_is_clear_alone_need_not_be_among_many() -> None:
    alone, noise = rates((130, 2_000), (100, 2_000)), rates((100, 2_000), (100, 2_000))
    assert judged([alone])[0].verdict is Verdict.CLEAR
    among = judged([alone, *[noise] * 9])
    assert among[0].verdict is Verdict.LEANING
    assert {one.verdict for one in among[1:]} == {Verdict.UNCLEAR}


def test_too_few_messages_get_no_verdict() -> None:
    assert judged([rates((20, 29), (1, 5_000))])[0].verdict is Verdict.TOO_LITTLE
    assert judged([Means(Mean(9, 0.1), Mean(1, 0.1), enough=False)])[0].verdict is Verdict.TOO_LITTLE


# The noise of the days


def days_of(draws: np.random.Generator, days: int, messages: int, share: float, deviation: float) -> list[Counted]:
    logits = np.log(share / (1 - share)) + draws.normal(0, deviation, days)
    return [(int(part), messages) for part in draws.binomial(messages, 1 / (1 + np.exp(-logits)))]


def test_two_campaigns_of_many_days_tell_their_own_noise() -> None:
    draws = np.random.default_rng(4)
    one, other = (days_of(draws, 300, 2_000, 0.2, 0.2) for _ in range(2))
    found = noise_between(Days(one), Days(other))
    assert (found.origin, found.freedom) == (Origin.OWN, 598)
    assert sqrt(found.variance) == pytest.approx(0.2, abs=0.02)


def test_the_teams_campaigns_tell_the_noise_of_single_sends() -> None:
    draws = np.random.default_rng(5)
    team = [days_of(draws, 2 + at % 3, 8_000, 0.1, 0.2) for at in range(400)]
    found = noise_between(Days([(900, 9_000)]), Days([(950, 9_000)]), map(Days, team))
    assert found.origin is Origin.TEAM
    assert sqrt(found.variance) == pytest.approx(0.2, abs=0.02)


def test_without_enough_campaigns_the_noise_is_assumed() -> None:
    assert noise_between(Days([(900, 9_000)]), Days([(950, 9_000)]), [Days([(9, 90), (8, 90)])] * 7) == Noise(
        ASSUMED**2, Origin.ASSUMED
    )


def test_the_noise_weighs_more_the_more_messages_share_a_day() -> None:
    noise = Noise(0.15**2, Origin.ASSUMED)
    assert noise.inflation(Days([(1_000, 10_000)])) == pytest.approx(1 + 0.15**2 * 0.09 * 10_000)
    assert noise.inflation(Days([(500, 5_000)] * 2)) == pytest.approx(1 + 0.15**2 * 0.09 * 5_000)
    assert noise.inflation(Days([(0, 10_000)])) == 1


def test_two_single_sends_of_ten_thousand_are_not_called_clear_for_a_mood_of_the_day() -> None:
    one, other = (1_000, 10_000), (1_150, 10_000)
    inflation = noise_between(Days([one]), Days([other])).inflation(Days([one]))
    assert judged([rates(one, other)])[0].verdict is Verdict.CLEAR
    assert judged([rates(one, other, inflation)])[0].verdict is not Verdict.CLEAR


@given(
    st.lists(counted(1, 10**5), min_size=1, max_size=9),
    st.lists(counted(1, 10**5), min_size=1, max_size=9),
    st.lists(st.lists(counted(1, 10**5), min_size=1, max_size=4), max_size=10),
)
def test_any_days_give_a_noise(one: list[Counted], other: list[Counted], team: list[list[Counted]]) -> None:
    found = noise_between(Days(one), Days(other), map(Days, team))
    assert found.variance >= 0
    assert all(1 <= found.inflation(Days(days)) < inf for days in (one, other))


def _width(interval: tuple[float, float]) -> float:
    return interval[1] - interval[0]


def _check(found: Difference, least: float, most: float) -> None:
    ends = (*found.sampling, *found.wide)
    assert least <= found.wide[0] <= found.wide[1] <= most
    assert found.sampling[0] <= found.difference <= found.sampling[1]
    assert all(isfinite(end) for end in ends)
    assert 0 <= found.p_value <= 1
    assert 0 <= found.chance <= 1
    assert isfinite(found.least)
    if found.ratio:
        assert 0 <= found.ratio[0] <= found.ratio[1] <= inf
