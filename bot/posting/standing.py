"""Whether a message stands in Slack that nobody recorded: it carries the name of its delivery."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from bot.posting.outlets import PostError, called

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from slack_sdk import WebClient

    from kpi.storage.ledger import Entry

EVENT = "kpi_digest"
LOOK_BACK = timedelta(hours=3)
"""How far before the intent Slack is searched, its newest messages always: Slack's clock need not be ours."""
MOST_PAGES = 50


def marked(message: dict[str, Any], entry: Entry) -> dict[str, Any]:
    """Return a message that carries the name of its delivery."""
    return message | {"metadata": {"event_type": EVENT, "event_payload": {"delivery": entry.delivery}}}


def standing(client: WebClient, entry: Entry, posting_at: datetime) -> str:
    """Return where the message of an entry stands, '' where it does not; raise PostError where Slack does not say."""
    channel = entry.channel
    if channel.startswith(("U", "W")):
        channel = str(called(client.conversations_open, users=channel)["channel"]["id"])
    for one in _told(client, channel, entry.thread, (posting_at - LOOK_BACK).timestamp()):
        if (one.get("metadata") or {}).get("event_payload", {}).get("delivery") == entry.delivery:
            return str(one["ts"])
    return ""


def _told(client: WebClient, channel: str, thread: str, since: float) -> Iterator[dict[str, Any]]:
    """Yield the messages of a channel, the latest first, or all of a thread; page by page."""
    method = client.conversations_replies if thread else client.conversations_history
    where, cursor = {"channel": channel} | ({"ts": thread} if thread else {}), ""
    for _ in range(MOST_PAGES):
        more = {"cursor": cursor} if cursor else {}
        told = called(method, **where, include_all_metadata=True, limit=200, **more)
        yield from told["messages"]
        cursor = (told.get("response_metadata") or {}).get("next_cursor", "")
        if not cursor or (not thread and float(told["messages"][-1]["ts"]) < since):
            return
    raise PostError("too_much_to_read")
