"""Imports as they are listed: which file, who, when, and what each one changed."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sqlalchemy import func, insert, select, update

from kpi.storage.binding import OURS
from kpi.storage.models import Table

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date, datetime
    from typing import Any

    from sqlalchemy import Row

    from kpi.storage.database import Db

IMPORT = Table.metadata.tables["import_run"]
MOST = 20
RESULTS, ORDERS = "results", "orders"
RUNNING, DONE, UNDOING, UNDONE = "running", "done", "undoing", "undone"


@dataclass(frozen=True, slots=True)
class Run:
    """One import: its number, the file, who imported it and when, and what it changed.

    ``stored`` counts the rows (of results, or of orders and cancellations) that were new or other than before.
    """

    number: int
    file: str
    source: str
    kind: str
    person: str
    state: str
    started_at: datetime
    stored: int
    campaigns: int
    """How many campaigns the stored rows are about."""
    first: date | None
    last: date | None
    """The days of the stored rows."""
    money: Mapping[str, int] = field(default_factory=dict)
    """By how much orders changed what was taken, refunds deducted, in millionths of each currency."""


def imports(db: Db, most: int = MOST) -> tuple[Run, ...]:
    """Return the last imports, the latest first."""
    rows = db.rows(select(IMPORT).where(IMPORT.c.workspace == OURS).order_by(IMPORT.c.run.desc()).limit(most))
    return tuple(map(run_of, rows))


def import_called(db: Db, number: int) -> Row[Any] | None:
    """Return the import of a number, None where there is none."""
    return db.run(select(IMPORT).where(IMPORT.c.workspace == OURS, IMPORT.c.run == f"{number:06}")).first()


def run_of(row: Row[Any]) -> Run:
    """Return a stored import as it is listed."""
    columns = (row.source, row.kind, row.person, row.state, row.started_at, row.stored, row.campaigns)
    return Run(int(row.run), row.file, *columns, row.first, row.last, json.loads(row.money))


@dataclass(frozen=True, slots=True)
class Begun:
    """A file that begins to be imported."""

    digest: str
    source: str
    file: str
    person: str
    at: datetime


def begin(db: Db, kind: str, begun: Begun, told: str) -> str:
    """Note that an import runs, and return its number; ``told`` is what it made known (``made_known``)."""
    last = db.run(select(func.max(IMPORT.c.run)).where(IMPORT.c.workspace == OURS)).scalar()
    number = f"{int(last or 0) + 1:06}"
    who = {"digest": begun.digest, "source": begun.source, "file": begun.file, "person": begun.person}
    when = {"state": RUNNING, "started_at": begun.at, "finished_at": None}
    nothing = {"stored": 0, "campaigns": 0, "first": None, "last": None, "money": "{}"}
    db.run_many(insert(IMPORT), [{"run": number, "kind": kind, "told": told, **who, **when, **nothing}])
    return number


def cut_off(db: Db, digest: str, source: str) -> str | None:
    """Return the number of an import of this file that was begun and not finished."""
    same = (IMPORT.c.digest == digest, IMPORT.c.source == source, IMPORT.c.state == RUNNING)
    return db.run(select(IMPORT.c.run).where(IMPORT.c.workspace == OURS, *same)).scalar()


def change(db: Db, run: str, **values: object) -> None:
    """Write down how an import goes on."""
    db.run(update(IMPORT).where(IMPORT.c.workspace == OURS, IMPORT.c.run == run).values(values))
