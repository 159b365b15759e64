"""Signed changes of a live source's counts into the results, in the transaction that stores what they come from."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import and_, bindparam, delete, exists, or_, select

from kpi.facts import SENT, Fact, Group
from kpi.rollup import COUNTED, KNOWN
from kpi.storage.arrivals import ARRIVAL, ArrivalKey, add_arrivals
from kpi.storage.binding import OURS
from kpi.storage.orders.days import book_again
from kpi.storage.resolution import CAMPAIGN, CHOICE, DAILY, REPORTED, choose, note_life, resolve, settle
from kpi.storage.upsert import add_up, insert_new

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping
    from datetime import date

    from kpi.rollup import Count
    from kpi.storage.database import Db
    from kpi.storage.live.sources import LiveSource

Facts = dict[Fact, int]


class Cell(NamedTuple):
    """A day of a campaign's messages, and a variant of them."""

    campaign: str
    day: date
    variant: str


def add_counts(db: Db, source: LiveSource, sums: Mapping[Count, int]) -> None:
    """Add signed counts to what a source reported, to the results where it is chosen, and to the ages.

    Campaigns take turns, so that their results, choices and lives are never those of two transactions.
    """
    cells, ages = _grouped(source, sums)
    if not cells:
        return
    campaigns = sorted({cell.campaign for cell in cells})
    chosen, merged = _taken_turns(db, source, campaigns)
    begun = cells.keys() - _reported(db, source, cells)
    rows = [_row(cell, source, facts) for cell, facts in sorted(cells.items())]
    db.run_many(add_up(db, REPORTED), [row | {"source": source.name} for row in rows])
    add_arrivals(db, ages)
    own = chosen - merged
    db.run_many(add_up(db, DAILY), [row for row in rows if row["campaign"] in own])
    ended = _without_messages(db, source, [cell for cell, facts in cells.items() if facts[SENT] < 0])
    choose(db, [one for one in campaigns if one not in chosen | merged])
    settle(db, merged)
    _live_anew(db, {cell.campaign for cell in (*begun, *ended)})


def _grouped(source: LiveSource, sums: Mapping[Count, int]) -> tuple[dict[Cell, Facts], dict[ArrivalKey, Facts]]:
    """Return the changes per day and per age; what is known of every message is at least 0."""
    cells: dict[Cell, Facts] = defaultdict(lambda: dict.fromkeys(KNOWN, 0))
    ages: dict[ArrivalKey, Facts] = defaultdict(dict)
    for (campaign, variant, day, age, fact), change in sums.items():
        if not change:
            continue
        cell = cells[Cell(campaign, day, variant)]
        cell[fact] = cell.get(fact, 0) + change
        ages[ArrivalKey(campaign, source.name, day, "", variant, source.currency, age)][fact] = change
    for campaign, day, variant in cells:
        begin = ages[ArrivalKey(campaign, source.name, day, "", variant, source.currency, 0)]
        begin |= {fact: begin.get(fact, 0) for fact in KNOWN}
    return dict(cells), dict(ages)


def _row(cell: Cell, source: LiveSource, facts: Facts) -> dict[str, Any]:
    counted = {fact.key: facts.get(fact) for fact in COUNTED}
    return {**counted, **cell._asdict(), "market": "", "currency": source.currency}


_PART = CAMPAIGN.alias("part")
_IS_ROOT = exists(select(1).where(_PART.c.workspace == CHOICE.c.workspace, _PART.c.part_of == CHOICE.c.campaign))
_TURNS = (
    select(CHOICE.c.campaign, CHOICE.c.messages, or_(CAMPAIGN.c.part_of.is_not(None), _IS_ROOT).label("is_merged"))
    .join(CAMPAIGN, (CAMPAIGN.c.workspace == CHOICE.c.workspace) & (CAMPAIGN.c.slug == CHOICE.c.campaign))
    .where(CHOICE.c.workspace == OURS, CHOICE.c.campaign.in_(bindparam("campaigns", expanding=True)))
    .order_by(CHOICE.c.campaign)
    .with_for_update(of=CHOICE)
)
_REPORTED = select(REPORTED.c.campaign, REPORTED.c.day, REPORTED.c.variant).where(
    REPORTED.c.workspace == OURS,
    REPORTED.c.source == bindparam("source"),
    REPORTED.c.campaign.in_(bindparam("campaigns", expanding=True)),
    REPORTED.c.day.in_(bindparam("days", expanding=True)),
)


def _taken_turns(db: Db, source: LiveSource, campaigns: Collection[str]) -> tuple[set[str], set[str]]:
    """Keep others from these campaigns until the transaction ends.

    Return those whose messages the source tells of, and those that are merged with others. A campaign that no source
    told of before is this one's.
    """
    choices = {row.campaign: row for row in db.rows(_TURNS, campaigns=campaigns)}
    if missing := [one for one in campaigns if one not in choices]:
        ours = {group.value: source.name for group in Group} | {"disagreement": ""}
        db.run_many(insert_new(db, CHOICE), [{"campaign": one, **ours} for one in missing])
        choices |= {row.campaign: row for row in db.rows(_TURNS, campaigns=missing)}
    chosen = {campaign for campaign, row in choices.items() if row.messages == source.name}
    return chosen, {campaign for campaign, row in choices.items() if row.is_merged}


def _reported(db: Db, source: LiveSource, cells: Iterable[Cell]) -> set[Cell]:
    campaigns, days = ({getattr(cell, name) for cell in cells} for name in ("campaign", "day"))
    rows = db.rows(_REPORTED, source=source.name, campaigns=sorted(campaigns), days=sorted(days))
    return {Cell(row.campaign, row.day, row.variant) for row in rows}


def _without_messages(db: Db, source: LiveSource, cells: Collection[Cell]) -> list[Cell]:
    """Remove days that turned out to have sent nothing, and return them."""
    gone = []
    for cell in cells:
        at = _at(REPORTED, cell)
        ours = (REPORTED.c.workspace == OURS, REPORTED.c.source == source.name, at, REPORTED.c.sent == 0)
        if not db.run(delete(REPORTED).where(*ours)).rowcount:
            continue
        gone.append(cell)
        arrived = (ARRIVAL.c.workspace == OURS, ARRIVAL.c.source == source.name, _at(ARRIVAL, cell))
        db.run(delete(ARRIVAL).where(*arrived))
    if gone:
        resolve(db, or_(*(_day(DAILY, cell) for cell in gone)), or_(*(_day(REPORTED, cell) for cell in gone)))
    return gone


def _at(table: Any, cell: Cell) -> Any:  # noqa: ANN401  SQLModel does not type its tables
    return and_(_day(table, cell), table.c.variant == cell.variant)


def _day(table: Any, cell: Cell) -> Any:  # noqa: ANN401
    return and_(table.c.campaign == cell.campaign, table.c.day == cell.day)


def _live_anew(db: Db, campaigns: Collection[str]) -> None:
    """Note the first and last days of campaigns that begin or end otherwise, and book their orders again."""
    if campaigns:
        note_life(db, CAMPAIGN.c.slug.in_(sorted(campaigns)))
        book_again(db, select(CAMPAIGN.c.slug).where(CAMPAIGN.c.workspace == OURS, CAMPAIGN.c.slug.in_(campaigns)))
