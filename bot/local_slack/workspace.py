"""The state of the local Slack: who is there, what was said, what is allowed and what shall go wrong."""

from __future__ import annotations

import secrets
from collections import defaultdict
from typing import TYPE_CHECKING

from bot.local_slack.clock import Clock
from bot.local_slack.faults import Faults, Pace
from bot.local_slack.journal import Journal
from bot.local_slack.records import Call, File, Message, Receipt, Version, View
from bot.local_slack.sockets import Sockets
from bot.local_slack.world import APP, BOT_USER, SCOPES, SLACK_ITSELF, Person, World

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from bot.local_slack.hooks import Hook
    from bot.local_slack.triggers import Trigger


class Workspace:
    """Everything that one local Slack knows; every change of it goes through the journal."""

    def __init__(self, token: str | None = None, signing_secret: str | None = None, file_delay: float = 0.0) -> None:
        self.token = token or f"xoxb-local-{secrets.token_hex(12)}"
        self.signing_secret = signing_secret or secrets.token_hex(16)
        self.app_token = f"xapp-1-{APP}-1-{secrets.token_hex(16)}"
        self.app_scopes = {"connections:write"}
        self.socket_mode = False
        """Whether what happens goes over the bot's own connections rather than to ``events_url``."""
        self.sockets = Sockets()
        self.file_delay = file_delay
        self.hints: tuple[str, ...] = ()
        self.errands: dict[str, Callable[[], object]] = {}
        """What the page offers beside Slack: buttons of the try-out, by their labels."""
        self.url = ""
        self.events_url = ""
        self.world = World()
        self.clock = Clock()
        self.faults = Faults()
        self.pace = Pace()
        self.journal = Journal()
        self.scopes = set(SCOPES)
        self.not_rolled_out: set[str] = set()
        self.all_messages: list[Message] = []
        self.calls: list[Call] = []
        self.receipts: list[Receipt] = []
        self.warnings: list[str] = []
        self.files: dict[str, File] = {}
        self.views: dict[str, View] = {}
        self.homes: dict[str, View] = {}
        self.hooks: dict[str, Hook] = {}
        self.triggers: dict[str, Trigger] = {}
        self._counts: dict[str, int] = defaultdict(int)

    @property
    def refuses_tables(self) -> bool:
        """Whether this workspace has no table blocks yet."""
        return "table" in self.not_rolled_out

    @refuses_tables.setter
    def refuses_tables(self, refuses: bool) -> None:
        (self.not_rolled_out.add if refuses else self.not_rolled_out.discard)("table")

    def new_id(self, letter: str) -> str:
        """Make an id that looks like Slack's: a letter and ten digits and capitals."""
        with self.journal.condition:
            self._counts[letter] += 1
            return f"{letter}0LOCAL{self._counts[letter]:05d}"

    def say(self, message: Message) -> Message:
        """Add a message to its channel."""
        with self.journal.condition:
            self.all_messages.append(message)
            self.journal.write("message", message, message.ephemeral_for)
        return message

    def edit(self, message: Message, text: str, blocks: list[dict[str, Any]]) -> None:
        """Replace what a message says, and keep what it said before."""
        with self.journal.condition:
            message.edits.append(Version(message.text, message.blocks))
            message.text, message.blocks = text, blocks
            message.edited_at = self.clock.stamp()
            self.journal.write("message", message, message.ephemeral_for)

    def delete(self, message: Message) -> None:
        """Take a message away."""
        with self.journal.condition:
            message.deleted = True
            self.journal.write("message", message, message.ephemeral_for)

    def message_at(self, channel: str, ts: str) -> Message | None:
        """Find the ordinary message with that time in that channel."""
        with self.journal.condition:
            return next((m for m in self.messages_in(channel) if m.ts == ts and not m.ephemeral_for), None)

    def messages_in(self, channel: str) -> list[Message]:
        """Every message of a channel that is still there, in order, private ones too."""
        with self.journal.condition:
            return [message for message in self.all_messages if message.channel == channel and not message.deleted]

    def warn(self, what: str) -> None:
        """Note something that Slack accepts and its users suffer from."""
        with self.journal.condition:
            self.warnings.append(what)
            self.journal.write("warning", what)

    def tell(self, person: Person, channel: str, text: str) -> Message:
        """Say something to one person in Slack's own name, as its Slackbot does."""
        return self.say(Message(channel, self.clock.stamp(), text, user=SLACK_ITSELF, ephemeral_for=person.id))

    def stack_of(self, user: str) -> list[View]:
        """List the modals that somebody has open, the topmost last."""
        with self.journal.condition:
            return [view for view in self.views.values() if view.user == user and not view.closed]

    def bot_is_in(self, channel: str) -> bool:
        """Whether the bot is a member there."""
        return BOT_USER in self.world.channels[channel].members
