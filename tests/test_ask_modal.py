"""The form behind ``Ask…``: what it shows, what it suggests to whom, and that it answers like the typed words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from bot.local_slack.delivery import deliver_interaction
from bot.local_slack.interactions import from_somebody
from bot.local_slack.triggers import new_trigger
from tests.slack_world import BEN, Scene, buttons_of, everything_in, only, pictures_in, scene, stage, words_of

if TYPE_CHECKING:
    from bot.local_slack import Message, View

__all__ = ["scene", "stage"]


def opened(scene: Scene, user: str = "ada", channel: str = "marketing", words: str = "") -> View:
    """Press ``Ask…`` under an answer."""
    scene.slack.views.clear()
    answer = scene.asks(words, user=user, channel=channel)[-1]
    assert scene.slack.press(answer, "compose", user=user).ok
    scene.settles()
    view = scene.slack.modal(user)
    assert view
    return view


def names_of(view: View) -> list[str]:
    return [block["block_id"] for block in view.blocks]


def chooses(scene: Scene, view: View, question: str, user: str = "ada") -> None:
    scene.slack.select(view, "asking.question", question, user=user)
    scene.settles()


def labels(options: list[dict[str, Any]]) -> list[str]:
    return [one["text"]["text"] for one in options]


def submits(scene: Scene, view: View, channel: str = "marketing", user: str = "ada", **values: object) -> list[Message]:
    return scene.follows(lambda: scene.slack.submit(view, values), user, channel)


@pytest.mark.parametrize("words", ["", "overview last month", "help"])
def test_overview_and_help_open_the_form(scene: Scene, words: str) -> None:
    answer = only(scene.asks(words))
    assert buttons_of(answer)[-1] == "Ask…"
    assert names_of(opened(scene, words=words)) == ["question", "campaign", "period", "days"]
    assert not scene.slack.warnings


def test_the_form_shows_just_what_the_question_takes(scene: Scene) -> None:
    view = opened(scene)
    for question, fields in {
        "top": ["metric", "period", "days"],
        "trend": ["campaign", "metric", "period", "days"],
        "define": ["metric"],
        "overview": ["period", "days"],
        "campaigns": ["topic"],
    }.items():
        chooses(scene, view, question)
        assert names_of(view) == ["question", *fields]
        chosen = view.blocks[0]["element"]["initial_option"]["value"]
        assert chosen == question


def test_it_answers_like_the_typed_words(scene: Scene) -> None:
    typed = only(scene.asks('campaign "spring-sale"'))
    view = opened(scene)
    option = scene.slack.suggest(view, "asking.campaign", "spring")[0]
    answer = only(submits(scene, view, question="campaign", campaign=option))
    assert scene.slack.modal() is None
    assert (answer.text, words_of(answer)[:200]) == (typed.text, words_of(typed)[:200])
    assert not answer.ephemeral_for
    assert pictures_in(answer.blocks)


def test_a_chosen_kpi_and_typed_days_are_asked_for(scene: Scene) -> None:
    view = opened(scene)
    chooses(scene, view, "top")
    answer = only(submits(scene, view, question="top", metric="rocs", days="october"))
    assert answer.text == only(scene.asks("top rocs october")).text


def test_a_private_place_stays_private(scene: Scene) -> None:
    view = opened(scene, channel="general")
    option = scene.slack.suggest(view, "asking.campaign", "spring-sale")[0]
    answer = only(submits(scene, view, channel="general", question="campaign", campaign=option))
    assert answer.ephemeral_for
    assert "Share here" in buttons_of(answer)


@pytest.mark.parametrize("typed", ["nonsense", "spring-sale", "2026-02-31", "top", "open here"])
def test_days_that_are_none_are_said_in_the_form(scene: Scene, typed: str) -> None:
    view = opened(scene)
    chooses(scene, view, "overview")
    before = len(scene.slack.messages(viewer="ada"))
    scene.slack.submit(view, {"question": "overview", "days": typed})
    scene.settles()
    assert set(view.errors) == {"days"}
    assert scene.slack.modal() is view
    assert len(scene.slack.messages(viewer="ada")) == before


def test_a_period_and_other_days_together_are_too_many(scene: Scene) -> None:
    view = opened(scene)
    chooses(scene, view, "overview")
    scene.slack.submit(view, {"question": "overview", "period": "last week", "days": "may"})
    assert view.errors == {"days": "Choose a period or type other days, not both."}


def test_a_campaign_that_is_needed_is_asked_for_by_slack(scene: Scene) -> None:
    view = opened(scene)
    assert scene.slack.submit(view, {"question": "campaign"}) is None
    assert set(view.errors) == {"campaign"}


def test_suggestions_match_like_names_do(scene: Scene) -> None:
    view = opened(scene)

    def offered(typed: str) -> list[str]:
        return labels(scene.slack.suggest(view, "asking.campaign", typed))

    everything = offered("")
    assert len(everything) > 10
    assert all(len(label) <= 75 for label in everything)
    assert offered("SPRING s")[0].startswith("Spring sale")
    assert any(label.startswith("Spring sale") for label in offered("sale"))
    assert offered("sprnig sale")[0].startswith("Spring sale")
    assert offered("zzzzqqq") == []


def test_somebody_without_rights_gets_no_names_and_no_figures(scene: Scene) -> None:
    view = opened(scene, user="ben")
    assert scene.slack.suggest(view, "asking.campaign", "spring", user="ben")
    scene.asks("close here", user="ada")
    assert scene.slack.suggest(view, "asking.campaign", "spring", user="ben") == []
    forged = {"text": {"type": "plain_text", "text": "x"}, "value": "spring-sale"}
    answer = only(submits(scene, view, user="ben", question="campaign", campaign=forged))
    assert answer.ephemeral_for == BEN
    assert "Spring" not in everything_in(answer)
    assert buttons_of(answer) == ["Ask for access"]


def test_the_shortcut_answers_as_a_direct_message(scene: Scene) -> None:
    scene.slack.views.clear()
    trigger = new_trigger(scene.slack, "U0ADA00001")
    payload = {**from_somebody(scene.slack, "shortcut", "ada"), "callback_id": "compose", "trigger_id": trigger}
    assert deliver_interaction(scene.slack, payload).ok
    scene.settles()
    view = scene.slack.modal()
    assert view
    chooses(scene, view, "overview")
    answer = only(submits(scene, view, channel="ada", question="overview", period="last week"))
    assert answer.text.startswith("Last week:")
    assert pictures_in(answer.blocks)


def test_a_form_that_comes_too_late_is_said(scene: Scene) -> None:
    scene.slack.fail("views.open", "expired_trigger_id")
    answer = only(scene.asks(""))
    said = only(scene.presses(answer, "compose"))
    assert said.text == "That took too long, so Slack did not open the form."
