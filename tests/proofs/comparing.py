"""How often ``clear`` is wrong, and how often a difference is found: ``python -m tests.proofs.comparing [N]``.

Campaigns are drawn whose sends differ from day to day by a normal deviation of their logit, as real ones do. Where both
have the same true rate, every ``clear`` is wrong. The naive z test, which believes in sampling alone, sees the same
draws.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass, replace

import numpy as np

from kpi.comparison.noise import NO_NOISE, noise_between
from kpi.comparison.noise import Days as NoisyDays
from kpi.comparison.rates import Rate, Rates, score_test
from kpi.comparison.verdicts import Verdict, judged
from tests.proofs.comparing_money import table

ROUNDS = 4_000
MOST_WRONG = 0.06
LEVEL = 0.05
Days = list[tuple[float, float]]


@dataclass(frozen=True)
class Scene:
    """Two campaigns: messages on each day of either, the true rate, the deviation of the days, the team's campaigns."""

    name: str
    one: tuple[int, ...]
    other: tuple[int, ...]
    rate: float
    deviation: float
    team: int = 0
    """How many campaigns of two or three sends the team has had before."""
    lift: float = 0.0
    """By how much the one is truly better, as a part of the other."""


EQUAL = (
    Scene("7 days of 300, quiet days", (300,) * 7, (300,) * 7, 0.20, 0.05),
    Scene("7 days of 300, lively days", (300,) * 7, (300,) * 7, 0.20, 0.10),
    Scene("7 days of 1,500, lively days", (1_500,) * 7, (1_500,) * 7, 0.20, 0.10),
    Scene("7 days of 1,500, wild days", (1_500,) * 7, (1_500,) * 7, 0.20, 0.30),
    Scene("4 days of 5,000, lively days", (5_000,) * 4, (5_000,) * 4, 0.10, 0.15),
    Scene("5 days, the first the largest", (8_000, 500, 500, 500, 500), (1_000,) * 5, 0.10, 0.15),
    Scene("unequal: 10 days of 2,000, 4 days of 500", (2_000,) * 10, (500,) * 4, 0.08, 0.15),
    Scene("low rate: 7 days of 2,000 at 0.5 %", (2_000,) * 7, (2_000,) * 7, 0.005, 0.20),
    Scene("single days of 10,000, nothing known", (10_000,), (10_000,), 0.10, 0.10),
    Scene("single days of 10,000, livelier, nothing known", (10_000,), (10_000,), 0.10, 0.15),
    Scene("single days, low rate, nothing known", (10_000,), (4_000,), 0.01, 0.15),
    Scene("single days of 10,000, team of 8", (10_000,), (10_000,), 0.10, 0.20, team=8),
    Scene("single days of 10,000, team of 20", (10_000,), (10_000,), 0.10, 0.20, team=20),
    Scene("two days and one, unequal, team of 12", (10_000, 10_000), (3_000,), 0.02, 0.25, team=12),
    Scene("low rate, single days, team of 12", (8_000,), (8_000,), 0.005, 0.20, team=12),
)
DIFFERENT = (
    Scene("10,000 each over 7 days, 10 %, quiet", (1_429,) * 7, (1_429,) * 7, 0.10, 0.05, lift=0.3),
    Scene("10,000 each over 7 days, 10 %, lively", (1_429,) * 7, (1_429,) * 7, 0.10, 0.10, lift=0.3),
    Scene("10,000 each over 7 days, 2 %, lively", (1_429,) * 7, (1_429,) * 7, 0.02, 0.10, lift=0.3),
    Scene("10,000 each on one day, 10 %, team of 20", (10_000,), (10_000,), 0.10, 0.05, team=20, lift=0.3),
    Scene("10,000 each on one day, 10 %, nothing known", (10_000,), (10_000,), 0.10, 0.10, lift=0.3),
    Scene("10,000 each on one day, split at random", (10_000,), (10_000,), 0.10, 0.0, lift=0.3),
)


def share_called(scene: Scene, rounds: int, seed: int = 1) -> tuple[float, float]:
    """Return in which part of the rounds ``clear`` was said, and in which the naive test would have."""
    draws = np.random.default_rng(seed)
    clear = naive = 0
    for _ in range(rounds):
        one, other = _days(draws, scene, scene.one, scene.lift), _days(draws, scene, scene.other, 0)
        sizes = [tuple(draws.integers(3_000, 12_000, draws.integers(2, 4))) for _ in range(scene.team)]
        team = [_days(draws, scene, size, 0) for size in sizes]
        verdict, p_value = _verdict(one, other, team, is_random=scene.deviation == 0)
        clear += verdict is Verdict.CLEAR
        naive += p_value < LEVEL
    return clear / rounds, naive / rounds


def _verdict(one: Days, other: Days, team: list[Days], *, is_random: bool) -> tuple[Verdict, float]:
    noise = NO_NOISE if is_random else noise_between(NoisyDays(one), NoisyDays(other), map(NoisyDays, team))
    sides = [Rate(sum(day[0] for day in days), sum(day[1] for day in days)) for days in (one, other)]
    wide = [replace(sides[0], inflation=noise.inflation(NoisyDays(one)))]
    wide += [replace(sides[1], inflation=noise.inflation(NoisyDays(other)))]
    verdict = judged([Rates(wide[0], wide[1], noise.freedom)])[0].verdict
    return verdict, score_test(sides[0], sides[1])


def _days(draws: np.random.Generator, scene: Scene, sizes: tuple[int, ...], lift: float) -> Days:
    rate = scene.rate * (1 + lift)
    logits = np.log(rate / (1 - rate)) + draws.normal(0, scene.deviation, len(sizes))
    parts = draws.binomial(sizes, 1 / (1 + np.exp(-logits)))
    return [(float(part), float(size)) for part, size in zip(parts, sizes, strict=True)]


def main(rounds: int) -> None:
    """Print the tables, and exit 1 where ``clear`` is wrong too often."""
    print(f"{rounds} rounds each\n\nEqual campaigns{'':36}clear (wrong)  naive z test (wrong)")
    wrong = []
    for scene in EQUAL:
        clear, naive = share_called(scene, rounds)
        wrong.append(clear)
        print(f"{scene.name:50} {clear:13.1%} {naive:21.1%}")
    print(f"\nA true difference of 30 %{'':26}clear (found)  naive z test (found)")
    for scene in DIFFERENT:
        clear, naive = share_called(scene, rounds)
        print(f"{scene.name:50} {clear:13.1%} {naive:21.1%}")
    wrong.append(table(rounds))
    print(f"\nmost often wrong: {max(wrong):.1%}, allowed {MOST_WRONG:.0%}")
    sys.exit(0 if max(wrong) <= MOST_WRONG else 1)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else ROUNDS)
