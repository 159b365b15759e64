"""Socket Mode: the real bot over connections of its own, without a public address."""

from __future__ import annotations

import logging
import os
import shutil
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import httpx
import pytest
from pydantic import SecretStr
from slack_sdk import WebClient

from bot import cli, doctor
from bot.app import running
from bot.finding import State
from bot.local_slack import LocalSlack
from bot.serving import served
from bot.socket_mode import GOODBYES, address_of
from kpi.errors import WrongSetting
from tests.one_drawing import one_drawing
from tests.slack_world import NOW, Scene, buttons_of, only, pictures_in, season_of, settings_for

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

SPRING = "campaign spring-sale"
FINDING = "Spring sale earned 14.1x its cost"


@pytest.fixture(scope="module")
def stage() -> Iterator[Scene]:
    """Run one bot that nobody can reach by HTTP, for the whole module."""
    with LocalSlack(socket_mode=True) as slack, TemporaryDirectory() as folder:
        path = shutil.copyfile(season_of(NOW.date()), Path(folder) / "kpi.db")
        given = settings_for(
            slack,
            f"sqlite:///{path}",
            slack_app_token=SecretStr(slack.app_token),
            slack_signing_secret=SecretStr(""),
        )
        with running(given, lambda: NOW, one_drawing()) as bot, served(bot.web) as url:
            yield Scene(slack, bot, url)


@pytest.fixture
def scene(stage: Scene, caplog: pytest.LogCaptureFixture) -> Iterator[Scene]:
    caplog.set_level(logging.INFO)
    slack = stage.slack
    slack.socket_mode = True
    slack.wait_for(slack.sockets.ready, 30)
    slack.all_messages.clear()
    slack.calls.clear()
    slack.receipts.clear()
    slack.warnings.clear()
    yield stage
    stage.slack.clear_faults()
    stage.settles()
    assert not slack.warnings


def came_back(slack: LocalSlack, than: object) -> bool:
    """Tell whether the bot has another connection than that one."""
    return any(one is not than for one in slack.sockets.ready())


def wait_until(condition: Callable[[], object], seconds: float = 10) -> None:
    ends = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < ends
        time.sleep(0.02)


def test_a_command_is_acknowledged_and_answered_with_its_picture(scene: Scene) -> None:
    answer = only(scene.asks(SPRING))
    assert scene.slack.receipts[0].seconds < 1
    assert answer.text.startswith(FINDING)
    assert pictures_in(answer.blocks)


def test_a_press_is_answered(scene: Scene) -> None:
    private = only(scene.asks(SPRING, channel="general"))
    asked = only(scene.presses(private, "Share here"))
    assert asked.text.startswith("This will be seen by")
    assert "Post it" in buttons_of(asked)


def test_a_direct_message_is_answered_once_though_it_is_delivered_twice(scene: Scene) -> None:
    answer = only(
        [one for one in scene.follows(lambda: scene.slack.say_as(SPRING, channel="ada"), "ada", "ada") if one.bot]
    )
    assert answer.text.startswith(FINDING)
    for retry in (0, 1):
        receipt = scene.slack.event(
            "message", event_id="Ev0TWICE001", retry=retry, channel=answer.channel, channel_type="im",
            user="U0ADA00001", text="help", ts="1.000001",
        )  # fmt: skip
        assert receipt.ok
    scene.settles()
    assert len([one for one in scene.slack.messages("ada", "ada") if "What you can ask" in str(one.blocks)]) == 1


def test_forty_commands_at_once_are_acknowledged_in_time(scene: Scene) -> None:
    with ThreadPoolExecutor(40) as crowd:
        receipts = list(crowd.map(lambda _: scene.slack.command("overview", channel="ada"), range(40)))
    scene.settles()
    assert all(one.ok for one in receipts), sorted(one.seconds for one in receipts)


def test_a_question_of_three_thousand_signs_arrives_whole(scene: Scene) -> None:
    answer = only(scene.asks("campaign " + "é🔥" * 1490))
    assert answer.text.startswith("There is no campaign called")


def test_a_connection_that_slack_renews_is_replaced_before_it_ends(scene: Scene) -> None:
    before = only(scene.slack.sockets.open)
    scene.slack.disconnect("warning")
    scene.slack.wait_for(lambda: came_back(scene.slack, before))
    assert before in scene.slack.sockets.open
    before.send({"type": "disconnect", "reason": "refresh_requested"})
    before.leave()
    scene.slack.wait_for(lambda: before not in scene.slack.sockets.open)
    assert len(scene.slack.sockets.open) == len(scene.calls_of("apps.connections.open")) == 1
    assert only(scene.asks("help")).text


def test_a_command_while_a_connection_is_renewed_is_acknowledged(scene: Scene) -> None:
    before = only(scene.slack.sockets.open)
    with ThreadPoolExecutor(1) as somebody:
        typing = somebody.submit(lambda: [scene.slack.command("help") for _ in range(60)])
        scene.slack.disconnect("warning")
        scene.slack.wait_for(lambda: came_back(scene.slack, before))
        before.leave()
    scene.settles()
    assert all(one.ok and one.seconds < 1 for one in typing.result())
    scene.slack.wait_for(lambda: before not in scene.slack.sockets.open)


