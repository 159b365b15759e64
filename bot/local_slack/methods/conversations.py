"""``conversations.*``: which channels there are, who is in them and what was said."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bot.local_slack.methods.places import place, some_of
from bot.local_slack.refusal import Refused
from bot.local_slack.world import BOT_USER

if TYPE_CHECKING:
    from bot.local_slack.records import Message
    from bot.local_slack.workspace import Workspace
    from bot.local_slack.world import Channel


def open_(slack: Workspace, arguments: dict[str, Any]) -> dict[str, Any]:
    """Open the direct messages with one person."""
    users = str(arguments.get("users") or "").split(",")
    if len(users) != 1 or users[0] not in slack.world.people:
        raise Refused("user_not_found")
    return {"channel": {"id": place(slack, users[0]).id}}


def info(slack: Workspace, arguments: dict[str, Any]) -> dict[str, Any]:
    """Describe one channel."""
    return {"channel": place(slack, arguments["channel"]).as_slack_says()}


def members(slack: Workspace, arguments: dict[str, Any]) -> dict[str, Any]:
    """Name the members of one channel."""
    page, more = some_of(place(slack, arguments["channel"]).members, arguments)
    return {"members": page, **more}


def list_(slack: Workspace, arguments: dict[str, Any]) -> dict[str, Any]:
    """List the channels that the bot can see."""
    return _listed(list(slack.world.channels.values()), arguments)


def of_user(slack: Workspace, arguments: dict[str, Any]) -> dict[str, Any]:
    """List the channels that the bot, or a given person, is a member of."""
    user = arguments.get("user") or BOT_USER
    return _listed([one for one in slack.world.channels.values() if user in one.members], arguments)


def _listed(channels: list[Channel], arguments: dict[str, Any]) -> dict[str, Any]:
    kinds = str(arguments.get("types") or "public_channel").split(",")
    without_archived = str(arguments.get("exclude_archived", "")).lower() in {"1", "true"}
    seen = [
        channel.as_slack_says()
        for channel in channels
        if _kind(channel) in kinds
        and not (channel.is_private and BOT_USER not in channel.members)
        and not (channel.is_archived and without_archived)
    ]
    page, more = some_of(seen, arguments)
    return {"channels": page, **more}


def _kind(channel: Channel) -> str:
    return "im" if channel.is_im else "private_channel" if channel.is_private else "public_channel"


def join(slack: Workspace, arguments: dict[str, Any]) -> dict[str, Any]:
    """Make the bot a member of a public channel."""
    channel = place(slack, arguments["channel"])
    if channel.is_archived:
        raise Refused("is_archived")
    if channel.is_private:
        raise Refused("method_not_supported_for_channel_type")
    with slack.journal.condition:
        if BOT_USER not in channel.members:
            channel.members.append(BOT_USER)
            slack.journal.write("world", channel)
    return {"channel": channel.as_slack_says()}


def history(slack: Workspace, arguments: dict[str, Any]) -> dict[str, Any]:
    """Tell what was said in a channel, the latest first."""
    channel = _readable(slack, arguments)
    said = [message for message in slack.messages_in(channel.id) if not message.parent_ts]
    return _told(said[::-1], arguments)


def replies(slack: Workspace, arguments: dict[str, Any]) -> dict[str, Any]:
    """Tell what was said in a thread, its parent first."""
    channel, ts = _readable(slack, arguments), str(arguments["ts"])
    if slack.message_at(channel.id, ts) is None:
        raise Refused("thread_not_found")
    return _told([m for m in slack.messages_in(channel.id) if ts in {m.ts, m.thread_ts}], arguments)


def _readable(slack: Workspace, arguments: dict[str, Any]) -> Channel:
    channel = place(slack, arguments["channel"])
    if BOT_USER not in channel.members:
        raise Refused("not_in_channel")
    return channel


def _told(messages: list[Message], arguments: dict[str, Any]) -> dict[str, Any]:
    oldest, latest = float(arguments.get("oldest") or 0), float(arguments.get("latest") or "inf")
    lasting = [m for m in messages if not m.ephemeral_for and oldest <= float(m.ts) <= latest]
    page, more = some_of(lasting, {"limit": 100, **arguments})
    with_metadata = str(arguments.get("include_all_metadata", "")).lower() in {"1", "true"}
    said = [_said(message, with_metadata=with_metadata) for message in page]
    return {"messages": said, "has_more": bool(more["response_metadata"]["next_cursor"]), **more}


def _said(message: Message, *, with_metadata: bool) -> dict[str, Any]:
    if with_metadata and message.metadata:
        return {**message.as_slack_says(), "metadata": message.metadata}
    return message.as_slack_says()
