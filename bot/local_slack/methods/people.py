"""``users.*`` and ``auth.test``: who is who."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bot.local_slack import world
from bot.local_slack.methods.places import some_of
from bot.local_slack.refusal import Refused

if TYPE_CHECKING:
    from bot.local_slack.workspace import Workspace


def auth_test(slack: Workspace, _arguments: dict[str, Any]) -> dict[str, Any]:
    """Say whose token this is."""
    return {
        "url": f"{slack.url}/",
        "team": world.TEAM_NAME,
        "user": world.BOT_NAME,
        "team_id": world.TEAM,
        "user_id": world.BOT_USER,
        "bot_id": world.BOT,
        "is_enterprise_install": False,
    }


def api_test(_slack: Workspace, arguments: dict[str, Any]) -> dict[str, Any]:
    """Give the arguments back, or the error that was asked for."""
    if "error" in arguments:
        raise Refused(str(arguments["error"]))
    return {"args": arguments}


def info(slack: Workspace, arguments: dict[str, Any]) -> dict[str, Any]:
    """Describe one person."""
    person = slack.world.people.get(str(arguments["user"]))
    if person is None:
        raise Refused("user_not_found")
    return {"user": person.as_slack_says()}


def list_(slack: Workspace, arguments: dict[str, Any]) -> dict[str, Any]:
    """List everybody."""
    page, more = some_of([person.as_slack_says() for person in slack.world.people.values()], arguments)
    return {"members": page, "cache_ts": int(slack.clock.now()), **more}
