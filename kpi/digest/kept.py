"""The figures of a digest as they were posted, and what has changed since."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from kpi.facts import COST, ORDERS, REFUNDS, REVENUE, Fact
from kpi.figures import estimate_of
from kpi.metrics import METRIC
from kpi.money import amount
from kpi.periods import Period
from kpi.storage.tallies import tally
from kpi.view import SUMMED

if TYPE_CHECKING:
    from kpi.charts.page import Page
    from kpi.digest.course import Course
    from kpi.question import Asking
    from kpi.report import Report
    from kpi.scope import Scope
    from kpi.tally import Tally
    from kpi.wording import Words

SMALL, NOTICEABLE = Decimal("0.005"), Decimal("0.05")
"""Of what was reported. Below the first, a change is not worth a word at all; from the second on, it is news."""
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
    scope: str = ""
    """Which campaigns, as it is typed."""

    @property
    def revenue(self) -> Decimal | None:
        """Revenue less refunds."""
        return None if self.gross is None else self.gross - (self.refunds or 0)

    def as_json(self) -> dict[str, Any]:
        """Return plain JSON values; amounts are decimal strings, so that no digit is lost."""
        told = asdict(self)
        return {key: told[key] if told[key] is None or key == "orders" else str(told[key]) for key in told}

    def as_text(self) -> str:
        """Return it as text that ``of_text`` reads."""
        return json.dumps(self.as_json())

    @classmethod
    def of_text(cls, told: str) -> Kept:
        """Return what ``as_text`` gave."""
        return cls.of_json(json.loads(told))

    @classmethod
    def of_json(cls, told: dict[str, Any]) -> Kept:
        """Return what ``as_json`` gave."""
        gross, refunds, cost, profit = (told[key] and Decimal(told[key]) for key in MONEY)
        start, end = (date.fromisoformat(told[key]) for key in ("start", "end"))
        return cls(start, end, told["currency"], gross, refunds, cost, profit, told["orders"], told["scope"])


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
    return _kept(course.periods[at], course.tallies[at], course.currency, course.scope)


def kept_now(asking: Asking, scope: Scope, reported: Kept) -> Kept:
    """Return the figures of a period that was reported as they are now."""
    period = Period(reported.start, reported.end, "")
    return _kept(period, tally(asking.db, SUMMED, asking.sending(scope), period, scope), reported.currency, scope)


def _kept(period: Period, tallied: Tally, currency: str, scope: Scope) -> Kept:
    held = tallied.in_currency(currency)
    profit = estimate_of(METRIC["profit"], held, currency).value

    def money(fact: Fact) -> Decimal | None:
        total = held.total(fact)
        return None if total is None else amount(total)

    return Kept(
        period.start,
        period.end,
        currency,
        money(REVENUE),
        money(REFUNDS),
        money(COST),
        None if profit is None else Decimal(profit),
        tallied.total(ORDERS),
        scope.typed,
    )


def changed_since(reported: Kept, now: Kept, words: Words, worth: Decimal = SMALL) -> str:
    """Say what a period's figures were and are, and why: '' where nothing has changed that is ``worth`` it.

    ``€48,210 of revenue reported, €45,930 now: refunds €1,900 more, orders €380 less``.
    """
    if (reported.currency, reported.scope) != (now.currency, now.scope):
        return ""
    said = []
    if _is_worth(reported.revenue, now.revenue, worth):
        said.append(_revenue(reported, now, words))
    if _is_worth(reported.cost, now.cost, worth):
        said.append(_plainly("cost", reported.cost, now.cost, now.currency, words))
    return "; ".join(said)


def correction(reported: Kept, now: Kept, words: Words, *, is_final: bool) -> str:
    """Say what of a period's figures has to be corrected where they stand: '' for nothing.

    That is what has moved by 5%, and what turned a profit into a loss or back. Until no more orders can come, revenue
    that has risen is what was to be expected.
    """
    if None not in (reported.profit, now.profit) and (reported.profit or 0) * (now.profit or 0) < 0:
        return changed_since(reported, now, words)
    if not is_final and (now.revenue or 0) >= (reported.revenue or 0):
        now = replace(now, gross=reported.gross, refunds=reported.refunds)
    return changed_since(reported, now, words, NOTICEABLE)


def final_on(end: date, window: int) -> date:
    """Return the day from which no order can be credited to a message of the period any more."""
    return end + timedelta(days=window)


def _revenue(reported: Kept, now: Kept, words: Words) -> str:
    said = _plainly("revenue", reported.revenue, now.revenue, reported.currency, words)
    if reported.revenue is None or now.revenue is None:
        return said
    moved = (
        ("refunds", (now.refunds or Decimal(0)) - (reported.refunds or Decimal(0))),
        ("orders", (now.gross or Decimal(0)) - (reported.gross or Decimal(0))),
    )
    why = ", ".join(
        f"{what} {words.whole(abs(by), now.currency)} {'more' if by > 0 else 'less'}"
        for what, by in moved
        if abs(by) >= 1
    )
    return f"{said}: {why}" if why else said


def _plainly(what: str, then: Decimal | None, now: Decimal | None, currency: str, words: Words) -> str:
    before, after = ("unknown" if one is None else words.whole(one, currency) for one in (then, now))
    return f"{before} of {what} reported, {after} now" if then is not None else f"{what} was unknown, {after} now"


def _is_worth(then: Decimal | None, now: Decimal | None, worth: Decimal) -> bool:
    """Tell whether an amount has moved by more than a part of what it was, or became known or unknown."""
    if then is None or now is None:
        return then is not now
    return abs(now - then) > worth * abs(then)
