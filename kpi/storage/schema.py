"""The schema brought up to date, and whether it is."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from kpi.storage.database import patient

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from kpi.storage.database import Database

MIGRATIONS = Path(__file__).parent.parent / "migrations"


def migrate(database: Database, revision: str = "head") -> None:
    """Bring the schema to a revision; again changes nothing."""
    with patient(database).connect() as connection, connection.execution_options(kpi_writes=True).begin():
        config = _config(connection)
        if _revision(connection) != _head(config) or revision != "head":
            (command.upgrade if revision == "head" else command.downgrade)(config, revision)


def is_current(database: Database) -> bool:
    """Tell whether the schema is what this program expects."""
    with database.engine.connect().execution_options(kpi_writes=False) as connection:
        return _revision(connection) == _head(_config(connection))


def wait_until_current(database: Database, seconds: float = 60, pause: float = 0.5) -> bool:
    """Wait for another process to migrate; tell whether it has."""
    patience = time.monotonic() + seconds
    while not (current := is_current(database)) and time.monotonic() < patience:
        time.sleep(pause)
    return current


def check(connection: Connection) -> None:
    """Raise where the tables of the program and the migrations have drifted apart."""
    command.check(_config(connection))


def _config(connection: Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["connection"] = connection
    return config


def _revision(connection: Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()


def _head(config: Config) -> str | None:
    return ScriptDirectory.from_config(config).get_current_head()
