"""Submitting and closing modals, and what the bot's answer does to them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from bot.local_slack.delivery import deliver_interaction
from bot.local_slack.elements import CHOSEN_KEYS, state_of
from bot.local_slack.interactions import from_somebody
from bot.local_slack.methods.views import change_view, judged_view, push_view
from bot.local_slack.refusal import Refused
from bot.local_slack.triggers import new_trigger

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.local_slack.records import Receipt, View
    from bot.local_slack.workspace import Workspace

FILL_IN = "Please complete this required field."


def submit_view(slack: Workspace, view: View, values: Mapping[str, object]) -> Receipt | None:
    """Submit a modal; None when a required field is empty, which Slack itself complains about."""
    state = state_of(view.blocks, values)
    empty = _required_and_empty(view, state["values"])
    if empty:
        _show_errors(slack, view, dict.fromkeys(empty, FILL_IN))
        return None
    trigger = new_trigger(slack, view.user, view.id)
    payload = {
        **from_somebody(slack, "view_submission", view.user),
        "trigger_id": trigger,
        "view": {**view.as_slack_says(), "state": state},
        "response_urls": [],
    }
    receipt = replace(deliver_interaction(slack, payload), trigger_id=trigger)
    if receipt.ok:
        _obey(slack, view, receipt.json())
    else:
        _show_errors(slack, view, {"": "We had some trouble connecting. Try again?"})
    return receipt


def _required_and_empty(view: View, values: dict[str, Any]) -> list[str]:
    inputs = [block for block in view.blocks if block["type"] == "input" and not block.get("optional")]
    answered = {block_id: next(iter(chosen.values())) for block_id, chosen in values.items()}
    return [b["block_id"] for b in inputs if not answered[b["block_id"]].get(CHOSEN_KEYS[b["element"]["type"]])]


def _obey(slack: Workspace, view: View, answer: dict[str, Any]) -> None:
    """Do what the answer to a submission says; no answer closes the modal."""
    try:
        match answer.get("response_action"):
            case "errors":
                _show_errors(slack, view, _errors(view, answer))
            case "update":
                change_view(slack, view, judged_view(slack, answer["view"]))
            case "push":
                push_view(slack, view, judged_view(slack, answer["view"]))
            case "clear":
                _close(slack, slack.stack_of(view.user))
            case _:
                _close(slack, [view])
    except Refused as refused:
        slack.warn(f"the answer to a submission was refused: {refused.as_slack_says()}")
        _show_errors(slack, view, {"": "We had some trouble connecting. Try again?"})


def _errors(view: View, answer: dict[str, Any]) -> dict[str, str]:
    errors = answer.get("errors") or {}
    inputs = {block["block_id"] for block in view.blocks if block["type"] == "input"}
    if not errors or not errors.keys() <= inputs:
        raise Refused("invalid_arguments", ["errors must name the block_id of input blocks"])
    return {str(block_id): str(words) for block_id, words in errors.items()}


def _show_errors(slack: Workspace, view: View, errors: dict[str, str]) -> None:
    with slack.journal.condition:
        view.errors = errors
        slack.journal.write("view", view, view.user)


def close_view(slack: Workspace, view: View, *, all_of_them: bool = False) -> Receipt | None:
    """Close a modal, or the whole stack; the bot hears of it if it asked to."""
    closing = slack.stack_of(view.user) if all_of_them else [view]
    _close(slack, closing)
    if not view.content.get("notify_on_close"):
        return None
    payload = {
        **from_somebody(slack, "view_closed", view.user),
        "view": view.as_slack_says(),
        "is_cleared": all_of_them,
    }
    return deliver_interaction(slack, payload)


def _close(slack: Workspace, views: list[View]) -> None:
    with slack.journal.condition:
        for view in views:
            view.closed = True
            slack.journal.write("view", view, view.user)
