"""Digests in the ledger: written from the figures of their time, and answered for by a person."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from bot.digests import notes
from bot.digests.admission import ObjectionError, answering, require_admitted
from bot.digests.edition import digest_of, waits_for, with_apologies
from bot.posting.kinds import UNSAID, Kind
from kpi.storage import ledger
from kpi.storage.ledger import EXPIRED, FAILED, HELD, PLANNED, READY, Entry, LostClaimError
from kpi.storage.schedules import ON, STOPPED, UNCONFIRMED, Schedule, alter, schedule_called

if TYPE_CHECKING:
    from bot.digests.notes import Said
    from bot.posting.drafts import Post
    from kpi.storage.database import Db


LOOK = timedelta(minutes=2)
"""Between two looks whether what a digest waits for has come."""


class DigestKind(Kind):
    """A digest; what goes wrong is told to the person who answers for it, once."""

    def require_wanted(self, entry: Entry) -> None:
        """Drop what somebody has turned off since; what may stand in Slack already is followed to its end."""
        if entry.state in (PLANNED, READY) and self.schedule(entry).state not in (ON, UNCONFIRMED):
            self.write(lambda db: ledger.withdraw(db, entry.schedule))
            raise LostClaimError(f"{entry.schedule} is no longer on")

    def written(self, entry: Entry) -> Post | None:
        """Write the digest, unless it still waits for sources, or has become too late."""
        now, schedule = self.parts.clock(), self.schedule(entry)
        if now - entry.due_at > schedule.rhythm.patience:
            self.write(lambda db: ledger.move(db, entry, EXPIRED))
            return None
        sources, until = waits_for(self.parts, schedule, entry, now)
        if sources:
            moment = min(now + LOOK, until)
            self.write(lambda db: ledger.move(db, entry, PLANNED, next_at=moment, waits_for=sources))
            return None
        post = digest_of(self.parts, schedule, entry.slot, now)
        return with_apologies(self.parts, schedule, entry, post, now)

    def require_admitted(self, entry: Entry) -> None:
        """Look who answers for it and who reads along, at the last moment."""
        schedule = self.schedule(entry)
        if self.parts.clock() - entry.due_at > schedule.rhythm.patience:
            self.write(lambda db: ledger.move(db, entry, EXPIRED))
            raise LostClaimError("it is too late")
        if (person := answering(self.parts, schedule)) is None:
            raise ObjectionError("Its owner has left, and nobody else is there.", can_be_confirmed=False)
        if person.id != schedule.owner:
            schedule = self._pass_on(entry, schedule, person.id)
        require_admitted(self.parts, schedule)

    def object(self, entry: Entry, why: str, *, can_be_confirmed: bool) -> None:
        """Stop the schedule or let somebody confirm it, and tell its owner once."""
        schedule = self.schedule(entry)
        state, end = (UNCONFIRMED, HELD) if can_be_confirmed else (STOPPED, FAILED)
        said = (notes.unconfirmed if can_be_confirmed else notes.stopped)(schedule, entry, why)

        def work(db: Db) -> None:
            ledger.move(db, entry, end, error=why)
            if schedule.state != state:
                alter(db, schedule, state=state, reason=why)
                self._tell(db, entry, state, schedule.owner, said)

        self.write(work)

    def doubt(self, entry: Entry) -> None:
        """Hold it, and let its owner look."""
        schedule = self.schedule(entry)

        def work(db: Db) -> None:
            ledger.move(db, entry, HELD, error=UNSAID)
            self._tell(db, entry, f"held-{entry.tries}", schedule.owner, notes.held(schedule, entry))

        self.write(work)

    def schedule(self, entry: Entry) -> Schedule:
        """Return the schedule that an entry belongs to."""
        with self.parts.database.reading(self.parts.workspace) as db:
            schedule = schedule_called(db, entry.schedule)
        if schedule is None:
            raise LostClaimError(f"there is no schedule {entry.schedule}")
        return schedule

    def _pass_on(self, entry: Entry, schedule: Schedule, person: str) -> Schedule:
        def work(db: Db) -> Schedule:
            self._tell(db, entry, "passed-on", person, notes.passed_on(schedule))
            return alter(db, schedule, owner=person)

        return self.write(work)

    def _tell(self, db: Db, entry: Entry, name: str, person: str, said: Said) -> None:
        ledger.add(db, notes.note(entry, name, person, said, self.parts.clock()))


class FollowingKind(DigestKind):
    """What follows a digest in its thread; where that cannot be, the digest stands, and the list of digests says so."""

    def require_wanted(self, entry: Entry) -> None:
        """Want it: the digest that it belongs to stands there."""

    def object(self, entry: Entry, why: str, *, can_be_confirmed: bool) -> None:
        """Do not post it."""
        Kind.object(self, entry, why, can_be_confirmed=can_be_confirmed)
