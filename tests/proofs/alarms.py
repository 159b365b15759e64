"""How often an alert is false, and how soon a real drop is found: ``python -m tests.proofs.alarms [CAMPAIGNS]``.

Campaigns of 84 days are drawn with the moods, weekdays, volumes and late results that real ones have. Every morning
the rules look at what has come in by then. Ours learns by itself how results come in; it is never told. A campaign
without a drop gives the false alarms, the same campaign with a drop from day 56 on the days until it is found; a drop
that is not found counts as infinitely late.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from datetime import date, timedelta
from math import inf
from typing import TYPE_CHECKING, Any

import numpy as np

from kpi.alerts.days import Day, Days, ripened
from kpi.alerts.evaluator import Outcome, evaluated
from kpi.alerts.judging import Case
from kpi.alerts.ripening import learned
from kpi.alerts.rule import Rule
from kpi.metrics import METRIC

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

TITLE = "Alerts"
CAMPAIGNS, SHORT = 300, 40
DAYS, DROP = 84, 56
FIRST = date(2026, 1, 5)
SIZES = ((0.4, 20, 80), (0.4, 200, 900), (0.2, 2_000, 9_000))
"""How many of the campaigns send how much on a day."""
DRIPPING = 0.7
"""The part that sends every day; the others send on two days of a week, half a week's messages on each."""
MOOD = (0.12, 0.20)
"""The deviation of a day's logit."""
VOLUME = 0.25
"""The deviation of the logarithm of a day's volume."""
WEEK = np.array([1.0, 1.05, 1.05, 1.0, 0.95, 0.8, 0.75])
"""The volumes of the weekdays."""
WEEK_LOGITS = np.array([0.03, 0.0, 0.0, 0.02, 0.0, -0.05, -0.05])
"""How the weekdays move the logit of a rate."""
MOST_FALSE, SLOWEST = 1.0, 4
"""False alarms in 100 campaign-weeks, and the median of days, that click-through may have."""


@dataclass(frozen=True)
class Subject:
    """A KPI as it is drawn: its usual rates, its limit, the drop, and what is in on the mornings after."""

    metric: str
    rates: tuple[float, float]
    limit: Callable[[float], float]
    left: float
    """What is left of the rate after the drop."""
    course: tuple[float, ...]
    wait: int
    """Days that the classic rule waits, and ours where it has not learned yet."""
    least: int
    """The volume that the classic rule asks for."""


SUBJECTS = (
    Subject("ctr", (0.05, 0.15), lambda rate: 0.7 * rate, 0.5, (0, 0.78, 0.91, 0.96, 0.98, 0.99, 1), 2, 200),
    Subject(
        "conversion_rate", (0.008, 0.03), lambda rate: 0.6 * rate, 0.05,
        (0, 0.50, 0.68, 0.78, 0.84, 0.88, 0.91, 0.94, 0.96, 0.98, 1), 6, 500,
    ),
    Subject("delivery_rate", (0.93, 0.98), lambda rate: rate - 0.05, 0.85, (0, 0.97, 0.995, 1), 1, 100),
)  # fmt: skip


@dataclass(frozen=True)
class Drawn:
    """One campaign: what each day sent, and ``seen[day, age]`` of its results by the morning of that age."""

    whole: Any
    seen: Any
    limit: float


def drawn(subject: Subject, number: int, *, drops: bool) -> Drawn:
    """Draw a campaign; with and without the drop it is the same until then."""
    draws = np.random.default_rng((number, len(subject.course)))
    low, high = SIZES[int(draws.choice(len(SIZES), p=[part for part, _, _ in SIZES]))][1:]
    size, rate, mood = draws.uniform(low, high), draws.uniform(*subject.rates), draws.uniform(*MOOD)
    days = np.arange(DAYS)
    sends = np.ones(DAYS) if draws.random() < DRIPPING else np.where(np.isin(days % 7, draws.choice(7, 2)), 3.5, 0)
    volumes = size * WEEK[days % 7] * sends * np.exp(draws.normal(0, VOLUME, DAYS))
    whole = draws.poisson(volumes)
    moods = WEEK_LOGITS[days % 7] + draws.normal(0, mood, DAYS)
    rates = np.where(drops & (days >= DROP), subject.left, 1.0) * rate
    finals = draws.binomial(whole, 1 / (1 + np.exp(-np.log(rates / (1 - rates)) - moods)))
    shares = np.diff(np.array(subject.course))
    arrived = np.array([draws.multinomial(final, shares) for final in finals])
    return Drawn(whole, np.hstack([np.zeros((DAYS, 1)), arrived.cumsum(axis=1)]), subject.limit(rate))


