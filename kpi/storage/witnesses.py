"""What the sources of a campaign know of it, and which of them is the best for each group of facts."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from sqlalchemy import Select, bindparam, case, func, or_, select

from kpi.facts import COST, FACTS, OPT_OUTS, REVENUE, SENT, Group
from kpi.storage.binding import OURS
from kpi.storage.models import Table
from kpi.storage.upsert import insert_new

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping
    from datetime import date, datetime
    from typing import Any

    from sqlalchemy import Row
    from sqlalchemy.sql.elements import Label

    from kpi.storage.database import Db

REPORTED, SOURCE, TESTIMONY = (Table.metadata.tables[name] for name in ("reported", "source", "testimony"))
SHOP, FILE = "orders", "file"
RANKS = ("live", "api", SHOP, FILE)
"""Kinds of source, the most trusted first; ``orders`` is a shop's file of single orders."""
KNOWN = ("days", "first", "sum", "apart")

COMPARED = {Group.MESSAGES: SENT, Group.ORDERS: REVENUE, Group.COST: COST, Group.LIST: OPT_OUTS}
"""The fact by which sources are compared, per group."""
CLEARLY = 0.01
"""Sources that differ by more than this share disagree."""


@dataclass(frozen=True, slots=True)
class Known:
    """What a source knows of a group of facts: of how many days, the first of them, and the sum it is compared by."""

    days: int
    first: date | None
    sum: int | None
    apart: int
    """Of how many days it tells the variants apart."""
    said: str = ""
    """The import that told it last; '' where it was none of results."""


@dataclass(frozen=True, slots=True)
class Witness:
    """One source of one campaign."""

    campaign: str
    source: str
    kind: str
    updated_at: datetime
    since: date | None
    """The day on which a live source was connected: what was before, it never heard."""
    knows: Mapping[Group, Known]

    def rank(self, group: Group, first: date | None) -> tuple[bool, int, int, str, float]:
        """Return what the best source has most of; ``first`` is the first day that any of them knows."""
        kind, known = len(RANKS) - RANKS.index(self.kind), self.knows[group]
        is_whole = self.since is None or first is None or first >= self.since
        return is_whole, kind, known.days if self.kind == FILE else 0, known.said, self.updated_at.timestamp()

    def tells_variants(self, group: Group) -> bool:
        """Tell whether it tells the variants of a group apart on all days of its messages."""
        return 0 < self.knows[Group.MESSAGES].apart <= self.knows[group].apart


def witnesses(db: Db, campaign: str) -> list[Witness]:
    """Return the sources that tell anything of a campaign."""
    said = {row.source: row for row in db.rows(_SAID, campaign=campaign)}
    return [
        Witness(
            campaign,
            row.source,
            row.kind,
            row.updated_at,
            row.since.date() if row.since else None,
            {group: _known(row, said.get(row.source), group.value) for group in Group},
        )
        for row in db.rows(_testimony(), campaign=campaign)
    ]


def testify(db: Db, campaigns: Iterable[str], source: str, run: str, groups: Collection[Group]) -> None:
    """Keep that an import told of some groups of facts of campaigns, whether it was new or known before."""
    told = {"source": source, "run": run, **{group.value: group in groups for group in Group}}
    db.run_many(insert_new(db, TESTIMONY), [{"campaign": campaign, **told} for campaign in campaigns])


def _known(row: Row[Any], said: Row[Any] | None, group: str) -> Known:
    days, first, total, apart = (getattr(row, f"{group}_{what}") for what in KNOWN)
    return Known(days, first, None if total is None else int(total), apart, getattr(said, group, None) or "")


_SAID = (
    select(
        TESTIMONY.c.source,
        *(func.max(case((TESTIMONY.c[group.value], TESTIMONY.c.run))).label(group.value) for group in Group),
    )
    .where(TESTIMONY.c.workspace == OURS, TESTIMONY.c.campaign == bindparam("campaign"))
    .group_by(TESTIMONY.c.source)
)


@cache
def _testimony() -> Select[Any]:
    columns: list[Label[Any]] = []
    for group in Group:
        known = or_(*(REPORTED.c[fact.key].is_not(None) for fact in FACTS if fact.group is group))
        day = case((known, REPORTED.c.day))
        told = (
            func.count(func.distinct(day)),
            func.min(day),
            func.sum(REPORTED.c[COMPARED[group].key]),
            func.count(func.distinct(case((known & (REPORTED.c.variant != ""), REPORTED.c.day)))),
        )
        columns += [one.label(f"{group.value}_{what}") for one, what in zip(told, KNOWN, strict=True)]
    about = (REPORTED.c.source, SOURCE.c.kind, SOURCE.c.updated_at, SOURCE.c.since)
    return (
        select(*about, *columns)
        .join(SOURCE, (SOURCE.c.workspace == REPORTED.c.workspace) & (SOURCE.c.source == REPORTED.c.source))
        .where(REPORTED.c.workspace == OURS, REPORTED.c.campaign == bindparam("campaign"))
        .group_by(*about)
    )


def best(told: Iterable[Witness]) -> tuple[dict[Group, Witness | None], str]:
    """Return the source of each group, and a sentence for the clearest disagreement.

    Orders of a shop do not tell the variant that earned them, so the source of the messages keeps them where it does.
    """
    witnesses, chosen, disagreements = list(told), dict[Group, Witness | None](), list[str]()
    for group in Group:
        knowing = [one for one in witnesses if one.knows[group].days]
        first = min((day for one in knowing if (day := one.knows[group].first)), default=None)
        knowing.sort(key=lambda one: one.rank(group, first), reverse=True)
        apart = chosen.get(Group.MESSAGES)
        if group is Group.ORDERS and apart and apart.tells_variants(group) and knowing[0].kind == SHOP:
            knowing.sort(key=lambda one: one is not apart)
        chosen[group] = knowing[0] if knowing else None
        disagreements += [_disagreement(group, knowing[0], other) for other in knowing[1:]]
    return chosen, next(filter(None, disagreements), "")


def _disagreement(group: Group, chosen: Witness, other: Witness) -> str:
    ours, theirs = chosen.knows[group].sum, other.knows[group].sum
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
