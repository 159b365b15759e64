"""``/kpi digest`` in Slack: what is asked for is repeated back, readers are named first, and a person can decide."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from bot.demo.tryout import ask_for_digest
from bot.digests.words import digest_order
from bot.doctor import _digests
from bot.posting.patience import Patience
from bot.worker import working
from kpi.errors import Mistake
from kpi.storage.ledger import HELD, SENT
from kpi.storage.schedules import OFF, ON, keep, schedules
from tests.digest_world import MONDAY, NOON, kept, ledgered, no_digests, posted, stage, turned_on, works
from tests.slack_world import ADA, BEN, GUS, MARKETING, Scene, buttons_of, only, pictures_in, scene, words_of

if TYPE_CHECKING:
    from bot.local_slack import Message

__all__ = ["no_digests", "scene", "stage"]


def test_a_public_channel_is_named_before_anything_is_turned_on(scene: Scene) -> None:
    question = only(scene.asks("digest on monday 9:00 Europe/Berlin"))
    assert question.ephemeral_for == ADA
    assert "seen by the 3 members of #marketing, which everybody in the workspace can join" in words_of(question)
    assert kept(scene) == []
    scene.presses(question, "Turn it on")
    answer = question
    assert "On: a digest every Monday at 09:00 Europe/Berlin, all campaigns, in #marketing." in words_of(answer)
    assert "Next: Mon 23 Nov 2026, Mon 30 Nov 2026, Mon 7 Dec 2026 at 09:00 (Europe/Berlin" in words_of(answer)
    assert [(one.channel, one.owner, one.exposure) for one in kept(scene)] == [(MARKETING, ADA, "public")]


def test_a_private_channel_without_guests_needs_no_press(scene: Scene) -> None:
    answer = only(scene.asks("digest on", channel="leadership"))
    assert "On: a digest every Monday at 09:00 UTC" in words_of(answer)
    assert buttons_of(answer) == ["Preview", "Turn it off"]


def test_a_shared_channel_says_who_else_reads(scene: Scene) -> None:
    question = only(scene.asks("digest on", channel="agency-shared"))
    assert "people of other organisations included" in words_of(question)
    assert "There are guests in it." in words_of(question)


def test_it_comes_on_monday_with_its_picture(scene: Scene) -> None:
    turned_on(scene)
    works(scene, MONDAY.replace(hour=8))
    assert pictures_in(only(posted(scene)).blocks)


def test_asked_for_again_it_changes_its_time_without_being_asked_back(scene: Scene) -> None:
    turned_on(scene)
    answer = only(scene.asks("digest on friday 17:30 Europe/Berlin"))
    assert "every Friday at 17:30" in words_of(answer)
    assert "edit" not in words_of(only(scene.asks("digest edit thursday")))
    assert [one.rhythm.words for one in kept(scene)] == ["every Thursday at 17:30 Europe/Berlin"]


def test_monthly_is_another_digest(scene: Scene) -> None:
    turned_on(scene)
    assert "monthly on the first Monday at 09:00" in words_of(turned_on(scene, "monthly"))
    assert [one.rhythm.monthly for one in sorted(kept(scene), key=lambda one: one.rhythm.monthly)] == [False, True]


def test_the_dates_named_are_the_dates_on_which_it_comes(scene: Scene) -> None:
    turned_on(scene)
    works(scene, MONDAY)
    answer = only(scene.asks("digest on 23:00 Europe/Berlin"))
    assert "Next: Mon 30 Nov 2026, Mon 7 Dec 2026, Mon 14 Dec 2026" in words_of(answer)
    works(scene, MONDAY.replace(hour=23))
    assert len(posted(scene)) == 1


def test_turned_off_it_comes_no_more(scene: Scene) -> None:
    turned_on(scene)
    assert "Off: a digest every Monday" in words_of(only(scene.asks("digest off")))
    works(scene)
    assert posted(scene) == []
    assert "Off: a digest every Monday" in words_of(only(scene.asks("digest list")))
    assert only(kept(scene)).state == OFF


def test_turned_off_by_its_button(scene: Scene) -> None:
    answer = turned_on(scene)
    scene.presses(answer, "Turn it off")
    assert only(kept(scene)).state == OFF


def test_a_preview_is_private_and_shows_what_would_be_posted(scene: Scene) -> None:
    turned_on(scene)
    said = only(scene.asks("digest preview"))
    assert said.ephemeral_for == ADA
    preview = only(posted(scene, "ada"))
    assert pictures_in(preview.blocks)
    thread = scene.slack.messages("ada")[-1]
    assert thread.parent_ts == preview.ts
    assert "in detail" in thread.text
    works(scene, MONDAY)
    assert posted(scene)


def test_now_posts_it_once_and_keeps_mondays(scene: Scene) -> None:
    turned_on(scene)
    for _ in range(2):
        scene.asks("digest now")
    works(scene, NOON)
    assert len(posted(scene)) == 1
    works(scene, MONDAY)
    assert len(posted(scene)) == 2


def test_to_a_person_it_comes_as_a_direct_message(scene: Scene) -> None:
    answer = only(scene.asks("digest on monday 9:00 to me"))
    assert "all campaigns, to ada" in words_of(answer)
    works(scene)
    assert pictures_in(only(posted(scene, "ada")).blocks)
    assert posted(scene) == []
    assert "to ada" in words_of(only(scene.asks("digest list", channel="ada")))


def test_an_admin_may_send_it_to_a_colleague_but_not_to_a_guest(scene: Scene) -> None:
    assert "to ben" in words_of(only(scene.asks("digest on to @ben")))
    assert "a guest" in words_of(only(scene.asks("digest on to @gus")))


def test_who_may_not_see_figures_sets_up_nothing(scene: Scene) -> None:
    scene.invites_the_bot("general")
    for words in ("digest on", "digest on to @ada", "digest on to me"):
        assert "where figures are open to you" in words_of(only(scene.asks(words, user="ben", channel="general")))
    assert kept(scene) == []
    assert "On: " in words_of(turned_on(scene, "monday", user="ben"))


def test_where_the_bot_is_not_it_says_what_to_do(scene: Scene) -> None:
    assert "/invite @kpi" in words_of(only(scene.asks("digest on", channel="general")))


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("digest on 25:00", "no time of day"),
        ("digest on mars/olympus", "I do not understand 'mars/olympus' there."),
        ("digest on to everybody", "I could not see whom you mean"),
        ("digest sing", "I do not know 'digest sing'."),
        ("digest edit friday", "There is no digest here yet."),
        ("digest now", "There is no digest here that is on."),
        ("digest off", "There is no digest here to turn off."),
        ("digest list", "There is no digest here yet."),
    ],
)
def test_a_mistake_is_answered_with_one_sentence(scene: Scene, typed: str, said: str) -> None:
    assert said in words_of(only(scene.asks(typed)))


def test_words_come_in_any_order_and_language() -> None:
    for text in (
        "digest on monday 9:00 Europe/Berlin",
        "digest on 9 berlin montag",
        "Digest on every Mon at 9am europe/berlin",
    ):
        order = digest_order(text)
        assert order
        assert (order.weekday, order.at and order.at.hour, order.zone) == (0, 9, "Europe/Berlin")
    assert digest_order("spring-sale") is None
    with pytest.raises(Mistake):
        digest_order(f"digest on in {'x' * 300}")


@pytest.mark.parametrize(
    ("typed", "scope"),
    [
        ("in DE", "in DE"),
        ("for sale", "in sale"),
        ("for tag sale", "in tag sale"),
        ("about campaigns in DE in sale", "in DE in sale"),
        ("for campaigns tagged sale", "in sale"),
        ("for all campaigns", ""),
        ("", None),
    ],
)
def test_which_campaigns_is_said_in_many_ways(typed: str, scope: str | None) -> None:
    order = digest_order(f"digest on friday {typed}")
    assert order
    assert order.scope == scope


def test_a_digest_may_be_about_a_tag_or_a_market_alone(scene: Scene) -> None:
    for words in ("for the sale tag", "in Germany"):
        assert "On: " in words_of(only(scene.asks(f"digest on to me {words}")))
    works(scene)
    said = " ".join(one.text for one in posted(scene, "ada"))
    assert "tagged sale" in said
    assert "WhatsApp in Germany earned" in said


def doubted(scene: Scene) -> Message:
    """Let a digest be posted without anybody knowing, where Slack may not be asked; return the note about it."""
    turned_on(scene, "monday 9:00 UTC")
    scene.slack.take_scope_away("channels:history")
    scene.slack.fail("chat.postMessage", status=503)
    works(scene)
    works(scene, MONDAY.replace(minute=5))
    assert posted(scene) == []
    assert [one.state for one in ledgered(scene)] == [HELD]
    return scene.slack.messages("ada")[-1]


def test_what_nobody_can_tell_about_is_posted_on_a_press_and_only_once(scene: Scene) -> None:
    note = doubted(scene)
    assert "Slack did not say whether it took the digest" in words_of(note)
    for _ in range(2):
        scene.presses(note, "Not there: post it") if buttons_of(note) else None
    works(scene, MONDAY.replace(minute=6))
    assert len(posted(scene)) == 1
    assert [one.state for one in ledgered(scene)] == [SENT]


def test_what_stands_there_is_left_alone_on_a_press(scene: Scene) -> None:
    note = doubted(scene)
    scene.presses(note, "It is there")
    works(scene, MONDAY.replace(minute=6))
    assert posted(scene) == []
    assert [one.state for one in ledgered(scene)] == [SENT]


def test_held_ones_are_listed(scene: Scene) -> None:
    doubted(scene)
    assert "2026-11-23: held. Slack did not say whether it took it." in words_of(only(scene.asks("digest list")))


def test_a_channel_with_new_readers_gets_its_digest_once_somebody_confirms(scene: Scene) -> None:
    turned_on(scene)
    scene.slack.world.channel(MARKETING).members.append(GUS)
    works(scene)
    assert posted(scene) == []
    scene.presses(scene.slack.messages("ada")[-1], "Post it there all the same")
    works(scene, MONDAY.replace(minute=1))
    assert len(posted(scene)) == 1
    assert only(kept(scene)).state == ON
    assert only(kept(scene)).guests


def test_a_press_of_somebody_without_rights_decides_nothing(scene: Scene) -> None:
    note = doubted(scene)
    scene.slack.world.person(ADA).is_admin = False
    scene.bot.parts.database.written("local", lambda db: keep(db, replace(only(schedules(db)), owner=BEN)))
    scene.asks("close here")
    scene.slack.world.channel(MARKETING).is_ext_shared = True
    scene.presses(note, "Not there: post it")
    assert [one.state for one in ledgered(scene)] == [HELD]


def test_the_self_check_names_the_next_digests_and_the_held_ones(scene: Scene) -> None:
    doubted(scene)
    found = [finding.line() for finding in _digests(scene.bot.parts.database)]
    assert sum("09:00 UTC (Mon 09:00 UTC) into C0MARKET01" in line for line in found) == 5
    assert any("warning  held digest: 2026-11-23 into C0MARKET01: Slack did not say" in line for line in found)


def test_the_demo_posts_a_digest_by_itself(scene: Scene) -> None:
    ask_for_digest(scene.bot)
    with working(scene.bot.parts):
        scene.slack.wait_for(lambda: posted(scene), timeout=20)
    assert pictures_in(only(posted(scene)).blocks)


def test_the_patience_is_longer_than_any_request() -> None:
    patience = Patience()
    assert patience.doubt.total_seconds() >= 4 * 15
    assert patience.lease > patience.doubt
