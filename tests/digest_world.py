"""Digests in a Slack whose time a test sets: turned on, worked at, and looked for in the channel."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import delete

from bot.posting.steps import Poster
from kpi.storage.binding import OURS
from kpi.storage.ledger import DIGEST, POSTING, Entry, entries
from kpi.storage.schedules import SCHEDULE, Schedule, schedules
from tests.posting_world import QUICK
from tests.slack_world import MARKETING, Scene, only, staged

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bot.local_slack import Message

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
MONDAY = datetime(2026, 11, 23, 9, tzinfo=UTC)


class Time:
    """The time that everybody goes by."""

    now = NOON


@pytest.fixture(scope="module")
def stage() -> Iterator[Scene]:
    Time.now = MONDAY.replace(hour=7)  # so that no digest has to wait for results
    with staged(now=lambda: Time.now) as found:
        yield found


@pytest.fixture(autouse=True)
def no_digests(stage: Scene) -> None:
    Time.now = NOON
    for table in (SCHEDULE, POSTING):
        stage.bot.parts.database.written(
            "local",
            lambda db, table=table: db.run(delete(table).where(table.c.workspace == OURS)),  # type: ignore[misc]
        )


def kept(scene: Scene) -> list[Schedule]:
    with scene.bot.parts.database.reading("local") as db:
        return list(schedules(db))


def ledgered(scene: Scene) -> list[Entry]:
    with scene.bot.parts.database.reading("local") as db:
        return [one for one in entries(db) if one.kind == DIGEST]


def works(scene: Scene, now: datetime = MONDAY) -> None:
    Time.now = now
    poster = Poster(scene.bot.parts, QUICK)
    poster.plan()
    poster.work()


def posted(scene: Scene, channel: str = MARKETING) -> list[Message]:
    return [one for one in scene.slack.messages(channel) if "WhatsApp" in one.text]


def turned_on(scene: Scene, words: str = "monday 9:00 Europe/Berlin", user: str = "ada") -> Message:
    """Ask for a digest, press the button, and return the message that has taken the question's place."""
    question = only(scene.asks(f"digest on {words}", user=user))
    assert scene.presses(question, "Turn it on", user=user) == []
    return question
