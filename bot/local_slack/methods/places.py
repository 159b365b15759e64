"""Where the bot may look and write: channels by id, never by name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bot.local_slack.refusal import Refused
from bot.local_slack.world import BOT_USER, direct_messages

if TYPE_CHECKING:
    from bot.local_slack.workspace import Workspace
    from bot.local_slack.world import Channel


def place(slack: Workspace, named: object, *, writing: bool = False) -> Channel:
    """Find a channel that the bot may see, or with ``writing`` one that it may post to."""
    channel = slack.world.channels.get(str(named)) or _direct_messages(slack, str(named))
    if channel is None or (channel.is_private and BOT_USER not in channel.members):
        raise Refused("channel_not_found")
    if writing and channel.is_archived:
        raise Refused("is_archived")
    if writing and BOT_USER not in channel.members and "chat:write.public" not in slack.scopes:
        raise Refused("not_in_channel")
    return channel


def _direct_messages(slack: Workspace, user: str) -> Channel | None:
    person = slack.world.people.get(user)
    if person is None or person.is_bot:
        return None
    channel = direct_messages(person)
    return slack.world.channels.setdefault(channel.id, channel)


def some_of(items: list[Any], arguments: dict[str, Any]) -> tuple[list[Any], dict[str, Any]]:
    """Take one page of a long answer, and what points to the next."""
    start, limit = int(arguments.get("cursor") or 0), int(arguments.get("limit") or 1000)
    following = str(start + limit) if start + limit < len(items) else ""
    return items[start : start + limit], {"response_metadata": {"next_cursor": following}}
