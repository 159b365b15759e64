"""Messages into Slack, exactly once: the ledger says how far each has come, this takes it a step further.

Whatever dies or fails between two steps, the next worker goes on from what was committed. Only posting itself cannot be
repeated, so the intent to post is committed before, and where the outcome is unknown Slack is asked, after a while, for
a message that carries the delivery's name. Where Slack may not be asked, a person decides.
"""

from __future__ import annotations

import json
import logging
from datetime import timedelta
from functools import partial
from threading import Event
from typing import TYPE_CHECKING, TypeVar

from bot.access import Refused
from bot.alerts.kind import ALERT, LINE, ROLLUP, AlertKind, LineKind, RollUpKind
from bot.digests.admission import BLIND, CLOSED, ObjectionError
from bot.digests.correcting import WatchKind
from bot.digests.kind import DigestKind, FollowingKind
from bot.drawing import DrawingError
from bot.posting.drafts import Uploads, drafted, following
from bot.posting.kinds import Kind
from bot.posting.outlets import Channel, PostError
from bot.posting.patience import Patience
from bot.posting.standing import marked, standing
from bot.replies import NOT_YET_READY, Sent
from bot.threads import remember
from bot.uploads import UploadError, uploaded, uploaded_page
from kpi.errors import Mistake
from kpi.report import Report
from kpi.storage import ledger
from kpi.storage.ledger import (
    CORRECTION,
    DIGEST,
    PAGE,
    PLANNED,
    READY,
    SENT,
    THREAD,
    UNCERTAIN,
    UNDER_WAY,
    WATCH,
    Entry,
    LostClaimError,
)

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from bot.parts import Parts
    from bot.posting.drafts import Post
    from kpi.charts.page import Page
    from kpi.storage.database import Db

T = TypeVar("T")
log = logging.getLogger(__name__)

KINDS: dict[str, type[Kind]] = {
    DIGEST: DigestKind, THREAD: FollowingKind, PAGE: FollowingKind, WATCH: WatchKind, CORRECTION: FollowingKind,
    ALERT: AlertKind, LINE: LineKind, ROLLUP: RollUpKind,
}  # fmt: skip
LOCKED_OUT = frozenset(
    {"invalid_auth", "not_authed", "token_revoked", "token_expired", "account_inactive", "org_login_required"}
)
"""Slack's words for a token that does not work: no schedule's fault, and nobody can be told before it does again."""
GONE = "message_not_found"
TOO_FANCY = frozenset({NOT_YET_READY, "invalid_blocks_format", "msg_too_long", "msg_blocks_too_long", "no_text"})


