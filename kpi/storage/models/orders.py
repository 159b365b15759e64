"""Single orders, and what several imports said of one."""

from __future__ import annotations

from datetime import date, datetime  # noqa: TC003  the tables are built from the annotations

from sqlalchemy import BigInteger, Index
from sqlmodel import Field

from kpi.storage.models.base import Table


class OrderColumns(Table):
    """What an order tells. Amounts are as the shop gives them; the customer is a keyed hash."""

    ordered_at: datetime
    day: date
    customer: str | None = None
    country: str = ""
    currency: str
    gross: int = Field(sa_type=BigInteger)
    refunds: int | None = Field(default=None, sa_type=BigInteger)
    tax: int | None = Field(default=None, sa_type=BigInteger)
    shipping: int | None = Field(default=None, sa_type=BigInteger)
    coupon: str = ""
    utm: str = ""
    campaign: str | None = None
    method: str | None = None
    """How the campaign was found: named with the import, by coupon, by UTM value."""
    message_day: date | None = None
    """The day of the message that earned it, where that is known."""


class Purchase(OrderColumns, table=True):
    """One order of a shop, or a cancellation that names none (``is_order`` is false, ``gross`` is 0).

    Each source numbers its own orders.
    """

    __table_args__ = (Index(None, "workspace", "campaign"), Index(None, "workspace", "customer"))

    workspace: str = Field(primary_key=True)
    source: str = Field(primary_key=True)
    order_id: str = Field(primary_key=True)
    is_order: bool
    is_first: bool | None = None
    """Whether it was the customer's first of all stored orders; None where the customer is unknown."""
    cancelled: int | None = Field(default=None, sa_type=BigInteger)
    """What later rows under the order's number took back, beside the refunds that its own row tells."""
    said_by: str | None = None
    """The import that told of it; None where it follows from several sayings, which are in ``told_order``."""


class ToldOrder(OrderColumns, table=True):
    """What an import said of an order, or of a cancellation under its number, kept where there are several sayings."""

    __tablename__ = "told_order"
    __table_args__ = {"sqlite_with_rowid": False}  # noqa: RUF012

    workspace: str = Field(primary_key=True)
    source: str = Field(primary_key=True)
    order_id: str = Field(primary_key=True)
    run: str = Field(primary_key=True)
    is_order: bool = Field(primary_key=True)
