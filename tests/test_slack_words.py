"""Questions without a slash: in the bot's direct messages, and by mentioning it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.slack_world import everything_in, scene, stage

if TYPE_CHECKING:
    from tests.slack_world import Scene

__all__ = ["scene", "stage"]


def test_a_direct_message_is_answered_with_its_chart(scene: Scene) -> None:
    (answer,) = [
        one for one in scene.follows(lambda: scene.slack.say_as("spring sale", channel="ada"), "ada", "ada") if one.bot
    ]
    assert "Spring sale earned" in everything_in(answer)
    assert any(block["type"] == "image" for block in answer.blocks)


def test_a_mention_is_answered_in_the_opened_channel(scene: Scene) -> None:
    said = scene.follows(lambda: scene.slack.say_as("@kpi top rocs"), "ben", "marketing")
    answers = [one for one in said if one.bot]
    assert len(answers) == 1
    assert not answers[0].ephemeral_for
    assert "highest ROCS" in everything_in(answers[0])


def test_a_stranger_who_writes_to_the_bot_sees_no_figures(scene: Scene) -> None:
    said = scene.follows(lambda: scene.slack.say_as("spring sale", user="gus", channel="gus"), "gus", "gus")
    answers = [one for one in said if one.bot]
    assert len(answers) == 1
    assert "not open to you" in everything_in(answers[0])


def test_an_event_that_comes_twice_is_answered_once(scene: Scene) -> None:
    told = {"channel": "D0ADA00001", "channel_type": "im", "user": "U0ADA00001", "text": "overview", "ts": "1.0"}
    for retry in (0, 1):
        scene.slack.event("message", event_id="Ev0TWICE001", retry=retry, **told)
    scene.settles()
    assert len([one for one in scene.slack.messages("ada", "ada") if one.bot]) == 1


def test_an_event_that_nobody_answers_is_no_failure(scene: Scene) -> None:
    assert scene.slack.open_home().ok
