"""How two sides differ, KPI by KPI: which test fits, which noise is reckoned with, and whether markets decide it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import TYPE_CHECKING

from kpi.comparing.sides import pairs
from kpi.comparison.means import Means
from kpi.comparison.noise import FEWEST_DAYS, NO_NOISE, Days, Noise, noise_between
from kpi.comparison.rates import Rate, Rates
from kpi.comparison.strata import Strata, Stratum
from kpi.comparison.verdicts import SETTLED, STILL_COMING, Difference, Verdict, judged
from kpi.facts import BUYERS_BY_SEND, ORDERS_BY_SEND
from kpi.metrics import Direction
from kpi.periods import Period
from kpi.quantities import Ratio, Share, facts_of
from kpi.scope import Scope
from kpi.storage.slices import Slice, parted
from kpi.tally import Tally
from kpi.usual import MOST_PEERS
from kpi.usual import SETTLED as SETTLED_DAYS

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from kpi.comparing.sides import Side
    from kpi.comparison.verdicts import Test
    from kpi.estimates import Estimate
    from kpi.metrics import Metric
    from kpi.question import Asking
    from kpi.tally import Sums

FEWEST_ORDERS = 30
"""Below so many orders on either side money gets no verdict: a single large basket would decide."""
MIX_DIFFERS = 0.05
YEAR = timedelta(days=365)


@dataclass(frozen=True, slots=True)
class Contrast:
    """One KPI of two sides; ``found`` is None where there is nothing to test it with."""

    metric: Metric
    one: Side
    other: Side
    value: Estimate
    against: Estimate
    found: Difference | None = None
    noise: Noise = NO_NOISE
    strata: Strata | None = None
    """The markets, where the whole would say something else than they do."""

    @property
    def verdict(self) -> Verdict:
        """Return how sure the difference is."""
        return self.found.verdict if self.found else Verdict.TOO_LITTLE

    @property
    def difference(self) -> float:
        """The difference that the verdict is about: at the same mix of markets where that decides."""
        if self.strata:
            return self.strata.between
        return float(self.value.value or 0) - float(self.against.value or 0)

    @property
    def chance(self) -> float | None:
        """Return the chance that the one side is the better one."""
        if self.found is None or self.found.verdict is Verdict.TOO_LITTLE:
            return None
        return 1 - self.found.chance if self.metric.direction is Direction.DOWN else self.found.chance

    @property
    def is_ahead(self) -> bool:
        """Tell whether the one side is the better one, so far as is known."""
        return (self.difference > 0) is not (self.metric.direction is Direction.DOWN)


@dataclass
class Contrasts:
    """Contrasts in the making: what they share is read once."""

    asking: Asking
    metrics: Sequence[Metric]
    currency: str
    sides: Sequence[Side]
    _team: dict[str, list[tuple[object, Sums]]] | None = field(default=None, init=False)
    _team_days: dict[Metric, list[Days]] = field(default_factory=dict, init=False)

    def between(self, matches: Iterable[tuple[Side, Side]]) -> list[Contrast]:
        """Return the contrasts of every KPI in every match, judged together."""
        drafts = [self._draft(metric, one, other) for one, other in matches for metric in self.metrics]
        tests = {at: test for at, (_, test) in enumerate(drafts) if test}
        level = SETTLED if all(self._is_settled(side) for side in self.sides) else STILL_COMING
        whole = judged(list(tests.values()), level)
        parted_too = any(contrast.strata for contrast, _ in drafts)
        parts = judged([drafts[at][0].strata or test for at, test in tests.items()], level) if parted_too else whole
        made = [contrast for contrast, _ in drafts]
        for at, of_whole, of_parts in zip(tests, whole, parts, strict=True):
            made[at] = _settled(made[at], of_whole, of_parts)
        return made

    def _is_settled(self, side: Side) -> bool:
        age = side.age(self.asking.today)
        return all(age.is_mature(metric) for metric in self.metrics)

    def _draft(self, metric: Metric, one: Side, other: Side) -> tuple[Contrast, Test | None]:
        value, against = (side.estimate(metric, self.currency) for side in (one, other))
        contrast = Contrast(metric, one, other, value, against)
        if value.value is None or against.value is None:
            return contrast, None
        match metric.quantity:
            case Share():
                return self._of_rates(contrast)
            case Ratio():
                return contrast, self._of_means(contrast)
            case _:
                return contrast, None

    def _of_rates(self, contrast: Contrast) -> tuple[Contrast, Test | None]:
        counts = [
            (float(one.numerator or 0), float(one.denominator or 0)) for one in (contrast.value, contrast.against)
        ]
        if any(not 0 <= part <= whole for part, whole in counts):
            return contrast, None
        days = [side.by_day(contrast.metric, "") for side in (contrast.one, contrast.other)]
        noise = NO_NOISE if shares_days(contrast.one, contrast.other) else self._noise(contrast.metric, days)
        rates = [Rate(*count, noise.inflation(of)) for count, of in zip(counts, days, strict=True)]
        test = Rates(rates[0], rates[1], noise.freedom)
        return replace(contrast, noise=noise, strata=_strata(contrast, test)), test

    def _of_means(self, contrast: Contrast) -> Means | None:
        sides = (contrast.one, contrast.other)
        if min(len(side.by_day(contrast.metric, self.currency).counts) for side in sides) < FEWEST_DAYS:
            return None
        enough = all(_orders(side, contrast.metric) >= FEWEST_ORDERS for side in sides)
        one, other = (side.mean(contrast.metric, self.currency) for side in sides)
        return Means(one, other, enough=enough)

    def _noise(self, metric: Metric, days: list[Days]) -> Noise:
        if min(len(one.counts) for one in days) >= FEWEST_DAYS:
            return noise_between(days[0], days[1])
        if metric not in self._team_days:
            rows = self._of_team().values()
            team = (pairs(metric, some, Tally(tuple(sums for _, sums in some))) for some in rows)
            self._team_days[metric] = [Days(list(found.values())) for found in team]
        return noise_between(days[0], days[1], self._team_days[metric])

    def _of_team(self) -> dict[str, list[tuple[object, Sums]]]:
        """Return the days of the team's latest settled campaigns of the same channel, campaign by campaign."""
        if self._team is None:
            self._team = _days_of_others(self.asking, self.sides, self.metrics)
        return self._team


