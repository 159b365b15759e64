"""The real bot in a local Slack, as fixtures: signed requests over HTTP, a real database, real pictures.

One bot serves a whole module; every test begins with an empty Slack and with #marketing opened, as the demo does.
"""

from __future__ import annotations

import atexit
import json
import logging
import shutil
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory, mkdtemp
from threading import Barrier
from typing import TYPE_CHECKING, Any, TypeVar

import pytest
from pydantic import SecretStr
from sqlalchemy import delete, update

from bot.app import LISTENERS, Running, running
from bot.demo.tryout import fill
from bot.local_slack import LocalSlack
from bot.local_slack.faults import Pace
from bot.local_slack.world import BOT_USER, SCOPES, Channel, World
from bot.message_text import as_text
from bot.parts import WORKSPACE
from bot.serving import served
from bot.settings import Settings
from kpi.storage.access import ASKER, CHANNEL, REQUEST, open_channel
from kpi.storage.binding import OURS
from kpi.storage.contexts import CONTEXT
from kpi.storage.database import Database
from kpi.storage.schema import migrate
from kpi.storage.workspaces import CHANGE, Team, seed
from kpi.storage.workspaces import WORKSPACE as TEAMS
from kpi.wording import Words
from tests.one_drawing import one_drawing

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from bot.local_slack import Message, Receipt
    from kpi.storage.database import Db

T = TypeVar("T")

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
ADA, BEN, GUS, EVE = "U0ADA00001", "U0BEN00001", "U0GUS00001", "U0EVE00001"
MARKETING, GENERAL = "C0MARKET01", "C0GENERAL1"


@dataclass(frozen=True)
class Scene:
    """A local Slack, the bot in it, and what a test does with both."""

    slack: LocalSlack
    bot: Running
    url: str

    def asks(self, text: str, *, user: str = "ada", channel: str = "marketing") -> list[Message]:
        """Type ``/kpi`` with the text, let everything finish, and return what the person sees of it, in order."""
        return self.follows(lambda: self.slack.command(text, user=user, channel=channel), user, channel)

    def presses(
        self, message: Message, button: str, *, user: str = "ada", value: str | None = None, channel: str = ""
    ) -> list[Message]:
        """Press a button, let everything finish, and return what the person sees of it, in order."""
        return self.follows(
            lambda: self.slack.press(message, button, user=user, value=value), user, channel or message.channel
        )

    def follows(self, act: Any, user: str, channel: str) -> list[Message]:  # noqa: ANN401  a deed
        before = {id(one) for one in self.slack.all_messages}
        receipt: Receipt = act()
        assert receipt.ok, receipt
        self.settles()
        return [one for one in self.slack.messages(channel, viewer=user) if id(one) not in before]

    def settles(self) -> None:
        """Wait until every listener of the bot is done: only then do all its threads meet."""
        meeting = Barrier(LISTENERS + 1, timeout=30)
        executor = self.bot.bolt.listener_runner.listener_executor
        for _ in range(LISTENERS):
            executor.submit(meeting.wait)
        meeting.wait()

    def invites_the_bot(self, channel: str) -> None:
        self.slack.world.channel(channel).members.append(BOT_USER)

    def has_a_conversation_of(self, *people: str) -> str:
        """Let some people have a direct message among themselves, without the bot."""
        self.slack.world.channels["D0PEOPLE01"] = Channel("D0PEOPLE01", "", list(people), is_private=True)
        return "D0PEOPLE01"

    def calls_of(self, method: str) -> list[dict[str, Any]]:
        return [call.arguments for call in self.slack.calls if call.method == method]


def only(things: Sequence[T]) -> T:
    """Return the one thing that there is; any other number of them is an error."""
    (one,) = things
    return one


def words_of(message: Message) -> str:
    """Return everything that a reader of the message reads."""
    return as_text(message)


