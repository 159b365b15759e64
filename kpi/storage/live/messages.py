"""Messages as they are kept: people and WhatsApp's ids as keyed hashes, the first time of each state."""

from __future__ import annotations

import hmac
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import bindparam, select

from kpi.rollup import STATES, Message, day_at, shift_at
from kpi.storage.binding import OURS
from kpi.storage.importing.staging import batches
from kpi.storage.models import Table

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from typing import Any
    from zoneinfo import ZoneInfo

    from sqlalchemy import Row

    from kpi.storage.database import Db

MESSAGE = Table.metadata.tables["message"]
AT_ONCE = 5_000
"""Messages that are looked up by one statement."""
_BEFORE, _AFTER = ("campaign", "variant", "label", "person", "phone"), ("error", "shift")
COLUMNS = tuple(MESSAGE.c[name] for name in ("message", *_BEFORE, *STATES, *_AFTER))
_CALLED = (
    select(*COLUMNS)
    .where(MESSAGE.c.workspace == OURS, MESSAGE.c.message.in_(bindparam("keys", expanding=True)))
    .order_by(MESSAGE.c.message)
    .with_for_update()
)


class Kept(NamedTuple):
    """A message as it is stored: what is known, and the time zone's distance to UTC that its days are counted in."""

    message: Message
    shift: int


class Keyed(NamedTuple):
    """Turns what must not be stored into keyed hashes, of one workspace and one kind each."""

    secret: bytes
    workspace: str

    def hash(self, kind: str, text: str) -> str:
        """Return the hash that stands for a text."""
        told = f"{self.workspace}\n{kind}\n{text}".encode("utf-8", "surrogatepass")
        return hmac.digest(self.secret, told, "sha256").hex()[:32]

    def person(self, told: str) -> str | None:
        """Return the hash of WhatsApp's id for a person; None for nobody."""
        return self.hash("person", told) if told else None

    def phone(self, told: str) -> str | None:
        """Return the hash of a phone number, however it is written; None for nobody."""
        digits = "".join(filter(str.isdigit, told))
        return self.hash("phone", digits) if digits else None


def messages_called(db: Db, keys: Collection[str]) -> dict[str, Kept]:
    """Return the messages of these keys, and keep others from changing them until the transaction ends."""
    found = (row for some in batches(sorted(keys), AT_ONCE) for row in db.rows(_CALLED, keys=some))
    return dict(map(kept, found))


def kept(row: Row[Any]) -> tuple[str, Kept]:
    """Return a row of ``COLUMNS`` as the key and the message."""
    key, campaign, variant, label, person, phone, *times, error, shift = tuple(row)
    return key, Kept(Message(campaign, variant, label, person, phone, tuple(times), error), shift)


def shifted(message: Message, before: Kept | None, zone: ZoneInfo) -> Kept:
    """Return a message with its time zone's distance to UTC, which stays while its first time does."""
    same = before is not None and before.message.first == message.first
    return Kept(message, before.shift if before and same else shift_at(message.first, zone))


def keep(db: Db, new: Mapping[str, Kept], changed: Mapping[str, Kept]) -> None:
    """Store messages; one that another transaction made known meanwhile is a clash, and all of it is done again."""
    for some, is_new in ((new, True), (changed, False)):
        if some:
            written = _statement(db.is_sqlite, is_new)
            db.connection.exec_driver_sql(written, [_cells(db, key, *one) for key, one in some.items()])


@cache
def _statement(is_sqlite: bool, is_new: bool) -> str:  # noqa: FBT001
    """Return the statement in the driver's own words: for many rows that is the fastest way in."""
    names = [column.name for column in MESSAGE.columns]
    marks = ", ".join(("?" if is_sqlite else "%s") for _ in names)
    said = f"INSERT INTO message ({', '.join(names)}) VALUES ({marks})"  # noqa: S608  our own column names
    if is_new:
        return said
    changing = ", ".join(f"{name} = excluded.{name}" for name in names if name not in ("workspace", "message"))
    return f"{said} ON CONFLICT (workspace, message) DO UPDATE SET {changing}"


def _cells(db: Db, key: str, message: Message, shift: int) -> tuple[Any, ...]:
    """Return the cells of a row, in the order of the table's columns."""
    day = day_at(message.first, shift)
    return (
        db.workspace,
        key,
        *message[:5],
        day.isoformat() if db.is_sqlite else day,
        shift,
        *message.times,
        message.error,
    )
