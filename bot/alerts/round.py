"""Alerts by themselves: rules are evaluated when it is time, what happened goes to Slack, messages are kept true."""

from __future__ import annotations

import json
import logging
import re
from dataclasses import replace
from datetime import datetime, time, timedelta
from hashlib import sha256
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from bot.alerts.kind import ALERT, LINE, controls, report_now
from bot.blocks import message
from bot.posting.outlets import Channel, PostError
from bot.replies import plain
from kpi.alerts.commands import asking_now
from kpi.alerts.message import news_line
from kpi.alerts.rounds import brought_on, is_due, looked_at
from kpi.alerts.states import News
from kpi.storage import ledger
from kpi.storage.alerts.rules import rules
from kpi.storage.alerts.states import alerts, keep_alerts, keep_round, last_round
from kpi.storage.ledger import PLANNED, READY, SENT, Entry
from kpi.storage.rhythms import silent_sources

if TYPE_CHECKING:
    from bot.parts import Parts
    from kpi.alerts.rounds import Happened
    from kpi.question import Asking
    from kpi.report import Report
    from kpi.storage.alerts.rules import KeptRule
    from kpi.storage.alerts.states import KeptAlert
    from kpi.storage.database import Db
    from kpi.storage.rhythms import Silent
    from kpi.wording import Words

log = logging.getLogger(__name__)

AWAKE = (time(8), time(20))
"""Between these hours, by the team's clock, alerts are posted; what fires at night comes in the morning."""
PERSON = re.compile(r"[UW][A-Z0-9]{6,}")
"""Somebody in Slack; who imports in a terminal has another name."""
NEVER_EDITED = frozenset({"message_not_found", "cant_update_message", "edit_window_closed", "channel_not_found"})
"""Slack's words for a message that stays as it is; the thread under it tells what has become of the alert."""


def watch(parts: Parts) -> None:
    """Evaluate what is due, enter the news into the ledger, and bring the messages up to date."""
    now = parts.clock()
    with parts.database.reading(parts.workspace) as db:
        every_rule, hourly = is_due(asking_now(db, now), now)
    if every_rule or hourly:
        evaluate(parts, now, hourly_only=not every_rule)
    refresh(parts)


def evaluate(parts: Parts, moment: datetime, *, hourly_only: bool = False) -> None:
    """Evaluate the rules as of a moment; what happened and that it was done is written in one transaction."""
    with parts.database.reading(parts.workspace) as db:
        found = looked_at(asking_now(db, moment), hourly_only=hourly_only)

    def work(db: Db) -> None:
        asking = asking_now(db, moment)
        for one in brought_on(asking, found, moment):
            tell(db, asking, one)
        tell_of_silence(db, asking)
        now = parts.clock()
        keep_round(db, last_round(db)[0] if hourly_only else now, now)

    parts.database.written(parts.workspace, work)


def tell(db: Db, asking: Asking, one: Happened) -> None:
    """Enter what happened into the ledger: the message of an alert that fires, a line in its thread for the rest."""
    for news in one.news:
        if news is News.FIRED:
            due = awake(asking)
            day = asking.team.day(due)
            add = Entry(one.kept.id, day, one.alert.piece, PLANNED, one.kept.channel, due, asking.now)
            ledger.add(db, add)
        else:
            line(db, asking, one.alert, news_line(one.alert, news, asking.words, asking.now), aloud=news is News.AGAIN)


def tell_of_silence(db: Db, asking: Asking) -> None:
    """Tell whoever imported it last, or answers for a rule, that a source has fallen silent; once each time."""
    owners = [one.owner for one in rules(db)]
    for silent in silent_sources(db, asking.now):
        person = silent.person if PERSON.fullmatch(silent.person) else next(iter(owners), "")
        if person:
            told = json.dumps({"drafts": [message(_of_silence(silent, asking.words))]}, ensure_ascii=False)
            since, due = asking.team.day(silent.since), awake(asking)
            entry = Entry(f"source {silent.source}", since, "silent", READY, person, due, due, message=told)
            ledger.add(db, entry)


