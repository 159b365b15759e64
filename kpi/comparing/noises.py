"""The noise of the days between two sides: their own, that of the team's latest campaigns, or an assumed one."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING

from kpi.comparing.sides import pairs
from kpi.comparison.noise import ASSUMED, FEWEST_DAYS, Days, Noise, noise_between
from kpi.periods import Period
from kpi.scope import Scope
from kpi.storage.slices import Slice, parted
from kpi.tally import Tally
from kpi.usual import MOST_PEERS
from kpi.usual import SETTLED as SETTLED_DAYS

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence
    from datetime import date

    from kpi.comparing.sides import Pairs, Side
    from kpi.facts import Fact
    from kpi.quantities import Ratio, Share
    from kpi.question import Asking
    from kpi.tally import Sums

    DaysOf = Callable[[Pairs, Tally], Days]

YEAR = timedelta(days=365)


def of_counts(found: Pairs, _whole: Tally) -> Days:
    """Return days on which a message counts or does not."""
    return Days(list(found.values()))


@dataclass
class Noises:
    """What is known of the noise; the team's days are read once, and only where they are needed."""

    asking: Asking
    sides: Sequence[Side]
    facts: Collection[Fact]
    _team: list[list[tuple[date, Sums]]] | None = field(default=None, init=False)
    _days: dict[Share | Ratio, list[Days]] = field(default_factory=dict, init=False)

    def between(
        self,
        of: Share | Ratio,
        days: tuple[Days, Days],
        made_days: DaysOf = of_counts,
        assumed: float = ASSUMED,
        currency: str = "",
    ) -> Noise:
        """Return the noise between two sides, given their days; ``made_days`` makes those of the team's campaigns."""
        if min(len(one.counts) for one in days) >= FEWEST_DAYS:
            return noise_between(*days)
        if of not in self._days:
            kept = [[row for row in rows if not currency or row[1].currency == currency] for rows in self._of_team()]
            tallies = ((rows, Tally(tuple(sums for _, sums in rows))) for rows in kept)
            found = ((pairs(of, rows, whole), whole) for rows, whole in tallies)
            self._days[of] = [made_days(part, whole) for part, whole in found if part]
        return noise_between(*days, self._days[of], assumed)

    def _of_team(self) -> list[list[tuple[date, Sums]]]:
        if self._team is None:
            self._team = _days_of_others(self.asking, self.sides, self.facts)
        return self._team


def _days_of_others(asking: Asking, sides: Sequence[Side], facts: Collection[Fact]) -> list[list[tuple[date, Sums]]]:
    """Return the days of the team's latest settled campaigns of the same channel, campaign by campaign."""
    compared = {one.slug for side in sides for one in side.campaigns}
    channel = sides[0].campaigns[0].channel
    settled = [
        one
        for one in asking.sending(Scope(channel=channel))
        if one.slug not in compared
        and not one.archived
        and one.ended
        and one.ended + timedelta(days=SETTLED_DAYS) < asking.today
    ]
    latest = sorted(settled, key=lambda one: (str(one.began), one.slug), reverse=True)[:MOST_PEERS]
    year = Period(asking.today - YEAR, asking.today, "the last year")
    found: dict[str, list[tuple[date, Sums]]] = {}
    for day, sums in parted(asking.db, facts, Slice(tuple(latest), year), "day"):
        found.setdefault(sums.campaign, []).append((day, sums))
    return list(found.values())
