"""What the viewer of the page can do, one row per deed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bot.local_slack.commands import send_command
from bot.local_slack.events import send_home_opened, send_words
from bot.local_slack.interactions import act, suggestions
from bot.local_slack.modals import close_view, submit_view

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.local_slack.records import Message, Receipt, View
    from bot.local_slack.workspace import Workspace


def _command(slack: Workspace, asked: dict[str, Any]) -> dict[str, Any]:
    command, _, text = str(asked["text"]).partition(" ")
    return _told(send_command(slack, command, text.strip(), asked["viewer"], asked["channel"]))


def _words(slack: Workspace, asked: dict[str, Any]) -> dict[str, Any]:
    return _told(send_words(slack, asked["text"], asked["viewer"], asked["channel"]))


def _act(slack: Workspace, asked: dict[str, Any]) -> dict[str, Any]:
    return _told(act(slack, _where(slack, asked), asked["action"], asked["viewer"], asked.get("values") or {}))


def _suggest(slack: Workspace, asked: dict[str, Any]) -> dict[str, Any]:
    answer = suggestions(slack, _where(slack, asked), asked["action"], asked["typed"], asked["viewer"]).json()
    groups = answer.get("option_groups") or []
    return {"options": [*(answer.get("options") or []), *(one for group in groups for one in group["options"])]}


def _submit(slack: Workspace, asked: dict[str, Any]) -> dict[str, Any]:
    return _told(submit_view(slack, slack.views[asked["view"]], asked.get("values") or {}))


def _close(slack: Workspace, asked: dict[str, Any]) -> dict[str, Any]:
    return _told(close_view(slack, slack.views[asked["view"]]))


def _home(slack: Workspace, asked: dict[str, Any]) -> dict[str, Any]:
    return _told(send_home_opened(slack, asked["viewer"]))


def _errand(slack: Workspace, asked: dict[str, Any]) -> dict[str, Any]:
    slack.errands[asked["errand"]]()
    return _told(None)


def _where(slack: Workspace, asked: dict[str, Any]) -> Message | View:
    """Find the message, modal or home tab in which something was pressed."""
    viewer = slack.world.person(asked["viewer"]).id
    if asked.get("view"):
        home = slack.homes.get(viewer)
        return home if home and home.id == asked["view"] else slack.views[asked["view"]]
    seen = slack.messages_in(asked["channel"])
    return next(one for one in seen if one.ts == asked["ts"] and one.ephemeral_for in {"", viewer})


def _told(receipt: Receipt | None) -> dict[str, Any]:
    if receipt is None:
        return {"status": 200, "seconds": 0}
    return {"status": receipt.status, "seconds": receipt.seconds, "timed_out": receipt.timed_out}


DEEDS: dict[str, Callable[[Workspace, dict[str, Any]], dict[str, Any]]] = {
    "command": _command,
    "words": _words,
    "act": _act,
    "suggest": _suggest,
    "submit": _submit,
    "close": _close,
    "home": _home,
    "errand": _errand,
}
