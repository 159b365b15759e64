"""The local Slack's Web API, asked by the real client: what it does, what it refuses, and how it fails to order."""

from __future__ import annotations

import json
import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any
from urllib.error import URLError

import httpx
import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError
from slack_sdk.webhook import WebhookClient

from bot.local_slack import LocalSlack

if TYPE_CHECKING:
    from collections.abc import Iterator

MARKETING, GENERAL, SHARED = "C0MARKET01", "C0GENERAL1", "C0SHARED01"
ADA, GUS = "U0ADA00001", "U0GUS00001"
PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 20


def words(text: str) -> dict[str, Any]:
    return {"type": "section", "text": {"type": "mrkdwn", "text": text}}


def picture(file: str) -> dict[str, Any]:
    return {"type": "image", "slack_file": {"id": file}, "alt_text": "a chart"}


@pytest.fixture
def slack() -> Iterator[LocalSlack]:
    with LocalSlack() as started:
        yield started


@pytest.fixture
def client(slack: LocalSlack) -> WebClient:
    return WebClient(slack.token, base_url=slack.api_url, retry_handlers=[], timeout=5)


@pytest.fixture
def browser(slack: LocalSlack) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=slack.url, trust_env=False) as one:
        yield one


def refusal(call: Any, **arguments: Any) -> str:  # noqa: ANN401 - any call of the client
    with pytest.raises(SlackApiError) as raised:
        call(**arguments)
    return str(raised.value.response["error"])


def uploaded(client: WebClient, body: bytes = PNG, name: str = "chart.png") -> str:
    return str(client.files_upload_v2(content=body, filename=name, alt_text="a chart")["files"][0]["id"])


def test_a_message_is_posted_edited_and_deleted(slack: LocalSlack, client: WebClient) -> None:
    posted = client.chat_postMessage(channel=MARKETING, text="one", blocks=[words("one")])
    (message,) = slack.messages()
    assert (message.text, message.bot, message.ts) == ("one", True, posted["ts"])
    client.chat_update(channel=MARKETING, ts=posted["ts"], text="two", blocks=[words("two")])
    assert message.text == "two"
    assert [version.text for version in message.edits] == ["one"]
    client.chat_delete(channel=MARKETING, ts=posted["ts"])
    assert message.deleted
    assert slack.messages() == []
    assert [call.method for call in slack.calls] == ["chat.postMessage", "chat.update", "chat.delete"]


def test_places_that_refuse_a_message(slack: LocalSlack, client: WebClient) -> None:
    assert refusal(client.chat_postMessage, channel="#marketing", text="x") == "channel_not_found"
    assert refusal(client.chat_postMessage, channel="C0NOWHERE1", text="x") == "channel_not_found"
    assert refusal(client.chat_postMessage, channel=GENERAL, text="x") == "not_in_channel"
    assert refusal(client.chat_postEphemeral, channel=MARKETING, user=GUS, text="x") == "user_not_in_channel"
    slack.world.channel("marketing").is_archived = True
    assert refusal(client.chat_postMessage, channel=MARKETING, text="x") == "is_archived"
    client.conversations_join(channel=GENERAL)
    client.chat_postMessage(channel=GENERAL, text="x")


def test_direct_messages_go_by_user_id(slack: LocalSlack, client: WebClient) -> None:
    opened = client.conversations_open(users=ADA)["channel"]["id"]
    assert client.chat_postMessage(channel=ADA, text="hello")["channel"] == opened == "D0ADA00001"
    assert [message.text for message in slack.messages("ada")] == ["hello"]


def test_words_that_are_refused(client: WebClient) -> None:
    assert refusal(client.api_call, api_method="chat.postMessage", params={"channel": MARKETING}) == "no_text"
    assert refusal(client.chat_postMessage, channel=MARKETING, text="x" * 40_001) == "msg_too_long"
    too_many = [words("x" * 2700)] * 5
    assert refusal(client.chat_postMessage, channel=MARKETING, text="x", blocks=too_many) == "msg_blocks_too_long"
    ts = client.chat_postMessage(channel=MARKETING, text="x")["ts"]
    assert refusal(client.chat_update, channel=MARKETING, ts=ts, text="x" * 4001) == "msg_too_long"