def _of_silence(silent: Silent, words: Words) -> Report:
    days = max(round(silent.rhythm / timedelta(days=1)), 1)
    usual = "every day" if days == 1 else f"every {days} days"
    said = f"{silent.source} has told nothing since {words.moment(silent.since)}; it used to about {usual}."
    heals = "kpi-bot doctor says what is missing." if silent.is_live else "Import its next file."
    return plain(said, f"These days count as a gap, not as low days, so its alerts wait. {heals}")


def line(db: Db, asking: Asking, one: KeptAlert, said: str, *, aloud: bool = False) -> None:
    """Enter a line for the thread of an alert; ``aloud`` shows it in the channel, too."""
    standing = message_of(db, one)
    if standing is None:
        return
    extra = {"reply_broadcast": True} if aloud else {}
    told = json.dumps({"drafts": [message(plain(said)) | extra]}, ensure_ascii=False)
    due, piece = awake(asking), f"{LINE} {asking.now.isoformat()} {len(said)}: {one.piece}"
    thread = standing.thread or standing.ts
    add = Entry(one.rule, asking.today, piece, READY, standing.channel, due, due, message=told, thread=thread)
    ledger.add(db, add)


def message_of(db: Db, one: KeptAlert) -> Entry | None:
    """Return the ledger's entry of the message that stands in Slack for an alert."""
    found = (entry for entry in ledger.entries(db, SENT, schedule=one.rule) if entry.kind == ALERT)
    return next((entry for entry in found if entry.piece == one.piece and entry.ts), None)


def refresh(parts: Parts) -> None:
    """Edit every message of an alert that no longer shows how the alert is."""
    now = parts.clock()
    with parts.database.reading(parts.workspace) as db:
        asking = asking_now(db, now)
        kept = {one.id: one for one in rules(db)}
        known = [one for one in alerts(db).values() if one.alert.episode and one.rule in kept]
        stale = [
            (one, entry, message(report_now(parts, kept[one.rule], one, asking), {}, controls(kept[one.rule], one)))
            for one in known if _mark(kept[one.rule], one, now) != one.shown and (entry := message_of(db, one))
        ]  # fmt: skip
    for one, entry, edited in stale:
        _edit(parts, one, entry, edited, _mark(kept[one.rule], one, now))


def awake(asking: Asking) -> datetime:
    """Return now, or the next morning where it is night for the team."""
    local = asking.now.astimezone(ZoneInfo(asking.words.timezone))
    if AWAKE[0] <= local.time() < AWAKE[1]:
        return asking.now
    day = local.date() + timedelta(days=local.time() >= AWAKE[1])
    return datetime.combine(day, AWAKE[0], local.tzinfo)


def _edit(parts: Parts, one: KeptAlert, entry: Entry, edited: dict[str, Any], mark: str) -> None:
    """Edit a message in place, its picture kept; what Slack does not let be edited stays, and its thread tells."""
    try:
        Channel(parts.client, entry.channel).update(entry.ts, _with_its_picture(edited, entry))
    except PostError as error:
        if error.code not in NEVER_EDITED:
            log.warning("an alert's message waits to be edited: %s", error)
            return
        log.warning("an alert's message cannot be edited: %s", error.code)

    def work(db: Db) -> None:
        current = alerts(db, one.rule).get(one.key)
        if current is not None:
            keep_alerts(db, [replace(current, shown=mark)])

    parts.database.written(parts.workspace, work)


def _with_its_picture(edited: dict[str, Any], entry: Entry) -> dict[str, Any]:
    """Return a message with the picture that it was posted with, before its small print."""
    first = json.loads(entry.message)["drafts"][0].get("blocks", [])
    pictures = [block for block in first if block["type"] == "image"]
    blocks = edited["blocks"]
    at = next((number for number, block in enumerate(blocks) if block["type"] == "context"), len(blocks))
    return edited | {"blocks": [*blocks[:at], *pictures, *blocks[at:]]}


def _mark(kept: KeptRule, one: KeptAlert, now: datetime) -> str:
    """Return what the message of an alert depends on, as a hash."""
    alert = one.alert
    shown = (alert.phase, alert.episode, alert.closed_at, alert.acked_by, alert.snoozed_until, alert.muted)
    said = (one.said, one.ending, alert.is_silent(now), kept.rule)
    return sha256(repr((shown, said)).encode()).hexdigest()[:16]
