"""The form for the settings, and the buttons under what ``/kpi settings`` shows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bot import slash
from bot.blocks import message
from bot.modals import Field, entered, kept, line, modal, refuse, show
from bot.parts import Parts, Place
from bot.posting.outlets import Hook, PostError
from bot.replies import plain, privately, words
from bot.team.settings_command import CHANGE, EDIT, LEAVE, offer, require_changer
from kpi.errors import Mistake
from kpi.storage.workspaces import team
from kpi.team.changing import changed, previewed
from kpi.team.settings import SETTINGS, unpacked

if TYPE_CHECKING:
    from collections.abc import Callable

    from slack_bolt import Ack

    from kpi.report import Report
    from kpi.storage.workspaces import Team
    from kpi.team.settings import Changes

FORM = "settings"
PATTERN = r"^settings-(edit|change|leave)$"


def on_press(parts: Parts, ack: Ack, body: dict[str, Any]) -> None:
    """Open the form, make the change that a message shows, or leave everything as it is."""
    ack()
    place = Place(body["channel"]["id"], body["user"]["id"], body["response_url"])
    action = body["actions"][0]
    do: dict[str, Callable[[], None]] = {
        EDIT: lambda: _edit(parts, place, body["trigger_id"]),
        CHANGE: lambda: _change(parts, place, action["value"]),
        LEAVE: lambda: _replace(parts, place, plain("Nothing was changed.")),
    }
    slash.safely(parts, place, do[action["action_id"]])


def on_form(parts: Parts, ack: Ack, body: dict[str, Any], view: dict[str, Any]) -> None:
    """Read the form; what is wrong is said beside its field, what would change is shown in a message."""
    ours = _team(parts)
    changes, wrong = _read(entered(view), ours)
    if wrong:
        refuse(ack, wrong)
        return
    ack()
    told = kept(view)
    place = Place(told["channel"], body["user"]["id"], told["reply"])
    slash.safely(parts, place, lambda: _previewed(parts, place, changes))


def _previewed(parts: Parts, place: Place, changes: Changes) -> None:
    require_changer(slash.permission_at(parts, place))
    if not changes:
        raise Mistake("Nothing is different from before, so nothing was changed.")
    offer(parts, place, changes, previewed(parts.database, parts.workspace, changes, parts.now()))


def _edit(parts: Parts, place: Place, trigger: str) -> None:
    require_changer(slash.permission_at(parts, place))
    ours = _team(parts)
    fields = [
        Field(one.key, one.label, line(one.typed(ours.value(one.key)), one.example), one.does.capitalize())
        for one in SETTINGS
    ]
    intro = "Nothing changes yet: you see first what would."
    keeps = {"channel": place.channel, "reply": place.response_url}
    show(parts.client, trigger, modal(FORM, "Settings", fields, submit="Show", intro=intro, keeps=keeps))


def _change(parts: Parts, place: Place, value: str) -> None:
    require_changer(slash.permission_at(parts, place))
    _replace(parts, place, changed(parts.database, parts.workspace, unpacked(value), place.user, parts.now()))


def _replace(parts: Parts, place: Place, report: Report) -> None:
    """Put a report in the place of the pressed message, so that it cannot be pressed again; else send it."""
    try:
        Hook(place.response_url).update("", message(report))
    except PostError:
        words(parts, privately(parts, place), report)


def _read(typed: dict[str, str], ours: Team) -> tuple[Changes, dict[str, str]]:
    """Return what differs from now, and what is wrong with the other fields."""
    changes: Changes = {}
    wrong: dict[str, str] = {}
    for setting in SETTINGS:
        old = ours.value(setting.key)
        try:
            new = setting.read(typed.get(setting.key, ""))
        except Mistake as mistake:
            wrong[setting.key] = f"{mistake.message} {mistake.hint}".strip()
        else:
            if new != old:
                changes[setting.key] = (old, new)
    return changes, wrong


def _team(parts: Parts) -> Team:
    with parts.database.reading(parts.workspace) as db:
        return team(db)
