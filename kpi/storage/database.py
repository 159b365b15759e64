"""One database, SQLite or PostgreSQL, reached through transactions that are bound to one workspace."""

from __future__ import annotations

import time
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from sqlalchemy import Engine, create_engine, event, func, select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import NullPool

from kpi.errors import WrongSetting
from kpi.storage.binding import require_bound

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from sqlalchemy import Connection, CursorResult, Executable, Row

T = TypeVar("T")


_TRIES = 10
_CLASHES = ("40001", "40P01", "23505")
"""Serialization, deadlock, and a key that another transaction took first."""
_BUSY = "database is locked"


@dataclass(frozen=True, slots=True)
class Db:
    """A transaction of one workspace."""

    connection: Connection
    workspace: str

    def run(self, statement: Executable, **values: object) -> CursorResult[Any]:
        """Run one statement, bound to the workspace."""
        ours = {"ours": self.workspace} if require_bound(statement) else {}
        return self.connection.execute(statement, ours | values)

    def rows(self, statement: Executable, **values: object) -> Sequence[Row[Any]]:
        """Return every row of a statement."""
        return self.run(statement, **values).fetchall()

    def run_many(self, statement: Executable, rows: Iterable[dict[str, Any]]) -> None:
        """Insert one row per dictionary, each into the workspace."""
        require_bound(statement)
        bound = [{"workspace": self.workspace, **row} for row in rows]
        if bound:
            self.connection.execute(statement, bound)

    @property
    def is_sqlite(self) -> bool:
        """Tell the dialect."""
        return self.connection.dialect.name == "sqlite"


class Database:
    """The engine, and its transactions."""

    def __init__(self, url: str) -> None:
        self.url = plain_url(url)
        self.engine = _sqlite(self.url) if self.url.startswith("sqlite") else _postgresql(self.url)

    @property
    def is_sqlite(self) -> bool:
        """Tell the dialect."""
        return self.engine.dialect.name == "sqlite"

    @contextmanager
    def reading(self, workspace: str) -> Iterator[Db]:
        """Open a transaction that sees one state of the data and writes none."""
        with self.engine.connect().execution_options(kpi_writes=False) as connection, connection.begin():
            yield Db(connection, workspace)

    @contextmanager
    def writing(self, workspace: str, *, adding: bool = False) -> Iterator[Db]:
        """Open a transaction that takes the write lock at once, so that nothing read in it can go stale.

        PostgreSQL has no such lock: there, a row that another transaction changed meanwhile is a clash; except where
        the transaction is ``adding`` and locks what it read, so that many can add to the same rows, one after another.
        """
        options: dict[str, Any] = {"kpi_writes": True}
        if adding and not self.is_sqlite:
            options["isolation_level"] = "READ COMMITTED"
        with self.engine.connect().execution_options(**options) as connection, connection.begin():
            yield Db(connection, workspace)

    def written(self, workspace: str, work: Callable[[Db], T], *, adding: bool = False) -> T:
        """Do the work in a writing transaction, again where another transaction was in its way."""

        def once() -> T:
            with self.writing(workspace, adding=adding) as db:
                return work(db)

        return insisted(once)

    def now(self) -> datetime:
        """Return the time by the database's clock, which all processes share."""
        clock = func.strftime("%Y-%m-%dT%H:%M:%f", "now") if self.is_sqlite else func.clock_timestamp()
        with self.engine.connect().execution_options(kpi_writes=False) as connection:
            told: str | datetime = connection.execute(select(clock)).scalar_one()
        return datetime.fromisoformat(told).replace(tzinfo=UTC) if isinstance(told, str) else told.astimezone(UTC)

    def answers(self) -> bool:
        """Tell whether the database answers."""
        with self.engine.connect().execution_options(kpi_writes=False) as connection:
            return bool(connection.execute(text("select 1")).scalar_one() == 1)

    def close(self) -> None:
        """Let go of every connection."""
        self.engine.dispose()


def insisted(work: Callable[[], T]) -> T:
    """Do the work, a whole transaction, again where another transaction was in its way."""
    for tried in range(1, _TRIES):
        try:
            return work()
        except DBAPIError as error:
            if not _clashed(error):
                raise
            time.sleep(0.02 * tried)
    return work()


def plain_url(url: str) -> str:
    """Return the address as SQLAlchemy wants it; hosting platforms hand out ``postgres://``."""
    for prefix in ("postgres://", "postgresql://"):
        if url.startswith(prefix):
            return "postgresql+psycopg://" + url.removeprefix(prefix)
    if not url.startswith(("sqlite:", "postgresql+psycopg:")):
        raise WrongSetting(
            f"DATABASE_URL begins with '{url.split(':', 1)[0]}:', which is not supported.",
            "Use sqlite:///kpi.db or postgresql://user:password@host/name.",
        )
    return url


def _sqlite(url: str) -> Engine:
    memory = url in ("sqlite://", "sqlite:///:memory:")
    if memory:
        raise WrongSetting("DATABASE_URL names a database in memory, which every process would see empty.")
    try:
        Path(url.removeprefix("sqlite:///")).expanduser().parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise WrongSetting(f"The database's folder cannot be made: {error.strerror}.", "Check DATABASE_URL.") from error
    engine = create_engine(url, connect_args={"timeout": 5})
    event.listen(engine, "connect", _on_sqlite_connect)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _on_sqlite_connect(connection: Any, _record: object) -> None:  # noqa: ANN401  the driver's own type
    connection.isolation_level = None
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "busy_timeout=5000", "cache_size=-16000"):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    """Take the write lock at the start of a writing transaction: a lock taken later fails at once, without waiting."""
    writes = connection.get_execution_options().get("kpi_writes", True)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _postgresql(url: str) -> Engine:
    limits = "-c statement_timeout=15000 -c lock_timeout=5000 -c idle_in_transaction_session_timeout=30000"
    return create_engine(
        url,
        pool_pre_ping=True,
        pool_size=5,
        max_overflow=5,
        pool_recycle=300,
        isolation_level="REPEATABLE READ",
        connect_args={"options": limits, "connect_timeout": 10},
    )


def patient(database: Database) -> Engine:
    """Return an engine for migrations and long imports, without limits on a statement's time."""
    if database.is_sqlite:
        return database.engine
    return create_engine(database.url, poolclass=NullPool)


def _clashed(error: DBAPIError) -> bool:
    """Tell whether another transaction was in the way, so that trying again can help."""
    return getattr(error.orig, "sqlstate", None) in _CLASHES or _BUSY in str(error.orig)
