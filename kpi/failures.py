"""Why messages failed, in words: Meta's own limits are not the sender's fault, so they stand apart."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from kpi.units import Unit

if TYPE_CHECKING:
    from collections.abc import Mapping

    from kpi.wording import Words

CODES = {
    131049: "held back by Meta's limit of marketing messages per person",
    130472: "held back by an experiment of Meta's",
    131050: "to people who stopped marketing messages",
    131026: "to numbers that cannot receive them",
    131047: "sent more than 24 hours after the person last wrote",
}
"""WhatsApp's codes that marketers should know; of others the code is told."""
MOST = 4


@dataclass(frozen=True, slots=True)
class Reason:
    """A reason, by its code, and how many messages failed for it."""

    code: int
    count: int


def failed_because(counts: Mapping[int, int], words: Words) -> str:
    """Say why messages failed, the commonest reason first; nothing where none did."""
    found = sorted((Reason(code, count) for code, count in counts.items() if count > 0), key=lambda one: -one.count)
    if not found:
        return ""
    said = tuple(f"{words.shown(one.count, Unit.COUNT)} {_reason(one.code)}" for one in found[:MOST])
    rest = sum(one.count for one in found[MOST:])
    told = (*said, f"{words.shown(rest, Unit.COUNT)} for other reasons") if rest else said
    return f"Failed: {words.listed(told, most=len(told))}."


def _reason(code: int) -> str:
    return CODES.get(code) or (f"with WhatsApp's error {code}" if code else "without a reason that was told")
