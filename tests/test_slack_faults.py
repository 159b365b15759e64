"""When Slack, the network or the drawing fails: the person has the answer in words, once, and the log says why."""

from __future__ import annotations

import http.client
import logging
import multiprocessing
import time
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import pytest

from bot.local_slack.signing import signature
from bot.posting.outlets import Channel
from bot.replies import NO_CHART, pictures, words
from kpi.charts.card import Card, Small
from kpi.report import Paragraph, Picture, Report
from kpi.storage.workspaces import team
from tests.broken_charts import Exits, Hangs, Raises
from tests.slack_world import (
    ADA,
    MARKETING,
    buttons_of,
    only,
    pictures_in,
    scene,
    stage,
    words_of,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.local_slack import Message
    from kpi.charts import Chart
    from tests.slack_world import Scene

__all__ = ["scene", "stage"]

SPRING = "campaign spring-sale"
FINDING = "Spring sale earned 14.1x its cost"
PLEASE_LOOK = "Slack did not say whether it took my answer."


def tables_in(message: Message) -> list[dict[str, Any]]:
    return [block for block in message.blocks if block["type"] == "table"]


def ordinary(messages: Sequence[Message]) -> list[Message]:
    return [one for one in messages if not one.ephemeral_for]


def in_words_alone(message: Message, log: pytest.LogCaptureFixture) -> bool:
    """Tell whether the answer stands in words, says that its chart is missing, and the log says so, too."""
    assert message.text.startswith(FINDING)
    assert not pictures_in(message.blocks)
    assert "€39,201.84" in words_of(message)
    assert "an answer went out without its chart" in log.text
    return NO_CHART in words_of(message)


# --- the picture -------------------------------------------------------------------------------------------------

UPLOADS: dict[str, tuple[str, str, dict[str, Any]]] = {
    "the address is refused": ("files.getUploadURLExternal", "file_uploads_disabled", {}),
    "the address does not come": ("files.getUploadURLExternal", "", {"reset": True}),
    "the bytes are refused": ("upload", "", {"status": 500}),
    "the bytes are cut off": ("upload", "", {"reset": True}),
    "the end is refused": ("files.completeUploadExternal", "storage_limit_reached", {}),
    "the end is a fault": ("files.completeUploadExternal", "", {"status": 503}),
    "the file is gone": ("files.info", "file_not_found", {}),
    "too many uploads": ("files.getUploadURLExternal", "ratelimited", {}),
}


@pytest.mark.parametrize("case", UPLOADS)
def test_a_failed_upload_leaves_the_words(scene: Scene, caplog: pytest.LogCaptureFixture, case: str) -> None:
    method, error, how = UPLOADS[case]
    scene.slack.fail(method, error, **how)
    assert in_words_alone(only(scene.asks(SPRING)), caplog)
    assert not error or error in caplog.text
    assert pictures_in(only(scene.asks(SPRING)).blocks)


def test_a_file_that_is_never_ready_leaves_the_words(scene: Scene, caplog: pytest.LogCaptureFixture) -> None:
    scene.slack.file_delay = 3600
    assert in_words_alone(only(scene.asks(SPRING)), caplog)
    assert "Slack was still scanning the file after 17 seconds" in caplog.text


def test_a_picture_that_slack_still_calls_invalid_is_tried_again(
    scene: Scene, caplog: pytest.LogCaptureFixture
) -> None:
    scene.slack.fail("chat.update", "invalid_blocks")
    assert pictures_in(only(scene.asks(SPRING)).blocks)
    assert len(scene.calls_of("chat.postMessage")) == 1
    assert "without its chart" not in caplog.text


@pytest.mark.parametrize("error", ["cant_update_message", "edit_window_closed", "fatal_error"])
def test_a_refused_edit_leaves_the_words(scene: Scene, caplog: pytest.LogCaptureFixture, error: str) -> None:
    scene.slack.fail("chat.update", error)
    assert in_words_alone(only(scene.asks(SPRING)), caplog)
    assert error in caplog.text


def test_a_message_that_can_no_longer_be_edited_stays_as_it_is(scene: Scene, caplog: pytest.LogCaptureFixture) -> None:
    scene.slack.fail("chat.update", "message_not_found", times=2)
    answer = only(scene.asks(SPRING))
    assert answer.text.startswith(FINDING)
    assert not answer.edits
    assert "a message could not be edited: message_not_found" in caplog.text


@pytest.mark.parametrize("scope", ["files:write", "files:read", "im:write", "channels:read"])
def test_without_a_scope_the_answer_still_comes(scene: Scene, caplog: pytest.LogCaptureFixture, scope: str) -> None:
    scene.slack.take_scope_away(scope)
    answer = only(scene.asks(SPRING))
    assert answer.text.startswith(FINDING)
    assert bool(pictures_in(answer.blocks)) == (scope != "files:write")
    if scope.startswith("files"):
        assert "missing_scope" in caplog.text or "files:read" in caplog.text


def test_without_seeing_who_asks_no_figures_are_shown_and_the_way_out_is_named(scene: Scene) -> None:
    scene.slack.take_scope_away("users:read")
    refusal = only(scene.asks(SPRING))
    assert refusal.ephemeral_for == ADA
    assert refusal.text == "I cannot see who you are, so I show no figures."
    assert "users:read; a workspace admin grants it" in words_of(refusal)


def test_without_im_write_a_chart_for_the_dm_names_the_scope(scene: Scene, caplog: pytest.LogCaptureFixture) -> None:
    private = only(scene.asks(SPRING, channel="general"))
    scene.slack.take_scope_away("im:write")
    told = only(scene.presses(private, "Chart to my DM"))
    assert "im:write" in words_of(told)
    assert "missing_scope" in caplog.text


def test_without_im_write_an_admin_is_named_to_a_person_without_access(scene: Scene) -> None:
    refusal = only(scene.asks(SPRING, user="ben", channel="general"))
    scene.slack.take_scope_away("im:write")
    assert "/kpi allow @you" in words_of(only(scene.presses(refusal, "Ask for access", user="ben")))


# --- the drawing -------------------------------------------------------------------------------------------------


def _illustrated(scene: Scene, chart: Chart) -> Message:
    """Send a report with that chart, the way an answer goes."""
    report = Report(FINDING, (Paragraph("Spring sale took €39,201.84."), Picture(FINDING, chart)))
    sent = words(scene.bot.parts, (Channel(scene.bot.parts.client, MARKETING),), report)
    pictures(scene.bot.parts, sent, report)
    return scene.slack.messages("marketing")[-1]


@pytest.mark.parametrize(
    ("chart", "why"),
    [(Exits(), "ProcessExpired"), (Raises(), "nothing was sent"), (Hangs(), "TimeoutError")],
    ids=lambda value: type(value).__name__,
)
def test_a_chart_that_cannot_be_drawn_leaves_the_words_and_the_next_is_drawn(
    scene: Scene, caplog: pytest.LogCaptureFixture, chart: Chart, why: str
) -> None:
    assert in_words_alone(_illustrated(scene, chart), caplog)
    assert why in caplog.text
    after = Card(f"After {why}", "", (Small("One", "1"),))
    assert pictures_in(_illustrated(scene, after).blocks)


def test_a_killed_drawing_process_is_replaced(scene: Scene) -> None:
    for process in multiprocessing.active_children():
        process.kill()
        process.join()
    assert pictures_in(only(scene.asks("trend ctr last 12 weeks")).blocks)


# --- the words ---------------------------------------------------------------------------------------------------


def test_refused_tables_become_aligned_text_and_are_not_tried_again(
    scene: Scene, caplog: pytest.LogCaptureFixture
) -> None:
    scene.slack.refuses_tables = True
    first = only(scene.asks(SPRING))
    assert "Click-through rate" in words_of(first)
    assert not tables_in(first)
    assert pictures_in(first.blocks)
    assert len(scene.calls_of("chat.postMessage")) == 2
    assert "unsupported type: table" in caplog.text
    with scene.bot.parts.database.reading("local") as db:
        assert team(db).plain_tables
    second = only(scene.asks("top rocs"))
    assert "VIP early access" in words_of(second)
    assert len(scene.calls_of("chat.postMessage")) == 3


def test_refused_tables_in_a_private_answer_become_aligned_text(scene: Scene) -> None:
    scene.slack.refuses_tables = True
    answer = only(scene.asks(SPRING, channel="general"))
    assert not tables_in(answer)
    assert "Click-through rate" in words_of(answer)
    assert "Share here" in buttons_of(answer)


def test_blocks_that_are_all_refused_leave_the_sentence(scene: Scene, caplog: pytest.LogCaptureFixture) -> None:
    scene.slack.fail("chat.postMessage", "invalid_blocks", times=2)
    scene.slack.fail("chat.update", "cant_update_message", times=2)
    answer = only(scene.asks("top rocs"))
    assert answer.text.startswith("Of the broadcasts, VIP early access has the highest ROCS")
    assert not answer.blocks
    assert caplog.text.count("did not take an answer: invalid_blocks") == 2


@pytest.mark.parametrize(
    "error", ["not_in_channel", "channel_not_found", "is_archived", "ratelimited", "restricted_action"]
)
def test_where_the_bot_cannot_post_it_replies_for_everybody_by_the_response_url(
    scene: Scene, caplog: pytest.LogCaptureFixture, error: str
) -> None:
    scene.slack.fail("chat.postMessage", error)
    answer = only(scene.asks(SPRING))
    assert not answer.ephemeral_for
    assert answer.text.startswith(FINDING)
    assert error in caplog.text
    assert "Without its chart" in words_of(answer)


def test_in_an_opened_channel_that_the_bot_has_left_everybody_still_reads_the_answer(scene: Scene) -> None:
    scene.slack.world.channel("marketing").members.remove("U0KPIBOT1")
    answer = only(scene.asks(SPRING, user="ben"))
    assert not answer.ephemeral_for
    assert answer.text.startswith(FINDING)


def test_a_used_up_response_url_is_replaced_by_a_whisper(scene: Scene, caplog: pytest.LogCaptureFixture) -> None:
    scene.invites_the_bot("general")
    scene.slack.fail("response_url", "used_url", status=404)
    answer = only(scene.asks(SPRING, channel="general"))
    assert answer.ephemeral_for == ADA
    assert answer.text.startswith(FINDING)
    assert "Hook did not take an answer: used_url" in caplog.text


def test_an_answer_that_reaches_nobody_is_in_the_log(scene: Scene, caplog: pytest.LogCaptureFixture) -> None:
    scene.slack.fail("response_url", "expired_url", status=404)
    assert not scene.asks(SPRING, channel="general")
    assert "Whisper did not take an answer: not_in_channel" in caplog.text
    assert "an answer reached nobody" in caplog.text


# --- never twice -------------------------------------------------------------------------------------------------

DOUBTS: dict[str, dict[str, Any]] = {
    "a fault after accepting": {"status": 500, "after_accepting": True},
    "a cut connection after accepting": {"reset": True, "after_accepting": True},
    "Slack's own fault after accepting": {"error": "fatal_error", "after_accepting": True},
}


@pytest.mark.parametrize("channel", ["marketing", "ada"])
@pytest.mark.parametrize("doubt", DOUBTS)
def test_what_slack_may_have_taken_is_not_posted_again(
    scene: Scene, caplog: pytest.LogCaptureFixture, doubt: str, channel: str
) -> None:
    scene.slack.fail("chat.postMessage", **DOUBTS[doubt])
    seen = scene.asks(SPRING, channel=channel)
    assert only(ordinary(seen)).text.startswith(FINDING)
    (private,) = [one for one in seen if one.ephemeral_for]
    assert private.text == PLEASE_LOOK
    assert "ask again" in words_of(private)
    assert len(scene.calls_of("chat.postMessage")) == 1
    assert "Channel did not take an answer" in caplog.text


@pytest.mark.parametrize("doubt", DOUBTS)
def test_a_lost_post_is_told_to_the_asker(scene: Scene, doubt: str) -> None:
    scene.slack.fail("chat.postMessage", **{**DOUBTS[doubt], "after_accepting": False})
    assert only(scene.asks(SPRING)).text == PLEASE_LOOK


@pytest.mark.parametrize("doubt", DOUBTS)
def test_what_was_shared_in_doubt_is_not_shared_again(scene: Scene, doubt: str) -> None:
    scene.invites_the_bot("general")
    question = only(scene.presses(only(scene.asks(SPRING, channel="general")), "Share here"))
    scene.slack.fail("chat.postMessage", **DOUBTS[doubt])
    seen = scene.presses(question, "Post it")
    assert only(ordinary(seen)).text.startswith(FINDING)
    assert PLEASE_LOOK in [one.text for one in seen]


def test_a_private_answer_in_doubt_is_not_repeated(scene: Scene) -> None:
    scene.slack.fail("response_url", status=500, after_accepting=True)
    first, second = scene.asks(SPRING, channel="general")
    assert first.text.startswith(FINDING)
    assert second.text == PLEASE_LOOK


# --- forged and malformed requests -------------------------------------------------------------------------------

COMMAND = urlencode({"command": "/kpi", "text": SPRING, "channel_id": MARKETING, "user_id": ADA}).encode()
FORM, JSON = "application/x-www-form-urlencoded", "application/json"
NONSENSE = "v0=" + "0" * 64


def post(scene: Scene, body: bytes, headers: Sequence[tuple[str, str | bytes]], kind: str = FORM) -> int:
    """Send a request exactly as given and return the status."""
    host, _, port = scene.url.removeprefix("http://").partition(":")
    connection = http.client.HTTPConnection(host, int(port), timeout=10)
    try:
        connection.putrequest("POST", "/slack/events")
        for name, value in (("Content-Type", kind), ("Content-Length", str(len(body))), *headers):
            connection.putheader(name, value)
        connection.endheaders(body)
        return connection.getresponse().status
    finally:
        connection.close()


def signed(scene: Scene, body: bytes = COMMAND, at: str = "", secret: str = "") -> list[tuple[str, str | bytes]]:
    at = at or str(int(time.time()))
    return [stamp(at), ("X-Slack-Signature", signature(secret or scene.slack.signing_secret, at, body))]


def stamp(at: str) -> tuple[str, str | bytes]:
    return ("X-Slack-Request-Timestamp", at)


def now() -> str:
    return str(int(time.time()))


def test_a_well_signed_request_is_taken(scene: Scene) -> None:
    assert post(scene, COMMAND, signed(scene)) == 200
    scene.settles()
    assert scene.slack.messages("marketing")


@pytest.mark.parametrize("at", ["abc", "", "9" * 5000, "-1", "1e9", "١٢٣٤٥٦٧٨٩", "999999999999", "1.5", "0x12345678"])
def test_a_malformed_time_is_refused(scene: Scene, at: str) -> None:
    raw = ("X-Slack-Request-Timestamp", at.encode())
    assert post(scene, COMMAND, [raw, ("X-Slack-Signature", signature(scene.slack.signing_secret, at, COMMAND))]) == 401
    _nothing_happened(scene)


@pytest.mark.parametrize(
    "sign", ["", "v0=", "v0=Ä" + "0" * 63, "v1=" + "0" * 64, NONSENSE, NONSENSE + "0", "v0=" + "g" * 64]
)
def test_a_malformed_signature_is_refused(scene: Scene, sign: str) -> None:
    assert post(scene, COMMAND, [stamp(now()), ("X-Slack-Signature", sign.encode())]) == 401
    _nothing_happened(scene)


def test_forged_requests_are_refused(scene: Scene) -> None:
    old = str(int(time.time()) - 301)
    early = str(int(time.time()) + 400)
    for headers in (
        signed(scene, secret="somebody else's"),
        signed(scene, at=old),
        signed(scene, at=early),
        signed(scene, body=COMMAND + b"&text=overview"),
        signed(scene)[:1],
        signed(scene)[1:],
        [],
        [*signed(scene), stamp("abc")][1:],
        [stamp(now()), stamp("abc"), ("X-Slack-Signature", NONSENSE)],
    ):
        assert post(scene, COMMAND, headers) == 401
    _nothing_happened(scene)


@pytest.mark.parametrize("kind", [FORM, JSON])
@pytest.mark.parametrize(
    "body",
    [b"{bad", b"[1]", b"null", b"payload=x", b"payload=[]", b'{"a":' * 50_000, b"\xff\xfe", b"", b"ssl_check=1"],
    ids=lambda body: repr(body[:12]),
)
def test_an_unsigned_body_is_not_even_read(scene: Scene, body: bytes, kind: str) -> None:
    assert post(scene, body, [stamp(now()), ("X-Slack-Signature", NONSENSE)], kind) == 401
    _nothing_happened(scene)


def test_a_body_larger_than_any_of_slacks_is_refused(scene: Scene) -> None:
    body = b"text=" + b"x" * 1024 * 1024
    assert post(scene, body, signed(scene, body)) == 413
    _nothing_happened(scene)


def _nothing_happened(scene: Scene) -> None:
    scene.settles()
    assert not scene.slack.calls
    assert not scene.slack.all_messages


def test_no_secret_stands_in_the_log(scene: Scene, caplog: pytest.LogCaptureFixture) -> None:
    for method in ("chat.postMessage", "files.getUploadURLExternal", "response_url", "users.info"):
        for how in ({"error": "fatal_error"}, {"reset": True}, {"status": 500}):
            scene.slack.fail(method, **how)
            scene.asks(SPRING)
            scene.asks(SPRING, channel="general")
    post(scene, COMMAND, [stamp(now()), ("X-Slack-Signature", NONSENSE)])
    said = caplog.text
    assert len(said) > 1000
    for secret in (scene.slack.token, scene.slack.signing_secret, "/hooks/", "Bearer"):
        assert secret not in said
    assert not any(record.levelno < logging.INFO for record in caplog.records)
