"""How often ``clear`` is wrong of money, drawn order by order: rare buyers, dear baskets, days that differ.

Each send has a mood for how many buy and a smaller one for what they spend. The naive test is Welch's, which believes
in sampling alone.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from kpi.comparing.money import FEWEST_ORDERS
from kpi.comparison.amounts import (
    NOTHING_KNOWN,
    Spread,
    days_of_messages,
    days_of_orders,
    per_message,
    per_order,
    steadied,
    with_noise,
)
from kpi.comparison.means import Mean, Means
from kpi.comparison.noise import ASSUMED, ASSUMED_OF_VALUE, NO_NOISE, Days, noise_between
from kpi.comparison.verdicts import Verdict, judged

LEVEL = 0.05
BASKET = 55.0


@dataclass(frozen=True)
class Season:
    """Two campaigns: messages on each day of either, the share that buys, how skewed baskets are, how days differ."""

    name: str
    one: tuple[int, ...]
    other: tuple[int, ...]
    rate: float
    skew: float = 0.8
    """The deviation of the logarithm of what an order is worth."""
    deviation: float = 0.15
    mood: float = 0.04
    """The deviation of the logarithm of a send's baskets."""
    team: int = 0
    """How many campaigns of two or three sends the team has had before."""
    lift: float = 0.0
    """By how much more of the one buy."""
    dearer: float = 0.0
    """By how much the baskets of the one are dearer."""


EQUAL = (
    Season("7 days of 1,500, quiet days", (1_500,) * 7, (1_500,) * 7, 0.02, deviation=0.05, mood=0.0),
    Season("7 days of 3,000, lively days", (3_000,) * 7, (3_000,) * 7, 0.02, deviation=0.20),
    Season("4 days of 5,000, wild days", (5_000,) * 4, (5_000,) * 4, 0.03, deviation=0.30),
    Season("unequal: 10 days of 2,000, 4 of 500", (2_000,) * 10, (500,) * 4, 0.03),
    Season("single days of 10,000, nothing known", (10_000,), (10_000,), 0.02),
    Season("single days, rare buyers, dear baskets", (10_000,), (8_000,), 0.006, skew=1.2),
    Season("single days, 20,000 and 4,000", (20_000,), (4_000,), 0.012, skew=1.0),
    Season("single days of 10,000, team of 12", (10_000,), (10_000,), 0.02, deviation=0.25, team=12),
    Season("two days and one, unequal, team of 12", (10_000, 10_000), (5_000,), 0.015, deviation=0.25, team=12),
    Season("split at random, 10,000 each", (10_000,), (10_000,), 0.015, deviation=0.0, mood=0.0),
    Season("split at random, 50,000 and 6,000", (50_000,), (6_000,), 0.006, skew=1.2, deviation=0.0, mood=0.0),
)
DIFFERENT = (
    Season("10,000 each over 7 days, 2 % buy, 30 % more", (1_429,) * 7, (1_429,) * 7, 0.02, deviation=0.1, lift=0.3),
    Season("10,000 each on one day, 2 %, 30 % more", (10_000,), (10_000,), 0.02, lift=0.3),
    Season("10,000 each, at random, 2 %, 30 % more", (10_000,), (10_000,), 0.02, deviation=0, mood=0, lift=0.3),
    Season("10,000 each, at random, 5 %, 30 % more", (10_000,), (10_000,), 0.05, deviation=0, mood=0, lift=0.3),
    Season("10,000 each on one day, 5 %, baskets 30 % dearer", (10_000,), (10_000,), 0.05, dearer=0.3),
)


@dataclass(frozen=True)
class Sold:
    """What one campaign sold: per day its revenue, orders and messages; and how far its orders differ."""

    days: list[tuple[float, int, int]]
    spread: Spread

    @property
    def sums(self) -> tuple[float, int, int]:
        return sum(day[0] for day in self.days), sum(day[1] for day in self.days), sum(day[2] for day in self.days)

    def of_messages(self, spread: Spread) -> Days:
        return days_of_messages([(revenue, sent) for revenue, _, sent in self.days], self.sums[1], spread)

    def of_orders(self, spread: Spread) -> Days:
        return days_of_orders([(revenue, orders) for revenue, orders, _ in self.days if orders], spread)

    def per_message(self, spread: Spread) -> Mean:
        return per_message(*self.sums, spread)

    def per_order(self, spread: Spread) -> Mean:
        revenue, orders, _ = self.sums
        return per_order(revenue, orders, spread)


