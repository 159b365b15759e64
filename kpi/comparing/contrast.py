"""How two sides differ, KPI by KPI: which test fits, which noise is reckoned with, and whether markets decide it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from kpi.comparing.money import NEEDED, Money
from kpi.comparing.noises import Noises
from kpi.comparing.sides import differing_mix, shares_days
from kpi.comparison.noise import NO_NOISE, Noise
from kpi.comparison.rates import Rate, Rates
from kpi.comparison.strata import Strata, Stratum
from kpi.comparison.verdicts import SETTLED, STILL_COMING, Difference, Verdict, judged
from kpi.metrics import Direction
from kpi.quantities import Ratio, Share, facts_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from kpi.comparing.money import Unjudged
    from kpi.comparing.sides import Side
    from kpi.comparison.verdicts import Test
    from kpi.estimates import Estimate
    from kpi.metrics import Metric
    from kpi.question import Asking


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
    unjudged: Unjudged | None = None
    """Why there is nothing to test an amount with."""

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
    noises: Noises = field(init=False)
    money: Money = field(init=False)

    def __post_init__(self) -> None:
        facts = NEEDED.union(*(facts_of(metric.quantity) for metric in self.metrics))
        self.noises = Noises(self.asking, self.sides, facts)
        self.money = Money(self.asking, self.sides, self.currency, self.noises)

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
        age = side.age(self.asking)
        return all(age.is_mature(metric) for metric in self.metrics)

    def _draft(self, metric: Metric, one: Side, other: Side) -> tuple[Contrast, Test | None]:
        value, against = (side.estimate(metric, self.currency) for side in (one, other))
        contrast = Contrast(metric, one, other, value, against)
        if value.value is None or against.value is None:
            return contrast, None
        told = one.at_age(metric), other.at_age(metric)
        match metric.quantity:
            case Share() as share:
                return self._of_rates(contrast, share, told)
            case Ratio() as ratio:
                drafted = self.money.drafted(metric, ratio, told, (value, against))
                return replace(contrast, noise=drafted.noise, unjudged=drafted.unjudged), drafted.test
            case _:
                return contrast, None

    def _of_rates(self, contrast: Contrast, of: Share, told: tuple[Side, Side]) -> tuple[Contrast, Test | None]:
        counts = [
            (float(one.numerator or 0), float(one.denominator or 0)) for one in (contrast.value, contrast.against)
        ]
        if any(not 0 <= part <= whole for part, whole in counts):
            return contrast, None
        days = told[0].by_day(of), told[1].by_day(of)
        noise = NO_NOISE if shares_days(*told) else self.noises.between(of, days)
        rates = [Rate(*count, noise.inflation(own)) for count, own in zip(counts, days, strict=True)]
        test = Rates(rates[0], rates[1], noise.freedom)
        return replace(contrast, noise=noise, strata=_strata(of, told, test)), test


def _strata(of: Share, told: tuple[Side, Side], whole: Rates) -> Strata | None:
    """Return the markets that both sides were sent to, where their shares differ."""
    if not differing_mix(*told):
        return None
    ours, theirs = (side.by_market(of) for side in told)
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
