"""The ledger: every message that has to reach Slack exactly once, and how far it has come.

A slot is planned, its message is made ready, the intent to post it is committed, it is posted, and that is recorded::

    planned -> ready -> posting -> sent
                 ^         |
                 |         v            found there
                 +----- uncertain ----------------------> sent
        not there              | nobody can tell
                               v
                             held, until a person decides

A claim counts the fence up and moves ``next_at`` away; every further step is refused unless the fence is still the
same. What stays in posting is uncertain: nobody knows whether Slack has it. Failed and expired are the other ends.

What follows a message, in the thread under it, is entered in the transaction that records the message.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, delete, func, select, update

from kpi.slots import due_slots
from kpi.storage.binding import OURS
from kpi.storage.models import Table
from kpi.storage.schedules import ON, UNCONFIRMED, alter, schedules
from kpi.storage.upsert import insert_new

if TYPE_CHECKING:
    from datetime import date, datetime

    from sqlalchemy import Row

    from kpi.slots import Slot
    from kpi.storage.database import Db
    from kpi.storage.schedules import Schedule

POSTING = Table.metadata.tables["posting"]
PLANNED, READY, UNDER_WAY, UNCERTAIN = "planned", "ready", "posting", "uncertain"
SENT, HELD, FAILED, EXPIRED = "sent", "held", "failed", "expired"
OPEN = (PLANNED, READY, UNDER_WAY, UNCERTAIN)
"""Where something has still to be done."""
DIGEST = "digest"
"""The piece of a slot that is its digest; one that was asked for at another time begins with the same word."""
THREAD, PAGE = "thread", "page"
"""What follows a message under it: its details, and its page to print."""
WATCH, CORRECTION = "watch", "correction"
"""Who looks whether the figures of a digest still hold, and what replaces it where they do not."""
NOTES = ("held", "stopped", "unconfirmed", "passed")
"""What notes to a person begin with."""


class LostClaimError(Exception):
    """Somebody else has claimed the entry since, or it was withdrawn."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One message on its way; ``piece`` begins with its kind: a digest, what follows it, a note about it."""

    schedule: str
    slot: date
    piece: str
    state: str
    channel: str
    due_at: datetime
    next_at: datetime
    fence: int = 0
    tries: int = 0
    message: str = ""
    posting_at: datetime | None = None
    ts: str = ""
    error: str = ""
    thread: str = ""
    kept: str = ""
    waits_for: str = ""
    edits: str = ""

    @property
    def kind(self) -> str:
        """What kind of message it is: the first word of its piece, without its number."""
        return self.piece.replace(":", " ").replace("-", " ").partition(" ")[0]

    @property
    def is_note(self) -> bool:
        """Tell whether it is a note to a person about another message."""
        return self.kind in NOTES

    @property
    def delivery(self) -> str:
        """The name that Slack keeps with the message: it says nothing to others, and is the same for every try."""
        return sha256(f"{self.schedule} {self.slot} {self.piece}".encode()).hexdigest()[:20]


COLUMNS = tuple(POSTING.c[name] for name in Entry.__dataclass_fields__)
_MINE = (
    POSTING.c.workspace == OURS,
    POSTING.c.schedule == bindparam("of_schedule"),
    POSTING.c.slot == bindparam("of_slot"),
    POSTING.c.piece == bindparam("of_piece"),
)
_CLAIMED = (*_MINE, POSTING.c.fence == bindparam("of_fence"))
_NEXT = (
    select(*COLUMNS)
    .where(POSTING.c.workspace == OURS, POSTING.c.state.in_(OPEN), POSTING.c.next_at <= bindparam("now"))
    .order_by(POSTING.c.next_at, POSTING.c.schedule)
    .limit(1)
    .with_for_update(skip_locked=True)
)
_KEPT = (
    select(POSTING.c.kept)
    .where(POSTING.c.workspace == OURS, POSTING.c.schedule == bindparam("of_schedule"))
    .where(POSTING.c.state == SENT, POSTING.c.kept != "")
    .order_by(POSTING.c.slot.desc(), POSTING.c.posting_at.desc())
    .limit(8)
)
_LAST_TO = select(func.max(POSTING.c.posting_at)).where(
    POSTING.c.workspace == OURS, POSTING.c.channel == bindparam("channel")
)


def plan(db: Db, until: datetime, now: datetime) -> None:
    """Enter every slot up to a moment; of those missed only the newest can still be posted, the others are expired.

    The mark of how far was planned moves on in the same transaction, so that a slot is entered however long nobody
    looked; and a slot that was entered stays one, whatever clocks and zones do: its key is its local date.
    """
    for one in schedules(db, ON, UNCONFIRMED):
        if one.planned_until < until:
            slots = due_slots(one.rhythm, one.planned_until, until)
            past = [slot for slot in slots if slot.at <= now]
            too_late = {*past[:-1], *(slot for slot in past if now - slot.at > one.rhythm.patience)}
            rows = [_first(one, slot, EXPIRED if slot in too_late else PLANNED, now) for slot in slots]
            db.run_many(insert_new(db, POSTING), rows)
            alter(db, one, planned_until=until)