def naive(_subject: Subject, campaign: Drawn) -> Iterator[bool]:
    """Yield for each morning whether yesterday, as it is known so far, is below the limit."""
    for today in range(1, DAYS + 1):
        whole = campaign.whole[today - 1]
        yield bool(whole and campaign.seen[today - 1, 1] < campaign.limit * whole)


def classic(subject: Subject, campaign: Drawn) -> Iterator[bool]:
    """Yield for each morning whether the best of the ordinary rules fires.

    It asks for a volume, waits until results are in, wants two days in a row, and ends 5 % beyond the limit.
    """
    streak, is_firing = 0, False
    for today in range(1, DAYS + 1):
        day = today - subject.wait - 1
        if day >= 0 and campaign.whole[day] >= subject.least:
            age = min(subject.wait + 1, len(subject.course) - 1)
            value = campaign.seen[day, age] / campaign.whole[day]
            streak = streak + 1 if value < campaign.limit else 0
            is_firing = value < 1.05 * campaign.limit if is_firing else streak >= 2
        yield is_firing


def ours(subject: Subject, campaign: Drawn) -> Iterator[bool]:
    """Yield for each morning whether our rule fires; it knows of each day what a bot would know by then."""
    rule, is_firing, oldest = Rule("below", METRIC[subject.metric], campaign.limit), False, len(subject.course) - 1
    for today in range(1, DAYS + 1):
        seen = [int(campaign.seen[day, min(today - day, oldest)]) for day in range(today)]
        complete = max(today - oldest + 1, 0)
        course = tuple(campaign.seen[:complete].sum(axis=0))
        days = [Day(_day(day), seen[day], float(campaign.whole[day])) for day in range(today)]
        ripening = learned(course, complete, subject.wait + 1)
        known = Days(ripened(days, ripening, _day(today)))
        outcome = evaluated(Case(rule, known, _day(today), ripening=ripening)).outcome
        is_firing = outcome is Outcome.BROKEN or (is_firing and outcome is not Outcome.WELL)
        yield is_firing


RULES: dict[str, Callable[[Subject, Drawn], Iterator[bool]]] = {
    "naive: yesterday below": naive,
    "classic: min, waits, for 2, hysteresis": classic,
    "ours": ours,
}


@dataclass(frozen=True)
class Score:
    """False alarms in 100 campaign-weeks, and the days until each drop was found."""

    false: float
    delays: tuple[float, ...]

    @property
    def median(self) -> float:
        """The median delay, of those that were never found, too."""
        return sorted(self.delays)[len(self.delays) // 2]

    def within(self, days: int) -> float:
        """Return the part found within so many days."""
        return sum(delay <= days for delay in self.delays) / len(self.delays)


def score(subject: Subject, rule: Callable[[Subject, Drawn], Iterator[bool]], campaigns: int) -> Score:
    """Let a rule watch the campaigns."""
    false, delays = 0, []
    for number in range(campaigns):
        fires = list(rule(subject, drawn(subject, number, drops=False)))
        false += sum(now and not before for before, now in zip([False, *fires], fires, strict=False))
        after = list(rule(subject, drawn(subject, number, drops=True)))[DROP:]
        delays.append(next((delay for delay, fired in enumerate(after, 1) if fired), inf))
    return Score(100 * false / (campaigns * DAYS / 7), tuple(delays))


def table(campaigns: int = CAMPAIGNS) -> str:
    """Return what was found, and whether click-through keeps what is allowed."""
    lines = [
        f"{campaigns} campaigns of {DAYS} days for each KPI, the same for every rule; ours learns how results come",
        "in. A false alarm is an episode in which nothing had changed, counted for 100 campaign-weeks. A drop that",
        f"is never found is infinitely late. Allowed for click-through: {MOST_FALSE:g} and {SLOWEST} days.",
        "",
        "| KPI, and what is left of it | Rule | False in 100 weeks | Median days until found | Within 2 | Within 7 |",
        "| --- | --- | ---: | ---: | ---: | ---: |",
    ]
    for subject in SUBJECTS:
        for name, rule in RULES.items():
            found = score(subject, rule, campaigns)
            cells = (f"{found.false:.2f}", f"{found.median:g}", f"{found.within(2):.0%}", f"{found.within(7):.0%}")
            lines.append(f"| {METRIC[subject.metric].label}, {subject.left:.0%} | {name} | {' | '.join(cells)} |")
    return "\n".join(lines)


def _day(number: int) -> date:
    return FIRST + timedelta(days=number)


if __name__ == "__main__":
    print(table(int(sys.argv[1]) if len(sys.argv) > 1 else SHORT))
