"""The Slack app's manifest: Slack takes it, and it asks for what the bot needs."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.doctor import SCOPES

TEXT = (Path(__file__).parent.parent / "manifest.yaml").read_text(encoding="utf-8")

SCOPE_OF_EVENT = {
    "app_home_opened": "",
    "app_mention": "app_mentions:read",
    "app_uninstalled": "",
    "channel_archive": "channels:read",
    "channel_deleted": "channels:read",
    "channel_rename": "channels:read",
    "channel_shared": "channels:read",
    "file_shared": "files:read",
    "group_archive": "groups:read",
    "group_deleted": "groups:read",
    "group_rename": "groups:read",
    "member_joined_channel": "channels:read",
    "message.im": "im:history",
    "tokens_revoked": "",
}
"""What Slack wants to have been granted before it sends an event."""


@pytest.fixture(scope="module")
def manifest() -> dict[str, Any]:
    """Return the manifest as Slack reads it."""
    read: dict[str, Any] = yaml.safe_load(TEXT)
    return read


def test_the_names_keep_to_slacks_lengths(manifest: dict[str, Any]) -> None:
    shown = manifest["display_information"]

    assert len(shown["name"]) <= 35
    assert len(shown["description"]) <= 140
    assert 175 <= len(shown["long_description"]) <= 4000
    assert re.fullmatch(r"#[0-9a-f]{6}", shown["background_color"])
    assert len(manifest["features"]["bot_user"]["display_name"]) <= 80


def test_the_command_keeps_to_slacks_limits(manifest: dict[str, Any]) -> None:
    [command] = manifest["features"]["slash_commands"]

    assert command["command"] == "/kpi"
    assert len(command["description"]) <= 2000
    assert len(command["usage_hint"]) <= 1000
    assert len(command["url"]) <= 3000
    assert command["should_escape"] is True


def test_every_address_leads_to_the_route_for_slack(manifest: dict[str, Any]) -> None:
    settings = manifest["settings"]
    addresses = {
        manifest["features"]["slash_commands"][0]["url"],
        settings["event_subscriptions"]["request_url"],
        settings["interactivity"]["request_url"],
    }

    assert addresses == {"https://kpi.example.com/slack/events"}
    assert settings["interactivity"]["is_enabled"] is True


def test_it_asks_for_every_scope_that_the_self_check_looks_for(manifest: dict[str, Any]) -> None:
    scopes = manifest["oauth_config"]["scopes"]

    assert SCOPES.keys() <= set(scopes["bot"])
    assert not SCOPES.keys() & set(scopes["bot_optional"])
    assert set(scopes["bot_optional"]) <= set(scopes["bot"])
    assert len(scopes["bot"]) == len(set(scopes["bot"])) <= 255


def test_every_event_has_the_scope_it_needs(manifest: dict[str, Any]) -> None:
    events = manifest["settings"]["event_subscriptions"]["bot_events"]
    granted = {"", *manifest["oauth_config"]["scopes"]["bot"]}

    assert len(events) == len(set(events)) <= 100
    assert {event for event in events if SCOPE_OF_EVENT[event] not in granted} == set()


def test_every_scope_says_why() -> None:
    scopes = TEXT.partition("    bot:\n")[2].partition("    bot_optional:")[0]

    for line in scopes.splitlines():
        assert "#" in line


def test_people_can_write_to_the_bot(manifest: dict[str, Any]) -> None:
    home = manifest["features"]["app_home"]

    assert home["messages_tab_enabled"] is True
    assert home["messages_tab_read_only_enabled"] is False


def test_it_is_for_one_workspace_over_http(manifest: dict[str, Any]) -> None:
    settings = manifest["settings"]

    assert (settings["socket_mode_enabled"], settings["org_deploy_enabled"]) == (False, False)
    assert settings["token_rotation_enabled"] is False
