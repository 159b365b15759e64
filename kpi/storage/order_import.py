"""A file of orders into the database: merged in small transactions, then the campaigns' days are reckoned anew.

Merging goes by the order's number, so importing the same file twice changes nothing, and a killed import is finished by
running it again.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass, field
from io import TextIOWrapper
from typing import TYPE_CHECKING, Any, TypeVar

from sqlalchemy import select, update

from kpi.errors import Mistake, UnreadableFile
from kpi.names import slug_of
from kpi.sources.orders_file import OrderReading, orders_layout
from kpi.storage.binding import OURS
from kpi.storage.campaigns import given_names, introduce
from kpi.storage.importing import IMPORT, digest_of, next_number
from kpi.storage.order_days import roll_up
from kpi.storage.purchases import (
    PURCHASE,
    Customers,
    Finder,
    Merged,
    Unmatched,
    cancel,
    customers,
    hashed,
    mark_first,
    merge,
    row_of,
    unmatched,
)
from kpi.storage.resolution import SOURCE, source_row
from kpi.storage.staging import batches
from kpi.storage.upsert import upsert

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime
    from pathlib import Path
    from zoneinfo import ZoneInfo

    from kpi.sources.reading import Skipped
    from kpi.storage.database import Database, Db

T = TypeVar("T")
BATCH = 1000
"""Rows per transaction, so that nobody else waits long."""
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


@dataclass(frozen=True, slots=True)
class OrdersImported:
    """What an import of orders did, or with ``dry_run`` would do."""

    file: str
    source: str
    read: int
    new: int
    changed: int
    unchanged: int
    customers: Customers
    campaigns: tuple[str, ...]
    unmatched: tuple[Unmatched, ...]
    skipped: tuple[Skipped, ...]
    skips: int
    dry_run: bool


@dataclass(slots=True)
class _Import:
    database: Database
    workspace: str
    wanted: OrdersWanted
    now: datetime
    told: Callable[[str, int, int], None]
    source: str
    cancellations: dict[str, dict[str, Any]] = field(default_factory=dict)
    done: Merged = field(init=False)

    def __post_init__(self) -> None:
        self.done = Merged(self.wanted.dry_run)

    def run(self, reading: OrderReading, tell: Callable[[], None]) -> OrdersImported:
        digest = digest_of(self.wanted.path)
        finder, resumed = self._written(lambda db: self._begin(db, digest))
        for rows in batches(self._rows(reading, finder), BATCH):
            self._written(lambda db, rows=rows: merge(db, rows, self.done))  # type: ignore[misc]
            tell()
        for numbers in batches(self.cancellations, BATCH):
            some = {number: self.cancellations[number] for number in numbers}
            self._written(lambda db, some=some: cancel(db, some, self.done))  # type: ignore[misc]
        if resumed:
            self._written(self._take_up)
        if not self.wanted.dry_run:
            self._reckon()
        return self._written(lambda db: self._finish(db, digest, reading))

    def _reckon(self) -> None:
        for people in batches(sorted(self.done.customers), BATCH):
            self._written(lambda db, people=people: mark_first(db, people))  # type: ignore[misc]
        for campaign in sorted(self.done.campaigns):
            self._written(lambda db, one=campaign: roll_up(db, [one], self.source))  # type: ignore[misc]

    def _written(self, work: Callable[[Db], T]) -> T:
        return self.database.written(self.workspace, work)

    def _begin(self, db: Db, digest: str) -> tuple[Finder, bool]:
        """Note that the import runs; tell whether it was begun before and cut off."""
        given = slug_of(self.wanted.campaign) if self.wanted.campaign else ""
        if self.wanted.dry_run:
            known = given_names(db)
            return Finder(known.get(given, given), known), False
        ours = (IMPORT.c.workspace == OURS, IMPORT.c.digest == digest, IMPORT.c.source == self.source)
        before = db.run(select(IMPORT.c.run, IMPORT.c.state).where(*ours).order_by(IMPORT.c.run.desc())).first()
        run = {
            "run": before.run if before else next_number(db),
            "person": "",
            "told": "",
            "digest": digest,
            "source": self.source,
            "file": self.wanted.path.name,
            "state": "running",
        }
        db.run_many(upsert(db, IMPORT), [run | {"started_at": self.now, "finished_at": None, "stored": 0}])
        db.run_many(upsert(db, SOURCE), [source_row(self.source, "orders", self.now)])
        if given:
            introduce(db, {given: self.wanted.campaign}, {})
        known = given_names(db)
        return Finder(known.get(given, given), known), before is not None and before.state == "running"

    def _rows(self, reading: OrderReading, finder: Finder) -> Iterator[dict[str, Any]]:
        """Yield the rows of orders; cancellations wait until every order of the file is known."""
        for order in reading.orders():
            customer = hashed(self.wanted.secret, self.workspace, order.customer)
            row = row_of(order, self.source, reading.day(order), customer, finder)
            if order.total >= 0:
                yield row
            elif order.order_id in self.cancellations:
                self.cancellations[order.order_id]["refunds"] += row["refunds"]
            else:
                self.cancellations[order.order_id] = row

    def _take_up(self, db: Db) -> None:
        """Reckon anew what an import that was cut off may have left undone: everything of its source."""
        ours = (PURCHASE.c.workspace == OURS, PURCHASE.c.source == self.source)
        for row in db.rows(select(PURCHASE.c.campaign, PURCHASE.c.customer).where(*ours).distinct()):
            self.done.campaigns |= {row.campaign} - {None}
            self.done.customers |= {row.customer} - {None}

    def _finish(self, db: Db, digest: str, reading: OrderReading) -> OrdersImported:
        stored = self.done.new + self.done.changed
        if not self.wanted.dry_run:
            ours = (IMPORT.c.workspace == OURS, IMPORT.c.digest == digest, IMPORT.c.source == self.source)
            db.run(update(IMPORT).where(*ours).values(state="done", finished_at=self.now, stored=stored))
        return OrdersImported(
            self.wanted.path.name,
            self.source,
            self.done.new + self.done.changed + self.done.unchanged,
            self.done.new,
            self.done.changed,
            self.done.unchanged,
            customers(db, self.source),
            tuple(sorted(self.done.campaigns)),
            tuple(unmatched(db, self.source)),
            tuple(reading.skipped),
            reading.skips,
            self.wanted.dry_run,
        )


def holds_orders(path: Path) -> bool:
    """Tell whether a file holds orders, rather than results."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            return orders_layout(next(csv.reader(file), [])) is not None
    except (OSError, UnicodeDecodeError, csv.Error):
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
    size = wanted.path.stat().st_size
    with wanted.path.open("rb") as raw:
        lines = csv.reader(TextIOWrapper(raw, encoding="utf-8-sig", newline=""))
        header = next(lines, [])
        layout = orders_layout(header)
        if layout is None:
            raise UnreadableFile(f"{wanted.path.name} holds no orders.", "They need order_id, ordered_at and total.")
        if not wanted.secret and layout.columns["customer_id"] in [name.strip().lower() for name in header]:
            raise NO_SECRET
        reading = OrderReading(lines, header, layout, wanted.zone, now, wanted.currency)
        running = _Import(database, workspace, wanted, now, told, slug_of(wanted.source or layout.shop))
        try:
            return running.run(reading, lambda: told and told("reading", raw.tell(), size))
        except UnicodeDecodeError:
            raise UnreadableFile(
                f"{wanted.path.name} is not UTF-8 text (after line {reading.line}).", "Save it as CSV UTF-8."
            ) from None
