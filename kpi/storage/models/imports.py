"""Imports of files: what each was, what it replaced, and what was answered about its kind of file."""

from __future__ import annotations

from datetime import date, datetime  # noqa: TC003  the tables are built from the annotations

from sqlalchemy import BigInteger
from sqlmodel import Field

from kpi.storage.models.base import FactColumns, Table


class ImportRun(Table, table=True):
    """One import of one file: what it was, how far it came, what it did."""

    __tablename__ = "import_run"

    workspace: str = Field(primary_key=True)
    run: str = Field(primary_key=True)
    """Its number in six digits, so that a later import sorts after an earlier one."""
    digest: str
    source: str
    file: str
    person: str = ""
    state: str = "running"
    """running, done, undoing or undone."""
    started_at: datetime
    finished_at: datetime | None = None
    kind: str = "results"
    stored: int = Field(default=0, sa_type=BigInteger)
    campaigns: int = Field(default=0, sa_type=BigInteger)
    first: date | None = None
    last: date | None = None
    money: str = "{}"
    """As JSON, by how much orders changed what was taken, in millionths of each currency."""
    told: str
    """As JSON, the campaigns it made known, and what it changed about others, so that it can be undone."""


class ImportMapping(Table, table=True):
    """What was said about files with the same header, so that it need not be asked again."""

    __tablename__ = "import_mapping"

    workspace: str = Field(primary_key=True)
    header: str = Field(primary_key=True)
    """The fingerprint of the names of its columns, or of its sheets (``kpi.sources.answers``)."""
    mapping: str
    """As JSON, what columns hold."""
    answers: str
    """As JSON, the day order, the decimal sign, the zone, the currency, the sheet, the totals."""
    file: str
    said_by: str
    said_at: datetime


class Replaced(FactColumns, table=True):
    """What a source had said before an import said otherwise (or no longer said it), so that this can be undone."""

    __table_args__ = {"sqlite_with_rowid": False}  # noqa: RUF012

    workspace: str = Field(primary_key=True)
    campaign: str = Field(primary_key=True)
    source: str = Field(primary_key=True)
    day: date = Field(primary_key=True)
    market: str = Field(primary_key=True)
    variant: str = Field(primary_key=True)
    currency: str = Field(primary_key=True)
    run: str = Field(primary_key=True)
    """The import that replaced it."""
    said_by: str | None = None
    """The import that had said it."""
