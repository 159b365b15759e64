"""What the person who answers for a digest is told about it, each thing once, through the ledger like a digest."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from bot.blocks import Control, message
from bot.replies import plain
from kpi.storage.ledger import PAGE, READY, THREAD, Entry

if TYPE_CHECKING:
    from datetime import datetime

    from kpi.report import Report
    from kpi.storage.schedules import Schedule

REPOST, STANDS, CONFIRM = "repost", "stands", "confirm"
WHAT = {THREAD: "the details in the thread under the digest", PAGE: "the page to print, in the thread under the digest"}
Said = tuple["Report", tuple[Control, ...]]


def note(entry: Entry, name: str, person: str, said: Said, now: datetime) -> Entry:
    """Return the ledger's entry for a note about another entry."""
    told = json.dumps({"drafts": [message(said[0], {}, said[1])]}, ensure_ascii=False)
    return Entry(entry.schedule, entry.slot, f"{name}: {entry.piece}", READY, person, now, now, message=told)


def held(schedule: Schedule, entry: Entry) -> Said:
    """Ask whether a digest, or what follows it, stands in its channel."""
    value = _value(entry)
    what = WHAT.get(entry.kind, "the digest")
    said = plain(
        f"Slack did not say whether it took {what} of {entry.slot} ({schedule.rhythm.words}).",
        "I do not want to post it twice. Please look into its channel.",
    )
    return said, (Control(REPOST, "Not there: post it", value), Control(STANDS, "It is there", value))


def stopped(schedule: Schedule, entry: Entry, why: str) -> Said:
    """Say that a digest was not posted, and that no more will be."""
    said = f"I could not post the digest of {entry.slot} ({schedule.rhythm.words}), and have turned it off. {why}"
    return plain(said, "Type /kpi digest on in its channel to turn it on again."), ()


def unconfirmed(schedule: Schedule, entry: Entry, why: str) -> Said:
    """Ask whether a digest may still go where more people read along than before."""
    said = f"I have not posted the digest of {entry.slot} ({schedule.rhythm.words}). {why}"
    button = Control(CONFIRM, "Post it there all the same", _value(entry), style="danger")
    return plain(said, "It waits until you confirm it."), (button,)


def passed_on(schedule: Schedule) -> Said:
    """Say to somebody that a digest is theirs now."""
    said = f"A digest is yours now ({schedule.rhythm.words}): the person who asked for it has left."
    return plain(said, "/kpi digest list shows it, and /kpi digest off turns it off, in its channel."), ()


def _value(entry: Entry) -> str:
    return f"{entry.schedule} {entry.slot} {entry.piece}"
