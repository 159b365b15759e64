"""Presses of the buttons about digests: turn one on or off, look at it, and decide about one that is held."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from bot import digests
from bot.blocks import Control, message
from bot.digest_targets import Target, permission_in, readers_in, target_of
from bot.digest_words import USAGE, digest_order
from bot.notes import CONFIRM, REPOST, STANDS
from bot.outlets import Hook, Whisper
from bot.replies import plain, words
from kpi.errors import Mistake
from kpi.storage import ledger
from kpi.storage.ledger import DIGEST, HELD, PLANNED, READY, SENT
from kpi.storage.schedules import ON, Schedule, alter, schedule_called

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.parts import Parts, Place
    from kpi.report import Report
    from kpi.storage.database import Db


def _press_on(parts: Parts, place: Place, value: str, _container: dict[str, Any]) -> None:
    order = digest_order(value)
    if order is None:
        raise Mistake("That button is too old.", USAGE)
    target = target_of(parts, place, order)
    if not target.may_have:
        raise Mistake("Digests are set up where figures are open to you.")
    report, controls = digests.turned_on(parts, target, order, value, confirmed=True)
    _answer(place, report, controls)


def _press_off(parts: Parts, place: Place, value: str, _container: dict[str, Any]) -> None:
    _answer(place, digests.turned_off(parts, _manageable(parts, place, value)))


def _press_preview(parts: Parts, place: Place, value: str, _container: dict[str, Any]) -> None:
    report = digests.previewed(parts, place, _manageable(parts, place, value))
    words(parts, (Hook(place.response_url), Whisper(parts.client, place.channel, place.user)), report)


def _press_repost(parts: Parts, place: Place, value: str, _container: dict[str, Any]) -> None:
    _decide(parts, place, value, READY, "It will stand there in a moment.")


def _press_stands(parts: Parts, place: Place, value: str, _container: dict[str, Any]) -> None:
    _decide(parts, place, value, SENT, "Good. I leave it as it is.")


def _press_confirm(parts: Parts, place: Place, value: str, _container: dict[str, Any]) -> None:
    """Take the readers of now as those who were named, and let the digest go out."""
    schedule = _manageable(parts, place, value.partition(" ")[0])
    readers = readers_in(parts, schedule.channel)
    told = {"exposure": readers.exposure, "guests": readers.guests, "owner": place.user}
    digests.written(parts, lambda db: alter(db, schedule, state=ON, reason="", **told))
    _decide(parts, place, value, PLANNED, "It will stand there in a moment.")


def _decide(parts: Parts, place: Place, value: str, state: str, said: str) -> None:
    """Take an entry out of hold, once."""
    called, _, slot = value.partition(" ")
    schedule, now = _manageable(parts, place, called), parts.clock()
    day, _, piece = slot.partition(" ")

    def work(db: Db) -> bool:
        entry = ledger.entry_called(db, schedule.id, date.fromisoformat(day), piece or DIGEST)
        if entry is None or entry.state != HELD:
            return False
        again = READY if state == PLANNED and entry.message else state
        ledger.move(db, entry, again, fence=entry.fence + 1, next_at=now, error="")
        return True

    decided = digests.written(parts, work)
    _answer(place, plain(said if decided else "That was decided already."))


def _manageable(parts: Parts, place: Place, called: str) -> Schedule:
    """Return a schedule that the person who presses answers for, or may change where it goes."""
    with parts.database.reading(parts.workspace) as db:
        schedule = schedule_called(db, called)
    if schedule is None:
        raise Mistake("That digest is gone.", USAGE)
    target = Target(schedule.channel, schedule.person, permission_in(parts, place.user, schedule.channel))
    if not target.may_have and not (schedule.owner == place.user and target.permitted.may_ask):
        raise Mistake("Only people to whom figures are open there can decide about it.")
    return schedule


def _answer(place: Place, report: Report, controls: tuple[Control, ...] = ()) -> None:
    """Answer a press in the place of the question, so that it cannot be pressed again."""
    Hook(place.response_url).update("", message(report, {}, controls))


PRESSES: dict[str, Callable[[Parts, Place, str, dict[str, Any]], None]] = {
    digests.TURN_ON: _press_on,
    digests.TURN_OFF: _press_off,
    digests.PREVIEW: _press_preview,
    REPOST: _press_repost,
    STANDS: _press_stands,
    CONFIRM: _press_confirm,
}
