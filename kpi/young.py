"""A young campaign beside what comparable ones had at its age."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import median
from typing import TYPE_CHECKING

from kpi.ages import OLDEST
from kpi.figures import estimate_of
from kpi.storage.equal_age import each_after_days
from kpi.usual import FEWEST_PEERS

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from kpi.estimates import Estimate
    from kpi.facts import Fact
    from kpi.maturity import Age
    from kpi.metrics import Metric
    from kpi.question import Asking
    from kpi.scope import Scope
    from kpi.storage.campaigns import Campaign
    from kpi.storage.equal_age import Earlier
    from kpi.usual import Peers


@dataclass(frozen=True, slots=True)
class AtAge:
    """What a campaign and its peers had brought when their messages had had so many days."""

    days: int
    own: Earlier
    peers: Mapping[str, Earlier]

    @property
    def said(self) -> str:
        """The age in words: ``after 3 days``."""
        return f"after {self.days} day{'s' * (self.days > 1)}"

    def usual(self, metric: Metric, currency: str) -> tuple[Estimate, float] | None:
        """Return a KPI at that age and the median of the peers; None where too few of them know it."""
        own = _estimate(metric, self.own, currency)
        found = [one for peer in self.peers.values() if (one := _estimate(metric, peer, currency)) is not None]
        values = [float(one.value) for one in found if one.value is not None]
        return (own, median(values)) if own and len(values) >= FEWEST_PEERS else None


def at_age(
    asking: Asking, campaign: Campaign, age: Age, peers: Peers, facts: Collection[Fact], scope: Scope
) -> AtAge | None:
    """Return a campaign and its peers at its age; None where no message has had a day, or all have had every one."""
    days = age.had
    if not 0 < days <= OLDEST or len(peers.tallies) < FEWEST_PEERS:
        return None
    others = [asking.campaigns[slug] for slug in peers.tallies]
    found = each_after_days(asking.db, facts, [campaign, *others], days, asking.today, scope.rows)
    own = found.pop(campaign.slug, None)
    return AtAge(days, own, found) if own and own.aged else None


def _estimate(metric: Metric, of: Earlier, currency: str) -> Estimate | None:
    """Return a KPI at the age; None where the ages of what it is made of are unknown."""
    return estimate_of(metric, of.tally(), currency) if of.knows(metric) else None
