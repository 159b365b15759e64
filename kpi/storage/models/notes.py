"""Notes about days, and what the answers in Slack were about."""

from __future__ import annotations

from datetime import date, datetime  # noqa: TC003  the tables are built from the annotations

from sqlalchemy import Index
from sqlmodel import Field

from kpi.storage.models.base import Table


class DayNoteRow(Table, table=True):
    """What somebody noted about some days, or that a note of the calendar is not wanted (``removed``)."""

    __tablename__ = "day_note"

    workspace: str = Field(primary_key=True)
    key: str = Field(primary_key=True)
    """The name, spelled for matching."""
    start: date = Field(primary_key=True)
    until: date
    """The day after the last."""
    name: str
    leave_out: bool = False
    """Whether baselines do not count the days."""
    removed: bool = False
    noted_by: str
    noted_at: datetime


class AnswerContext(Table, table=True):
    """What an answer in Slack was about, for questions in the thread under it; kept for some weeks."""

    __tablename__ = "answer_context"
    __table_args__ = (Index(None, "workspace", "answered_at"),)

    workspace: str = Field(primary_key=True)
    channel: str = Field(primary_key=True)
    thread: str = Field(primary_key=True)
    """The timestamp of the message on top of the thread; '' for what was said last in a direct message."""
    asked: str
    answered_at: datetime
