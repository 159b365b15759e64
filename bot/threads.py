"""What a question follows on: the answer above it in the thread, or the last one in the bot's direct messages."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.posting.outlets import Channel
from kpi.reading.followup import goes_on
from kpi.storage.contexts import context_at, keep_context

if TYPE_CHECKING:
    from bot.parts import Parts, Place
    from bot.replies import Sent
    from kpi.report import Report


def above(parts: Parts, place: Place, text: str) -> str:
    """Return what the answer above was about; outside of threads only ``and last month?`` follows on anything."""
    if not place.thread and not (place.channel.startswith("D") and goes_on(text)):
        return ""
    with parts.database.reading(parts.workspace) as db:
        return context_at(db, place.channel, place.thread)


def remember(parts: Parts, sent: Sent | None, report: Report) -> None:
    """Keep what an answer is about for the thread that it is in or on top of."""
    if sent is None or not isinstance(sent.outlet, Channel) or not report.context:
        return
    channel, thread, now = sent.outlet.channel, sent.outlet.thread, parts.now()
    threads = [thread] if thread else [sent.ts, *([""] if channel.startswith("D") else [])]
    parts.database.written(parts.workspace, lambda db: keep_context(db, channel, threads, report.context, now))
