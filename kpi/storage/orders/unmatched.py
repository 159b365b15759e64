"""Orders that no campaign is known to have earned, by the name that they carry."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import case, func, select

from kpi.storage.binding import OURS
from kpi.storage.orders.purchases import PURCHASE

if TYPE_CHECKING:
    from kpi.storage.database import Db


@dataclass(frozen=True, slots=True)
class Unmatched:
    """The value that the orders carry, how many they are, and their money."""

    kind: str
    value: str
    orders: int
    currency: str
    gross: int


def unmatched(db: Db, source: str = "", most: int = 5) -> list[Unmatched]:
    """Return the coupons and UTM values of orders that no campaign earned, those with the most money first."""
    kind = case((PURCHASE.c.utm != "", "utm_campaign"), else_="coupon").label("kind")
    value = case((PURCHASE.c.utm != "", PURCHASE.c.utm), else_=PURCHASE.c.coupon).label("value")
    gross = func.sum(PURCHASE.c.gross).label("gross")
    rows = (
        select(kind, value, func.count().label("orders"), PURCHASE.c.currency, gross)
        .where(PURCHASE.c.workspace == OURS, PURCHASE.c.is_order, PURCHASE.c.campaign.is_(None))
        .where(*[PURCHASE.c.source == source] if source else [])
        .group_by(kind, value, PURCHASE.c.currency)
        .order_by(gross.desc(), value)
        .limit(most)
    )
    return [Unmatched(row.kind, row.value, row.orders, row.currency, int(row.gross)) for row in db.rows(rows)]
