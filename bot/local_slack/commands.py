"""Slash commands: the form that Slack sends, and what it does with the answer."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from bot.local_slack import world
from bot.local_slack.delivery import deliver_command
from bot.local_slack.hooks import Hook, new_hook, say_in_answer
from bot.local_slack.refusal import Refused
from bot.local_slack.triggers import new_trigger

if TYPE_CHECKING:
    from bot.local_slack.records import Receipt
    from bot.local_slack.workspace import Workspace

MENTION = re.compile(r"(?<![\w<])([@#])([\w-]+)")


def escaped(slack: Workspace, typed: str) -> str:
    """Turn typed text into what ``should_escape`` makes of it: entities, and ids for people and channels."""
    safe = typed.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return MENTION.sub(lambda found: _mention(slack, found[1], found[2]), safe)


def _mention(slack: Workspace, sign: str, name: str) -> str:
    known = slack.world.people.values() if sign == "@" else slack.world.channels.values()
    for one in known:
        if one.name == name:
            return f"<{sign}{one.id}|{name}>"
    return sign + name


def send_command(slack: Workspace, command: str, text: str, user: str, channel: str) -> Receipt:
    """Send a slash command as somebody types it in a channel."""
    person, place = slack.world.person(user), slack.world.channel(channel)
    url, trigger = new_hook(slack, place.id, person.id), new_trigger(slack, person.id)
    fields = {
        "token": "deprecated",
        "team_id": world.TEAM,
        "team_domain": world.TEAM_DOMAIN,
        "channel_id": place.id,
        "channel_name": place.name_in_commands,
        "user_id": person.id,
        "user_name": person.name,
        "command": command,
        "text": escaped(slack, text),
        "api_app_id": world.APP,
        "is_enterprise_install": "false",
        "response_url": url,
        "trigger_id": trigger,
    }
    receipt = replace(deliver_command(slack, fields), response_url=url, trigger_id=trigger)
    _take_answer(slack, receipt, command, Hook(place.id, person.id, slack.clock.now()))
    return receipt


def _take_answer(slack: Workspace, receipt: Receipt, command: str, hook: Hook) -> None:
    """Show what the acknowledgement says, or Slack's own words about a bot that failed."""
    if receipt.timed_out or not receipt.ok:
        error = "operation_timeout" if receipt.timed_out else "dispatch_failed"
        _complain(slack, hook, f"{command} failed with the error “{error}”")
    elif receipt.body.strip():
        body = receipt.json() or {"text": receipt.body}
        try:
            say_in_answer(slack, hook, body)
        except Refused as refused:
            _complain(slack, hook, f"{command} failed with the error “{refused.error}”")


def _complain(slack: Workspace, hook: Hook, words: str) -> None:
    slack.tell(slack.world.people[hook.user], hook.channel, words)
