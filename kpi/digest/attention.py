"""What somebody has to look at: data that is missing, a source that fell silent, a list that suffers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kpi.digest.awaiting import late_sources
from kpi.facts import SENT
from kpi.figures import estimate_of, fraction
from kpi.metrics import METRIC, NET, Direction
from kpi.periods import DAY, Period
from kpi.storage.tallies import daily
from kpi.units import Unit

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kpi.digest.course import Course
    from kpi.metrics import Metric
    from kpi.storage.campaigns import Campaign

WATCHED = ("opt_out_rate", "block_rate", "delivery_rate")
NOTABLE = 1.25
"""From so many times the usual loss on it is worth a word."""


def missing(course: Course) -> tuple[str, ...]:
    """Return a sentence for everything that may have happened without being told."""
    return (*untold(course), *_gaps(course))


def warnings(course: Course) -> tuple[str, ...]:
    """Return a sentence for everything that somebody should mend or look into."""
    return (*_without_cost(course), *_off(course))


def untold(course: Course) -> tuple[str, ...]:
    """Return one sentence that names the sources which have told nothing since the period was over, or none."""
    words, found = course.asking.words, late_sources(course.asking, course.scope, course.period)
    told = words.listed(tuple(f"{words.moment(one.last)} (source: {one.source})" for one in found))
    return (f"Nothing new since {told}: the last days may be missing.",) if found else ()


def _gaps(course: Course) -> Iterator[str]:
    """Name automations that sent every day before, and are without results at the end of this period."""
    asking, days = course.asking, course.period.days()
    before = Period(course.period.start - (course.period.end - course.period.start), course.period.start, "")
    running = [one for one in _running(course) if one.kind == "automation"]
    told = daily(asking.db, {SENT}, running, Period(before.start, course.period.end, ""), course.scope)
    for campaign in running:
        known = {day for day, part in told.items() if campaign.slug in part.campaigns}
        last = max(known, default=before.start)
        if known.issuperset(before.days()) and last + DAY < course.period.end:
            silent = sum(day > last for day in days)
            yield f"{campaign.name} has no results for the last {silent} of {len(days)} days: {_told(course, silent)}."


def _told(course: Course, silent: int) -> str:
    """Say on which days nothing was told."""
    return course.asking.words.days(course.period.end - silent * DAY, course.period.end)


def _running(course: Course) -> list[Campaign]:
    """Return the campaigns that sent in this period or the one before, and still could."""
    seen = dict.fromkeys((*course.now.campaigns, *course.tallies[-2].campaigns))
    some = (course.asking.campaigns[slug] for slug in seen)
    return [one for one in some if one.slug in course.now.campaigns or one.kind == "automation"]


def _without_cost(course: Course) -> Iterator[str]:
    holes = course.estimate(METRIC["cost"]).holes
    if holes:
        words, parts = course.asking.words, course.now.by_campaign()
        revenue = sum(NET.sum(parts[slug].in_currency(course.currency)) or 0 for slug in holes)
        names = words.listed(tuple(course.asking.campaigns[slug].name for slug in holes))
        rest = f"; {words.short(revenue, Unit.MONEY, course.currency)} of revenue is not in ROCS" if revenue else ""
        yield f"Cost is missing for {len(holes)} of {len(course.now.campaigns)} campaigns ({names}){rest}."


def _off(course: Course) -> Iterator[str]:
    """Name the KPIs of the list that are worse than usual by more than chance (95 % interval) and outside the band."""
    for metric in (METRIC[key] for key in WATCHED):
        estimate, usual = course.estimate(metric), course.usual(metric)
        if usual is None or estimate.low is None or estimate.high is None or course.is_good(metric) is not False:
            continue
        is_sure = estimate.low > usual.middle or estimate.high < usual.middle
        if is_sure and _badness(metric, course.value(metric) or 0) > NOTABLE * _badness(metric, usual.middle):
            said = fraction(metric, estimate, course.asking.words, course.currency)
            yield f"{metric.label} {course.short(metric)} ({said}), {course.usually(metric)}{_most(course, metric)}."


def _badness(metric: Metric, share: float) -> float:
    """Return the share of those who were lost."""
    return share if metric.direction is Direction.DOWN else 1 - share


def _most(course: Course, metric: Metric) -> str:
    """Name the campaign that moved a KPI furthest, with its fraction; '' where there is only one campaign."""
    usual, sign = course.usual(metric), 1 if metric.direction is Direction.DOWN else -1
    found = {slug: estimate_of(metric, part, course.currency) for slug, part in course.now.by_campaign().items()}
    excess = {
        slug: sign * (float(one.numerator) - (usual.middle if usual else 0) * float(one.denominator))
        for slug, one in found.items()
        if one.numerator is not None and one.denominator
    }
    if len(excess) < 2:  # noqa: PLR2004
        return ""
    slug = max(excess, key=lambda name: excess[name])
    said = fraction(metric, found[slug], course.asking.words, course.currency)
    return f"; {course.asking.campaigns[slug].name} stands out ({said})"
