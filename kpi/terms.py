"""Facts added and taken away: the sides of which every number is made."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from kpi.money import amount
from kpi.units import Unit

if TYPE_CHECKING:
    from collections.abc import Iterable

    from kpi.estimates import Number
    from kpi.facts import Fact
    from kpi.tally import Sums, Tally


@dataclass(frozen=True, slots=True)
class Terms:
    """Facts added and taken away; ``less`` counts only where it is known, ``otherwise`` stands in for the unknown."""

    fact: Fact
    minus: Fact | None = None
    less: Fact | None = None
    otherwise: Fact | None = None

    def chosen(self, tally: Tally) -> Terms:
        """Return the terms that this campaign's facts allow: the second choice where the first is never known."""
        if self.otherwise is not None and not tally.knows(self.fact):
            return Terms(self.otherwise)
        return self

    def sum(self, tally: Tally) -> Number | None:
        """Return the sum over all rows; money comes as a decimal amount."""
        total = tally.total(self.fact)
        taken = tally.total(self.minus) if self.minus else 0
        if total is None or taken is None:
            return None
        return self._amount(total - taken - ((self.less and tally.total(self.less)) or 0))

    def known_in(self, one: Sums) -> bool:
        """Tell whether a row knows the facts."""
        return self.fact in one.known and (self.minus is None or self.minus in one.known)

    def _amount(self, total: Number) -> Number:
        return amount(int(total)) if self.fact.unit is Unit.MONEY else total


def terms(of: Fact | Terms) -> Terms:
    """Return a fact as terms."""
    return of if isinstance(of, Terms) else Terms(of)


def facts_in(of: Terms) -> Iterable[Fact]:
    """Return every fact that the terms may read."""
    return (fact for fact in (of.fact, of.minus, of.less, of.otherwise) if fact is not None)
