"""Insert or update by primary key, in both dialects."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import BigInteger, case, func
from sqlalchemy.dialects import postgresql, sqlite

if TYPE_CHECKING:
    from sqlalchemy import Select, Table

    from kpi.storage.database import Db


def upsert(db: Db, table: Table, rows: Select[Any] | None = None, keep: tuple[str, ...] = ()) -> Any:  # noqa: ANN401
    """Return an insert that overwrites the row of the same key, from values or from a select over all its columns.

    Columns named in ``keep`` are written only when the row is new.
    """
    start = sqlite.insert(table) if db.is_sqlite else postgresql.insert(table)
    statement = start if rows is None else start.from_select([column.name for column in table.columns], rows)
    keys = [column.name for column in table.primary_key]
    written = [column.name for column in table.columns if column.name not in (*keys, *keep)]
    return statement.on_conflict_do_update(
        index_elements=keys, set_={name: statement.excluded[name] for name in written}
    )


def insert_new(db: Db, table: Table, rows: Select[Any] | None = None) -> Any:  # noqa: ANN401
    """Return an insert that leaves an existing row of the same key alone."""
    start = sqlite.insert(table) if db.is_sqlite else postgresql.insert(table)
    statement = start if rows is None else start.from_select([column.name for column in table.columns], rows)
    return statement.on_conflict_do_nothing(index_elements=[column.name for column in table.primary_key])


def add_up(db: Db, table: Table) -> Any:  # noqa: ANN401
    """Return an insert that adds its numbers to those of the row of the same key; None adds nothing, not even 0."""
    statement = sqlite.insert(table) if db.is_sqlite else postgresql.insert(table)
    keys = [column.name for column in table.primary_key]
    added = {
        column.name: case(
            (statement.excluded[column.name].is_(None), column),
            else_=func.coalesce(column, 0) + statement.excluded[column.name],
        )
        for column in table.columns
        if column.name not in keys and isinstance(column.type, BigInteger)
    }
    return statement.on_conflict_do_update(index_elements=keys, set_=added)
