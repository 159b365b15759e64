"""The campaigns that live messages belong to: found by the name they carry, made where that is a campaign's, or held.

A name that leads nowhere is kept with the message as a keyed hash only: senders put ids of all kinds there. As soon as
it leads to a campaign, the messages are attached (``kpi.storage.live.events``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import bindparam, delete, func, select

from kpi.names import slug_of
from kpi.sources.whatsapp import Carried, carried
from kpi.storage.binding import OURS
from kpi.storage.campaigns import GIVEN, NAME, introduce
from kpi.storage.live.sources import add_heard, heard_on
from kpi.storage.models import Table
from kpi.storage.upsert import insert_new

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from kpi.storage.database import Db
    from kpi.storage.live.messages import Keyed
    from kpi.storage.live.sources import LiveSource

HELD = Table.metadata.tables["held_name"]
MOST_MADE = 50
"""Campaigns that messages make known on one day: a sender that names each message must not flood the list."""
MOST_HELD = 500
"""Names that are held; of more, only their number is known."""
MADE, NOT_HELD = "campaigns made", "campaign names not held"
LABEL = "label"
_LEADING = GIVEN.where(NAME.c.key.in_(bindparam("keys", expanding=True)))
_HELD = select(HELD.c.key, HELD.c.name).where(HELD.c.workspace == OURS).order_by(HELD.c.held_at, HELD.c.key)


class Claim(NamedTuple):
    """The campaign and variant that a message names, and the label by which it can be attached later."""

    campaign: str | None = None
    variant: str = ""
    label: str = ""


NOBODY = Claim()


def claims(db: Db, texts: Iterable[str], source: LiveSource, keyed: Keyed) -> dict[str, Claim]:
    """Return what each text that messages carry claims them for."""
    told = {text: carried(text) for text in texts}
    keys = {one.name: slug_of(one.name) for one in told.values() if one.name}
    known = leading(db, set(keys.values()))
    named = sorted(one.name for one in told.values() if one.is_campaign and keys[one.name] not in known)
    named.sort(key=lambda name: name != keys[name])  # of several spellings the one that a person would write
    unknown = {keys[name]: name for name in named}
    known |= {key: key for key in make_or_hold(db, unknown, source)}
    return {text: _claim(one, keys.get(one.name, ""), known, keyed) for text, one in told.items()}


def _claim(one: Carried, key: str, known: dict[str, str], keyed: Keyed) -> Claim:
    return Claim(known.get(key), one.variant, keyed.hash(LABEL, key)) if key else NOBODY


def leading(db: Db, keys: Collection[str]) -> dict[str, str]:
    """Return the campaigns that names lead to, by the names as they are spelled for matching."""
    return {row.key: row.slug for row in db.rows(_LEADING, keys=sorted(keys))} if keys else {}


def make_or_hold(db: Db, names: dict[str, str], source: LiveSource) -> list[str]:
    """Make campaigns of names, as many as a day may bring; hold the others. Return the keys of those made."""
    if not names:
        return []
    room = max(0, MOST_MADE - heard_on(db, source, MADE))
    made, held = sorted(names)[:room], sorted(names)[room:]
    if made:
        introduce(db, {key: names[key] for key in made}, {})
        db.run(delete(HELD).where(HELD.c.workspace == OURS, HELD.c.key.in_(made)))
        add_heard(db, source, {MADE: len(made)})
    if held:
        _hold(db, {key: names[key] for key in held}, source)
    return made


def held_names(db: Db) -> dict[str, str]:
    """Return the names that wait, by their spelling for matching, the oldest first."""
    return {row.key: row.name for row in db.rows(_HELD)}


def _hold(db: Db, names: dict[str, str], source: LiveSource) -> None:
    room = MOST_HELD - db.run(select(func.count()).select_from(HELD).where(HELD.c.workspace == OURS)).scalar_one()
    new = [key for key in names if key not in held_names(db)]
    rows = [{"key": key, "name": names[key], "held_at": source.now} for key in new[: max(0, room)]]
    db.run_many(insert_new(db, HELD), rows)
    if len(new) > len(rows):
        add_heard(db, source, {NOT_HELD: len(new) - len(rows)})
