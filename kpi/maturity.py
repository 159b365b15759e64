"""Whether a campaign's results have come in: reads take hours, orders take days."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from kpi.ages import days_had

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from kpi.metrics import Metric
    from kpi.storage.campaigns import Campaign

YOUNG = 0.1
"""A result is still filling up while at least this share of its messages is younger than the KPI takes."""


@dataclass(frozen=True, slots=True)
class Age:
    """How old the messages behind an answer are: how many were sent on each day, and the last day of all."""

    sent: Mapping[date, int]
    last: date | None
    today: date

    def is_mature(self, metric: Metric) -> bool:
        """Tell whether nearly all messages are old enough for the KPI to be judged."""
        total = sum(self.sent.values())
        if not total:
            return self.last is not None and not is_young(self.last, metric, self.today)
        days = (self.today - timedelta(days=back) for back in range(metric.matures + 1))
        return sum(self.sent.get(day, 0) for day in days) < YOUNG * total

    @property
    def had(self) -> int:
        """How many days (nearly) all messages have had (``kpi.ages``); 0 also where it is not known when they went."""
        newer, total = 0, sum(self.sent.values())
        for day in sorted(self.sent, reverse=True):
            newer += self.sent[day]
            if total and newer >= YOUNG * total:
                return days_had(day, self.today)
        return 0


def filling(metric: Metric, days: Iterable[date], today: date) -> int:
    """Return how many of the days are too young for the KPI."""
    return sum(is_young(day, metric, today) for day in days)


def matures_on(metric: Metric, campaign: Campaign) -> date | None:
    """Return the day from which the last messages of a campaign are old enough."""
    return None if campaign.ended is None else campaign.ended + timedelta(days=metric.matures + 1)


def is_young(day: date, metric: Metric, today: date) -> bool:
    """Tell whether messages of that day are too young for the KPI."""
    return day + timedelta(days=metric.matures) >= today