def money_called(season: Season, rounds: int, seed: int = 1) -> dict[str, tuple[float, float]]:
    """Return in which part of the rounds ``clear`` was said of either amount, and in which Welch would have."""
    draws = np.random.default_rng(seed)
    called = {"per message": [0, 0], "per order": [0, 0]}
    for _ in range(rounds):
        one = _sold(draws, season, season.one, season.lift, season.dearer)
        other = _sold(draws, season, season.other)
        sizes = [tuple(draws.integers(3_000, 12_000, draws.integers(2, 4))) for _ in range(season.team)]
        team = [_sold(draws, season, size) for size in sizes]
        for name, means in _tests(season, one, other, team).items():
            called[name][0] += judged([means])[0].verdict is Verdict.CLEAR
            called[name][1] += _naive(one, other, of_value=name == "per order").p_value() < LEVEL
    return {name: (clear / rounds, naive / rounds) for name, (clear, naive) in called.items()}


def _naive(one: Sold, other: Sold, *, of_value: bool) -> Means:
    first, second = (
        side.per_order(side.spread) if of_value else side.per_message(side.spread) for side in (one, other)
    )
    return Means(first, second)


def _tests(season: Season, one: Sold, other: Sold, team: list[Sold]) -> dict[str, Means]:
    both = one.spread + other.spread
    sides = one, other
    found = {}
    for name, days, mean, assumed in (
        ("per message", Sold.of_messages, Sold.per_message, ASSUMED),
        ("per order", Sold.of_orders, Sold.per_order, ASSUMED_OF_VALUE),
    ):
        fewest = min(side.sums[1] for side in sides)
        spreads = steadied(one.spread, other.spread, fewest, of_value=assumed == ASSUMED_OF_VALUE)
        own = [days(side, spread) for side, spread in zip(sides, spreads, strict=True)]
        noise = NO_NOISE
        if season.deviation:
            noise = noise_between(own[0], own[1], [days(some, both) for some in team], assumed)
        first, second = (
            with_noise(mean(side, spread), noise, of) for side, spread, of in zip(sides, spreads, own, strict=True)
        )
        found[name] = Means(first, second, fewest >= FEWEST_ORDERS, noise.freedom)
    return found


def _sold(
    draws: np.random.Generator, season: Season, sizes: tuple[int, ...], lift: float = 0.0, dearer: float = 0.0
) -> Sold:
    rate = season.rate * (1 + lift)
    days, spread = [], NOTHING_KNOWN
    for size in sizes:
        logit = np.log(rate / (1 - rate)) + draws.normal(0, season.deviation)
        orders = int(draws.binomial(size, 1 / (1 + np.exp(-logit))))
        middle = np.log(BASKET * (1 + dearer)) + draws.normal(0, season.mood)
        baskets = draws.lognormal(middle, season.skew, orders)
        days.append((float(baskets.sum()), orders, size))
        spread += Spread(orders, float(baskets.sum()), float((baskets**2).sum()), float(baskets.sum()), orders)
    return Sold(days, replace(spread, largest=0.0))


def table(rounds: int) -> float:
    """Print how often each is called clear; return the worst of what is wrong."""
    wrong = []
    print(f"\nEqual campaigns, money{'':29}clear (wrong)  naive Welch test (wrong)")
    for season in EQUAL:
        for name, (clear, naive) in money_called(season, rounds).items():
            wrong.append(clear)
            print(f"{season.name + ', ' + name:54} {clear:10.1%} {naive:21.1%}")
    print(f"\nTruly different, money{'':30}clear (found)  naive Welch test (found)")
    for season in DIFFERENT:
        for name, (clear, naive) in money_called(season, rounds).items():
            print(f"{season.name + ', ' + name:54} {clear:10.1%} {naive:21.1%}")
    return max(wrong)
