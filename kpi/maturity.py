"""Whether a campaign's results have come in: reads take hours, orders take days."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

from kpi.facts import SENT

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from kpi.metrics import Metric
    from kpi.storage.campaigns import Campaign
    from kpi.tally import Tally

YOUNG = 0.1
"""A result is still filling up while at least this share of its messages is younger than the KPI takes."""


def is_mature(metric: Metric, campaigns: Iterable[Campaign], days: Mapping[date, Tally], today: date) -> bool:
    """Tell whether nearly all messages of the campaigns are old enough for the KPI to be judged."""
    sent = {day: tally.total(SENT) or 0 for day, tally in days.items()}
    total = sum(sent.values())
    if not total:
        last = max((one.ended for one in campaigns if one.ended), default=None)
        return last is not None and last + timedelta(days=metric.matures) < today
    young = sum(count for day, count in sent.items() if _is_young(day, metric, today))
    return young < YOUNG * total


def filling(metric: Metric, days: Iterable[date], today: date) -> int:
    """Return how many of the days, counted from the last, are too young for the KPI."""
    return sum(_is_young(day, metric, today) for day in days)


def matures_on(metric: Metric, campaign: Campaign) -> date | None:
    """Return the day from which the last messages of a campaign are old enough."""
    return None if campaign.ended is None else campaign.ended + timedelta(days=metric.matures + 1)


def _is_young(day: date, metric: Metric, today: date) -> bool:
    return day + timedelta(days=metric.matures) >= today
