"""Files of shop orders, a row each: our own layout, and the export of Shopify.

A row with an amount above zero is an order, one below zero a cancellation. A cancellation under the number of an order
belongs to that order; any other stands on its own day.
"""

from __future__ import annotations

import csv
import re
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

from kpi.money import decimal, micros
from kpi.reading.territories import code_of
from kpi.sources.cells import FIRST_DAY, BadRowError, currency_of, text_of
from kpi.sources.reading import KEPT_REASONS, Skipped
from kpi.sources.tables import SEPARATORS, Lines, Table, first_records, is_spreadsheet, open_table

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path
    from zoneinfo import ZoneInfo

VOIDED, UNPAID = frozenset({"voided", "expired"}), frozenset({"pending", "authorized", ""})
"""States of a payment in which no money was ever taken, and in which none will be once the order is cancelled."""
COMMA = re.compile(r"[+-]?([0-9]{1,3}(\.[0-9]{3})+|[0-9]*),[0-9]{1,2}")
"""An amount that can only have a decimal comma."""


@dataclass(frozen=True, slots=True)
class Layout:
    """What the columns of a shop's export are called, by our names for them."""

    shop: str
    columns: Mapping[str, str]

    def fits(self, header: Sequence[str]) -> bool:
        """Tell whether a header has what an order needs."""
        return all(self.columns[name] in header for name in ("order_id", "ordered_at", "total"))


OWN = ("order_id", "ordered_at", "customer_id", "country", "currency", "total", "tax", "shipping", "refunded", "coupon",
       "utm_campaign", "message_day")  # fmt: skip
