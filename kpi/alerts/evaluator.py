"""What a rule finds in a campaign's days: whether it is broken, since when, how sure; pure, time is an argument."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from enum import StrEnum
from itertools import takewhile
from typing import TYPE_CHECKING

from kpi.alerts.conditions import CONDITION

if TYPE_CHECKING:
    from datetime import date

    from kpi.alerts.judging import Case, Judgement

RECOVERS_IN = 2
"""Evaluations in a row that must be well before an alert is over."""
LOOKS = (1, 3)
"""Days after its last message after which a broadcast is judged."""
GAP = 2
"""Days without results, beside those that are waited for, from which there is nothing to judge."""


class Outcome(StrEnum):
    """What an evaluation found."""

    BROKEN = "broken"
    NEARLY = "nearly"
    """Broken, but not yet for as many days as the rule wants."""
    BETTER = "better"
    """Not broken, but not clearly well, or not for long enough."""
    WELL = "well"
    TOO_LITTLE = "too little"
    NO_RESULTS = "no results"
    ASLEEP = "asleep"
    """A broadcast before its first look or after its last."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What was found: the last day that could be judged, what it says, and for how many days in a row it is broken."""

    outcome: Outcome
    last: date | None = None
    judgement: Judgement | None = None
    broken_days: int = 0


def evaluated(case: Case, *, is_open: bool = True) -> Finding:
    """Judge the last day that is complete and mature enough, and the days before it as far as they matter.

    Whether it is well for long enough is asked of an open alert only.
    """
    condition, last = CONDITION[case.rule.condition], case.days.last
    if case.sent_on and not condition.is_operational:
        return _looked_at(case, case.sent_on)
    if condition.is_operational:
        last = last and case.today - timedelta(days=1 if condition.key == "silence" else 0)
    elif last is None or (case.today - last).days > case.ripening.wait + GAP:
        return Finding(Outcome.NO_RESULTS, last)
    return Finding(Outcome.NO_RESULTS) if last is None else found_on(case, last, is_open=is_open)


def looks(case: Case) -> tuple[int, ...]:
    """Return how many days after its last message a broadcast is looked at: after a day, after three, when mature."""
    return tuple(sorted({*LOOKS, max(case.ripening.wait, *LOOKS)}))


def _looked_at(case: Case, sent_on: date) -> Finding:
    """Judge a broadcast at the last look that has come; between two looks there is nothing to say, nor later."""
    age = (case.today - sent_on).days
    look = max((one for one in looks(case) if one <= age), default=None)
    if look is None or age > max(looks(case)) + GAP:
        return Finding(Outcome.ASLEEP, sent_on)
    return replace(found_on(case, sent_on), last=sent_on + timedelta(days=look))


def found_on(case: Case, last: date, *, is_open: bool = True) -> Finding:
    """Return what a day says, with the days before it as far as they matter."""
    condition = CONDITION[case.rule.condition]
    wanted = 1 if condition.is_operational or case.sent_on else case.rule.days or condition.days
    newest = condition.judge(case, last)
    if newest is None:
        return Finding(Outcome.TOO_LITTLE, last)
    if newest.is_broken:
        before = (condition.judge(case, last - timedelta(days=back)) for back in range(1, wanted))
        broken = 1 + len(list(takewhile(lambda one: one is not None and one.is_broken, before)))
        return Finding(Outcome.BROKEN if broken >= wanted else Outcome.NEARLY, last, newest, broken)
    is_well = newest.is_well and (not is_open or _was_well(case, last))
    return Finding(Outcome.WELL if is_well else Outcome.BETTER, last, newest)


def _was_well(case: Case, last: date) -> bool:
    """Tell whether the evaluations before were well, too; one that could not judge does not stand in the way."""
    judge = CONDITION[case.rule.condition].judge
    before = (judge(case, last - timedelta(days=back)) for back in range(1, RECOVERS_IN))
    return all(one is None or one.is_well for one in before)
