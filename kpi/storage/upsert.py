"""Insert or update by primary key, in both dialects; what depends on the table alone is written once."""

from __future__ import annotations

from contextlib import suppress
from functools import cache
from typing import TYPE_CHECKING, Any

from sqlalchemy import BigInteger, case, func, insert, literal_column
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import IntegrityError

if TYPE_CHECKING:
    from sqlalchemy import Select, Table

    from kpi.storage.database import Db


def upsert(db: Db, table: Table, rows: Select[Any] | None = None, keep: tuple[str, ...] = ()) -> Any:  # noqa: ANN401
    """Return an insert that overwrites the row of the same key, from values or from a select over all its columns.

    Columns named in ``keep`` are written only when the row is new.
    """
    return _overwriting(table, keep, db.is_sqlite) if rows is None else _overwrite(_begun(table, db, rows), table, keep)


def store(db: Db, table: Table, rows: Select[Any], *, all_new: bool) -> None:
    """Write rows over those of the same key; ``all_new`` says that there were none when last looked.

    PostgreSQL inserts twice as fast where it need not look for conflicts.
    """
    if all_new and not db.is_sqlite:
        with suppress(IntegrityError), db.connection.begin_nested():
            db.run(insert(table).from_select([column.name for column in table.columns], rows))
            return
    db.run(upsert(db, table, rows))


def insert_new(db: Db, table: Table, rows: Select[Any] | None = None) -> Any:  # noqa: ANN401
    """Return an insert that leaves an existing row of the same key alone."""
    return _leaving(table, db.is_sqlite) if rows is None else _leave(_begun(table, db, rows), table)


def add_up(db: Db, table: Table) -> Any:  # noqa: ANN401
    """Return an insert that adds its numbers to those of the row of the same key; None adds nothing, not even 0."""
    return _adding(table, db.is_sqlite)


@cache
def _overwriting(table: Table, keep: tuple[str, ...], is_sqlite: bool) -> Any:  # noqa: ANN401, FBT001
    return _overwrite(_insert(table, is_sqlite=is_sqlite), table, keep)


@cache
def _leaving(table: Table, is_sqlite: bool) -> Any:  # noqa: ANN401, FBT001
    return _leave(_insert(table, is_sqlite=is_sqlite), table)


@cache
def _adding(table: Table, is_sqlite: bool) -> Any:  # noqa: ANN401, FBT001
    statement = _insert(table, is_sqlite=is_sqlite)
    added = {
        column.name: case(
            (statement.excluded[column.name].is_(None), column),
            else_=func.coalesce(column, literal_column("0")) + statement.excluded[column.name],
        )
        for column in table.columns
        if not column.primary_key and isinstance(column.type, BigInteger)
    }
    return statement.on_conflict_do_update(index_elements=_keys(table), set_=added)


def _insert(table: Table, *, is_sqlite: bool) -> Any:  # noqa: ANN401
    return sqlite.insert(table) if is_sqlite else postgresql.insert(table)


def _begun(table: Table, db: Db, rows: Select[Any]) -> Any:  # noqa: ANN401
    return _insert(table, is_sqlite=db.is_sqlite).from_select([column.name for column in table.columns], rows)


def _overwrite(statement: Any, table: Table, keep: tuple[str, ...]) -> Any:  # noqa: ANN401
    written = [column.name for column in table.columns if not column.primary_key and column.name not in keep]
    return statement.on_conflict_do_update(
        index_elements=_keys(table), set_={name: statement.excluded[name] for name in written}
    )


def _leave(statement: Any, table: Table) -> Any:  # noqa: ANN401
    return statement.on_conflict_do_nothing(index_elements=_keys(table))


def _keys(table: Table) -> list[str]:
    return [column.name for column in table.primary_key]
