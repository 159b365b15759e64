"""What each source said of the days of campaigns, which one is believed, and what is therefore true."""

from __future__ import annotations

from datetime import date, datetime  # noqa: TC003  the tables are built from the annotations

from sqlalchemy import BigInteger
from sqlmodel import Field

from kpi.storage.models.base import ArrivingColumns, FactColumns, Table


class Reported(FactColumns, table=True):
    """What one source said about one day of a campaign; unsplit market and variant are ''."""

    __table_args__ = {"sqlite_with_rowid": False}  # noqa: RUF012

    workspace: str = Field(primary_key=True)
    campaign: str = Field(primary_key=True)
    source: str = Field(primary_key=True)
    day: date = Field(primary_key=True)
    market: str = Field(primary_key=True)
    variant: str = Field(primary_key=True)
    currency: str = Field(primary_key=True)
    said_by: str | None = None
    """The import that said it; empty where it was no import of results."""


class DailyResult(FactColumns, table=True):
    """What is true of one day of a campaign: per group of facts what the chosen source said. Answers read only this."""

    __tablename__ = "daily_result"
    __table_args__ = {"sqlite_with_rowid": False}  # noqa: RUF012

    workspace: str = Field(primary_key=True)
    campaign: str = Field(primary_key=True)
    day: date = Field(primary_key=True)
    market: str = Field(primary_key=True)
    variant: str = Field(primary_key=True)
    currency: str = Field(primary_key=True)


class Arrival(ArrivingColumns, table=True):
    """What a source said of one day's messages, apart by how many days later it happened (``kpi.storage.arrivals``)."""

    __table_args__ = {"sqlite_with_rowid": False}  # noqa: RUF012

    workspace: str = Field(primary_key=True)
    campaign: str = Field(primary_key=True)
    source: str = Field(primary_key=True)
    day: date = Field(primary_key=True)
    """The day of the messages."""
    market: str = Field(primary_key=True)
    variant: str = Field(primary_key=True)
    currency: str = Field(primary_key=True)
    age: int = Field(primary_key=True, sa_type=BigInteger, sa_column_kwargs={"autoincrement": False})


class SourceChoice(Table, table=True):
    """Which source tells each group of facts of a campaign, for its whole life; None where no source knows any.

    ``disagreement`` is a sentence where a source that was not chosen says something clearly different.
    """

    __tablename__ = "source_choice"

    workspace: str = Field(primary_key=True)
    campaign: str = Field(primary_key=True)
    messages: str | None = None
    orders: str | None = None
    cost: str | None = None
    list: str | None = None
    disagreement: str = ""


class Source(Table, table=True):
    """Where results come from: a kind of file, a webhook, an API; and when it last told anything."""

    workspace: str = Field(primary_key=True)
    source: str = Field(primary_key=True)
    kind: str = "file"
    updated_at: datetime
    since: datetime | None = None
    """Since when events of it come in by themselves; empty for files."""
    currency: str = ""
    """In which its counts are booked, whatever the team's becomes later; empty for files."""


class Testimony(Table, table=True):
    """That an import told of a campaign, and of which groups of facts: of equal files the latest counts."""

    __table_args__ = {"sqlite_with_rowid": False}  # noqa: RUF012

    workspace: str = Field(primary_key=True)
    campaign: str = Field(primary_key=True)
    source: str = Field(primary_key=True)
    run: str = Field(primary_key=True)
    messages: bool
    orders: bool
    cost: bool
    list: bool
