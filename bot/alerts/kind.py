"""Alerts in the ledger: one message for each episode, grouped by campaign and day, only so many a day in a channel."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from bot.access import permission, person_called
from bot.blocks import Control
from bot.digests.admission import ObjectionError
from bot.posting.drafts import Post
from bot.posting.kinds import Kind
from kpi.alerts.commands import asking_now
from kpi.alerts.message import People, alert_report, picture_of, status, with_picture
from kpi.alerts.watched import watched
from kpi.errors import Mistake
from kpi.report import Heading, Note, Paragraph, Report
from kpi.storage import ledger
from kpi.storage.alerts.rules import KeptRule, rule_called, rules
from kpi.storage.alerts.states import KeptAlert, alerts
from kpi.storage.ledger import EXPIRED, PLANNED, READY, SENT, UNCERTAIN, UNDER_WAY, Entry, LostClaimError

if TYPE_CHECKING:
    from datetime import datetime

    from bot.parts import Parts
    from kpi.question import Asking
    from kpi.storage.database import Db

ACK, SNOOZE, UNTIL, WHY, OURS, EDIT, MUTE = (
    f"alert-{name}" for name in ("ack", "snooze", "until", "why", "ours", "edit", "mute")
)
QUIETER = "alert list shows every rule; alert pause NAME quiets one."
A_MOMENT = timedelta(seconds=5)
MOST_A_DAY = 5
"""Messages about alerts in a channel on one day; what is beyond is told together in one."""
ROLLED = "told together with others"
ALERT, LINE, ROLLUP = "alert", "line", "rollup"


class AlertKind(Kind):
    """The message of an alert, with its picture; one that is over before its hour is never posted."""

    def require_wanted(self, entry: Entry) -> None:
        """Drop what is over, or was removed, before it was posted."""
        if entry.state in (PLANNED, READY) and _alert_of(self.parts, entry) is None:
            self.write(lambda db: ledger.move(db, entry, EXPIRED))
            raise LostClaimError(f"{entry.piece} is over")

    def written(self, entry: Entry) -> Post | None:
        """Write the message; None where it is told together with others, or waits for the first of its campaign."""
        now = self.parts.clock()
        if self._is_too_many(entry):
            self.write(lambda db: _roll_up(db, entry, now))
            return None
        first = self._first_of_the_day(entry)
        if first is not None and not entry.thread:
            if first.state != SENT:
                self.write(lambda db: ledger.move(db, entry, PLANNED, next_at=max(now + A_MOMENT, first.next_at)))
                return None
            self.write(lambda db: ledger.move(db, entry, PLANNED, thread=first.ts, next_at=now))
            return None
        found = _alert_of(self.parts, entry)
        if found is None:
            return None
        with self.parts.database.reading(self.parts.workspace) as db:
            asking = asking_now(db, now)
            report = report_now(self.parts, *found, asking)
            case = watched(asking, [found[0].rule]).case(found[0].rule, found[1].campaign)
            picture = picture_of(case, name_of(asking, found[1].campaign), asking.words)
        return Post(with_picture(report, picture), controls=controls(*found))

    def require_admitted(self, entry: Entry) -> None:
        """Look whether the channel may still see figures."""
        with self.parts.database.reading(self.parts.workspace) as db:
            kept = rule_called(db, entry.schedule)
        if kept is not None:
            require_seen_by(self.parts, kept.owner, entry.channel)

    def _is_too_many(self, entry: Entry) -> bool:
        posted = [one for one in _of_the_day(self.parts, entry) if one.state in (READY, UNDER_WAY, UNCERTAIN, SENT)]
        return len(posted) >= MOST_A_DAY

    def _first_of_the_day(self, entry: Entry) -> Entry | None:
        """Return the message under which this one goes: the first about the same campaign on the same day."""
        campaign = _campaign(entry)
        same = [one for one in _of_the_day(self.parts, entry) if campaign and _campaign(one) == campaign]
        going = [one for one in same if one.state in (READY, UNDER_WAY, UNCERTAIN, SENT) and not one.thread]
        return going[0] if going else None


class LineKind(Kind):
    """A line in the thread of an alert."""

    def require_admitted(self, entry: Entry) -> None:
        """Look whether the channel may still see figures."""
        AlertKind.require_admitted(AlertKind(self.parts), entry)


class RollUpKind(Kind):
    """The alerts of a day beyond what a channel is told one by one."""

    def written(self, entry: Entry) -> Post | None:
        """List them as they are now."""
        with self.parts.database.reading(self.parts.workspace) as db:
            asking = asking_now(db, self.parts.clock())
            rolled = [
                one for one in ledger.entries(db, EXPIRED) if one.error == ROLLED and one.channel == entry.channel
            ]
            known, kept = alerts(db), {one.id: one for one in rules(db)}
            found = [known.get((one.schedule, _campaign(one))) for one in rolled if one.slot == entry.slot]
            said = [
                Paragraph(f"{status(one)}: {name_of(asking, one.campaign) or 'all campaigns'}. {one.said}")
                for one in found if one is not None and one.rule in kept
            ]  # fmt: skip
        headline = f"{len(said)} more alerts today"
        return Post(
            Report(
                headline, (Heading(headline), *said, Note("alert list shows every rule; alert pause NAME quiets one."))
            )
        )


def controls(kept: KeptRule, one: KeptAlert) -> tuple[Control, ...]:
    """Return the buttons of an alert as it is now."""
    value = f"{kept.id} {one.campaign}".strip()
    last = (Control(WHY, "Why", value), Control(OURS, "It was us", value), Control(EDIT, "Edit rule", value))
    if not one.alert.is_open:
        return last
    acked = () if one.alert.acked_by else (Control(ACK, "Acknowledge", value, style="primary"),)
    asleep = (
        Control(f"{SNOOZE}-1", "Snooze a day", f"{value} 1"), Control(f"{SNOOZE}-7", "Snooze a week", f"{value} 7"),
        Control(UNTIL, "Snooze until…", value),
    )  # fmt: skip
    return *acked, *asleep, *last, Control(MUTE, "Speak again" if one.alert.muted else "Mute", value)


def report_now(parts: Parts, kept: KeptRule, one: KeptAlert, asking: Asking) -> Report:
    """Return the message of an alert as it is now, with the names of people."""
    people = People(_name_of_person(parts, one.alert.acked_by) if one.alert.acked_by else "")
    return alert_report(kept, one, name_of(asking, one.campaign), asking.words, people, asking.now)


def name_of(asking: Asking, campaign: str) -> str:
    """Return the name of a campaign, '' for all together."""
    found = asking.called([campaign]).get(campaign) if campaign else None
    return found.name if found else campaign


def require_seen_by(parts: Parts, owner: str, channel: str) -> None:
    """Raise ObjectionError where the channel is not open for figures any more."""
    rights = permission(parts.client, parts.database, parts.settings, parts.workspace, owner, parts.team, channel)
    if not rights.may_arrange and not rights.may_ask:
        raise ObjectionError("The channel is not open for campaign figures any more.", can_be_confirmed=False)


def _alert_of(parts: Parts, entry: Entry) -> tuple[KeptRule, KeptAlert] | None:
    """Return the alert of an entry while it is the same episode and not over."""
    with parts.database.reading(parts.workspace) as db:
        kept = rule_called(db, entry.schedule)
        one = alerts(db, entry.schedule).get((entry.schedule, _campaign(entry)))
    is_on = kept is not None and one is not None and one.alert.is_open and one.piece == entry.piece
    return (kept, one) if is_on and kept and one else None


def _campaign(entry: Entry) -> str:
    return entry.piece.partition(": ")[2]


def _of_the_day(parts: Parts, entry: Entry) -> list[Entry]:
    """Return the other messages about alerts in the same channel on the same day, the first posted first."""
    with parts.database.reading(parts.workspace) as db:
        found = [one for one in ledger.of_channel(db, entry.channel, entry.slot) if one.kind == ALERT]
    others = [one for one in found if (one.schedule, one.piece) != (entry.schedule, entry.piece)]
    return sorted(others, key=lambda one: (str(one.posting_at), one.schedule))


def _roll_up(db: Db, entry: Entry, now: datetime) -> None:
    ledger.move(db, entry, EXPIRED, error=ROLLED)
    together = Entry(f"alerts {entry.channel}", entry.slot, ROLLUP, PLANNED, entry.channel, now, now)
    ledger.add(db, together)


def _name_of_person(parts: Parts, user: str) -> str:
    try:
        return person_called(parts.client, user, parts.team).name
    except Mistake:
        return "somebody"