def test_wrong_blocks_are_named_by_pointer(client: WebClient) -> None:
    with pytest.raises(SlackApiError) as raised:
        client.chat_postMessage(channel=MARKETING, text="x", blocks=[{"type": "header"}])
    said = raised.value.response
    assert said["error"] == "invalid_blocks"
    assert said["response_metadata"]["messages"] == ["[ERROR] missing required field: text [json-pointer:/blocks/0]"]


def test_blocks_without_text_are_taken_with_a_warning(slack: LocalSlack, browser: httpx.Client) -> None:
    body = {"channel": MARKETING, "blocks": [words("x")]}
    headers = {"Authorization": f"Bearer {slack.token}"}
    assert browser.post("/api/chat.postMessage", json=body, headers=headers).json()["ok"]
    assert "without text" in slack.warnings[0]


def test_tokens_and_scopes(slack: LocalSlack, client: WebClient, browser: httpx.Client) -> None:
    assert client.auth_test()["user_id"] == "U0KPIBOT1"
    assert browser.post("/api/auth.test").json()["error"] == "not_authed"
    assert browser.post("/api/auth.test", data={"token": "xoxb-wrong"}).json()["error"] == "invalid_auth"
    slack.take_scope_away("files:write")
    with pytest.raises(SlackApiError) as raised:
        client.files_getUploadURLExternal(filename="a.png", length=3)
    assert raised.value.response["needed"] == "files:write"
    assert "files:write" not in raised.value.response["provided"]


def test_a_file_is_shown_only_when_it_is_ready(slack: LocalSlack, client: WebClient) -> None:
    slack.file_delay = 60
    file = uploaded(client)
    assert client.files_info(file=file)["file"]["mimetype"] == ""
    show: dict[str, Any] = {"channel": MARKETING, "text": "x", "blocks": [picture(file)]}
    with pytest.raises(SlackApiError, match="invalid slack file"):
        client.chat_postMessage(**show)
    slack.clock.move(61)
    assert client.files_info(file=file)["file"]["mimetype"] == "image/png"
    client.chat_postMessage(**show)
    assert slack.files[file].bytes == PNG
    client.files_delete(file=file)
    assert refusal(client.chat_postMessage, **show) == "invalid_blocks"


def test_files_that_cannot_be_shown(slack: LocalSlack, client: WebClient) -> None:
    file, sheet = uploaded(client), uploaded(client, b"a,b\n1,2\n", "sheet.csv")
    blocks = [picture(file)]
    assert refusal(client.chat_postEphemeral, channel=MARKETING, user=ADA, text="x", blocks=blocks) == "invalid_blocks"
    for other in ("F0UNKNOWN1", "f0lower0000"):
        assert (
            refusal(client.chat_postMessage, channel=MARKETING, text="x", blocks=[picture(other)]) == "invalid_blocks"
        )
    assert refusal(client.chat_postMessage, channel=MARKETING, text="x", blocks=[picture(sheet)]) == "invalid_blocks"
    slack.events_url = f"{slack.url}/nowhere"
    hook = WebhookClient(slack.command("x").response_url)
    assert hook.send(text="x", blocks=blocks).status_code == 404
    assert hook.send(text="x", blocks=blocks, response_type="in_channel").status_code == 200


def test_a_shared_file_is_a_message_of_its_own(slack: LocalSlack, client: WebClient) -> None:
    client.files_upload_v2(content=PNG, filename="chart.png", channel=MARKETING, initial_comment="look")
    (message,) = slack.messages()
    assert message.text == "look"
    assert refusal(client.files_upload_v2, content=PNG, filename="a.png", channel=GENERAL) == "not_in_channel"


