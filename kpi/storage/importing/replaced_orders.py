"""Orders of an import taken out again: each order follows from what the other imports said of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, exists, func, or_, select, union

from kpi.storage.binding import OURS
from kpi.storage.campaigns import given_names
from kpi.storage.importing.runs import UNDOING
from kpi.storage.importing.staging import batches
from kpi.storage.orders.days import reckon, stand_again
from kpi.storage.orders.purchases import BATCH, PURCHASE, TOLD_ORDER, Touched, all_of, combined, sayings, standing
from kpi.storage.upsert import upsert

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlalchemy import Row

    from kpi.storage.database import Database, Db


def going_and_returning(db: Db, row: Row[Any]) -> tuple[int, int]:
    """Count the orders and cancellations that an import told of, and those among them that others told of, too."""
    others = TOLD_ORDER.alias("others")
    same = (others.c[name] == TOLD_ORDER.c[name] for name in ("workspace", "source", "order_id"))
    told_elsewhere = exists(select(1).where(*same, others.c.run != TOLD_ORDER.c.run))
    alone = select(func.count()).select_from(PURCHASE).where(*_alone(row))
    among = select(func.count()).select_from(TOLD_ORDER).where(*_among_others(row))
    counts = (int(db.run(count).scalar_one()) for count in (alone, among, among.where(told_elsewhere)))
    one, several, returning = counts
    return one + several, returning


def _alone(row: Row[Any]) -> tuple[Any, ...]:
    return (PURCHASE.c.workspace == OURS, PURCHASE.c.source == row.source, PURCHASE.c.said_by == row.run)


def _among_others(row: Row[Any]) -> tuple[Any, ...]:
    return (TOLD_ORDER.c.workspace == OURS, TOLD_ORDER.c.source == row.source, TOLD_ORDER.c.run == row.run)


def take_out(database: Database, workspace: str, row: Row[Any]) -> None:
    """Take out what an import said of orders, then reckon customers and campaigns anew."""
    with database.reading(workspace) as db:
        touched = all_of(db, row.source) if row.state == UNDOING else Touched()
        alone = select(PURCHASE.c.order_id).where(*_alone(row))
        numbers = sorted(db.run(union(alone, select(TOLD_ORDER.c.order_id).where(*_among_others(row)))).scalars())
        names = given_names(db)
    for some in batches(numbers, BATCH):
        database.written(workspace, lambda db, some=some: _take_out(db, row, some, names, touched))  # type: ignore[misc]
    reckon(database, workspace, touched)
    for campaign in sorted({campaign for _, campaign in touched.campaigns}):
        database.written(workspace, lambda db, one=campaign: stand_again(db, one))  # type: ignore[misc]


def _take_out(db: Db, row: Row[Any], some: Sequence[str], names: Mapping[str, str], touched: Touched) -> None:
    """Take out what an import said of some orders."""
    before = standing(db, row.source, some)
    said = {number: [one for one in told if one["run"] != row.run] for number, told in sayings(db, before).items()}
    left = [combined(told, names) for told in said.values() if told]
    for order in (*before.values(), *left):
        touched.note(order)
    alone = [order["order_id"] for order in left if order["said_by"]]
    forgotten = or_(TOLD_ORDER.c.run == row.run, TOLD_ORDER.c.order_id.in_(alone))
    db.run(delete(TOLD_ORDER).where(*_numbered(TOLD_ORDER, row, some), forgotten))
    db.run(delete(PURCHASE).where(*_numbered(PURCHASE, row, [number for number, told in said.items() if not told])))
    db.run_many(upsert(db, PURCHASE), left)


def _numbered(table: Any, row: Row[Any], numbers: Sequence[str]) -> tuple[Any, ...]:  # noqa: ANN401
    return (table.c.workspace == OURS, table.c.source == row.source, table.c.order_id.in_(numbers))
