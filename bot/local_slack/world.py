"""The little world of the local Slack: one team, four people, four channels and the bot."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

TEAM = "T0LOCAL01"
OTHER_TEAM = "T0OTHER01"
TEAM_NAME = "Local team"
TEAM_DOMAIN = "local"

BOT_USER = "U0KPIBOT1"
BOT = "B0KPIBOT1"
APP = "A0KPIBOT1"
BOT_NAME = "kpi"
SLACK_ITSELF = "USLACKBOT"

TIME_ZONE = "Europe/Madrid"
CREATED = 1_767_225_600

SCOPES = frozenset(
    {
        *("commands", "chat:write", "files:read", "files:write", "users:read", "app_mentions:read"),
        *("channels:read", "channels:join", "channels:history", "groups:read", "groups:history"),
        *("im:read", "im:write", "im:history", "mpim:read"),
    }
)


@dataclass(slots=True)
class Person:
    """Somebody who can look at the page, type a command and press a button."""

    id: str
    name: str
    real_name: str
    is_admin: bool = False
    is_restricted: bool = False
    is_stranger: bool = False
    is_bot: bool = False
    deleted: bool = False
    locale: str = "en-US"

    @property
    def team(self) -> str:
        """The team this person belongs to."""
        return OTHER_TEAM if self.is_stranger else TEAM

    def as_slack_says(self) -> dict[str, Any]:
        """Build the user object of ``users.info``."""
        return {
            "id": self.id,
            "team_id": self.team,
            "name": self.name,
            "real_name": self.real_name,
            "deleted": self.deleted,
            "tz": TIME_ZONE,
            "locale": self.locale,
            "profile": {"real_name": self.real_name, "display_name": self.name, "team": self.team},
            "is_admin": self.is_admin,
            "is_owner": self.is_admin,
            "is_primary_owner": False,
            "is_restricted": self.is_restricted,
            "is_ultra_restricted": False,
            "is_stranger": self.is_stranger,
            "is_bot": self.is_bot,
            "is_app_user": False,
            "updated": CREATED,
        }


@dataclass(slots=True)
class Channel:
    """A channel, or the direct messages of one person with the bot."""

    id: str
    name: str
    members: list[str] = field(default_factory=list)
    is_private: bool = False
    is_ext_shared: bool = False
    is_archived: bool = False
    with_person: str = ""

    @property
    def is_im(self) -> bool:
        """Whether these are direct messages."""
        return bool(self.with_person)

    @property
    def name_in_commands(self) -> str:
        """What a slash command calls this place."""
        return "directmessage" if self.is_im else "privategroup" if self.is_private else self.name

    def as_slack_says(self) -> dict[str, Any]:
        """Build the channel object of ``conversations.info``."""
        shared = {
            "id": self.id,
            "created": CREATED,
            "is_im": self.is_im,
            "is_mpim": False,
            "is_archived": self.is_archived,
            "is_org_shared": False,
            "context_team_id": TEAM,
        }
        if self.is_im:
            return {**shared, "user": self.with_person, "is_channel": False, "is_group": False, "is_private": True}
        return {
            **shared,
            "name": self.name,
            "name_normalized": self.name,
            "is_channel": not self.is_private,
            "is_group": self.is_private,
            "is_private": self.is_private,
            "is_ext_shared": self.is_ext_shared,
            "is_shared": self.is_ext_shared,
            "is_general": self.name == "general",
            "is_member": BOT_USER in self.members,
            "num_members": len(self.members),
            "topic": {"value": "", "creator": "", "last_set": 0},
            "purpose": {"value": "", "creator": "", "last_set": 0},
        }


PEOPLE = (
    Person("U0ADA00001", "ada", "Ada Rivera", is_admin=True),
    Person("U0BEN00001", "ben", "Ben Okafor"),
    Person("U0GUS00001", "gus", "Gus Lind", is_restricted=True),
    Person("U0EVE00001", "eve", "Eve Tan", is_stranger=True),
    Person(BOT_USER, BOT_NAME, "KPI", is_bot=True),
)
ADA, BEN, GUS, EVE = (person.id for person in PEOPLE[:4])

CHANNELS = (
    Channel("C0MARKET01", "marketing", [ADA, BEN, BOT_USER]),
    Channel("C0GENERAL1", "general", [ADA, BEN, GUS]),
    Channel("C0PRIVATE1", "leadership", [ADA, BOT_USER], is_private=True),
    Channel("C0SHARED01", "agency-shared", [ADA, EVE, BOT_USER], is_ext_shared=True),
)


class World:
    """The people and channels of one server; a test may change them."""

    def __init__(self) -> None:
        self.people = {person.id: replace(person) for person in PEOPLE}
        self.channels = {channel.id: replace(channel, members=[*channel.members]) for channel in CHANNELS}
        for person in PEOPLE[:4]:
            self.channels[f"D{person.id[1:]}"] = direct_messages(person)

    def person(self, called: str) -> Person:
        """Find somebody by name or id."""
        for person in self.people.values():
            if called in {person.id, person.name}:
                return person
        raise LookupError(f"nobody here is called {called!r}")

    def channel(self, called: str) -> Channel:
        """Find a channel by name or id; the name of a person means the direct messages with the bot."""
        people = {person.name: person.id for person in self.people.values()}
        wanted = {called.removeprefix("#"), people.get(called.removeprefix("@"), called)}
        for channel in self.channels.values():
            if wanted & {channel.id, channel.name, channel.with_person} - {""}:
                return channel
        raise LookupError(f"no channel here is called {called!r}")

    def seen_by(self, person: Person) -> list[Channel]:
        """List the channels in somebody's sidebar, direct messages last."""
        return [channel for channel in self.channels.values() if person.id in channel.members]


def direct_messages(person: Person) -> Channel:
    """Make the direct messages of one person with the bot."""
    return Channel(f"D{person.id[1:]}", "", [person.id, BOT_USER], is_private=True, with_person=person.id)
