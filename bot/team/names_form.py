"""The buttons under what a command about names would do, and the form that says which campaign a name belongs to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bot import slash
from bot.blocks import Control
from bot.modals import Field, entered, kept, modal, search, show
from bot.parts import Parts, Place
from bot.replies import instead, plain, privately, words
from bot.team.names_command import BELONGS, DO, LEAVE, require_changer
from kpi.naming.changing import changed

if TYPE_CHECKING:
    from slack_bolt import Ack

FORM, CAMPAIGN = "belongs", "campaign"
PATTERN = rf"^({DO}-\d+|{LEAVE}|{BELONGS}-\d+)$"


def on_press(parts: Parts, ack: Ack, body: dict[str, Any]) -> None:
    """Do what a message shows, leave everything as it is, or ask which campaign a name belongs to."""
    ack()
    place = Place(body["channel"]["id"], body["user"]["id"], body["response_url"])
    action = body["actions"][0]
    slash.safely(parts, place, lambda: _pressed(parts, place, action, body["trigger_id"]))


def on_form(parts: Parts, ack: Ack, body: dict[str, Any], view: dict[str, Any]) -> None:
    """Give a name to the campaign that was chosen."""
    ack()
    told = kept(view)
    place = Place(told["channel"], body["user"]["id"], told["reply"])
    order = f'alias {told["name"]} = "{entered(view)[CAMPAIGN]}"'
    slash.safely(parts, place, lambda: _do(parts, place, order, replace=False))


def _pressed(parts: Parts, place: Place, action: dict[str, Any], trigger: str) -> None:
    require_changer(slash.permission_at(parts, place))
    if action["action_id"] == LEAVE:
        instead(parts, place, plain("Nothing was changed."))
    elif action["action_id"].startswith(BELONGS):
        keeps = {"channel": place.channel, "reply": place.response_url, "name": action["value"]}
        fields = (Field(CAMPAIGN, "Campaign", search("Type a name")),)
        intro = f"Orders that carry {action['value']} will count for this campaign."
        show(parts.client, trigger, modal(FORM, "Belongs to …", fields, submit="Save", intro=intro, keeps=keeps))
    else:
        _do(parts, place, action["value"])


def _do(parts: Parts, place: Place, order: str, *, replace: bool = True) -> None:
    require_changer(slash.permission_at(parts, place))
    report, back = changed(parts.database, parts.workspace, order, place.user, parts.now())
    undo = (Control(f"{DO}-0", back.label, back.typed),)
    if replace:
        instead(parts, place, report, undo)
    else:
        words(parts, privately(parts, place), report, undo)
