"""The exports of other tools: one row per layout, which column holds what. Adding one needs no code."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

SENT, DELIVERED, READ, FAILED = "sent", "delivered", "read", "failed"


def spelled(column: str) -> str:
    """Return a column's name in the spelling by which it is recognised."""
    return " ".join(re.split(r"[\s_]+", column.strip().lower())).strip()


@dataclass(frozen=True, slots=True)
class Layout:
    """One export: the columns by which it is known, and what each column means here."""

    tool: str
    source: str
    needs: tuple[str, ...]
    """Columns that it always has, and others do not have together."""
    columns: Mapping[str, str]
    """Per column what it holds: a key, something told of the campaign, or a fact."""
    about: Mapping[str, str] = field(default_factory=dict)
    """What is true of every campaign in it."""
    messages: bool = False
    """A row is one message: a fact's column holds its time, or something instead of nothing."""
    statuses: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Per word in the column ``status``, the facts that it proves."""
    adds: bool = False
    """Rows of the same campaign and day are parts that are added."""
    zone: str = ""
    """Of its times, where it is known."""

    def fits(self, header: Iterable[str]) -> bool:
        """Tell whether a header is this layout's."""
        return set(self.needs) <= {spelled(name) for name in header}


OURS = Layout("our own layout", "file", ("campaign", "day"), {})
NAMED = Layout("a table with other names", "file", (), {})
"""What is read by the names of its columns (``kpi.sources.synonyms``)."""
_STATUSES = {
    "accepted": (SENT,), "submitted": (SENT,), "queued": (), "scheduled": (), "sending": (), "sent": (SENT,),
    "delivered": (SENT, DELIVERED), "read": (SENT, DELIVERED, READ), "seen": (SENT, DELIVERED, READ),
    "undelivered": (SENT, FAILED), "failed": (SENT, FAILED), "rejected": (SENT, FAILED), "received": (),
    "replied": (SENT, DELIVERED),
}  # fmt: skip
_OF_A_MESSAGE = {"sent at": SENT, "delivered at": DELIVERED, "seen at": READ, "read at": READ, "failed at": FAILED}

LAYOUTS = (
    Layout(
        "Klaviyo campaigns", "klaviyo", ("campaign name", "send time", "total recipients", "successful deliveries"),
        {
            "campaign name": "campaign", "send time": "day", "campaign channel": "channel", "total recipients": SENT,
            "successful deliveries": DELIVERED, "bounces": FAILED, "unique opens": READ, "unique clicks": "clickers",
            "total clicks": "clicks", "unique placed order": "buyers", "revenue": "revenue", "unsubscribes": "opt_outs",
            "spam complaints": "blocks",
        },
    ),
    Layout(
        "Klaviyo flows", "klaviyo", ("day", "flow name", "flow message name", "delivered"),
        {
            "flow name": "campaign", "day": "day", "flow message name": "variant", "flow message channel": "channel",
            "delivered": DELIVERED, "unique opens": READ, "unique clicks": "clickers", "placed order": "orders",
            "revenue": "revenue", "unsub rate": "opt_outs/delivered", "complaint rate": "blocks/delivered",
        },
        about={"kind": "automation"},
    ),
    Layout(
        "Connectly", "connectly", ("campaign name", "sendout id", "sent at", "delivered at"),
        {
            "campaign name": "campaign", "sent at": SENT, "delivered at": DELIVERED, "read at": READ,
            "error code": FAILED, "opt out at": "opt_outs", "button clicks": "clicks", "link clicks": "clicks",
        },
        messages=True,
    ),
    Layout(
        "Yellow.ai", "yellow.ai", ("campaign name", "botid", "sent time", "status"),
        {
            "campaign name": "campaign", "channel": "channel", "sent time": SENT, "delivered time": DELIVERED,
            "read time": READ, "quick reply response": "replies", "status": "status",
        },
        messages=True, statuses=_STATUSES,
    ),
    Layout(
        "Kaleyra messages", "kaleyra", ("waba id", "template name", "sent at", "seen at"),
        {"template name": "campaign", "country": "market", "message direction": "direction", **_OF_A_MESSAGE},
        messages=True, zone="UTC",
    ),
    Layout(
        "Kaleyra summary", "kaleyra", ("date", "waba id", "display name", "message type"),
        {
            "date": "day", "country": "market", "template name": "campaign", "sent": SENT, "delivered": DELIVERED,
            "read": READ, "seen": READ, "failed": FAILED,
        },
        adds=True,
    ),
    Layout(
        "wolkvox", "wolkvox", ("campaign id", "telephone", "result", "last update"),
        {"campaign id": "campaign", "result": "status", "date": "day"},
        messages=True, statuses=_STATUSES,
    ),
    Layout(
        "CleverTap", "clevertap", ("campaign id", "campaign name", "delivery", "os", "device"),
        {
            "campaign name": "campaign", "channel": "channel", "date": "day", "variant": "variant", "sent": SENT,
            "delivered": DELIVERED, "viewed": READ, "read": READ, "clicked": "clickers", "failed": FAILED,
            "replied": "replies", "converted": "buyers", "revenue": "revenue",
        },
        adds=True,
    ),
    Layout(
        "Mehery", "mehery", ("campaign", "template", "total", "sent", "replied", "failed"),
        {
            "campaign": "campaign", "channel": "channel", "template": "variant", "total": "audience", "sent": SENT,
            "delivered": DELIVERED, "read": READ, "replied": "replies", "failed": FAILED,
        },
        adds=True,
    ),
    Layout(
        "Braze", "braze", ("variation name", "variation api id", "sent", "unique recipients"),
        {
            "campaign name": "campaign", "name": "campaign", "time": "day", "date": "day", "variation name": "variant",
            "sent": SENT, "delivered": DELIVERED, "failed": FAILED, "read": READ, "conversions": "orders",
            "revenue": "revenue",
        },
        adds=True,
    ),
    Layout(
        "Brevo", "brevo", ("campaignname", "scheduledat", "sent", "notsent"),
        {
            "campaignname": "campaign", "scheduledat": "day", "sent": SENT, "delivered": DELIVERED, "read": READ,
            "unsubscribe": "opt_outs",
        },
    ),
    Layout(
        "Twilio messages", "twilio", ("status", "sentdate", "accountsid", "direction"),
        {"sentdate": "day", "status": "status", "direction": "direction", "price": "cost", "priceunit": "currency"},
        messages=True, statuses=_STATUSES, zone="UTC",
    ),
)  # fmt: skip
INBOUND = ("inbound", "incoming", "mo")
"""Directions of messages that were written to us."""
TOTALS = frozenset(
    {"total", "totals", "grand total", "sum", "all", "summe", "gesamt", "insgesamt", "total general", "suma"}
)
"""What rows are called that sum up the others."""
