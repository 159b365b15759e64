"""Which source tells what: one source per campaign and group of facts, and the daily results that follow from it.

Two sources of one campaign see the same messages, so adding them would count twice. For each group of facts the best
source is chosen for the campaign's whole life: live events first, if they were connected before its first day, then an
API, then files; of several files the one that knows the most days, and the newest of equals. The others are only
compared; a clear disagreement is kept in words.
"""

from __future__ import annotations

from dataclasses import dataclass
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

from kpi.facts import COST, FACTS, OPT_OUTS, REVENUE, SENT, Fact, Group
from kpi.storage.binding import OURS
from kpi.storage.families import families
from kpi.storage.models import Table
from kpi.storage.upsert import upsert

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable
    from datetime import date, datetime

    from sqlalchemy.sql.elements import ColumnElement, Label

    from kpi.storage.database import Db

TABLE = Table.metadata.tables
REPORTED, DAILY, CHOICE = TABLE["reported"], TABLE["daily_result"], TABLE["source_choice"]
SOURCE, CAMPAIGN, SPLIT = TABLE["source"], TABLE["campaign"], TABLE["campaign_split"]

RANKS = ("live", "api", "orders", "file")
"""Kinds of source, the most trusted first; ``orders`` is a shop's file of single orders."""

KEY = ("workspace", "campaign", "day", "market", "variant", "currency")
COMPARED = {Group.MESSAGES: SENT, Group.ORDERS: REVENUE, Group.COST: COST, Group.LIST: OPT_OUTS}
"""The fact by which sources are compared, per group."""
CLEARLY = 0.01
"""Sources that differ by more than this share disagree."""


@dataclass(frozen=True, slots=True)
class Witness:
    """What one source knows of one campaign: per group the days it tells of, and the sum it is compared by."""

    campaign: str
    source: str
    kind: str
    updated_at: datetime
    days: dict[Group, int]
    sums: dict[Group, int | None]
    first: dict[Group, date | None]
    """The first day that it tells of."""
    since: date | None = None
    """The day on which a live source was connected: what was before, it never heard."""

    def rank(self, group: Group, first: date | None) -> tuple[bool, int, int, float]:
        """Return what the best source has most of; ``first`` is the first day that any of them knows."""
        kind = len(RANKS) - RANKS.index(self.kind)
        is_whole = self.since is None or first is None or first >= self.since
        return (is_whole, kind, self.days[group] if self.kind == "file" else 0, self.updated_at.timestamp())


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
    chosen, disagreement = _best([one for campaign in campaigns for one in _witnesses(db, campaign)])
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
        kinds = [(one.source, one.kind) for one in _witnesses(db, campaign)]
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


def _witnesses(db: Db, campaign: str) -> list[Witness]:
    rows = db.rows(_testimony(), campaign=campaign)
    return [
        Witness(
            campaign,
            row.source,
            row.kind,
            row.updated_at,
            {group: getattr(row, f"{group.value}_days") for group in Group},
            {group: None if (total := getattr(row, f"{group.value}_sum")) is None else int(total) for group in Group},
            {group: getattr(row, f"{group.value}_first") for group in Group},
            row.since.date() if row.since else None,
        )
        for row in rows
    ]


@cache
def _testimony() -> Select[Any]:
    columns: list[Label[Any]] = []
    for group in Group:
        known = or_(*(REPORTED.c[fact.key].is_not(None) for fact in FACTS if fact.group is group))
        day = case((known, REPORTED.c.day))
        columns.append(func.count(func.distinct(day)).label(f"{group.value}_days"))
        columns.append(func.min(day).label(f"{group.value}_first"))
        columns.append(func.sum(REPORTED.c[COMPARED[group].key]).label(f"{group.value}_sum"))
    return (
        select(REPORTED.c.source, SOURCE.c.kind, SOURCE.c.updated_at, SOURCE.c.since, *columns)
        .join(SOURCE, (SOURCE.c.workspace == REPORTED.c.workspace) & (SOURCE.c.source == REPORTED.c.source))
        .where(REPORTED.c.workspace == OURS, REPORTED.c.campaign == bindparam("campaign"))
        .group_by(REPORTED.c.source, SOURCE.c.kind, SOURCE.c.updated_at, SOURCE.c.since)
    )


def _best(witnesses: list[Witness]) -> tuple[dict[Group, Witness | None], str]:
    """Return the source of each group, and a sentence for the clearest disagreement."""
    chosen: dict[Group, Witness | None] = {}
    disagreements: list[str] = []
    for group in Group:
        knowing = [one for one in witnesses if one.days[group]]
        first = min((day for one in knowing if (day := one.first[group])), default=None)
        knowing.sort(key=lambda one: one.rank(group, first), reverse=True)
        chosen[group] = knowing[0] if knowing else None
        disagreements += [_disagreement(group, knowing[0], other) for other in knowing[1:]]
    return chosen, next(filter(None, disagreements), "")


def _disagreement(group: Group, chosen: Witness, other: Witness) -> str:
    ours, theirs = chosen.sums[group], other.sums[group]
    if ours is None or theirs is None or abs(theirs - ours) <= CLEARLY * max(ours, theirs):
        return ""
    label = COMPARED[group].label.lower()
    names = [f"{one.source} ({one.campaign})" if chosen.campaign != other.campaign else one.source
             for one in (chosen, other)]  # fmt: skip
    if not ours:
        return f"{names[1]} reports some {label}, {names[0]} none"
    share = abs(theirs - ours) / ours
    more = "more" if theirs > ours else "less"
    return f"{names[1]} reports {share:.0%} {more} {label} than {names[0]}"
