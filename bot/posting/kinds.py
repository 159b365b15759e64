"""What differs between the kinds of messages in the ledger: who writes one, whether it may go, who hears of trouble.

A row in ``bot.posting.steps.KINDS`` for each kind; what has none is a note to a person, written with its message.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from kpi.storage import ledger
from kpi.storage.ledger import FAILED, READY, Entry

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.parts import Parts
    from bot.posting.drafts import Post
    from kpi.storage.database import Db

T = TypeVar("T")
UNSAID = "Slack did not say whether it took it."


class Kind:
    """A message that goes whatever happens, and about which nobody is told anything."""

    def __init__(self, parts: Parts) -> None:
        self.parts = parts

    def require_wanted(self, entry: Entry) -> None:
        """Raise LostClaimError where nobody wants the message any more."""

    def written(self, entry: Entry) -> Post | None:
        """Return what is to be posted, None where it is put off or too late for it, as the ledger says then."""
        raise NotImplementedError(entry.piece)

    def keep(self, db: Db, entry: Entry, post: Post, message: str) -> None:
        """Keep what is to be posted, ready for its hour."""
        ledger.move(db, entry, READY, message=message, kept=post.kept, next_at=entry.due_at)

    def require_admitted(self, entry: Entry) -> None:
        """Raise ObjectionError where the message must not go out now."""

    def object(self, entry: Entry, why: str, *, can_be_confirmed: bool) -> None:  # noqa: ARG002  others can be
        """Do not post it."""
        self.write(lambda db: ledger.move(db, entry, FAILED, error=why))

    def doubt(self, entry: Entry) -> None:
        """Decide about one that may stand there, and nobody can tell: twice is better than not at all."""
        self.write(lambda db: ledger.move(db, entry, READY, next_at=self.parts.clock(), error=UNSAID))

    def write(self, work: Callable[[Db], T]) -> T:
        """Do the work in a transaction."""
        return self.parts.database.written(self.parts.workspace, work)
