"""Digests into their channels, exactly once: the ledger says how far each has come, this takes it a step further.

Whatever dies or fails between two steps, the next worker goes on from what was committed. Only posting itself cannot be
repeated, so the intent to post is committed before, and where the outcome is unknown Slack is asked, after a while, for
a message that carries the delivery's name. Where Slack may not be asked, a person decides.
"""

from __future__ import annotations

import json
import logging
from dataclasses import dataclass, replace
from datetime import timedelta
from threading import Event
from typing import TYPE_CHECKING, Any, TypeVar

from bot import notes
from bot.access import Refused
from bot.admission import BLIND, CLOSED, ObjectionError, answering, require_admitted
from bot.blocks import escaped, message
from bot.drawing import DrawingError
from bot.edition import digest_of, with_apologies
from bot.outlets import Channel, PostError, called
from bot.replies import NO_CHART, NOT_YET_READY, Sent
from bot.threads import remember
from bot.uploads import UploadError, uploaded
from kpi.errors import Mistake
from kpi.report import Note, Report
from kpi.storage import ledger
from kpi.storage.ledger import (
    EXPIRED,
    FAILED,
    HELD,
    PLANNED,
    READY,
    SENT,
    UNCERTAIN,
    UNDER_WAY,
    Entry,
    LostClaimError,
)
from kpi.storage.schedules import ON, STOPPED, UNCONFIRMED, Schedule, alter, schedule_called
from kpi.storage.workspaces import team

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from bot.parts import Parts
    from kpi.storage.database import Db

T = TypeVar("T")
log = logging.getLogger(__name__)

LOCKED_OUT = frozenset(
    {"invalid_auth", "not_authed", "token_revoked", "token_expired", "account_inactive", "org_login_required"}
)
"""Slack's words for a token that does not work: no schedule's fault, and nobody can be told before it does again."""
TOO_FANCY = frozenset({NOT_YET_READY, "invalid_blocks_format", "msg_too_long", "msg_blocks_too_long", "no_text"})
EVENT = "kpi_digest"
LOOK_BACK = timedelta(hours=3)
"""How far before the intent Slack is searched, its newest messages always: Slack's clock need not be ours."""
MOST_PAGES = 50


@dataclass(frozen=True, slots=True)
class Patience:
    """How long what may take."""

    ahead: timedelta = timedelta(minutes=15)
    """Pictures are drawn and uploaded so long before the hour."""
    lease: timedelta = timedelta(minutes=3)
    """A claim that is not put back is taken from who is then surely dead."""
    doubt: timedelta = timedelta(minutes=2)
    """After so long, a request that Slack has not accepted is taken as one that it never will."""
    again: timedelta = timedelta(seconds=30)
    locked_out: timedelta = timedelta(minutes=5)
    apart: timedelta = timedelta(seconds=1)
    """Between two messages to one channel, as Slack asks for."""
    hidden: timedelta = timedelta(hours=1)
    """After so long of not being able to look, a person decides."""


