"""``/kpi open here``, ``close here``, ``allow @person``: who may see figures, changed by those who may change it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from slack_sdk.errors import SlackApiError

from bot.access import exposure_of, person_called
from bot.blocks import Control
from bot.posting.outlets import Channel
from bot.replies import dm_of, plain, privately, words
from kpi.errors import Mistake
from kpi.storage import access
from kpi.storage.workspaces import team

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date, datetime

    from bot.access import Permission
    from bot.parts import Parts, Place
    from kpi.report import Report

OPEN = "open"
ALLOW = "allow"
MOST_LOOKED_AT = 60
"""Members of a channel that are looked up one by one for guests."""
MOST_TOLD = 3
"""Admins that are told of a request."""


@dataclass(frozen=True, slots=True)
class Order:
    """A change of permissions in words: what, and for whom."""

    verb: str
    person: str = ""


def order_of(text: str) -> Order | None:
    """Return the change that a text asks for, or None where it asks something else."""
    said = " ".join(text.split())
    if re.fullmatch(r"(open|close) here", said, re.IGNORECASE):
        return Order(said.split()[0].lower())
    if match := re.fullmatch(r"(allow|disallow) <@([A-Z0-9]+)(?:\|[^>]*)?>", said, re.IGNORECASE):
        return Order(match[1].lower(), match[2])
    if re.fullmatch(r"(allow|disallow)\b.*", said, re.IGNORECASE):
        raise Mistake("I could not see whom you mean.", "Pick the person from the list that opens after typing @.")
    return None


def obey(parts: Parts, place: Place, permitted: Permission, order: Order) -> None:
    """Carry out a change, if the person may; opening a channel that strangers can read is asked back first."""
    if not permitted.may_change:
        raise Mistake("Only a workspace admin can change who sees figures.", "Ask one of them to type this here.")
    reply = {"open": _asked_to_open, "close": _close, "allow": _allow, "disallow": _disallow}[order.verb]
    report, controls = reply(parts, place, order)
    words(parts, privately(parts, place), report, controls)


def open_now(parts: Parts, place: Place) -> Report:
    """Open the channel."""
    now, exposure = parts.now(), _exposure(parts, place.channel)
    _write(parts, lambda db: access.open_channel(db, place.channel, place.user, now, exposure))
    return plain("Everybody here can now ask, and answers are for everybody here.", "/kpi close here takes that back.")


def allow_now(parts: Parts, person: str, by: str) -> None:
    """Let a person ask anywhere; guests and strangers are refused."""
    asker = person_called(parts.client, person, parts.team)
    if asker.is_outsider:
        raise Mistake(f"{asker.name} is a guest or from another organisation, so figures stay closed to them.")
    now = parts.now()
    _write(parts, lambda db: access.allow(db, person, by, now))


def ask_admins(parts: Parts, place: Place, channel: str) -> Report:
    """Tell some admins that somebody asks for access; return what the person is told."""
    asker = person_called(parts.client, place.user, parts.team)
    if asker.is_outsider:
        raise Mistake("Figures are closed to guests and to other organisations.")
    day = today(parts, parts.now())
    if not _write(parts, lambda db: access.begin_request(db, place.user, day)):
        return plain("I have asked today already.", "You will hear from me when an admin allows it.")
    said = plain(
        f"{asker.name} asks to see campaign figures (in {_name(parts, channel)}).", "Nothing was shown to them."
    )
    told = 0
    for admin in _admins(parts):
        if dm := dm_of(parts, admin):
            button = Control(ALLOW, f"Allow {asker.name}", place.user)
            told += words(parts, (Channel(parts.client, dm),), said, (button,)) is not None
    if not told:
        _write(parts, lambda db: access.forget_request(db, place.user))
        return plain("I could not reach an admin.", "Ask a workspace admin to type /kpi allow @you.")
    return plain("I have asked. You will hear from me when an admin allows it.")


def audience(parts: Parts, channel: str) -> str:
    """Say who will see what is posted in a channel."""
    try:
        told: dict[str, Any] = parts.client.conversations_info(channel=channel, include_num_members=True)["channel"]
    except SlackApiError:
        return "everybody in this conversation"
    if told.get("is_im") or told.get("is_mpim"):
        return "everybody in this conversation"
    name, members = told.get("name", "this channel"), told.get("num_members")
    count = f"the {members} members of " if members else "everybody in "
    if told.get("is_ext_shared"):
        return f"{count}#{name}, people of other organisations included"
    return f"{count}#{name}" + ("" if told.get("is_private") else ", which everybody in the workspace can join")


def today(parts: Parts, now: datetime) -> date:
    """Return the team's day."""
    with parts.database.reading(parts.workspace) as db:
        return team(db).day(now)


