"""Events into the database, in one transaction: messages are merged, and what changes in their counts is added."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from sqlalchemy import bindparam, func, select

from kpi.rollup import STATE, STATES, Count, Message, counts, day_at, merged
from kpi.storage.binding import OURS
from kpi.storage.campaigns import given_names
from kpi.storage.importing.staging import batches
from kpi.storage.live.campaigns import LABEL, Claim, claims, held_names, make_or_hold
from kpi.storage.live.counts import add_counts
from kpi.storage.live.failures import Failed, add_failures
from kpi.storage.live.messages import COLUMNS, MESSAGE, Kept, Keyed, keep, kept, messages_called, shifted
from kpi.storage.live.sources import NOTICE, WHATSAPP, add_heard, live_source

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from datetime import datetime

    from kpi.sources.whatsapp import Event, Heard
    from kpi.storage.database import Db
    from kpi.storage.live.sources import LiveSource

_NAMES_AT_ONCE, _ATTACHED_AT_ONCE = 500, 5_000
_UNATTRIBUTED = (MESSAGE.c.workspace == OURS, MESSAGE.c.campaign.is_(None))
_WAITING = select(MESSAGE.c.message).where(*_UNATTRIBUTED, MESSAGE.c.label != "").limit(1)
_LABELLED = (
    select(*COLUMNS)
    .where(*_UNATTRIBUTED, MESSAGE.c.label.in_(bindparam("labels", expanding=True)))
    .order_by(MESSAGE.c.message)
    .limit(_ATTACHED_AT_ONCE)
)


def record(db: Db, heard: Heard, secret: bytes, now: datetime) -> None:
    """Keep what was heard, and count it; the same again changes nothing."""
    source, keyed = live_source(db, WHATSAPP, now), Keyed(secret, db.workspace)
    _merge(db, _told(db, heard.events, source, keyed), source)
    add_heard(db, source, heard.counts + Counter(f"{NOTICE}{one.said}" for one in heard.notices))


def attach(db: Db, secret: bytes, now: datetime) -> int:
    """Attach messages to the campaigns that their labels lead to by now, some at a time; return how many.

    Names that were held are made campaigns first, as many as the day still may bring.
    """
    if db.run(_WAITING).first() is None:
        return 0
    source, keyed = live_source(db, WHATSAPP, now), Keyed(secret, db.workspace)
    make_or_hold(db, held_names(db), source)
    led = {keyed.hash(LABEL, key): slug for key, slug in given_names(db).items()}
    for labels in batches(sorted(led), _NAMES_AT_ONCE):
        found = dict(map(kept, db.rows(_LABELLED, labels=labels)))
        if found:
            told = {key: one.message._replace(campaign=led[one.message.label]) for key, one in found.items()}
            _merge(db, told, source)
            return len(found)
    return 0


def unattributed(db: Db) -> int:
    """Return how many messages lead to no campaign."""
    return int(db.run(select(func.count()).where(*_UNATTRIBUTED)).scalar_one())


def _told(db: Db, events: Iterable[Event], source: LiveSource, keyed: Keyed) -> dict[str, Message]:
    """Return what events tell of each message, by its key."""
    some = list(events)
    whose = claims(db, {event.carried for event in some}, source, keyed)
    told: dict[str, Message] = {}
    for event in some:
        key, one = keyed.hash("message", event.message), _message(event, whose[event.carried], keyed)
        told[key] = merged(told[key], one) if key in told else one
    return told


def _message(event: Event, claim: Claim, keyed: Keyed) -> Message:
    times: list[int | None] = [None] * len(STATES)
    times[STATE[event.state]] = event.at
    person, phone = keyed.person(event.person), keyed.phone(event.phone)
    return Message(claim.campaign, claim.variant, claim.label, person, phone, tuple(times), event.error)


def _merge(db: Db, told: Mapping[str, Message], source: LiveSource) -> None:
    """Merge what was told into what is known, and add what changes in the counts."""
    known, sums, failed = messages_called(db, told), Counter[Count](), Counter[Failed]()
    new: dict[str, Kept] = {}
    changed: dict[str, Kept] = {}
    for key in sorted(told):
        before = known.get(key)
        after = shifted(merged(before.message, told[key]) if before else told[key], before, source.zone)
        if before == after:
            continue
        (changed if before else new)[key] = after
        if before:
            sums.subtract(counts(*before))
            failed.subtract(_failures(before))
        sums.update(counts(*after))
        failed.update(_failures(after))
    keep(db, new, changed)
    add_counts(db, source, sums)
    add_failures(db, failed)


def _failures(one: Kept) -> Iterator[Failed]:
    if one.message.is_lost:
        yield Failed(one.message.campaign or "", day_at(one.message.first, one.shift), one.message.error or 0)
