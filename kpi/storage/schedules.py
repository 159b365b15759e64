"""Digests that were asked for: what about, where to, when, and who answers for them."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field, fields, replace
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from sqlalchemy import Row, bindparam, select, update

from kpi.slots import Rhythm
from kpi.storage.binding import OURS
from kpi.storage.models import Table
from kpi.storage.upsert import upsert

if TYPE_CHECKING:
    from datetime import datetime

    from kpi.storage.database import Db

SCHEDULE = Table.metadata.tables["schedule"]
ON, OFF, UNCONFIRMED, STOPPED = "on", "off", "unconfirmed", "stopped"


@dataclass(frozen=True, slots=True)
class Schedule:
    """A digest that somebody asked for; asked again for the same place, rhythm and campaigns it is the same one."""

    channel: str
    owner: str
    rhythm: Rhythm
    planned_until: datetime
    """Every slot up to this moment is in the ledger."""
    person: str = ""
    scope: str = ""
    exposure: str = "private"
    guests: bool = False
    state: str = ON
    reason: str = ""
    id: str = field(default="")

    def __post_init__(self) -> None:
        if not self.id:
            object.__setattr__(self, "id", _hashed(*map(str, self.subject)))

    @property
    def subject(self) -> tuple[str, bool, str]:
        """What there is one digest for: a place, a rhythm, some campaigns."""
        return self.channel, self.rhythm.monthly, self.scope


def _hashed(*words: str) -> str:
    return sha256(" ".join(words).encode()).hexdigest()[:12]


_RHYTHM = {one.name for one in fields(Rhythm)}
_ALL = select(SCHEDULE).where(SCHEDULE.c.workspace == OURS).order_by(SCHEDULE.c.channel, SCHEDULE.c.id)
_ONE = select(SCHEDULE).where(SCHEDULE.c.workspace == OURS, SCHEDULE.c.id == bindparam("id"))


def schedules(db: Db, *states: str) -> tuple[Schedule, ...]:
    """Return every schedule, or those in one of these states."""
    return tuple(_schedule(row) for row in db.rows(_ALL) if not states or row.state in states)


def schedule_called(db: Db, called: str) -> Schedule | None:
    """Return one schedule."""
    row = db.run(_ONE, id=called).first()
    return _schedule(row) if row else None


def under_its_own_id(db: Db, schedule: Schedule) -> Schedule:
    """Return a new schedule under an id that no other has: one whose subject was changed keeps the id it began with."""
    other = schedule_called(db, schedule.id)
    if other is None or other.subject == schedule.subject:
        return schedule
    return under_its_own_id(db, replace(schedule, id=_hashed(schedule.id)))


def keep(db: Db, schedule: Schedule) -> None:
    """Write a schedule, new or changed."""
    told = asdict(schedule)
    db.run_many(upsert(db, SCHEDULE), [told | told.pop("rhythm")])


def alter(db: Db, schedule: Schedule, **changes: Any) -> Schedule:  # noqa: ANN401  the fields of a schedule
    """Change some columns of a schedule, and return it as it is then."""
    ours = (SCHEDULE.c.workspace == OURS, SCHEDULE.c.id == schedule.id)
    db.run(update(SCHEDULE).where(*ours).values(changes))
    return replace(schedule, **changes)


def _schedule(row: Row[Any]) -> Schedule:
    told = row._asdict()
    del told["workspace"]
    rhythm = Rhythm(**{name: told.pop(name) for name in _RHYTHM})
    return Schedule(rhythm=rhythm, **told)
