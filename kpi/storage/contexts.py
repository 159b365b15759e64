"""What the answers in Slack were about, by thread."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import bindparam, delete, select

from kpi.storage.binding import OURS
from kpi.storage.models import Table
from kpi.storage.upsert import upsert

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from kpi.storage.database import Db

CONTEXT = Table.metadata.tables["answer_context"]
KEPT = timedelta(days=30)

_AT = select(CONTEXT.c.asked).where(
    CONTEXT.c.workspace == OURS, CONTEXT.c.channel == bindparam("channel"), CONTEXT.c.thread == bindparam("thread")
)
_OLD = delete(CONTEXT).where(CONTEXT.c.workspace == OURS, CONTEXT.c.answered_at < bindparam("since"))


def context_at(db: Db, channel: str, thread: str) -> str:
    """Return what the last answer in a thread was about, '' where nothing is known of it."""
    return str(db.run(_AT, channel=channel, thread=thread).scalar() or "")


def keep_context(db: Db, channel: str, threads: Iterable[str], asked: str, now: datetime) -> None:
    """Remember what an answer was about, and forget what is old."""
    db.run(_OLD, since=now - KEPT)
    told = {"channel": channel, "asked": asked, "answered_at": now}
    db.run_many(upsert(db, CONTEXT), [{**told, "thread": thread} for thread in threads])
