"""Orders into the database: matched to campaigns, customers only as keyed hashes, what several imports say combined.

What one import says of an order is the order. Where several do, ``told_order`` keeps what each one said, and the order
follows from all of it: the latest row of the order, less the latest cancellation under its number.
"""

from __future__ import annotations

import hmac
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import UTC
from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, exists, func, or_, select, update

from kpi.names import slug_of
from kpi.storage.binding import OURS
from kpi.storage.models import Table
from kpi.storage.upsert import upsert

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
    from datetime import date

    from sqlalchemy import Row

    from kpi.sources.orders_file import Order
    from kpi.storage.database import Db

PURCHASE, TOLD_ORDER = Table.metadata.tables["purchase"], Table.metadata.tables["told_order"]
SAID = tuple(column.name for column in TOLD_ORDER.columns if column.name not in ("workspace", "run"))
STANDING = (*SAID, "cancelled")
NET = PURCHASE.c.gross - func.coalesce(PURCHASE.c.refunds, 0) - func.coalesce(PURCHASE.c.cancelled, 0)
"""What an order brought, once refunds and cancellations are taken away."""
BATCH = 1000
"""Orders per transaction, so that nobody else waits long."""
GIVEN = "given"
"""The campaign was named with the import, which a later import without a name does not take back."""


@dataclass(slots=True)
class Touched:
    """What has to be reckoned anew: customers, and campaigns by the source of their orders."""

    customers: set[str] = field(default_factory=set)
    campaigns: set[tuple[str, str]] = field(default_factory=set)

    def __or__(self, other: Touched) -> Touched:
        """Join two."""
        return Touched(self.customers | other.customers, self.campaigns | other.campaigns)

    def note(self, order: Mapping[str, Any] | None) -> None:
        """Note whom an order is about."""
        if order and order["customer"]:
            self.customers.add(order["customer"])
        if order and order["campaign"]:
            self.campaigns.add((order["source"], order["campaign"]))


@dataclass(slots=True)
class Merged:
    """What merging an import did, or with ``dry`` would do."""

    run: str
    source: str
    names: Mapping[str, str]
    """The campaign that each name leads to."""
    dry: bool = False
    new: int = 0
    changed: int = 0
    unchanged: int = 0
    first: date | None = None
    last: date | None = None
    money: defaultdict[str, int] = field(default_factory=lambda: defaultdict(int))
    """By how much what was taken is another now, refunds deducted, in millionths of each currency."""
    unled: int = 0
    """Orders that lead to no campaign."""
    touched: Touched = field(default_factory=Touched)

    def note(self, before: Mapping[str, Any] | None, now: Mapping[str, Any]) -> None:
        """Note that an order is new, or another than before."""
        self.new, self.changed = self.new + (before is None), self.changed + (before is not None)
        self.first, self.last = min(self.first or now["day"], now["day"]), max(self.last or now["day"], now["day"])
        self.unled += now["is_order"] and not now["campaign"]
        for one, sign in ((before, -1), (now, 1)):
            self.touched.note(one)
            if one:
                self.money[one["currency"]] += sign * (one["gross"] - (one["refunds"] or 0) - (one["cancelled"] or 0))


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
    for key, method in carried(coupon, utm):
        if slug := names.get(key):
            return slug, method
    return None, None


def carried(coupon: str, utm: str) -> Iterator[tuple[str, str]]:
    """Yield the names that an order carries, spelled for matching, and how; of several coupons each is one."""
    coupons = [coupon, *coupon.split(",")] if "," in coupon else [coupon]
    for method, typed in (*(("coupon", one) for one in coupons), ("utm", utm)):
        if typed.strip():
            yield slug_of(typed), method


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
        "tax": order.tax,
        "shipping": order.shipping,
        "coupon": order.coupon,
        "utm": order.utm,
        "campaign": campaign,
        "method": method,
        "message_day": order.message_day,
    }


def merge(db: Db, rows: Iterable[dict[str, Any]], done: Merged) -> None:
    """Store orders, or cancellations, that are new or say otherwise than before."""
    told = {row["order_id"]: row | {"run": done.run} for row in rows}
    known, changes, kept = standing(db, done.source, told), list[tuple[Any, dict[str, Any]]](), list[dict[str, Any]]()
    earlier = sayings(db, known)
    for number, row in told.items():
        before, again = known.get(number), (row["run"], row["is_order"])
        said = [*(one for one in earlier[number] if (one["run"], one["is_order"]) != again), row]
        now = combined(said, done.names)
        if before is None or any(before[name] != now[name] for name in STANDING):
            changes.append((before, now))
            kept += said if len(said) > 1 else ()
    if not done.dry:
        db.run_many(upsert(db, PURCHASE), (now for _, now in changes))
        db.run_many(upsert(db, TOLD_ORDER), kept)
    done.unchanged += len(told) - len(changes)
    for before, now in changes:
        done.note(before, now)


