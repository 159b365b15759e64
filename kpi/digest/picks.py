"""The best and the weakest campaign of a period, each with the step of its way that made the difference."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from math import log
from typing import TYPE_CHECKING

from kpi.facts import DELIVERED
from kpi.figures import estimate_of, fraction, main_currency
from kpi.maturity import is_young
from kpi.metrics import METRIC, Direction
from kpi.periods import DAY
from kpi.units import Unit
from kpi.usual import peers_of
from kpi.view import SUMMED

if TYPE_CHECKING:
    from collections.abc import Iterable

    from kpi.digest.course import Course
    from kpi.metrics import Metric
    from kpi.storage.campaigns import Campaign
    from kpi.tally import Tally
    from kpi.usual import Peers

FEWEST_DELIVERED = 200
"""Below this a good or bad result is mostly chance."""
CLEARLY = log(1.1)
"""A step counts as the reason from a tenth off the usual."""
JUDGED_BY = {"sales": ("rocs", "conversion_rate"), "brand": ("reply_rate",), "service": ("read_rate",)}
"""What campaigns are ranked by: the KPI that most of them know, the earlier one of several."""
STEPS = {
    "read_rate": "{value} were read",
    "click_to_open": "{value} of the readers clicked",
    "click_to_order": "{value} of those who clicked bought",
    "aov": "An order was worth {value}",
    "cost_per_message": "A message cost {value}",
}
"""What makes up the return, step by step, and how each is said."""


@dataclass(frozen=True, slots=True)
class Pick:
    """A campaign of the period, and in words how it did and why."""

    campaign: Campaign
    said: str


def picks(course: Course) -> tuple[Pick, ...]:
    """Return the best and the weakest campaign, one alone where there is only one, none where none can be judged.

    Only broadcasts are set against each other: an automation answers what people do, and its order never changes.
    """
    for objective, keys in JUDGED_BY.items():
        some = [one for one in course.campaigns if (one.kind, one.objective) == ("broadcast", objective)]
        by_metric = {METRIC[key]: _scores(course, some, METRIC[key]) for key in keys}
        metric = max(by_metric, key=lambda one: len(by_metric[one]))
        scores = by_metric[metric]
        ranked = sorted(scores, key=lambda one: (-scores[one], one.slug))
        if ranked:
            return tuple(Pick(one, _said(course, one, metric)) for one in ranked[:1] + ranked[1:][-1:])
    return ()


def _scores(course: Course, campaigns: Iterable[Campaign], metric: Metric) -> dict[Campaign, float]:
    return {one: score for one in campaigns if (score := _score(course, one, metric)) is not None}


def _score(course: Course, campaign: Campaign, metric: Metric) -> float | None:
    part = course.now.of(campaign.slug)
    if (part.total(DELIVERED) or 0) < FEWEST_DELIVERED:
        return None
    value = estimate_of(metric, part, main_currency(part, course.currency)).value
    return None if value is None else float(value)


def _said(course: Course, campaign: Campaign, metric: Metric) -> str:
    """Say the result with its fraction, and the step that moved it most."""
    words, part = course.asking.words, course.now.of(campaign.slug)
    currency = main_currency(part, course.currency)
    estimate = estimate_of(metric, part, currency)
    so_far = " so far" if _is_young(course, campaign, metric) else ""
    label = metric.label if metric.label.isupper() else metric.label.lower()
    result = f"{label} {words.short(estimate.value, metric.unit, currency)}{so_far}"
    result += f" ({fraction(metric, estimate, words, currency)})"
    return " ".join(
        filter(None, (f"{campaign.name}, {result}.", _reason(course, campaign, metric), _loss(course, part)))
    )


def _loss(course: Course, part: Tally) -> str:
    currency = main_currency(part, course.currency)
    made = estimate_of(METRIC["profit"], part, currency).value
    if made is None or made >= 0 or not course.is_mature(METRIC["profit"]):
        return ""
    return f"It cost {course.asking.words.short(-Decimal(made), Unit.MONEY, currency)} more than it earned."


def _reason(course: Course, campaign: Campaign, metric: Metric) -> str:
    """Return the step furthest from usual in the direction of the result, '' where every one is about as usual."""
    part, peers = course.now.of(campaign.slug), peers_of(campaign, course.asking, SUMMED, course.scope)
    currency = main_currency(part, course.currency)
    result = _off_by(metric, part, peers, currency)
    settled = [METRIC[key] for key in STEPS if not _is_young(course, campaign, METRIC[key])]
    moved = {step: off for step in settled if (off := _off_by(step, part, peers, currency)) is not None}
    if not result or not moved:
        return ""
    step = max(moved, key=lambda one: moved[one] * result)
    return _step(course, step, part, peers) if moved[step] * result > CLEARLY * abs(result) else ""


def _step(course: Course, step: Metric, part: Tally, peers: Peers) -> str:
    words, currency = course.asking.words, main_currency(part, course.currency)
    estimate = estimate_of(step, part, currency)
    value, usual = (words.short(one, step.unit, currency) for one in (estimate.value, peers.usual(step, currency)))
    counts = tuple(words.shown(one, Unit.COUNT) for one in (estimate.numerator, estimate.denominator))
    counted = f" ({counts[0]} of {counts[1]})" if step.unit is Unit.SHARE else ""
    return f"{STEPS[step.key].format(value=value)}{counted}, usually {usual}."


def _off_by(metric: Metric, part: Tally, peers: Peers, currency: str) -> float | None:
    """Return how far a KPI is from usual for such campaigns, as a logarithm that is positive where it is better."""
    value, usual = estimate_of(metric, part, currency).value, peers.usual(metric, currency)
    if not value or not usual:
        return None
    return log(float(value) / usual) * (-1 if metric.direction is Direction.DOWN else 1)


def _is_young(course: Course, campaign: Campaign, metric: Metric) -> bool:
    last = min(campaign.ended or course.period.start, course.period.end - DAY)
    return is_young(last, course.asking.lag(metric, (campaign,)), course.asking.today)
