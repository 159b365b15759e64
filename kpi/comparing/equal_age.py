"""Sides of different age are compared at the age of the youngest, as far as the ages of their results are known."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from kpi.ages import OLDEST
from kpi.comparing.sides import Side
from kpi.storage.equal_age import after_days

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from kpi.facts import Fact
    from kpi.metrics import Metric
    from kpi.question import Asking

PAIR = 2


def at_equal_age(
    asking: Asking, facts: Collection[Fact], metrics: Sequence[Metric], sides: Sequence[Side]
) -> list[Side]:
    """Return the sides, each with what it was at the age of the youngest; as they are where all have come in anyway."""
    days = _youngest(sides, metrics, asking)
    if not days:
        return list(sides)
    found = [after_days(asking.db, facts, side.of, days, asking.today) for side in sides]
    aged = frozenset.intersection(*(one.aged | _unknown(side, facts) for one, side in zip(found, sides, strict=True)))
    if not all(one.aged for one in found):
        aged = frozenset()
    return [
        replace(side, aged=aged, after=days, earlier=Side(side.name, side.key, side.of, one.markets, one.days))
        for side, one in zip(sides, found, strict=True)
    ]


def _unknown(side: Side, facts: Collection[Fact]) -> frozenset[Fact]:
    """Return what a side does not know at any age."""
    return frozenset(fact for fact in facts if not side.tally.knows(fact))


def _youngest(sides: Sequence[Side], metrics: Sequence[Metric], asking: Asking) -> int:
    """Return how many days the youngest side has had; 0 where ages make no difference, or nothing has had a day."""
    ages = [side.age(asking) for side in sides]
    had = sorted(min(age.had, OLDEST + 1) for age in ages)
    settled = all(age.is_mature(metric) for age in ages for metric in metrics)
    return 0 if settled or had[0] == had[-1] else had[0]


def said(sides: Sequence[Side], metrics: Sequence[Metric], asking: Asking) -> str:
    """Say at which age sides are compared, such as ``Both after 3 days; Spring sale has had 41.``, or nothing."""
    if not (after := said_after(sides, metrics)):
        return ""
    older = [(side.name, side.age(asking).had) for side in sides if side.age(asking).had > side.after]
    name, had = max(older, key=lambda one: one[1])
    rest = f"{name} has had {had}" if len(older) == 1 else f"the others have had up to {had}"
    return f"{after[:1].upper()}{after[1:]}; {rest}."


def said_after(sides: Sequence[Side], metrics: Sequence[Metric]) -> str:
    """Say at which age sides are compared in a few words: ``both after 3 days``."""
    if not any(sides[0].is_aged(metric) for metric in metrics):
        return ""
    return f"{'both' if len(sides) == PAIR else 'all'} after {days(sides[0].after)}"


def days(number: int) -> str:
    """Write a number of days: ``1 day``, ``3 days``."""
    return "1 day" if number == 1 else f"{number} days"