def test_tables_may_not_be_rolled_out(slack: LocalSlack, client: WebClient) -> None:
    table = {"type": "table", "rows": [[{"type": "raw_text", "text": "x"}]]}
    client.chat_postMessage(channel=MARKETING, text="x", blocks=[table])
    slack.refuses_tables = True
    assert refusal(client.chat_postMessage, channel=MARKETING, text="x", blocks=[table]) == "invalid_blocks"
    client.blocks_validate(blocks=[words("x")])


def test_metadata_and_threads_are_told_again(slack: LocalSlack, client: WebClient) -> None:
    metadata = {"event_type": "digest", "event_payload": {"id": "7"}}
    ts = client.chat_postMessage(channel=MARKETING, text="x", metadata=metadata)["ts"]
    client.chat_postMessage(channel=MARKETING, text="y", thread_ts=ts)
    (told,) = client.conversations_history(channel=MARKETING, include_all_metadata=True)["messages"]
    assert told["metadata"] == metadata
    assert [one["text"] for one in client.conversations_replies(channel=MARKETING, ts=ts)["messages"]] == ["x", "y"]
    assert slack.messages()[1].parent_ts == ts


def test_who_is_who_and_where(client: WebClient) -> None:
    assert client.users_info(user=ADA)["user"]["is_admin"]
    assert client.users_info(user=GUS)["user"]["is_restricted"]
    assert client.users_info(user="U0EVE00001")["user"]["team_id"] == "T0OTHER01"
    assert client.conversations_info(channel=SHARED)["channel"]["is_ext_shared"]
    assert GUS in client.conversations_members(channel=GENERAL)["members"]
    seen = client.conversations_list(types="public_channel,private_channel")["channels"]
    assert [one["name"] for one in seen] == ["marketing", "general", "leadership", "agency-shared"]
    assert refusal(client.users_info, user="U0NOBODY01") == "user_not_found"


def test_a_response_url_takes_five_answers_in_half_an_hour(slack: LocalSlack) -> None:
    slack.events_url = f"{slack.url}/nowhere"
    hook = WebhookClient(slack.command("x").response_url)
    assert hook.send(text="x", blocks=[{"type": "header"}]).status_code == 404
    assert [hook.send(text=str(i)).body for i in range(5)] == ["ok"] * 5
    refused = hook.send(text="6")
    assert (refused.status_code, json.loads(refused.body)["error"]) == (404, "used_url")
    late = WebhookClient(slack.command("x").response_url)
    slack.clock.move(31 * 60)
    assert json.loads(late.send(text="x").body)["error"] == "expired_url"


def test_a_trigger_opens_one_modal_within_three_seconds(slack: LocalSlack, client: WebClient) -> None:
    slack.events_url = f"{slack.url}/nowhere"
    view = {"type": "modal", "title": {"type": "plain_text", "text": "Title"}, "blocks": [words("x")]}
    trigger = slack.command("x").trigger_id
    opened = client.views_open(trigger_id=trigger, view=view)["view"]
    assert refusal(client.views_open, trigger_id=trigger, view=view) == "exchanged_trigger_id"
    assert refusal(client.views_update, view_id=opened["id"], hash="old", view=view) == "hash_conflict"
    client.views_update(view_id=opened["id"], hash=opened["hash"], view=view)
    late = slack.command("x").trigger_id
    slack.clock.move(4)
    assert refusal(client.views_open, trigger_id=late, view=view) == "expired_trigger_id"
    assert refusal(client.views_open, trigger_id="1.2.3", view=view) == "invalid_trigger_id"
    assert refusal(client.views_open, trigger_id=late, view={**view, "title": "x"}) == "invalid_arguments"


def test_a_home_tab_is_published(slack: LocalSlack, client: WebClient) -> None:
    client.views_publish(user_id=ADA, view={"type": "home", "blocks": [words("x")]})
    assert slack.homes[ADA].blocks[0]["text"]["text"] == "x"


