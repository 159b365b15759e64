"""Presses of the buttons under an answer: ask next, share, have the chart, ask for access, open, allow, remove."""

from __future__ import annotations

import logging
import re
from datetime import date
from typing import TYPE_CHECKING, Any

from bot import permits, slash, threads
from bot.alerts import presses as alert_presses
from bot.blocks import ASK, Control, message
from bot.digests import presses as digest_presses
from bot.files import presses as imports_presses
from bot.parts import Parts, Place
from bot.posting.outlets import Channel, Hook, PostError, Whisper
from bot.replies import dm_of, pictures, plain, words
from kpi.answering import answered
from kpi.errors import Mistake

if TYPE_CHECKING:
    from collections.abc import Callable

    from slack_bolt import Ack

    from kpi.report import Report

log = logging.getLogger(__name__)

POST, REMOVE = "post", "remove"


def on_press(parts: Parts, ack: Ack, body: dict[str, Any]) -> None:
    """Do what a button says; the rights of the person are looked up again, whatever the message shows."""
    ack()
    action, container, place = body["actions"][0], body.get("container", {}), place_of(body)
    do = PRESSES[re.sub(r"-\d+$", "", action["action_id"])]
    slash.safely(parts, place, lambda: do(parts, place, _value(body, action), container))


def place_of(body: dict[str, Any]) -> Place:
    """Return where a button was pressed; a shortcut is in no channel."""
    container = body.get("container", {})
    channel = body.get("channel", {}).get("id") or container.get("channel_id", "")
    url, trigger = body.get("response_url", ""), body.get("trigger_id", "")
    return Place(channel, body["user"]["id"], url, _thread(body, container), trigger)


def _thread(body: dict[str, Any], container: dict[str, Any]) -> str:
    """Return the thread that the message stands in, '' where it stands in the channel, on top of a thread or not."""
    thread = str(body.get("message", {}).get("thread_ts") or container.get("thread_ts") or "")
    return "" if thread == container.get("message_ts") else thread


def _value(body: dict[str, Any], action: dict[str, Any]) -> str:
    """Return what a button carries: in an ordinary message as Slack keeps it, since what a press says can be forged."""
    if "message" not in body:
        return str(action.get("value", ""))
    where = action.get("block_id")
    blocks = [block for block in body["message"].get("blocks", ()) if where in (None, block.get("block_id"))]
    elements = [one for block in blocks for one in block.get("elements", ())]
    return str(next((one.get("value", "") for one in elements if one.get("action_id") == action["action_id"]), ""))


def _ask(parts: Parts, place: Place, value: str, _container: dict[str, Any]) -> None:
    if not slash.commanded(parts, place, value):
        slash.answer(parts, place, value)


def _share(parts: Parts, place: Place, value: str, _container: dict[str, Any]) -> None:
    """Name who will see it before anything is posted."""
    _require_asker(parts, place)
    report = plain(f"This will be seen by {permits.audience(parts, place.channel)}.")
    words(parts, (Hook(place.response_url),), report, (Control(POST, "Post it", value, style="primary"),))


def _post(parts: Parts, place: Place, value: str, container: dict[str, Any]) -> None:
    _require_asker(parts, place)
    press = f"{place.channel} {container.get('message_ts', '')}"
    if not parts.pressed.is_new(press):
        return  # a second press, before the question was cleared away
    report = _asked_again(parts, value)
    outlet = Channel(parts.client, place.channel, place.thread)
    sent = words(parts, (outlet,), report, (Control(REMOVE, "Remove", place.user),))
    threads.remember(parts, sent, report)
    if sent is None:
        parts.pressed.forget(press)
        raise Mistake("I cannot post here.", "Type /invite @kpi to let me into the channel, then press again.")
    _clear(place)
    pictures(parts, sent, report)


def _chart(parts: Parts, place: Place, value: str, _container: dict[str, Any]) -> None:
    _require_asker(parts, place)
    dm = dm_of(parts, place.user)
    if not dm:
        raise Mistake("I cannot write to you.", "The app needs the scope im:write; a workspace admin can grant it.")
    report = _asked_again(parts, value)
    sent = words(parts, (Channel(parts.client, dm),), report)
    threads.remember(parts, sent, report)
    if sent is None:
        raise Mistake("I could not write to you.", "Open a conversation with me, then press again.")
    words(parts, (Hook(place.response_url),), plain("I have sent it to you as a direct message."))
    pictures(parts, sent, report)


def _remove(parts: Parts, place: Place, value: str, container: dict[str, Any]) -> None:
    permitted = slash.permission_at(parts, place)
    is_theirs = place.user == value and not container.get("is_ephemeral")
    if not is_theirs and not permitted.may_change:
        raise Mistake("Only the person who shared this, or a workspace admin, can remove it.")
    parts.client.chat_delete(channel=place.channel, ts=container["message_ts"])


def _request(parts: Parts, place: Place, value: str, _container: dict[str, Any]) -> None:
    report = permits.ask_admins(parts, place, value)
    words(parts, (Hook(place.response_url),), report)


def _allow(parts: Parts, place: Place, value: str, container: dict[str, Any]) -> None:
    _require_changer(parts, place)
    permits.allow_now(parts, value, place.user)
    report = plain("Allowed. They can now ask anywhere; answers are private.")
    _replace(parts, place, container, report)
    if dm := dm_of(parts, value):
        words(parts, (Channel(parts.client, dm),), plain("You can now ask for campaign figures.", "Try /kpi help."))


def _open(parts: Parts, place: Place, value: str, _container: dict[str, Any]) -> None:
    _require_changer(parts, place)
    if value != place.channel:
        raise Mistake("That button belongs to another channel.", "Type /kpi open here.")
    report = permits.open_now(parts, place)
    _clear(place)
    words(parts, (Whisper(parts.client, place.channel, place.user),), report)


def _require_asker(parts: Parts, place: Place) -> None:
    if not slash.permission_at(parts, place).may_ask:
        raise Mistake("Campaign figures are not open to you here.")


def _require_changer(parts: Parts, place: Place) -> None:
    if not slash.permission_at(parts, place).may_change:
        raise Mistake("Only a workspace admin can change who sees figures.")


def _asked_again(parts: Parts, value: str) -> Report:
    """Answer the question of a button, as of the day on which it was first answered."""
    day, _, text = value.partition(" ")
    return answered(parts.database, parts.workspace, text, parts.now(), date.fromisoformat(day))


def _replace(parts: Parts, place: Place, container: dict[str, Any], report: Report) -> None:
    Channel(parts.client, place.channel).update(container["message_ts"], message(report))


def _clear(place: Place) -> None:
    try:
        Hook(place.response_url).delete()
    except PostError as error:
        log.warning("a question could not be cleared away: %s", error)


PRESSES: dict[str, Callable[[Parts, Place, str, dict[str, Any]], None]] = {
    ASK: _ask,
    slash.SHARE: _share,
    POST: _post,
    slash.CHART: _chart,
    REMOVE: _remove,
    slash.REQUEST: _request,
    permits.OPEN: _open,
    permits.ALLOW: _allow,
    **digest_presses.PRESSES,
    **alert_presses.PRESSES,
    **imports_presses.PRESSES,
}
PATTERN = rf"^({'|'.join(PRESSES)})(-\d+)?$"
"""Buttons of one kind in one message are numbered."""