def shares_days(one: Side, other: Side) -> bool:
    """Tell whether a day weighs on both sides alike: parts of one campaign, sent on the same days."""
    return one.campaigns == other.campaigns and one.of.period == other.of.period and set(one.sent) == set(other.sent)


def differing_mix(one: Side, other: Side) -> bool:
    """Tell whether the two were sent to clearly different shares of markets."""
    mix, against = one.mix, other.mix
    return any(abs(mix.get(market, 0) - against.get(market, 0)) > MIX_DIFFERS for market in {*mix, *against})


def _days_of_others(
    asking: Asking, sides: Sequence[Side], metrics: Sequence[Metric]
) -> dict[str, list[tuple[object, Sums]]]:
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
    facts = {fact for metric in metrics for fact in facts_of(metric.quantity)}
    year = Period(asking.today - YEAR, asking.today, "the last year")
    found: dict[str, list[tuple[object, Sums]]] = {}
    for day, sums in parted(asking.db, facts, Slice(tuple(latest), year), "day"):
        found.setdefault(sums.campaign, []).append((day, sums))
    return found


def _strata(contrast: Contrast, whole: Rates) -> Strata | None:
    """Return the markets that both sides were sent to, where their shares differ."""
    if not differing_mix(contrast.one, contrast.other):
        return None
    ours, theirs = contrast.one.by_market(contrast.metric), contrast.other.by_market(contrast.metric)
    shared = [market for market in ours if market in theirs]
    if not shared:
        return None
    return Strata(whole, tuple(Stratum(market, Rate(*ours[market]), Rate(*theirs[market])) for market in shared))


def _settled(contrast: Contrast, of_whole: Difference, of_parts: Difference) -> Contrast:
    """Return the contrast with its verdict: that of the markets where the whole would say something else."""
    if contrast.strata is None:
        return replace(contrast, found=of_whole)
    agree = of_whole.verdict is of_parts.verdict and (of_whole.difference > 0) == (contrast.strata.between > 0)
    return replace(contrast, found=of_whole, strata=None) if agree else replace(contrast, found=of_parts)


def _orders(side: Side, metric: Metric) -> float:
    """Return how many orders a KPI rests on; what has none to do with orders rests on enough."""
    if metric.key.startswith("cost_per_message"):
        return FEWEST_ORDERS
    known = [side.at_age(metric).tally.total(fact) for fact in (ORDERS_BY_SEND, BUYERS_BY_SEND)]
    return max((count for count in known if count is not None), default=0)
