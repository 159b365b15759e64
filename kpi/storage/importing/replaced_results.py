"""Results of an import taken out again: what it had replaced returns, and what later imports said stays.

Of each day and split a source has a chain of sayings: the present one stands in ``reported``, each earlier one in
``replaced`` beside the import that replaced it. Undoing an import takes its link out of every chain. An import that
only repeats what is known adds no link.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, func, or_, select, union

from kpi.storage.binding import OURS
from kpi.storage.importing.made_known import told_as_a_whole
from kpi.storage.models import Table
from kpi.storage.orders.days import stand_again
from kpi.storage.resolution import REPORTED
from kpi.storage.upsert import upsert
from kpi.storage.witnesses import TESTIMONY

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy import Row

    from kpi.storage.database import Database, Db

REPLACED = Table.metadata.tables["replaced"]
_KEY = ("campaign", "source", "day", "market", "variant", "currency")


def going_and_returning(db: Db, row: Row[Any]) -> tuple[int, int]:
    """Count the rows that an import said, and those that it had replaced."""
    said = (_count(db, table, table.c.said_by == row.run) for table in (REPORTED, REPLACED))
    return sum(said), _count(db, REPLACED, REPLACED.c.run == row.run)


def _count(db: Db, table: Any, which: Any) -> int:  # noqa: ANN401  SQLModel does not type its tables
    return int(db.run(select(func.count()).select_from(table).where(table.c.workspace == OURS, which)).scalar_one())


def take_out(database: Database, workspace: str, row: Row[Any]) -> None:
    """Take the results of an import out, a campaign at a time."""
    with database.reading(workspace) as db:
        touched = _touched(db, row.run)
    for campaign in touched:
        database.written(workspace, lambda db, one=campaign: _take_out(db, one, row.run))  # type: ignore[misc]


def _touched(db: Db, run: str) -> list[str]:
    said = select(REPORTED.c.campaign).where(REPORTED.c.workspace == OURS, REPORTED.c.said_by == run)
    kept = or_(REPLACED.c.run == run, REPLACED.c.said_by == run)
    replaced = select(REPLACED.c.campaign).where(REPLACED.c.workspace == OURS, kept)
    testified = select(TESTIMONY.c.campaign).where(TESTIMONY.c.workspace == OURS, TESTIMONY.c.run == run)
    return sorted(db.run(union(said, replaced, testified)).scalars())


def _take_out(db: Db, campaign: str, run: str) -> None:
    """Take an import out of the chains of one campaign, and resolve the campaign anew."""
    ours = (REPORTED.c.workspace == OURS, REPORTED.c.campaign == campaign)
    kept = (REPLACED.c.workspace == OURS, REPLACED.c.campaign == campaign)
    returning = {_key(row): row._asdict() for row in db.rows(select(REPLACED).where(*kept, REPLACED.c.run == run))}
    later = [row._asdict() for row in db.rows(select(REPLACED).where(*kept, REPLACED.c.run > run))]
    db.run(delete(REPLACED).where(*kept, or_(REPLACED.c.run == run, REPLACED.c.said_by == run)))
    db.run(delete(REPORTED).where(*ours, REPORTED.c.said_by == run))
    db.run(
        delete(TESTIMONY).where(TESTIMONY.c.workspace == OURS, TESTIMONY.c.campaign == campaign, TESTIMONY.c.run == run)
    )
    for row in later:
        key = tuple(row[name] for name in _KEY)
        if row["said_by"] == run and key in returning:
            _put(db, REPLACED, returning.pop(key) | {"run": row["run"]})
    present = [row._asdict() for row in db.rows(select(REPORTED).where(*ours))]
    wholes = told_as_a_whole(db, run) if returning else []
    for key, row in returning.items():
        after = [one["said_by"] or "" for one in present if _excludes(one, key)]
        after += [one["said_by"] or "" for one in later if _excludes(one, key)]
        after += [number for number, source, told in wholes if source == key[1] and campaign in told]
        if first := min((one for one in after if one > run), default=""):
            _put(db, REPLACED, row | {"run": first})
        else:
            _put(db, REPORTED, {name: value for name, value in row.items() if name != "run"})
    stand_again(db, campaign)


def _key(row: Row[Any]) -> tuple[Any, ...]:
    return tuple(getattr(row, name) for name in _KEY)


def _put(db: Db, table: Any, row: Mapping[str, Any]) -> None:  # noqa: ANN401
    db.run_many(upsert(db, table), [{name: value for name, value in row.items() if name != "workspace"}])


def _excludes(other: Mapping[str, Any], key: tuple[Any, ...]) -> bool:
    """Tell whether a saying stands in the place of the one with this key: the same, or another split of its day."""
    _, source, day, market, variant, _ = key
    if (other["source"], other["day"]) != (source, day):
        return False
    if bool(other["market"]) != bool(market) or bool(other["variant"]) != bool(variant):
        return True
    return (other["market"], other["variant"]) == (market, variant)
