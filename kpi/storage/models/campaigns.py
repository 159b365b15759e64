"""Campaigns, the names that lead to them, and what somebody changed about those."""

from __future__ import annotations

from datetime import date, datetime  # noqa: TC003  the tables are built from the annotations

from sqlalchemy import BigInteger, Index
from sqlmodel import Field

from kpi.storage.models.base import Table


class Campaign(Table, table=True):
    """A campaign, and the first and last day on which it sent anything (or had any result)."""

    __table_args__ = (Index(None, "workspace", "channel", "ended", "slug"), Index(None, "workspace", "holdout_of"))

    workspace: str = Field(primary_key=True)
    slug: str = Field(primary_key=True)
    name: str
    kind: str = "broadcast"
    channel: str = "whatsapp"
    objective: str = "sales"
    margin: int | None = Field(default=None, sa_type=BigInteger)
    tags: str = ""
    """As they were typed, with ``;`` between them."""
    starts: date | None = None
    ends: date | None = None
    began: date | None = None
    ended: date | None = None
    archived: bool = False
    renamed: bool = False
    """A person gave it its name, which files no longer change."""
    part_of: str | None = None
    """The campaign that it is merged into, if it is (``kpi.storage.families``)."""
    is_added: bool = False
    """Whether it is a part of that one, rather than the same sends."""
    holdout_of: str | None = None
    """The campaign that these people were left out of at random, to see what it adds; they got no message."""
    at_random: bool = False
    """Whether its people were given their variants by lot."""


class CampaignName(Table, table=True):
    """A name that leads to a campaign: its own, former names, vendor ids, templates, UTM values, coupons."""

    __tablename__ = "campaign_name"

    workspace: str = Field(primary_key=True)
    key: str = Field(primary_key=True)
    slug: str
    name: str
    kind: str = "name"
    given_to: str | None = None
    """The campaign that the name was given to, while that is merged into the one that the name leads to."""


class CampaignChange(Table, table=True):
    """What somebody changed about the names of campaigns, in the words of the command, and whom it was about."""

    __tablename__ = "campaign_change"

    workspace: str = Field(primary_key=True)
    changed_at: datetime = Field(primary_key=True)
    campaign: str = Field(primary_key=True)
    change: str = Field(primary_key=True)
    changed_by: str


class CampaignSplit(Table, table=True):
    """A market and a currency in which a campaign has results; '' is what is not split by market."""

    __tablename__ = "campaign_split"

    workspace: str = Field(primary_key=True)
    campaign: str = Field(primary_key=True)
    market: str = Field(primary_key=True)
    currency: str = Field(primary_key=True)


class HeldName(Table, table=True):
    """A campaign that messages name and that was not made, because too many were made that day."""

    __tablename__ = "held_name"

    workspace: str = Field(primary_key=True)
    key: str = Field(primary_key=True)
    name: str
    held_at: datetime
