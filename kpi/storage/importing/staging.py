"""A temporary table that holds the rows of one import while the database looks for what is wrong with them."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    Index,
    Integer,
    MetaData,
    Select,
    String,
    Table,
    and_,
    case,
    delete,
    exists,
    false,
    func,
    or_,
    select,
    true,
    update,
)
from sqlalchemy.schema import CreateIndex, CreateTable, DropTable

from kpi.facts import BY_SEND, FACTS, TOLD, Fact
from kpi.storage.binding import OURS
from kpi.storage.models import Table as Tables

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from sqlalchemy import Connection
    from sqlalchemy.sql.elements import ColumnElement

    from kpi.sources.reading import Row
    from kpi.storage.database import Db

REPORTED, NAME = Tables.metadata.tables["reported"], Tables.metadata.tables["campaign_name"]
BATCH = 25_000

STAGED = Table(
    "staged",
    MetaData(),
    Column("line", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=False),
    Column("campaign", String, nullable=False),
    Column("day", Date, nullable=False),
    Column("market", String, nullable=False),
    Column("variant", String, nullable=False),
    Column("currency", String, nullable=False),
    *(Column(fact.key, BigInteger) for fact in TOLD),
    Column("same", Boolean),
    prefixes=["TEMPORARY"],
)
"""``same`` tells of a row whether the source said it before: word for word, otherwise, or (NULL) not at all."""
KEY = ("campaign", "day", "market", "variant", "currency")
IS_NEWS = STAGED.c.same.is_not(True)
_OWN = {by_send: own for own, by_send in BY_SEND.items()}


def said(fact: Fact) -> ColumnElement[int | None]:
    """Return where a fact is staged; a source that knows one day only says the same of order and message."""
    return STAGED.c[_OWN.get(fact, fact).key]


def begin(connection: Connection) -> None:
    """Make the empty table on this connection."""
    connection.execute(DropTable(STAGED, if_exists=True))
    connection.execute(CreateTable(STAGED))


def end(connection: Connection) -> None:
    """Remove the table."""
    connection.execute(DropTable(STAGED, if_exists=True))


def fill(connection: Connection, facts: Sequence[Fact], rows: Iterable[Row], told: Callable[[int], None]) -> None:
    """Write rows of these facts into the table through the driver itself, the fastest way in."""
    write = _into_sqlite if connection.dialect.name == "sqlite" else _into_postgresql
    columns = ("line", *KEY, *(fact.key for fact in facts))
    left, total = iter(rows), 0
    while written := write(connection, columns, islice(left, BATCH)):
        total += written
        told(total)
    connection.execute(CreateIndex(Index("staged_by_key", *(STAGED.c[name] for name in KEY))))


def repeated(connection: Connection) -> Sequence[Row]:
    """Return each line whose campaign, day and split stood on an earlier line, with that line."""
    keys = [STAGED.c[name] for name in KEY]
    twice = select(*keys, func.min(STAGED.c.line).label("first")).group_by(*keys).having(func.count() > 1)
    if connection.execute(twice.limit(1)).first() is None:  # the join below would look at every row again
        return ()
    earlier = twice.subquery()
    rows = select(STAGED.c.line, earlier.c.first).join(earlier, and_(*(STAGED.c[one] == earlier.c[one] for one in KEY)))
    return connection.execute(rows.where(STAGED.c.line != earlier.c.first).order_by(STAGED.c.line)).all()


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
    staged = select(STAGED.c.campaign).distinct()
    given = func.coalesce(NAME.c.given_to, NAME.c.slug)
    led = select(NAME.c.key, given.label("slug")).where(NAME.c.workspace == OURS, NAME.c.key != given)
    for row in db.rows(led.where(NAME.c.key.in_(staged))):
        db.run(update(STAGED).where(STAGED.c.campaign == row.key).values(campaign=row.slug))


def compare(db: Db, source: str) -> dict[bool | None, int]:
    """Mark what the source said before; return how many were known (True), corrected (False), new (None)."""
    unchanged = and_(*(REPORTED.c[fact.key].is_not_distinct_from(said(fact)) for fact in FACTS))
    before = select(case((unchanged, true()), else_=false())).where(*counterpart(source))
    if not db.run(select(1).select_from(REPORTED).where(*_told_by(source)).limit(1)).first():
        return {None: db.run(select(func.count()).select_from(STAGED)).scalar_one()}
    db.run(update(STAGED).values(same=before.scalar_subquery()))
    rows = db.rows(select(STAGED.c.same, func.count().label("rows")).group_by(STAGED.c.same))
    return {row.same: row.rows for row in rows}


@dataclass(frozen=True, slots=True)
class Portion:
    """Staged rows that are stored in one transaction."""

    campaigns: list[str]
    rows: ColumnElement[bool]


def campaigns(db: Db) -> tuple[str, ...]:
    """Return the campaigns of which rows tell."""
    rows = db.rows(select(STAGED.c.campaign).distinct().order_by(STAGED.c.campaign))
    return tuple(row.campaign for row in rows)


def portions(db: Db) -> Iterator[Portion]:
    """Divide what is new into portions of about ``BATCH`` rows, in the order of the keys.

    A table that is written in the order of its key is written once; a campaign's day is never divided.
    """
    for campaigns, rows in _neighbours(db, STAGED.c.campaign, IS_NEWS):
        which = IS_NEWS & STAGED.c.campaign.between(campaigns[0], campaigns[-1])
        if rows <= BATCH:
            yield Portion(campaigns, which)
        else:
            for days, _ in _neighbours(db, STAGED.c.day, which):
                yield Portion(campaigns, which & STAGED.c.day.between(days[0], days[-1]))


def _neighbours(db: Db, column: ColumnElement[Any], which: ColumnElement[bool]) -> Iterator[tuple[list[Any], int]]:
    """Yield neighbouring values that have at most ``BATCH`` rows together (or one with more), and their rows."""
    values, total = list[Any](), 0
    for row in db.rows(select(column, func.count()).where(which).group_by(column).order_by(column)):
        value, rows = tuple(row)
        if values and total + rows > BATCH:
            yield values, total
            values, total = [], 0
        values.append(value)
        total += rows
    if values:
        yield values, total


def superseded(source: str, which: ColumnElement[bool]) -> Select[Any]:
    """Select the keys that the source reported earlier and that these rows now split or convert otherwise."""
    other_split = or_(*((STAGED.c[split] == "") != (REPORTED.c[split] == "") for split in ("market", "variant")))
    same_part = and_(*(STAGED.c[split] == REPORTED.c[split] for split in ("market", "variant")))
    again = STAGED.alias("again")
    still_said = exists(select(1).where(*(again.c[name] == REPORTED.c[name] for name in KEY)))
    same_day = (REPORTED.c.campaign == STAGED.c.campaign) & (REPORTED.c.day == STAGED.c.day)
    return (
        select(*(REPORTED.c[name] for name in KEY))
        .join(STAGED, same_day)
        .where(
            *_told_by(source),
            which,
            other_split | (same_part & (STAGED.c.currency != REPORTED.c.currency)),
            ~still_said,
        )
    )


def vanished(source: str) -> Select[Any]:
    """Select the keys that the source reported earlier of these campaigns and that no row tells of now."""
    still_said = exists(select(1).where(*(STAGED.c[name] == REPORTED.c[name] for name in KEY)).correlate(REPORTED))
    return select(*(REPORTED.c[name] for name in KEY)).where(*_told_by(source), ~still_said)


def corrected(source: str, which: ColumnElement[bool]) -> ColumnElement[bool]:
    """Tell of a reported row whether these rows say otherwise."""
    return exists(select(1).where(*counterpart(source), which, STAGED.c.same.is_(False)).correlate(REPORTED))


def _told_by(source: str) -> list[ColumnElement[bool]]:
    staged = select(STAGED.c.campaign).distinct()
    return [REPORTED.c.workspace == OURS, REPORTED.c.source == source, REPORTED.c.campaign.in_(staged)]


def counterpart(source: str) -> list[ColumnElement[bool]]:
    """Join staged rows with what the source reported of the same key."""
    same_key = (REPORTED.c[name] == STAGED.c[name] for name in KEY)
    return [REPORTED.c.workspace == OURS, REPORTED.c.source == source, *same_key]


def batches(rows: Iterable[Any], size: int = BATCH) -> Iterator[list[Any]]:
    """Yield the rows in lists of at most ``size``."""
    left = iter(rows)
    while batch := list(islice(left, size)):
        yield batch


def _into_sqlite(connection: Connection, columns: Sequence[str], rows: Iterable[Row]) -> int:
    marks = ",".join("?" * len(columns))
    insert = f"INSERT INTO staged ({','.join(columns)}) VALUES ({marks})"  # noqa: S608  our own column names
    return max(0, int(_driver(connection).executemany(insert, rows).rowcount))


def _into_postgresql(connection: Connection, columns: Sequence[str], rows: Iterable[Row]) -> int:
    with _driver(connection).cursor() as cursor:
        with cursor.copy(f"COPY staged ({','.join(columns)}) FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)
        return int(cursor.rowcount)


def _driver(connection: Connection) -> Any:  # noqa: ANN401  the driver's own type
    return connection.connection.driver_connection
