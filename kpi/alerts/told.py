"""A KPI of one campaign, day by day, as its results tell it: the part and the whole on days that know both."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from kpi.alerts.days import Day
from kpi.facts import ARRIVING, ORDERS, ORDERS_BY_SEND, Fact
from kpi.figures import needs_currency
from kpi.money import MILLION
from kpi.quantities import Growth, Profit, Ratio, Share, Sum, facts_of
from kpi.terms import Terms, terms
from kpi.units import Unit

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import date
    from decimal import Decimal

    from kpi.metrics import Metric
    from kpi.tally import Sums

OWN_DAY = 2
"""Days until refunds and late orders of a day are in."""


def facts_read(metric: Metric) -> frozenset[Fact]:
    """Return the facts that the days of a KPI are made of, orders included where its volume is counted in them."""
    volume = {ORDERS, ORDERS_BY_SEND} if needs_currency(metric) else set()
    return facts_of(metric.quantity) | volume


def wait_for(metric: Metric) -> int:
    """Return from how many days on a day is complete; what stands on the day of the order does not ripen for long."""
    fact = slowest(metric)
    return metric.matures + 1 if fact in ARRIVING or fact is None else min(metric.matures + 1, OWN_DAY)


def slowest(metric: Metric) -> Fact | None:
    """Return the fact whose coming in a KPI waits for."""
    match metric.quantity:
        case Share(part, _):
            return terms(part).fact
        case Ratio(over, _):
            return terms(over).fact
        case Sum(counted):
            return terms(counted).fact
        case _:
            return None


def currency_of(rows: Mapping[date, Sequence[Sums]], home: str) -> str:
    """Return the currency in which a campaign is watched: the team's where anything is in it, else the most common."""
    found = Counter(
        one.currency for some in rows.values() for one in some if any(fact.unit is Unit.MONEY for fact in one.known)
    )
    return home if home in found or not found else found.most_common(1)[0][0]


def days_of(
    metric: Metric, rows: Mapping[date, Sequence[Sums]], currency: str, margin: Decimal | None = None
) -> Iterator[Day]:
    """Yield the days on which the KPI is known; money is read in one currency, counts in every."""
    over, under = _chosen(metric, rows)
    factor = 1.0 if margin is None else float(margin)
    for day, sums in rows.items():
        part, whole = _read(metric, sums, over, under, currency, factor)
        if part is not None and whole is not None:
            yield Day(day, part, whole, volume=_volume(metric, sums, part, whole))


def _chosen(metric: Metric, rows: Mapping[date, Sequence[Sums]]) -> tuple[Terms, Terms | None]:
    """Return both sides, with what stands in for a fact that the campaign never knows."""
    match metric.quantity:
        case Share(over, under) | Ratio(over, under):
            return _known_ever(terms(over), rows), _known_ever(terms(under), rows)
        case Profit(revenue, cost):
            return revenue, terms(cost)
        case Growth(gained, lost, size):
            return Terms(gained, minus=lost), terms(size)
        case Sum(counted):
            return _known_ever(terms(counted), rows), None


def _known_ever(of: Terms, rows: Mapping[date, Sequence[Sums]]) -> Terms:
    if of.otherwise is None or any(of.fact in one.known for some in rows.values() for one in some):
        return of
    return Terms(of.otherwise)


def _read(
    metric: Metric, sums: Sequence[Sums], over: Terms, under: Terms | None, currency: str, factor: float
) -> tuple[float | None, float | None]:
    if under is None:
        return _sum(over, sums, currency), 1.0
    both = sums
    if isinstance(metric.quantity, Share):
        both = [one for one in sums if over.known_in(one) and under.known_in(one)]
    part, whole = _sum(over, both, currency), _sum(under, both, currency)
    if isinstance(metric.quantity, Profit) and part is not None and whole is not None:
        return part * factor - whole, whole if metric.quantity.per_cost else 1.0
    return part, whole


def _sum(of: Terms, sums: Sequence[Sums], currency: str) -> float | None:
    """Add up the terms over the rows that know them; money in one currency."""
    is_money, fact, minus, less = of.fact.unit is Unit.MONEY, of.fact, of.minus, of.less
    total, is_known = 0, False
    for one in sums:
        known = one.known
        if fact not in known or (minus is not None and minus not in known) or (is_money and one.currency != currency):
            continue
        is_known = True
        total += known[fact] - (known[minus] if minus is not None else 0)
        total -= known.get(less, 0) if less is not None else 0
    if not is_known:
        return None
    return total / MILLION if is_money else float(total)


def _volume(metric: Metric, sums: Sequence[Sums], part: float, whole: float) -> float:
    """Return what ``min`` counts: the denominator, the orders behind money, or the count itself."""
    match metric.quantity:
        case Share():
            return whole
        case Ratio(_, under) if terms(under).fact.unit is not Unit.MONEY:
            return whole
        case Sum(counted) if terms(counted).fact.unit is not Unit.MONEY:
            return part
        case _:
            found = next((fact for fact in (ORDERS_BY_SEND, ORDERS) if any(fact in one.known for one in sums)), None)
            return sum(one.known.get(found, 0) for one in sums) if found else 0.0
