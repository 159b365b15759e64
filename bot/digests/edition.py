"""What a digest says: the report of the week or month that was over, and what went wrong with the ones before."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from bot.posting.drafts import Post
from kpi.digest.awaiting import awaited_sources
from kpi.digest.kept import Kept, correction, final_on, kept_now
from kpi.digest.monthly import monthly
from kpi.digest.weekly import weekly
from kpi.question import Asking
from kpi.reading.followup import remembered
from kpi.reading.reader import asked
from kpi.report import Heading, Note, Paragraph, Report
from kpi.storage.ledger import DIGEST, EXPIRED, SENT, Entry, entries, kept_figures
from kpi.storage.workspaces import team

if TYPE_CHECKING:
    from datetime import date, datetime

    from bot.parts import Parts
    from kpi.periods import Period
    from kpi.question import Asked
    from kpi.storage.database import Db
    from kpi.storage.schedules import Schedule

LATE = timedelta(minutes=15)
"""From when on a digest says that it is late."""


def digest_of(parts: Parts, schedule: Schedule, day: date, now: datetime, today: date | None = None) -> Post:
    """Return the digest of a local date; raise a Mistake where what it is about can no longer be read.

    ``today`` is another day than that where a digest is looked at again.
    """
    days = schedule.rhythm.covered(day)
    with parts.database.reading(parts.workspace) as db:
        asking = Asking(db, team(db), today or day, now)
        read = _read(asking, schedule, days)
        before = _reported(db, schedule, days.start)
        written = (monthly if schedule.rhythm.monthly else weekly)(asking, read.scope, days, before)
    context = remembered(read)
    thread = replace(written.thread, context=context) if written.thread else None
    return Post(replace(written.message, context=context), thread, written.page, written.kept.as_text())


def waits_for(parts: Parts, schedule: Schedule, entry: Entry, now: datetime) -> tuple[str, datetime]:
    """Return the sources for which a digest still waits, '' for none, and until when at most."""
    days = schedule.rhythm.covered(entry.slot)
    with parts.database.reading(parts.workspace) as db:
        asking = Asking(db, team(db), entry.slot, now)
        until = entry.due_at + timedelta(hours=asking.team.wait_hours)
        if entry.piece != DIGEST or now >= until:
            return "", until
        found = awaited_sources(asking, _read(asking, schedule, days).scope, days, until)
        return asking.words.listed(tuple(one.source for one in found)), until


def _read(asking: Asking, schedule: Schedule, days: Period) -> Asked:
    """Read which campaigns a digest is about."""
    return asked(f"overview {days.start}..{days.days()[-1]} {schedule.scope}", asking)


def corrected(parts: Parts, schedule: Schedule, day: date, told: Kept, now: datetime) -> Post | None:
    """Return what replaces a digest whose figures no longer hold, None where they do."""
    today, days = now.astimezone(ZoneInfo(schedule.rhythm.zone)).date(), schedule.rhythm.covered(day)
    with parts.database.reading(parts.workspace) as db:
        asking = Asking(db, team(db), today, now)
        is_final = today >= final_on(days.end, asking.team.click_days)
        figures = kept_now(asking, _read(asking, schedule, days).scope, told)
        changed, words = correction(told, figures, asking.words, is_final=is_final), asking.words
    if not changed:
        return None
    said = Paragraph(f"Corrected on {words.day(today, year=False)}: {changed}.")
    post = digest_of(parts, schedule, day, now, today)
    first = [piece for piece in post.message.pieces if isinstance(piece, Heading)]
    rest = [piece for piece in post.message.pieces if not isinstance(piece, Heading)]
    message = replace(post.message, pieces=(*first, said, *rest))
    return Post(message, kept=figures.as_text(), instead=Report(said.text, (said,)))


def _reported(db: Db, schedule: Schedule, end: date) -> Kept | None:
    """Return what was posted of the period that ended on a day."""
    told = map(Kept.of_text, kept_figures(db, schedule.id))
    return next((one for one in told if one.end == end), None)


def with_apologies(parts: Parts, schedule: Schedule, entry: Entry, post: Post, now: datetime) -> Post:
    """Say in a digest that it is late, and which ones before it were never posted."""
    with parts.database.reading(parts.workspace) as db:
        known, before = team(db), entries(db, SENT, EXPIRED, schedule=schedule.id)
    words, said = known.words, []
    waited = timedelta(hours=known.wait_hours) if entry.waits_for else timedelta()
    if waited and now - entry.due_at > LATE:
        until = min(now, entry.due_at + waited).astimezone(ZoneInfo(schedule.rhythm.zone))
        said.append(f"I waited for {entry.waits_for} until {until:%H:%M}.")
    if now - entry.due_at > LATE + waited:
        said.append(f"Late: this was due on {words.day(entry.slot)} at {schedule.rhythm.at:%H:%M}.")
    if missed := _missed(before, entry):
        said.append(
            f"Not posted, because I was not running: the digest of {words.listed(tuple(map(words.day, missed)))}."
        )
    report = post.message
    return replace(post, message=replace(report, pieces=(*report.pieces, *map(Note, said))))


def _missed(before: tuple[Entry, ...], entry: Entry) -> list[date]:
    """Return the dates since the last digest that was posted, the first of them first."""
    earlier = [one for one in before if one.slot < entry.slot and one.kind == DIGEST]
    posted = max((one.slot for one in earlier if one.state == SENT), default=None)
    return sorted(one.slot for one in earlier if one.state == EXPIRED and (posted is None or one.slot > posted))
