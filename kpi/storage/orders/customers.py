"""Customers: who was won when, by which campaign, what they brought since, and how many ordered again."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import bindparam, case, func, select

from kpi.lifetime import Customer
from kpi.scope import EVERYTHING
from kpi.storage.binding import OURS
from kpi.storage.families import told_of
from kpi.storage.orders.purchases import NET, PURCHASE

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from kpi.periods import Period
    from kpi.scope import Scope
    from kpi.storage.campaigns import Campaign
    from kpi.storage.database import Db

FIRST = PURCHASE.alias("first")
_LATER = (
    select(
        FIRST.c.customer, FIRST.c.day.label("won_on"), FIRST.c.currency, PURCHASE.c.day, PURCHASE.c.is_order,
        func.sum(NET).label("net"), func.count().label("rows"),
    )
    .join(PURCHASE, (PURCHASE.c.workspace == FIRST.c.workspace) & (PURCHASE.c.customer == FIRST.c.customer)
          & (PURCHASE.c.currency == FIRST.c.currency))
    .where(FIRST.c.workspace == OURS, FIRST.c.is_first, FIRST.c.campaign.in_(bindparam("slugs", expanding=True)))
    .where(PURCHASE.c.day >= FIRST.c.day)
    .group_by(FIRST.c.customer, FIRST.c.day, FIRST.c.currency, PURCHASE.c.day, PURCHASE.c.is_order)
)  # fmt: skip


def won_by(db: Db, campaigns: Iterable[Campaign], period: Period | None, scope: Scope = EVERYTHING) -> list[Customer]:
    """Return the customers whose first order a campaign earned, in the period (None: ever), with all they bought since.

    The market is that of the first order. Money in other currencies than that of the first order is left out.
    """
    statement = _LATER
    if scope.markets:
        statement = statement.where(FIRST.c.country.in_(scope.markets))
    if scope.currency:
        statement = statement.where(FIRST.c.currency == scope.currency)
    if period:
        statement = statement.where(FIRST.c.day >= period.start, FIRST.c.day < period.end)
    spent: dict[tuple[str, date, str], dict[int, int]] = defaultdict(lambda: defaultdict(int))
    orders: dict[tuple[str, date, str], int] = defaultdict(int)
    for row in db.rows(statement, slugs=told_of(db, [campaign.slug for campaign in campaigns])):
        who = row.customer, row.won_on, row.currency
        spent[who][(row.day - row.won_on).days] += int(row.net)
        orders[who] += row.rows if row.is_order else 0
    return [Customer(who[1], who[2], tuple(sorted(days.items())), orders[who]) for who, days in spent.items()]


def stored_days(db: Db) -> tuple[date, date] | None:
    """Return the first and the last day of which any order is stored; None where no order names a customer."""
    days = select(func.min(PURCHASE.c.day), func.max(PURCHASE.c.day), func.count(PURCHASE.c.customer))
    first, last, known = tuple(db.run(days.where(PURCHASE.c.workspace == OURS)).one())
    return (first, last) if known else None


@dataclass(frozen=True, slots=True)
class Customers:
    """How many people ordered, and how many of them more than once."""

    all: int
    again: int
    orders: int
    """Orders, those of unknown customers included."""


def customers(db: Db, source: str) -> Customers:
    """Count the customers of a source; cancellations are no orders."""
    ours = (PURCHASE.c.workspace == OURS, PURCHASE.c.is_order, PURCHASE.c.source == source)
    each = select(func.count().label("orders")).where(*ours, PURCHASE.c.customer.is_not(None))
    people = each.group_by(PURCHASE.c.customer).subquery()
    again = func.coalesce(func.sum(case((people.c.orders > 1, 1), else_=0)), 0)
    everybody, returned = tuple(db.run(select(func.count(), again).select_from(people)).one())
    return Customers(everybody, int(returned), db.run(select(func.count()).where(*ours)).scalar_one())
