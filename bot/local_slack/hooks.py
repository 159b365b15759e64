"""Response urls: five answers within thirty minutes to what one person did in one channel."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bot.local_slack.content import content_of
from bot.local_slack.records import Message
from bot.local_slack.refusal import Refused
from bot.local_slack.world import TEAM

if TYPE_CHECKING:
    from bot.local_slack.workspace import Workspace

MOST_USES = 5
SECONDS = 30 * 60


@dataclass(slots=True)
class Hook:
    """Where the bot may answer one command or press."""

    channel: str
    user: str
    made_at: float
    origin: Message | None = None
    """The message in which something was pressed."""
    uses: int = 0


def new_hook(slack: Workspace, channel: str, user: str, origin: Message | None = None) -> str:
    """Make the response url of what this person just did."""
    kind = "actions" if origin else "commands"
    key = f"{kind}/{TEAM}/{secrets.randbelow(10**12)}/{secrets.token_urlsafe(18)}"
    slack.hooks[key] = Hook(channel, user, slack.clock.now(), origin)
    return f"{slack.url}/hooks/{key}"


def answer_hook(slack: Workspace, key: str, body: dict[str, Any]) -> None:
    """Do what was posted to a response url; every accepted post uses one of the five."""
    with slack.journal.condition:
        hook = slack.hooks.get(key)
        if hook is None:
            raise Refused("no_such_hook", status=404)
        if slack.clock.now() - hook.made_at > SECONDS:
            raise Refused("expired_url", status=404)
        if hook.uses >= MOST_USES:
            raise Refused("used_url", status=404)
        try:
            _answer(slack, hook, body)
        except Refused as refused:
            refused.status = 404
            raise
        hook.uses += 1


def _answer(slack: Workspace, hook: Hook, body: dict[str, Any]) -> None:
    if body.get("delete_original") and hook.origin:
        slack.delete(hook.origin)
        return
    if body.get("replace_original") and hook.origin:
        content = content_of(slack, body, ephemeral=bool(hook.origin.ephemeral_for))
        slack.edit(hook.origin, content.text, content.blocks)
        return
    say_in_answer(slack, hook, body)


def say_in_answer(slack: Workspace, hook: Hook, body: dict[str, Any]) -> Message:
    """Post an answer: for the asker alone unless the body says ``in_channel``."""
    private = body.get("response_type", "ephemeral") != "in_channel"
    content = content_of(slack, body, ephemeral=private)
    return slack.say(
        Message(
            hook.channel,
            slack.clock.stamp(),
            content.text,
            content.blocks,
            ephemeral_for=hook.user if private else "",
            thread_ts=str(body.get("thread_ts") or ""),
        )
    )
