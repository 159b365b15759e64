"""What the local Slack remembers of messages, calls, files, views and deliveries."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

from bot.local_slack import world


@dataclass(slots=True)
class Version:
    """How a message read before it was edited."""

    text: str
    blocks: list[dict[str, Any]]


@dataclass(slots=True, eq=False)
class Message:
    """One message; it changes in place when it is edited or deleted."""

    channel: str
    ts: str
    text: str
    blocks: list[dict[str, Any]] = field(default_factory=list)
    user: str = world.BOT_USER
    ephemeral_for: str = ""
    thread_ts: str = ""
    metadata: dict[str, Any] | None = None
    files: list[str] = field(default_factory=list)
    """The files that it shows because it links to them."""
    edits: list[Version] = field(default_factory=list)
    edited_at: str = ""
    deleted: bool = False

    @property
    def bot(self) -> bool:
        """Whether the bot wrote it."""
        return self.user == world.BOT_USER

    @property
    def parent_ts(self) -> str:
        """The message it answers in a thread, or nothing."""
        return self.thread_ts if self.thread_ts != self.ts else ""

    def as_slack_says(self) -> dict[str, Any]:
        """Build the message object of the Web API."""
        said: dict[str, Any] = {"type": "message", "ts": self.ts, "user": self.user, "text": self.text}
        if self.bot:
            said |= {"bot_id": world.BOT, "app_id": world.APP, "team": world.TEAM}
        if self.blocks:
            said["blocks"] = with_ids(self.blocks)
        if self.thread_ts:
            said |= {"thread_ts": self.thread_ts}
        if self.files:
            said["files"] = [{"id": one} for one in self.files]
        if self.edits:
            said["edited"] = {"user": self.user, "ts": self.edited_at}
        return said


def with_ids(blocks: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Copy blocks with a block_id and action_ids wherever their author left them to Slack."""
    return [_with_ids(block, f"b{position}") for position, block in enumerate(blocks, 1)]


def _with_ids(block: dict[str, Any], name: str) -> dict[str, Any]:
    filled = {"block_id": name, **block}
    if block["type"] in {"actions", "context_actions"}:
        filled["elements"] = [{"action_id": f"{name}a{i}", **one} for i, one in enumerate(block["elements"], 1)]
    for key in ("accessory", "element"):
        if key in block:
            filled[key] = {"action_id": f"{name}a1", **block[key]}
    return filled


@dataclass(frozen=True, slots=True)
class Call:
    """One call of the Web API, with what came back."""

    method: str
    arguments: dict[str, Any]
    reply: dict[str, Any]
    at: float


@dataclass(slots=True, eq=False)
class File:
    """An uploaded file; Slack needs a while until it is ready to be shown."""

    id: str
    name: str
    title: str
    alt_text: str
    length: int
    bytes: bytes = b""
    kind: str = ""
    """The mimetype that the file will have once it is ready."""
    ready_at: float | None = None
    user: str = world.BOT_USER
    channels: list[str] = field(default_factory=list)
    deleted: bool = False


@dataclass(slots=True, eq=False)
class View:
    """A modal or a home tab as somebody sees it."""

    id: str
    user: str
    content: dict[str, Any]
    hash: str
    root: str = ""
    previous: str = ""
    closed: bool = False
    errors: dict[str, str] = field(default_factory=dict)
    """What the bot said about the fields, by block id."""

    @property
    def blocks(self) -> list[dict[str, Any]]:
        """The view's blocks, each with its ids."""
        return with_ids(self.content["blocks"])

    def as_slack_says(self) -> dict[str, Any]:
        """Build the view object of the Web API."""
        blank = {"private_metadata": "", "callback_id": "", "external_id": "", "close": None, "submit": None}
        return {
            **blank,
            **self.content,
            "blocks": self.blocks,
            "id": self.id,
            "team_id": world.TEAM,
            "app_id": world.APP,
            "bot_id": world.BOT,
            "hash": self.hash,
            "root_view_id": self.root or self.id,
            "previous_view_id": self.previous or None,
            "state": {"values": {}},
        }


@dataclass(frozen=True, slots=True)
class Receipt:
    """What came back when the local Slack sent something to the bot, and how fast."""

    status: int
    """The HTTP status, 0 where no answer came."""
    seconds: float
    body: str
    timed_out: bool = False
    trigger_id: str = ""
    response_url: str = ""

    @property
    def ok(self) -> bool:
        """Whether Slack would be content."""
        return self.status == HTTPStatus.OK and not self.timed_out

    def json(self) -> dict[str, Any]:
        """Read the body as an object, empty where it is none."""
        try:
            said = json.loads(self.body)
        except ValueError:
            return {}
        return said if isinstance(said, dict) else {}
