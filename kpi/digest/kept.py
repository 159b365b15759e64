"""The figures of a digest as they were posted, and what has changed since."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from kpi.facts import COST, ORDERS, REFUNDS, REVENUE, Fact
from kpi.figures import estimate_of
from kpi.metrics import METRIC
from kpi.money import amount
from kpi.units import Unit

if TYPE_CHECKING:
    from kpi.charts.page import Page
    from kpi.digest.course import Course
    from kpi.report import Report
    from kpi.wording import Words

NOTICEABLE = Decimal("0.005")
"""Less than half a percent of what was reported is not worth a word."""
MONEY = ("gross", "refunds", "cost", "profit")


@dataclass(frozen=True, slots=True)
class Kept:
    """The figures of a period at one moment, in one currency and in its units; None is unknown."""

    start: date
    end: date
    currency: str
    gross: Decimal | None = None
    refunds: Decimal | None = None
    cost: Decimal | None = None
    profit: Decimal | None = None
    orders: int | None = None

    @property
    def revenue(self) -> Decimal | None:
        """Revenue less refunds."""
        return None if self.gross is None else self.gross - (self.refunds or 0)

    def as_json(self) -> dict[str, Any]:
        """Return plain JSON values; amounts are decimal strings, so that no digit is lost."""
        told = asdict(self)
        return {key: told[key] if told[key] is None or key == "orders" else str(told[key]) for key in told}

    @classmethod
    def of_json(cls, told: dict[str, Any]) -> Kept:
        """Return what ``as_json`` gave."""
        gross, refunds, cost, profit = (told[key] and Decimal(told[key]) for key in MONEY)
        start, end = (date.fromisoformat(told[key]) for key in ("start", "end"))
        return cls(start, end, told["currency"], gross, refunds, cost, profit, told["orders"])


@dataclass(frozen=True, slots=True)
class Digest:
    """What is posted: a message that stands alone, more in the thread under it, the figures to keep, a page to print.

    ``kpi.charts.canvas.pdf`` draws the page.
    """

    message: Report
    thread: Report | None
    kept: Kept
    page: Page | None = None


def kept_of(course: Course, at: int = -1) -> Kept:
    """Return the figures of one of the periods as they are now."""
    period, held = course.periods[at], course.tallies[at].in_currency(course.currency)
    profit = estimate_of(METRIC["profit"], held, course.currency).value

    def money(fact: Fact) -> Decimal | None:
        total = held.total(fact)
        return None if total is None else amount(total)

    return Kept(
        period.start,
        period.end,
        course.currency,
        money(REVENUE),
        money(REFUNDS),
        money(COST),
        None if profit is None else Decimal(profit),
        course.tallies[at].total(ORDERS),
    )


def changed_since(reported: Kept, now: Kept, words: Words) -> str:
    """Say what a period's figures were and are, and why: '' where nothing noticeable has changed.

    ``€48,210 of revenue reported, €45,930 now: refunds €1,900 more, orders €380 less``.
    """
    if reported.currency != now.currency:
        return ""
    said = [_revenue(reported, now, words), _plainly("cost", reported.cost, now.cost, reported.currency, words)]
    return "; ".join(filter(None, said))


def final_on(end: date, window: int) -> date:
    """Return the day from which no order can be credited to a message of the period any more."""
    return end + timedelta(days=window)


def _revenue(reported: Kept, now: Kept, words: Words) -> str:
    said = _plainly("revenue", reported.revenue, now.revenue, reported.currency, words)
    if not said or reported.revenue is None or now.revenue is None:
        return said
    moved = (
        ("refunds", (now.refunds or Decimal(0)) - (reported.refunds or Decimal(0))),
        ("orders", (now.gross or Decimal(0)) - (reported.gross or Decimal(0))),
    )
    why = ", ".join(
        f"{what} {words.shown(abs(by), Unit.MONEY, now.currency)} {'more' if by > 0 else 'less'}"
        for what, by in moved
        if by
    )
    return f"{said}: {why}" if why else said


def _plainly(what: str, then: Decimal | None, now: Decimal | None, currency: str, words: Words) -> str:
    if then == now or (then is not None and now is not None and abs(now - then) <= NOTICEABLE * abs(then)):
        return ""
    before, after = ("unknown" if one is None else words.shown(one, Unit.MONEY, currency) for one in (then, now))
    return f"{before} of {what} reported, {after} now" if then is not None else f"{what} was unknown, {after} now"
