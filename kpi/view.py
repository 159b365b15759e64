"""Some campaigns over some days, beside what they are set against: the days before, or what is usual."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cache
from typing import TYPE_CHECKING

from kpi.charts.card import Small
from kpi.estimates import UNKNOWN
from kpi.facts import FACTS, SENT, Adds
from kpi.figures import changed, estimate_of, figure, is_better, main_currency
from kpi.maturity import Age, filling
from kpi.metrics import METRIC
from kpi.periods import DAY, Period
from kpi.quantities import facts_of
from kpi.report import Column, Table
from kpi.scope import EVERYTHING, Scope
from kpi.sheets import CHANNEL, SHEETS
from kpi.steps import stretches
from kpi.storage.tallies import daily, tally, with_states
from kpi.units import Unit
from kpi.usual import NO_PEERS, Peers, peers_of
from kpi.young import at_age

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from datetime import date

    from kpi.daily import Daily
    from kpi.estimates import Estimate
    from kpi.facts import Fact
    from kpi.metrics import Metric
    from kpi.question import Asking
    from kpi.report import Figure
    from kpi.steps import Step
    from kpi.storage.campaigns import Campaign
    from kpi.tally import Tally
    from kpi.young import AtAge

SUMMED = tuple(fact for fact in FACTS if fact.adds is Adds.SUM)
SIZELESS = frozenset({
    "revenue_per_message", "revenue_per_conversation", "aov",
    "cost_per_message", "cost_per_conversation", "cost_per_click", "cost_per_order", "cac",
})  # fmt: skip
"""Amounts that do not depend on the size of a campaign, so that they can be set against other campaigns."""
FEWEST_POINTS, MOST_POINTS = 3, 40
"""Points from which a small line tells anything, and beyond which it is only noise."""
MOST_STEPS = 31
"""Rows of a table by day, week or month."""
DRAWN = frozenset({SENT}).union(
    *(facts_of(METRIC[key].quantity) for sheet in (*SHEETS.values(), CHANNEL) for key in sheet.cards)
)
"""The facts that small lines are drawn from."""
OF_CAMPAIGN = DRAWN.union(*(facts_of(METRIC[key].quantity) for sheet in SHEETS.values() for key in sheet.details))
"""The facts that a campaign is set against others by."""
OF_CHANNEL = DRAWN.union(*(facts_of(METRIC[key].quantity) for key in (*CHANNEL.proof, *CHANNEL.details)))
"""The facts that the totals of the channel need."""


@dataclass(frozen=True, slots=True)
class View:
    """What an answer is read from; ``period`` is None for a campaign's whole life."""

    asking: Asking
    campaigns: tuple[Campaign, ...]
    period: Period | None
    tally: Tally
    days: Daily
    steps: Mapping[date, Tally]
    """The days, or as many days together as leave a line that can be read; each under its last day."""
    age: Age
    before: Tally | None
    peers: Peers
    currency: str
    scope: Scope = EVERYTHING
    at_age: AtAge | None = None
    """Where results are still coming in: the campaign and the usual when they were as old as it is."""
    _estimates: dict[Metric, Estimate] = field(default_factory=dict, repr=False)
    _earlier: dict[Metric, Estimate] = field(default_factory=dict, repr=False)

    @property
    def span(self) -> str:
        """The days in words."""
        return self.asking.words.days(*self.ends)

    @property
    def ends(self) -> tuple[date, date]:
        """The first day, and the one after the last; of a campaign's life those on which it sent anything."""
        if self.period:
            return self.period.start, self.period.end
        first, last = self.campaigns[0].began, self.campaigns[-1].ended
        return (first, last + DAY) if first and last else (min(self.days), max(self.days) + DAY)

    @property
    def last_day(self) -> date:
        """The last day of which anything is known."""
        return max(self.days)

    def estimate(self, metric: Metric) -> Estimate:
        """Return a KPI over the whole view."""
        if metric not in self._estimates:
            self._estimates[metric] = estimate_of(metric, self.tally, self.currency)
        return self._estimates[metric]

    def value(self, metric: Metric) -> float | None:
        """Return a KPI as a plain number."""
        return _number(self.estimate(metric))

    def reference(self, metric: Metric) -> tuple[float | None, str]:
        """Return the value to set a KPI against, and what it is: the period before, or the usual."""
        if self.period is not None:
            before, against = self._before(metric), f"vs {self.period.before().name}"
            return (None if before.holes or self.estimate(metric).holes else _number(before)), against
        if not _is_sizeless(metric) or not self.is_mature(metric):
            return None, ""
        return self.peers.usual(metric, self.currency), "vs usual"

    def _before(self, metric: Metric) -> Estimate:
        if metric not in self._earlier:
            self._earlier[metric] = estimate_of(metric, self.before, self.currency) if self.before else UNKNOWN
        return self._earlier[metric]

    def change(self, metric: Metric) -> str:
        """Say how a KPI differs from what it is set against, and whether it is still filling up."""
        estimate, (reference, against) = self.estimate(metric), self.reference(metric)
        young = self.at_age if _is_sizeless(metric) and not self.is_mature(metric) else None
        if young and (found := young.usual(metric, self.currency)):
            (estimate, reference), against = found, f"vs usual {young.said}"
        said = changed(metric, estimate, reference, self.asking.words, against)
        if self.is_mature(metric) or self.value(metric) is None:
            return said
        return f"{said}, so far" if said else "still filling up"

    def short(self, metric: Metric) -> str:
        """Write a KPI in about three digits."""
        return self.asking.words.short(self.estimate(metric).value, metric.unit, self.currency)

    def figure(self, metric: Metric) -> Figure:
        """Return a KPI as a figure."""
        slug = self.campaigns[0].slug if len(self.campaigns) == 1 else ""
        estimate, change = self.estimate(metric), self.change(metric)
        return figure(metric, estimate, self.asking.words, currency=self.currency, campaign=slug, change=change)

    def table(self, caption: str, metrics: Sequence[Metric]) -> Table:
        """Return KPIs as a table: the value, what it was divided by, and how it differs."""
        figures = tuple(self.figure(metric) for metric in metrics)
        against = "vs usual" if self.period is None else f"vs {self.period.before().name}"
        rows = tuple((one.label, one.shown, _bare(one.change, against) or "–", one.detail or "–") for one in figures)
        columns = (Column("KPI", "left"), Column("Value"), Column(against), Column("From"))
        if any(one.change for one in figures):
            return Table(caption, columns, rows, figures)
        return Table(caption, (*columns[:2], columns[3]), tuple((*row[:2], row[3]) for row in rows), figures)

    def by_step(self, step: Step, metrics: Sequence[Metric]) -> Table:
        """Return KPIs per day, week or month; what is cut short or still filling up says so."""
        days = list(self.days)
        steps = stretches(self.period or Period(days[0], days[-1] + DAY, ""), step)
        rows = []
        for one in steps[-MOST_STEPS:]:
            found = self.days.over(day for day in days if one.start <= day < one.end)
            young = any(filling(self.age.lag(metric), [one.end - DAY], self.asking.today) for metric in metrics)
            values = (estimate_of(metric, found, self.currency).value for metric in metrics)
            shown = [
                self.asking.words.short(value, of.unit, self.currency)
                for value, of in zip(values, metrics, strict=True)
            ]
            rows.append((one.called(self.asking.words) + (", so far" if young else ""), *shown))
        said = f", the last {MOST_STEPS} of {len(steps)}" if len(steps) > MOST_STEPS else ""
        columns = (Column(step.title(), "left"), *(Column(metric.label) for metric in metrics))
        return Table(f"By {step}{said}", columns, tuple(rows))

    def small(self, metric: Metric) -> Small:
        """Return a KPI as a small card with its days."""
        reference, _ = self.reference(metric)
        series = tuple(_number(estimate_of(metric, part, self.currency)) for part in self.steps.values())
        known = sum(value is not None for value in series)
        return Small(
            metric.label,
            self.short(metric),
            self.change(metric),
            is_better(metric, self.value(metric), reference) if self.is_mature(metric) else None,
            series if known >= FEWEST_POINTS else (),
            self.peers.band(metric, self.currency) if metric.unit is not Unit.MONEY else None,
            filling(self.age.lag(metric), self.steps, self.asking.today),
        )

    def is_mature(self, metric: Metric) -> bool:
        """Tell whether nearly all messages are old enough for the KPI."""
        return self.age.is_mature(metric)


