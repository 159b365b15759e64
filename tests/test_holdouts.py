"""What a campaign added: people left out at random tell it, in points, buyers and money, and count in nothing else."""

from __future__ import annotations

from math import isfinite
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from statsmodels.stats.proportion import confint_proportions_2indep

from kpi.comparison.amounts import Spread
from kpi.comparison.lift import Arm, lift_of
from kpi.comparison.verdicts import SETTLED
from kpi.errors import Mistake
from kpi.naming.changing import changed, tried
from kpi.sample import season
from kpi.sample.holdout import GOT_IT, LEFT_OUT, season_holdout
from tests.asking import NOW, TODAY, answer, figures, imported, text_of

if TYPE_CHECKING:
    from kpi.storage.database import Database

RESULTS = """\
campaign,day,audience,sent,delivered,buyers,orders,revenue,cost
Spring sale,2026-05-04,10000,9900,9500,420,430,25000,1000
"""
HOLDOUT = """\
campaign,day,holdout_of,variant,audience,buyers,orders,revenue
Spring holdout,2026-05-04,Spring sale,left out,2000,60,61,3600
"""
ALL_ORDERS = "Spring holdout,2026-05-04,,sent,10000,520,540,31000\n"


def flat(database: Database, question: str) -> str:
    return " ".join(text_of(answer(database, question)).split())


# The numbers


def test_lift_is_newcombes_difference_and_its_money_is_for_all_who_got_it() -> None:
    found = lift_of(Arm(9_000, 512, 533, 31_740.0), Arm(1_500, 46, 47, 2_684.0), None, SETTLED)
    told = confint_proportions_2indep(512, 9_000, 46, 1_500, method="newcomb")
    assert (found.points.low, found.points.high) == pytest.approx(told, abs=1e-9)
    assert found.buyers.value == pytest.approx(512 - 46 * 6)
    assert found.relative is not None
    assert found.relative.value == pytest.approx((512 / 9_000) / (46 / 1_500) - 1)
    assert found.relative.low < found.relative.value < found.relative.high
    assert found.revenue is not None
    assert found.revenue.value == pytest.approx(found.buyers.value * 31_740 / 512), "without orders, buyers tell it"


def test_with_single_orders_the_money_is_welchs_difference_of_what_all_people_spent() -> None:
    draws = np.random.default_rng(1)
    spent = [draws.lognormal(4, 0.6, buyers) for buyers in (600, 320)]
    people = 9_000, 8_000
    spreads = [Spread(len(one), one.sum(), (one**2).sum(), one.sum(), len(one)) for one in spent]
    arms = [Arm(of, len(one), len(one), float(one.sum())) for of, one in zip(people, spent, strict=True)]
    found = lift_of(arms[0], arms[1], (spreads[0], spreads[1]), SETTLED)
    everybody = [np.concatenate([one, np.zeros(of - len(one))]) for of, one in zip(people, spent, strict=True)]
    told = stats.ttest_ind(*everybody, equal_var=False)
    assert found.spent is not None
    assert found.revenue is not None
    assert found.forgone is not None
    assert found.spent.difference == pytest.approx(everybody[0].mean() - everybody[1].mean())
    assert found.spent.sampling == pytest.approx(tuple(told.confidence_interval(0.95)), rel=2e-3)
    assert found.revenue.value == pytest.approx(found.spent.difference * 9_000)
    assert found.forgone.value == pytest.approx(found.spent.difference * 8_000)


arms = st.integers(1, 10**6).flatmap(
    lambda people: st.builds(
        Arm, st.just(people), st.integers(0, people), st.integers(0, 10**6), st.none() | st.integers(0, 10**9)
    )
)


@given(arms, arms, st.booleans())
def test_no_hold_out_breaks_it(got: Arm, left: Arm, has_orders: bool) -> None:  # noqa: FBT001  hypothesis
    spread = Spread(40, 2_000.0, 140_000.0, 2_000.0, 40)
    there = lift_of(got, left, (spread, spread) if has_orders else None, SETTLED)
    back = lift_of(left, got, (spread, spread) if has_orders else None, SETTLED)
    assert there.points.value == pytest.approx(-back.points.value)
    for of in (there.points, there.buyers, there.revenue, there.forgone):
        if of:
            assert all(map(isfinite, (of.low, of.value, of.high)))
            assert of.low <= of.high


# Through the front door


def test_a_hold_out_tells_what_the_campaign_added_and_counts_nowhere_else(database: Database) -> None:
    imported(database, RESULTS)
    before = figures(database, "overview may 2026")["revenue"]["value"]
    imported(database, HOLDOUT + ALL_ORDERS, source="holdout")
    assert figures(database, "overview may 2026")["revenue"]["value"] == before
    assert "Spring holdout" not in flat(database, "campaigns")
    found = figures(database, "compare spring-sale spring-holdout")
    bought = found["bought"]
    assert (bought["campaign"], bought["other"], bought["verdict"]) == ("spring-sale", "spring-holdout", "clear")
    assert (bought["value"], bought["other_value"]) == (0.052, 0.03)
    assert found["lift"]["value"] == pytest.approx(0.022)
    assert found["relative_lift"]["value"] == pytest.approx(0.022 / 0.03)
    assert found["extra_buyers"]["value"] == pytest.approx(220)
    assert found["extra_revenue"]["value"] == pytest.approx(220 * 31_000 / 520)
    assert found["holdout_cost"]["value"] == pytest.approx(44 * 31_000 / 520)
    for key in ("lift", "extra_buyers", "extra_revenue", "holdout_cost"):
        assert found[key]["low"] < found[key]["value"] < found[key]["high"]
    said = flat(database, "compare spring-sale spring-holdout")
    assert "Spring sale added 220 buyers (126 to 300): 5.2% bought, 3% of those left out." in said
    assert "the campaign caused the difference" in said
    assert "at least" not in said
    assert flat(database, "spring-holdout") == said
    assert "Against its hold-out it added 220 buyers" in flat(database, "spring-sale")


