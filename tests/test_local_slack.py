"""The local Slack with a real Bolt app: signed commands, presses, modals and events travel both ways."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import httpx
import pytest
import uvicorn
from fastapi import FastAPI, Request, Response
from slack_bolt import App
from slack_bolt.adapter.fastapi import SlackRequestHandler
from slack_sdk import WebClient
from starlette.concurrency import run_in_threadpool

from bot.local_slack import LocalSlack, Message

if TYPE_CHECKING:
    from collections.abc import Iterator

    from slack_bolt import Ack, Respond

PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 20

BUTTON = {
    "type": "actions",
    "elements": [
        {"type": "button", "action_id": "more", "text": {"type": "plain_text", "text": "More"}, "value": "7"},
        {
            "type": "static_select",
            "action_id": "week",
            "options": [{"text": {"type": "plain_text", "text": "Week 46"}, "value": "46"}],
        },
    ],
}

MODAL = {
    "type": "modal",
    "callback_id": "goal",
    "title": {"type": "plain_text", "text": "Goal"},
    "submit": {"type": "plain_text", "text": "Save"},
    "blocks": [
        {
            "type": "input",
            "block_id": "name",
            "label": {"type": "plain_text", "text": "Name"},
            "element": {"type": "plain_text_input", "action_id": "name"},
        }
    ],
}


class Bot:
    """A tiny real bot: it notes what it hears, and answers."""

    def __init__(self, slack: LocalSlack) -> None:
        self.heard: list[dict[str, Any]] = []
        self.client = WebClient(slack.token, base_url=slack.api_url, retry_handlers=[])
        self.app = App(token=slack.token, signing_secret=slack.signing_secret, client=self.client)
        self.app.command("/kpi")(self.on_command)
        self.app.action("more")(self.on_press)
        self.app.action("week")(self.on_press)
        self.app.view("goal")(self.on_submission)
        self.app.options("campaign")(lambda ack, payload: ack(options=[option(payload["value"])]))
        self.app.event("app_mention")(self.on_event)
        self.app.event("message")(self.on_event)
        self.app.event("app_home_opened")(self.on_event)

    def on_command(self, ack: Ack, command: dict[str, Any], respond: Respond) -> None:
        self.heard.append(command)
        match command["text"]:
            case "ack":
                ack("said in the ack")
            case "slow":
                time.sleep(3.2)
                ack()
            case "modal":
                ack()
                self.client.views_open(trigger_id=command["trigger_id"], view=MODAL)
            case "public":
                ack()
                respond(text="hello", blocks=[BUTTON], response_type="in_channel")
            case text:
                ack()
                respond(text=f"you said {text}", blocks=[BUTTON])

    def on_event(self, body: dict[str, Any]) -> None:
        self.heard.append(body)

    def on_press(self, ack: Ack, body: dict[str, Any], respond: Respond) -> None:
        ack()
        self.heard.append(body)
        respond(text="pressed", replace_original=True)

    def on_submission(self, ack: Ack, view: dict[str, Any]) -> None:
        name = view["state"]["values"]["name"]["name"]["value"]
        if name == "taken":
            ack(response_action="errors", errors={"name": "This name is taken."})
        else:
            ack()


def option(words: str) -> dict[str, Any]:
    return {"text": {"type": "plain_text", "text": words}, "value": words}


@pytest.fixture
def slack() -> Iterator[LocalSlack]:
    with LocalSlack() as started:
        yield started


@pytest.fixture
def client(slack: LocalSlack) -> WebClient:
    return WebClient(slack.token, base_url=slack.api_url, retry_handlers=[])


@pytest.fixture
def bot(slack: LocalSlack) -> Iterator[Bot]:
    tiny = Bot(slack)
    web, handler = FastAPI(), SlackRequestHandler(tiny.app)

    @web.post("/slack/events")
    async def events(request: Request) -> Response:
        body = await request.body()
        return await run_in_threadpool(answered, handler, request, body)

    server = uvicorn.Server(uvicorn.Config(web, port=0, log_level="warning", lifespan="off", ws="none"))
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        time.sleep(0.005)
    port = server.servers[0].sockets[0].getsockname()[1]
    slack.events_url = f"http://127.0.0.1:{port}/slack/events"
    yield tiny
    server.should_exit = True
    thread.join()


def answered(handler: SlackRequestHandler, request: Request, body: bytes) -> Response:
    from slack_bolt.adapter.starlette.handler import to_bolt_request, to_starlette_response  # noqa: PLC0415

    return to_starlette_response(handler.app.dispatch(to_bolt_request(request, body, None)))


def test_a_command_arrives_signed_and_is_answered_in_private(slack: LocalSlack, bot: Bot) -> None:
    (answer,) = slack.answers_to("campaign spring & summer @ben #general")
    assert bot.heard[0]["text"] == "campaign spring &amp; summer <@U0BEN00001|ben> <#C0GENERAL1|general>"
    assert answer.text.startswith("you said campaign")
    assert answer.ephemeral_for == "U0ADA00001"
    assert answer in slack.messages(viewer="ada")
    assert answer not in slack.messages(viewer="ben")


def test_a_wrong_signing_secret_is_refused_by_the_bot(slack: LocalSlack, bot: Bot) -> None:
    slack.signing_secret = "somebody else's"
    assert slack.command("hello").status == 401
    assert "dispatch_failed" in slack.messages(viewer="ada")[-1].text
    assert not bot.heard


def test_the_body_of_an_acknowledgement_is_an_answer(slack: LocalSlack, bot: Bot) -> None:
    receipt = slack.command("ack")
    assert receipt.ok
    assert receipt.seconds < 1
    assert slack.messages(viewer="ada")[-1].text == "said in the ack"
    assert bot.heard


def test_a_late_acknowledgement_shows_a_timeout(slack: LocalSlack, bot: Bot) -> None:
    receipt = slack.command("slow")
    assert receipt.timed_out
    assert "operation_timeout" in slack.messages(viewer="ada")[-1].text
    assert bot.heard


def test_a_press_carries_message_state_and_a_way_to_answer(slack: LocalSlack, bot: Bot) -> None:
    (answer,) = slack.answers_to("public")
    slack.press(answer, "More", user="ben")
    slack.wait_for(lambda: answer.text == "pressed")
    body = bot.heard[1]
    assert body["message"]["ts"] == answer.ts
    assert body["actions"][0]["value"] == "7"
    assert body["state"]["values"]["b1"]["week"] == {"type": "static_select", "selected_option": None}
    assert [version.text for version in answer.edits] == ["hello"]


def test_a_choice_names_the_option(slack: LocalSlack, bot: Bot) -> None:
    (answer,) = slack.answers_to("private")
    slack.select(answer, "week", "46")
    assert bot.heard[1]["actions"][0]["selected_option"]["value"] == "46"
    assert bot.heard[1]["container"]["is_ephemeral"]
    assert "message" not in bot.heard[1]


def test_a_modal_opens_complains_and_closes(slack: LocalSlack, bot: Bot) -> None:
    slack.command("modal")
    view = slack.wait_for(slack.modal)
    assert bot.heard
    assert slack.submit(view) is None
    assert view.errors == {"name": "Please complete this required field."}
    slack.submit(view, {"name": "taken"})
    assert view.errors == {"name": "This name is taken."}
    slack.submit(view, {"name": "free"})
    assert slack.modal() is None


def test_a_mention_and_a_direct_message_are_events(slack: LocalSlack, bot: Bot) -> None:
    patience = time.monotonic() + 5
    slack.say_as("@kpi hello")
    slack.say_as("hello", channel="ada")
    slack.open_home()
    heard = bot.heard
    while len(heard) < 3 and time.monotonic() < patience:  # an event is acknowledged before it is heard
        time.sleep(0.01)
    assert [body["event"]["type"] for body in heard] == ["app_mention", "message", "app_home_opened"]
    assert heard[0]["event"]["text"] == "<@U0KPIBOT1> hello"
    assert len({body["event_id"] for body in heard}) == 3


def test_forty_commands_at_once_all_arrive(slack: LocalSlack, bot: Bot) -> None:
    with ThreadPoolExecutor(40) as many:
        receipts = list(many.map(lambda i: slack.command("ack", user="ada" if i % 2 else "ben"), range(40)))
    assert all(receipt.status == 200 for receipt in receipts)
    assert len(slack.messages(viewer="ada")) == 20
    assert len(bot.heard) == 40


def test_another_host_name_is_refused(slack: LocalSlack) -> None:
    with httpx.Client(trust_env=False) as browser:
        assert browser.get(slack.url, headers={"Host": "evil.example"}).status_code == 400


def test_a_taken_port_is_named(slack: LocalSlack) -> None:
    port = int(slack.url.rpartition(":")[2])
    with pytest.raises(OSError, match=f"port {port} of this machine is taken"):
        LocalSlack().start(port)


def test_options_that_slack_would_refuse_are_not_offered(slack: LocalSlack, bot: Bot) -> None:
    assert bot.client
    select = {"type": "external_select", "action_id": "campaign"}
    message = slack.say(Message("C0MARKET01", "1.000001", "x", [{"type": "actions", "elements": [select]}]))
    assert [one["value"] for one in slack.suggest(message, "campaign", "x" * 75)] == ["x" * 75]
    assert not slack.warnings
    assert slack.suggest(message, "campaign", "x" * 76) == []
    assert "the options of a type-ahead were refused" in slack.warnings[0]
