"""A file of orders into the database: merged in small transactions, then the campaigns' days are reckoned anew.

Merging goes by the order's number, so importing the same file twice changes nothing, and a killed import is finished by
running it again.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeVar

from sqlalchemy import select

from kpi.errors import Mistake, UnreadableFile
from kpi.names import slug_of
from kpi.sources.orders_file import OrderReading, orders_found, orders_in
from kpi.storage.binding import OURS
from kpi.storage.campaigns import given_names, introduce
from kpi.storage.importing.made_known import as_told, told_last
from kpi.storage.importing.results import digest_of
from kpi.storage.importing.runs import DONE, ORDERS, Begun, begin, change, cut_off
from kpi.storage.importing.staging import batches
from kpi.storage.orders.customers import Customers, customers
from kpi.storage.orders.days import reckon
from kpi.storage.orders.purchases import BATCH, Finder, Merged, all_of, hashed, merge, row_of
from kpi.storage.orders.unmatched import Unmatched, unmatched
from kpi.storage.resolution import CHOICE, SOURCE, source_row
from kpi.storage.upsert import upsert

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from datetime import date, datetime
    from pathlib import Path
    from zoneinfo import ZoneInfo

    from kpi.sources.reading import Skipped
    from kpi.storage.database import Database, Db

T = TypeVar("T")
NO_SECRET = Mistake(
    "Customers are only kept as keyed hashes, and KPI_SECRET is not set.",
    "Put KPI_SECRET=… into .env, 32 random characters or more (openssl rand -hex 32), and keep it: "
    "with another one, nobody is recognised.",
)


@dataclass(frozen=True, slots=True)
class OrdersWanted:
    """Which file to read, and how; ``secret`` keys the hashes of customers."""

    path: Path
    source: str
    campaign: str
    secret: bytes
    zone: ZoneInfo
    currency: str
    dry_run: bool = False
    person: str = ""
    """Who imports it."""
    sheet: str = ""
    """Which sheet of a spreadsheet."""


@dataclass(frozen=True, slots=True)
class OrdersImported:
    """What an import of orders did, or with ``dry_run`` would do."""

    file: str
    source: str
    read: int
    new: int
    changed: int
    unchanged: int
    first: date | None
    last: date | None
    money: Mapping[str, int]
    """By how much what was taken is another now, refunds deducted, in millionths of each currency."""
    unled: int
    """How many of the new or corrected orders lead to no campaign."""
    customers: Customers
    campaigns: tuple[str, ...]
    unmatched: tuple[Unmatched, ...]
    skipped: tuple[Skipped, ...]
    skips: int
    dry_run: bool
    shadowed: tuple[str, ...] = ()
    """Sentences about campaigns of which another source knows the orders better."""


@dataclass(slots=True)
class _Import:
    database: Database
    workspace: str
    wanted: OrdersWanted
    now: datetime
    source: str
    cancellations: dict[str, dict[str, Any]] = field(default_factory=dict)

    def run(self, reading: OrderReading, tell: Callable[[], None]) -> OrdersImported:
        digest = digest_of(self.wanted.path)
        finder, done, resumed = self._written(lambda db: self._begin(db, digest))
        for rows in batches(self._rows(reading, finder), BATCH):
            self._written(lambda db, rows=rows: merge(db, rows, done))  # type: ignore[misc]
            tell()
        for rows in batches(self.cancellations.values(), BATCH):
            self._written(lambda db, rows=rows: merge(db, rows, done))  # type: ignore[misc]
        if resumed:
            done.touched |= self._written(lambda db: all_of(db, self.source))
        if not done.dry:
            reckon(self.database, self.workspace, done.touched)
        return self._written(lambda db: self._finish(db, done, reading))

    def _written(self, work: Callable[[Db], T]) -> T:
        return self.database.written(self.workspace, work)

    def _begin(self, db: Db, digest: str) -> tuple[Finder, Merged, bool]:
        """Note that the import runs; tell whether it was begun before and cut off."""
        wanted, before = self.wanted, cut_off(db, digest, self.source)
        given, number = slug_of(wanted.campaign) if wanted.campaign else "", before or ""
        if not wanted.dry_run:
            told = introduce(db, {given: wanted.campaign} if given else {}, {})
            held = told_last(db, self.source)
            db.run_many(upsert(db, SOURCE), [source_row(self.source, "orders", self.now)])
            begun = Begun(digest, self.source, wanted.path.name, wanted.person, self.now)
            number = before or begin(db, ORDERS, begun, as_told(told, held))
        known = given_names(db)
        done = Merged(number, self.source, known, dry=wanted.dry_run)
        return Finder(known.get(given, given), known), done, before is not None

    def _rows(self, reading: OrderReading, finder: Finder) -> Iterator[dict[str, Any]]:
        """Yield the rows of orders; cancellations wait until all under the same number are added up."""
        for order in reading.orders():
            customer = hashed(self.wanted.secret, self.workspace, order.customer)
            row = row_of(order, self.source, reading.day(order), customer, finder)
            if row["is_order"]:
                yield row
            elif order.order_id in self.cancellations:
                self.cancellations[order.order_id]["refunds"] += row["refunds"]
            else:
                self.cancellations[order.order_id] = row

    def _finish(self, db: Db, done: Merged, reading: OrderReading) -> OrdersImported:
        stored, about = done.new + done.changed, {campaign for _, campaign in done.touched.campaigns}
        money = {currency: amount for currency, amount in done.money.items() if amount}
        if not done.dry:
            days = {"first": done.first, "last": done.last}
            told = {"stored": stored, "campaigns": len(about), "money": json.dumps(money), **days}
            change(db, done.run, state=DONE, finished_at=self.now, **told)
        return OrdersImported(
            self.wanted.path.name,
            self.source,
            stored + done.unchanged,
            done.new,
            done.changed,
            done.unchanged,
            done.first,
            done.last,
            money,
            done.unled,
            customers(db, self.source),
            tuple(sorted(about)),
            tuple(unmatched(db, self.source)),
            tuple(reading.skipped),
            reading.skips,
            done.dry,
            () if done.dry else tuple(self._shadowed(db, about)),
        )

    def _shadowed(self, db: Db, campaigns: Iterable[str]) -> Iterator[str]:
        for some in batches(sorted(campaigns)):
            chosen = select(CHOICE.c.campaign, CHOICE.c.orders).where(CHOICE.c.workspace == OURS)
            for row in db.rows(chosen.where(CHOICE.c.campaign.in_(some), CHOICE.c.orders != self.source)):
                yield f"{row.campaign} keeps orders from {row.orders}, which knows more of them"


def holds_orders(path: Path, sheet: str = "") -> bool:
    """Tell whether a file holds orders, rather than results."""
    try:
        return orders_found(path, sheet) is not None
    except (OSError, UnreadableFile):
        return False


def import_orders(
    database: Database,
    workspace: str,
    wanted: OrdersWanted,
    now: datetime,
    told: Any = None,  # noqa: ANN401
) -> OrdersImported:
    """Import a file of orders; ``told`` hears of the progress: the step, how much is done, how much there is.

    Raise UnreadableFile where it is no file of orders, Mistake where customers are told and no secret is set.
    """
    size, found = wanted.path.stat().st_size, orders_found(wanted.path, wanted.sheet)
    if found is None:
        raise UnreadableFile(f"{wanted.path.name} holds no orders.", "They need order_id, ordered_at and total.")
    if not wanted.secret and found.layout.columns["customer_id"] in found.header:
        raise NO_SECRET
    with orders_in(wanted.path, found, wanted.sheet) as table:
        reading = OrderReading(table.lines, found.header, found.layout, wanted.zone, now, wanted.currency)
        running = _Import(database, workspace, wanted, now, slug_of(wanted.source or found.layout.shop))
        return running.run(reading, lambda: told and told("reading", table.tell(), size))
