"""What WhatsApp tells of templates and numbers: approved, paused, rejected, their quality, their category.

Meta's own samples give some kinds another field's name, so they are known by their keys.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from kpi.names import is_printable

LONGEST_NAME, LONGEST_WORD = 100, 40
BAD = frozenset({"rejected", "paused", "disabled", "flagged", "pending_deletion", "red", "marketing", "downgrade"})
"""Words that somebody should hear of."""


class Notice(NamedTuple):
    """A change of a template or of a number, in words, and whether somebody should act."""

    said: str
    is_bad: bool


def notice_in(value: dict[str, Any]) -> Notice | None:
    """Return what a change tells of a template or a number; None where it tells of something else."""
    template = _name(value.get("message_template_name"))
    if template and (quality := _word(value.get("new_quality_score"))):
        return Notice(f"quality of template {template} is {quality}", quality in BAD)
    if template and (category := _word(value.get("new_category"))):
        return Notice(f"template {template} is billed as {category} now", category in BAD)
    if template and (event := _word(value.get("event"))):
        return Notice(f"template {template} is {event.replace('_', ' ')}", event in BAD)
    number, event = _name(value.get("display_phone_number")), _word(value.get("event"))
    if number and event and "current_limit" in value:
        return Notice(f"quality of a number: {event.replace('_', ' ')}", event in BAD)
    return None


def _name(told: object) -> str:
    return told if isinstance(told, str) and 0 < len(told) <= LONGEST_NAME and is_printable(told) else ""


def _word(told: object) -> str:
    """Return a word of WhatsApp's own, in small letters."""
    word = told.lower() if isinstance(told, str) and len(told) <= LONGEST_WORD else ""
    return word if word.replace("_", "").isalpha() and word.isascii() else ""
