"""Digests on their way into a local Slack, from a real database, at whatever time a test says it is."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

from slack_sdk import WebClient

from bot.local_slack.world import BOT_USER, TEAM
from bot.message_text import as_text
from bot.parts import Parts
from bot.posting.patience import Patience
from bot.posting.steps import Poster
from kpi.slots import Rhythm
from kpi.storage.ledger import WATCH, Entry, entries
from kpi.storage.schedules import Schedule, keep, schedules
from tests.slack_world import ADA, MARKETING, settings_for

if TYPE_CHECKING:
    from bot.drawing import Drawing
    from bot.local_slack import LocalSlack, Message
    from kpi.storage.database import Database

MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
FRIDAY = datetime(2026, 11, 20, 9, tzinfo=UTC)
MONDAY = datetime(2026, 11, 23, 9, tzinfo=UTC)
WEEKLY = Schedule(MARKETING, ADA, Rhythm(0, time(9)), FRIDAY, exposure="public")
RESULTS = "campaign,day,sent,delivered,read,clickers,orders,revenue,cost\n" + "".join(
    f"spring,2026-11-{day},1000,990,700,80,12,{day * 40},55\nautumn,2026-11-{day},500,480,300,20,3,90,30\n"
    for day in range(9, 23)
)
QUICK = Patience(apart=timedelta())


@dataclass
class Desk:
    """A database, a Slack, and the time."""

    parts: Parts
    slack: LocalSlack
    now: datetime = MONDAY

    def poster(self, kind: type[Poster] = Poster, patience: Patience = QUICK) -> Poster:
        return kind(self.parts, patience)

    def works(self, poster: Poster | None = None) -> int:
        """Let a worker tick once, and work until nothing waits."""
        poster = poster or self.poster()
        poster.plan()
        return poster.work()

    def works_at(self, now: datetime) -> int:
        self.now = now
        return self.works()

    def has(self, *wanted: Schedule) -> None:
        for one in wanted:
            self.parts.database.written("local", lambda db, one=one: keep(db, one))  # type: ignore[misc]

    def entries(self) -> list[Entry]:
        with self.parts.database.reading("local") as db:
            return list(entries(db))

    def states(self) -> dict[str, str]:
        return {one.piece: one.state for one in self.entries() if one.kind != WATCH}

    def schedule(self) -> Schedule:
        with self.parts.database.reading("local") as db:
            (only,) = schedules(db)
        return only

    def posts(self, channel: str = MARKETING) -> list[Message]:
        """Return what stands in a channel; the name of a person means their direct messages."""
        return [one for one in self.slack.messages(channel) if one.user == BOT_USER and not one.parent_ts]

    def replies(self, channel: str = MARKETING) -> list[Message]:
        """Return what stands in the threads of a channel."""
        return [one for one in self.slack.messages(channel) if one.user == BOT_USER and one.parent_ts]

    def notes(self, person: str = "ada") -> list[str]:
        return [as_text(one) for one in self.posts(person)]


def desk_with(database: Database, slack: LocalSlack, drawing: Drawing, **changes: Any) -> Desk:  # noqa: ANN401
    """Return a desk."""
    desk: Desk
    client = WebClient(slack.token, slack.api_url, timeout=30, retry_handlers=[])
    parts = Parts(
        settings_for(slack, database.url), database, client, drawing, lambda: desk.now, TEAM, BOT_USER,
        clock=lambda: desk.now,
    )  # fmt: skip
    desk = Desk(replace(parts, **changes), slack)
    return desk
