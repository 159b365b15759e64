"""The days of a period: rows of sums, added up to tallies only for the days that are asked for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any

from kpi.tally import Sums, Tally

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from decimal import Decimal

    from kpi.facts import Fact

Key = tuple[str, str, int]
"""A campaign, a currency, and a bit for each fact that is known."""
Row = tuple[Key, tuple[Any, ...]]
"""The sums of a day over the rows that know the same facts, in the order of the facts; None is unknown."""


@dataclass(frozen=True, slots=True, eq=False)
class Daily(Mapping[date, Tally]):
    """What is known of each day, the earliest first; a day without any row is missing."""

    facts: tuple[Fact, ...]
    rows: Mapping[date, Sequence[Row]]
    margins: Mapping[str, Decimal | None] = field(default_factory=dict)

    def __getitem__(self, day: date) -> Tally:
        """Return what one day holds."""
        return self._added(self.rows[day])

    def __iter__(self) -> Iterator[date]:
        """Go through the days."""
        return iter(self.rows)

    def __len__(self) -> int:
        """Count the days."""
        return len(self.rows)

    def over(self, days: Iterable[date]) -> Tally:
        """Return what several days hold together."""
        return self._added(row for day in days for row in self.rows[day])

    def last_with_any(self) -> date | None:
        """Return the last day on which any fact is known and not 0."""
        days = reversed(list(self.rows.items()))
        return next((day for day, rows in days if any(any(cells) for _, cells in rows)), None)

    def totals(self, fact: Fact) -> dict[date, int]:
        """Return the sum of a fact on each day; 0 where it is unknown."""
        at = self.facts.index(fact)
        return {day: sum(cells[at] or 0 for _, cells in rows) for day, rows in self.rows.items()}

    def _added(self, rows: Iterable[Row]) -> Tally:
        parts: dict[Key, list[tuple[Any, ...]]] = {}
        for key, cells in rows:
            parts.setdefault(key, []).append(cells)
        return Tally(tuple(self._sums(key, some) for key, some in parts.items()), margins=self.margins)

    def _sums(self, key: Key, some: list[tuple[Any, ...]]) -> Sums:
        campaign, currency, known = key
        columns = zip(self.facts, zip(*some, strict=True), strict=True)
        told = {fact: sum(cells) for bit, (fact, cells) in enumerate(columns) if known >> bit & 1}
        return Sums(campaign, currency, told)
