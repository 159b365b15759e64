"""Who may ask where: channels that were opened, and people who were allowed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import bindparam, delete, select

from kpi.storage.binding import OURS
from kpi.storage.models import Table
from kpi.storage.upsert import insert_new, upsert

if TYPE_CHECKING:
    from datetime import date, datetime

    from kpi.storage.database import Db

CHANNEL, ASKER, REQUEST = (Table.metadata.tables[name] for name in ("opened_channel", "asker", "access_request"))
EXPOSURES = ("private", "public", "shared")
"""Who can read along in a channel, from few to many."""

_OPENED = select(CHANNEL.c.exposure).where(CHANNEL.c.workspace == OURS, CHANNEL.c.channel == bindparam("channel"))
_ALLOWED = select(ASKER.c.person).where(ASKER.c.workspace == OURS, ASKER.c.person == bindparam("person"))
_TOLD = select(REQUEST.c.told_on).where(REQUEST.c.workspace == OURS, REQUEST.c.person == bindparam("person"))


def opened_as(db: Db, channel: str) -> str | None:
    """Return who could read along when the channel was opened, or None where it is not open."""
    exposure: str | None = db.run(_OPENED, channel=channel).scalar()
    return exposure


def is_open(db: Db, channel: str) -> bool:
    """Tell whether everybody in the channel may ask."""
    return opened_as(db, channel) is not None


def open_channel(db: Db, channel: str, by: str, now: datetime, exposure: str = "public") -> None:
    """Let everybody in the channel ask, as long as not more people can read along than now."""
    told = {"channel": channel, "exposure": exposure, "opened_by": by, "opened_at": now}
    db.run_many(upsert(db, CHANNEL), [told])


def close_channel(db: Db, channel: str) -> bool:
    """Take that back; tell whether it was open."""
    ours = (CHANNEL.c.workspace == OURS, CHANNEL.c.channel == channel)
    return db.run(delete(CHANNEL).where(*ours)).rowcount > 0


def is_allowed(db: Db, person: str) -> bool:
    """Tell whether the person may ask anywhere."""
    return db.run(_ALLOWED, person=person).first() is not None


def allow(db: Db, person: str, by: str, now: datetime) -> None:
    """Let a person ask anywhere; a request of theirs is done with."""
    db.run_many(insert_new(db, ASKER), [{"person": person, "allowed_by": by, "allowed_at": now}])
    forget_request(db, person)


def disallow(db: Db, person: str) -> bool:
    """Take that back; tell whether it was allowed."""
    return db.run(delete(ASKER).where(ASKER.c.workspace == OURS, ASKER.c.person == person)).rowcount > 0


def begin_request(db: Db, person: str, today: date) -> bool:
    """Note that somebody asks to be allowed; tell whether the admins have yet to hear of it today."""
    if db.run(_TOLD, person=person).scalar() == today:
        return False
    db.run_many(upsert(db, REQUEST), [{"person": person, "told_on": today}])
    return True


def forget_request(db: Db, person: str) -> None:
    """Let somebody ask again: no admin has heard of it, or it was granted."""
    db.run(delete(REQUEST).where(REQUEST.c.workspace == OURS, REQUEST.c.person == person))
