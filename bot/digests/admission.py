"""Whether a digest may go out now: who answers for it, who reads along, and whether they may see figures."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from slack_sdk.errors import SlackApiError

from bot.access import Person, Refused, exposure_of, permission, person_called
from bot.posting.outlets import PostError, called
from kpi.storage.access import EXPOSURES

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bot.parts import Parts
    from kpi.storage.schedules import Schedule

MOST_LOOKED_AT = 60
"""Members of a channel that are looked up one by one for guests."""
GONE = frozenset({"user_not_found", "users_not_found", "user_not_visible"})
CLOSED = frozenset({"channel_not_found", "not_in_channel", "is_archived", "method_not_supported_for_channel_type"})
"""Slack's words for a channel into which the bot cannot write, and will not be able to by itself."""
BLIND = "missing_scope"


class ObjectionError(Exception):
    """The digest must not go out; the sentence says why, to the person who answers for it."""

    def __init__(self, said: str, *, can_be_confirmed: bool) -> None:
        self.can_be_confirmed = can_be_confirmed
        super().__init__(said)


@dataclass(frozen=True, slots=True)
class Readers:
    """Who can read along in a channel."""

    exposure: str
    guests: bool = False

    def are_more_than(self, exposure: str, *, guests: bool) -> bool:
        """Tell whether more people read along than were named before."""
        return EXPOSURES.index(self.exposure) > EXPOSURES.index(exposure) or (self.guests and not guests)


def readers_of(parts: Parts, channel: str) -> Readers:
    """Look who reads along; raise PostError where Slack does not say, ObjectionError where nothing can be posted."""
    try:
        told: dict[str, Any] = called(parts.client.conversations_info, channel=channel)["channel"]
        if told.get("is_archived"):
            raise ObjectionError("The channel is archived.", can_be_confirmed=False)
        if told.get("is_im"):
            return Readers("private")
        if not told.get("is_member", True):
            raise ObjectionError("I am no longer in the channel.", can_be_confirmed=False)
        members = called(parts.client.conversations_members, channel=channel, limit=MOST_LOOKED_AT)["members"]
    except PostError as error:
        if error.code in CLOSED:
            raise ObjectionError("I am no longer in the channel.", can_be_confirmed=False) from error
        if error.code == BLIND:
            return Readers("private")  # as everywhere: who cannot look takes the word of those who opened it
        raise
    return Readers(exposure_of(told), _any_guest(parts, members))


def answering(parts: Parts, schedule: Schedule) -> Person | None:
    """Return the person who answers for a digest: its owner, or whoever takes over; None where nobody is left."""
    owner = _present(parts, schedule.owner)
    if owner:
        return owner
    others = [schedule.person] if schedule.person else _members(parts, schedule.channel)
    found = [person for one in others if one != parts.bot_user and (person := _present(parts, one))]
    return next((person for person in found if person.is_admin), next(iter(found), None))


def require_admitted(parts: Parts, schedule: Schedule) -> None:
    """Raise ObjectionError unless the digest may be posted where it was asked for."""
    if schedule.person and not _present(parts, schedule.person):
        raise ObjectionError("The person it went to has left, or is a guest now.", can_be_confirmed=False)
    readers = readers_of(parts, schedule.channel)
    if readers.are_more_than(schedule.exposure, guests=schedule.guests):
        raise ObjectionError(_more(readers), can_be_confirmed=True)
    rights = permission(
        parts.client, parts.database, parts.settings, parts.workspace, schedule.owner, parts.team, schedule.channel
    )
    if not rights.may_ask:
        raise ObjectionError("The channel is not open for campaign figures any more.", can_be_confirmed=True)


def _more(readers: Readers) -> str:
    if readers.exposure == "shared":
        return "The channel is now shared with another organisation."
    return "There are guests in the channel now." if readers.guests else "The channel is public now."


def _present(parts: Parts, user: str) -> Person | None:
    """Return somebody who is still there and may see figures."""
    person = _person(parts, user)
    return None if person is None or person.is_outsider else person


def _person(parts: Parts, user: str) -> Person | None:
    """Look somebody up, None where nobody has that id; raise PostError where Slack does not say."""
    try:
        return person_called(parts.client, user, parts.team)
    except Refused as refused:
        error = refused.__cause__
        code = str(error.response.get("error")) if isinstance(error, SlackApiError) else ""
        if code in GONE:
            return None
        raise PostError(code or "unknown") from refused


def _members(parts: Parts, channel: str) -> list[str]:
    try:
        found: list[str] = called(parts.client.conversations_members, channel=channel, limit=MOST_LOOKED_AT)["members"]
    except PostError as error:
        if error.code in CLOSED | {BLIND}:
            return []
        raise
    return found


def _any_guest(parts: Parts, members: Iterable[str]) -> bool:
    return any((person := _person(parts, one)) and person.is_guest for one in members if one != parts.bot_user)
