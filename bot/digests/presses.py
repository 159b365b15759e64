"""Presses of the buttons about digests: turn one on or off, look at it, and decide about one that is held."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from bot.blocks import Control, message
from bot.digests import command as digests
from bot.digests.form import open_form
from bot.digests.notes import CONFIRM, REPOST, STANDS
from bot.digests.targets import manageable, readers_in, target_of
from bot.digests.words import USAGE, DigestOrder, digest_order
from bot.posting.outlets import Hook, Whisper
from bot.replies import plain, words
from kpi.errors import Mistake
from kpi.storage import ledger
from kpi.storage.ledger import DIGEST, HELD, PLANNED, READY, SENT
from kpi.storage.schedules import ON, alter

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
    target.require_may_have()
    report, controls = digests.turned_on(parts, target, order, value, digests.EVERYBODY)
    _answer(place, report, controls)


def _press_edit(parts: Parts, place: Place, value: str, _container: dict[str, Any]) -> None:
    open_form(parts, place, manageable(parts, place.user, value))


def _press_new(parts: Parts, place: Place, _value: str, _container: dict[str, Any]) -> None:
    target_of(parts, place, DigestOrder("on")).require_may_have()
    open_form(parts, place, None)


def _press_off(parts: Parts, place: Place, value: str, _container: dict[str, Any]) -> None:
    _answer(place, digests.turned_off(parts, manageable(parts, place.user, value)))


def _press_preview(parts: Parts, place: Place, value: str, _container: dict[str, Any]) -> None:
    report = digests.previewed(parts, place, manageable(parts, place.user, value))
    words(parts, (Hook(place.response_url), Whisper(parts.client, place.channel, place.user)), report)


def _press_repost(parts: Parts, place: Place, value: str, _container: dict[str, Any]) -> None:
    _decide(parts, place, value, READY, "It will stand there in a moment.")


def _press_stands(parts: Parts, place: Place, value: str, _container: dict[str, Any]) -> None:
    _decide(parts, place, value, SENT, "Good. I leave it as it is.")


def _press_confirm(parts: Parts, place: Place, value: str, _container: dict[str, Any]) -> None:
    """Take the readers of now as those who were named, and let the digest go out."""
    schedule = manageable(parts, place.user, value.partition(" ")[0])
    readers = readers_in(parts, schedule.channel)
    told = {"exposure": readers.exposure, "guests": readers.guests, "owner": place.user}
    digests.written(parts, lambda db: alter(db, schedule, state=ON, reason="", **told))
    _decide(parts, place, value, PLANNED, "It will stand there in a moment.")


def _decide(parts: Parts, place: Place, value: str, state: str, said: str) -> None:
    """Take an entry out of hold, once."""
    called, _, slot = value.partition(" ")
    schedule, now = manageable(parts, place.user, called), parts.clock()
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


def _answer(place: Place, report: Report, controls: tuple[Control, ...] = ()) -> None:
    """Answer a press in the place of the question, so that it cannot be pressed again."""
    Hook(place.response_url).update("", message(report, {}, controls))


PRESSES: dict[str, Callable[[Parts, Place, str, dict[str, Any]], None]] = {
    digests.TURN_ON: _press_on,
    digests.TURN_OFF: _press_off,
    digests.EDIT: _press_edit,
    digests.NEW: _press_new,
    digests.PREVIEW: _press_preview,
    REPOST: _press_repost,
    STANDS: _press_stands,
    CONFIRM: _press_confirm,
}
