"""What an alert watches for."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from kpi.quantities import Profit, Ratio, Share

if TYPE_CHECKING:
    from kpi.metrics import Metric


class Against(StrEnum):
    """What a value is set against where the rule names no number."""

    NOTHING = ""
    LAST_WEEK = "last week"
    USUAL = "the usual"
    TARGET = "the target"


class Kind(StrEnum):
    """How a KPI adds up over days."""

    SHARE = "share"
    RATIO = "ratio"
    SUM = "sum"


@dataclass(frozen=True, slots=True)
class Rule:
    """A condition on a KPI of one campaign or of all; None is what was not typed."""

    condition: str
    metric: Metric
    level: float | None = None
    """The threshold in the KPI's own unit, or the part of the reference by which it changes, or of the budget."""
    against: Against = Against.NOTHING
    days: int | None = None
    """``for N days``: so many evaluations in a row."""
    over: int | None = None
    """``over N days``: the days are taken together."""
    least: int | None = None
    """``min N``: fewer of the denominator are not judged."""
    campaign: str = ""
    budget: float | None = None
    currency: str = ""

    @property
    def is_literal(self) -> bool:
        """Tell whether the rule says itself how sure it wants to be, and is obeyed to the letter."""
        return self.days is not None and self.least is not None

    @property
    def kind(self) -> Kind:
        """How its KPI adds up."""
        match self.metric.quantity:
            case Share():
                return Kind.SHARE
            case Ratio() | Profit(per_cost=True):
                return Kind.RATIO
            case _:
                return Kind.SUM
