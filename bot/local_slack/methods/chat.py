"""``chat.*``: posting, editing, deleting."""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING, Any

from bot.local_slack.content import Content, content_of
from bot.local_slack.methods.places import place
from bot.local_slack.records import Message
from bot.local_slack.refusal import Refused
from bot.local_slack.rules.payloads import UPDATE_CHARACTERS
from bot.local_slack.world import BOT_USER

if TYPE_CHECKING:
    from bot.local_slack.workspace import Workspace

METADATA_CHARACTERS = 16_000
LINKED_FILE = re.compile(r"/files/\w+/(F[A-Z0-9]{8,})/")


def post_message(slack: Workspace, arguments: dict[str, Any]) -> dict[str, Any]:
    """Post into a channel, or into the direct messages of a person."""
    channel = place(slack, arguments["channel"], writing=True)
    wait = slack.pace.seconds_to_wait(channel.id, slack.clock.now())
    if wait:
        raise Refused("ratelimited", status=429, retry_after=math.ceil(wait))
    content = content_of(slack, arguments)
    ts = slack.clock.stamp()
    message = Message(channel.id, ts, content.text, content.blocks, metadata=_metadata(arguments))
    message.thread_ts = parent(slack, channel.id, arguments.get("thread_ts"))
    message.files = _linked_files(slack, channel.id, content.text)
    slack.say(message)
    return {"channel": channel.id, "ts": ts, "message": message.as_slack_says()}


def _linked_files(slack: Workspace, channel: str, text: str) -> list[str]:
    """Share the bot's files to which the text links, as Slack does (slackapi/bolt-python#1018)."""
    named = [one for one in LINKED_FILE.findall(text) if one in slack.files and not slack.files[one].deleted]
    for one in named:
        slack.files[one].channels.append(channel)
    return named


def parent(slack: Workspace, channel: str, ts: object) -> str:
    """Return the message on top of the thread that a message is written into, '' for none."""
    if not ts:
        return ""
    parent = slack.message_at(channel, str(ts))
    if parent is None:
        raise Refused("thread_not_found")
    parent.thread_ts = parent.thread_ts or parent.ts
    return parent.thread_ts


def _metadata(arguments: dict[str, Any]) -> dict[str, Any] | None:
    metadata = arguments.get("metadata")
    if not metadata:
        return None
    if not isinstance(metadata, dict) or not {"event_type", "event_payload"} <= metadata.keys():
        raise Refused("invalid_metadata_format")
    if len(str(metadata)) > METADATA_CHARACTERS:
        raise Refused("metadata_too_large")
    return metadata


def update(slack: Workspace, arguments: dict[str, Any]) -> dict[str, Any]:
    """Edit one of the bot's own messages; blocks that are left out stay as they are."""
    message = _own_message(slack, arguments, "cant_update_message")
    kept = {"text": message.text} | ({} if arguments.get("text") else {"blocks": message.blocks})
    content: Content = content_of(slack, {**kept, **arguments}, longest=UPDATE_CHARACTERS)
    if "metadata" in arguments:
        message.metadata = _metadata(arguments)
    slack.edit(message, content.text, content.blocks)
    said = {"channel": message.channel, "ts": message.ts, "text": message.text}
    return {**said, "message": message.as_slack_says()}


def delete(slack: Workspace, arguments: dict[str, Any]) -> dict[str, Any]:
    """Delete one of the bot's own messages."""
    message = _own_message(slack, arguments, "cant_delete_message")
    slack.delete(message)
    return {"channel": message.channel, "ts": message.ts}


def _own_message(slack: Workspace, arguments: dict[str, Any], otherwise: str) -> Message:
    channel = place(slack, arguments["channel"])
    message = slack.message_at(channel.id, str(arguments["ts"]))
    if message is None:
        raise Refused("message_not_found")
    if message.user != BOT_USER:
        raise Refused(otherwise)
    return message


def post_ephemeral(slack: Workspace, arguments: dict[str, Any]) -> dict[str, Any]:
    """Show something to one member of a channel; it has no ``ts`` by which to edit it."""
    channel = place(slack, arguments["channel"], writing=True)
    if arguments["user"] not in channel.members:
        raise Refused("user_not_in_channel")
    content = content_of(slack, arguments, ephemeral=True)
    message = Message(
        channel.id, slack.clock.stamp(), content.text, content.blocks, ephemeral_for=str(arguments["user"])
    )
    message.thread_ts = str(arguments.get("thread_ts") or "")
    slack.say(message)
    return {"message_ts": message.ts}


def permalink(slack: Workspace, arguments: dict[str, Any]) -> dict[str, Any]:
    """Link to a message."""
    channel = place(slack, arguments["channel"])
    message = slack.message_at(channel.id, str(arguments["message_ts"]))
    if message is None:
        raise Refused("message_not_found")
    link = f"{slack.url}/archives/{channel.id}/p{message.ts.replace('.', '')}"
    return {"channel": channel.id, "permalink": link}
