"""Presses of the buttons of an alert; the rights of the person are looked up at every one."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from functools import partial
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from bot import slash
from bot.access import person_called
from bot.alerts import command as alert_command
from bot.alerts.command import CHANGE, SAVE, START, require_rights, written
from bot.alerts.form import (
    DAY,
    RULE,
    WHAT,
    open_form,
    open_ours,
    open_until,
    rule_form,
    sentences,
)
from bot.alerts.kind import ACK, MUTE, SNOOZE, WHY
from bot.alerts.kind import EDIT as EDIT_RULE
from bot.alerts.kind import OURS as IT_WAS_US
from bot.alerts.kind import UNTIL as SNOOZE_UNTIL
from bot.alerts.round import AWAKE, line, refresh
from bot.modals import entered, kept, refuse
from bot.parts import Place
from bot.replies import outlets, words
from kpi.alerts import commands
from kpi.alerts.commands import asking_now
from kpi.alerts.states import acknowledged, muted, snoozed
from kpi.errors import Mistake
from kpi.notes import DayNote
from kpi.periods import DAY as ONE_DAY
from kpi.reading.note_words import name_of
from kpi.reading.vocabulary import quoted
from kpi.storage.alerts.states import KeptAlert, alerts, keep_alerts
from kpi.storage.notes import keep_note

if TYPE_CHECKING:
    from collections.abc import Callable

    from slack_bolt import Ack

    from bot.parts import Parts
    from kpi.question import Asking
    from kpi.report import Report

GONE = "That alert is not there any more."


def _save(parts: Parts, place: Place, value: str, _container: dict[str, Any]) -> None:
    channel, _, text = value.partition(" ")
    _require_here(parts, place, channel)
    _answer(parts, place, alert_command.kept(parts, text, channel, place.user))


def _change(parts: Parts, place: Place, value: str, _container: dict[str, Any]) -> None:
    _require_here(parts, place, place.channel)
    called, _, text = value.partition(" ")
    _answer(parts, place, alert_command.changed(parts, called, text))


def _start(parts: Parts, place: Place, value: str, _container: dict[str, Any]) -> None:
    _require_here(parts, place, value)
    _answer(parts, place, alert_command.started(parts, value, place.user))


def _acknowledge(parts: Parts, place: Place, value: str, _container: dict[str, Any]) -> None:
    _turn(
        parts, place, value, lambda one: replace(one, alert=acknowledged(one.alert, place.user)), "has acknowledged it"
    )


def _snooze(parts: Parts, place: Place, value: str, _container: dict[str, Any]) -> None:
    which, _, days = value.rpartition(" ")
    _snooze_for(parts, place, which, parts.now() + int(days) * ONE_DAY)


def _snooze_for(parts: Parts, place: Place, value: str, until: datetime) -> None:
    with parts.database.reading(parts.workspace) as db:
        shown = asking_now(db, parts.now()).words.moment(until)
    _turn(
        parts, place, value, lambda one: replace(one, alert=snoozed(one.alert, until)), f"has snoozed it until {shown}"
    )


def _mute(parts: Parts, place: Place, value: str, _container: dict[str, Any]) -> None:
    _turn(
        parts, place, value, lambda one: replace(one, alert=muted(one.alert, on=not one.alert.muted)),
        "has muted it, or let it speak again",
    )  # fmt: skip


def _why(parts: Parts, place: Place, value: str, _container: dict[str, Any]) -> None:
    campaign = value.partition(" ")[2]
    slash.answer(parts, place, f"why {quoted(campaign)}" if campaign else "why cost")


def _until(parts: Parts, place: Place, value: str, _container: dict[str, Any]) -> None:
    _require_here(parts, place, place.channel)
    open_until(parts, place, value)


def _ours(parts: Parts, place: Place, value: str, _container: dict[str, Any]) -> None:
    _require_here(parts, place, place.channel)
    open_ours(parts, place, value)


def _edit(parts: Parts, place: Place, value: str, _container: dict[str, Any]) -> None:
    _require_here(parts, place, place.channel)
    open_form(parts, place, value.partition(" ")[0])


def on_edited(parts: Parts, ack: Ack, body: dict[str, Any]) -> None:
    """Show what a new rule would have done; save one that was shown."""
    view = body["view"]
    keeps, text, place = kept(view), entered(view)[RULE], _place(body)
    if text != keeps["tried"]:
        try:
            with parts.database.reading(parts.workspace) as db:
                told = sentences(commands.tried(asking_now(db, parts.now()), text)[1])
        except Mistake as mistake:
            refuse(ack, {RULE: f"{mistake.message} {mistake.hint}".strip()[:150]})
            return
        ack(response_action="update", view=rule_form(text, told, {**keeps, "tried": text}))
        return
    ack()
    slash.safely(parts, place, lambda: _change(parts, place, f"{keeps['called']} {text}", {}))


def on_until(parts: Parts, ack: Ack, body: dict[str, Any]) -> None:
    """Snooze until the morning of a day."""
    told, place = entered(body["view"])[DAY], _place(body)
    with parts.database.reading(parts.workspace) as db:
        asking = asking_now(db, parts.now())
        zone, today = ZoneInfo(asking.words.timezone), asking.today
    day = date.fromisoformat(told)
    if day <= today:
        refuse(ack, {DAY: "Choose a day to come."})
        return
    ack()
    until = datetime.combine(day, AWAKE[0], zone)
    slash.safely(parts, place, lambda: _snooze_for(parts, place, kept(body["view"])["value"], until))


def on_ours(parts: Parts, ack: Ack, body: dict[str, Any]) -> None:
    """Note what we did ourselves on the days of an alert, and acknowledge it."""
    what, place, value = entered(body["view"])[WHAT], _place(body), kept(body["view"])["value"]
    try:
        name_of(what)
    except Mistake as mistake:
        refuse(ack, {WHAT: mistake.message})
        return
    ack()
    work = partial(_acked, by=place.user)
    slash.safely(parts, place, lambda: _turn(parts, place, value, work, f"says it was us: {what}", noted=what))


def _acked(one: KeptAlert, by: str) -> KeptAlert:
    return replace(one, alert=acknowledged(one.alert, by))


def _turn(
    parts: Parts, place: Place, value: str, work: Callable[[KeptAlert], KeptAlert], said: str, noted: str = ""
) -> None:
    """Change an alert, tell it in its thread, and bring its message up to date."""
    rule, _, campaign = value.partition(" ")
    name = person_called(parts.client, place.user, parts.team).name

    def turned(asking: Asking) -> None:
        one = alerts(asking.db, rule).get((rule, campaign))
        if one is None:
            raise Mistake(GONE)
        _require_there(parts, place, asking, rule)
        new = work(one)
        if new != one or noted:
            keep_alerts(asking.db, [new])
            line(asking.db, asking, new, f"{name} {said}.")
        if noted:
            _note(asking, new, noted, place.user)

    written(parts, turned)
    refresh(parts)


def _note(asking: Asking, one: KeptAlert, what: str, by: str) -> None:
    start = one.alert.fired_on or asking.today
    end = max(one.alert.last or start, start) + ONE_DAY
    keep_note(asking.db, DayNote(name_of(what), start, end, leave_out=True, by=by), asking.now)


def _require_there(parts: Parts, place: Place, asking: Asking, rule: str) -> None:
    channel = commands.the_rule(asking, rule).channel
    require_rights(slash.permission_at(parts, replace(place, channel=channel)), arranges=True)


def _require_here(parts: Parts, place: Place, channel: str) -> None:
    require_rights(slash.permission_at(parts, replace(place, channel=channel)), arranges=True)


def _answer(parts: Parts, place: Place, report: Report) -> None:
    words(parts, outlets(parts, place, slash.permission_at(parts, place)), report)


def _place(body: dict[str, Any]) -> Place:
    return Place(kept(body["view"])["in"], body["user"]["id"])


PRESSES: dict[str, Callable[[Parts, Place, str, dict[str, Any]], None]] = {
    SAVE: _save,
    CHANGE: _change,
    START: _start,
    ACK: _acknowledge,
    SNOOZE: _snooze,
    SNOOZE_UNTIL: _until,
    WHY: _why,
    IT_WAS_US: _ours,
    EDIT_RULE: _edit,
    MUTE: _mute,
}
