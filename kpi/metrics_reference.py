"""The reference of every KPI, written from the table: ``python -m kpi.metrics_reference > docs/metrics.md``."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from kpi.metrics import METRICS, Metric
from kpi.quantities import Growth, Profit, Ratio, Share, Sum
from kpi.terms import Terms, terms
from kpi.units import Unit
from kpi.wording import Words

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kpi.benchmarks import Benchmark
    from kpi.facts import Fact
    from kpi.quantities import Quantity

OPENING = """\
# Every KPI

Written by `python -m kpi.metrics_reference` from the table in `kpi/metrics.py`; change it there.

A formula is made of the columns of a results file ([files.md](files.md)). A name that ends in `_by_send` is the same
column booked on the day of the message instead of the day of the order; a file tells one day only, which then counts
for both. A KPI is computed over the campaigns (for shares: the days) in which both sides of its formula are known.

A published range is what somebody else reported of other shops. It is shown beside a figure once the campaign's results
have come in, with its source and with how far it can be trusted: a *vendor study* counted the vendor's own customers, a
*vendor claim* names no method, *vendor guidance* is advice.
"""
UNITS = {
    Unit.COUNT: "a count",
    Unit.SHARE: "a share, in percent",
    Unit.TIMES: "a multiple",
    Unit.MONEY: "an amount of money",
}


def reference() -> str:
    """Return the whole page."""
    return "\n".join([OPENING, *_index(), *(line for metric in METRICS for line in _entry(metric))])


def _index() -> Iterator[str]:
    yield "| KPI | Type | Formula |"
    yield "| --- | --- | --- |"
    for metric in METRICS:
        yield f"| [{metric.label}](#{metric.key}) | `{metric.key}` | {formula(metric.quantity)} |"
    yield ""


def _entry(metric: Metric) -> Iterator[str]:
    yield f"## {metric.key}\n"
    yield f"**{metric.label}.** {metric.definition}\n"
    yield f"- Formula: {formula(metric.quantity)}"
    yield f"- Unit: {UNITS[metric.unit]}; {metric.direction.value}"
    yield f"- Results come in {_ripening(metric.matures)}"
    if metric.aliases:
        yield f"- Also read as: {', '.join(metric.aliases)}"
    yield from (f"- Published range: {_range(metric, one)}" for one in metric.benchmarks)
    if not metric.benchmarks:
        yield "- Published range: no published range found"
    yield ""


def formula(quantity: Quantity) -> str:
    """Return how a quantity is computed, in the names of the facts."""
    match quantity:
        case Sum(counted):
            return _said(terms(counted))
        case Share(part, whole):
            return f"{_bracketed(terms(part))} ÷ {_bracketed(terms(whole))}"
        case Ratio(over, under):
            return f"{_bracketed(terms(over))} ÷ {_bracketed(terms(under))}"
        case Profit(revenue, cost, per_cost):
            profit = f"{_bracketed(revenue)} × margin − {_name(cost)}"
            return f"({profit}) ÷ {_name(cost)}" if per_cost else profit
        case Growth(gained, lost, size):
            return f"({_name(gained)} − {_name(lost)}) ÷ {_name(size)}"


def _bracketed(of: Terms) -> str:
    return f"({_said(of)})" if of.minus or of.less or of.otherwise else _said(of)


def _said(of: Terms) -> str:
    taken = "".join(f" − {_name(fact)}" for fact in (of.minus, of.less) if fact)
    instead = f", or {_name(of.otherwise)} where unknown" if of.otherwise else ""
    return _name(of.fact) + taken + instead


def _name(fact: Fact) -> str:
    return f"`{fact.key}`"


def _ripening(days: int) -> str:
    if not days:
        return "at once"
    return f"for {days} day{'s' if days > 1 else ''} after the last message"


def _range(metric: Metric, published: Benchmark) -> str:
    low, high = (Words().short(edge, metric.unit) for edge in (published.low, published.high))
    kind = f" for {published.kind}s" if published.kind else ""
    return f"{low} to {high}{kind} ([{published.source}]({published.address}); {published.trust.value})"


if __name__ == "__main__":
    sys.stdout.write(reference())
