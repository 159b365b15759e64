"""What a number is counted in."""

from enum import StrEnum


class Unit(StrEnum):
    """The unit of a fact or a KPI; money is in the row's currency."""

    COUNT = "count"
    """How many."""
    SHARE = "share"
    """A fraction from 0 to 1, shown in percent."""
    TIMES = "times"
    """A ratio of two amounts, shown as 6.2x."""
    MONEY = "money"
    """An exact decimal amount in one currency."""