def _asked_to_open(parts: Parts, place: Place, _order: Order) -> tuple[Report, tuple[Control, ...]]:
    warnings = _warnings(parts, place.channel)
    if not warnings:
        return open_now(parts, place), ()
    question = f"Answers here will be seen by {audience(parts, place.channel)}."
    return plain(question, " ".join(warnings)), (Control(OPEN, "Open it all the same", place.channel, style="danger"),)


def _warnings(parts: Parts, channel: str) -> list[str]:
    try:
        told: dict[str, Any] = parts.client.conversations_info(channel=channel)["channel"]
        listed = parts.client.conversations_members(channel=channel, limit=MOST_LOOKED_AT)
        members = listed["members"]
    except SlackApiError as error:
        raise Mistake(
            "I am not in this channel, so I cannot see who would read along.",
            "Type /invite @kpi first, then try again.",
        ) from error
    warnings = []
    if told.get("is_ext_shared"):
        warnings.append("The channel is shared with another organisation.")
    if not told.get("is_private"):
        warnings.append("The channel is public: everybody in the workspace can join and read back.")
    if (listed.get("response_metadata") or {}).get("next_cursor"):
        warnings.append(f"I have looked at {MOST_LOOKED_AT} members only; there may be guests among the others.")
    if any(person_called(parts.client, one, parts.team).is_outsider for one in members if one != parts.bot_user):
        warnings.append("There are guests or strangers in it.")
    return warnings


def _exposure(parts: Parts, channel: str) -> str:
    try:
        told: dict[str, Any] = parts.client.conversations_info(channel=channel)["channel"]
    except SlackApiError as error:
        raise Mistake("I cannot see who reads along here.", "Type /invite @kpi first, then try again.") from error
    return exposure_of(told)


def _close(parts: Parts, place: Place, _order: Order) -> tuple[Report, tuple[Control, ...]]:
    was_open = _write(parts, lambda db: access.close_channel(db, place.channel))
    said = "Closed: answers here are private again." if was_open else "This channel was not open."
    return plain(said), ()


def _allow(parts: Parts, place: Place, order: Order) -> tuple[Report, tuple[Control, ...]]:
    allow_now(parts, order.person, place.user)
    name = person_called(parts.client, order.person, parts.team).name
    return plain(f"{name} can now ask anywhere; answers are private.", "/kpi disallow @person takes that back."), ()


def _disallow(parts: Parts, _place: Place, order: Order) -> tuple[Report, tuple[Control, ...]]:
    was_allowed = _write(parts, lambda db: access.disallow(db, order.person))
    name = person_called(parts.client, order.person, parts.team).name
    return plain(f"{name} can no longer ask everywhere." if was_allowed else f"{name} was not allowed before."), ()


def _admins(parts: Parts) -> list[str]:
    if parts.settings.admins:
        return sorted(parts.settings.admins)[:MOST_TOLD]
    try:
        people: list[dict[str, Any]] = parts.client.users_list(limit=200)["members"]
    except SlackApiError:
        return []
    return [one["id"] for one in people if one.get("is_admin") and not one.get("deleted")][:MOST_TOLD]


def _name(parts: Parts, channel: str) -> str:
    try:
        name = parts.client.conversations_info(channel=channel)["channel"].get("name")
    except SlackApiError:
        name = None
    return f"#{name}" if name else "a direct message"


def _write(parts: Parts, work: Callable[[Any], Any]) -> Any:  # noqa: ANN401  whatever the work returns
    return parts.database.written(parts.workspace, work)
