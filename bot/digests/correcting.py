"""Digests that stand are looked after: where late data has changed a figure noticeably, the message is replaced.

Each has one entry in the ledger that is planned again and again, and enters a correction where there is one.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from bot.digests.edition import corrected
from bot.digests.kind import FollowingKind
from kpi.digest.kept import Kept
from kpi.storage import ledger
from kpi.storage.ledger import CORRECTION, EXPIRED, PLANNED, READY, Entry, LostClaimError
from kpi.storage.schedules import ON, UNCONFIRMED

if TYPE_CHECKING:
    from bot.posting.drafts import Post
    from kpi.storage.database import Db

BETWEEN_LOOKS, BETWEEN_CORRECTIONS = timedelta(hours=1), timedelta(days=1)
CORRECTED_FOR = timedelta(weeks=4)
MOST = 5
"""Corrections of one digest."""


class WatchKind(FollowingKind):
    """The look whether the figures of a digest still hold."""

    def require_wanted(self, entry: Entry) -> None:
        """End where the schedule is off, after four weeks, and after some corrections."""
        is_old = self.parts.clock().date() - entry.slot > CORRECTED_FOR
        if is_old or entry.tries >= MOST or self.schedule(entry).state not in (ON, UNCONFIRMED):
            self.write(lambda db: ledger.move(db, entry, EXPIRED))
            raise LostClaimError("its figures are looked after no longer")

    def written(self, entry: Entry) -> Post | None:
        """Write the digest anew where its figures no longer hold."""
        now = self.parts.clock()
        post = corrected(self.parts, self.schedule(entry), entry.slot, Kept.of_text(entry.kept), now)
        if post is None:
            moment = now + BETWEEN_LOOKS
            self.write(lambda db: ledger.move(db, entry, PLANNED, due_at=moment, next_at=moment))
        return post

    def keep(self, db: Db, entry: Entry, post: Post, message: str) -> None:
        """Enter the correction, and look again when another one may come."""
        now, number = self.parts.clock(), entry.tries + 1
        piece = f"{CORRECTION}-{number}: {entry.piece.partition(': ')[2]}"
        ledger.add(
            db, Entry(entry.schedule, entry.slot, piece, READY, entry.channel, now, now,
                      message=message, edits=entry.edits),
        )  # fmt: skip
        moment = now + BETWEEN_CORRECTIONS
        ledger.move(db, entry, PLANNED, due_at=moment, next_at=moment, tries=number, kept=post.kept)
