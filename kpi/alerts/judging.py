"""What one day says about a rule: the value, the limit, which side of it the value is on, and how sure that is."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from math import sqrt
from typing import TYPE_CHECKING

from kpi.alerts.reference import of_peers, reference_of
from kpi.alerts.ripening import Ripening
from kpi.alerts.rule import Against, Kind
from kpi.alerts.spread import spread_of

if TYPE_CHECKING:
    from datetime import date

    from kpi.alerts.days import Day, Days, Window
    from kpi.alerts.reference import Reference
    from kpi.alerts.rule import Rule
    from kpi.alerts.spread import Spread

SURE = 1.5
"""Standard deviations from the limit at which a value counts as beyond it: 93 % sure, on one side.

``tests/proofs/alarms.py`` weighs false alarms against days until a drop is found.
"""
LENGTHS = (1, 2, 3, 5, 7)
"""Days taken together where the rule names no number: a large campaign shows a drop in one, a small one in a week."""
FEWEST_MESSAGES, FEWEST_ORDERS, FEWEST_EXPECTED = 200, 20, 5
HYSTERESIS = 0.05
"""A value is well where it is on the good side by this part of the limit."""
BELOW, ABOVE = -1, 1
FROM_YESTERDAY = Ripening(1)


@dataclass(frozen=True, slots=True)
class Case:
    """A rule, the days of one campaign that it is about, and its target where it has one.

    A broadcast is one day, that of its last message, and is set against its peers.
    """

    rule: Rule
    days: Days
    today: date
    target: float | None = None
    ripening: Ripening = FROM_YESTERDAY
    sent_on: date | None = None
    """The last day of a broadcast; None for campaigns that go on."""
    peers: tuple[Day, ...] = ()

    @property
    def least(self) -> int:
        """The volume below which nothing is judged."""
        if self.rule.least is not None:
            return self.rule.least
        return FEWEST_MESSAGES if self.rule.kind is Kind.SHARE else FEWEST_ORDERS


@dataclass(frozen=True, slots=True)
class Judgement:
    """The value of some days against a limit; ``is_well`` where it is clearly on the good side."""

    window: Window
    value: float
    limit: float
    is_broken: bool
    is_sure: bool = True
    is_well: bool = False
    usual: float | None = None
    """What the limit was reckoned from, where it was."""


def crossing(case: Case, last: date, side: int) -> Judgement | None:
    """Judge whether a value is beyond a limit; None where too little is known.

    Where no length is typed, several are tried, and the shortest that has the volume must lie beyond the limit, too.
    """
    look = _Look(case, last, side)
    found = (one for length in look.lengths if (one := look.over(length)))
    newest = next(found, None)
    if newest is None or newest.is_broken or (newest.value - newest.limit) * side <= 0:
        return newest
    return next((one for one in found if one.is_broken), newest)


@dataclass(frozen=True)
class _Look:
    """One day being judged."""

    case: Case
    last: date
    side: int

    @property
    def lengths(self) -> tuple[int, ...]:
        rule = self.case.rule
        if self.case.sent_on:
            return (1,)
        return (rule.over or 1,) if rule.over or rule.is_literal else LENGTHS

    @cached_property
    def before(self) -> tuple[Day, ...]:
        return self.case.days.before(self.last, max(LENGTHS))

    @cached_property
    def spread(self) -> Spread | None:
        return spread_of(self.case.rule.kind, self.before)

    def over(self, length: int) -> Judgement | None:
        """Judge the days of this length."""
        rule, window = self.case.rule, self.case.days.window(self.last, length)
        if not window.exposure or self._volume(window) < self.case.least:
            return None
        reference = self._reference(length)
        limit = self._limit(reference)
        if limit is None or (rule.kind is Kind.SHARE and window.exposure * limit < FEWEST_EXPECTED):
            return None
        if self.spread is None and not self._obeys:
            return None
        return self._judged(window, limit, reference)

    @property
    def _obeys(self) -> bool:
        """Tell whether the letter of the rule counts, and sureness is only told."""
        return self.case.rule.is_literal or (self.case.sent_on is not None and self.spread is None)

    def _reference(self, length: int) -> Reference | None:
        rule, case = self.case.rule, self.case
        if case.sent_on and rule.against in (Against.USUAL, Against.LAST_WEEK):
            return of_peers(case.peers)
        return reference_of(rule.against, case.days, self.last, length, rule.kind, case.target)

    def _judged(self, window: Window, limit: float, reference: Reference | None) -> Judgement:
        beyond = (window.part - limit * window.exposure) * self.side
        is_sure = self.spread is not None and beyond > SURE * sqrt(
            self._variance(self.spread, window, limit, reference)
        )
        is_broken = beyond > 0 and (is_sure or self._obeys)
        is_well = (limit - window.value) * self.side >= HYSTERESIS * abs(limit)
        return Judgement(
            window, window.value, limit, is_broken, is_sure, is_well, reference.value if reference else None
        )

    def _volume(self, window: Window) -> float:
        """Return the denominator of a share; of other KPIs how many orders such days usually have."""
        if self.case.rule.kind is Kind.SHARE:
            return window.whole
        usual = self.before or window.days
        return sum(day.volume for day in usual) / len(usual) * len(window.days)

    def _limit(self, reference: Reference | None) -> float | None:
        rule = self.case.rule
        if rule.against is Against.NOTHING:
            return None if rule.level is None else rule.level / self._per
        if reference is None:
            return None
        return reference.value * (1 + self.side * (rule.level or 0.0))

    @property
    def _per(self) -> int:
        """Return over how many days a typed sum is meant."""
        rule = self.case.rule
        return rule.over if rule.over and rule.kind is Kind.SUM else 1

    def _variance(self, spread: Spread, window: Window, limit: float, reference: Reference | None) -> float:
        """Return the variance of the part if the limit were its truth, with that of the reference (delta method)."""
        own = spread(window, limit)
        if reference is None or not reference.windows or not reference.value:
            return own
        past = [spread(one, reference.value) / one.exposure**2 for one in reference.windows]
        scale = window.exposure * limit / reference.value
        return own + scale**2 * (reference.uncertainty * sum(past) / len(past) + reference.between)