class Poster:
    """One pair of hands: takes an entry, brings it a step further, takes the next. Many may work side by side."""

    def __init__(self, parts: Parts, patience: Patience | None = None, stopping: Event | None = None) -> None:
        self.parts, self.patience, self.stopping = parts, patience or Patience(), stopping or Event()
        self._kinds = {name: kind(parts) for name, kind in KINDS.items()}
        self.claimed: set[Entry] = set()
        """What was claimed and is under way."""

    def plan(self) -> None:
        """Enter into the ledger what is due soon."""
        now = self.parts.clock()
        self.write(lambda db: ledger.plan(db, now + self.patience.ahead, now))
        self.write(lambda db: ledger.recall(db, now, now + self.patience.longest, now + self.patience.lease))

    def work(self) -> int:
        """Take entry after entry until nothing waits, and count the steps."""
        steps = 0
        while not self.stopping.is_set() and (entry := self.claim()):
            self.claimed.add(entry)
            self.advance(entry)
            self.claimed.discard(entry)
            steps += 1
        return steps

    def put_down(self) -> None:
        """Hand back at once what was claimed and is not being posted; whoever still works on it has lost it."""
        for entry in self.claimed.copy():
            self.write(partial(ledger.hand_back, entry=entry, now=self.parts.clock()))

    def advance(self, entry: Entry) -> None:
        """Bring a claimed entry one step further; what goes wrong is tried again later."""
        steps = {PLANNED: self.prepare, READY: self.post, UNDER_WAY: self.distrust, UNCERTAIN: self.reconcile}
        try:
            self.kind(entry).require_wanted(entry)
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

    def kind(self, entry: Entry) -> Kind:
        """Return what is peculiar to entries of its kind."""
        return self._kinds.get(entry.kind) or Kind(self.parts)

    def prepare(self, entry: Entry) -> None:
        """Write the message and upload its files, before its hour where there is time."""
        if post := self.kind(entry).written(entry):
            thread = self.upload(entry, post.thread) if post.thread else {}
            page = self._upload_page(entry, post.page) if post.page else ""
            self.keep(entry, post, Uploads(self.upload(entry, post.message), thread, page))

    def upload(self, entry: Entry, report: Report) -> dict[int, str]:
        """Upload the pictures, which can be done twice without harm; before the hour there is time to try again."""
        files = {}
        for number, picture in enumerate(report.pictures):
            try:
                files[number] = uploaded(self.parts.client, self.parts.drawing.png(picture.chart), picture.alt)
            except (DrawingError, UploadError) as error:
                self._do_without(entry, error)
        return files

    def keep(self, entry: Entry, post: Post, files: Uploads) -> None:
        """Keep the message, ready for its hour."""
        told = drafted(self.parts, post, files)
        self.write(lambda db: self.kind(entry).keep(db, entry, post, told))

    def post(self, entry: Entry) -> None:
        """Post what is ready, unless something speaks against it."""
        self.kind(entry).require_admitted(entry)
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
        if entry.edits:
            Channel(self.parts.client, entry.channel).update(entry.edits, said)
            return entry.edits
        return Channel(self.parts.client, entry.channel, entry.thread).send(marked(said, entry))

    def record(self, entry: Entry, ts: str) -> None:
        """Keep where the message stands, and enter what follows under it."""
        now = self.parts.clock()

        def work(db: Db) -> None:
            ledger.move(db, entry, SENT, ts=ts)
            for one in following(entry, ts, now):
                ledger.add(db, one)

        self.write(work)
        context = json.loads(entry.message).get("context", "")
        sent = Sent(Channel(self.parts.client, entry.channel), ts, (), plain_tables=False)
        remember(self.parts, sent, Report("", (), context))

    def distrust(self, entry: Entry) -> None:
        """Give up on whoever posts it, and wait once more: a clock that jumped must not make us look too early."""
        if entry.edits:  # which can be done twice
            self._put_back(entry, UNCERTAIN)
            return
        moment = self.parts.clock() + self.patience.doubt
        self.write(lambda db: ledger.move(db, entry, UNCERTAIN, next_at=moment))

    def reconcile(self, entry: Entry) -> None:
        """Find out whether Slack has a message of which nobody recorded it."""
        posting_at = entry.posting_at or entry.due_at
        try:
            ts = standing(self.parts.client, entry, posting_at)
        except PostError as error:
            if error.code not in CLOSED | {BLIND} and self.parts.clock() - posting_at < self.patience.hidden:
                raise
            self.kind(entry).doubt(entry)
        else:
            if ts:
                self.record(entry, ts)
            else:
                self._put_back(entry, UNCERTAIN)

    def write(self, work: Callable[[Db], T]) -> T:
        """Do the work in a transaction."""
        return self.parts.database.written(self.parts.workspace, work)

    def _upload_page(self, entry: Entry, page: Page) -> str:
        try:
            return uploaded_page(self.parts.client, self.parts.drawing.pdf(page), page.title)
        except (DrawingError, UploadError) as error:
            self._do_without(entry, error)
            return ""

    def _do_without(self, entry: Entry, error: Exception) -> None:
        """Let it be tried again before the hour, and once after it."""
        if self.parts.clock() < entry.due_at or not entry.error:
            raise error
        log.warning("a message goes out without one of its files: %s", error)

    def _refused(self, entry: Entry, error: PostError) -> None:
        """Decide what a failed request means: nothing was sent, nobody knows, or it never will be."""
        now = self.parts.clock()
        said = json.loads(entry.message)
        if error.perhaps_sent and entry.edits:
            self._put_back(entry, error.code, now + self.patience.again)
        elif error.perhaps_sent:
            self.write(lambda db: ledger.move(db, entry, UNCERTAIN, error=str(error)[:200]))
        elif error.retry_after:
            until = now + min(timedelta(seconds=error.retry_after), self.patience.longest)
            self._put_back(entry, error.code, until)
            self.write(lambda db: ledger.pause(db, entry.channel, until))
        elif error.code in LOCKED_OUT:
            self._put_back(entry, error.code, now + self.patience.locked_out)
        elif error.code == "connection":
            self._put_back(entry, error.code, now + self.patience.again * min(entry.tries, 20))
        elif error.code in TOO_FANCY and len(said["drafts"]) > 1:
            plainer = json.dumps(said | {"drafts": said["drafts"][1:]}, ensure_ascii=False)
            self.write(lambda db: ledger.move(db, entry, READY, message=plainer, next_at=now))
        elif entry.edits and error.code != GONE:
            instead, where = json.dumps({"drafts": said["instead"]}, ensure_ascii=False), entry.edits
            self.write(lambda db: ledger.move(db, entry, READY, message=instead, thread=where, edits="", next_at=now))
        else:
            self._object(entry, f"Slack refuses the message: {error.code}.", can_be_confirmed=False)

    def _object(self, entry: Entry, why: str, *, can_be_confirmed: bool) -> None:
        log.warning("not posted: %s", why)
        self.kind(entry).object(entry, why, can_be_confirmed=can_be_confirmed)

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