def test_a_connection_that_breaks_is_opened_again_and_what_was_missed_is_repeated(scene: Scene) -> None:
    before = only(scene.slack.sockets.open)
    began = time.monotonic()
    scene.slack.cut_connections()
    scene.slack.wait_for(lambda: before not in scene.slack.sockets.open)
    seen = scene.follows(lambda: scene.slack.say_as(SPRING, channel="ada"), "ada", "ada")
    assert only([one for one in seen if one.bot]).text.startswith(FINDING)
    assert time.monotonic() - began < 5


def test_the_bot_keeps_knocking_while_slack_is_out_of_order(scene: Scene) -> None:
    before = only(scene.slack.sockets.open)
    scene.slack.fail("apps.connections.open", "internal_error", times=1)
    scene.slack.cut_connections()
    scene.slack.wait_for(lambda: came_back(scene.slack, before), 10)
    assert only(scene.asks("help")).text


def test_the_server_says_whether_slack_can_reach_it(scene: Scene) -> None:
    assert httpx.get(f"{scene.url}/healthz").status_code == 200
    assert httpx.get(f"{scene.url}/readyz").json() == {"ready": True, "reasons": []}
    scene.slack.fail("apps.connections.open", "internal_error", times=1)
    scene.slack.cut_connections()
    line = scene.bot.line
    assert line
    wait_until(lambda: not line.is_up)
    told = httpx.get(f"{scene.url}/readyz")
    assert (told.status_code, told.json()["reasons"]) == (503, ["the connection to Slack is down"])


def test_nothing_is_taken_over_http_without_a_signing_secret(scene: Scene) -> None:
    assert httpx.post(f"{scene.url}/slack/events", content="{}").status_code == 404


def test_the_log_says_that_socket_mode_was_switched_off(scene: Scene, caplog: pytest.LogCaptureFixture) -> None:
    scene.slack.socket_mode = False
    scene.slack.disconnect("link_disabled")
    wait_until(lambda: GOODBYES["link_disabled"] in caplog.text)
    assert len(scene.calls_of("apps.connections.open")) < 3
    scene.slack.socket_mode = True
    scene.slack.wait_for(scene.slack.sockets.ready, 10)
    assert only(scene.asks("help")).text


WRONG = {
    "the bot's": ("it is not an app-level token", "xapp-"),
    "unknown": ("Slack refuses it: invalid_auth", "Copy"),
    "without its scope": ("it lacks the scope connections:write", "Generate another"),
}


@pytest.mark.parametrize("case", WRONG)
def test_a_wrong_token_is_told_with_how_to_mend_it(case: str) -> None:
    said, mend = WRONG[case]
    with LocalSlack(socket_mode=True) as slack:
        if case == "without its scope":
            slack.app_scopes.clear()
        token = {"the bot's": slack.token, "unknown": "xapp-1-nobody"}.get(case, slack.app_token)
        with pytest.raises(WrongSetting) as raised:
            address_of(WebClient(base_url=slack.api_url), token)
    assert said in raised.value.message
    assert mend in raised.value.hint
    assert token not in raised.value.message + raised.value.hint


def test_the_self_check_says_which_way_is_set_up(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with LocalSlack(socket_mode=True) as slack:
        for name, value in environment(slack, tmp_path).items():
            monkeypatch.setenv(name, value)
        found = {one.part: one for one in doctor.examined()}
        assert found["requests"].said == "by Socket Mode, without a public address"
        assert found["app token"].state is State.GOOD
        assert not any(call.method == "apps.connections.open" and not call.reply["ok"] for call in slack.calls)
        monkeypatch.setenv("SLACK_APP_TOKEN", slack.token)
        with pytest.raises(SystemExit):
            cli.main(["doctor"])
    said = capsys.readouterr().out
    assert "fault    app token: SLACK_APP_TOKEN: it is not an app-level token. Those begin with xapp-" in said
    assert slack.token not in said


def environment(slack: LocalSlack, folder: Path) -> dict[str, str]:
    return {
        "DATABASE_URL": f"sqlite:///{folder}/kpi.db",
        "SLACK_BOT_TOKEN": slack.token,
        "SLACK_SIGNING_SECRET": "",
        "SLACK_APP_TOKEN": slack.app_token,
        "SLACK_API_URL": slack.api_url,
    }


def test_the_server_closes_its_connection_when_it_is_told_to_stop(tmp_path: Path) -> None:
    with LocalSlack(socket_mode=True) as slack:
        server = subprocess.Popen(
            [sys.executable, "-m", "bot", "web", "--port", "0"],
            cwd=tmp_path,
            env={**os.environ, **environment(slack, tmp_path)},
            stderr=subprocess.PIPE,
            text=True,
        )
        slack.wait_for(slack.sockets.ready, 60)
        assert slack.answers_to("help", timeout=20)
        began = time.monotonic()
        server.send_signal(signal.SIGTERM)
        _, log = server.communicate(timeout=30)
        slack.wait_for(lambda: not slack.sockets.open)
        assert time.monotonic() - began < 10
    assert server.returncode == 0
    assert "Traceback" not in log


def test_too_many_connections_and_used_tickets_are_refused(scene: Scene) -> None:
    client = WebClient(base_url=scene.slack.api_url)
    address = address_of(client, scene.slack.app_token).replace("ws", "http", 1)
    upgrade = {"Connection": "Upgrade", "Upgrade": "websocket", "Sec-WebSocket-Version": "13",
               "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ=="}  # fmt: skip
    scene.slack.clock.move(31)
    try:
        assert httpx.get(address, headers=upgrade).status_code == 403
    finally:
        scene.slack.clock.move(-31)
    assert httpx.get(address, headers=upgrade).status_code == 403
