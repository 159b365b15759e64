"""``/kpi alert`` and the buttons of an alert in Slack: rights at every press, its history in its thread."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import delete

from bot.alerts.round import watch
from bot.posting.patience import Patience
from bot.posting.steps import Poster
from kpi.periods import Period
from kpi.storage.alerts.rules import RULE, TARGET, rules
from kpi.storage.alerts.states import ROUND, STATE
from kpi.storage.binding import OURS
from kpi.storage.ledger import POSTING
from kpi.storage.notes import NOTE, left_out_days
from tests.asking import imported
from tests.slack_world import NOW, buttons_of, only, scene, stage, words_of
from tests.test_alerts import results

if TYPE_CHECKING:
    from bot.local_slack import Message
    from bot.local_slack.records import View
    from kpi.storage.database import Db
    from tests.slack_world import Scene

__all__ = ["scene", "stage"]


@pytest.fixture
def watched(scene: Scene) -> Scene:
    """A campaign whose clicks dropped, and no rule yet."""

    def work(db: Db) -> None:
        for table in (RULE, STATE, ROUND, TARGET, POSTING, NOTE):
            db.run(delete(table).where(table.c.workspace == OURS))

    scene.bot.parts.database.written("local", work)
    imported(scene.bot.parts.database, results(3, 4, until=NOW), today=NOW.date(), now=NOW)
    return scene


def fires(scene: Scene) -> Message:
    """Keep a rule by a press, and let it fire."""
    asked = only(scene.asks("alert ctr < 5% in welcome"))
    scene.presses(asked, "Save")
    works(scene)
    return alert_in(scene)


def works(scene: Scene) -> None:
    parts = scene.bot.parts
    for _ in range(2):
        watch(parts)
        Poster(parts, Patience(apart=timedelta())).work()


def alert_in(scene: Scene) -> Message:
    return only([one for one in scene.slack.messages("marketing") if "Acknowledge" in buttons_of(one) or
                 "It was us" in buttons_of(one)])  # fmt: skip


def thread_of(scene: Scene, message: Message) -> list[str]:
    works(scene)
    return [words_of(one) for one in scene.slack.messages("marketing") if one.parent_ts == message.ts]


def modal_of(scene: Scene) -> View:
    found = scene.slack.modal()
    assert found
    return found


def test_a_rule_is_tried_out_before_it_is_kept(watched: Scene) -> None:
    asked = only(watched.asks("alert ctr < 5% in welcome"))
    assert "Alert: Click-through rate of Welcome is below 5%." in words_of(asked)
    assert "It would have fired once in the last 60 days: 19 Nov." in words_of(asked)
    assert asked.ephemeral_for
    with watched.bot.parts.database.reading("local") as db:
        assert rules(db) == ()
    saved = only(watched.presses(asked, "Save"))
    assert "On: Click-through rate of Welcome is below 5%." in words_of(saved)
    assert not saved.ephemeral_for
    assert "ctr below 5% in welcome" in words_of(only(watched.asks("alerts")))


def test_a_team_begins_with_a_starter_set_in_one_press(watched: Scene) -> None:
    offered = only(watched.asks("alert"))
    said = words_of(offered)
    assert said.count("It would") == 4
    only(watched.presses(offered, "Start with these"))
    assert "4 alerts." in words_of(only(watched.asks("alert list")))


def test_buttons_acknowledge_snooze_and_mute_and_the_thread_keeps_who_did_it(watched: Scene) -> None:
    message = fires(watched)
    watched.presses(message, "Acknowledge")
    assert "acknowledged by ada" in words_of(alert_in(watched))
    assert "Acknowledge" not in buttons_of(alert_in(watched))
    watched.presses(alert_in(watched), "Snooze a day", user="ben")
    assert "snoozed until 21 Nov, 09:00" in words_of(alert_in(watched))
    watched.presses(alert_in(watched), "Mute")
    assert "muted" in words_of(alert_in(watched))
    assert "Speak again" in buttons_of(alert_in(watched))
    said = "\n".join(thread_of(watched, message))
    assert "ada has acknowledged it." in said
    assert "ben has snoozed it until 21 Nov, 09:00." in said


def test_guests_and_strangers_cannot_press_anything(watched: Scene) -> None:
    message = fires(watched)
    before = words_of(message)
    for button in ("Acknowledge", "Snooze a day", "Mute", "It was us", "Edit rule"):
        (refused,) = watched.presses(message, button, user="gus")
        assert "Campaign figures are not open to you here." in words_of(refused)
    assert words_of(alert_in(watched)) == before


def test_it_was_us_is_noted_on_the_days_and_leaves_them_out(watched: Scene) -> None:
    message = fires(watched)
    watched.presses(message, "It was us")
    form = modal_of(watched)
    watched.follows(lambda: watched.slack.submit(form, {"what": "Price test"}), "ada", "marketing")
    with watched.bot.parts.database.reading("local") as db:
        assert date(2026, 11, 17) in left_out_days(db, Period(date(2026, 11, 1), date(2026, 11, 20), ""))
    assert "ada says it was us: Price test." in "\n".join(thread_of(watched, message))
    assert "acknowledged by ada" in words_of(alert_in(watched))


def test_a_rule_is_edited_in_a_form_that_shows_first_what_it_would_have_done(watched: Scene) -> None:
    message = fires(watched)
    watched.presses(message, "Edit rule")
    form = modal_of(watched)
    watched.follows(lambda: watched.slack.submit(form, {"rule": "ctr below 1% in welcome"}), "ada", "marketing")
    form = modal_of(watched)
    assert "It would not have fired in the last 60 days." in str(form)
    watched.follows(lambda: watched.slack.submit(form, {"rule": "ctr below 1% in welcome"}), "ada", "marketing")
    with watched.bot.parts.database.reading("local") as db:
        assert only(rules(db)).rule.level == 0.01
    assert "Closed: Click-through rate of Welcome" in words_of(alert_in(watched))


def test_a_removed_rule_closes_its_message(watched: Scene) -> None:
    fires(watched)
    with watched.bot.parts.database.reading("local") as db:
        called = only(rules(db)).id
    watched.asks(f"alert remove {called}")
    assert "Closed: Click-through rate of Welcome" in words_of(alert_in(watched))
    with watched.bot.parts.database.reading("local") as db:
        assert rules(db) == ()


def test_why_asks_about_the_campaign(watched: Scene) -> None:
    answered = only(watched.presses(fires(watched), "Why"))
    assert "Welcome" in words_of(answered)


def test_a_bad_rule_and_missing_rights_get_one_line(watched: Scene) -> None:
    assert "Type it like this: alert ctr < 5%" in words_of(only(watched.asks("alert ctr 5%")))
    assert "not open to you" in words_of(only(watched.asks("alert ctr < 5%", channel="general", user="ben")))
    assert "is to reach 8x" in words_of(only(watched.asks("target rocs 8")))


def test_the_night_is_over_at_eight(watched: Scene) -> None:
    assert datetime(2026, 11, 20, 8, tzinfo=UTC) < NOW
    assert watched.bot.parts.clock() == NOW
