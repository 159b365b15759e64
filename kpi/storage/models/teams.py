"""The team, who may ask what, and what somebody changed of its settings."""

from __future__ import annotations

from datetime import date, datetime  # noqa: TC003  the tables are built from the annotations

from sqlalchemy import BigInteger
from sqlmodel import Field

from kpi.storage.models.base import Table


class Workspace(Table, table=True):
    """One team: how it counts its days and writes its money. Environment values only seed this row."""

    workspace: str = Field(primary_key=True)
    timezone: str = "UTC"
    currency: str = "EUR"
    locale: str = "en_GB"
    margin: int | None = Field(default=None, sa_type=BigInteger)
    vat: int | None = Field(default=None, sa_type=BigInteger)
    click_days: int = Field(default=5, sa_type=BigInteger)
    view_hours: int = Field(default=12, sa_type=BigInteger)
    wait_hours: int = Field(default=2, sa_type=BigInteger)
    plain_tables: bool = False
    """Slack refused a table block here once, so tables go out as aligned text."""


class OpenedChannel(Table, table=True):
    """A channel in which everybody present may ask."""

    __tablename__ = "opened_channel"

    workspace: str = Field(primary_key=True)
    channel: str = Field(primary_key=True)
    exposure: str
    """Who could read along when it was opened: private, public or shared with another organisation."""
    opened_by: str
    opened_at: datetime


class Asker(Table, table=True):
    """Somebody who may ask anywhere, and who allowed it."""

    workspace: str = Field(primary_key=True)
    person: str = Field(primary_key=True)
    allowed_by: str
    allowed_at: datetime


class SettingChange(Table, table=True):
    """A setting that somebody changed, with both values as they are typed."""

    __tablename__ = "setting_change"

    workspace: str = Field(primary_key=True)
    changed_at: datetime = Field(primary_key=True)
    setting: str = Field(primary_key=True)
    changed_by: str
    old: str
    new: str


class AccessRequest(Table, table=True):
    """Somebody who asks to be allowed, and the day on which the admins were last told of it."""

    __tablename__ = "access_request"

    workspace: str = Field(primary_key=True)
    person: str = Field(primary_key=True)
    told_on: date
