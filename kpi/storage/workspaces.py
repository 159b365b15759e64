"""The team's own row: how it counts days, writes money, and what its margin is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from sqlalchemy import select, update

from kpi.money import amount
from kpi.storage.binding import OURS
from kpi.storage.models import Table
from kpi.storage.upsert import insert_new
from kpi.wording import Words

if TYPE_CHECKING:
    from datetime import date, datetime
    from decimal import Decimal

    from kpi.storage.database import Db

WORKSPACE = Table.metadata.tables["workspace"]
_OURS = select(WORKSPACE).where(WORKSPACE.c.workspace == OURS)


@dataclass(frozen=True, slots=True)
class Team:
    """A workspace's settings."""

    words: Words
    margin: Decimal | None = None
    plain_tables: bool = False

    def day(self, moment: datetime) -> date:
        """Return the day that a moment is in for the team."""
        return moment.astimezone(ZoneInfo(self.words.timezone)).date()


def team(db: Db) -> Team:
    """Return the settings of the workspace; the defaults where it has no row yet."""
    row = db.run(_OURS).first()
    if row is None:
        return Team(Words())
    words = Words(row.locale, row.currency, row.timezone)
    return Team(words, None if row.margin is None else amount(row.margin), row.plain_tables)


def seed(db: Db, words: Words) -> None:
    """Give a new workspace its first settings; an existing one keeps its own."""
    first = {"timezone": words.timezone, "currency": words.currency, "locale": words.locale}
    db.run_many(insert_new(db, WORKSPACE), [{**first, "margin": None, "plain_tables": False}])


def remember_plain_tables(db: Db) -> None:
    """Keep in mind that this workspace's Slack refuses table blocks."""
    db.run(update(WORKSPACE).where(WORKSPACE.c.workspace == OURS).values(plain_tables=True))
