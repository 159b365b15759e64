"""The steps of a campaign's way against what is usual for the team: which are weak, and what that costs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from kpi.comparing.contrast import Contrasts
from kpi.comparing.sides import Side, side
from kpi.comparison.verdicts import Verdict
from kpi.facts import DELIVERED, ORDERS_BY_SEND
from kpi.figures import estimate_of
from kpi.maturity import matures_on
from kpi.metrics import METRIC, NET_BY_SEND, WHO_BOUGHT, Direction, Metric
from kpi.quantities import Ratio
from kpi.storage.slices import Slice
from kpi.terms import Terms
from kpi.usual import FEWEST_PEERS, Peers
from kpi.why.diagnosis import Prize, prize

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from kpi.comparing.contrast import Contrast
    from kpi.facts import Fact
    from kpi.question import Asking
    from kpi.storage.campaigns import Campaign

WAYS = {
    "sales": ("delivery_rate", "read_rate", "click_to_open", "click_to_order", "aov", "opt_out_rate"),
    "brand": ("delivery_rate", "read_rate", "click_to_open", "reply_rate", "opt_out_rate"),
    "service": ("delivery_rate", "read_rate", "click_to_open", "reply_rate", "opt_out_rate"),
}
"""The steps of the way by objective; money per order and opt-outs stand beside it."""
BEST_BY = {"sales": "conversion_rate", "brand": "reply_rate", "service": "read_rate"}
TO_ORDERS = ("delivery_rate", "read_rate", "click_to_open", "ctr", "click_to_order")
"""Steps on which orders rest: who is missing there cannot order."""
MISSING = {
    "delivery_rate": "more people reached", "read_rate": "more readers", "click_to_open": "more clicks",
    "ctr": "more clicks", "click_to_order": "more orders", "aov": "more revenue", "reply_rate": "more replies",
    "opt_out_rate": "fewer opt-outs",
}  # fmt: skip
REMEDIES = {
    "delivery_rate": (
        "Clean the list of numbers that failed twice, and send less often to people who never read: Meta holds back "
        "marketing messages for those who get many."
    ),
    "read_rate": (
        "Say in the first line what the message is about, send at an hour when your list reads, and leave out people "
        "who have not read the last ones."
    ),
    "click_to_open": "Make one offer with one button, near the top, and show the goods themselves in the picture.",
    "ctr": "Make one offer with one button, near the top, and show the goods themselves in the picture.",
    "click_to_order": (
        "Open the link on a phone as a customer would: does the page load, show the offer of the message, have it in "
        "stock, and take the coupon? Check that orders are still being counted, too."
    ),
    "aov": "Offer sets, a threshold for free shipping, or a dearer product, and check whether the discount was needed.",
    "opt_out_rate": "Send to fewer people who really asked for it, less often, and never twice in a few days.",
    "reply_rate": "End with one question that is easy to answer, and give the answers as buttons.",
}
"""What usually helps, step by step."""
ORDERED = Terms(ORDERS_BY_SEND)
FEWEST_DELIVERED = 200
"""A smaller campaign is no example to follow: luck would choose it."""


@dataclass(frozen=True, slots=True)
class Step:
    """One step against the usual and against the best; ``unjudged`` says why nothing can be said."""

    metric: Metric
    own: Side
    usual: float | None
    against: Contrast | None
    best: Contrast | None
    prize: Prize | None
    money: Prize | None
    unjudged: str = ""

    @property
    def is_weak(self) -> bool:
        """Tell whether the step is clearly worse than usual."""
        if self.unjudged or self.against is None or self.prize is None or self.prize.amount <= 0:
            return False
        return self.against.verdict is Verdict.CLEAR and not self.against.is_ahead

    @property
    def ends_in_orders(self) -> bool:
        """Tell whether the prize is counted in orders."""
        return self.metric.key in TO_ORDERS and _orders(self.own) is not None

    @property
    def weight(self) -> tuple[bool, float]:
        """What the weak steps are put in order by: what costs orders first, by how many."""
        amount = self.prize.amount if self.prize else 0.0
        return self.metric.key not in TO_ORDERS, -amount


def findings(
    asking: Asking, metrics: Sequence[Metric], own: Side, peers: Peers, facts: Collection[Fact], currency: str
) -> list[Step]:
    """Return every step, judged together with all others."""
    campaign = own.campaigns[0]
    others = tuple(asking.campaigns[slug] for slug in peers.tallies)
    rivals = [_side_of(asking, facts, own, "your usual", "usual", others)] if len(others) >= FEWEST_PEERS else []
    if best := _best(peers, BEST_BY[campaign.objective]):
        rivals.append(_side_of(asking, facts, own, asking.campaigns[best].name, best, (asking.campaigns[best],)))
    made = Contrasts(asking, metrics, currency, [own, *rivals]).between([(own, rival) for rival in rivals])
    by_rival = [made[start : start + len(metrics)] for start in range(0, len(made), len(metrics))]
    usual, ahead = ([*by_rival, [], []])[:2]
    return [
        _finding(asking, own, metric, peers, currency, usual[at] if usual else None, ahead[at] if ahead else None)
        for at, metric in enumerate(metrics)
    ]


def _side_of(
    asking: Asking, facts: Collection[Fact], own: Side, name: str, key: str, campaigns: tuple[Campaign, ...]
) -> Side:
    return side(asking, facts, name, key, Slice(campaigns, scope=own.of.scope))


def _best(peers: Peers, key: str) -> str:
    """Return the comparable campaign that surely did best: the one whose lower limit is highest."""
    low = {
        slug: found.low
        for slug, part in peers.tallies.items()
        if (part.total(DELIVERED) or 0) >= FEWEST_DELIVERED
        and (found := estimate_of(METRIC[key], part, "")).low is not None
    }
    return max(low, key=lambda slug: low[slug] or 0.0, default="")


def _finding(
    asking: Asking,
    own: Side,
    metric: Metric,
    peers: Peers,
    currency: str,
    against: Contrast | None,
    best: Contrast | None,
) -> Step:
    usual = peers.usual(metric, currency)
    unjudged = _unjudged(asking, own, metric, usual, against, currency)
    lacks = _prize(own, metric, usual, against, currency) if not unjudged else None
    each = _order_value(own, currency)
    money = lacks.times(each) if lacks and each and metric.key in TO_ORDERS and _orders(own) else None
    return Step(metric, own, usual, against, best, lacks, money, unjudged)


def _unjudged(
    asking: Asking, own: Side, metric: Metric, usual: float | None, against: Contrast | None, currency: str
) -> str:
    """Say why a step cannot be judged; '' where it can."""
    if own.estimate(metric, currency).value is None:
        return "unknown"
    if not own.age(asking).is_mature(metric):
        ready = matures_on(asking.lag(metric, own.campaigns), own.campaigns[0])
        return "still filling up" + (f" until {asking.words.day(ready)}" if ready and ready > asking.today else "")
    if usual is None or against is None:
        return "nothing to judge it by"
    if against.unjudged:
        return against.unjudged.said
    if against.found is None:
        return "too little"
    return "too little" if against.verdict is Verdict.TOO_LITTLE else ""


def _prize(own: Side, metric: Metric, usual: float | None, against: Contrast | None, currency: str) -> Prize | None:
    """Return what the step lacks to the usual, counted in orders where orders rest on it."""
    estimate = own.estimate(metric, currency)
    if usual is None or against is None or against.found is None or not estimate.denominator:
        return None
    difference, (low, high) = against.difference, against.found.wide
    part, whole = float(estimate.numerator or 0), float(estimate.denominator)
    level = part / whole - difference if against.strata else usual
    end = _orders(own) if metric.key in TO_ORDERS else None
    if metric.key == "click_to_order" and not part:
        end = None
    found = prize((part, whole), level, (difference - low, high - difference), end)
    return found.times(-1) if metric.direction is Direction.DOWN else found


def _orders(own: Side) -> float | None:
    known = [ORDERED.sum(own.tally), WHO_BOUGHT.chosen(own.tally).sum(own.tally)]
    return next((float(count) for count in known if count is not None), None)


def _order_value(own: Side, currency: str) -> float | None:
    """Return what an order brought, refunds taken away; by the message's day like everything here."""
    value = Ratio(NET_BY_SEND, ORDERS_BY_SEND).estimate(own.tally.in_currency(currency)).value
    return None if value is None else float(value)
