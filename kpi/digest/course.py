"""A week or a month beside the ones before it: what each held, what is usual, and how this one differs."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import timedelta
from statistics import median, quantiles
from typing import TYPE_CHECKING

from kpi.facts import SENT
from kpi.figures import changed, estimate_of, figure, main_currency
from kpi.maturity import Age
from kpi.metrics import METRIC, Direction
from kpi.periods import MONTHS, WEEK, Period
from kpi.storage.equal_age import as_it_stood
from kpi.storage.notes import left_out_days
from kpi.storage.slices import Slice
from kpi.storage.tallies import daily, tally
from kpi.tally import together
from kpi.usual import FEWEST_FOR_BAND
from kpi.view import SUMMED

if TYPE_CHECKING:
    from kpi.estimates import Estimate
    from kpi.metrics import Metric
    from kpi.question import Asking
    from kpi.report import Figure
    from kpi.scope import Scope
    from kpi.storage.campaigns import Campaign
    from kpi.storage.equal_age import Earlier
    from kpi.tally import Tally
    from kpi.wording import Number

WEEKS_BEFORE = 8
MONTHS_BEFORE = 12
FAR = 0.1
SLOWEST = ("ctr", "conversion_rate")
"""The KPIs that come in last."""


@dataclass(frozen=True, slots=True)
class Usual:
    """The median of the periods before, and their middle half."""

    middle: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Course:
    """Periods of one length with what they hold, oldest first; the last is the one that is told about.

    ``age`` is that of the messages of the last period. Of a week still running, every week has the same days.
    """

    asking: Asking
    periods: tuple[Period, ...]
    tallies: tuple[Tally, ...]
    age: Age
    currency: str
    scope: Scope
    against: str
    """What the period before is called: ``week 46``."""
    is_complete: bool = True
    """Whether every source has told everything; what is not is treated like what is still filling up."""
    then: Earlier | None = None
    """The period before as it stood when it was as old as this one is, where this one is still filling up."""
    left_out: frozenset[int] = frozenset()
    """The places of earlier periods that hold days which no baseline may count."""
    _estimates: dict[tuple[Metric, int], Estimate] = field(default_factory=dict, repr=False)

    @property
    def period(self) -> Period:
        """The period that is told about."""
        return self.periods[-1]

    @property
    def now(self) -> Tally:
        """What it holds."""
        return self.tallies[-1]

    @property
    def begun(self) -> bool:
        """Whether an earlier period has anything to compare with."""
        return any(one.sums for one in self.tallies[:-1])

    @property
    def campaigns(self) -> tuple[Campaign, ...]:
        """The campaigns of the period."""
        return tuple(self.asking.campaigns[slug] for slug in self.now.campaigns)

    @property
    def other_currencies(self) -> tuple[str, ...]:
        """The currencies of the period that are not the one shown first."""
        return tuple(one for one in self.now.currencies() if one != self.currency)

    def estimate(self, metric: Metric, at: int = -1) -> Estimate:
        """Return a KPI of one of the periods."""
        if (metric, at) not in self._estimates:
            self._estimates[metric, at] = estimate_of(metric, self.tallies[at], self.currency)
        return self._estimates[metric, at]

    def value(self, metric: Metric) -> float | None:
        """Return a KPI of the period as a plain number."""
        value = self.estimate(metric).value
        return None if value is None else float(value)

    def comparable(self, metric: Metric, at: int = -1) -> float | None:
        """Return a KPI of one of the periods, None also where a missing cost makes it another thing."""
        estimate = self.estimate(metric, at)
        return None if estimate.value is None or estimate.holes else float(estimate.value)

    def series(self, metric: Metric) -> tuple[float | None, ...]:
        """Return a KPI of every period since the first that holds anything."""
        first = next(at for at, one in enumerate(self.tallies) if one.sums)
        return tuple(self.comparable(metric, at - len(self.tallies)) for at in range(first, len(self.tallies)))

    def usual(self, metric: Metric) -> Usual | None:
        """Return what was usual before, None where too few periods know the KPI."""
        skipped = [at - len(self.tallies) for at in self.left_out]
        places = range(-len(self.tallies), -1)
        some = (self.comparable(metric, at) for at in places if at not in skipped and self.tallies[at].sums)
        known = [value for value in some if value is not None]
        if len(known) < FEWEST_FOR_BAND:
            return None
        low, _, high = quantiles(known, n=4, method="inclusive")
        return Usual(median(known), low, high)

    def standing(self, metric: Metric) -> int | None:
        """Return 1 above, 0 within, -1 below what is usual; None where that cannot be said, or not yet.

        What is still filling up can only rise: it may be above already, never below. However even the periods were,
        a tenth off their middle is within.
        """
        value, usual = self.comparable(metric), self.usual(metric)
        if value is None or usual is None:
            return None
        far = abs(value - usual.middle) > FAR * abs(usual.middle)
        if far and value > usual.high:
            return 1
        return (-1 if far and value < usual.low else 0) if self.is_mature(metric) else None

    def is_good(self, metric: Metric) -> bool | None:
        """Tell whether a KPI lies on the better side of what is usual; None within it."""
        where = self.standing(metric)
        if not where or metric.direction is Direction.NEITHER:
            return None
        return (where > 0) == (metric.direction is Direction.UP)

    def change(self, metric: Metric) -> str:
        """Say how a KPI differs from the period before: ``▲ 12% vs week 46``, ``so far, €37.4K in week 46``.

        What may still rise is not called lower: the messages of the period before have had more time.
        """
        estimate, before = self.estimate(metric), self.comparable(metric, -2)
        if estimate.holes:
            return f"cost missing for {len(estimate.holes)} of {len(self.now.campaigns)}"
        if not self.is_mature(metric) and (then := self._then(metric)) is not None:
            return changed(metric, estimate, then, self.asking.words, f"vs {self.against} at this age")
        said = changed(metric, estimate, before, self.asking.words, f"vs {self.against}")
        if estimate.value is None or self.is_mature(metric):
            return said
        if before is not None and float(estimate.value) < before:
            return f"so far, {self.written(metric, before)} in {self.against}"
        return f"{said}, so far" if said else "so far"

    def _then(self, metric: Metric) -> float | None:
        """Return a KPI of the period before at the age of this one; None where ages or costs are unknown."""
        if self.then is None or not self.is_complete or not self.then.knows(metric):
            return None
        margins = {one.slug: one.margin for one in self.asking.campaigns.values()}
        estimate = estimate_of(metric, self.then.tally(margins), self.currency)
        return None if estimate.value is None or estimate.holes else float(estimate.value)

    def usually(self, metric: Metric) -> str:
        """Say what is usual: ``usually €12.1K``."""
        usual = self.usual(metric)
        return f"usually {self.written(metric, usual.middle)}" if usual else ""

    def figure(self, metric: Metric, *, detailed: bool = True) -> Figure:
        """Return a KPI as a figure, against the period before and the usual one."""
        change = " · ".join(filter(None, (self.change(metric), self.usually(metric))))
        shown = figure(metric, self.estimate(metric), self.asking.words, currency=self.currency, change=change)
        return shown if detailed else replace(shown, detail="")

    def short(self, metric: Metric) -> str:
        """Write a KPI of the period in about three digits."""
        return self.written(metric, self.estimate(metric).value)

    def written(self, metric: Metric, value: Number | None) -> str:
        """Write a value of a KPI in about three digits."""
        return self.asking.words.short(value, metric.unit, self.currency)

    def is_mature(self, metric: Metric) -> bool:
        """Tell whether nearly all messages of the period are old enough for the KPI."""
        return self.is_complete and self.age.is_mature(metric)


def weeks(asking: Asking, scope: Scope, week: Period) -> Course:
    """Read a week and those before it; of a week still running only the days that are over, in all of them."""
    over = week.until(asking.today) if week.is_running(asking.today) else week
    periods = [Period(over.start - back * WEEK, over.end - back * WEEK, "") for back in range(WEEKS_BEFORE, 0, -1)]
    if over.length < week.length:
        return _course(asking, scope, (*periods, over), asking.words.days(periods[-1].start, periods[-1].end))
    return _course(asking, scope, (*periods, over), f"week {periods[-1].start.isocalendar().week}")


def months(asking: Asking, scope: Scope, month: Period) -> Course:
    """Read a month and those before it; of a month still running only the days that are over, in all of them."""
    over = month.until(asking.today) if month.is_running(asking.today) else month
    whole = [month]
    for _ in range(MONTHS_BEFORE):
        whole.insert(0, whole[0].before())
    if over.length == month.length:
        return _course(asking, scope, tuple(whole), MONTHS[whole[-2].start.month - 1].title())
    part = [Period(one.start, min(one.end, one.start + (over.end - over.start)), "") for one in whole]
    return _course(asking, scope, tuple(part), asking.words.days(part[-2].start, part[-2].end))


def _course(asking: Asking, scope: Scope, periods: tuple[Period, ...], against: str) -> Course:
    campaigns, now = asking.sending(scope), periods[-1]
    tallies = tuple(tally(asking.db, SUMMED, campaigns, period, scope) for period in periods)
    days = daily(asking.db, {SENT}, campaigns, now, scope, pooled=True)
    sent = {day: one.total(SENT) or 0 for day, one in days.items()}
    last = max(sent, default=now.end - timedelta(days=1))
    age = Age(sent, last, asking.today, lambda metric: asking.lag(metric, campaigns))
    main = tallies[-1] if tallies[-1].currencies() else together(tallies)
    currency = main_currency(main, asking.words.currency)
    left = left_out_days(asking.db, Period(periods[0].start, now.start, ""))
    full = [at for at in range(len(periods) - 1) if tallies[at].sums]
    skipped = frozenset(at for at in full if not left.isdisjoint(periods[at].days()))
    settled = all(age.is_mature(METRIC[key]) for key in SLOWEST)
    then = None if settled else _before_then(asking, campaigns, periods, scope)
    return Course(asking, periods, tallies, age, currency, scope, against, then=then, left_out=skipped)


def _before_then(asking: Asking, campaigns: tuple[Campaign, ...], periods: tuple[Period, ...], scope: Scope) -> Earlier:
    """Return the period before as it stood when it was as old as the last one is today."""
    now, before = periods[-1], periods[-2]
    of = Slice(campaigns, before, scope=scope.rows)
    return as_it_stood(asking.db, SUMMED, of, asking.today - (now.end - before.end))
