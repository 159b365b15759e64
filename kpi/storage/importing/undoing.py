"""Imports taken back: what an import said is removed, what it had replaced returns, and later imports stay."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from kpi.errors import Mistake
from kpi.storage.importing import replaced_orders, replaced_results
from kpi.storage.importing.made_known import forget, forget_source
from kpi.storage.importing.runs import ORDERS, RESULTS, UNDOING, UNDONE, Run, change, import_called, run_of

if TYPE_CHECKING:
    from sqlalchemy import Row

    from kpi.storage.database import Database, Db

OF_KIND = {RESULTS: replaced_results, ORDERS: replaced_orders}
"""What takes the rows of an import out again, by what it imported."""


@dataclass(frozen=True, slots=True)
class Undoing:
    """What undoing an import does: how many of its rows go, and how many that it had replaced return."""

    run: Run
    going: int
    returning: int


def undoing(db: Db, number: int) -> Undoing:
    """Return what undoing an import would do; raise Mistake where there is none of that number."""
    row = _called(db, number)
    return Undoing(run_of(row), *OF_KIND[row.kind].going_and_returning(db, row))


def undo(database: Database, workspace: str, number: int) -> Undoing:
    """Take an import back, a campaign at a time; raise Mistake where there is none of that number.

    One that is cut off is finished by undoing it again.
    """
    with database.reading(workspace) as db:
        done, row = undoing(db, number), _called(db, number)
    database.written(workspace, lambda db: _begin(db, row))
    OF_KIND[row.kind].take_out(database, workspace, row)
    database.written(workspace, lambda db: _finish(db, row))
    return replace(done, run=replace(done.run, state=UNDONE))


def _called(db: Db, number: int) -> Row[Any]:
    row = import_called(db, number)
    if row is None or row.state == UNDONE:
        raise Mistake(f"There is no import {number} to undo.", "imports lists them, with their numbers.")
    return row


def _begin(db: Db, row: Row[Any]) -> None:
    """Note that the import is being undone; its source counts as told when it was before, for the choices to come."""
    change(db, row.run, state=UNDOING)
    forget_source(db, row)


def _finish(db: Db, row: Row[Any]) -> None:
    forget(db, row)
    change(db, row.run, state=UNDONE)
