"""Presses and choices in messages, modals and the home tab."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from bot.local_slack import world
from bot.local_slack.delivery import deliver_interaction
from bot.local_slack.elements import Place, chosen, place_called, state_of
from bot.local_slack.hooks import new_hook
from bot.local_slack.records import Message, Receipt, View, with_ids
from bot.local_slack.rules.checks import many
from bot.local_slack.rules.objects import GROUPS, PLAIN_OPTION
from bot.local_slack.triggers import new_trigger

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.local_slack.workspace import Workspace

SUGGESTED = many(PLAIN_OPTION, 0, 100)


def from_somebody(slack: Workspace, kind: str, user: str) -> dict[str, Any]:
    """Begin as every interaction begins: its kind, who did it, in which team, with which app."""
    person = slack.world.person(user)
    return {
        "type": kind,
        "user": {"id": person.id, "username": person.name, "name": person.name, "team_id": person.team},
        "api_app_id": world.APP,
        "token": "deprecated",
        "team": {"id": world.TEAM, "domain": world.TEAM_DOMAIN},
        "enterprise": None,
        "is_enterprise_install": False,
    }


def act(slack: Workspace, where: Message | View, called: str, user: str, values: Mapping[str, object]) -> Receipt:
    """Press or choose what has this action_id or label; ``values`` holds its value and those of its neighbours."""
    blocks = with_ids(where.blocks)
    place = place_called(blocks, called)
    action_id = place.element["action_id"]
    values = {action_id: values[called], **values} if called in values else values
    person = slack.world.person(user).id
    state = state_of(blocks, values)
    payload = {
        **from_somebody(slack, "block_actions", user),
        **_where(slack, where, person, state),
        "actions": [_action(slack, place, values.get(action_id))],
    }
    receipt = deliver_interaction(slack, payload)
    return replace(receipt, trigger_id=payload["trigger_id"], response_url=payload.get("response_url", ""))


def _action(slack: Workspace, place: Place, value: object) -> dict[str, Any]:
    element = place.element
    said: dict[str, Any] = {key: element[key] for key in ("text", "value", "style", "url") if key in element}
    if element["type"] != "button":
        said |= chosen(element, value)
    elif value is not None:
        said["value"] = value
    named = {"action_id": element["action_id"], "block_id": place.block_id}
    return {"type": element["type"], **named, **said, "action_ts": slack.clock.stamp()}


def _in_message(slack: Workspace, message: Message, user: str) -> dict[str, Any]:
    """Where the press happened; what an ephemeral message says is not repeated."""
    channel = slack.world.channels[message.channel]
    ephemeral = bool(message.ephemeral_for)
    container = {"type": "message", "message_ts": message.ts, "channel_id": channel.id, "is_ephemeral": ephemeral}
    if message.parent_ts:
        container["thread_ts"] = message.parent_ts
    said = {} if ephemeral else {"message": message.as_slack_says()}
    return {
        "container": container,
        "channel": {"id": channel.id, "name": channel.name_in_commands},
        **said,
        "trigger_id": new_trigger(slack, user),
        "response_url": new_hook(slack, channel.id, user, message),
    }


def _where(slack: Workspace, where: Message | View, user: str, state: dict[str, Any]) -> dict[str, Any]:
    """Say where something was pressed, and what is chosen there: beside a message, but inside of a view."""
    if isinstance(where, Message):
        return {**_in_message(slack, where, user), "state": state}
    return _in_view(slack, where, user, state)


def _in_view(slack: Workspace, view: View, user: str, state: dict[str, Any]) -> dict[str, Any]:
    return {
        "container": {"type": "view", "view_id": view.id},
        "view": {**view.as_slack_says(), "state": state},
        "trigger_id": new_trigger(slack, user, view.id),
    }


def suggestions(slack: Workspace, where: Message | View, called: str, typed: str, user: str) -> Receipt:
    """Ask the bot for the options of a type-ahead."""
    place = place_called(with_ids(where.blocks), called)
    payload = {
        **from_somebody(slack, "block_suggestion", user),
        "action_id": place.element["action_id"],
        "block_id": place.block_id,
        "value": typed,
    }
    if isinstance(where, View):
        payload |= {"container": {"type": "view", "view_id": where.id}, "view": where.as_slack_says()}
    else:
        payload |= {"container": {"type": "message", "message_ts": where.ts, "channel_id": where.channel}}
        payload |= {"channel": {"id": where.channel}, "message": where.as_slack_says()}
    return _judged(slack, deliver_interaction(slack, payload))


def _judged(slack: Workspace, receipt: Receipt) -> Receipt:
    """Take no options that break a rule: somebody who types sees none at all then."""
    answer = receipt.json()
    wrong = [*SUGGESTED(answer.get("options", []), "/options")]
    if "option_groups" in answer:
        wrong += GROUPS(answer["option_groups"], "/option_groups")
    if not wrong:
        return receipt
    slack.warn(f"the options of a type-ahead were refused: {wrong[0]}")
    return replace(receipt, body="{}")
