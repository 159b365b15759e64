"""The customers that campaigns won, and what can be said of them in figures."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from kpi.facts import SENT
from kpi.figures import estimate_of
from kpi.lifetime import Customer, Worth, cost_per_customer, curve, oldest_worth, paid_back
from kpi.metrics import METRIC
from kpi.periods import DAY, Period
from kpi.quantities import facts_of
from kpi.report import Figure
from kpi.storage.tallies import tally
from kpi.units import Unit

if TYPE_CHECKING:
    from datetime import date

    from kpi.estimates import Estimate
    from kpi.question import Asking
    from kpi.scope import Scope
    from kpi.storage.campaigns import Campaign

UNITS = {
    "new_customers": Unit.COUNT, "cac": Unit.MONEY, "clv": Unit.MONEY, "clv_cac": Unit.TIMES,
    "repeat_purchase_rate": Unit.SHARE,
}  # fmt: skip


@dataclass(frozen=True)
class Won:
    """The customers of an answer, and what can be said of them."""

    asking: Asking
    scope: Scope
    campaigns: tuple[Campaign, ...]
    period: Period | None
    everybody: tuple[Customer, ...]
    stored: tuple[date, date]

    @cached_property
    def currency(self) -> str:
        """The currency of most of the customers."""
        currencies = [one.currency for one in self.everybody]
        return max(sorted(set(currencies)), key=currencies.count)

    @cached_property
    def customers(self) -> tuple[Customer, ...]:
        """Those who pay in that currency."""
        return tuple(one for one in self.everybody if one.currency == self.currency)

    @property
    def until(self) -> date:
        """The last day up to which purchases are known."""
        return min(self.stored[1], self.asking.today)

    @property
    def who(self) -> str:
        """Whose customers they are, in words."""
        return self.campaigns[0].name + self.scope.said if len(self.campaigns) == 1 else self.scope.who

    @property
    def span(self) -> str:
        """The days on which they were won, in words."""
        start, end = (self.period.start, self.period.end) if self.period else (self.stored[0], self.stored[1] + DAY)
        return self.asking.words.days(start, end)

    @cached_property
    def points(self) -> tuple[Worth, ...]:
        """What a customer had brought, every few days up to the highest age."""
        return curve(self.customers, self.until)

    @cached_property
    def worth(self) -> Worth | None:
        """What a customer had brought at the highest age."""
        return oldest_worth(self.customers, self.until)

    @cached_property
    def spent(self) -> Estimate:
        """What the campaigns cost, and which of them do not say."""
        facts = facts_of(METRIC["cost"].quantity) | {SENT}
        found = tally(self.asking.db, facts, self.campaigns, self.period, self.scope)
        return estimate_of(METRIC["cost"], found, self.currency)

    @property
    def cost(self) -> float | None:
        """What the campaigns cost."""
        return None if self.spent.value is None else float(self.spent.value)

    @property
    def cac(self) -> float | None:
        """What it cost to win a customer."""
        return self.cost / len(self.customers) if self.cost else None

    @cached_property
    def margin(self) -> float | None:
        """The part of revenue that is left after goods, where it is set."""
        margin = self.campaigns[0].margin if len(self.campaigns) == 1 else None
        margin = margin if margin is not None else self.asking.team.margin
        return None if margin is None else float(margin)

    @property
    def value(self) -> float | None:
        """What a customer brought, goods deducted where a margin is set."""
        return None if self.worth is None else self.worth.mean * (1 if self.margin is None else self.margin)

    @property
    def paid_back(self) -> int | None:
        """After how many days a customer had brought what winning them cost."""
        return paid_back(self.points, self.cac, self.margin or 1) if self.cac else None

    def money(self, value: float | None) -> str:
        """Write an amount."""
        return self.asking.words.short(value, Unit.MONEY, self.currency)


def figures_of(view: Won) -> list[Figure]:
    """Return what customers cost and brought as figures."""
    count, again = len(view.customers), sum(one.orders > 1 for one in view.customers)
    found = [_figure(view, "new_customers", "Customers won", count)]
    if view.cac and view.cost:
        likely = cost_per_customer(view.cost, count)
        spent = f"{view.asking.words.shown(view.cost, Unit.MONEY, view.currency)} for {count:,} new customers"
        found.append(_figure(view, "cac", "Cost to win one", view.cac, spent, (view.spent.value, count), likely))
    if view.worth is not None and view.value is not None:
        found += _values(view, view.worth, view.value)
    rate = f"{again:,} of {count:,} customers"
    found.append(_figure(view, "repeat_purchase_rate", "Ordered again", again / count, rate, (again, count)))
    return found


def _values(view: Won, worth: Worth, value: float) -> list[Figure]:
    part = view.margin or 1
    label = f"{'Revenue' if view.margin is None else 'Gross profit'} per customer, {worth.days} days"
    likely = (worth.low * part, worth.high * part)
    people = f"{worth.customers:,} customers"
    found = [_figure(view, "clv", label, value, people, (None, worth.customers), likely)]
    if view.cac:
        after = f"after {view.paid_back} days" if view.paid_back else "by the first order"
        back = f"paid back {after}" if view.paid_back is not None else "not paid back yet"
        found.append(_figure(view, "clv_cac", "Value to cost", value / view.cac, back))
    return found


def _figure(
    view: Won,
    key: str,
    label: str,
    value: float,
    detail: str = "",
    fraction: tuple[Any, int | None] = (None, None),
    likely: tuple[float, float] | None = None,
) -> Figure:
    unit = UNITS[key]
    money = view.currency if unit is Unit.MONEY else ""
    return Figure(
        key,
        label,
        unit,
        value,
        view.asking.words.shown(value, unit, money),
        campaign=view.campaigns[0].slug if len(view.campaigns) == 1 else None,
        currency=money,
        numerator=fraction[0],
        denominator=fraction[1],
        low=likely[0] if likely else None,
        high=likely[1] if likely else None,
        detail=f"{detail}, likely {view.money(likely[0])} to {view.money(likely[1])}" if likely else detail,
    )
