"""The life of an alert, driven by whatever may come against a model that is as simple as can be."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from kpi.alerts.evaluator import Outcome
from kpi.alerts.states import (
    AGAIN,
    ERRORS,
    Alert,
    News,
    Phase,
    acknowledged,
    begun_afresh,
    failed,
    muted,
    snoozed,
    stepped,
)

if TYPE_CHECKING:
    from kpi.alerts.states import Step

NOW = datetime(2026, 11, 20, 9, tzinfo=UTC)
TODAY = date(2026, 11, 20)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def driven(*outcomes: Outcome, alert: Alert | None = None, gap: timedelta = DAY) -> tuple[Alert, list[News]]:
    """Return the alert after some evaluations, one after the other, and all its news."""
    told: list[News] = []
    alert = alert or Alert()
    for number, outcome in enumerate(outcomes):
        alert, news = stepped(alert, outcome, TODAY + timedelta(days=number), NOW + number * gap)
        told += news
    return alert, told


BROKEN, NEARLY, BETTER, WELL = Outcome.BROKEN, Outcome.NEARLY, Outcome.BETTER, Outcome.WELL


def test_an_alert_fires_recovers_and_is_resolved_once() -> None:
    alert, told = driven(WELL, NEARLY, BROKEN, BROKEN, BETTER, WELL, WELL)
    assert told == [News.FIRED, News.RESOLVED]
    assert (alert.phase, alert.episode) == (Phase.OK, 1)
    assert driven(NEARLY)[0].phase is Phase.PENDING
    assert driven(BROKEN, BETTER)[0].phase is Phase.RECOVERING
    assert driven(BROKEN, BETTER, BROKEN)[1] == [News.FIRED]


def test_too_little_no_results_and_errors_never_resolve_and_never_fire() -> None:
    for outcome in (Outcome.TOO_LITTLE, Outcome.NO_RESULTS):
        assert driven(BROKEN, outcome)[0].phase is Phase.FIRING
        assert driven(outcome) == (Alert(last=TODAY), [])
    alert, _ = driven(BROKEN)
    news: list[News] = []
    for _ in range(5):
        alert, told = failed(alert)
        news += told
    assert (alert.phase, alert.errors, news) == (Phase.FIRING, 5, [News.FAILING])
    assert ERRORS == 3


def test_it_is_told_again_every_three_days_until_somebody_acknowledges_it() -> None:
    alert, told = driven(*[BROKEN] * 8)
    assert told == [News.FIRED, News.AGAIN, News.AGAIN]
    seen = acknowledged(alert, "U1")
    assert stepped(seen, BROKEN, TODAY, NOW + 30 * DAY)[1] == ()
    resolved, _ = stepped(seen, WELL, TODAY, NOW + 31 * DAY)
    assert stepped(resolved, BROKEN, TODAY, NOW + 32 * DAY)[1] == (News.FIRED,)
    assert AGAIN == 3 * DAY


def test_a_snoozed_alert_is_silent_and_tells_once_when_it_wakes_what_is_still_true() -> None:
    asleep = snoozed(Alert(), NOW + 3 * DAY)
    alert, told = driven(BROKEN, BROKEN, BROKEN, BROKEN, BROKEN, alert=asleep)
    assert told == [News.FIRED]
    assert driven(BROKEN, WELL, WELL, WELL, alert=asleep)[1] == []
    assert stepped(muted(alert, on=True), WELL, TODAY, NOW + 9 * DAY)[1] == ()


def test_late_results_take_an_alert_back() -> None:
    alert, _ = driven(BROKEN)
    taken, news = stepped(alert, WELL, TODAY, NOW + HOUR, still=False)
    assert (taken.phase, news) == (Phase.OK, (News.RETRACTED,))


def test_what_is_explained_further_up_waits() -> None:
    alert, news = stepped(Alert(), BROKEN, TODAY, NOW, held=True)
    assert (alert.phase, news) == (Phase.PENDING, ())
    assert stepped(alert, BROKEN, TODAY, NOW + DAY)[1] == (News.FIRED,)


def test_a_broadcast_that_is_over_and_a_changed_rule_end_it() -> None:
    alert, _ = driven(BROKEN)
    assert stepped(alert, Outcome.ASLEEP, TODAY, NOW + DAY)[1] == (News.ENDED,)
    assert begun_afresh(alert, NOW)[1] == (News.ENDED,)
    assert begun_afresh(Alert(muted=True), NOW) == (Alert(), ())


class Life(RuleBasedStateMachine):
    """Evaluations, late results, presses and jumps of the clock, in any order."""

    def __init__(self) -> None:
        super().__init__()
        self.alert, self.now = Alert(), NOW
        self.open_messages = 0
        """The model: FIRED opens a message, every end closes it."""
        self.fires = self.ends = 0

    def take(self, step: Step) -> None:
        before, (self.alert, news) = self.alert, step
        assert not news or not before.is_silent(self.now) or news == (News.FAILING,), "news of a silent alert"
        for one in news:
            if one is News.FIRED:
                self.open_messages += 1
                self.fires += 1
            elif one is News.AGAIN:
                assert self.open_messages == 1
            elif one is not News.FAILING:
                assert self.open_messages == 1, "an end without a beginning"
                self.ends += 1
        if before.is_open and not self.alert.is_open:
            self.open_messages = 0  # its message is edited, whether or not that is news

    @rule(outcome=st.sampled_from(Outcome), still=st.booleans(), held=st.booleans(), back=st.integers(0, 5))
    def evaluate(self, outcome: Outcome, still: bool, held: bool, back: int) -> None:  # noqa: FBT001
        day = self.now.date() - timedelta(days=back)
        self.take(stepped(self.alert, outcome, day, self.now, still=still, held=held))

    @rule()
    def fail(self) -> None:
        self.take(failed(self.alert))

    @rule()
    def change_the_rule(self) -> None:
        self.take(begun_afresh(self.alert, self.now))

    @rule()
    def acknowledge(self) -> None:
        self.alert = acknowledged(self.alert, "U1")

    @rule(days=st.integers(0, 9))
    def snooze(self, days: int) -> None:
        self.alert = snoozed(self.alert, self.now + timedelta(days=days))

    @rule(on=st.booleans())
    def mute(self, on: bool) -> None:  # noqa: FBT001
        self.alert = muted(self.alert, on=on)

    @rule(hours=st.integers(-3, 100))
    def wait(self, hours: int) -> None:
        self.now += timedelta(hours=hours)

    @invariant()
    def there_is_never_a_second_open_message(self) -> None:
        assert self.open_messages <= 1
        assert self.ends <= self.fires

    @invariant()
    def the_episodes_count_the_fires(self) -> None:
        assert self.fires <= self.alert.episode
        assert self.alert.is_open == (self.alert.phase in (Phase.FIRING, Phase.RECOVERING))
        assert not self.alert.is_open or self.alert.fired_at is not None


TestLife = Life.TestCase
TestLife.settings = settings(max_examples=40, stateful_step_count=30, deadline=None)
