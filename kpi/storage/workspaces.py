"""The team's own row: how it counts days and writes money, its margin, its windows; and who changed what of it."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from sqlalchemy import insert, select, update

from kpi.money import amount, micros
from kpi.storage.binding import OURS
from kpi.storage.models import Table
from kpi.storage.upsert import insert_new
from kpi.wording import Words

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date, datetime

    from kpi.storage.database import Db

WORKSPACE, CHANGE = Table.metadata.tables["workspace"], Table.metadata.tables["setting_change"]
_OURS = select(WORKSPACE).where(WORKSPACE.c.workspace == OURS)
_LAST = (
    select(CHANGE.c.changed_at, CHANGE.c.changed_by, CHANGE.c.setting, CHANGE.c.old, CHANGE.c.new)
    .where(CHANGE.c.workspace == OURS)
    .order_by(CHANGE.c.changed_at.desc(), CHANGE.c.setting)
    .limit(1)
)
Value = str | Decimal | int | None
"""What a setting can be: a name, a share, a length of time, nothing."""


@dataclass(frozen=True, slots=True)
class Team:
    """A workspace's settings."""

    words: Words
    margin: Decimal | None = None
    """Of campaigns that have none of their own."""
    vat: Decimal | None = None
    click_days: int = 5
    view_hours: int = 12
    wait_hours: int = 2
    """For so long digests wait for sources that are late."""
    plain_tables: bool = False

    def day(self, moment: datetime) -> date:
        """Return the day that a moment is in for the team."""
        return moment.astimezone(ZoneInfo(self.words.timezone)).date()

    def value(self, setting: str) -> Value:
        """Return a setting by the name of its column."""
        found: Value = getattr(self.words if hasattr(self.words, setting) else self, setting)
        return found


@dataclass(frozen=True, slots=True)
class LastChange:
    """What was changed last, and by whom; both values as they are typed."""

    changed_at: datetime
    changed_by: str
    setting: str
    old: str
    new: str


def team(db: Db) -> Team:
    """Return the settings of the workspace; the defaults where it has no row yet."""
    row = db.run(_OURS).first()
    if row is None:
        return Team(Words())
    words = Words(row.locale, row.currency, row.timezone)
    margin, vat = (None if share is None else amount(share) for share in (row.margin, row.vat))
    return Team(words, margin, vat, row.click_days, row.view_hours, row.wait_hours, row.plain_tables)


def seed(db: Db, words: Words) -> None:
    """Give a new workspace its first settings; an existing one keeps its own."""
    first = {"timezone": words.timezone, "currency": words.currency, "locale": words.locale}
    usual = Team(words)
    others = ("margin", "vat", "click_days", "view_hours", "wait_hours", "plain_tables")
    rest = {name: getattr(usual, name) for name in others}
    db.run_many(insert_new(db, WORKSPACE), [first | rest])


def change_settings(
    db: Db, values: Mapping[str, Value], typed: Mapping[str, tuple[str, str]], by: str, now: datetime
) -> None:
    """Set some settings, and keep who did it, when, and both values as they are typed."""
    seed(db, Words())
    stored = {name: micros(value) if isinstance(value, Decimal) else value for name, value in values.items()}
    db.run(update(WORKSPACE).where(WORKSPACE.c.workspace == OURS).values(stored))
    told = {"changed_at": now, "changed_by": by}
    db.run_many(
        insert(CHANGE), [{**told, "setting": name, "old": old, "new": new} for name, (old, new) in typed.items()]
    )


def last_change(db: Db) -> LastChange | None:
    """Return what was changed last, if anything was."""
    row = db.run(_LAST).first()
    return LastChange(row.changed_at, row.changed_by, row.setting, row.old, row.new) if row else None


def remember_plain_tables(db: Db) -> None:
    """Keep in mind that this workspace's Slack refuses table blocks."""
    db.run(update(WORKSPACE).where(WORKSPACE.c.workspace == OURS).values(plain_tables=True))
