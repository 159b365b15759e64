"""``/kpi digest``: on, off, list, preview, now, edit."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from bot.access import person_called
from bot.blocks import Control
from bot.digest_targets import Target, readers_in, target_of
from bot.digest_words import USAGE, DigestOrder
from bot.edition import digest_of
from bot.outlets import Channel
from bot.permits import audience
from bot.replies import dm_of, pictures, plain, privately, words
from kpi.errors import Mistake
from kpi.report import Note, Paragraph, Report
from kpi.slots import Rhythm, slots_after
from kpi.storage import ledger
from kpi.storage.ledger import DIGEST, EXPIRED, FAILED, HELD, PLANNED, SENT, Entry
from kpi.storage.schedules import OFF, ON, Schedule, alter, keep, schedules
from kpi.storage.workspaces import team

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.admission import Readers
    from bot.parts import Parts, Place
    from kpi.storage.database import Db

TURN_ON, TURN_OFF, PREVIEW = "digest-on", "digest-off", "digest-preview"
NEXT = 3
"""Dates that are named when a digest is turned on."""


def obey(parts: Parts, place: Place, order: DigestOrder, text: str) -> None:
    """Carry out a command about digests."""
    target = target_of(parts, place, order)
    if not target.may_have:
        raise Mistake(
            "Digests are set up where figures are open to you.",
            "A workspace admin can type /kpi open here in the channel.",
        )
    does: dict[str, Callable[[Parts, Place, Target, DigestOrder], tuple[Report, tuple[Control, ...]]]] = {
        "list": _list, "off": _off, "preview": _preview, "now": _now,
    }  # fmt: skip
    if order.verb in does:
        report, controls = does[order.verb](parts, place, target, order)
    else:
        report, controls = turned_on(parts, target, order, text)
    words(parts, privately(parts, place), report, controls)


def turned_on(
    parts: Parts, target: Target, order: DigestOrder, text: str, *, confirmed: bool = False
) -> tuple[Report, tuple[Control, ...]]:
    """Turn a digest on or change it; where many read along they are named first, and it takes a press."""
    before, now = _existing(parts, target, order), parts.clock()
    if order.verb == "edit" and before is None:
        raise Mistake("There is no digest here yet.", USAGE)
    readers, rhythm = readers_in(parts, target.channel), order.rhythm(before.rhythm if before else _usual(parts))
    wanted = Schedule(target.channel, target.permitted.person.id, rhythm, now, target.person, order.scope)
    if before:
        wanted = replace(
            before, rhythm=rhythm, planned_until=now, state=ON, reason="", scope=order.scope or before.scope
        )
    digest_of(parts, wanted, next(slots_after(rhythm, now)).day, now)
    known = before is not None and before.state == ON
    exposure, guests = (before.exposure, before.guests) if before and known else ("private", False)
    if not confirmed and readers.are_more_than(exposure, guests=guests):
        return _question(parts, target.channel, readers), (Control(TURN_ON, "Turn it on", text, style="primary"),)
    wanted = replace(wanted, exposure=readers.exposure, guests=readers.guests)
    written(parts, lambda db: _keep(db, wanted))
    return _is_on(parts, wanted), (Control(PREVIEW, "Preview", wanted.id), Control(TURN_OFF, "Turn it off", wanted.id))


def _keep(db: Db, schedule: Schedule) -> None:
    ledger.withdraw(db, schedule.id)
    keep(db, schedule)


def _existing(parts: Parts, target: Target, order: DigestOrder) -> Schedule | None:
    """Return the schedule that an order changes: the same one, or when editing the only one there."""
    there = [one for one in _of(parts, target.channel) if order.monthly in (None, one.rhythm.monthly)]
    if order.verb == "edit":
        if len(there) > 1:
            raise Mistake("There are several digests here.", "Say which: /kpi digest edit weekly …, or monthly.")
        return there[0] if there else None
    return next((one for one in there if one.scope == order.scope and one.rhythm.monthly == bool(order.monthly)), None)


def _usual(parts: Parts) -> Rhythm:
    with parts.database.reading(parts.workspace) as db:
        return Rhythm(zone=team(db).words.timezone)


def _question(parts: Parts, channel: str, readers: Readers) -> Report:
    warnings = {
        "shared": "The channel is shared with another organisation.",
        "public": "The channel is public: everybody in the workspace can join and read back.",
    }.get(readers.exposure, "")
    guests = "There are guests in it." if readers.guests else ""
    return plain(f"The digest will be seen by {audience(parts, channel)}.", f"{warnings} {guests}".strip())


def _is_on(parts: Parts, schedule: Schedule) -> Report:
    """Repeat a schedule back, with its next dates."""
    said = f"On: {described(parts, schedule)}."
    return Report(said, (Paragraph(said), Paragraph(f"Next: {_next_dates(parts, schedule)}.")))


def described(parts: Parts, schedule: Schedule) -> str:
    """Say when, about what and where."""
    about = f"campaigns {schedule.scope}" if schedule.scope else "all campaigns"
    return f"a digest {schedule.rhythm.words}, {about}, {_place_name(parts, schedule)}"


def _place_name(parts: Parts, schedule: Schedule) -> str:
    if schedule.person:
        return f"to {person_called(parts.client, schedule.person, parts.team).name}"
    try:
        return f"in #{parts.client.conversations_info(channel=schedule.channel)['channel']['name']}"
    except Exception:  # noqa: BLE001  a name is a nicety
        return "in its channel"


def _next_dates(parts: Parts, schedule: Schedule) -> str:
    """Name the next dates, without those that had their digest already."""
    with parts.database.reading(parts.workspace) as db:
        taken = {one.slot for one in ledger.entries(db, schedule=schedule.id) if one.piece == DIGEST}
        shown = team(db).words
    dates = []
    for slot in slots_after(schedule.rhythm, parts.clock()):
        if slot.day not in taken:
            dates.append(f"{slot.day:%a} {shown.day(slot.day)}")
        if len(dates) == NEXT:
            break
    local = parts.clock().astimezone(ZoneInfo(schedule.rhythm.zone))
    return f"{', '.join(dates)} at {schedule.rhythm.at:%H:%M} ({schedule.rhythm.zone}, where it is {local:%H:%M} now)"


def _list(parts: Parts, place: Place, target: Target, _order: DigestOrder) -> tuple[Report, tuple[Control, ...]]:
    """List the digests here; in direct messages all that the person answers for, for an admin all there are."""
    shown = _of(parts, target.channel)
    if place.channel.startswith("D"):
        with parts.database.reading(parts.workspace) as db:
            mine = target.permitted.may_change
            shown = [one for one in schedules(db) if mine or place.user in (one.owner, one.person)]
    if not shown:
        return plain("There is no digest here yet.", USAGE), ()
    said = [line for one in shown for line in _lines(parts, one)]
    return Report(said[0], tuple(Paragraph(line) for line in said)), ()


def _lines(parts: Parts, schedule: Schedule) -> list[str]:
    state = {ON: "On", OFF: "Off"}.get(schedule.state, f"{schedule.state.title()} ({schedule.reason})")
    when = f" Next: {_next_dates(parts, schedule)}." if schedule.state == ON else ""
    with parts.database.reading(parts.workspace) as db:
        found = [
            one for one in ledger.entries(db, HELD, FAILED, EXPIRED, SENT, schedule=schedule.id) if not one.is_note
        ]
    trouble = [one for one in found[:NEXT] if one.state != SENT]
    notes = [f"{one.slot}: {one.state}. {one.error}".strip() for one in trouble if one.state != SENT]
    return [f"{state}: {described(parts, schedule)}.{when}", *notes]


def _off(parts: Parts, _place: Place, target: Target, order: DigestOrder) -> tuple[Report, tuple[Control, ...]]:
    there = [
        one for one in _of(parts, target.channel) if one.state != OFF and order.monthly in (None, one.rhythm.monthly)
    ]
    if not there:
        return plain("There is no digest here to turn off."), ()
    if len(there) > 1:
        buttons = tuple(Control(TURN_OFF, f"Turn off: {one.rhythm.words} {one.scope}", one.id) for one in there[:5])
        return plain("Which one?"), buttons
    return turned_off(parts, there[0]), ()


def turned_off(parts: Parts, schedule: Schedule) -> Report:
    """Turn a digest off."""

    def work(db: Db) -> None:
        ledger.withdraw(db, schedule.id)
        alter(db, schedule, state=OFF)

    written(parts, work)
    return plain(f"Off: {described(parts, schedule)}.", "/kpi digest on turns it on again.")


def _preview(parts: Parts, place: Place, target: Target, order: DigestOrder) -> tuple[Report, tuple[Control, ...]]:
    """Show in private what would be posted now."""
    schedule = _existing(parts, target, replace(order, verb="edit")) or Schedule(
        target.channel, place.user, order.rhythm(_usual(parts)), parts.clock(), scope=order.scope
    )
    return previewed(parts, place, schedule), ()


def previewed(parts: Parts, place: Place, schedule: Schedule) -> Report:
    """Send somebody a digest as it would be posted now."""
    now = parts.clock()
    report = digest_of(parts, schedule, now.astimezone(ZoneInfo(schedule.rhythm.zone)).date(), now)
    dm = dm_of(parts, place.user)
    sent = words(parts, (Channel(parts.client, dm),), report) if dm else None
    if sent is None:
        return replace(report, pieces=(*report.pieces, Note("Without its pictures: I cannot write to you directly.")))
    pictures(parts, sent, report)
    return plain("I have sent it to you as a direct message, as it would be posted now.")


def _now(parts: Parts, _place: Place, target: Target, order: DigestOrder) -> tuple[Report, tuple[Control, ...]]:
    """Enter a digest of this moment into the ledger; asked twice within a minute it is the same one."""
    schedule = _existing(parts, target, replace(order, verb="edit"))
    if schedule is None or schedule.state != ON:
        raise Mistake("There is no digest here that is on.", USAGE)
    now = parts.clock()
    day = now.astimezone(ZoneInfo(schedule.rhythm.zone)).date()
    entry = Entry(schedule.id, day, f"{DIGEST} of {now:%H:%M}", PLANNED, schedule.channel, now, now)
    written(parts, lambda db: ledger.add(db, entry))
    return plain("It will stand there in a moment."), ()


def _of(parts: Parts, channel: str) -> list[Schedule]:
    with parts.database.reading(parts.workspace) as db:
        return [one for one in schedules(db) if one.channel == channel]


def written(parts: Parts, work: Callable[[Db], Any]) -> Any:  # noqa: ANN401  whatever the work returns
    """Do the work in a transaction."""
    return parts.database.written(parts.workspace, work)
