"""Questions without a slash: in the bot's direct messages, and where the bot is mentioned."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from bot import slash
from bot.once import Once
from bot.parts import Parts, Place

if TYPE_CHECKING:
    from collections.abc import Callable


def listener(parts: Parts) -> Callable[[dict[str, Any]], None]:
    """Return what answers a message that was written to the bot."""
    once = Once()

    def on_words(body: dict[str, Any]) -> None:
        event = body["event"]
        if is_for_us(event) and once.is_new(body.get("event_id", "")):
            place = Place(event["channel"], event["user"], thread=event.get("thread_ts", ""))
            text = re.sub(rf"<@{parts.bot_user}(\|[^>]*)?>", " ", event.get("text", ""))
            slash.safely(parts, place, lambda: slash.obey(parts, place, text))

    return on_words


def is_for_us(event: dict[str, Any]) -> bool:
    """Tell whether a person wrote it, to the bot alone or by mentioning it."""
    written = not event.get("subtype") and not event.get("bot_id") and bool(event.get("user"))
    return written and (event["type"] == "app_mention" or event.get("channel_type") == "im")
