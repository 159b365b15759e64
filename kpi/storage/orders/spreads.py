"""How far single orders differ, campaign by campaign: sums and sums of squares over customers, in one statement."""

from __future__ import annotations

from functools import cache
from itertools import groupby
from typing import TYPE_CHECKING, Any

from sqlalchemy import BigInteger, Double, Select, bindparam, case, cast, func, select

from kpi.comparison.amounts import NOTHING_KNOWN, Spread
from kpi.money import MILLION
from kpi.storage.binding import OURS
from kpi.storage.families import families
from kpi.storage.orders.purchases import NET, PURCHASE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kpi.storage.database import Db
    from kpi.storage.slices import Slice

CONDITIONS = {
    "start": PURCHASE.c.day >= bindparam("start"),
    "end": PURCHASE.c.day < bindparam("end"),
    "market": PURCHASE.c.country == bindparam("market"),
    "markets": PURCHASE.c.country.in_(bindparam("markets", expanding=True)),
}


def spreads_of(db: Db, slices: Sequence[Slice], currency: str) -> list[Spread]:
    """Return how far the orders of each slice differ, in one currency; slices over the same days are read at once.

    Orders are narrowed by their own day and country. Of variants they know nothing: all of a campaign's stand for each.
    """
    found: dict[tuple[str, str], Spread] = {}
    by_narrowing = sorted((repr(_narrowing(of)), at) for at, of in enumerate(slices))
    for key, group in groupby(by_narrowing, key=lambda pair: pair[0]):
        alike = [slices[at] for _, at in group]
        slugs = dict.fromkeys(one.slug for of in alike for one in of.campaigns)
        read = _read(db, tuple(slugs), _narrowing(alike[0]), currency)
        found |= {(key, slug): spread for slug, spread in read.items()}
    return [
        sum((found.get((repr(_narrowing(of)), one.slug), NOTHING_KNOWN) for one in of.campaigns), start=NOTHING_KNOWN)
        for of in slices
    ]


def _narrowing(of: Slice) -> dict[str, Any]:
    return {name: value for name, value in of.bounds.items() if name in CONDITIONS}


def _read(db: Db, slugs: Sequence[str], narrowing: dict[str, Any], currency: str) -> dict[str, Spread]:
    """Return the spread per campaign; of several shops' files that tell of the same one, that with the most orders."""
    known, best = families(db), dict[str, Spread]()
    answering = {one: slug for slug in slugs for one in (known[slug].all if slug in known else (slug,))}
    for row in db.rows(_statement(tuple(narrowing)), slugs=list(answering), currency=currency, **narrowing):
        campaign, orders, total, squares, crossed, counted, largest = tuple(row)
        one = Spread(
            int(orders), total / MILLION, squares / MILLION**2, crossed / MILLION, float(counted), largest / MILLION
        )
        best[campaign] = max(best.get(campaign, one), one, key=lambda spread: spread.orders)
    found: dict[str, Spread] = {}
    for campaign, one in best.items():
        found[answering[campaign]] = found.get(answering[campaign], NOTHING_KNOWN) + one
    return found


@cache
def _statement(narrowed_by: tuple[str, ...]) -> Select[Any]:
    """Return the sums of a campaign's orders: first per customer where one is known, then over all of them."""
    keys = (PURCHASE.c.campaign, PURCHASE.c.source)
    each = (
        select(
            *keys,
            cast(func.sum(NET), Double).label("spent"),
            func.sum(case((PURCHASE.c.is_order, 1), else_=0)).label("orders"),
            func.max(NET).label("largest"),
        )
        .where(PURCHASE.c.workspace == OURS, PURCHASE.c.campaign.in_(bindparam("slugs", expanding=True)))
        .where(PURCHASE.c.currency == bindparam("currency"), *(CONDITIONS[name] for name in narrowed_by))
        .group_by(*keys, func.coalesce(PURCHASE.c.customer, PURCHASE.c.order_id))
        .subquery()
    )
    sums = (
        cast(func.sum(each.c.orders), BigInteger),
        func.sum(each.c.spent),
        func.sum(each.c.spent * each.c.spent),
        func.sum(each.c.spent * each.c.orders),
        cast(func.sum(each.c.orders * each.c.orders), BigInteger),
        func.max(each.c.largest),
    )
    return select(each.c.campaign, *sums).group_by(each.c.campaign, each.c.source)
