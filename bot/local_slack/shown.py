"""What the page is told: the world as one viewer sees it, and each change of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bot.local_slack import world
from bot.local_slack.records import Message, View

if TYPE_CHECKING:
    from bot.local_slack.journal import Change
    from bot.local_slack.workspace import Workspace
    from bot.local_slack.world import Channel, Person


def shown_world(slack: Workspace, viewer: Person) -> dict[str, Any]:
    """Tell everything that this person sees when the page opens."""
    with slack.journal.condition:
        channels = slack.world.seen_by(viewer)
        stack, home = slack.stack_of(viewer.id), slack.homes.get(viewer.id)
        seen = [m for channel in channels for m in slack.messages_in(channel.id) if m.ephemeral_for in {"", viewer.id}]
        return {
            "number": slack.journal.number,
            "team": world.TEAM_NAME,
            "viewer": viewer.name,
            "people": [_shown_person(person) for person in slack.world.people.values()],
            "channels": [_shown_channel(channel) for channel in channels],
            "messages": [shown_message(message) for message in seen],
            "modal": stack[-1].as_slack_says() | {"errors": stack[-1].errors} if stack else None,
            "home": home.as_slack_says() if home else None,
            "hints": list(slack.hints),
            "errands": list(slack.errands),
        }


def shown_change(slack: Workspace, change: Change, viewer: str) -> dict[str, Any]:
    """Tell one change, as little as the page needs to show it."""
    match change.kind, change.subject:
        case "message", Message() as message:
            return {"message": shown_message(message)}
        case "view", View():
            stack = slack.stack_of(viewer)
            return {"modal": stack[-1].as_slack_says() | {"errors": stack[-1].errors} if stack else None}
        case "home", View() as home:
            return {"home": home.as_slack_says()}
        case "world", _:
            return {"reload": True}
    return {}


def shown_message(message: Message) -> dict[str, Any]:
    """Tell a message with all that the page shows about it."""
    return {
        **message.as_slack_says(),
        "channel": message.channel,
        "parent": message.parent_ts,
        "ephemeral": bool(message.ephemeral_for),
        "deleted": message.deleted,
    }


def _shown_person(person: Person) -> dict[str, Any]:
    role = "admin" if person.is_admin else "guest" if person.is_restricted else "member"
    role = "other organisation" if person.is_stranger else "app" if person.is_bot else role
    return {"id": person.id, "name": person.name, "real_name": person.real_name, "role": role}


def _shown_channel(channel: Channel) -> dict[str, Any]:
    return {
        "id": channel.id,
        "name": channel.name,
        "is_private": channel.is_private,
        "is_shared": channel.is_ext_shared,
        "is_im": channel.is_im,
        "with": channel.with_person,
        "members": len(channel.members),
    }