def add(db: Db, entry: Entry) -> None:
    """Enter one message, unless the same is there already."""
    db.run_many(insert_new(db, POSTING), [asdict(entry)])


def claim(db: Db, now: datetime, until: datetime) -> Entry | None:
    """Take the entry that waits longest; nobody else takes it before a moment, unless it is put back."""
    row = db.run(_NEXT, now=now).first()
    if row is None:
        return None
    entry = _entry(row)
    return move(db, entry, entry.state, fence=entry.fence + 1, next_at=until)


def move(db: Db, entry: Entry, state: str, **changes: Any) -> Entry:  # noqa: ANN401  the fields of an entry
    """Bring a claimed entry into a state; raise LostClaimError where it is no longer ours."""
    told = {"state": state, **changes}
    if db.run(update(POSTING).where(*_CLAIMED).values(told), **_named(entry), of_fence=entry.fence).rowcount != 1:
        raise LostClaimError(f"{entry.schedule} {entry.slot} {entry.piece}")
    return replace(entry, **told)


def hand_back(db: Db, entry: Entry, now: datetime) -> None:
    """Let others take a claimed entry at once, unless it has come further since."""
    as_claimed = (*_CLAIMED, POSTING.c.state == entry.state)
    db.run(
        update(POSTING).where(*as_claimed).values(fence=entry.fence + 1, next_at=now),
        **_named(entry), of_fence=entry.fence,
    )  # fmt: skip


def last_to(db: Db, channel: str) -> datetime | None:
    """Return when a message was last on its way to a channel."""
    moment: datetime | None = db.run(_LAST_TO, channel=channel).scalar()
    return moment


def pause(db: Db, channel: str, until: datetime) -> None:
    """Let nothing be posted to a channel before a moment: Slack has asked for it."""
    waiting = (POSTING.c.state == READY, POSTING.c.channel == channel, POSTING.c.next_at < until)
    db.run(update(POSTING).where(POSTING.c.workspace == OURS, *waiting).values(next_at=until))


def recall(db: Db, now: datetime, longest: datetime, until: datetime) -> None:
    """Look again soon at what is due but was put off for longer than anything is: a clock had run ahead."""
    astray = (POSTING.c.state.in_(OPEN), POSTING.c.due_at <= now, POSTING.c.next_at > longest)
    db.run(update(POSTING).where(POSTING.c.workspace == OURS, *astray).values(next_at=until))


def entry_called(db: Db, schedule: str, slot: date, piece: str = DIGEST) -> Entry | None:
    """Return one entry."""
    row = db.run(select(*COLUMNS).where(*_MINE), of_schedule=schedule, of_slot=slot, of_piece=piece).first()
    return _entry(row) if row else None


def entries(db: Db, *states: str, schedule: str = "") -> tuple[Entry, ...]:
    """Return the entries in some states, or in all, the latest slot first."""
    wanted = [POSTING.c.workspace == OURS, *([POSTING.c.state.in_(states)] if states else [])]
    wanted += [POSTING.c.schedule == schedule] if schedule else []
    found = select(*COLUMNS).where(*wanted).order_by(POSTING.c.slot.desc(), POSTING.c.schedule, POSTING.c.piece)
    return tuple(_entry(row) for row in db.rows(found))


def kept_figures(db: Db, schedule: str) -> tuple[str, ...]:
    """Return the figures of the last digests of a schedule as they were posted, the latest first."""
    return tuple(row.kept for row in db.rows(_KEPT, of_schedule=schedule))


def of_channel(db: Db, channel: str, slot: date) -> tuple[Entry, ...]:
    """Return the entries of a channel and a slot, whatever they are about."""
    wanted = (POSTING.c.workspace == OURS, POSTING.c.channel == channel, POSTING.c.slot == slot)
    return tuple(_entry(row) for row in db.rows(select(*COLUMNS).where(*wanted)))


def withdraw(db: Db, schedule: str) -> None:
    """Forget what is not on its way yet: the schedule was turned off, or will come at another time."""
    waiting = (POSTING.c.schedule == schedule, POSTING.c.piece == DIGEST, POSTING.c.state.in_((PLANNED, READY)))
    db.run(delete(POSTING).where(POSTING.c.workspace == OURS, *waiting))


def _first(schedule: Schedule, slot: Slot, state: str, now: datetime) -> dict[str, Any]:
    return asdict(Entry(schedule.id, slot.day, DIGEST, state, schedule.channel, slot.at, now))


def _named(entry: Entry) -> dict[str, Any]:
    return {"of_schedule": entry.schedule, "of_slot": entry.slot, "of_piece": entry.piece}


def _entry(row: Row[Any]) -> Entry:
    return Entry(**row._asdict())
