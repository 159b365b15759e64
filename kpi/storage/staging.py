"""A temporary table that holds the rows of one import while the database looks for what is wrong with them."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    Index,
    MetaData,
    Select,
    String,
    Table,
    and_,
    delete,
    exists,
    func,
    or_,
    select,
    update,
)
from sqlalchemy.schema import CreateIndex, CreateTable, DropTable

from kpi.facts import FACTS
from kpi.storage.binding import OURS
from kpi.storage.models import Table as Tables

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from sqlalchemy import Connection
    from sqlalchemy.sql.elements import ColumnElement

    from kpi.sources.csv_file import Row
    from kpi.storage.database import Db

REPORTED, NAME = Tables.metadata.tables["reported"], Tables.metadata.tables["campaign_name"]
BATCH = 10_000

STAGED = Table(
    "staged",
    MetaData(),
    Column("line", BigInteger, primary_key=True, autoincrement=False),
    Column("campaign", String, nullable=False),
    Column("day", Date, nullable=False),
    Column("market", String, nullable=False),
    Column("variant", String, nullable=False),
    Column("currency", String, nullable=False),
    *(Column(fact.key, BigInteger) for fact in FACTS),
    Column("same", Boolean),
    prefixes=["TEMPORARY"],
)
WRITTEN = tuple(column.name for column in STAGED.columns if column.name != "same")
KEY = ("campaign", "day", "market", "variant", "currency")


def begin(connection: Connection) -> None:
    """Make the empty table on this connection."""
    connection.execute(DropTable(STAGED, if_exists=True))
    connection.execute(CreateTable(STAGED))


def end(connection: Connection) -> None:
    """Remove the table."""
    connection.execute(DropTable(STAGED, if_exists=True))


def fill(connection: Connection, rows: Iterable[Row], told: Callable[[int], None]) -> int:
    """Write rows into the table through the driver itself, the fastest way in; return how many there were."""
    write = _into_sqlite if connection.dialect.name == "sqlite" else _into_postgresql
    total = 0
    for batch in batches(rows):
        write(connection, batch)
        total += len(batch)
        told(total)
    connection.execute(CreateIndex(Index("staged_by_day", STAGED.c.campaign, STAGED.c.day)))
    return total


def repeated() -> Select[Any]:
    """Select each line whose campaign, day and split stood on an earlier line, with that line."""
    first = func.min(STAGED.c.line).over(partition_by=[STAGED.c[name] for name in KEY]).label("first")
    rows = select(STAGED.c.line, first).subquery()
    return select(rows.c.line, rows.c.first).where(rows.c.line != rows.c.first).order_by(rows.c.line)


def totals_beside_parts(split: str) -> Select[Any]:
    """Select each line that is a total although other lines split the same campaign-day by market (or variant)."""
    day = [STAGED.c.campaign, STAGED.c.day]
    widest = func.max(STAGED.c[split]).over(partition_by=day).label("widest")
    rows = select(STAGED.c.line, STAGED.c[split].label("split"), widest).subquery()
    return select(rows.c.line).where(rows.c.split == "", rows.c.widest != "").order_by(rows.c.line)


def drop_lines(connection: Connection, lines: Iterable[int]) -> None:
    """Take lines out again."""
    for batch in batches(lines):
        connection.execute(delete(STAGED).where(STAGED.c.line.in_(batch)))


def follow_names(db: Db) -> None:
    """Give each row the campaign that its name leads to: a former name, an alias, an id."""
    led = select(NAME.c.slug).where(NAME.c.workspace == OURS, NAME.c.key == STAGED.c.campaign)
    elsewhere = exists(led.where(NAME.c.slug != STAGED.c.campaign))
    db.run(update(STAGED).where(elsewhere).values(campaign=led.scalar_subquery()))


def mark_same(db: Db, source: str) -> int:
    """Mark the rows that the database already holds word for word; return how many."""
    unchanged = (REPORTED.c[fact.key].is_not_distinct_from(STAGED.c[fact.key]) for fact in FACTS)
    held = exists(select(1).where(*_counterpart(source), *unchanged))
    return db.run(update(STAGED).where(held).values(same=True)).rowcount


def count_known(db: Db, source: str) -> int:
    """Return how many of the differing rows correct what the source said before."""
    known = exists(select(1).where(*_counterpart(source)))
    return int(db.run(select(func.count()).select_from(STAGED).where(STAGED.c.same.is_(None), known)).scalar_one())


def differing(first: int, last: int) -> ColumnElement[bool]:
    """Tell of a staged row whether it lies in the range of lines and says something new."""
    return STAGED.c.line.between(first, last) & STAGED.c.same.is_(None)


def superseded(source: str, first: int, last: int) -> Select[Any]:
    """Select the keys that the source reported earlier and that the lines now split or convert otherwise."""
    other_split = or_(*((STAGED.c[split] == "") != (REPORTED.c[split] == "") for split in ("market", "variant")))
    same_part = and_(*(STAGED.c[split] == REPORTED.c[split] for split in ("market", "variant")))
    again = STAGED.alias("again")
    still_said = exists(select(1).where(*(again.c[name] == REPORTED.c[name] for name in KEY)))
    same_day = (REPORTED.c.campaign == STAGED.c.campaign) & (REPORTED.c.day == STAGED.c.day)
    return (
        select(*(REPORTED.c[name] for name in KEY))
        .join(STAGED, same_day)
        .where(
            REPORTED.c.workspace == OURS,
            REPORTED.c.source == source,
            differing(first, last),
            other_split | (same_part & (STAGED.c.currency != REPORTED.c.currency)),
            ~still_said,
        )
    )


def _counterpart(source: str) -> list[ColumnElement[bool]]:
    same_key = (REPORTED.c[name] == STAGED.c[name] for name in KEY)
    return [REPORTED.c.workspace == OURS, REPORTED.c.source == source, *same_key]


def batches(rows: Iterable[Any], size: int = BATCH) -> Iterator[list[Any]]:
    """Yield the rows in lists of at most ``size``."""
    left = iter(rows)
    while batch := list(islice(left, size)):
        yield batch


def _into_sqlite(connection: Connection, batch: list[Row]) -> None:
    marks = ",".join("?" * len(WRITTEN))
    insert = f"INSERT INTO staged ({','.join(WRITTEN)}) VALUES ({marks})"  # noqa: S608  our own column names
    rows = ((line, campaign, day.isoformat(), *rest) for line, campaign, day, *rest in batch)
    _driver(connection).executemany(insert, rows)


def _into_postgresql(connection: Connection, batch: list[Row]) -> None:
    with _driver(connection).cursor() as cursor, cursor.copy(f"COPY staged ({','.join(WRITTEN)}) FROM STDIN") as copy:
        for row in batch:
            copy.write_row(row)


def _driver(connection: Connection) -> Any:  # noqa: ANN401  the driver's own type
    return connection.connection.driver_connection
