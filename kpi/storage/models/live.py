"""Events that come in by themselves: where from, a row for each message, and what was heard beside results."""

from __future__ import annotations

from datetime import date, datetime  # noqa: TC003  the tables are built from the annotations

from sqlalchemy import BigInteger, Index, text
from sqlmodel import Field

from kpi.storage.models.base import Table


class Connection(Table, table=True):
    """An account at another service whose events belong to the workspace: a WhatsApp number or account, a shop."""

    workspace: str = Field(primary_key=True)
    kind: str = Field(primary_key=True)
    account: str = Field(primary_key=True)
    since: datetime


class Message(Table, table=True):
    """One message: the first time of each state, in seconds since 1970, and the campaign it belongs to.

    Never a status: states come late, twice and out of order (``kpi.rollup``). WhatsApp's own id contains the
    recipient's number, so the key is a keyed hash of it; people are keyed hashes, too.
    """

    __table_args__ = (
        Index(
            "ix_message_unattributed", "workspace", "label",
            sqlite_where=text("campaign IS NULL"), postgresql_where=text("campaign IS NULL"),
        ),
        {"sqlite_with_rowid": False},
    )  # fmt: skip

    workspace: str = Field(primary_key=True)
    message: str = Field(primary_key=True)
    campaign: str | None = None
    """None until what the message carries leads to one."""
    variant: str = ""
    label: str = ""
    """A keyed hash of the name that it carries, by which it can be attributed later."""
    person: str | None = None
    phone: str | None = None
    """The recipient, by WhatsApp's id for the person and by phone number."""
    day: date
    """The day that its counts stand on: that of its first time, in the team's time zone of then."""
    shift: int = Field(sa_type=BigInteger)
    """By how many seconds that time zone was ahead of UTC."""
    sent: int | None = Field(default=None, sa_type=BigInteger)
    delivered: int | None = Field(default=None, sa_type=BigInteger)
    read: int | None = Field(default=None, sa_type=BigInteger)
    clicked: int | None = Field(default=None, sa_type=BigInteger)
    replied: int | None = Field(default=None, sa_type=BigInteger)
    failed: int | None = Field(default=None, sa_type=BigInteger)
    error: int | None = Field(default=None, sa_type=BigInteger)
    """WhatsApp's code for the first failure."""


class Failure(Table, table=True):
    """How many messages of a campaign's day failed for a reason, by WhatsApp's code (0 where none was told)."""

    workspace: str = Field(primary_key=True)
    campaign: str = Field(primary_key=True)
    day: date = Field(primary_key=True)
    code: int = Field(primary_key=True, sa_type=BigInteger, sa_column_kwargs={"autoincrement": False})
    count: int = Field(sa_type=BigInteger)


class LiveCount(Table, table=True):
    """How often something was heard on a day that is no result: late events, unknown kinds (never their values)."""

    __tablename__ = "live_count"

    workspace: str = Field(primary_key=True)
    source: str = Field(primary_key=True)
    day: date = Field(primary_key=True)
    what: str = Field(primary_key=True)
    count: int = Field(sa_type=BigInteger)
