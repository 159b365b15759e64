"""Who may ask, and who may change things; looked up in Slack at every answer and every press."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from slack_sdk.errors import SlackApiError

from kpi.errors import Mistake
from kpi.storage.access import EXPOSURES, is_allowed, opened_as

if TYPE_CHECKING:
    from slack_sdk import WebClient

    from bot.settings import Settings
    from kpi.storage.database import Database


log = logging.getLogger(__name__)


class Refused(Mistake):
    """You cannot see campaign figures here."""


class Rights(StrEnum):
    """What somebody may do in a place."""

    NOTHING = "nothing"
    ASK = "ask"
    EVERYTHING = "everything"


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody in Slack, as Slack describes them now."""

    id: str
    name: str
    is_admin: bool
    is_outsider: bool
    """A guest, a bot, somebody from another organisation, or somebody who has left."""
    is_guest: bool = False
    """A guest, or somebody from another organisation, who can read along."""


@dataclass(frozen=True, slots=True)
class Permission:
    """What a person may do in a channel, and whether answers there are for everybody present."""

    person: Person
    rights: Rights
    is_open: bool

    @property
    def may_ask(self) -> bool:
        """Tell whether figures may be shown to the person."""
        return self.rights is not Rights.NOTHING

    @property
    def may_arrange(self) -> bool:
        """Tell whether the person may set up digests and notes there: members of an opened channel, and admins."""
        return self.may_change or (self.is_open and self.may_ask)

    @property
    def may_change(self) -> bool:
        """Tell whether the person may open channels and allow people."""
        return self.rights is Rights.EVERYTHING


def permission(
    client: WebClient, database: Database, settings: Settings, workspace: str, user: str, team: str, channel: str
) -> Permission:
    """Return what a person may do in a channel now."""
    person = person_called(client, user, team)
    with database.reading(workspace) as db:
        exposure, allowed = opened_as(db, channel), is_allowed(db, user)
    opened = exposure is not None and not _is_wider(client, channel, exposure)
    return Permission(person, _rights(person, settings, opened=opened, allowed=allowed), opened)


def person_called(client: WebClient, user: str, team: str) -> Person:
    """Look a person up; raise Refused where Slack does not let the bot see who they are."""
    try:
        told: dict[str, Any] = client.users_info(user=user)["user"]
    except SlackApiError as error:
        reason = error.response.get("error", "")
        hint = f"Slack answered '{reason}'."
        if reason == "missing_scope":
            hint = "The app needs the scope users:read; a workspace admin grants it by installing the app again."
        raise Refused("I cannot see who you are, so I show no figures.", hint) from error
    elsewhere = bool(team) and told.get("team_id") not in (None, team)
    guest = elsewhere or any(told.get(sign) for sign in ("is_restricted", "is_ultra_restricted", "is_stranger"))
    reads = not told.get("is_bot") and not told.get("deleted")
    profile = told.get("profile", {})
    name = profile.get("display_name") or told.get("real_name") or told.get("name") or user
    admin = bool(told.get("is_admin") or told.get("is_owner"))
    return Person(user, name, admin, guest or not reads, guest and reads)


def exposure_of(told: dict[str, Any]) -> str:
    """Return who can read along in a channel, as Slack describes it."""
    return "shared" if told.get("is_ext_shared") else "private" if told.get("is_private") else "public"


def _is_wider(client: WebClient, channel: str, exposure: str) -> bool:
    """Tell whether more people can read along in a channel than when it was opened; it then counts as closed."""
    try:
        told: dict[str, Any] = client.conversations_info(channel=channel)["channel"]
    except SlackApiError as error:
        log.warning("cannot see who reads along in %s: %s", channel, error.response.get("error"))
        return False
    return EXPOSURES.index(exposure_of(told)) > EXPOSURES.index(exposure)


def _rights(person: Person, settings: Settings, *, opened: bool, allowed: bool) -> Rights:
    if person.is_outsider:
        return Rights.NOTHING
    if person.is_admin or person.id in settings.admins:
        return Rights.EVERYTHING
    if opened or allowed or settings.kpi_askers == "everyone":
        return Rights.ASK
    return Rights.NOTHING
