"""What may be said of a difference: clear, leaning, unclear, or too little to say anything.

Clear: the interval excludes zero, once the noise of the days is in it and once it is widened because several questions
are asked at a time (Holm, A simple sequentially rejective multiple test procedure, Scandinavian Journal of Statistics 6
(1979) 65-70). Leaning: not clear, and yet nine to one that one side is better.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol

from kpi.comparison.distributions import chi_square_above

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kpi.comparison.intervals import Interval

LEANING = 0.9
SETTLED, STILL_COMING = 0.05, 0.01
"""How often clear may be wrong: less where results still come in, since then people look every day."""


class Verdict(StrEnum):
    """How sure a difference is."""

    CLEAR = "clear"
    LEANING = "leaning"
    UNCLEAR = "unclear"
    TOO_LITTLE = "too_little"


class Test(Protocol):
    """Two sides being compared."""

    @property
    def values(self) -> tuple[float, float]:
        """The two sides."""

    @property
    def enough(self) -> bool:
        """Tell whether there is enough to say anything."""

    def sampling(self) -> Interval:
        """Return the 95 % interval of the difference from sampling alone."""

    def wide(self, level: float) -> Interval:
        """Return the interval that is wrong in this part of all cases, noise included."""

    def ratio(self, level: float) -> Interval | None:
        """Return the interval of one divided by the other, noise included."""

    def p_value(self) -> float:
        """Return the p-value from sampling alone."""

    def wide_p_value(self) -> float:
        """Return the p-value with the noise included."""

    def chance(self) -> float:
        """Return the chance that the one is higher."""

    def least(self) -> float:
        """Return the smallest difference that would probably show."""


@dataclass(frozen=True, slots=True)
class Difference:
    """What is known of one side against the other; ``difference`` is ``value`` less ``other``.

    ``sampling`` is the 95 % interval from sampling alone, ``wide`` the one that the verdict uses, ``ratio`` that of one
    side divided by the other. ``chance`` is that the one is higher, ``least`` the smallest difference that would show.
    """

    value: float
    other: float
    sampling: Interval
    wide: Interval
    ratio: Interval | None
    p_value: float
    chance: float
    least: float
    verdict: Verdict

    @property
    def difference(self) -> float:
        """How far one side lies above the other."""
        return self.value - self.other


def judged(tests: Sequence[Test], level: float = SETTLED) -> list[Difference]:
    """Return the verdicts of all that one answer tests."""
    levels = holm([test.wide_p_value() if test.enough else 1.0 for test in tests], level)
    return [_judged(test, level) for test, level in zip(tests, levels, strict=True)]


def holm(p_values: Sequence[float], level: float) -> list[float]:
    """Return the level at which each is to be tested, so that any one is wrongly rejected in ``level`` of all cases.

    The smallest is held against the level divided by their number, the next by one less, until one is not rejected:
    from there on all keep its level.
    """
    levels = [level] * len(p_values)
    left, rejecting = len(p_values), True
    for at in sorted(range(len(p_values)), key=lambda at: p_values[at]):
        levels[at] = level / left
        rejecting = rejecting and p_values[at] <= levels[at]
        left -= rejecting
    return levels


def homogeneous(counted: Sequence[tuple[float, float]]) -> float:
    """Return the p-value of the chi-square test that several shares are all the same."""
    whole = sum(pair[1] for pair in counted)
    share = sum(pair[0] for pair in counted) / whole
    if not 0 < share < 1:
        return 1.0
    chi_square = sum((part - size * share) ** 2 / (size * share * (1 - share)) for part, size in counted)
    return chi_square_above(chi_square, len(counted) - 1)


def _judged(test: Test, level: float) -> Difference:
    one, other = test.values
    wide, chance = test.wide(level), test.chance()
    return Difference(
        one,
        other,
        test.sampling(),
        wide,
        test.ratio(level),
        test.p_value(),
        chance,
        test.least(),
        _verdict(wide, chance) if test.enough else Verdict.TOO_LITTLE,
    )


def _verdict(wide: Interval, chance: float) -> Verdict:
    if wide[0] > 0 or wide[1] < 0:
        return Verdict.CLEAR
    return Verdict.LEANING if max(chance, 1 - chance) >= LEANING else Verdict.UNCLEAR
