"""``/kpi imports``: what was imported, and imports taken back, by those who may import; shown before it is done."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.access import Refused, person_called
from bot.blocks import Control
from bot.files.imports_report import HOW, as_messages, would_undo
from bot.replies import plain, privately, words
from kpi.errors import Mistake
from kpi.storage.importing.runs import imports
from kpi.storage.importing.undoing import undoing
from kpi.storage.workspaces import team

if TYPE_CHECKING:
    from bot.access import Permission
    from bot.parts import Parts, Place
    from kpi.report import Report

UNDO, LEAVE = "imports-undo", "imports-leave"
MOST = 8


@dataclass(frozen=True, slots=True)
class Order:
    """What is wanted: the way to import, the list, or to undo the import of a number."""

    how: bool = False
    undo: int = 0


def imports_order(text: str) -> Order | None:
    """Return what a text wants to know or to do about imports; None where it is about something else."""
    match text.lower().split():
        case ["import", *_]:
            return Order(how=True)
        case ["imports", "undo", number] if re.fullmatch(r"#?\d{1,6}", number):
            return Order(undo=int(number.lstrip("#")))
        case ["imports", *_]:
            return Order()
    return None


def obey(parts: Parts, place: Place, permitted: Permission, order: Order) -> None:
    """Answer, to the person alone."""
    require_importer(permitted)
    report, buttons = plain(HOW, "To see what was imported, type imports."), tuple[Control, ...]()
    if order.undo:
        report, buttons = _asked_to_undo(parts, order.undo)
    elif not order.how:
        report = _list(parts)
    words(parts, privately(parts, place), report, buttons)


def _asked_to_undo(parts: Parts, number: int) -> tuple[Report, tuple[Control, ...]]:
    with parts.database.reading(parts.workspace) as db:
        report = would_undo(undoing(db, number), team(db).words)
    return report, (Control(UNDO, "Take it back", str(number), style="danger"), Control(LEAVE, "Leave", str(number)))


def _list(parts: Parts) -> Report:
    with parts.database.reading(parts.workspace) as db:
        found, shown = imports(db, MOST), team(db).words
    names = {one.person: _name(parts, one.person) for one in found}
    return as_messages(found, shown, names.__getitem__)


def require_importer(permitted: Permission) -> None:
    """Raise a Mistake where the person may not import."""
    if permitted.person.is_outsider:
        raise Mistake("Files of guests and of other organisations are not read.")
    if not permitted.may_change:
        raise Mistake("Only a workspace admin can import files.")


def _name(parts: Parts, person: str) -> str:
    """Return what somebody in Slack is called; somebody at a terminal is known by their name there."""
    if not re.fullmatch(r"[UW][A-Z0-9]{8,}", person):
        return person
    try:
        return person_called(parts.client, person, parts.team).name
    except Refused:
        return person
