"""The form for digests: what it shows before it is saved, and that it does what the typed words do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.digest_world import MONDAY, kept, no_digests, posted, stage, turned_on, works
from tests.slack_world import ADA, MARKETING, Scene, buttons_of, only, scene, words_of

if TYPE_CHECKING:
    from bot.local_slack import Message, View

__all__ = ["no_digests", "scene", "stage"]


def opened(scene: Scene, user: str = "ada", channel: str = "marketing") -> View:
    """Type ``/kpi digest`` alone."""
    scene.slack.views.clear()
    assert scene.asks("digest", user=user, channel=channel) == []
    return shown(scene, user)


def shown(scene: Scene, user: str = "ada") -> View:
    view = scene.slack.modal(user)
    assert view
    assert not scene.slack.warnings
    return view


def fields_of(view: View) -> list[str]:
    return [block["block_id"] for block in view.blocks if block["type"] == "input"]


def said_in(view: View) -> list[str]:
    """Return the sentences between the fields."""
    return [block["text"]["text"] for block in view.blocks if block["type"] == "section"]


def chooses(scene: Scene, view: View, field: str, value: object, user: str = "ada") -> None:
    scene.slack.select(view, f"digest.{field}", value, user=user)
    scene.settles()


def saves(scene: Scene, view: View, channel: str = "marketing", user: str = "ada", **values: object) -> list[Message]:
    return scene.follows(lambda: scene.slack.submit(view, values), user, channel)


def test_alone_it_opens_a_form_with_the_next_dates_and_the_readers(scene: Scene) -> None:
    view = opened(scene)
    assert fields_of(view) == ["often", "day", "at", "zone", "which", "where"]
    dates, readers = said_in(view)
    assert dates == "Next: Mon 23 Nov 2026, Mon 30 Nov 2026, Mon 7 Dec 2026 at 09:00 (UTC, where it is 12:00 now)."
    assert "seen by the 3 members of #marketing, which everybody in the workspace can join" in readers


def test_the_dates_follow_what_is_chosen(scene: Scene) -> None:
    view = opened(scene)
    chooses(scene, view, "often", "monthly")
    assert said_in(view)[0].startswith("Next: Mon 7 Dec 2026, Mon 4 Jan 2027, Mon 1 Feb 2027")
    chooses(scene, view, "day", "friday")
    chooses(scene, view, "at", "17:30")
    option = scene.slack.suggest(view, "digest.zone", "manila")[0]
    assert option["text"]["text"] == "Asia/Manila (20:00 now)"
    chooses(scene, view, "zone", option)
    assert said_in(view)[0] == (
        "Next: Fri 4 Dec 2026, Fri 1 Jan 2027, Fri 5 Feb 2027 at 17:30 (Asia/Manila, where it is 20:00 now)."
    )
    assert kept(scene) == []


def test_saved_it_is_on_at_once_for_the_readers_that_it_named(scene: Scene) -> None:
    view = opened(scene)
    answer = only(saves(scene, view, day="tuesday"))
    assert scene.slack.modal() is None
    assert "On: a digest every Tuesday at 09:00 UTC, all campaigns, in #marketing." in words_of(answer)
    assert [(one.channel, one.exposure) for one in kept(scene)] == [(MARKETING, "public")]
    works(scene, MONDAY.replace(day=24))
    assert len(posted(scene)) == 1


def test_readers_that_the_form_did_not_name_are_named_after_it(scene: Scene) -> None:
    view = opened(scene, channel="leadership")
    scene.slack.world.channel("leadership").is_private = False
    question = only(saves(scene, view, channel="leadership"))
    assert "which everybody in the workspace can join" in words_of(question)
    assert kept(scene) == []
    scene.presses(question, "Turn it on")
    assert [one.exposure for one in kept(scene)] == ["public"]


def test_another_channel_names_its_own_readers(scene: Scene) -> None:
    view = opened(scene)
    chooses(scene, view, "where", "another")
    assert fields_of(view)[-1] == "channel"
    assert len(said_in(view)) == 1
    chooses(scene, view, "channel", "C0SHARED01")
    assert "people of other organisations included" in said_in(view)[1]
    answer = only(saves(scene, view))
    assert "in #agency-shared" in words_of(answer)


def test_a_channel_without_the_bot_is_said_in_the_form(scene: Scene) -> None:
    view = opened(scene)
    chooses(scene, view, "where", "another")
    chooses(scene, view, "channel", "C0GENERAL1")
    assert "/invite @kpi" in said_in(view)[1]
    assert saves(scene, view) == []
    assert "/invite @kpi" in view.errors["channel"]


def test_to_oneself_nobody_else_reads_along(scene: Scene) -> None:
    view = opened(scene)
    chooses(scene, view, "where", "me")
    assert said_in(view)[1] == "Only you will see it."
    assert "to ada" in words_of(only(saves(scene, view)))
    assert fields_of(opened(scene, channel="ada")) == ["often", "day", "at", "zone", "which", "where"]


def test_tags_and_markets_are_offered_and_kept(scene: Scene) -> None:
    view = opened(scene)
    offered = [one["text"]["text"] for one in scene.slack.suggest(view, "digest.which", "")]
    assert "in Germany" in offered
    germany = scene.slack.suggest(view, "digest.which", "germ")[0]
    assert "campaigns in DE, in #marketing" in words_of(only(saves(scene, view, which=germany)))
    assert only(kept(scene)).scope == "in DE"


def test_one_that_is_there_is_edited(scene: Scene) -> None:
    turned_on(scene, "friday 17:30 in DE")
    listed = only(scene.asks("digest list"))
    assert buttons_of(listed) == ["Edit", "New digest"]
    scene.presses(listed, "Edit")
    view = shown(scene)
    assert view.content["title"]["text"] == "Edit digest"
    assert said_in(view)[0].startswith("Next: Fri 20 Nov 2026")
    chooses(scene, view, "often", "monthly")
    chooses(scene, view, "where", "me")
    before = only(kept(scene))
    answer = only(saves(scene, view, which=None))
    assert "monthly on the first Friday at 17:30 UTC, all campaigns, to ada" in words_of(answer)
    after = only(kept(scene))
    assert (after.id, after.person, after.scope) == (before.id, ADA, "")


def test_an_edited_digest_does_not_stand_in_the_way_of_a_new_one(scene: Scene) -> None:
    turned_on(scene)
    first = only(kept(scene))
    scene.asks("digest edit in DE")
    scene.presses(only(scene.asks("digest on")), "Turn it on")
    assert [one.scope for one in sorted(kept(scene), key=lambda one: one.scope)] == ["", "in DE"]
    assert first.id == next(one.id for one in kept(scene) if one.scope == "in DE")


def test_several_are_told_apart_by_their_buttons(scene: Scene) -> None:
    turned_on(scene)
    turned_on(scene, "monthly")
    listed = only(scene.asks("digest list"))
    assert sorted(buttons_of(listed)) == [
        "Edit: every Monday at 09:00 Europe/Berlin",
        "Edit: monthly on the first Monday at 09:00 UTC",
        "New digest",
    ]
    scene.presses(only(scene.asks("digest off")), "Turn off: monthly on the first Monday at 09:00 UTC")
    assert sorted((one.rhythm.monthly, one.state) for one in kept(scene)) == [(False, "on"), (True, "off")]


def test_who_may_not_see_figures_gets_neither_form_nor_names(scene: Scene) -> None:
    scene.slack.views.clear()
    scene.invites_the_bot("general")
    refused = only(scene.asks("digest", user="ben", channel="general"))
    assert "where figures are open to you" in words_of(refused)
    assert scene.slack.modal("ben") is None
    view = opened(scene, user="ben")
    scene.asks("close here")
    assert scene.slack.suggest(view, "digest.which", "", user="ben") == []
    scene.slack.submit(view, {})
    scene.settles()
    assert kept(scene) == []