def combined(said: Sequence[Mapping[str, Any]], names: Mapping[str, str]) -> dict[str, Any]:
    """Return the order, or the cancellation, that follows from what was said of it, the latest last."""
    orders = [one for one in said if one["is_order"]]
    taken_back = [one for one in said if not one["is_order"]]
    alike = orders or taken_back
    row = {name: alike[-1][name] for name in SAID}
    row["cancelled"] = taken_back[-1]["refunds"] if orders and taken_back else None
    row["campaign"], row["method"] = _earned(row, alike, taken_back, names)
    return row | {"is_first": None, "said_by": said[0]["run"] if len(said) == 1 else None}


def _earned(
    row: Mapping[str, Any],
    alike: Sequence[Mapping[str, Any]],
    others: Sequence[Mapping[str, Any]],
    names: Mapping[str, str],
) -> tuple[str | None, str | None]:
    """Return the campaign: one that was named with an import, else the one that the names lead to now."""
    given = [
        next((one["campaign"] for one in reversed(all_) if one["method"] == GIVEN), None) for all_ in (alike, others)
    ]
    found = found_by(names, row["coupon"], row["utm"])
    if given[0] or (given[1] and not found[0]):
        return given[0] or given[1], GIVEN
    return found


def standing(db: Db, source: str, numbers: Iterable[str]) -> dict[str, dict[str, Any]]:
    """Return the orders of these numbers as they are stored."""
    return {row.order_id: _as_told(row) for row in db.rows(_STANDING, source=source, numbers=list(numbers))}


def sayings(db: Db, known: Mapping[str, Mapping[str, Any]]) -> defaultdict[str, list[dict[str, Any]]]:
    """Return all that was said of stored orders, by their numbers, the latest last."""
    found = defaultdict[str, list[dict[str, Any]]](list)
    several = {number: one for number, one in known.items() if one["said_by"] is None}
    if several:
        source = next(iter(several.values()))["source"]
        for row in db.rows(_SAYINGS, source=source, numbers=list(several)):
            found[row.order_id].append(_as_told(row))
    for number in known.keys() - several.keys():
        found[number] = [{name: known[number][name] for name in SAID} | {"run": known[number]["said_by"]}]
    return found


def _as_told(row: Row[Any]) -> dict[str, Any]:
    return {**row._mapping, "ordered_at": row.ordered_at.replace(tzinfo=UTC)}  # noqa: SLF001  public in SQLAlchemy


def all_of(db: Db, source: str) -> Touched:
    """Return whom all orders of a source are about, for what was cut off to be reckoned anew."""
    ours = (PURCHASE.c.workspace == OURS, PURCHASE.c.source == source)
    rows = db.rows(select(PURCHASE.c.campaign, PURCHASE.c.customer).where(*ours).distinct())
    found = Touched()
    for row in rows:
        found.note({"source": source, "campaign": row.campaign, "customer": row.customer})
    return found


_STANDING = select(*(PURCHASE.c[name] for name in (*STANDING, "said_by"))).where(
    PURCHASE.c.workspace == OURS,
    PURCHASE.c.source == bindparam("source"),
    PURCHASE.c.order_id.in_(bindparam("numbers", expanding=True)),
)
_SAYINGS = (
    select(*(TOLD_ORDER.c[name] for name in (*SAID, "run")))
    .where(
        TOLD_ORDER.c.workspace == OURS,
        TOLD_ORDER.c.source == bindparam("source"),
        TOLD_ORDER.c.order_id.in_(bindparam("numbers", expanding=True)),
    )
    .order_by(TOLD_ORDER.c.order_id, TOLD_ORDER.c.run)
)


def mark_first(db: Db, customers: Collection[str]) -> set[tuple[str, str]]:
    """Say of every order of these customers whether it was their first; return whose orders are seen otherwise now."""
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
    which = (PURCHASE.c.workspace == OURS, PURCHASE.c.is_order, PURCHASE.c.customer.in_(list(customers)))
    marked = update(PURCHASE).where(*which, PURCHASE.c.is_first.is_distinct_from(~before)).values(is_first=~before)
    rows = db.rows(marked.returning(PURCHASE.c.source, PURCHASE.c.campaign))
    return {(row.source, row.campaign) for row in rows if row.campaign}
