"""Which KPIs a campaign is judged by, depending on what it was for."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Sheet:
    """Keys of KPIs: the proof that comes first, the details, four as a picture, those set against published ranges."""

    proof: tuple[str, ...]
    details: tuple[str, ...]
    cards: tuple[str, ...]
    judged: tuple[str, ...]


_WAY = ("delivery_rate", "read_rate", "ctr", "click_to_open")
_LIST = ("retention_rate", "opt_out_rate", "block_rate")
_COST = ("cost", "cost_per_message")

SHEETS = {
    "sales": Sheet(
        ("revenue", "cost", "rocs", "profit"),
        (
            *_WAY,
            "conversion_rate",
            "aov",
            "revenue_per_message",
            "cost_per_message",
            "reply_rate",
            "opt_out_rate",
            "gross_revenue",
            "refunds",
        ),
        ("revenue", "rocs", "ctr", "conversion_rate"),
        ("rocs", "ctr", "conversion_rate"),
    ),
    "brand": Sheet(
        ("delivered", "reply_rate", "feedback_rate", "reviews_rate"),
        (*_WAY, *_LIST, *_COST),
        ("read_rate", "reply_rate", "feedback_rate", "opt_out_rate"),
        ("read_rate", "reply_rate", "opt_out_rate"),
    ),
    "service": Sheet(
        ("delivered", "read_rate", "feedback_rate", "reviews_rate"),
        ("delivery_rate", "reply_rate", "ctr", *_LIST, *_COST),
        ("delivery_rate", "read_rate", "feedback_rate", "opt_out_rate"),
        ("delivery_rate", "read_rate", "opt_out_rate"),
    ),
}
CHANNEL = Sheet(
    ("revenue", "cost", "rocs", "profit"),
    ("delivered", "delivery_rate", "read_rate", "ctr", "conversion_rate", "opt_out_rate"),
    ("revenue", "rocs", "ctr", "conversion_rate"),
    (),
)
"""All WhatsApp campaigns together."""

COMPARED = {
    "sales": ("read_rate", "ctr", "conversion_rate", "opt_out_rate", "revenue_per_message", "aov", "rocs"),
    "brand": ("read_rate", "ctr", "reply_rate", "feedback_rate", "opt_out_rate", "cost_per_message"),
    "service": ("delivery_rate", "read_rate", "reply_rate", "feedback_rate", "opt_out_rate", "cost_per_message"),
}
"""The KPIs that campaigns are compared by."""
LEADING = {"sales": "conversion_rate", "brand": "reply_rate", "service": "read_rate"}
"""The one by which several campaigns are put in order."""
