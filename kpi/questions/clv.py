"""``clv [CAMPAIGN] [PERIOD]``: the customers that campaigns won, what each cost, and what each has brought since."""

from __future__ import annotations

from babel.dates import format_skeleton

from kpi.charts.lifetime import Lifetime
from kpi.lifetime import AGES, FEWEST, cohorts
from kpi.metrics import METRIC
from kpi.phrases import left_out, sentence
from kpi.question import Asked, Asking, Part, Question
from kpi.report import Choice, Choices, Column, Figures, Heading, Note, Paragraph, Picture, Piece, Report, Table
from kpi.storage.orders.customers import stored_days, won_by
from kpi.units import Unit
from kpi.won import Won, figures_of

MOST_ROWS = 8
HEALTHY = 3
"""A customer should bring this many times what winning them cost, by a rule of thumb of the trade."""


def answer(asking: Asking, asked: Asked) -> Report:
    """Return what customers cost and brought; say plainly where orders are not stored."""
    days = stored_days(asking.db)
    if days is None:
        return _without_orders()
    campaigns = asked.campaigns or asking.sending(asked.scope)
    won = won_by(asking.db, campaigns, asked.period, asked.scope)
    view = Won(asking, asked.scope, tuple(campaigns), asked.period, tuple(won), days)
    if not won:
        return _nobody(view)
    finding = sentence(_finding(view))
    pieces: list[Piece] = [
        Heading(f"Customer value, {view.who}, {view.span}"),
        Paragraph(finding),
        Figures(tuple(figures_of(view))),
    ]
    if view.points:
        pieces.append(_picture(view, finding))
    pieces += [_cohorts(view), *(Note(line) for line in _notes(view) if line), _next(view)]
    return Report(finding, tuple(pieces))


def _finding(view: Won) -> str:
    count = view.asking.words.shown(len(view.customers), Unit.COUNT)
    people = f"{count} customer{'s' if len(view.customers) > 1 else ''}"
    won = f"{view.who} won {people}" + (f" at {view.money(view.cac)} each" if view.cac else "; their cost is unknown")
    if view.worth is None or view.value is None:
        return f"{won}; of fewer than {FEWEST} old enough, no average is told"
    brought = f"after {view.worth.days} days each had brought {view.money(view.value)}"
    times = f", {view.asking.words.times(view.value / view.cac)} that" if view.cac else ""
    return f"{won[:1].upper()}{won[1:]}; {brought}{times}"


def _picture(view: Won, finding: str) -> Picture:
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


def _cohorts(view: Won) -> Table:
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


def _notes(view: Won) -> list[str]:
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


def _next(view: Won) -> Choices:
    if len(view.campaigns) == 1:
        slug = view.campaigns[0].slug
        return Choices(
            (Choice("The campaign", f'campaign "{slug}"'), Choice("All campaigns", "clv" + view.scope.typed))
        )
    recent = (Choice(one.name, f'clv "{one.slug}"') for one in view.asking.recent(2, view.scope))
    return Choices((*recent, Choice("Ranking by cost to win one", "top cac" + view.scope.typed)))


def _nobody(view: Won) -> Report:
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