class Poster:
    """One pair of hands: takes an entry, brings it a step further, takes the next. Many may work side by side."""

    def __init__(self, parts: Parts, patience: Patience | None = None, stopping: Event | None = None) -> None:
        self.parts, self.patience, self.stopping = parts, patience or Patience(), stopping or Event()

    def plan(self) -> None:
        """Enter into the ledger what is due soon."""
        now = self.parts.clock()
        self.write(lambda db: ledger.plan(db, now + self.patience.ahead, now))

    def work(self) -> int:
        """Take entry after entry until nothing waits, and count the steps."""
        steps = 0
        while not self.stopping.is_set() and (entry := self.claim()):
            self.advance(entry)
            steps += 1
        return steps

    def advance(self, entry: Entry) -> None:
        """Bring a claimed entry one step further; what goes wrong is tried again later."""
        steps = {PLANNED: self.prepare, READY: self.post, UNDER_WAY: self.distrust, UNCERTAIN: self.reconcile}
        try:
            self._require_wanted(entry)
            steps[entry.state](entry)
        except LostClaimError as error:
            log.info("somebody else has it: %s", error)
        except ObjectionError as objection:
            self._object(entry, str(objection), can_be_confirmed=objection.can_be_confirmed)
        except Refused as refused:
            self._later(entry, refused)
        except Mistake as mistake:
            self._object(entry, mistake.message, can_be_confirmed=False)
        except (PostError, DrawingError, UploadError, OSError) as error:
            self._later(entry, error)
        except Exception as error:
            log.exception("a step failed")
            self._later(entry, error)

    def claim(self) -> Entry | None:
        """Take the entry that waits longest."""
        now = self.parts.clock()
        return self.write(lambda db: ledger.claim(db, now, now + self.patience.lease))

    def prepare(self, entry: Entry) -> None:
        """Write the message and upload its pictures, before its hour where there is time."""
        now, schedule = self.parts.clock(), self._schedule(entry)
        if now - entry.due_at > schedule.rhythm.patience:
            self.write(lambda db: ledger.move(db, entry, EXPIRED))
            return
        report = with_apologies(self.parts, schedule, entry, digest_of(self.parts, schedule, entry.slot, now), now)
        self.keep(entry, self._drafts(report, self.upload(entry, report)))

    def upload(self, entry: Entry, report: Report) -> dict[int, str]:
        """Upload the pictures, which can be done twice without harm; before the hour there is time to try again."""
        try:
            drawn = [(self.parts.drawing.png(picture.chart), picture.alt) for picture in report.pictures]
            return {number: uploaded(self.parts.client, png, alt) for number, (png, alt) in enumerate(drawn)}
        except (DrawingError, UploadError) as error:
            if self.parts.clock() < entry.due_at or not entry.error:
                raise
            log.warning("a digest goes out without its chart: %s", error)
            return {}

    def keep(self, entry: Entry, said: dict[str, Any]) -> None:
        """Keep the message, ready for its hour."""
        told = json.dumps(said, ensure_ascii=False)
        self.write(lambda db: ledger.move(db, entry, READY, message=told, next_at=entry.due_at))

    def post(self, entry: Entry) -> None:
        """Post what is ready, unless something speaks against it."""
        if not entry.is_note:
            self._require_admitted(entry)
        if under_way := self.intend(entry):
            try:
                ts = self.send(under_way)
            except PostError as error:
                self._refused(under_way, error)
            else:
                self.record(under_way, ts)

    def intend(self, entry: Entry) -> Entry | None:
        """Commit that the message will be posted now; where the channel has just had one, it waits for its turn."""
        now = self.parts.clock()

        def work(db: Db) -> Entry | None:
            last = ledger.last_to(db, entry.channel)
            if last and timedelta() <= now - last < self.patience.apart:
                ledger.move(db, entry, READY, next_at=last + self.patience.apart)
                return None
            tries = entry.tries + 1
            return ledger.move(
                db, entry, UNDER_WAY, posting_at=now, next_at=now + self.patience.doubt, tries=tries, error=""
            )

        return self.write(work)

    def send(self, entry: Entry) -> str:
        """Post it, the one thing that cannot be taken back; not if this process slept since it said so."""
        begun = entry.posting_at or entry.due_at
        if self.parts.clock() - begun > self.patience.doubt / 2:
            raise PostError("slept", perhaps_sent=True)
        said = json.loads(entry.message)["drafts"][0]
        marked = {"event_type": EVENT, "event_payload": {"delivery": entry.delivery}}
        return Channel(self.parts.client, entry.channel).send(said | {"metadata": marked})

    def record(self, entry: Entry, ts: str) -> None:
        """Keep where the message stands."""
        self.write(lambda db: ledger.move(db, entry, SENT, ts=ts))
        context = json.loads(entry.message).get("context", "")
        sent = Sent(Channel(self.parts.client, entry.channel), ts, (), plain_tables=False)
        remember(self.parts, sent, Report("", (), context))

    def distrust(self, entry: Entry) -> None:
        """Give up on whoever posts it, and wait once more: a clock that jumped must not make us look too early."""
        moment = self.parts.clock() + self.patience.doubt
        self.write(lambda db: ledger.move(db, entry, UNCERTAIN, next_at=moment))

    def reconcile(self, entry: Entry) -> None:
        """Find out whether Slack has a message of which nobody recorded it."""
        posting_at = entry.posting_at or entry.due_at
        try:
            ts = self._standing(entry, posting_at - LOOK_BACK)
        except PostError as error:
            if error.code not in CLOSED | {BLIND} and self.parts.clock() - posting_at < self.patience.hidden:
                raise
            self._doubt(entry)
        else:
            if ts:
                self.record(entry, ts)
            else:
                self._put_back(entry, UNCERTAIN)

    def write(self, work: Callable[[Db], T]) -> T:
        """Do the work in a transaction."""
        return self.parts.database.written(self.parts.workspace, work)

    def _schedule(self, entry: Entry) -> Schedule:
        with self.parts.database.reading(self.parts.workspace) as db:
            schedule = schedule_called(db, entry.schedule)
        if schedule is None:
            raise LostClaimError(f"there is no schedule {entry.schedule}")
        return schedule

    def _require_wanted(self, entry: Entry) -> None:
        """Drop what somebody has turned off since; what may stand in Slack already is followed to its end."""
        if not entry.is_note and entry.state in (PLANNED, READY):
            if self._schedule(entry).state in (ON, UNCONFIRMED):
                return
            self.write(lambda db: ledger.withdraw(db, entry.schedule))
            raise LostClaimError(f"{entry.schedule} is no longer on")

    def _require_admitted(self, entry: Entry) -> None:
        schedule = self._schedule(entry)
        if self.parts.clock() - entry.due_at > schedule.rhythm.patience:
            self.write(lambda db: ledger.move(db, entry, EXPIRED))
            raise LostClaimError("it is too late")
        if (person := answering(self.parts, schedule)) is None:
            raise ObjectionError("Its owner has left, and nobody else is there.", can_be_confirmed=False)
        if person.id != schedule.owner:
            schedule = self._pass_on(entry, schedule, person.id)
        require_admitted(self.parts, schedule)

    def _pass_on(self, entry: Entry, schedule: Schedule, person: str) -> Schedule:
        said = notes.passed_on(schedule)

        def work(db: Db) -> Schedule:
            ledger.add(db, notes.note(entry, "passed-on", person, said, self.parts.clock()))
            return alter(db, schedule, owner=person)

        return self.write(work)

    def _drafts(self, report: Report, files: dict[int, str]) -> dict[str, Any]:
        """Return the message and ever plainer forms of it."""
        if len(files) < len(report.pictures):
            report = replace(report, pieces=(*report.pieces, Note(NO_CHART)))
        with self.parts.database.reading(self.parts.workspace) as db:
            plain_only = team(db).plain_tables
        fancy = [] if plain_only else [message(report, files)]
        plainer = [message(report, shown, plain_tables=True) for shown in ((files, {}) if files else ({},))]
        return {"drafts": [*fancy, *plainer, {"text": escaped(report.headline)}], "context": report.context}

    def _refused(self, entry: Entry, error: PostError) -> None:
        """Decide what a failed request means: nothing was sent, nobody knows, or it never will be."""
        now = self.parts.clock()
        said = json.loads(entry.message)
        if error.perhaps_sent:
            self.write(lambda db: ledger.move(db, entry, UNCERTAIN, error=str(error)[:200]))
        elif error.retry_after:
            until = now + timedelta(seconds=error.retry_after)
            self._put_back(entry, error.code, until)
            self.write(lambda db: ledger.pause(db, entry.channel, until))
        elif error.code in LOCKED_OUT:
            self._put_back(entry, error.code, now + self.patience.locked_out)
        elif error.code == "connection":
            self._put_back(entry, error.code, now + self.patience.again * min(entry.tries, 20))
        elif error.code in TOO_FANCY and len(said["drafts"]) > 1:
            plainer = json.dumps(said | {"drafts": said["drafts"][1:]}, ensure_ascii=False)
            self.write(lambda db: ledger.move(db, entry, READY, message=plainer, next_at=now))
        else:
            self._object(entry, f"Slack refuses the message: {error.code}.", can_be_confirmed=False)

    def _put_back(self, entry: Entry, why: str, until: datetime | None = None) -> None:
        moment = until or self.parts.clock()
        self.write(lambda db: ledger.move(db, entry, READY, next_at=moment, error=why))

    def _later(self, entry: Entry, error: Exception) -> None:
        """Leave the entry as it is, and let somebody look again in a while."""
        log.warning("a step has to be tried again: %s: %s", type(error).__name__, error)
        told, moment = f"{type(error).__name__}: {error}"[:200], self.parts.clock() + self.patience.again
        try:
            self.write(lambda db: ledger.move(db, entry, entry.state, next_at=moment, error=told))
        except LostClaimError as lost:
            log.info("somebody else has it: %s", lost)

    def _object(self, entry: Entry, why: str, *, can_be_confirmed: bool) -> None:
        """Do not post; stop the schedule or let somebody confirm it; and tell its owner once."""
        log.warning("not posted: %s", why)
        if entry.is_note:
            self.write(lambda db: ledger.move(db, entry, FAILED, error=why))
            return
        schedule, now = self._schedule(entry), self.parts.clock()
        state, end = (UNCONFIRMED, HELD) if can_be_confirmed else (STOPPED, FAILED)
        said = (notes.unconfirmed if can_be_confirmed else notes.stopped)(schedule, entry, why)

        def work(db: Db) -> None:
            ledger.move(db, entry, end, error=why)
            if schedule.state != state:
                alter(db, schedule, state=state, reason=why)
                ledger.add(db, notes.note(entry, state, schedule.owner, said, now))

        self.write(work)

    def _doubt(self, entry: Entry) -> None:
        """Hold what nobody can tell about, and let its owner look; a note that comes twice is better than none."""
        if entry.is_note:
            self._put_back(entry, UNCERTAIN)
            return
        schedule, now = self._schedule(entry), self.parts.clock()
        said = notes.held(schedule, entry)

        def work(db: Db) -> None:
            ledger.move(db, entry, HELD, error="Slack did not say whether it took it.")
            ledger.add(db, notes.note(entry, f"held-{entry.tries}", schedule.owner, said, now))

        self.write(work)

    def _standing(self, entry: Entry, since: datetime) -> str:
        """Return where a message of this delivery stands in the channel, '' where there is none; raise PostError."""
        client, cursor = self.parts.client, ""
        channel = entry.channel
        if channel.startswith(("U", "W")):
            channel = str(called(client.conversations_open, users=channel)["channel"]["id"])
        for _ in range(MOST_PAGES):
            told = called(
                client.conversations_history,
                channel=channel,
                include_all_metadata=True,
                limit=200,
                **({"cursor": cursor} if cursor else {}),
            )
            for one in told["messages"]:
                if (one.get("metadata") or {}).get("event_payload", {}).get("delivery") == entry.delivery:
                    return str(one["ts"])
            cursor = (told.get("response_metadata") or {}).get("next_cursor", "")
            if not cursor or float(told["messages"][-1]["ts"]) < since.timestamp():
                return ""
        raise PostError("too_much_to_read")
