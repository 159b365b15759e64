"""``/kpi note``: kept and removed by admins and in opened channels, listed for everybody who may ask."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.replies import outlets, privately, words
from kpi.errors import Mistake
from kpi.noting import obeyed

if TYPE_CHECKING:
    from bot.access import Permission
    from bot.parts import Parts, Place
    from kpi.reading.note_words import NoteOrder


def obey(parts: Parts, place: Place, permitted: Permission, order: NoteOrder) -> None:
    """Carry out a command about notes; in an opened channel everybody sees what was noted."""
    if not permitted.may_ask:
        raise Mistake("Campaign figures are not open to you here.")
    if order.verb != "list" and not permitted.may_arrange:
        raise Mistake(
            "Notes are kept where figures are open to you.", "A workspace admin can type /kpi open here in the channel."
        )
    report = obeyed(parts.database, parts.workspace, order, place.user, parts.now())
    words(parts, privately(parts, place) if order.verb == "list" else outlets(parts, place, permitted), report)
