"""A KPI in two periods taken apart: by campaign and market, and for a total by the steps of the way."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from kpi.facts import CLICKERS, DELIVERED, ORDERS_BY_SEND, READ, SENT
from kpi.figures import estimate_of
from kpi.metrics import NET_BY_SEND
from kpi.quantities import Ratio, Share
from kpi.reading.territories import called
from kpi.tally import Tally
from kpi.terms import Terms
from kpi.why.diagnosis import Moved, added, along, shifted

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from kpi.estimates import Estimate
    from kpi.metrics import Metric
    from kpi.storage.campaigns import Campaign
    from kpi.tally import Sums

WAY = {
    "sent": ("Messages", "message sent", Terms(SENT)),
    "delivered": ("Delivered", "delivered", Terms(DELIVERED)),
    "read": ("Reads", "read", Terms(READ)),
    "clickers": ("Clicks", "click", Terms(CLICKERS)),
    "orders": ("Orders", "order", Terms(ORDERS_BY_SEND)),
    "revenue": ("Revenue", "", NET_BY_SEND),
}
"""The way to a total: what many and one are called at each step, and the count, which is a rate of the one before."""
NOTHING = 1e-9
ELSEWHERE = "Orders and messages on different days"


@dataclass(frozen=True, slots=True)
class Change:
    """A KPI in two periods: all of it, and by campaign and market."""

    metric: Metric
    now: Tally
    before: Tally
    currency: str
    is_aged: bool = False
    """Whether the period before is told as it stood when it was as old as the other is."""

    def values(self) -> tuple[float | None, float | None]:
        """Return the KPI before and now."""
        found = (estimate_of(self.metric, one, self.currency).value for one in (self.before, self.now))
        before, now = (None if value is None else float(value) for value in found)
        return before, now


def by_market(rows: Iterable[tuple[str, Sums]], campaigns: Iterable[Campaign]) -> dict[str, Tally]:
    """Return the tallies by market; none where nothing is split."""
    sums: dict[str, list[Sums]] = {}
    for market, one in rows:
        sums.setdefault(market, []).append(one)
    margins = {one.slug: one.margin for one in campaigns}
    found = {market: Tally(tuple(some), margins=margins) for market, some in sums.items()}
    return {called(market) or "no market": part for market, part in found.items()} if set(found) - {""} else {}


def moved(metric: Metric, before: Mapping[str, Tally], now: Mapping[str, Tally], currency: str) -> dict[str, Moved]:
    """Return by how much each part moved the KPI."""
    olds, news = ({key: estimate_of(metric, part, currency) for key, part in some.items()} for some in (before, now))
    if isinstance(metric.quantity, Share | Ratio):
        return shifted(_pairs(olds), _pairs(news))
    values = [{key: float(of.value) for key, of in some.items() if of.value is not None} for some in (olds, news)]
    return {key: Moved(value, 0.0) for key, value in added(*values).items()}


def _pairs(some: Mapping[str, Estimate]) -> dict[str, tuple[float, float]]:
    return {
        key: (float(of.numerator or 0), float(of.denominator or 0)) for key, of in some.items() if of.value is not None
    }


def steps(change: Change) -> dict[str, Moved]:
    """Return by how much each step of the way moved a total; none where the KPI is not on the way."""
    key = change.metric.key
    if key not in WAY:
        return {}
    whole = [one.in_currency(change.currency) if key == "revenue" else one for one in (change.before, change.now)]
    parts = [_telling(WAY[key][-1], one) for one in whole]
    names = list(WAY)[: list(WAY).index(key) + 1]
    known = [name for name in names if name in ("sent", key) or all(_tells(WAY[name][-1], one) for one in parts)]
    counts = [[float(WAY[name][-1].sum(part) or 0) for name in known] for part in parts]
    labels = ["Messages sent", *(f"{WAY[name][0]} per {WAY[last][1]}" for last, name in pairwise(known))]
    found = dict(zip(labels, along(*counts), strict=True))
    old, new = change.values()
    rest = (new or 0.0) - (old or 0.0) - sum(found.values())
    if abs(rest) > NOTHING * max(abs(old or 0), abs(new or 0)):
        found[ELSEWHERE] = rest
    return {name: Moved(found[name], 0.0) for name in sorted(found, key=lambda one: -abs(found[one]))}


def _telling(of: Terms, whole: Tally) -> Tally:
    """Return the campaigns that know a count at all: a brand campaign's messages are not meant to sell."""
    known = {slug for slug, part in whole.by_campaign().items() if part.knows(of.fact)}
    return whole.where(lambda one: one.campaign in known)


def _tells(of: Terms, part: Tally) -> bool:
    """Tell whether every row that knows its messages knows the count, too."""
    return all(of.known_in(one) for one in part.sums if SENT in one.known)
