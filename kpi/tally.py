"""What a period holds: sums of facts per campaign, apart by which facts are known.

Keeping the rows that know a fact apart from those that do not is what lets a rate be divided over the same days on both
sides, without reading single days.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING

from kpi.facts import Adds, Fact
from kpi.units import Unit

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Sums:
    """The facts of one campaign in one currency, summed over the rows that know exactly these facts."""

    campaign: str
    currency: str
    known: Mapping[Fact, int]


@dataclass(frozen=True)
class Tally:
    """What a period holds: sums per campaign, the latest states, and the margins that profit needs."""

    sums: tuple[Sums, ...]
    states: Mapping[tuple[str, Fact], int] = field(default_factory=dict)
    margins: Mapping[str, Decimal | None] = field(default_factory=dict)

    @cached_property
    def campaigns(self) -> tuple[str, ...]:
        """The campaigns that have anything in the period, in the order of the storage."""
        return tuple(dict.fromkeys(one.campaign for one in self.sums))

    def of(self, campaign: str) -> Tally:
        """Return the part of one campaign."""
        return self._parts.get(campaign, replace(self, sums=()))

    def by_campaign(self) -> dict[str, Tally]:
        """Return the parts, each campaign's own."""
        return self._parts

    @cached_property
    def _parts(self) -> dict[str, Tally]:
        parts: dict[str, list[Sums]] = {}
        for one in self.sums:
            parts.setdefault(one.campaign, []).append(one)
        return {campaign: Tally(tuple(sums), self.states, self.margins) for campaign, sums in parts.items()}

    def in_currency(self, currency: str) -> Tally:
        """Return the part in one currency.

        A campaign with money in it brings the counts that it only knows beside other money: messages may be billed in
        dollars where the shop sells in euros.
        """
        return self._by_currency.get(currency) or replace(self, sums=())

    def currencies(self) -> tuple[str, ...]:
        """Return the currencies in which any money is known, the one with the most campaigns first."""
        return self._currencies

    @cached_property
    def _currencies(self) -> tuple[str, ...]:
        campaigns: dict[str, set[str]] = {}
        for one in self.sums:
            if any(fact.unit is Unit.MONEY for fact in one.known):
                campaigns.setdefault(one.currency, set()).add(one.campaign)
        return tuple(sorted(campaigns, key=lambda currency: (-len(campaigns[currency]), currency)))

    def total(self, fact: Fact) -> int | None:
        """Return the sum of a fact over every row that knows it; None where none does or where it never adds up."""
        if fact.adds is Adds.STATE:
            return self._state(fact)
        if len(self.sums) == 1:
            return self.sums[0].known.get(fact)
        if fact not in self._totals:
            known = [one.known[fact] for one in self.sums if fact in one.known]
            self._totals[fact] = sum(known) if known else None
        return self._totals[fact]

    @cached_property
    def _totals(self) -> dict[Fact, int | None]:
        return {}

    @cached_property
    def known_throughout(self) -> frozenset[Fact]:
        """The facts that every row knows."""
        return frozenset[Fact].intersection(*(frozenset(one.known) for one in self.sums)) if self.sums else frozenset()

    def knows(self, fact: Fact) -> bool:
        """Tell whether any row knows the fact."""
        return self.total(fact) is not None

    def where(self, keep: Callable[[Sums], bool]) -> Tally:
        """Return the rows to keep."""
        return Tally(tuple(one for one in self.sums if keep(one)), self.states, self.margins)

    @cached_property
    def _by_currency(self) -> dict[str, Tally]:
        names = dict.fromkeys(one.currency for one in self.sums)
        if len(names) == 1:
            return dict.fromkeys(names, self)
        return {name: replace(self, sums=tuple(self._rows_in(name))) for name in names}

    def _rows_in(self, currency: str) -> Iterator[Sums]:
        known: dict[str, set[Fact]] = {}
        for one in self.sums:
            if one.currency == currency:
                known.setdefault(one.campaign, set()).update(one.known)
                yield one
        with_money = {name for name, facts in known.items() if any(fact.unit is Unit.MONEY for fact in facts)}
        for one in self.sums:
            if one.currency != currency and one.campaign in with_money:
                counts = {fact: count for fact, count in one.known.items()
                          if fact.unit is not Unit.MONEY and fact not in known[one.campaign]}  # fmt: skip
                if counts:
                    yield Sums(one.campaign, currency, counts)

    def _state(self, fact: Fact) -> int | None:
        campaigns = self.campaigns
        return self.states.get((campaigns[0], fact)) if len(campaigns) == 1 else None


def together(parts: Iterable[Tally]) -> Tally:
    """Return several tallies as one."""
    some = list(parts)
    margins = {campaign: margin for part in some for campaign, margin in part.margins.items()}
    return Tally(tuple(one for part in some for one in part.sums), margins=margins)
