"""Trigger ids: each lets the bot open one modal, within three seconds of what somebody did."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.local_slack.refusal import Refused

if TYPE_CHECKING:
    from bot.local_slack.workspace import Workspace

SECONDS = 3.0


@dataclass(slots=True)
class Trigger:
    """Somebody's press or command that may still open a modal."""

    user: str
    made_at: float
    from_view: str = ""
    used: bool = False


def new_trigger(slack: Workspace, user: str, from_view: str = "") -> str:
    """Make the trigger id of what this person just did."""
    key = f"{secrets.randbelow(10**12)}.{secrets.randbelow(10**12)}.{secrets.token_hex(16)}"
    slack.triggers[key] = Trigger(user, slack.clock.now(), from_view)
    return key


def use_trigger(slack: Workspace, key: object) -> Trigger:
    """Exchange a trigger id, once and in time."""
    trigger = slack.triggers.get(str(key))
    if trigger is None:
        raise Refused("invalid_trigger_id")
    if trigger.used:
        raise Refused("exchanged_trigger_id")
    if slack.clock.now() - trigger.made_at > SECONDS:
        raise Refused("expired_trigger_id")
    trigger.used = True
    return trigger