def test_orders_that_are_only_attributed_make_it_a_lower_bound(sqlite_database: Database) -> None:
    imported(sqlite_database, RESULTS)
    imported(sqlite_database, HOLDOUT, source="holdout")
    found = figures(sqlite_database, "compare spring-sale spring-holdout")
    assert found["bought"]["value"] == pytest.approx(0.042)
    assert "what it added is at least this" in flat(sqlite_database, "compare spring-sale spring-holdout")


def test_a_lift_that_may_be_chance_has_no_money_in_words(sqlite_database: Database) -> None:
    imported(sqlite_database, RESULTS)
    imported(sqlite_database, HOLDOUT.replace(",60,61,", ",80,81,"), source="holdout")
    said = flat(sqlite_database, "spring-holdout")
    assert "Spring sale shows no clear lift: 4.2% bought, 4% of those left out, which may be chance." in said
    assert "Extra revenue" not in said


def test_what_is_unknown_of_a_hold_out_is_asked_for(sqlite_database: Database) -> None:
    imported(sqlite_database, RESULTS)
    imported(sqlite_database, "campaign,day,holdout_of,revenue\nSpring holdout,2026-05-04,Spring sale,10\n", source="h")
    assert "Import how many Spring holdout left out (audience)" in flat(sqlite_database, "spring-holdout")
    imported(sqlite_database, RESULTS.replace("Spring sale", "Summer sale"), source="summer")
    with pytest.raises(Mistake, match="it only tells what its campaign added"):
        answer(sqlite_database, "compare summer-sale spring-holdout")


def test_the_sample_seasons_hold_out_halves_what_the_campaign_seems_to_have_earned(sqlite_database: Database) -> None:
    imported(sqlite_database, season(TODAY), source="season")
    imported(sqlite_database, season_holdout(TODAY), source="holdout")
    found = figures(sqlite_database, "compare vip-early-access vip-holdout")
    assert found["bought"]["value"] == pytest.approx(GOT_IT["buyers"] / GOT_IT["audience"])
    assert found["bought"]["other_value"] == pytest.approx(LEFT_OUT["buyers"] / LEFT_OUT["audience"])
    assert found["bought"]["verdict"] == "clear"
    whole = figures(sqlite_database, "vip-early-access")["revenue"]["value"]
    assert 0.4 < found["extra_revenue"]["value"] / whole < 0.7


# Said in Slack or a terminal


def does(database: Database, order: str) -> str:
    report, ways = tried(database, "local", order, NOW)
    assert "Nothing is changed yet" in report.headline
    done, _ = changed(database, "local", ways[0].typed, "U1", NOW)
    return done.headline


def test_a_campaign_is_said_to_be_a_hold_out_and_back(database: Database) -> None:
    imported(database, RESULTS)
    imported(database, "campaign,day,audience,buyers,orders,revenue\nSpring rest,2026-05-04,2000,60,61,3600\n")
    assert does(database, "holdout spring-rest of spring-sale").startswith("Spring rest is now the hold-out of Spring")
    assert figures(database, "compare spring-sale spring-rest")["bought"]["other_value"] == 0.03
    assert does(database, "unholdout spring-rest") == (
        "Spring rest is no hold-out of Spring sale any more. It counts like any campaign."
    )
    assert "Spring rest" in flat(database, "campaigns")
    for wrong in (
        "holdout spring-sale of spring-sale",
        "unholdout spring-sale",
        "split spring-sale",
        "unsplit spring-sale",
    ):
        with pytest.raises(Mistake):
            tried(database, "local", wrong, NOW)


def test_a_split_at_random_may_say_caused(sqlite_database: Database) -> None:
    header = "campaign,day,variant,at_random,sent,delivered,clickers\n"
    rows = [f"a,2026-05-0{day},{of},{{}},3000,3000,{got}\n" for day in (4, 5) for of, got in (("x", 330), ("y", 240))]
    imported(sqlite_database, header + "".join(rows).format(*[""] * 4))
    assert "If people were picked by lot" in flat(sqlite_database, "compare a")
    assert does(sqlite_database, "split a at random").startswith("a is split at random")
    assert "so the variant caused what differs clearly" in flat(sqlite_database, "compare a")
    does(sqlite_database, "unsplit a")
    assert "caused" not in flat(sqlite_database, "compare a")
    imported(sqlite_database, header + "".join(rows).format(*["yes"] * 4))
    assert "so the variant caused what differs clearly" in flat(sqlite_database, "compare a")
