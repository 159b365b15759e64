"""Presses of the buttons under an import that may be undone; who may press is looked up at the press."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bot import slash
from bot.files.command import LEAVE, UNDO, require_importer
from bot.files.imports_report import undone
from bot.replies import instead, plain
from kpi.errors import Mistake
from kpi.report import apology
from kpi.storage.importing.undoing import undo, undoing
from kpi.storage.workspaces import team

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.parts import Parts, Place


def _undo(parts: Parts, place: Place, value: str, _container: dict[str, Any]) -> None:
    """Take an import back; a second press meanwhile does nothing."""
    require_importer(slash.permission_at(parts, place))
    press = f"undo {value}"
    if not parts.pressed.is_new(press):
        return
    try:
        _take_back(parts, place, int(value))
    except Mistake as mistake:
        instead(parts, place, apology(mistake))
    except Exception:
        instead(parts, place, plain("I had to stop half-way.", "Type imports, and press its button again to go on."))
        raise
    finally:
        parts.pressed.forget(press)


def _take_back(parts: Parts, place: Place, number: int) -> None:
    with parts.database.reading(parts.workspace) as db:
        shown, would = team(db).words, undoing(db, number)
    instead(parts, place, plain(f"Taking import {number} ({would.run.file}) back …"))
    instead(parts, place, undone(undo(parts.database, parts.workspace, number), shown))


def _leave(parts: Parts, place: Place, _value: str, _container: dict[str, Any]) -> None:
    instead(parts, place, plain("Nothing was changed."))


PRESSES: dict[str, Callable[[Parts, Place, str, dict[str, Any]], None]] = {UNDO: _undo, LEAVE: _leave}
