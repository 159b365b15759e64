"""Every condition that a rule can have: one row each. Words, defaults and the evaluation read this table."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from math import sqrt
from typing import TYPE_CHECKING

from kpi.alerts.judging import ABOVE, BELOW, Judgement, crossing
from kpi.alerts.reference import of_peers
from kpi.alerts.rule import Kind
from kpi.alerts.spread import FEWEST_PAIRS, sampling

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import date

    from kpi.alerts.days import Day
    from kpi.alerts.judging import Case

A_DAY = timedelta(days=1)
MOVING_RANGE = 1.128
"""What the mean range of two normal values has to be divided by to give their standard deviation."""
ANOMALY = 3.0
FEWEST_FOR_ODD = 8
"""Broadcasts before, from which one can be called odd."""
LEARNED_FROM = 28
"""Days from which an anomaly is told."""
RECENTLY = 28
"""A campaign that has sent nothing for so many days has ended, rather than fallen silent."""


@dataclass(frozen=True, slots=True)
class Condition:
    """One kind of condition: its key, how it is said, how it judges a day, and how many days in a row it wants."""

    key: str
    says: str
    judge: Callable[[Case, date], Judgement | None]
    days: int = 1
    side: int = 0
    is_operational: bool = False
    """Whether today counts although it is not over, and every hour is looked at."""


def _anomalous(case: Case, last: date) -> Judgement | None:
    """Laney's chart: the moving range of the standardised days widens the limits (Quality Eng. 14 (2002) 531-537)."""
    if case.sent_on:
        return _odd_among_peers(case, last)
    before, window = case.days.before(last, 1)[-LEARNED_FROM:], case.days.window(last, 1)
    if len(before) < 2 * FEWEST_PAIRS or not window.days or window.whole < _least(case):
        return None
    kind, day = case.rule.kind, window.days[0]
    strays = [_stray(kind, one, before) for one in before]
    steps = [abs(one - other) for one, other in zip(strays[1:], strays, strict=False)]
    sigma = sum(steps) / len(steps) / MOVING_RANGE
    usual, one = _usual(kind, day, before), sampling(kind, day.exposure, _usual(kind, day, before))
    reach = ANOMALY * max(sigma, 1.0 if kind is Kind.SHARE else 0.0) * sqrt(one) / day.exposure
    side = ABOVE if window.value > usual else BELOW
    return Judgement(
        window, window.value, usual + side * reach, abs(window.value - usual) > reach,
        is_well=abs(window.value - usual) < reach * 2 / ANOMALY, usual=usual,
    )  # fmt: skip


def _odd_among_peers(case: Case, last: date) -> Judgement | None:
    """Judge whether a broadcast lies further from its peers than they do from each other."""
    usual, window = of_peers(case.peers), case.days.window(last, 1)
    if usual is None or len(case.peers) < FEWEST_FOR_ODD or not window.days or window.whole < _least(case):
        return None
    reach = ANOMALY * sqrt(usual.between)
    strays = window.value - usual.value
    limit = usual.value + (reach if strays > 0 else -reach)
    is_well = abs(strays) < reach * 2 / ANOMALY
    return Judgement(window, window.value, limit, abs(strays) > reach > 0, is_well=is_well, usual=usual.value)


def _least(case: Case) -> int:
    return case.least if case.rule.kind is Kind.SHARE else 0


def _usual(kind: Kind, day: Day, before: Sequence[Day]) -> float:
    """Return the mean of the days before; of a sum that of the same weekdays."""
    same = [one for one in before if kind is not Kind.SUM or one.day.weekday() == day.day.weekday()] or before
    return sum(one.part for one in same) / sum(one.exposure for one in same)


def _stray(kind: Kind, day: Day, before: Sequence[Day]) -> float:
    usual = _usual(kind, day, before)
    variance = sampling(kind, day.exposure, usual)
    return (day.part - usual * day.exposure) / sqrt(variance) if variance else 0.0


def _silent(case: Case, last: date) -> Judgement | None:
    """Judge whether a campaign that was sending has sent nothing for some days."""
    length = case.rule.days or SILENCE.days
    window = case.days.window(last, length)
    earlier = case.days.window(last - length * A_DAY, RECENTLY)
    if not earlier.part:
        return None
    return Judgement(window, window.part, 0.0, is_broken=not window.part, is_well=window.part > 0)


def _spent(case: Case, last: date) -> Judgement | None:
    """Judge whether what was spent has passed a part of the budget; the case has the days that the budget is for."""
    if case.rule.budget is None or case.rule.level is None:
        return None
    every = case.days.window(last, (last - min(case.days.known)).days + 1)
    limit = case.rule.budget * case.rule.level
    return Judgement(every, every.part, limit, is_broken=every.part > limit, is_well=every.part <= limit)


SILENCE = Condition("silence", "no {metric} for {days}", _silent, days=2, is_operational=True)
CONDITIONS = (
    Condition("below", "{metric} below {level}", lambda case, last: crossing(case, last, BELOW), side=BELOW),
    Condition("above", "{metric} above {level}", lambda case, last: crossing(case, last, ABOVE), side=ABOVE),
    Condition(
        "drops", "{metric} down {level} against {against}",
        lambda case, last: crossing(case, last, BELOW), days=2, side=BELOW,
    ),
    Condition(
        "rises", "{metric} up {level} against {against}",
        lambda case, last: crossing(case, last, ABOVE), days=2, side=ABOVE,
    ),
    Condition("anomaly", "{metric} far from what is usual for it", _anomalous),
    SILENCE,
    Condition("budget", "{metric} above {level} of {budget}", _spent, side=ABOVE, is_operational=True),
)  # fmt: skip
CONDITION = {one.key: one for one in CONDITIONS}