def campaign_view(asking: Asking, campaign: Campaign, period: Period | None, scope: Scope = EVERYTHING) -> View:
    """Return a campaign over a period, or over its whole life beside the team's usual campaign."""
    peers = NO_PEERS if period else peers_of(campaign, asking, SUMMED, scope)
    view = _view(asking, (campaign,), period, peers, scope=scope)
    if all(view.is_mature(METRIC[key]) for key in SHEETS[campaign.objective].details):
        return view
    return replace(view, at_age=at_age(asking, campaign, view.age, peers, OF_CAMPAIGN, scope))


def channel_view(asking: Asking, period: Period, scope: Scope = EVERYTHING) -> View:
    """Return all campaigns of a scope over a period; WhatsApp's unless another channel is asked for."""
    return _view(asking, asking.sending(scope), period, NO_PEERS, OF_CHANNEL, scope)


def _view(
    asking: Asking,
    campaigns: tuple[Campaign, ...],
    period: Period | None,
    peers: Peers,
    facts: Collection[Fact] = SUMMED,
    scope: Scope = EVERYTHING,
) -> View:
    """Read everything; of a period still running only the days that are over, against as many days before."""
    over = period.until(asking.today) if period and period.is_running(asking.today) else period
    found = tally(asking.db, facts, campaigns, over, scope)
    if len(campaigns) == 1:
        found = with_states(asking.db, found, campaigns[0], over, scope)
    before = tally(asking.db, facts, campaigns, over.before(), scope) if over else None
    days = daily(asking.db, DRAWN, campaigns, over, scope, pooled=True)
    last = max((one.ended for one in campaigns if one.ended), default=None)
    age = Age(days.totals(SENT), last, asking.today, cache(lambda metric: asking.lag(metric, campaigns)))
    currency = main_currency(found, asking.words.currency)
    return View(asking, campaigns, over, found, days, _steps(days), age, before, peers, currency, scope)


def _steps(days: Daily) -> dict[date, Tally]:
    width, told = max(1, -(-len(days) // MOST_POINTS)), list(days)
    chunks = [told[start : start + width] for start in range(0, len(told), width)]
    return {chunk[-1]: days.over(chunk) for chunk in chunks}


def _bare(change: str, against: str) -> str:
    """Return a change without the words that stand in the head of its column."""
    return change.replace(f" {against}", "").replace(against.replace("vs", " as", 1), "")


def _is_sizeless(metric: Metric) -> bool:
    """Tell whether a KPI does not grow with the size of a campaign."""
    return metric.unit not in (Unit.COUNT, Unit.MONEY) or metric.key in SIZELESS


def _number(estimate: Estimate) -> float | None:
    return None if estimate.value is None else float(estimate.value)
