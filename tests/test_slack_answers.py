"""Conversations in Slack, through the front door: what is typed and pressed, and who sees what."""

from __future__ import annotations

import json
import re
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from bot.ask import main
from bot.blocks import message
from bot.parts import WORKSPACE
from kpi.answering import answered
from kpi.jsonable import jsonable
from kpi.report import Figures, Heading, Note, Paragraph, Report, Table
from kpi.storage.access import is_allowed, is_open
from tests.asking import TODAY
from tests.slack_world import (
    ADA,
    BEN,
    EVE,
    GENERAL,
    GUS,
    buttons_of,
    everything_in,
    only,
    pictures_in,
    scene,
    stage,
    staged,
    words_of,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bot.local_slack import Message
    from tests.slack_world import Scene

__all__ = ["scene", "stage"]

FINDING = "Spring sale earned 14.1x its cost: €39.2K revenue for €2,789"
SPRING = "campaign spring-sale"
SHARED = f"{TODAY} {SPRING}"


def without_figures(message: Message) -> bool:
    """Tell whether nothing in a message looks like a number, the names of buttons and people's ids left out."""
    return not re.search(r"\d|€|%", words_of(message) + message.text)


# --- where the answer goes ---------------------------------------------------------------------------------------


def test_in_an_opened_channel_words_come_first_and_the_picture_joins_the_same_message(scene: Scene) -> None:
    answer = only(scene.asks(SPRING))
    assert scene.slack.receipts[0].seconds < 1
    assert not answer.ephemeral_for
    assert answer.text.startswith(FINDING)
    first = only(answer.edits)
    assert first.text == answer.text
    assert not pictures_in(first.blocks)
    picture = only(pictures_in(answer.blocks))
    assert picture["alt_text"].startswith(FINDING)
    assert scene.slack.files[picture["slack_file"]["id"]].bytes.startswith(b"\x89PNG")
    assert scene.slack.files[picture["slack_file"]["id"]].alt_text.startswith(FINDING)
    assert [block for block in answer.blocks if block["type"] != "image"] == first.blocks
    assert len(scene.calls_of("chat.postMessage")) == len(scene.calls_of("chat.update")) == 1


def test_everybody_in_an_opened_channel_may_ask_and_read(scene: Scene) -> None:
    answer = only(scene.asks(SPRING, user="ben"))
    assert answer in scene.slack.messages("marketing", viewer="ada")
    assert pictures_in(answer.blocks)


def test_links_are_not_unfurled(scene: Scene) -> None:
    scene.asks(SPRING)
    (posted,) = scene.calls_of("chat.postMessage")
    assert {str(posted[key]).lower() for key in ("unfurl_links", "unfurl_media")} <= {"false", "0"}


def test_a_slow_scan_of_the_picture_is_waited_for(scene: Scene) -> None:
    scene.slack.file_delay = 0.3
    answer = only(scene.asks(SPRING))
    assert pictures_in(answer.blocks)
    assert len(scene.calls_of("files.info")) > 1


def test_in_a_closed_channel_an_admin_is_answered_in_private(scene: Scene) -> None:
    answer = only(scene.asks(SPRING, channel="general"))
    assert answer.ephemeral_for == ADA
    assert answer.text.startswith(FINDING)
    assert buttons_of(answer)[-2:] == ["Share here", "Chart to my DM"]
    assert not answer.edits
    assert not scene.calls_of("files.getUploadURLExternal")


def test_an_answer_without_figures_is_not_for_sharing(scene: Scene) -> None:
    answer = only(scene.asks("help", channel="general"))
    assert not {"Share here", "Chart to my DM"} & set(buttons_of(answer))


def test_in_the_direct_messages_with_the_bot_an_answer_has_its_chart(scene: Scene) -> None:
    answer = only(scene.asks(SPRING, channel="ada"))
    assert not answer.ephemeral_for
    assert pictures_in(answer.blocks)
    assert "Share here" not in buttons_of(answer)


@pytest.mark.parametrize("people", [(ADA, BEN), (BEN, GUS)])
def test_in_other_direct_messages_an_answer_stays_private(scene: Scene, people: tuple[str, str]) -> None:
    place = scene.has_a_conversation_of(*people)
    answer = only(scene.asks(SPRING, channel=place))
    assert answer.ephemeral_for == ADA
    assert answer.text.startswith(FINDING)


def test_the_direct_messages_of_somebody_else_with_the_bot_stay_closed(scene: Scene) -> None:
    answer = only(scene.asks(SPRING, user="ada", channel="ben"))
    assert answer.ephemeral_for == ADA


def test_a_mistake_is_private_even_in_an_opened_channel(scene: Scene) -> None:
    answer = only(scene.asks("campaign sprung-sail", user="ben"))
    assert answer.ephemeral_for == BEN
    assert answer.text == "There is no campaign called 'sprung-sail'."


# --- sharing -----------------------------------------------------------------------------------------------------


def test_sharing_names_the_readers_and_posts_on_confirmation_alone(scene: Scene) -> None:
    scene.invites_the_bot("general")
    private = only(scene.asks(SPRING, channel="general"))
    question = only(scene.presses(private, "Share here"))
    assert question.ephemeral_for == ADA
    readers = "the 4 members of #general, which everybody in the workspace can join"
    assert question.text == f"This will be seen by {readers}."
    assert not scene.slack.messages("general")
    shared = only(scene.presses(question, "Post it"))
    assert not shared.ephemeral_for
    assert shared.text.startswith(FINDING)
    assert pictures_in(shared.blocks)
    assert buttons_of(shared)[-1] == "Remove"
    assert question.deleted


def test_sharing_where_strangers_read_along_says_so(scene: Scene) -> None:
    private = only(scene.asks(SPRING, channel="agency-shared"))
    question = only(scene.presses(private, "Share here"))
    assert "people of other organisations included" in question.text


def test_what_is_shared_is_the_answer_of_the_day_on_which_it_was_seen(scene: Scene) -> None:
    scene.invites_the_bot("general")
    private = only(scene.asks("overview", channel="general"))
    value = next(e["value"] for b in private.blocks for e in b.get("elements", ()) if e.get("action_id") == "share")
    assert value == f"{TODAY} overview"
    shared = only(scene.presses(private, "share", value="2026-10-01 overview"))
    assert "This will be seen" in shared.text
    posted = only(scene.presses(shared, "Post it"))
    assert "24" in posted.blocks[0]["text"]["text"]
    assert "Sept" in posted.blocks[0]["text"]["text"]


def test_sharing_without_the_bot_in_the_channel_says_how_to_let_it_in(scene: Scene) -> None:
    private = only(scene.asks(SPRING, channel="general"))
    question = only(scene.presses(private, "Share here"))
    refusal = only(scene.presses(question, "Post it"))
    assert refusal.ephemeral_for == ADA
    assert "/invite @kpi" in words_of(refusal)
    scene.invites_the_bot("general")
    assert only(scene.presses(question, "Post it")).text.startswith(FINDING)


def test_the_person_who_shared_an_answer_removes_it(scene: Scene) -> None:
    shared = _shared_by_ben(scene)
    scene.presses(shared, "Remove", user="ben")
    assert shared.deleted


def test_an_admin_removes_what_somebody_shared(scene: Scene) -> None:
    shared = _shared_by_ben(scene)
    scene.presses(shared, "Remove", user="ada")
    assert shared.deleted


def test_others_cannot_remove_what_somebody_shared(scene: Scene) -> None:
    scene.invites_the_bot("general")
    shared = _shared_by_ada(scene)
    refusal = only(scene.presses(shared, "Remove", user="ben"))
    assert "Only the person who shared this" in refusal.text
    assert refusal.ephemeral_for == BEN
    assert not shared.deleted


def test_the_chart_of_a_private_answer_arrives_as_a_direct_message(scene: Scene) -> None:
    private = only(scene.asks(SPRING, channel="general"))
    told = only(scene.presses(private, "Chart to my DM"))
    assert told.text == "I have sent it to you as a direct message."
    sent = only(scene.slack.messages("ada"))
    assert sent.text.startswith(FINDING)
    assert pictures_in(sent.blocks)


# --- who may ask -------------------------------------------------------------------------------------------------


def test_a_member_in_a_closed_channel_gets_one_line_and_may_ask_for_access(scene: Scene) -> None:
    refusal = only(scene.asks(SPRING, user="ben", channel="general"))
    assert refusal.ephemeral_for == BEN
    assert without_figures(refusal)
    assert buttons_of(refusal) == ["Ask for access"]
    told = only(scene.presses(refusal, "Ask for access", user="ben"))
    assert told.text == "I have asked. You will hear from me when an admin allows it."
    request = only(scene.slack.messages("ada"))
    assert request.text == "ben asks to see campaign figures (in #general)."
    scene.presses(request, "Allow ben", user="ada")
    assert request.text.startswith("Allowed.")
    assert not buttons_of(request)
    assert only(scene.slack.messages("ben")).text == "You can now ask for campaign figures."
    answer = only(scene.asks(SPRING, user="ben", channel="general"))
    assert answer.ephemeral_for == BEN
    assert answer.text.startswith(FINDING)


def test_admins_hear_of_a_request_once_a_day(scene: Scene) -> None:
    refusal = only(scene.asks(SPRING, user="ben", channel="general"))
    scene.presses(refusal, "Ask for access", user="ben")
    again = only(scene.presses(refusal, "Ask for access", user="ben"))
    assert again.text == "I have asked today already."
    assert len(scene.slack.messages("ada")) == 1


def test_a_request_that_reached_no_admin_may_be_repeated(scene: Scene) -> None:
    refusal = only(scene.asks(SPRING, user="ben", channel="general"))
    scene.slack.fail("conversations.open", "missing_scope")
    assert "could not reach" in only(scene.presses(refusal, "Ask for access", user="ben")).text
    scene.slack.clear_faults()
    assert only(scene.presses(refusal, "Ask for access", user="ben")).text.startswith("I have asked.")


def test_a_member_sees_no_figures_in_the_direct_messages_with_the_bot(scene: Scene) -> None:
    assert without_figures(only(scene.asks(SPRING, user="ben", channel="ben")))


@pytest.mark.parametrize(("user", "channel"), [("gus", "general"), ("gus", "gus"), ("eve", "agency-shared")])
def test_guests_and_strangers_get_no_figures_and_no_button(scene: Scene, user: str, channel: str) -> None:
    refusal = only(scene.asks(SPRING, user=user, channel=channel))
    assert without_figures(refusal)
    assert not buttons_of(refusal)


@pytest.mark.parametrize("user", ["gus", "eve"])
def test_guests_and_strangers_get_no_figures_in_an_opened_channel(scene: Scene, user: str) -> None:
    scene.slack.world.channel("marketing").members.append(scene.slack.world.person(user).id)
    refusal = only(scene.asks(SPRING, user=user))
    assert refusal.ephemeral_for == scene.slack.world.person(user).id
    assert without_figures(refusal)


@pytest.mark.parametrize("user", ["gus", "eve"])
@pytest.mark.parametrize("button", ["Ranking", "Revenue by day", "Remove"])
def test_guests_and_strangers_get_no_figures_from_other_peoples_buttons(scene: Scene, user: str, button: str) -> None:
    scene.invites_the_bot("general")
    shared = _shared_by_ada(scene)
    files = len(scene.slack.files)
    assert all(map(without_figures, scene.presses(shared, button, user=user)))
    assert not shared.deleted
    assert len(scene.slack.files) == files


def test_bots_and_people_who_left_get_no_figures(scene: Scene) -> None:
    scene.slack.world.person("ben").deleted = True
    assert without_figures(only(scene.asks(SPRING, user="ben")))
    scene.slack.world.person("ben").deleted = False
    scene.slack.world.person("ben").is_bot = True
    assert without_figures(only(scene.asks(SPRING, user="ben")))


def test_rights_are_looked_up_at_every_press(scene: Scene) -> None:
    private = only(scene.asks(SPRING, channel="general"))
    scene.slack.world.person("ada").is_admin = False
    for button in ("Ranking", "Share here", "Chart to my DM"):
        assert without_figures(only(scene.presses(private, button)))
    assert not scene.slack.messages("ada")


# --- forged presses ----------------------------------------------------------------------------------------------


def test_a_forged_name_does_not_remove_another_persons_message(scene: Scene) -> None:
    scene.invites_the_bot("general")
    shared = _shared_by_ada(scene)
    refusal = only(scene.presses(shared, "Remove", user="ben", value=BEN))
    assert "Only the person who shared this" in refusal.text
    assert not shared.deleted


def test_a_button_of_another_channel_opens_nothing(scene: Scene) -> None:
    scene.slack.world.channel("leadership").is_private = False
    question = only(scene.asks("open here", channel="leadership"))
    refusal = only(scene.presses(question, "Open it all the same", value=GENERAL))
    assert refusal.text == "That button belongs to another channel."
    with scene.bot.parts.database.reading(WORKSPACE) as db:
        assert not is_open(db, GENERAL)
        assert not is_open(db, question.channel)


def test_a_member_cannot_open_a_channel_with_an_admins_button(scene: Scene) -> None:
    scene.invites_the_bot("general")
    question = only(scene.asks("open here", channel="general"))
    assert "Only a workspace admin" in only(scene.presses(question, "open", user="ben")).text
    with scene.bot.parts.database.reading(WORKSPACE) as db:
        assert not is_open(db, GENERAL)


@pytest.mark.parametrize("button", ["share", "chart"])
def test_a_guest_cannot_share_with_an_admins_button(scene: Scene, button: str) -> None:
    scene.invites_the_bot("general")
    private = only(scene.asks(SPRING, channel="general"))
    refusal = only(scene.presses(private, button, user="gus", value=SHARED))
    assert without_figures(refusal)
    assert not scene.slack.messages("general")
    assert not scene.slack.messages("gus")


def test_a_guest_cannot_post_with_an_admins_button(scene: Scene) -> None:
    scene.invites_the_bot("general")
    question = only(scene.presses(only(scene.asks(SPRING, channel="general")), "Share here"))
    assert without_figures(only(scene.presses(question, "Post it", user="gus")))
    assert not scene.slack.messages("general")


def test_nobody_allows_themselves_or_a_guest(scene: Scene) -> None:
    refusal = only(scene.asks(SPRING, user="ben", channel="general"))
    scene.presses(refusal, "Ask for access", user="ben")
    request = only(scene.slack.messages("ada"))
    assert "Only a workspace admin" in only(scene.presses(request, "allow", user="ben", channel="ada")).text
    scene.slack.world.person("ben").is_restricted = True
    assert "guest" in only(scene.presses(request, "allow", user="ada", channel="ada")).text
    with scene.bot.parts.database.reading(WORKSPACE) as db:
        assert not is_allowed(db, BEN)


def test_a_guest_who_asks_for_access_is_told_no(scene: Scene) -> None:
    refusal = only(scene.asks(SPRING, user="ben", channel="general"))
    assert "closed to guests" in only(scene.presses(refusal, "request", user="gus")).text
    assert not scene.slack.messages("ada")


# --- opening, closing, allowing ----------------------------------------------------------------------------------


def test_a_private_channel_opens_at_once_and_closes_again(scene: Scene) -> None:
    opened = only(scene.asks("open here", channel="leadership"))
    assert opened.ephemeral_for == ADA
    assert opened.text.startswith("Everybody here can now ask")
    assert not only(scene.asks(SPRING, channel="leadership")).ephemeral_for
    closed = only(scene.asks("close here", channel="leadership"))
    assert closed.text == "Closed: answers here are private again."
    assert only(scene.asks(SPRING, channel="leadership")).ephemeral_for == ADA
    assert only(scene.asks("close here", channel="leadership")).text == "This channel was not open."


def test_a_public_channel_with_guests_opens_after_a_warning(scene: Scene) -> None:
    scene.invites_the_bot("general")
    question = only(scene.asks("open here", channel="general"))
    assert "the 4 members of #general" in question.text
    assert "The channel is public" in words_of(question)
    assert "guests or strangers" in words_of(question)
    assert only(scene.asks(SPRING, channel="general")).ephemeral_for == ADA
    opened = only(scene.presses(question, "Open it all the same"))
    assert opened.text.startswith("Everybody here can now ask")
    assert question.deleted
    assert not only(scene.asks(SPRING, user="ben", channel="general")).ephemeral_for


def test_a_shared_channel_warns_of_the_other_organisation(scene: Scene) -> None:
    question = only(scene.asks("open here", channel="agency-shared"))
    assert "shared with another organisation" in words_of(question)
    assert buttons_of(question) == ["Open it all the same"]


def test_a_channel_without_the_bot_cannot_be_opened_blindly(scene: Scene) -> None:
    scene.slack.world.channel("leadership").members.remove("U0KPIBOT1")
    assert "/invite @kpi" in words_of(only(scene.asks("open here", channel="leadership")))


@pytest.mark.parametrize("order", ["open here", "close here", "allow @gus", "disallow @ada"])
def test_a_member_cannot_change_who_sees_figures(scene: Scene, order: str) -> None:
    refusal = only(scene.asks(order, user="ben"))
    assert refusal.ephemeral_for == BEN
    assert refusal.text == "Only a workspace admin can change who sees figures."


def test_a_person_is_allowed_and_disallowed(scene: Scene) -> None:
    allowed = only(scene.asks("allow @ben", channel="general"))
    assert allowed.text == "ben can now ask anywhere; answers are private."
    assert only(scene.asks(SPRING, user="ben", channel="general")).text.startswith(FINDING)
    assert only(scene.asks("disallow @ben")).text == "ben can no longer ask everywhere."
    assert without_figures(only(scene.asks(SPRING, user="ben", channel="general")))
    assert only(scene.asks("disallow @ben")).text == "ben was not allowed before."


@pytest.mark.parametrize("order", ["allow @gus", "allow @eve"])
def test_guests_and_strangers_cannot_be_allowed(scene: Scene, order: str) -> None:
    assert "figures stay closed to them" in only(scene.asks(order)).text


def test_a_name_that_is_no_mention_is_asked_back(scene: Scene) -> None:
    assert only(scene.asks("allow somebody")).text == "I could not see whom you mean."


# --- what can be asked -------------------------------------------------------------------------------------------


def test_a_misspelled_name_offers_buttons_that_answer(scene: Scene) -> None:
    question = only(scene.asks("campaign sprin-sale"))
    assert question.ephemeral_for == ADA
    assert "Did you mean" in words_of(question)
    button = next(label for label in buttons_of(question) if label.startswith("Spring sale ("))
    answer = only(scene.presses(question, button))
    assert answer.text.startswith(FINDING)
    assert not answer.ephemeral_for


def test_several_names_with_one_beginning_are_offered_with_their_days(scene: Scene) -> None:
    question = only(scene.asks("spring"))
    assert question.text == "2 campaigns begin with 'spring'."
    assert buttons_of(question) == ["Spring sale (26 May 2026)", "Spring sale e-mail (26 May 2026)"]


def test_a_single_beginning_is_taken_and_said(scene: Scene) -> None:
    assert "'advent' read as Advent calendar." in words_of(only(scene.asks("advent")))


@pytest.mark.parametrize("question", ["overview", SPRING, "top rocs", "trend revenue", "help", "campaign black-friday"])
def test_every_next_question_answers(scene: Scene, question: str) -> None:
    answer = only(scene.asks(question))
    labels = [label for label in buttons_of(answer) if label != "Ask…"]
    assert labels
    for label in labels:
        followed = only(scene.presses(answer, label))
        assert not followed.ephemeral_for, words_of(followed)


SENTENCES = {
    "": "Last 7 days: WhatsApp earned",
    "flurbelwurz": "There is no campaign, KPI or period called 'flurbelwurz'.",
    "campaign black-friday": "Black Friday starts on 25 Nov 2026 (in 5 days); nothing has been sent yet.",
    "campaign spring-sale 2020": "Spring sale has no results in",
    "overview 2020": "No WhatsApp campaign has results in",
    "trend revenue spring-sale 2020": "Spring sale does not know its revenue in",
    "top rocs 2020": "No WhatsApp campaign knows its ROCS in",
    "campaign": "Which campaign?",
    "trend": "Which KPI?",
    "campaign last-chance": "Last chance lost",
    "campaign singles-day": "Singles day took",
    "campaign behind-the-seams": "Behind the seams delivered",
    "spring-sale 2026-13-45": "'2026-13-45'",
}


@pytest.mark.parametrize("question", SENTENCES)
def test_every_situation_has_a_sentence_of_its_own(scene: Scene, question: str) -> None:
    assert SENTENCES[question] in only(scene.asks(question)).text


def test_a_running_campaign_says_that_it_runs(scene: Scene) -> None:
    assert "It is still running, until 4 Dec 2026." in words_of(only(scene.asks("campaign advent-calendar")))


@pytest.mark.parametrize("typed", ["campaign “spring-sale”", 'campaign "Spring sale"', "SPRING-SALE", "<b>&amp;"])
def test_typed_text_is_read_as_it_was_typed(scene: Scene, typed: str) -> None:
    answer = only(scene.asks(typed))
    assert answer.text.startswith(FINDING) or answer.text.startswith("There is no campaign, KPI or period called '")


def test_what_is_typed_cannot_become_markup(scene: Scene) -> None:
    answer = only(scene.asks("<!channel> <@U0BEN00001> <https://evil.example|win>"))
    assert "<" not in json.dumps([block for block in answer.blocks if "mrkdwn" in json.dumps(block)])
    assert "<" not in answer.text


# --- many at once ------------------------------------------------------------------------------------------------


def test_forty_commands_at_once_are_acknowledged_within_a_second_and_answered(scene: Scene) -> None:
    questions = [SPRING, "overview", "top rocs", "trend revenue"] * 10
    for question in questions[:4]:
        scene.asks(question)
    slowest: list[float] = []
    while not slowest or (min(slowest) >= 1 and len(slowest) < 3):  # other programs may hold up a round on this machine
        begun = len(scene.slack.messages("marketing"))
        with ThreadPoolExecutor(40) as people:
            receipts = list(people.map(scene.slack.command, questions))
        assert all(receipt.ok for receipt in receipts)
        slowest.append(max(receipt.seconds for receipt in receipts))
        scene.settles()
        answers = scene.slack.messages("marketing")[begun:]
        assert len(answers) == 40
        assert all(pictures_in(answer.blocks) for answer in answers)
        assert sum(answer.text.startswith(FINDING) for answer in answers) == 10
    assert min(slowest) < 1


# --- the same words give the same answer everywhere --------------------------------------------------------------


@pytest.fixture(scope="module")
def today() -> Iterator[Scene]:
    """Run a bot by the clock on the wall, as the terminal does."""
    with staged(lambda: datetime.now(UTC)) as scene:
        yield scene


@pytest.mark.parametrize("question", [SPRING, "overview", "top rocs", "trend revenue last 12 weeks", "fire-deals"])
def test_terminal_json_and_slack_say_the_same(
    today: Scene, question: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    parts = today.bot.parts
    report = answered(parts.database, WORKSPACE, question, datetime.now(UTC))
    in_slack = only(today.asks(question))
    assert in_slack.edits[0].blocks == message(report)["blocks"]
    assert in_slack.text == message(report)["text"]
    monkeypatch.setenv("DATABASE_URL", parts.settings.database_url)
    monkeypatch.setenv("COLUMNS", "200")
    main([*question.split(), "--json"])
    assert json.loads(capsys.readouterr().out) == json.loads(json.dumps(jsonable(report)))
    main(question.split())
    in_terminal, in_slack_words = _plain(capsys.readouterr().out), _plain(words_of(in_slack))
    assert len(report.figures) > 0
    for said in _everything_said_in(report):
        assert _plain(said) in in_terminal
        assert _plain(said) in in_slack_words


def _everything_said_in(report: Report) -> Iterator[str]:
    for piece in report.pieces:
        match piece:
            case Heading(text) | Paragraph(text) | Note(text):
                yield text
            case Figures(figures):
                yield from (said for one in figures for said in (one.label, one.shown, one.detail, one.change))
            case Table(_, columns, rows):
                yield from (cell for row in rows for cell in row)
                yield from (column.name for column in columns)
            case _:
                pass


def _plain(text: str) -> str:
    """Return text with every kind of white space as one space."""
    return " ".join(text.split())


def _shared_by_ada(scene: Scene) -> Message:
    private = only(scene.asks(SPRING, channel="general"))
    return only(scene.presses(only(scene.presses(private, "Share here")), "Post it"))


def _shared_by_ben(scene: Scene) -> Message:
    scene.invites_the_bot("general")
    scene.asks("allow @ben", channel="general")
    private = only(scene.asks(SPRING, user="ben", channel="general"))
    question = only(scene.presses(private, "Share here", user="ben"))
    return only(scene.presses(question, "Post it", user="ben"))


def test_nothing_of_the_figures_is_hidden_in_a_refusal(scene: Scene) -> None:
    refusal = only(scene.asks(SPRING, user="ben", channel="general"))
    assert not re.search(r"€|%|14\.1|39[,.]2|spring", everything_in(refusal))
    assert EVE not in everything_in(refusal)
