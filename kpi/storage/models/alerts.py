"""Targets, the rules of alerts, and how far each alert has come."""

from __future__ import annotations

from datetime import date, datetime  # noqa: TC003  the tables are built from the annotations

from sqlalchemy import BigInteger
from sqlmodel import Field

from kpi.storage.models.base import Table


class Target(Table, table=True):
    """What somebody wants a KPI to reach, of one campaign or, where that is '', of all."""

    workspace: str = Field(primary_key=True)
    metric: str = Field(primary_key=True)
    campaign: str = Field(primary_key=True)
    value: int = Field(sa_type=BigInteger)
    """In millionths of the KPI's unit; a share of one is a million."""
    set_by: str
    set_at: datetime


class AlertRule(Table, table=True):
    """What somebody wants to be told of, and in which channel."""

    __tablename__ = "alert_rule"

    workspace: str = Field(primary_key=True)
    id: str = Field(primary_key=True)
    channel: str
    owner: str
    rule: str
    """As JSON (``kpi.alerts.rule``)."""
    state: str = "on"
    """On or paused."""
    changed_at: datetime


class AlertState(Table, table=True):
    """How far the alert of a rule on one campaign is (``kpi.alerts.states``); '' is all campaigns together."""

    __tablename__ = "alert_state"

    workspace: str = Field(primary_key=True)
    rule: str = Field(primary_key=True)
    campaign: str = Field(primary_key=True)
    phase: str
    episode: int = Field(default=0, sa_type=BigInteger)
    fired_at: datetime | None = None
    fired_on: date | None = None
    closed_at: datetime | None = None
    told_at: datetime | None = None
    acked_by: str = ""
    snoozed_until: datetime | None = None
    muted: bool = False
    errors: int = Field(default=0, sa_type=BigInteger)
    last: date | None = None
    said: str = ""
    """What the last evaluation measured, as a sentence."""
    ending: str = ""
    """How the last episode ended."""
    shown: str = ""
    """What its message in Slack shows, as a hash."""


class AlertRound(Table, table=True):
    """When all rules were last evaluated, and when those that are looked at every hour."""

    __tablename__ = "alert_round"

    workspace: str = Field(primary_key=True)
    every_rule: datetime
    hourly: datetime