def buttons_of(message: Message) -> list[str]:
    """Return the labels of its buttons, in order."""
    blocks = [block for block in message.blocks if block["type"] == "actions"]
    return [element["text"]["text"] for block in blocks for element in block["elements"]]


def pictures_in(blocks: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [block for block in blocks if block["type"] == "image"]


def everything_in(message: Message) -> str:
    """Return all that Slack holds of a message, hidden values of buttons included."""
    said = [message.text, message.blocks, [[version.text, version.blocks] for version in message.edits]]
    return json.dumps(said, ensure_ascii=False)


def settings_for(slack: LocalSlack, database_url: str, **changes: Any) -> Settings:  # noqa: ANN401  fields of Settings
    """Return settings that owe nothing to the environment."""
    given: dict[str, Any] = {
        "database_url": database_url,
        "slack_bot_token": SecretStr(slack.token),
        "slack_signing_secret": SecretStr(slack.signing_secret),
        "slack_api_url": slack.api_url,
        "kpi_secret": SecretStr("a secret of the tests that is long enough"),
        "kpi_timezone": "UTC",
        "kpi_currency": "EUR",
        "kpi_locale": "en_GB",
        "kpi_admins": "",
        "kpi_askers": "",
    }
    return Settings(_env_file=None, **{**given, **changes})


@cache
def season_of(day: date) -> Path:
    """Return a database that holds the sample season of a day, to be copied."""
    folder = Path(mkdtemp(prefix="kpi-season-"))
    atexit.register(shutil.rmtree, folder)
    with closing(Database(f"sqlite:///{folder}/kpi.db")) as database:
        migrate(database)
        database.written(WORKSPACE, lambda db: seed(db, Words()))
        fill(database, datetime.combine(day, NOW.timetz()))
    return folder / "kpi.db"


@contextmanager
def staged(now: Callable[[], datetime] = lambda: NOW, **changes: Any) -> Iterator[Scene]:  # noqa: ANN401  of Settings
    """Let the bot answer a local Slack about the sample season, on the same day unless told otherwise."""
    with LocalSlack() as slack, TemporaryDirectory() as folder:
        path = shutil.copyfile(season_of(now().date()), Path(folder) / "kpi.db")
        given = settings_for(slack, f"sqlite:///{path}", **changes)
        with running(given, now, one_drawing()) as bot, served(bot.web) as url:
            slack.events_url = f"{url}/slack/events"
            yield Scene(slack, bot, url)


@pytest.fixture(scope="module")
def stage() -> Iterator[Scene]:
    """Run one bot for a whole module."""
    with staged() as scene:
        yield scene


@pytest.fixture
def scene(stage: Scene, caplog: pytest.LogCaptureFixture) -> Iterator[Scene]:
    """Return the bot in a Slack in which nothing has happened yet."""
    caplog.set_level(logging.INFO)
    _begin_anew(stage)
    yield stage
    stage.slack.clear_faults()
    stage.settles()


def _begin_anew(scene: Scene) -> None:
    slack = scene.slack
    slack.clear_faults()
    slack.scopes, slack.world, slack.pace, slack.file_delay = set(SCOPES), World(), Pace(), 0.0
    slack.pace.burst = 1000
    slack.not_rolled_out.clear()
    slack.all_messages.clear()
    slack.calls.clear()
    slack.receipts.clear()
    slack.warnings.clear()
    scene.bot.parts.database.written(WORKSPACE, _rights_as_in_the_demo)


def _rights_as_in_the_demo(db: Db) -> None:
    for table in (CHANNEL, ASKER, REQUEST, CONTEXT, CHANGE):
        db.run(delete(table).where(table.c.workspace == OURS))
    usual = Team(Words())
    fresh = {name: usual.value(name) for name in TEAMS.columns.keys() if name != "workspace"}  # noqa: SIM118  columns
    db.run(update(TEAMS).where(TEAMS.c.workspace == OURS).values(fresh))
    open_channel(db, MARKETING, ADA, NOW)
