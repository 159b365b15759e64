"""Which source tells what: one source per campaign and group of facts, and the daily results that follow from it.

Two sources of one campaign see the same messages, so adding them would count twice. For each group of facts the best
source is chosen for the campaign's whole life: live events first, if they were connected before its first day, then an
API, then a shop's orders (unless the source of the messages knows which variant earned them), then files; of several
files the one that knows the most days, and of equals the one that said something of these facts last. The others are
only compared; a clear disagreement is kept in words (``kpi.storage.witnesses``).
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from sqlalchemy import (
    BigInteger,
    Select,
    bindparam,
    case,
    cast,
    delete,
    func,
    insert,
    literal_column,
    or_,
    select,
    update,
)

from kpi.facts import FACTS, Fact, Group
from kpi.storage.binding import OURS
from kpi.storage.families import families
from kpi.storage.models import Table
from kpi.storage.upsert import upsert
from kpi.storage.witnesses import best, witnesses

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable
    from datetime import datetime

    from sqlalchemy.sql.elements import ColumnElement, Label

    from kpi.storage.database import Db

TABLE = Table.metadata.tables
REPORTED, DAILY, CHOICE = TABLE["reported"], TABLE["daily_result"], TABLE["source_choice"]
SOURCE, CAMPAIGN, SPLIT = TABLE["source"], TABLE["campaign"], TABLE["campaign_split"]

KEY = ("workspace", "campaign", "day", "market", "variant", "currency")


def source_row(name: str, kind: str, now: datetime) -> dict[str, Any]:
    """Return the row of a source that tells something now, and not by itself."""
    return {"source": name, "kind": kind, "updated_at": now, "since": None, "currency": ""}


def choose(db: Db, campaigns: Iterable[str], *, changed: bool = False) -> None:
    """Choose the sources of campaigns anew, and resolve the whole life of those whose choice or figures changed."""
    for campaign in campaigns:
        before = _chosen(db, campaign)
        _choose(db, (campaign,))
        if changed or before != _chosen(db, campaign):
            db.run(_FORGET_LIFE, campaign=campaign)
            db.run(_resolve_life(), campaign=campaign)


_FORGET_LIFE = delete(DAILY).where(DAILY.c.workspace == OURS, DAILY.c.campaign == bindparam("campaign"))


@cache
def _resolve_life() -> Any:  # noqa: ANN401  an insert
    told = _resolved().where(REPORTED.c.campaign == bindparam("campaign"))
    return insert(DAILY).from_select([*KEY, *(fact.key for fact in FACTS)], told)


def _choose(db: Db, campaigns: tuple[str, ...]) -> None:
    """Choose one source per group of facts for campaigns that tell of the same sends; the others are not used."""
    chosen, disagreement = best([one for campaign in campaigns for one in witnesses(db, campaign)])
    rows = [
        {
            "campaign": campaign,
            **{group.value: one.source if one and one.campaign == campaign else None for group, one in chosen.items()},
            "disagreement": disagreement if campaign == campaigns[0] else "",
        }
        for campaign in campaigns
    ]
    db.run_many(upsert(db, CHOICE), rows)


def settle(db: Db, campaigns: Collection[str]) -> None:
    """Write the results of merged campaigns anew, for the whole lives of all that belong to one of these."""
    known = families(db) if campaigns else {}
    for family in {known[slug] for slug in campaigns if slug in known}:
        _choose(db, (family.root, *family.same))
        for part in family.parts:
            _choose(db, (part,))
        db.run(delete(DAILY).where(DAILY.c.workspace == OURS, DAILY.c.campaign.in_(family.all)))
        rows = _resolved(merged=True).where(REPORTED.c.campaign.in_(family.all))
        db.run(insert(DAILY).from_select([*KEY, *(fact.key for fact in FACTS)], rows))


def stand_alone(db: Db, campaigns: Iterable[str]) -> None:
    """Write the results of campaigns anew that are merged no longer; a file alone tells whatever it will ever know."""
    for campaign in campaigns:
        _choose(db, (campaign,))
        kinds = [(one.source, one.kind) for one in witnesses(db, campaign)]
        if not kinds:
            db.run(delete(CHOICE).where(CHOICE.c.workspace == OURS, CHOICE.c.campaign == campaign))
        elif len(kinds) == 1 and kinds[0][1] != "orders":
            told = {group.value: kinds[0][0] for group in Group} | {"disagreement": ""}
            db.run_many(upsert(db, CHOICE), [{"campaign": campaign, **told}])
        resolve(db, DAILY.c.campaign == campaign, REPORTED.c.campaign == campaign)


def resolve(db: Db, outdated: ColumnElement[bool], told: ColumnElement[bool]) -> None:
    """Write daily results anew: ``outdated`` names the old rows, ``told`` the reported rows of the same days."""
    db.run(delete(DAILY).where(DAILY.c.workspace == OURS, outdated))
    db.run(insert(DAILY).from_select([*KEY, *(fact.key for fact in FACTS)], _resolved().where(told)))


def note_life(db: Db, which: ColumnElement[bool]) -> None:
    """Keep what is known of the campaigns' lives: the first and the last day, the markets and the currencies.

    The days are those of their messages, or of anything where none are known. Merged campaigns are settled first.
    """
    if known := families(db):
        slugs = select(CAMPAIGN.c.slug).where(CAMPAIGN.c.workspace == OURS, which, CAMPAIGN.c.slug.in_(known))
        merged = set(db.run(slugs).scalars())
        settle(db, merged)
        which = or_(which, CAMPAIGN.c.slug.in_({known[slug].root for slug in merged}))
    life = {"began": _edge(func.min), "ended": _edge(func.max)}
    db.run(update(CAMPAIGN).where(CAMPAIGN.c.workspace == OURS, which).values(life))
    campaigns = select(CAMPAIGN.c.slug).where(CAMPAIGN.c.workspace == OURS, which)
    db.run(delete(SPLIT).where(SPLIT.c.workspace == OURS, SPLIT.c.campaign.in_(campaigns)))
    keys = select(*(DAILY.c[column.name] for column in SPLIT.columns)).distinct()
    found = keys.where(DAILY.c.workspace == OURS, DAILY.c.campaign.in_(campaigns))
    db.run(insert(SPLIT).from_select([column.name for column in SPLIT.columns], found))


def _edge(of: Callable[[ColumnElement[Any]], Any]) -> ColumnElement[Any]:
    rows = select(of(DAILY.c.day)).where(DAILY.c.workspace == OURS, DAILY.c.campaign == CAMPAIGN.c.slug)
    return func.coalesce(rows.where(DAILY.c.sent > 0).scalar_subquery(), rows.scalar_subquery())


@cache
def _resolved(*, merged: bool = False) -> Select[Any]:
    """Select what is true of reported days; where campaigns are merged, under the one that answers.

    A part that is added stays apart as a variant, so that it never takes the place of another row.
    """
    told = [_told(fact) for fact in FACTS]
    keys = {name: REPORTED.c[name] for name in KEY} | (in_family() if merged else {})
    rows = (
        select(*(keys[name] for name in KEY), *told)
        .join(CHOICE, (CHOICE.c.workspace == REPORTED.c.workspace) & (CHOICE.c.campaign == REPORTED.c.campaign))
        .where(REPORTED.c.workspace == OURS)
        .group_by(*(keys[name] for name in KEY))
        .having(func.coalesce(*(column.element for column in told)).is_not(None))
    )
    if not merged:
        return rows
    return rows.join(
        CAMPAIGN, (CAMPAIGN.c.workspace == REPORTED.c.workspace) & (CAMPAIGN.c.slug == REPORTED.c.campaign)
    )


def in_family(told: Any = REPORTED) -> dict[str, Any]:  # noqa: ANN401  SQLModel does not type its tables
    """Return the campaign that answers for what a row tells, and the variant under which it does."""
    nothing: Any = literal_column("''")  # PostgreSQL takes two parameters for two values
    space: Any = literal_column("' '")
    own = case((told.c.variant == nothing, nothing), else_=space.op("||")(told.c.variant))
    return {
        "campaign": func.coalesce(CAMPAIGN.c.part_of, CAMPAIGN.c.slug),
        "variant": case((CAMPAIGN.c.is_added, CAMPAIGN.c.slug.op("||")(own)), else_=told.c.variant),
    }


def _told(fact: Fact) -> Label[Any]:
    """Return a fact as the chosen source tells it; there is one, except where parts of one name are added."""
    chosen = CHOICE.c[fact.group.value] == REPORTED.c.source
    return cast(func.sum(case((chosen, REPORTED.c[fact.key]))), BigInteger).label(fact.key)


def _chosen(db: Db, campaign: str) -> dict[str, str | None] | None:
    columns = [CHOICE.c[group.value] for group in Group]
    row = db.run(select(*columns).where(CHOICE.c.workspace == OURS, CHOICE.c.campaign == campaign)).first()
    return None if row is None else dict(row._mapping)  # noqa: SLF001  the row as a mapping is public in SQLAlchemy
