"""Imports taken back: what an import said is removed, what it had replaced returns, and later imports stay.

Of each day and split a source has a chain of sayings: the present one stands in ``reported``, each earlier one in
``replaced`` beside the import that replaced it. Undoing an import takes its link out of every chain. An import that
only repeats what is known adds no link.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, delete, insert, or_, select, union, update

from kpi.errors import Mistake
from kpi.facts import Group
from kpi.names import slug_of
from kpi.storage.binding import OURS
from kpi.storage.families import families
from kpi.storage.models import Table
from kpi.storage.order_days import book_again
from kpi.storage.resolution import CAMPAIGN, CHOICE, DAILY, REPORTED, SOURCE, choose, note_life, resolve
from kpi.storage.upsert import upsert

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from sqlalchemy import Row

    from kpi.storage.campaigns import Introduced
    from kpi.storage.database import Database, Db

IMPORT, REPLACED, NAME = (Table.metadata.tables[name] for name in ("import_run", "replaced", "campaign_name"))
MOST = 20
Later = tuple[str, str, dict[str, Any]]
"""An import after another: its number, its source, what it made known beside results."""
_KEY = ("campaign", "source", "day", "market", "variant", "currency")


@dataclass(frozen=True, slots=True)
class Run:
    """One import: its number, the file, who imported it and when, and how many rows it stored."""

    number: int
    file: str
    source: str
    person: str
    state: str
    started_at: datetime
    stored: int


def imports(db: Db, most: int = MOST) -> tuple[Run, ...]:
    """Return the last imports of results, the latest first."""
    rows = db.rows(select(IMPORT).where(IMPORT.c.workspace == OURS).order_by(IMPORT.c.run.desc()).limit(most))
    return tuple(
        Run(int(one.run), one.file, one.source, one.person, one.state, one.started_at, one.stored) for one in rows
    )


def as_told(introduced: Introduced, source_at: datetime | None) -> str:
    """Write down what an import makes known beside results."""
    return json.dumps(asdict(introduced) | {"source_at": source_at}, default=_plain)


def undo(database: Database, workspace: str, number: int) -> Run:
    """Take an import back, a campaign at a time; raise Mistake where there is none of that number.

    One that is cut off is finished by undoing it again.
    """
    run = f"{number:06}"
    with database.reading(workspace) as db:
        row = db.run(select(IMPORT).where(IMPORT.c.workspace == OURS, IMPORT.c.run == run)).first()
    if row is None or row.state == "undone":
        raise Mistake(f"There is no import {number} to undo.", "kpi imports lists them.")
    if not row.told:
        raise Mistake(f"Import {number} holds orders, which cannot be taken back yet.")
    database.written(workspace, lambda db: _begin(db, row))
    with database.reading(workspace) as db:
        touched = _touched(db, run)
    for campaign in touched:
        database.written(workspace, lambda db, one=campaign: _take_out(db, one, run))  # type: ignore[misc]
    database.written(workspace, lambda db: _forget(db, row))
    return Run(number, row.file, row.source, row.person, "undone", row.started_at, row.stored)


def _begin(db: Db, row: Row[Any]) -> None:
    """Note that the import is being undone; its source counts as told when it was before, for the choices to come."""
    _mark(db, row.run, "undoing")
    _forget_source(db, row, json.loads(row.told)["source_at"], _later(db, row.run))


def _later(db: Db, run: str) -> list[Later]:
    after = (IMPORT.c.workspace == OURS, IMPORT.c.run > run, IMPORT.c.state != "undone", IMPORT.c.told != "")
    rows = db.rows(select(IMPORT).where(*after).order_by(IMPORT.c.run))
    return [(row.run, row.source, json.loads(row.told)) for row in rows]


def _rewrite(db: Db, run: str, told: Mapping[str, Any]) -> None:
    db.run(update(IMPORT).where(IMPORT.c.workspace == OURS, IMPORT.c.run == run).values(told=json.dumps(told)))


def _mark(db: Db, run: str, state: str) -> None:
    db.run(update(IMPORT).where(IMPORT.c.workspace == OURS, IMPORT.c.run == run).values(state=state))


def _touched(db: Db, run: str) -> list[str]:
    said = select(REPORTED.c.campaign).where(REPORTED.c.workspace == OURS, REPORTED.c.said_by == run)
    kept = or_(REPLACED.c.run == run, REPLACED.c.said_by == run)
    replaced = select(REPLACED.c.campaign).where(REPLACED.c.workspace == OURS, kept)
    return sorted(db.run(union(said, replaced)).scalars())


def _take_out(db: Db, campaign: str, run: str) -> None:
    """Take an import out of the chains of one campaign, and resolve the campaign anew."""
    ours = (REPORTED.c.workspace == OURS, REPORTED.c.campaign == campaign)
    kept = (REPLACED.c.workspace == OURS, REPLACED.c.campaign == campaign)
    returning = {_key(row): row._asdict() for row in db.rows(select(REPLACED).where(*kept, REPLACED.c.run == run))}
    later = [row._asdict() for row in db.rows(select(REPLACED).where(*kept, REPLACED.c.run > run))]
    db.run(delete(REPLACED).where(*kept, or_(REPLACED.c.run == run, REPLACED.c.said_by == run)))
    db.run(delete(REPORTED).where(*ours, REPORTED.c.said_by == run))
    for row in later:
        key = tuple(row[name] for name in _KEY)
        if row["said_by"] == run and key in returning:
            _put(db, REPLACED, returning.pop(key) | {"run": row["run"]})
    present = [row._asdict() for row in db.rows(select(REPORTED).where(*ours))]
    for key, row in returning.items():
        after = [one["said_by"] or "" for one in present if _excludes(one, key)]
        after += [one["said_by"] or "" for one in later if _excludes(one, key)]
        if first := min((one for one in after if one > run), default=""):
            _put(db, REPLACED, row | {"run": first})
        else:
            _put(db, REPORTED, {name: value for name, value in row.items() if name != "run"})
    _settle(db, campaign)


def _key(row: Row[Any]) -> tuple[Any, ...]:
    return tuple(getattr(row, name) for name in _KEY)


def _put(db: Db, table: Any, row: Mapping[str, Any]) -> None:  # noqa: ANN401  SQLModel does not type its tables
    db.run_many(upsert(db, table), [{name: value for name, value in row.items() if name != "workspace"}])


def _excludes(other: Mapping[str, Any], key: tuple[Any, ...]) -> bool:
    """Tell whether a saying stands in the place of the one with this key: the same, or another split of its day."""
    _, source, day, market, variant, _ = key
    if (other["source"], other["day"]) != (source, day):
        return False
    if bool(other["market"]) != bool(market) or bool(other["variant"]) != bool(variant):
        return True
    return (other["market"], other["variant"]) == (market, variant)


def _settle(db: Db, campaign: str) -> None:
    """Choose the sources of a campaign anew, and write its results from what is reported now."""
    ours = (REPORTED.c.workspace == OURS, REPORTED.c.campaign == campaign)
    sources = sorted(db.run(select(REPORTED.c.source).where(*ours).distinct()).scalars())
    db.run(delete(CHOICE).where(CHOICE.c.workspace == OURS, CHOICE.c.campaign == campaign))
    if len(sources) == 1:
        chosen = {group.value: sources[0] for group in Group}
        db.run_many(insert(CHOICE), [{"campaign": campaign, **chosen, "disagreement": ""}])
    elif sources:
        choose(db, [campaign])
    resolve(db, DAILY.c.campaign == campaign, REPORTED.c.campaign == campaign)
    note_life(db, CAMPAIGN.c.slug == campaign)
    book_again(db, select(CAMPAIGN.c.slug).where(CAMPAIGN.c.workspace == OURS, CAMPAIGN.c.slug == campaign))


def _forget(db: Db, row: Row[Any]) -> None:
    """Take back what an import told of campaigns beside results, unless a later import builds on it."""
    told, later = json.loads(row.told), _later(db, row.run)
    for slug, before in told["before"].items():
        _restore(db, slug, before, told["told"][slug], later)
    named = {slug_of(about["name"]) for _, _, one in later for about in one["told"].values() if "name" in about}
    gone = [name for name in told["names"] if name not in named]
    db.run(delete(NAME).where(NAME.c.workspace == OURS, NAME.c.key.in_(gone)))
    _forget_campaigns(db, told["new"], later)
    _mark(db, row.run, "undone")


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
    """Remove the campaigns that only this import knew, with their names; leave the others to the next import.

    One that is merged with another stays, for that one leads to it.
    """
    mentioned = {slug for _, _, one in later for slug in one["told"]}
    left, merged = [], families(db)
    for slug in new:
        reported = select(REPORTED.c.campaign).where(REPORTED.c.workspace == OURS, REPORTED.c.campaign == slug).limit(1)
        if slug in mentioned or slug in merged or db.run(reported).first() is not None:
            left.append(slug)
        else:
            db.run(delete(CAMPAIGN).where(CAMPAIGN.c.workspace == OURS, CAMPAIGN.c.slug == slug))
            db.run(delete(NAME).where(NAME.c.workspace == OURS, NAME.c.slug == slug))
    if left and later:
        run, _, one = later[0]
        one["new"] = [*one["new"], *left]
        _rewrite(db, run, one)


def _forget_source(db: Db, row: Row[Any], held: str | None, later: list[Later]) -> None:
    """Let the source have told last when it did before."""
    which = and_(SOURCE.c.workspace == OURS, SOURCE.c.source == row.source)
    for run, source, one in later:
        if source == row.source:
            one["source_at"] = held
            _rewrite(db, run, one)
            return
    if held:
        db.run(update(SOURCE).where(which).values(updated_at=datetime.fromisoformat(held)))
    else:
        db.run(delete(SOURCE).where(which))


def _plain(value: Any) -> Any:  # noqa: ANN401  whatever a column holds
    return value.isoformat() if isinstance(value, date) else str(value)


def _dated(name: str, value: Any) -> Any:  # noqa: ANN401
    return date.fromisoformat(value) if name in ("starts", "ends") and value else value
