"""What is usual for a team: the median and the middle half of its own comparable campaigns."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from statistics import median, quantiles
from typing import TYPE_CHECKING

from kpi.figures import estimate_of
from kpi.periods import DAY, Period
from kpi.scope import EVERYTHING, Scope
from kpi.storage.notes import notes_in
from kpi.storage.tallies import tally

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from kpi.facts import Fact
    from kpi.metrics import Metric
    from kpi.question import Asking
    from kpi.storage.campaigns import Campaign
    from kpi.tally import Tally

MOST_PEERS = 20
FEWEST_PEERS = 3
"""Below this nothing is called usual."""
FEWEST_FOR_BAND = 4
SETTLED = 7
"""Days after its last message from which a campaign counts as a peer."""


@dataclass(frozen=True, slots=True)
class Peers:
    """The latest finished campaigns of the same kind, objective and channel."""

    tallies: Mapping[str, Tally]
    called: str

    def values(self, metric: Metric, currency: str) -> list[float]:
        """Return the KPI of every peer that knows it, in the currency."""
        found = (estimate_of(metric, part, currency).value for part in self.tallies.values())
        return [float(value) for value in found if value is not None]

    def usual(self, metric: Metric, currency: str) -> float | None:
        """Return the median, or None where too few peers know the KPI."""
        values = self.values(metric, currency)
        return median(values) if len(values) >= FEWEST_PEERS else None

    def band(self, metric: Metric, currency: str) -> tuple[float, float] | None:
        """Return the middle half, or None where too few peers know the KPI."""
        values = self.values(metric, currency)
        if len(values) < FEWEST_FOR_BAND:
            return None
        low, _, high = quantiles(values, n=4)
        return low, high


NO_PEERS = Peers({}, "")
"""Nothing to compare with."""


def peers_of(campaign: Campaign, asking: Asking, facts: Collection[Fact], scope: Scope = EVERYTHING) -> Peers:
    """Return what the comparable campaigns of the team did over their whole lives."""
    alike = [one for one in asking.sending(Scope(campaign.channel)) if _is_alike(one, campaign)]
    settled = [one for one in alike if one.ended and one.ended + timedelta(days=SETTLED) < asking.today]
    return _latest(settled, asking, facts, f"{campaign.objective} {campaign.kind}s", scope)


def peers_before(day: date, kind: str, asking: Asking, facts: Collection[Fact], scope: Scope) -> Peers:
    """Return what each of the team's campaigns of a kind did before a day; those that had only begun are left out."""
    earlier = day - timedelta(days=SETTLED)
    begun = [one for one in asking.sending(scope) if one.kind == kind and one.began and one.began < earlier]
    return _latest(begun, asking, facts, f"{kind}s", scope, Period(date.min, day, ""))


def _latest(
    some: list[Campaign],
    asking: Asking,
    facts: Collection[Fact],
    called: str,
    scope: Scope,
    period: Period | None = None,
) -> Peers:
    counted, without = _without_left_out(asking, some)
    latest = sorted(counted, key=lambda one: (str(one.began), one.slug), reverse=True)[:MOST_PEERS]
    found = tally(asking.db, facts, latest, period, scope.rows).by_campaign() if len(latest) >= FEWEST_PEERS else {}
    return Peers(found, f"{len(latest)} {called}{scope.rows.said}{without}")


def _without_left_out(asking: Asking, campaigns: Sequence[Campaign]) -> tuple[Sequence[Campaign], str]:
    """Take out broadcasts of days that baselines do not count, and say so."""
    began = [one.began for one in campaigns if one.began]
    if not began:
        return campaigns, ""
    notes = [one for one in notes_in(asking.db, Period(min(began), max(began) + DAY, "")) if one.leave_out]
    out = {
        one.slug: note.name
        for one in campaigns
        for note in notes
        if one.kind == "broadcast" and one.began and note.start <= one.began < note.end
    }
    said = f", without {len(out)} of {asking.words.listed(tuple(dict.fromkeys(out.values())))}" if out else ""
    return [one for one in campaigns if one.slug not in out], said


def _is_alike(one: Campaign, other: Campaign) -> bool:
    same = (one.kind, one.objective) == (other.kind, other.objective)
    return same and one.slug != other.slug and not one.archived
