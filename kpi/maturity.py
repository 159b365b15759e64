"""Whether a campaign's results have come in: reads take hours, orders take days.

How long a KPI fills up is learned from the team's own complete days, where there are enough of them and their ages are
known; else it is what such KPIs usually take.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from typing import TYPE_CHECKING

from kpi.ages import OLDEST, days_had
from kpi.alerts.ripening import FEWEST_DAYS, FEWEST_RESULTS, Ripening
from kpi.facts import AT_ONCE, ORDERS_BY_SEND
from kpi.figures import estimate_of, main_currency
from kpi.quantities import facts_of
from kpi.units import Unit

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from kpi.metrics import Metric
    from kpi.storage.campaigns import Campaign
    from kpi.storage.stages import Stages
    from kpi.tally import Tally

YOUNG = 0.1
"""A result is still filling up while at least this share of its messages is younger than the KPI takes, and a KPI takes
until all but this share of it has come in."""


@dataclass(frozen=True)
class Age:
    """How old the messages behind an answer are: how many were sent on each day, and the last day of all.

    ``lag`` tells for how many days after its messages a KPI fills up.
    """

    sent: Mapping[date, int]
    last: date | None
    today: date
    lag: Callable[[Metric], int]

    def is_mature(self, metric: Metric) -> bool:
        """Tell whether nearly all messages are old enough for the KPI to be judged."""
        if metric not in self._judged:
            self._judged[metric] = self._is_mature(metric)
        return self._judged[metric]

    @cached_property
    def _judged(self) -> dict[Metric, bool]:
        return {}

    def _is_mature(self, metric: Metric) -> bool:
        last = self._newest
        if last is None or days_had(last, self.today) > max(OLDEST, metric.matures):
            return last is not None
        lag = self.lag(metric)
        if not self._total:
            return not is_young(last, lag, self.today)
        young = sum(self.sent.get(self.today - timedelta(days=back), 0) for back in range(lag + 1))
        return young < YOUNG * self._total

    @cached_property
    def _newest(self) -> date | None:
        return max((day for day, sent in self.sent.items() if sent), default=self.last)

    @cached_property
    def _total(self) -> int:
        return sum(self.sent.values())

    @property
    def had(self) -> int:
        """How many days (nearly) all messages have had (``kpi.ages``); 0 also where it is not known when they went."""
        newer, total = 0, self._total
        for day in sorted(self.sent, reverse=True):
            newer += self.sent[day]
            if total and newer >= YOUNG * total:
                return days_had(day, self.today)
        return 0


def ripening(metric: Metric, found: Stages) -> Ripening:
    """Return how a KPI fills up: as ten complete days or more show it, else after the usual wait.

    The shares are those of the final value that a pool of messages shows when it has had so many days.
    """
    usual = Ripening(metric.matures + 1)
    if found.days < FEWEST_DAYS or metric.matures > OLDEST or _results(metric, found.tallies[-1]) < FEWEST_RESULTS:
        return usual
    currency = main_currency(found.tallies[-1], "")
    values = [float(estimate_of(metric, one, currency).value or 0) for one in found.tallies]
    if not values[-1]:
        return usual
    return Ripening(usual.wait, (0.0, *(_nearness(value, values[-1]) for value in values)))


def lag(metric: Metric, found: Stages) -> int:
    """Return for how many days after its messages a KPI fills up, until (nearly) all of it is there."""
    short = [days for days, share in enumerate(ripening(metric, found).shares) if share < 1 - YOUNG]
    return short[-1] if short else metric.matures


def _nearness(value: float, final: float) -> float:
    """Return how near a value is to the final one, whichever is larger; 0 on the other side of nothing."""
    return max(0.0, min(value / final, final / value)) if value else 0.0


def _results(metric: Metric, whole: Tally) -> int:
    """Return how many results a KPI rests on: orders, where it is made of money alone."""
    facts = facts_of(metric.quantity)
    counted = [fact for fact in facts if fact.unit is Unit.COUNT and fact not in AT_ONCE]
    late = counted or ([] if facts <= AT_ONCE else [ORDERS_BY_SEND])
    return max((whole.total(fact) or 0 for fact in late or facts), default=0)


def filling(lag: int, days: Iterable[date], today: date) -> int:
    """Return how many of the days are too young for a KPI that fills up for so many days."""
    return sum(is_young(day, lag, today) for day in days)


def matures_on(lag: int, campaign: Campaign) -> date | None:
    """Return the day from which the last messages of a campaign are old enough."""
    return None if campaign.ended is None else campaign.ended + timedelta(days=lag + 1)


def is_young(day: date, lag: int, today: date) -> bool:
    """Tell whether messages of that day are too young for a KPI that fills up for so many days."""
    return day + timedelta(days=lag) >= today
