"""``clv [CAMPAIGN] [PERIOD]``: the customers that campaigns won, what each cost, and what each has brought since."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from babel.dates import format_skeleton

from kpi.charts.lifetime import Lifetime
from kpi.facts import SENT
from kpi.figures import estimate_of
from kpi.lifetime import AGES, FEWEST, Customer, Worth, cohorts, cost_per_customer, curve, oldest_worth, paid_back
from kpi.metrics import METRIC
from kpi.periods import DAY, Period
from kpi.phrases import left_out, sentence
from kpi.quantities import facts_of
from kpi.question import Asked, Asking, Part, Question
from kpi.report import Choice, Choices, Column, Figure, Figures, Heading, Note, Paragraph, Picture, Piece, Report, Table
from kpi.storage.customers import stored_days, won_by
from kpi.storage.tallies import tally
from kpi.units import Unit

if TYPE_CHECKING:
    from datetime import date

    from kpi.estimates import Estimate
    from kpi.scope import Scope
    from kpi.storage.campaigns import Campaign

MOST_ROWS = 8
UNITS = {
    "new_customers": Unit.COUNT, "cac": Unit.MONEY, "clv": Unit.MONEY, "clv_cac": Unit.TIMES,
    "repeat_purchase_rate": Unit.SHARE,
}  # fmt: skip
HEALTHY = 3
"""A customer should bring this many times what winning them cost, by a rule of thumb of the trade."""


def answer(asking: Asking, asked: Asked) -> Report:
    """Return what customers cost and brought; say plainly where orders are not stored."""
    days = stored_days(asking.db)
    if days is None:
        return _without_orders()
    campaigns = asked.campaigns or asking.sending(asked.scope)
    won = won_by(asking.db, campaigns, asked.period, asked.scope)
    view = _Won(asking, asked.scope, tuple(campaigns), asked.period, tuple(won), days)
    if not won:
        return _nobody(view)
    finding = sentence(_finding(view))
    pieces: list[Piece] = [
        Heading(f"Customer value, {view.who}, {view.span}"),
        Paragraph(finding),
        Figures(tuple(_figures(view))),
    ]
    if view.points:
        pieces.append(_picture(view, finding))
    pieces += [_cohorts(view), *(Note(line) for line in _notes(view) if line), _next(view)]
    return Report(finding, tuple(pieces))


@dataclass(frozen=True)
class _Won:
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
        return tuple(one for one in self.everybody if one.currency == self.currency)

    @property
    def until(self) -> date:
        """The last day up to which purchases are known."""
        return min(self.stored[1], self.asking.today)

    @property
    def who(self) -> str:
        return self.campaigns[0].name + self.scope.said if len(self.campaigns) == 1 else self.scope.who

    @property
    def span(self) -> str:
        start, end = (self.period.start, self.period.end) if self.period else (self.stored[0], self.stored[1] + DAY)
        return self.asking.words.days(start, end)

    @cached_property
    def points(self) -> tuple[Worth, ...]:
        return curve(self.customers, self.until)

    @cached_property
    def worth(self) -> Worth | None:
        return oldest_worth(self.customers, self.until)

    @cached_property
    def spent(self) -> Estimate:
        """What the campaigns cost, and which of them do not say."""
        facts = facts_of(METRIC["cost"].quantity) | {SENT}
        found = tally(self.asking.db, facts, self.campaigns, self.period, self.scope)
        return estimate_of(METRIC["cost"], found, self.currency)

    @property
    def cost(self) -> float | None:
        return None if self.spent.value is None else float(self.spent.value)

    @property
    def cac(self) -> float | None:
        return self.cost / len(self.customers) if self.cost else None

    @cached_property
    def margin(self) -> float | None:
        margin = self.campaigns[0].margin if len(self.campaigns) == 1 else None
        margin = margin if margin is not None else self.asking.team.margin
        return None if margin is None else float(margin)

    @property
    def value(self) -> float | None:
        """What a customer brought, goods deducted where a margin is set."""
        return None if self.worth is None else self.worth.mean * (1 if self.margin is None else self.margin)

    @property
    def paid_back(self) -> int | None:
        return paid_back(self.points, self.cac, self.margin or 1) if self.cac else None

    def money(self, value: float | None) -> str:
        return self.asking.words.short(value, Unit.MONEY, self.currency)


def _finding(view: _Won) -> str:
    count = view.asking.words.shown(len(view.customers), Unit.COUNT)
    people = f"{count} customer{'s' if len(view.customers) > 1 else ''}"
    won = f"{view.who} won {people}" + (f" at {view.money(view.cac)} each" if view.cac else "; their cost is unknown")
    if view.worth is None or view.value is None:
        return f"{won}; of fewer than {FEWEST} old enough, no average is told"
    brought = f"after {view.worth.days} days each had brought {view.money(view.value)}"
    times = f", {view.asking.words.times(view.value / view.cac)} that" if view.cac else ""
    return f"{won[:1].upper()}{won[1:]}; {brought}{times}"


def _figures(view: _Won) -> list[Figure]:
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


def _values(view: _Won, worth: Worth, value: float) -> list[Figure]:
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
    view: _Won,
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


def _picture(view: _Won, finding: str) -> Picture:
    part = view.margin or 1
    what = "revenue per customer" if view.margin is None else "gross profit per customer"
    oldest = view.points[-1]
    chart = Lifetime(
        finding.rstrip("."),
        f"{what.capitalize()} by days since the first order; {oldest.customers:,} customers; grey = likely range",
        tuple(point.days for point in view.points),
        tuple(point.mean * part for point in view.points),
        tuple((point.low * part, point.high * part) for point in view.points),
        view.asking.words,
        view.currency,
        view.cac,
        view.paid_back,
    )
    return Picture(f"{finding} The line shows {what} over {oldest.days} days.", chart)


def _cohorts(view: _Won) -> Table:
    """Return a row per month: how many were won, what they had spent at each age, how many came back."""
    part, rows = view.margin or 1, []
    found = cohorts(view.customers, view.until)
    for one in found[:MOST_ROWS]:
        month = str(format_skeleton("yMMM", one.month, locale=view.asking.words.locale))
        worth = [view.money(None if at is None else at.mean * part) for at in one.worth]
        rows.append((month, f"{one.customers:,}", *worth, view.asking.words.percent(one.again / one.customers)))
    more = f", the latest {MOST_ROWS} of {len(found)} months" if len(found) > MOST_ROWS else ""
    columns = (Column("Won in", "left"), Column("People"), *(Column(f"{age} d") for age in AGES), Column("Again"))
    return Table(f"Per customer, by month of the first order{more}", columns, tuple(rows))


def _notes(view: _Won) -> list[str]:
    others = len(view.everybody) - len(view.customers)
    first, last = (view.asking.words.day(day) for day in view.stored)
    return [
        left_out(METRIC["cost"], view.spent, len(view.campaigns), view.asking),
        "" if view.margin is not None else "No margin is set, so goods are not deducted.",
        f"An age is told once every customer of the month has it, and of {FEWEST} customers or more.",
        _others(others),
        f"{HEALTHY}x is a common rule of thumb for value to cost, not a study." if view.cac and view.worth else "",
        f"Won means: the first stored order came from the campaign. Orders are stored from {first} to {last}.",
    ]


def _others(count: int) -> str:
    if count == 1:
        return "1 customer who pays in another currency is not counted."
    return f"{count:,} customers who pay in other currencies are not counted." if count else ""


def _next(view: _Won) -> Choices:
    if len(view.campaigns) == 1:
        slug = view.campaigns[0].slug
        return Choices(
            (Choice("The campaign", f'campaign "{slug}"'), Choice("All campaigns", "clv" + view.scope.typed))
        )
    recent = (Choice(one.name, f'clv "{one.slug}"') for one in view.asking.recent(2, view.scope))
    return Choices((*recent, Choice("Ranking by cost to win one", "top cac" + view.scope.typed)))


def _nobody(view: _Won) -> Report:
    said = f"No stored order says that {view.who} won a customer in {view.span}."
    hint = "An order belongs to a campaign by its coupon or utm_campaign."
    return Report(said, (Paragraph(said), Note(hint), Choices((Choice("All campaigns", "clv"),))))


def _without_orders() -> Report:
    said = "Customer value needs single orders, and none with a customer is stored."
    return Report(
        said, (Paragraph(said), Note("Import them with kpi import orders.csv; Shopify's export works as it is."))
    )


CLV = Question(
    "clv",
    "clv [CAMPAIGN] [PERIOD]",
    "customers won, what each cost, and what each has brought since",
    answer,
    takes=(Part.CAMPAIGN, Part.PERIOD, Part.SCOPE),
    aliases=("ltv", "kundenwert", "cohorts"),
    examples=("clv", "clv {campaign}"),
)
