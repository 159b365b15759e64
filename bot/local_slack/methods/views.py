"""``views.*``: modals that open, change and stack up, and the home tab."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Any

from bot.local_slack.content import judge_blocks
from bot.local_slack.records import View
from bot.local_slack.refusal import Refused
from bot.local_slack.rules.payloads import wrong_view
from bot.local_slack.triggers import use_trigger

if TYPE_CHECKING:
    from bot.local_slack.rules.checks import Json
    from bot.local_slack.workspace import Workspace

HIGHEST_STACK = 3


def open_(slack: Workspace, arguments: dict[str, Any]) -> dict[str, Any]:
    """Open a modal in answer to a command or a press."""
    content = judged_view(slack, arguments["view"])
    user = use_trigger(slack, arguments.get("trigger_id")).user
    return {"view": _shown(slack, user, content).as_slack_says()}


def push(slack: Workspace, arguments: dict[str, Any]) -> dict[str, Any]:
    """Put a modal on top of the one in which something was pressed."""
    content = judged_view(slack, arguments["view"])
    trigger = use_trigger(slack, arguments.get("trigger_id"))
    if not trigger.from_view:
        raise Refused("invalid_trigger_id")
    return {"view": push_view(slack, slack.views[trigger.from_view], content).as_slack_says()}


def push_view(slack: Workspace, below: View, content: dict[str, Any]) -> View:
    """Show one more modal above another; Slack stacks three."""
    if len(slack.stack_of(below.user)) >= HIGHEST_STACK:
        raise Refused("push_limit_reached")
    return _shown(slack, below.user, content, root=below.root or below.id, previous=below.id)


def update(slack: Workspace, arguments: dict[str, Any]) -> dict[str, Any]:
    """Change a modal that is open, if it is still the one that the caller knows."""
    content = judged_view(slack, arguments["view"])
    view = _named(slack, arguments)
    if arguments.get("hash") and arguments["hash"] != view.hash:
        raise Refused("hash_conflict")
    change_view(slack, view, content)
    return {"view": view.as_slack_says()}


def publish(slack: Workspace, arguments: dict[str, Any]) -> dict[str, Any]:
    """Show somebody's home tab."""
    user = str(arguments["user_id"])
    if user not in slack.world.people:
        raise Refused("user_not_found")
    content = judged_view(slack, arguments["view"], "home")
    home = slack.homes.get(user)
    if home and arguments.get("hash") and arguments["hash"] != home.hash:
        raise Refused("hash_conflict")
    with slack.journal.condition:
        home = slack.homes.setdefault(user, View(slack.new_id("V"), user, content, ""))
        home.content, home.hash = content, _new_hash(slack)
        slack.journal.write("home", home, user)
    return {"view": home.as_slack_says()}


def change_view(slack: Workspace, view: View, content: dict[str, Any]) -> None:
    """Give a view other content."""
    with slack.journal.condition:
        view.content, view.hash, view.errors = content, _new_hash(slack), {}
        slack.journal.write("view", view, view.user)


def judged_view(slack: Workspace, view: Json, kind: str = "modal") -> dict[str, Any]:
    """Read a view that Slack accepts, or refuse it."""
    wrong = wrong_view(view, kind)
    if wrong:
        raise Refused("view_too_large" if wrong[0].what == "view_too_large" else "invalid_arguments", wrong)
    judge_blocks(slack, view["blocks"], surface=kind)
    return dict(view)


def _shown(slack: Workspace, user: str, content: dict[str, Any], root: str = "", previous: str = "") -> View:
    view = View(slack.new_id("V"), user, content, _new_hash(slack), root, previous)
    with slack.journal.condition:
        slack.views[view.id] = view
        slack.journal.write("view", view, user)
    return view


def _named(slack: Workspace, arguments: dict[str, Any]) -> View:
    wanted = {str(arguments.get("view_id")), str(arguments.get("external_id"))}
    found = [v for v in slack.views.values() if {v.id, str(v.content.get("external_id") or "-")} & wanted]
    if not found or found[-1].closed:
        raise Refused("not_found")
    return found[-1]


def _new_hash(slack: Workspace) -> str:
    return f"{int(slack.clock.now())}.{secrets.token_hex(4)}"
