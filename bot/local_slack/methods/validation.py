"""``blocks.validate``: the judge without the deed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bot.local_slack.content import content_of, judge_blocks
from bot.local_slack.refusal import Refused
from bot.local_slack.rules.payloads import wrong_view

if TYPE_CHECKING:
    from bot.local_slack.workspace import Workspace


def validate(slack: Workspace, arguments: dict[str, Any]) -> dict[str, Any]:
    """Judge blocks, a message or a view; exactly one of them."""
    given = [key for key in ("blocks", "message", "view") if key in arguments]
    if len(given) != 1:
        raise Refused("invalid_arguments", ["must have exactly one of: blocks, message, view"])
    if "view" in arguments:
        wrong = wrong_view(arguments["view"])
        if wrong:
            raise Refused("invalid_blocks", wrong)
    elif "message" in arguments:
        content_of(slack, {"text": " ", **arguments["message"]})
    else:
        judge_blocks(slack, arguments["blocks"])
    return {}
