"""What rules find in the days of a campaign."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from kpi.alerts.days import Day, Days, ripened
from kpi.alerts.evaluator import Finding, Outcome, evaluated
from kpi.alerts.judging import Case
from kpi.alerts.ripening import Ripening, learned
from kpi.alerts.rule import Against, Rule
from kpi.metrics import METRIC
from tests.proofs.alarms import MOST_FALSE, SUBJECTS, naive, ours, score

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

TODAY = date(2026, 11, 22)
YESTERDAY = TODAY - timedelta(days=1)
Value = tuple[float, float] | float


def found(
    rule: Rule,
    values: Callable[[int], Value | None],
    *,
    wait: int = 1,
    left_out: Collection[int] = (),
    target: float | None = None,
) -> Finding:
    """Evaluate a rule on 70 days; ``values`` tells part and whole, or the sum, by how many days ago they were."""
    told = ((back, values(back)) for back in range(70))
    days = [_day(back, value) for back, value in told if value is not None]
    out = frozenset(TODAY - timedelta(days=back) for back in left_out)
    return evaluated(Case(rule, Days(ripened(days, Ripening(wait), TODAY), out), TODAY, target, Ripening(wait)))


def _day(back: int, value: Value) -> Day:
    part, whole = value if isinstance(value, tuple) else (value, 1.0)
    return Day(TODAY - timedelta(days=back), part, whole, volume=part if whole == 1 else whole)


def rule(condition: str, metric: str = "ctr", level: float | None = None, **more: Any) -> Rule:  # noqa: ANN401  whatever a rule has
    return Rule(condition, METRIC[metric], level, **more)


CTR_BELOW = rule("below", level=0.05)


def test_a_large_campaign_shows_a_drop_in_one_day() -> None:
    result = found(CTR_BELOW, lambda back: (150 if back == 1 else 400, 5_000))
    assert result.outcome is Outcome.BROKEN
    assert result.judgement
    assert result.judgement.value == pytest.approx(0.03)
    assert [one.day for one in result.judgement.window.days] == [YESTERDAY]
    assert result.judgement.is_sure


def test_a_small_campaign_needs_several_days() -> None:
    dropped = found(CTR_BELOW, lambda back: (1 if back <= 6 else 6, 70))
    assert dropped.outcome is Outcome.BROKEN
    assert dropped.judgement
    assert len(dropped.judgement.window.days) > 1
    assert found(CTR_BELOW, lambda back: (1 if back == 1 else 6, 70)).outcome is not Outcome.BROKEN


def test_nothing_is_said_of_too_few_messages() -> None:
    assert found(CTR_BELOW, lambda _: (0, 20)).outcome is Outcome.TOO_LITTLE


def test_today_and_days_that_still_fill_up_do_not_count() -> None:
    young = found(CTR_BELOW, lambda back: (0 if back <= 2 else 400, 5_000), wait=3)
    assert (young.outcome, young.last) == (Outcome.WELL, TODAY - timedelta(days=3))


def test_no_results_is_not_a_low_value() -> None:
    gone = found(CTR_BELOW, lambda back: None if back < 9 else (400, 5_000))
    assert gone.outcome is Outcome.NO_RESULTS


def test_a_rule_with_for_and_min_is_obeyed_to_the_letter_and_says_how_sure_it_is() -> None:
    literal = rule("below", level=0.05, days=2, least=500)
    nearly = found(literal, lambda back: (25 if back == 1 else 60, 600))
    assert (nearly.outcome, nearly.broken_days) == (Outcome.NEARLY, 1)
    broken = found(literal, lambda back: (29 if back <= 2 else 60, 600))
    assert broken.outcome is Outcome.BROKEN
    assert broken.judgement
    assert not broken.judgement.is_sure, "29 of 600 is hardly below 5 %"
    sure = found(literal, lambda back: (8 if back <= 2 else 60, 600))
    assert sure.judgement
    assert sure.judgement.is_sure
    assert found(literal, lambda back: (8 if back <= 2 else 60, 499)).outcome is Outcome.TOO_LITTLE


def test_over_takes_the_days_together() -> None:
    over = rule("below", "delivery_rate", 0.92, over=3)
    result = found(over, lambda _: (890, 1_000))
    assert result.outcome is Outcome.BROKEN
    assert result.judgement
    assert result.judgement.window.whole == 3_000


def test_an_alert_is_over_when_the_value_is_clearly_well_for_two_days() -> None:
    assert found(CTR_BELOW, lambda _: (255, 5_000)).outcome is Outcome.BETTER, "within 5 % of the limit"
    assert found(CTR_BELOW, lambda back: (400 if back != 2 else 255, 5_000)).outcome is Outcome.BETTER
    assert found(CTR_BELOW, lambda _: (400, 5_000)).outcome is Outcome.WELL


WEEKLY = rule("drops", "revenue", 0.3, against=Against.LAST_WEEK)
USUAL = rule("drops", "revenue", 0.3, against=Against.USUAL)


def _shop(back: int) -> float:
    """Return what a shop takes, less at the end of the week."""
    return (9_000 if back % 7 in (0, 1) else 20_000) + 40 * (back * 7919 % 13)


@pytest.mark.parametrize("of", [WEEKLY, USUAL])
def test_a_drop_is_set_against_the_same_weekdays(of: Rule) -> None:
    assert found(of, _shop).outcome is Outcome.WELL
    dropped = found(of, lambda back: _shop(back) * (0.4 if back <= 3 else 1))
    assert dropped.outcome is Outcome.BROKEN
    assert dropped.judgement
    assert dropped.judgement.limit == pytest.approx(0.7 * (dropped.judgement.usual or 0))


def test_noted_days_are_no_baseline() -> None:
    fair = range(8, 15)

    def values(back: int) -> float:
        return _shop(back) * (3 if back in fair else 1)

    against_fair = found(WEEKLY, values)
    assert against_fair.outcome is Outcome.BROKEN, "the fair makes every other week look low"
    assert found(WEEKLY, values, left_out=fair).outcome is Outcome.TOO_LITTLE, "no other week is last week"
    assert found(USUAL, values, left_out=fair).outcome is Outcome.WELL


def test_a_target_is_a_limit() -> None:
    below = rule("below", "rocs", against=Against.TARGET)
    assert found(below, lambda _: (5_000.0, 1_000.0), target=8).outcome is Outcome.BROKEN
    assert found(below, lambda _: (5_000.0, 1_000.0), target=4).outcome is Outcome.WELL
    assert found(below, lambda _: (5_000.0, 1_000.0)).outcome is Outcome.TOO_LITTLE, "there is no target"


def test_an_anomaly_is_told_from_the_usual_ups_and_downs() -> None:
    odd = rule("anomaly")

    def values(back: int) -> Value | None:
        return 400 + 60 * (back * 7919 % 5 - 2), 5_000

    def with_yesterday(part: float) -> Callable[[int], Value | None]:
        return lambda back: values(back) if back > 1 else (part, 5_000.0)

    assert found(odd, values).outcome is not Outcome.BROKEN
    assert found(odd, with_yesterday(60)).outcome is Outcome.BROKEN
    assert found(odd, with_yesterday(1_100)).outcome is Outcome.BROKEN


def test_a_campaign_that_stops_sending_is_silent_until_it_has_ended() -> None:
    silent = rule("silence", "sent", days=2)
    assert found(silent, lambda back: None if back in (0, 1, 2) else 300.0, wait=0).outcome is Outcome.BROKEN
    assert found(silent, lambda back: None if back in (0, 1) else 300.0, wait=0).outcome is Outcome.WELL
    assert found(silent, lambda back: None if back < 50 else 300.0, wait=0).outcome is Outcome.TOO_LITTLE


def test_a_budget_is_passed_on_the_day_itself() -> None:
    spent = rule("budget", "cost", 0.8, budget=5_000, currency="EUR")
    assert found(spent, lambda back: 300.0 if back < 14 else None, wait=0).outcome is Outcome.BROKEN
    assert found(spent, lambda back: 300.0 if 0 < back < 14 else None, wait=0).outcome is Outcome.WELL


def test_ripening_is_learned_from_ten_complete_days_and_waited_for_before() -> None:
    course = (0, 39, 45, 48, 50)
    assert learned(course, 9, wait=3).of(1) is None
    ripening = learned(course, 10, wait=3)
    assert ripening.of(0) is None, "the day is not over"
    assert ripening.of(1) == pytest.approx(0.78)
    assert ripening.of(40) == 1
    assert learned((0, 20, 50), 10, wait=3).of(1) is None, "less than 60 % is too little to judge"


def test_in_a_short_simulation_ours_is_rarely_wrong_where_the_naive_rule_often_is() -> None:
    clicks = SUBJECTS[0]
    assert score(clicks, ours, 4).false <= MOST_FALSE < 50 < score(clicks, naive, 4).false