def test_too_many_posts_have_to_wait(slack: LocalSlack, client: WebClient) -> None:
    slack.pace.burst = 2
    for text in ("1", "2"):
        client.chat_postMessage(channel=MARKETING, text=text)
    with pytest.raises(SlackApiError) as raised:
        client.chat_postMessage(channel=MARKETING, text="3")
    assert raised.value.response.status_code == 429
    assert raised.value.response.headers["Retry-After"] == "1"
    client.chat_postMessage(channel=SHARED, text="elsewhere")
    slack.clock.move(1)
    client.chat_postMessage(channel=MARKETING, text="3")


def test_ordered_errors_come_as_often_as_ordered(slack: LocalSlack, client: WebClient) -> None:
    slack.fail("chat.postMessage", "ratelimited", retry_after=7)
    with pytest.raises(SlackApiError) as raised:
        client.chat_postMessage(channel=MARKETING, text="x")
    assert (raised.value.response.status_code, raised.value.response.headers["Retry-After"]) == (429, "7")
    slack.fail("chat.postMessage", status=500, after_accepting=True)
    with pytest.raises(SlackApiError):
        client.chat_postMessage(channel=MARKETING, text="accepted all the same")
    slack.fail("chat.postMessage", "fatal_error", channel=SHARED)
    client.chat_postMessage(channel=MARKETING, text="x")
    slack.clear_faults()
    client.chat_postMessage(channel=SHARED, text="x")
    assert [message.text for message in slack.messages()] == ["accepted all the same", "x"]


def test_connections_hang_and_are_cut(slack: LocalSlack, client: WebClient) -> None:
    slack.fail("chat.postMessage", reset=True, after_accepting=True)
    with pytest.raises((URLError, ConnectionError)):
        client.chat_postMessage(channel=MARKETING, text="delivered, but nobody knows")
    slack.fail("auth.test", hang=0.3)
    began = time.monotonic()
    client.auth_test()
    assert time.monotonic() - began > 0.3
    assert len(slack.messages()) == 1


def test_many_posts_at_once_have_times_of_their_own(slack: LocalSlack, client: WebClient) -> None:
    slack.pace.burst = 100
    with ThreadPoolExecutor(20) as many:
        list(many.map(lambda i: client.chat_postMessage(channel=MARKETING, text=str(i)), range(60)))
    assert len({message.ts for message in slack.messages()}) == 60


def test_the_page_is_whole_and_guarded(slack: LocalSlack, browser: httpx.Client) -> None:
    for path in ("/", "/style.css", "/app.js"):
        served = browser.get(path)
        assert served.status_code == 200
        assert "default-src 'self'" in served.headers["content-security-policy"]
    asked = {"do": "home", "viewer": "ada"}
    assert browser.post("/local/do", json=asked).status_code == 403
    assert browser.post("/local/do", json=asked, headers={"Origin": "https://evil.example"}).status_code == 403
    slack.events_url = f"{slack.url}/nowhere"
    assert browser.post("/local/do", json=asked, headers={"Origin": slack.url}).json()["status"] == 404


def test_the_page_hears_of_changes_meant_for_its_viewer(client: WebClient, browser: httpx.Client) -> None:
    begun = browser.get("/local/world", params={"viewer": "ben"}).json()
    assert [one["name"] for one in begun["channels"]] == ["marketing", "general", ""]
    client.chat_postEphemeral(channel=MARKETING, user=ADA, text="for Ada alone")
    client.chat_postMessage(channel=MARKETING, text="for all")
    with browser.stream("GET", "/local/changes", params={"viewer": "ben", "after": begun["number"]}) as stream:
        lines = (json.loads(line[6:]) for line in stream.iter_lines() if line.startswith("data: "))
        message = next(line["message"] for line in lines if "message" in line)
    assert message["text"] == "for all"


def test_a_stop_ends_the_streams_of_open_pages() -> None:
    slack = LocalSlack()
    slack.start()
    with httpx.stream("GET", f"{slack.url}/local/changes", trust_env=False) as stream:
        began = time.monotonic()
        slack.stop()
        assert not [line for line in stream.iter_lines() if line.startswith("data")]
    assert time.monotonic() - began < 2
