"""What an import makes known beside its rows (campaigns, their names, what is told of them), and how that is forgotten.

What a later import builds on stays, and what a person named stays, too.
"""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, delete, select, update

from kpi.names import slug_of
from kpi.storage.binding import OURS
from kpi.storage.families import ALIAS, NAME, families
from kpi.storage.importing.runs import IMPORT, UNDONE, change
from kpi.storage.resolution import CAMPAIGN, REPORTED, SOURCE

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from sqlalchemy import Row

    from kpi.storage.campaigns import Introduced
    from kpi.storage.database import Db

Later = tuple[str, str, dict[str, Any]]
"""An import after another: its number, its source, what it made known."""


def as_told(introduced: Introduced, source_at: datetime | None, whole: Sequence[str] = ()) -> str:
    """Write down what an import makes known, when its source told something before, and what it tells as a whole."""
    return json.dumps(asdict(introduced) | {"source_at": source_at, "whole": whole}, default=_plain)


def told_as_a_whole(db: Db, run: str) -> list[tuple[str, str, frozenset[str]]]:
    """Return later imports that take the place of all that their source said: number, source, campaigns."""
    return [(number, source, frozenset(one.get("whole", ()))) for number, source, one in _later(db, run)]


def told_last(db: Db, source: str) -> datetime | None:
    """Return when a source told something last."""
    return db.run(select(SOURCE.c.updated_at).where(SOURCE.c.workspace == OURS, SOURCE.c.source == source)).scalar()


def forget(db: Db, row: Row[Any]) -> None:
    """Take back what an import told of campaigns, unless a later import builds on it."""
    told, later = json.loads(row.told), _later(db, row.run)
    for slug, before in told["before"].items():
        _restore(db, slug, before, told["told"][slug], later)
    named = {slug_of(about["name"]) for _, _, one in later for about in one["told"].values() if "name" in about}
    gone = [name for name in told["names"] if name not in named]
    db.run(delete(NAME).where(NAME.c.workspace == OURS, NAME.c.key.in_(gone)))
    _forget_campaigns(db, told["new"], later)


def forget_source(db: Db, row: Row[Any]) -> None:
    """Let the source of an import have told last when it did before."""
    held, which = json.loads(row.told)["source_at"], and_(SOURCE.c.workspace == OURS, SOURCE.c.source == row.source)
    for run, source, one in _later(db, row.run):
        if source == row.source:
            _rewrite(db, run, one | {"source_at": held})
            return
    if held:
        db.run(update(SOURCE).where(which).values(updated_at=datetime.fromisoformat(held)))
    else:
        db.run(delete(SOURCE).where(which))


def _later(db: Db, run: str) -> list[Later]:
    after = (IMPORT.c.workspace == OURS, IMPORT.c.run > run, IMPORT.c.state != UNDONE)
    rows = db.rows(select(IMPORT).where(*after).order_by(IMPORT.c.run))
    return [(row.run, row.source, json.loads(row.told)) for row in rows]


def _rewrite(db: Db, run: str, told: Mapping[str, Any]) -> None:
    change(db, run, told=json.dumps(told))


def _restore(db: Db, slug: str, before: dict[str, Any], told: Mapping[str, Any], later: list[Later]) -> None:
    """Let a campaign be what it was, as far as nobody has said otherwise since."""
    for run, _, one in later:
        if held := one["before"].get(slug):
            one["before"][slug] = held | {name: before.pop(name) for name in list(before) if name in held}
            _rewrite(db, run, one)
    if before:
        which = (CAMPAIGN.c.workspace == OURS, CAMPAIGN.c.slug == slug)
        values = {name: _dated(name, value) for name, value in before.items()}
        unchanged = (CAMPAIGN.c[name].is_not_distinct_from(_dated(name, told[name])) for name in before)
        db.run(update(CAMPAIGN).where(*which, *unchanged).values(values))


def _forget_campaigns(db: Db, new: Iterable[str], later: list[Later]) -> None:
    """Remove the campaigns that only this import knew, with their names; leave the others to the next import."""
    mentioned = {slug for _, _, one in later for slug in one["told"]}
    left, kept = [], mentioned | families(db).keys() | set(_named_by_people(db))
    for slug in new:
        reported = select(REPORTED.c.campaign).where(REPORTED.c.workspace == OURS, REPORTED.c.campaign == slug).limit(1)
        if slug in kept or db.run(reported).first() is not None:
            left.append(slug)
        else:
            db.run(delete(CAMPAIGN).where(CAMPAIGN.c.workspace == OURS, CAMPAIGN.c.slug == slug))
            db.run(delete(NAME).where(NAME.c.workspace == OURS, NAME.c.slug == slug))
    if left and later:
        run, _, one = later[0]
        _rewrite(db, run, one | {"new": [*one["new"], *left]})


def _named_by_people(db: Db) -> Iterator[str]:
    """Yield the campaigns that somebody renamed, or gave a further name."""
    ours = (CAMPAIGN.c.workspace == OURS, CAMPAIGN.c.renamed)
    yield from db.run(select(CAMPAIGN.c.slug).where(*ours)).scalars()
    for row in db.rows(select(NAME.c.slug, NAME.c.given_to).where(NAME.c.workspace == OURS, NAME.c.kind == ALIAS)):
        yield row.given_to or row.slug


def _plain(value: Any) -> Any:  # noqa: ANN401  whatever a column holds
    return value.isoformat() if isinstance(value, date) else str(value)


def _dated(name: str, value: Any) -> Any:  # noqa: ANN401
    return date.fromisoformat(value) if name in ("starts", "ends") and value else value