LAYOUTS = (
    Layout("orders", {name: name for name in OWN}),
    Layout("shopify", {
        "order_id": "id", "ordered_at": "created at", "customer_id": "email", "country": "shipping country",
        "currency": "currency", "total": "total", "tax": "taxes", "shipping": "shipping",
        "refunded": "refunded amount", "coupon": "discount code", "state": "financial status",
        "cancelled_at": "cancelled at",
    }),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class OrdersFound:
    """Where the header of a file of orders is, and whose layout it has."""

    layout: Layout
    header: list[str]
    separator: str
    line: int
    """The line on which the header ends."""


def orders_found(path: Path, sheet: str = "") -> OrdersFound | None:
    """Find the header of a file of orders, however it is written; None where the file holds none."""
    for separator in "," if is_spreadsheet(path) else SEPARATORS:
        for line, cells in first_records(path, separator, sheet):
            header = [name.strip().lower() for name in cells]
            if layout := next((one for one in LAYOUTS if one.fits(header)), None):
                return OrdersFound(layout, header, separator, line)
    return None


@contextmanager
def orders_in(path: Path, found: OrdersFound, sheet: str = "") -> Iterator[Table]:
    """Open a file of orders behind its header."""
    with open_table(path, found.separator, sheet) as table:
        while table.lines.line_num < found.line:
            next(table.lines)
        if isinstance(table.lines, Lines):
            table.lines.width = len(found.header)
        yield table


@dataclass(frozen=True, slots=True)
class Order:
    """One row: an order, or below zero a cancellation; amounts in millionths, None is unknown."""

    line: int
    order_id: str
    at: datetime
    customer: str
    country: str
    currency: str
    total: int
    tax: int | None = None
    shipping: int | None = None
    refunded: int | None = None
    coupon: str = ""
    utm: str = ""
    message_day: date | None = None
    """The day of the message that earned it."""


@dataclass(slots=True)
class OrderReading:
    """A file of orders being read; the rows come out of ``orders``, what was skipped stays here."""

    lines: Any
    """A csv reader, after its header."""
    header: Sequence[str]
    layout: Layout
    zone: ZoneInfo
    now: datetime
    currency: str
    skipped: list[Skipped] = field(default_factory=list)
    skips: int = 0
    line: int = 1

    def orders(self) -> Iterator[Order]:
        """Yield the orders and cancellations; the rows of an order's further articles are passed over."""
        at = {name: self.header.index(theirs) for name, theirs in self.layout.columns.items() if theirs in self.header}
        seen: set[int] = set()
        while True:
            self.line = self.lines.line_num + 1
            try:
                cells = next(self.lines)
                order = self._order({name: cells[index].strip() for name, index in at.items()}) if any(cells) else None
                if order and order.total > 0:
                    _require_new(order, seen)
            except StopIteration:
                return
            except IndexError:
                self.skip(f"it has {len(cells)} cells, the header has {len(self.header)}")
            except (ValueError, csv.Error) as error:
                self.skip(str(error))
            else:
                if order:
                    yield order

    def skip(self, reason: str) -> None:
        """Note that the present line is left out."""
        self.skips += 1
        if len(self.skipped) < KEPT_REASONS:
            self.skipped.append(Skipped(self.line, reason))

    def _order(self, cells: dict[str, str]) -> Order | None:
        if self.layout.shop == "shopify" and not cells["total"]:
            return None
        if not cells["order_id"]:
            raise BadRowError("it has no order number")
        country = text_of(cells.get("country", ""))
        total = _money("total", cells["total"])
        if total is None:
            raise BadRowError("it has no total")
        refunded = total if _was_never_paid(cells) else _money("refunded", cells.get("refunded", ""))
        if refunded is not None and not 0 <= refunded <= max(total, 0):
            raise BadRowError(f"refunded ({cells['refunded']}) is not between 0 and the total ({cells['total']})")
        at = self._moment(cells["ordered_at"])
        return Order(
            self.line,
            text_of(cells["order_id"]),
            at,
            text_of(cells.get("customer_id", "")).lower(),
            code_of(country) or country,
            currency_of(cells.get("currency", ""), self.currency),
            total,
            _money("tax", cells.get("tax", "")),
            _money("shipping", cells.get("shipping", "")),
            refunded,
            text_of(cells.get("coupon", "")),
            text_of(cells.get("utm_campaign", "")),
            _message_day(cells.get("message_day", ""), at.astimezone(self.zone).date()),
        )

    def _moment(self, cell: str) -> datetime:
        """Read a moment; one without an offset is the team's own time."""
        day, *rest = cell.split(maxsplit=1)
        try:
            moment = datetime.fromisoformat("T".join([day, *(part.replace(" ", "") for part in rest)]))
        except ValueError:
            raise BadRowError(f"'{cell}' is not a moment written like 2026-05-31T14:05:00+02:00") from None
        moment = (moment if moment.tzinfo else moment.replace(tzinfo=self.zone)).astimezone(UTC)
        if moment > self.now:
            raise BadRowError(f"{cell} is in the future")
        if moment.date() < FIRST_DAY:
            raise BadRowError(f"{cell} is too long ago")
        return moment

    def day(self, order: Order) -> date:
        """Return the day of an order where the team is."""
        return order.at.astimezone(self.zone).date()


def _was_never_paid(cells: Mapping[str, str]) -> bool:
    state = cells.get("state", "").lower()
    return state in VOIDED or (state in UNPAID and bool(cells.get("cancelled_at")))


def _money(column: str, cell: str) -> int | None:
    if COMMA.fullmatch(cell):
        cell = cell.replace(".", "").replace(",", ".")
    try:
        return micros(decimal(cell)) if cell else None
    except ValueError as error:
        raise BadRowError(f"{column}: {error}") from None


def _message_day(cell: str, ordered: date) -> date | None:
    """Read the day of a message, which cannot be later than the order that it earned."""
    if not cell:
        return None
    try:
        day = date.fromisoformat(cell)
    except ValueError:
        raise BadRowError(f"message_day '{cell}' is not a day written like 2026-05-31") from None
    if day > ordered:
        raise BadRowError(f"message_day {cell} is after the order")
    return day


def _require_new(order: Order, seen: set[int]) -> None:
    """Refuse the number of an order that was there before; hashes are kept, for a million numbers are heavy."""
    key = hash(order.order_id)
    if key in seen:
        raise BadRowError(f"an earlier line already tells of order {order.order_id}")
    seen.add(key)
