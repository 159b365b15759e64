"""Digests that were asked for, and every message that has to reach Slack exactly once."""

from __future__ import annotations

from datetime import date, datetime, time  # noqa: TC003  the tables are built from the annotations

from sqlalchemy import BigInteger, Index
from sqlmodel import Field

from kpi.storage.models.base import Table


class Schedule(Table, table=True):
    """A digest that was asked for: what about, where to, when, and who answers for it (``kpi.slots``)."""

    workspace: str = Field(primary_key=True)
    id: str = Field(primary_key=True)
    channel: str
    """Where it is posted: a channel, or somebody's direct messages with the bot."""
    person: str = ""
    """Whose direct messages these are."""
    owner: str
    scope: str = ""
    """Which campaigns, in the words of a question; all where there are none."""
    monthly: bool = False
    weekday: int = Field(default=0, sa_type=BigInteger)
    at: time
    zone: str
    state: str = "on"
    """On, off, unconfirmed (more people read along than were named), or stopped by an error that does not pass."""
    reason: str = ""
    """Why it is unconfirmed or stopped."""
    exposure: str = "private"
    guests: bool = False
    """Who could read along when it was confirmed."""
    planned_until: datetime
    """Every slot up to this moment is in the ledger."""


class Posting(Table, table=True):
    """One message that has to reach Slack exactly once: a digest, its thread, a note to whoever answers for it.

    ``state`` is planned, ready, posting, uncertain, sent, held, failed or expired (``kpi.storage.ledger``).
    """

    __table_args__ = (Index(None, "workspace", "state", "next_at"), Index(None, "workspace", "channel", "posting_at"))

    workspace: str = Field(primary_key=True)
    schedule: str = Field(primary_key=True)
    slot: date = Field(primary_key=True)
    piece: str = Field(primary_key=True)
    """What of the slot: ``digest``, what follows it in its thread, or a note about it."""
    state: str
    channel: str
    due_at: datetime
    next_at: datetime
    """When somebody has to look at it again: whoever claims it moves that away, so that nobody else does meanwhile."""
    fence: int = Field(default=0, sa_type=BigInteger)
    """Counts the claims: what an earlier claimant still writes is refused."""
    tries: int = Field(default=0, sa_type=BigInteger)
    message: str = ""
    """What is posted, exactly, and ever plainer forms of it for a Slack that refuses it: a list as JSON."""
    posting_at: datetime | None = None
    """When the intent to post was written down."""
    ts: str = ""
    """Slack's name for the message that stands."""
    error: str = ""
    thread: str = ""
    """The message under which it is posted."""
    kept: str = ""
    """The figures that it tells, as JSON: the next one says what has changed of them."""
    waits_for: str = ""
    """The sources for which it waits, or did wait."""
    edits: str = ""
    """The message that it replaces."""
