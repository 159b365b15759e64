"""Every statement is bound to one workspace: what leaves that out is refused before it reaches the database."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam
from sqlalchemy.sql import Delete, Insert, Join, Select, Update, operators
from sqlalchemy.sql.elements import (
    BinaryExpression,
    BindParameter,
    BooleanClauseList,
    ClauseElement,
    ColumnClause,
    Grouping,
    TextClause,
)
from sqlalchemy.sql.selectable import Alias, AliasedReturnsRows, FromClause

from kpi.storage.models import Table

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Executable

OURS: BindParameter[str] = bindparam("ours")
"""Every statement compares each of its tables with this; the transaction supplies the value."""


class UnboundStatementError(Exception):
    """A statement reads or writes a table without binding it to the workspace."""


def require_bound(statement: Executable) -> bool:
    """Raise UnboundStatementError unless every select, update and delete binds each table it touches to the workspace.

    A table is bound where the conditions that always hold compare its workspace with ours, or with that of a bound
    table. Tell whether the statement has a place for the workspace at all: one that touches no table of ours has none.
    """
    key = statement._generate_cache_key()  # type: ignore[attr-defined]  # noqa: SLF001  all of ours have one
    return _mentions_ours(statement) if key is None else _known(_Shape(key.key, statement))


@dataclass(frozen=True, slots=True)
class _Shape:
    """A statement by what SQLAlchemy knows it by again: two with one key are the same SQL, the same text compiled."""

    key: tuple[Any, ...]
    statement: Executable = field(compare=False)


@lru_cache(maxsize=1024)
def _known(shape: _Shape) -> bool:
    return _mentions_ours(shape.statement)


def _mentions_ours(statement: Executable) -> bool:
    loose, mentioned = list[object](), False
    left: list[tuple[ClauseElement, frozenset[FromClause]]] = [(statement, frozenset())]  # type: ignore[list-item]
    while left:
        element, bound = left.pop()
        mentioned = mentioned or _means_ours(element)
        if isinstance(element, TextClause):
            loose.append(element)
        elif isinstance(element, Select | Update | Delete):
            tables, conditions = _reads(element)
            bound = _bound(conditions, bound)
            loose += [table for table in tables if _is_ours(table) and table not in bound]
        elif isinstance(element, AliasedReturnsRows | Insert):  # it cannot see the tables of the statement around it
            bound = frozenset()
        if not _is_ours(element):
            left += [(part, bound) for part in element.get_children()]
    if loose:
        raise UnboundStatementError(", ".join(sorted(map(str, loose))))
    return mentioned


def _reads(statement: Select[Any] | Update | Delete) -> tuple[list[FromClause], list[ClauseElement]]:
    """Return the tables that a statement touches by itself, and the conditions that hold for all of its rows."""
    conditions = list(_all_true(statement.whereclause))
    if isinstance(statement, Select):
        left = list(statement.get_final_froms())
    else:
        left = [statement.table, *(one for part in conditions for one in part._from_objects)]  # noqa: SLF001
    tables = []
    while left:
        table = left.pop()
        if isinstance(table, Join):
            left += [table.left, table.right]
            conditions += _all_true(table.onclause)
        else:
            tables.append(table)
    return tables, conditions


def _all_true(condition: object) -> Iterator[ClauseElement]:
    """Yield the conditions that a condition joins by AND."""
    if isinstance(condition, BooleanClauseList) and condition.operator is operators.and_:
        for part in condition.clauses:
            yield from _all_true(part)
    elif isinstance(condition, Grouping):
        yield from _all_true(condition.element)
    elif isinstance(condition, ClauseElement):
        yield condition


def _bound(conditions: list[ClauseElement], around: frozenset[FromClause]) -> frozenset[FromClause]:
    """Return the tables that the conditions bind, beside those that are bound around them."""
    known, joined = set(around), list[set[FromClause]]()
    for one in conditions:
        if isinstance(one, BinaryExpression) and one.operator is operators.eq:
            sides = (one.left, one.right)
            columns = [side for side in sides if isinstance(side, ColumnClause) and side.name == "workspace"]
            tables = {column.table for column in columns if column.table is not None}
            if any(map(_means_ours, sides)):
                known |= tables
            elif len(tables) == len(sides):
                joined.append(tables)
    while reached := {table for pair in joined if known & pair for table in pair} - known:
        known |= reached
    return frozenset(known)


def _means_ours(element: object) -> bool:
    return isinstance(element, BindParameter) and element.key == OURS.key


def _is_ours(table: object) -> bool:
    if getattr(table, "name", "") == "excluded":  # the row an upsert was about to insert
        return False
    base = table.element if isinstance(table, Alias) else table
    return any(base is ours for ours in Table.metadata.tables.values())
