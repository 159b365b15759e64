"""A KPI of a tally as a figure: the value, its fraction, its change."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from kpi.facts import Fact
from kpi.metrics import Direction, Metric
from kpi.quantities import Profit, Ratio, Share, Sum
from kpi.report import Figure
from kpi.terms import Terms, terms
from kpi.units import Unit

if TYPE_CHECKING:
    from kpi.estimates import Estimate
    from kpi.tally import Tally
    from kpi.wording import Number, Words

UP, DOWN = "▲", "▼"


def estimate_of(metric: Metric, tally: Tally, currency: str) -> Estimate:
    """Read a KPI from a tally; money is read in one currency, never across several."""
    return metric.quantity.estimate(tally.in_currency(currency) if needs_currency(metric) else tally)


def main_currency(found: Tally, home: str) -> str:
    """Return the currency to show first: the team's own where anything is in it, else the most common."""
    currencies = found.currencies()
    return home if home in currencies or not currencies else currencies[0]


def needs_currency(metric: Metric) -> bool:
    """Tell whether a KPI has money in it."""
    match metric.quantity:
        case Profit():
            return True
        case Ratio(over, under):
            return any(terms(side).fact.unit is Unit.MONEY for side in (over, under))
        case Sum(counted):
            return terms(counted).fact.unit is Unit.MONEY
        case _:
            return False


def figure(
    metric: Metric, of: Estimate, words: Words, *, currency: str, campaign: str = "", change: str = ""
) -> Figure:
    """Return the figure of an estimate."""
    return Figure(
        metric.key,
        of.label or metric.label,
        metric.unit,
        of.value,
        words.shown(of.value, metric.unit, currency),
        campaign=campaign or None,
        currency=currency if metric.unit is Unit.MONEY else "",
        numerator=of.numerator,
        denominator=of.denominator,
        low=of.low,
        high=of.high,
        detail=fraction(metric, of, words, currency),
        change=change,
    )


def fraction(metric: Metric, of: Estimate, words: Words, currency: str) -> str:
    """Say what a value was divided by: ``1,184 of 15,020 delivered``, ``€45,910.00 from €7,400.00``."""
    if of.value is None:
        return f"of {of.of}, unknown" if isinstance(metric.quantity, Share) else "unknown"
    match metric.quantity:
        case Share():
            return f"{_amount(of.numerator, words, currency)} of {_amount(of.denominator, words, currency)} {of.of}"
        case Ratio():
            noun = "" if isinstance(of.denominator, Decimal) else f" {of.of}"
            return f"{_amount(of.numerator, words, currency)} for {_amount(of.denominator, words, currency)}{noun}"
        case Profit(per_cost=False):
            return f"{_amount(of.numerator, words, currency)} less {_amount(of.denominator, words, currency)} cost"
        case Sum(Terms(less=Fact() as taken)) if of.numerator is not None and of.numerator != of.value:
            return f"{_amount(of.numerator, words, currency)} less {taken.called}"
        case _:
            return ""


def changed(metric: Metric, now: Estimate, before: Number | None, words: Words, against: str) -> str:
    """Say how a value differs from another, in points for shares: ``▲ 12% vs the week before``; '' where unknown."""
    if now.value is None or before is None:
        return ""
    difference = float(now.value) - float(before)
    if metric.unit is Unit.SHARE:
        said = words.points(abs(difference)).lstrip("+")
        level = abs(difference) < 0.00005  # noqa: PLR2004  half of what is shown
    elif not before:
        return "" if not now.value else f"none {against.removeprefix('vs ')}"
    else:
        said = words.percent(abs(difference) / abs(float(before)))
        level = abs(difference) < 0.0005 * abs(float(before))
    if level:
        return "same " + against.replace("vs", "as", 1)
    return f"{UP if difference > 0 else DOWN} {said} {against}"


def is_better(metric: Metric, now: Number | None, before: Number | None) -> bool | None:
    """Tell whether a value lies on the better side of another; None where neither side is better or one is unknown."""
    if metric.direction is Direction.NEITHER or now is None or before is None or float(now) == float(before):
        return None
    return (float(now) > float(before)) == (metric.direction is Direction.UP)


def _amount(value: Number | None, words: Words, currency: str) -> str:
    return words.shown(value, Unit.MONEY if isinstance(value, Decimal) else Unit.COUNT, currency)
