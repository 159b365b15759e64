"""``/kpi digest``: on, off, list, preview, now, edit."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from bot.blocks import Control
from bot.digests.admission import Readers
from bot.digests.edition import digest_of
from bot.digests.form import open_form
from bot.digests.preview import shown_to
from bot.digests.sentences import NEXT, described, next_dates, usual, waiting, who_reads
from bot.digests.targets import Target, manageable, readers_in, target_of
from bot.digests.words import FORM, USAGE, DigestOrder
from bot.replies import plain, privately, words
from kpi.errors import Mistake
from kpi.report import Note, Paragraph, Report
from kpi.slots import slots_after
from kpi.storage import ledger
from kpi.storage.ledger import CORRECTION, DIGEST, EXPIRED, FAILED, HELD, PAGE, PLANNED, SENT, THREAD, WATCH, Entry
from kpi.storage.schedules import OFF, ON, Schedule, alter, keep, schedules, under_its_own_id

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from bot.parts import Parts, Place
    from kpi.storage.database import Db

TURN_ON, TURN_OFF, PREVIEW = "digest-on", "digest-off", "digest-preview"
EDIT, NEW = "digest-edit", "digest-new"
NOBODY, EVERYBODY = Readers("private"), Readers("shared", guests=True)
MOST_BUTTONS = 5
PART = {THREAD: ", its details", PAGE: ", its page", CORRECTION: ", its correction"}


def obey(parts: Parts, place: Place, order: DigestOrder, text: str, named: Readers = NOBODY) -> None:
    """Carry out a command about digests; ``named`` says of which readers the person knows."""
    target = target_of(parts, place, order)
    target.require_may_have()
    if order.verb == FORM and place.trigger:
        here = [one for one in _of(parts, target.channel) if one.state != OFF]
        open_form(parts, place, here[0] if len(here) == 1 else None)
        return
    does: dict[str, Callable[[Parts, Place, Target, DigestOrder], tuple[Report, tuple[Control, ...]]]] = {
        "list": _list, FORM: _list, "off": _off, "preview": _preview, "now": _now,
    }  # fmt: skip
    if order.verb in does:
        report, controls = does[order.verb](parts, place, target, order)
    else:
        report, controls = turned_on(parts, target, order, text, named)
    words(parts, privately(parts, place), report, controls)


def turned_on(
    parts: Parts, target: Target, order: DigestOrder, text: str, named: Readers = NOBODY
) -> tuple[Report, tuple[Control, ...]]:
    """Turn a digest on or change it; readers who were not named yet are named first, and it takes a press."""
    before, now = _existing(parts, target, order), parts.clock()
    if order.verb == "edit" and before is None:
        raise Mistake("There is no digest here yet.", USAGE)
    readers, rhythm = readers_in(parts, target.channel), order.rhythm(before.rhythm if before else usual(parts))
    owner = before.owner if before else target.permitted.person.id
    scope = order.scope if order.scope is not None else before.scope if before else ""
    wanted = Schedule(target.channel, owner, rhythm, now, target.person, scope, id=before.id if before else "")
    digest_of(parts, wanted, next(slots_after(rhythm, now)).day, now)
    knew = before is not None and (before.state, before.channel) == (ON, target.channel)
    known = Readers(before.exposure, before.guests) if before and knew else NOBODY
    if all(readers.are_more_than(one.exposure, guests=one.guests) for one in (known, named)):
        return plain(who_reads(parts, target.channel, readers)), (
            Control(TURN_ON, "Turn it on", text, style="primary"),
        )
    wanted = replace(wanted, exposure=readers.exposure, guests=readers.guests)
    wanted = written(parts, lambda db: _keep(db, wanted if before else under_its_own_id(db, wanted)))
    return _is_on(parts, wanted), (Control(PREVIEW, "Preview", wanted.id), Control(TURN_OFF, "Turn it off", wanted.id))


def _keep(db: Db, schedule: Schedule) -> Schedule:
    ledger.withdraw(db, schedule.id)
    keep(db, schedule)
    return schedule


def _existing(parts: Parts, target: Target, order: DigestOrder) -> Schedule | None:
    """Return the schedule that an order changes: the same one, or when editing the one named or the only one there."""
    if order.called:
        return manageable(parts, target.permitted.person.id, order.called)
    there = [one for one in _of(parts, target.channel) if order.monthly in (None, one.rhythm.monthly)]
    if order.verb == "edit":
        there = [one for one in there if one.state != OFF] or there
        if len(there) > 1:
            raise Mistake("There are several digests here.", "Say which: /kpi digest edit weekly …, or monthly.")
        return there[0] if there else None
    wanted = (order.scope or "", bool(order.monthly))
    return next((one for one in there if (one.scope, one.rhythm.monthly) == wanted), None)


def _is_on(parts: Parts, schedule: Schedule) -> Report:
    """Repeat a schedule back, with its next dates."""
    said = f"On: {described(parts, schedule)}."
    return Report(said, (Paragraph(said), Paragraph(f"Next: {next_dates(parts, schedule.rhythm, schedule.id)}.")))


def _list(parts: Parts, place: Place, target: Target, _order: DigestOrder) -> tuple[Report, tuple[Control, ...]]:
    """List the digests here; in direct messages all that the person answers for, for an admin all there are."""
    shown = _of(parts, target.channel)
    if place.channel.startswith("D"):
        with parts.database.reading(parts.workspace) as db:
            mine = target.permitted.may_change
            shown = [one for one in schedules(db) if mine or place.user in (one.owner, one.person)]
    new = Control(NEW, "New digest", place.channel)
    if not shown:
        return plain("There is no digest here yet.", USAGE), (new,)
    said = [line for one in shown for line in _lines(parts, one)]
    return Report(said[0], tuple(Paragraph(line) for line in said)), (*_buttons(EDIT, "Edit", shown), new)


def _buttons(action: str, does: str, about: Sequence[Schedule]) -> tuple[Control, ...]:
    """Return a button for each digest, which says about which it is where there are several."""
    if len(about) == 1:
        return (Control(action, does, about[0].id),)
    return tuple(
        Control(f"{action}-{number}", f"{does}: {one.rhythm.words} {one.scope}".strip(), one.id)
        for number, one in enumerate(about[:MOST_BUTTONS])
    )


def _lines(parts: Parts, schedule: Schedule) -> list[str]:
    state = {ON: "On", OFF: "Off"}.get(schedule.state, f"{schedule.state.title()} ({schedule.reason})")
    when = f" Next: {next_dates(parts, schedule.rhythm, schedule.id)}." if schedule.state == ON else ""
    with parts.database.reading(parts.workspace) as db:
        found = [
            one
            for one in ledger.entries(db, HELD, FAILED, EXPIRED, SENT, schedule=schedule.id)
            if not one.is_note and one.kind != WATCH
        ]
    latest = sorted({one.slot for one in found}, reverse=True)[:NEXT]
    trouble = [one for one in found if one.slot in latest and one.state != SENT]
    notes = [f"{one.slot}{PART.get(one.kind, '')}: {one.state}. {one.error}".strip() for one in trouble]
    return [f"{state}: {described(parts, schedule)}.{when}", *waiting(parts, schedule), *notes]


def _off(parts: Parts, _place: Place, target: Target, order: DigestOrder) -> tuple[Report, tuple[Control, ...]]:
    there = [
        one for one in _of(parts, target.channel) if one.state != OFF and order.monthly in (None, one.rhythm.monthly)
    ]
    if not there:
        return plain("There is no digest here to turn off."), ()
    if len(there) > 1:
        return plain("Which one?"), _buttons(TURN_OFF, "Turn off", there)
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
        target.channel, place.user, order.rhythm(usual(parts)), parts.clock(), scope=order.scope or ""
    )
    return previewed(parts, place, schedule), ()


def previewed(parts: Parts, place: Place, schedule: Schedule) -> Report:
    """Send somebody a digest as it would be posted now."""
    now = parts.clock()
    post = digest_of(parts, schedule, now.astimezone(ZoneInfo(schedule.rhythm.zone)).date(), now)
    if not shown_to(parts, place.user, post):
        without = Note("Without its pictures and its thread: I cannot write to you directly.")
        return replace(post.message, pieces=(*post.message.pieces, without))
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
