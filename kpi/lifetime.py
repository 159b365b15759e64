"""What a customer is worth: what those won together had spent after so many days, beside what it cost to win them.

Only customers that are old enough count at an age, so the curve is never pulled down by those who came last. That is
the historical value, not a forecast.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta
from math import sqrt
from typing import TYPE_CHECKING

from kpi.comparison.distributions import poisson_interval, t_quantile
from kpi.money import MILLION

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

AGES = (30, 60, 90, 180)
"""Days after the first order at which customers are looked at."""
FEWEST = 20
"""Of fewer customers no average is told."""
TYPICAL = 0.1
"""The oldest stand for all where they are at least this part of them."""
STEP = 5
"""Days between the points of a curve."""


@dataclass(frozen=True, slots=True)
class Customer:
    """A customer: the day of their first order, its currency, millionths spent per day since, and how many orders."""

    won_on: date
    currency: str
    spent: tuple[tuple[int, int], ...]
    orders: int

    def after(self, days: int) -> float:
        """Return what they had spent up to this many days after their first order, in currency units."""
        return sum(amount for since, amount in self.spent if since <= days) / MILLION


@dataclass(frozen=True, slots=True)
class Worth:
    """What customers of an age had spent on average, with its 95 % interval (Student's t)."""

    days: int
    customers: int
    mean: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Cohort:
    """The customers won in one month; an age that the month has not reached, or that too few have, is None."""

    month: date
    customers: int
    worth: tuple[Worth | None, ...]
    again: int
    """How many of them ordered more than once."""


def worth_after(customers: Iterable[Customer], days: int, until: date) -> Worth | None:
    """Return what those had spent who have been customers for this many days; None where they are too few."""
    spent = [one.after(days) for one in customers if one.won_on + timedelta(days=days) <= until]
    if len(spent) < FEWEST:
        return None
    mean = sum(spent) / len(spent)
    spread = sqrt(sum((one - mean) ** 2 for one in spent) / (len(spent) - 1) / len(spent))
    half = t_quantile(0.975, len(spent) - 1) * spread
    return Worth(days, len(spent), mean, mean - half, mean + half)


def oldest_worth(customers: Sequence[Customer], until: date) -> Worth | None:
    """Return what customers had spent at the highest age that enough of them have reached: a tenth at least."""
    reached = filter(None, (worth_after(customers, days, until) for days in reversed(AGES)))
    return next((worth for worth in reached if worth.customers >= TYPICAL * len(customers)), None)


def curve(customers: Sequence[Customer], until: date) -> tuple[Worth, ...]:
    """Return the worth at every few days up to the highest age that enough customers have reached.

    All points are of the same customers, those who have reached that age.
    """
    oldest = oldest_worth(customers, until)
    if oldest is None:
        return ()
    old = [one for one in customers if one.won_on + timedelta(days=oldest.days) <= until]
    points = (worth_after(old, days, until) for days in range(0, oldest.days + 1, STEP))
    return tuple(point for point in points if point)


def cohorts(customers: Iterable[Customer], until: date) -> tuple[Cohort, ...]:
    """Return the customers by the month in which they were won, the latest month first."""
    months: dict[date, list[Customer]] = defaultdict(list)
    for one in customers:
        months[one.won_on.replace(day=1)].append(one)
    return tuple(
        Cohort(month, len(won), tuple(_whole(won, days, until) for days in AGES), sum(one.orders > 1 for one in won))
        for month, won in sorted(months.items(), reverse=True)
    )


def _whole(won: list[Customer], days: int, until: date) -> Worth | None:
    """Return the worth of a month's customers once all of them have the age."""
    last = max(one.won_on for one in won)
    return worth_after(won, days, until) if last + timedelta(days=days) <= until else None


def cost_per_customer(cost: float, customers: int) -> tuple[float, float]:
    """Return the 95 % interval of cost per customer, from Garwood's for a Poisson count (Biometrika 28, 1936)."""
    fewest, most = poisson_interval(customers)
    return cost / most, cost / fewest


def paid_back(points: Iterable[Worth], cac: float, margin: float) -> int | None:
    """Return after how many days the customers had brought what it cost to win them; None where they had not yet."""
    return next((point.days for point in points if point.mean * margin >= cac), None)
