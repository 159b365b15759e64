"""What every listener works with, put together once in ``bot.app``."""

from __future__ import annotations

from dataclasses import dataclass, field
from threading import Semaphore
from typing import TYPE_CHECKING

from bot.door import Door
from bot.once import Once

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from slack_sdk import WebClient

    from bot.drawing import Drawing
    from bot.settings import Settings
    from kpi.storage.database import Database

ANSWERING, ILLUSTRATING = 4, 4
WORKSPACE = "local"
"""With a bot token there is exactly one workspace, for terminal and Slack alike."""


@dataclass(frozen=True, slots=True)
class Parts:
    """The settings, the data, the way to Slack, the pictures, and the clock.

    The client never repeats a request: a repeated post is a second post when Slack had taken the first.
    """

    settings: Settings
    database: Database
    client: WebClient
    drawing: Drawing
    now: Callable[[], datetime]
    team: str
    """The Slack team that the token belongs to; people of other teams are strangers."""
    bot_user: str = ""
    clock: Callable[[], datetime] = field(kw_only=True)
    """The time by which digests are posted: the database's, which all processes share."""
    turns: Semaphore = field(default_factory=lambda: Semaphore(ANSWERING), repr=False)
    """Only so many answers are worked out at once: more would only keep others from being acknowledged in time."""
    easels: Semaphore = field(default_factory=lambda: Semaphore(ILLUSTRATING), repr=False)
    """The same for charts, which wait for Slack."""
    door: Door = field(default_factory=Door, repr=False)
    pressed: Once = field(default_factory=Once, repr=False)
    """Buttons that may be pressed only once."""
    workspace: str = WORKSPACE


@dataclass(frozen=True, slots=True)
class Place:
    """Where somebody asked: the channel, the person, and the address for one private reply."""

    channel: str
    user: str
    response_url: str = ""
    thread: str = ""
    trigger: str = ""
    """What opens a form, for three seconds."""
