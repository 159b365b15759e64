"""Where a digest goes, who may decide that, and who would read along."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.access import permission, person_called
from bot.digests.admission import ObjectionError, Readers, readers_of
from bot.digests.words import USAGE
from bot.posting.outlets import PostError
from bot.replies import dm_of
from kpi.errors import Mistake
from kpi.storage.schedules import Schedule, schedule_called

if TYPE_CHECKING:
    from bot.access import Permission
    from bot.digests.words import DigestOrder
    from bot.parts import Parts, Place


@dataclass(frozen=True, slots=True)
class Target:
    """Where a digest goes, and what the person who asks may do there."""

    channel: str
    person: str
    permitted: Permission

    @property
    def may_have(self) -> bool:
        """Tell whether the person may have digests there: members of an opened channel, admins, and for themselves."""
        own = self.person == self.permitted.person.id and self.permitted.may_ask
        return own or self.permitted.may_arrange

    def require_may_have(self) -> None:
        """Raise a Mistake where the person may not have digests there."""
        if not self.may_have:
            raise Mistake(
                "Digests are set up where figures are open to you.",
                "A workspace admin can type /kpi open here in the channel.",
            )


def target_of(parts: Parts, place: Place, order: DigestOrder) -> Target:
    """Return where the digest goes: here, to the person who asks, to another one, or to another channel."""
    own = dm_of(parts, place.user) if order.person or place.channel.startswith("D") else ""
    person = place.user if order.person == "me" or (not order.person and place.channel == own) else order.person
    if not person:
        channel = order.channel or place.channel
        if channel.startswith("D"):
            raise Mistake("I cannot post into a conversation of yours.", "Try /kpi digest on … to me.")
        return Target(channel, "", permission_in(parts, place.user, channel))
    if person != place.user and person_called(parts.client, person, parts.team).is_outsider:
        raise Mistake("That person is a guest or from another organisation, so figures stay closed to them.")
    channel = own if person == place.user else dm_of(parts, person)
    if not channel:
        raise Mistake("I cannot write to that person.", "The app needs the scope im:write; an admin can grant it.")
    return Target(channel, person, permission_in(parts, place.user, place.channel if order.person else channel))


def permission_in(parts: Parts, user: str, channel: str) -> Permission:
    """Return what somebody may do in a channel now."""
    return permission(parts.client, parts.database, parts.settings, parts.workspace, user, parts.team, channel)


def readers_in(parts: Parts, channel: str) -> Readers:
    """Look who reads along in a channel; raise a Mistake where nothing can be posted."""
    try:
        return readers_of(parts, channel)
    except (ObjectionError, PostError) as error:
        raise Mistake("I cannot post there.", "Type /invite @kpi in that channel first, then try again.") from error


def manageable(parts: Parts, user: str, called: str) -> Schedule:
    """Return a schedule that somebody answers for, or may change where it goes; raise a Mistake otherwise."""
    with parts.database.reading(parts.workspace) as db:
        schedule = schedule_called(db, called)
    if schedule is None:
        raise Mistake("That digest is gone.", USAGE)
    target = Target(schedule.channel, schedule.person, permission_in(parts, user, schedule.channel))
    if not target.may_have and not (schedule.owner == user and target.permitted.may_ask):
        raise Mistake("Only people to whom figures are open there can decide about it.")
    return schedule
