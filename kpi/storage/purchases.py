"""Orders into the database: merged by their numbers, matched to campaigns, customers only as keyed hashes."""

from __future__ import annotations

import hmac
from dataclasses import dataclass, field
from datetime import UTC
from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, case, exists, func, or_, select, update

from kpi.names import slug_of
from kpi.storage.binding import OURS
from kpi.storage.models import Table
from kpi.storage.upsert import upsert

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping
    from datetime import date

    from kpi.sources.orders_file import Order
    from kpi.storage.database import Db

PURCHASE = Table.metadata.tables["purchase"]
TOLD = tuple(column.name for column in PURCHASE.columns if column.name not in ("workspace", "is_first"))
GIVEN = "given"
"""The campaign was named with the import, which a later import without a name does not take back."""


@dataclass(slots=True)
class Merged:
    """What merging did, or with ``dry`` would do: counts, and what must be reckoned anew."""

    dry: bool = False
    new: int = 0
    changed: int = 0
    unchanged: int = 0
    campaigns: set[str] = field(default_factory=set)
    customers: set[str] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class Finder:
    """Which campaign earned an order: the one named with the import, else its coupon's, else its UTM value's."""

    given: str
    names: Mapping[str, str]

    def campaign(self, order: Order) -> tuple[str | None, str | None]:
        """Return the campaign and how it was found; nothing where no name fits."""
        if self.given:
            return self.given, GIVEN
        return found_by(self.names, order.coupon, order.utm)


def found_by(names: Mapping[str, str], coupon: str, utm: str) -> tuple[str | None, str | None]:
    """Return the campaign that a coupon or else a UTM value leads to, and which of the two it was."""
    for method, typed in (("coupon", coupon), ("utm", utm)):
        if typed and (slug := names.get(slug_of(typed))):
            return slug, method
    return None, None


def hashed(secret: bytes, workspace: str, customer: str) -> str | None:
    """Return the keyed hash that stands for a customer; None for nobody."""
    if not customer:
        return None
    return hmac.digest(secret, f"{workspace}\n{customer}".encode(), "sha256").hex()[:32]


def row_of(order: Order, source: str, day: date, customer: str | None, finder: Finder) -> dict[str, Any]:
    """Return the row of an order, or of a cancellation that names none."""
    campaign, method = finder.campaign(order)
    is_order = order.total > 0
    return {
        "source": source,
        "order_id": order.order_id,
        "ordered_at": order.at,
        "day": day,
        "is_order": is_order,
        "customer": customer,
        "country": order.country,
        "currency": order.currency,
        "gross": max(order.total, 0),
        "refunds": order.refunded if is_order else -order.total,
        "cancelled": None,
        "tax": order.tax,
        "shipping": order.shipping,
        "coupon": order.coupon,
        "utm": order.utm,
        "campaign": campaign,
        "method": method,
        "message_day": order.message_day,
    }


def merge(db: Db, rows: Iterable[dict[str, Any]], done: Merged) -> None:
    """Store what is new or differs; what an earlier file told under the same number and this one cannot is kept."""
    told = {row["order_id"]: row for row in rows}
    known = _stored(db, told)
    written = []
    for number, row in told.items():
        before = known.get(number)
        if before is not None:
            _keep_earlier(row, before)
        if before is None:
            done.new += 1
        elif all(before[name] == row[name] for name in TOLD):
            done.unchanged += 1
            continue
        else:
            done.changed += 1
        written.append(row)
        for one in filter(None, (before, row)):
            done.campaigns |= {one["campaign"]} - {None}
            done.customers |= {one["customer"]} - {None}
    if not done.dry:
        db.run_many(upsert(db, PURCHASE, keep=("is_first",)), ({"is_first": None, **row} for row in written))


def cancel(db: Db, cancellations: Mapping[str, dict[str, Any]], done: Merged) -> None:
    """Take cancellations from the orders that they name; those that name none become rows of their own."""
    orders = {number: one for number, one in _stored(db, cancellations).items() if one["is_order"]}
    rows = []
    for number, cancellation in cancellations.items():
        order = orders.get(number)
        rows.append(cancellation if order is None else order | {"cancelled": cancellation["refunds"]})
    merge(db, rows, done)


def _keep_earlier(row: dict[str, Any], before: Mapping[str, Any]) -> None:
    if row["method"] is None and before["method"] == GIVEN:
        row["campaign"], row["method"] = before["campaign"], GIVEN
    if row["is_order"] and row["cancelled"] is None:
        row["cancelled"] = before["cancelled"] if before["is_order"] else before["refunds"]


def _stored(db: Db, rows: Mapping[str, Mapping[str, Any]]) -> dict[str, dict[str, Any]]:
    if not rows:
        return {}
    source = next(iter(rows.values()))["source"]
    found = db.rows(_NUMBERED, source=source, numbers=list(rows))
    return {row.order_id: {**row._mapping, "ordered_at": row.ordered_at.replace(tzinfo=UTC)} for row in found}  # noqa: SLF001


_NUMBERED = select(*(PURCHASE.c[name] for name in TOLD)).where(
    PURCHASE.c.workspace == OURS,
    PURCHASE.c.source == bindparam("source"),
    PURCHASE.c.order_id.in_(bindparam("numbers", expanding=True)),
)


def mark_first(db: Db, customers: Collection[str]) -> None:
    """Say of every order of these customers whether it was their first."""
    earlier = PURCHASE.alias("earlier")
    before = exists(select(1).where(
        earlier.c.workspace == PURCHASE.c.workspace,
        earlier.c.customer == PURCHASE.c.customer,
        earlier.c.is_order,
        or_(
            earlier.c.ordered_at < PURCHASE.c.ordered_at,
            (earlier.c.ordered_at == PURCHASE.c.ordered_at) & (earlier.c.order_id < PURCHASE.c.order_id),
        ),
    ))  # fmt: skip
    db.run(
        update(PURCHASE)
        .where(PURCHASE.c.workspace == OURS, PURCHASE.c.is_order, PURCHASE.c.customer.in_(list(customers)))
        .values(is_first=case((before, False), else_=True))
    )


@dataclass(frozen=True, slots=True)
class Unmatched:
    """Orders that no campaign is known to have earned: the value they carry, how many, and their money."""

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
