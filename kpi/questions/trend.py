"""``trend METRIC [CAMPAIGN] [PERIOD]``: one KPI over time, against the period before."""

from __future__ import annotations

from bisect import bisect
from dataclasses import dataclass
from typing import TYPE_CHECKING

from kpi.charts.marks import Mark
from kpi.charts.trend import Trend
from kpi.facts import SENT
from kpi.figures import changed, estimate_of, figure, fraction, main_currency, needs_currency
from kpi.maturity import Age, filling
from kpi.metrics import METRIC, Metric
from kpi.periods import DAY, Period, last_days
from kpi.phrases import left_out, noted, remarks, source_line
from kpi.quantities import Profit, Sum, facts_of
from kpi.question import Asked, Asking, Part, Question
from kpi.report import Choice, Choices, Column, Figures, Heading, Note, Paragraph, Picture, Piece, Report, Table
from kpi.steps import Step, Stretch, stretches, usual_step
from kpi.storage.notes import notes_in
from kpi.storage.tallies import daily, tally

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from kpi.estimates import Estimate
    from kpi.scope import Scope
    from kpi.storage.campaigns import Campaign
    from kpi.tally import Tally

USUAL_DAYS = 28
MOST_ROWS = 31


@dataclass(frozen=True, slots=True)
class _Span:
    """A period cut into steps of days, weeks or months, with what each holds."""

    period: Period
    step: Step
    steps: tuple[tuple[Stretch, Tally], ...]
    whole: Tally
    age: Age
    last: date | None
    """The last day of which anything is known."""


def answer(asking: Asking, asked: Asked) -> Report:
    """Return a KPI step by step: all WhatsApp campaigns, or one."""
    metric = asked.metric or METRIC["revenue"]
    campaigns = asked.campaigns or asking.sending(asked.scope)
    period = _period(asking, asked, metric)
    if period is None:
        said = f"{asked.campaigns[0].name} has no results yet."
        return Report(said, (Paragraph(said), Choices((Choice("Overview", "overview"),))))
    step = asked.step or usual_step(period)
    now = _span(asking, metric, campaigns, period, step, asked.scope)
    before = _span(asking, metric, campaigns, period.before(), step, asked.scope)
    currency = main_currency(now.whole, asking.words.currency)
    whole = estimate_of(metric, now.whole, currency)
    if whole.value is None:
        return _unknown(asking, asked, metric, period, whole)
    return _trend(asking, asked, metric, now, before, currency)


def _period(asking: Asking, asked: Asked, metric: Metric) -> Period | None:
    """Return the asked days; for a campaign alone its whole life, else the last four weeks.

    A life lasts until the last message, and for orders and money until the last that came of it.
    """
    if asked.period:
        return asked.period.until(asking.today) if asked.period.is_running(asking.today) else asked.period
    if not asked.campaigns:
        return last_days(USUAL_DAYS, asking.today)
    campaign = asked.campaigns[0]
    if campaign.began is None or campaign.ended is None:
        return None
    days = daily(asking.db, facts_of(metric.quantity), [campaign], None, asked.scope, pooled=True)
    came = days.last_with_any() or campaign.ended
    return Period(campaign.began, max(campaign.ended, came) + DAY, "its whole life")


def _span(
    asking: Asking, metric: Metric, campaigns: Sequence[Campaign], period: Period, step: Step, scope: Scope
) -> _Span:
    facts = facts_of(metric.quantity) | {SENT}
    days = daily(asking.db, facts, campaigns, period, scope, pooled=not isinstance(metric.quantity, Profit))
    steps = stretches(period, step)
    found: list[list[date]] = [[] for _ in steps]
    starts = [one.start for one in steps]
    for day in days:
        found[bisect(starts, day) - 1].append(day)
    whole = tally(asking.db, facts, campaigns, period, scope)
    last = max((one.ended for one in campaigns if one.ended), default=None)
    age = Age(days.totals(SENT), last, asking.today, lambda of: asking.lag(of, campaigns))
    by_step = tuple((one, days.over(part)) for one, part in zip(steps, found, strict=True))
    return _Span(period, step, by_step, whole, age, max(days, default=None))


def _trend(asking: Asking, asked: Asked, metric: Metric, now: _Span, before: _Span, currency: str) -> Report:
    whole, then = (estimate_of(metric, span.whole, currency) for span in (now, before))
    earlier = None if whole.holes or then.holes else then.value
    against = f"vs {now.period.before().name}" if (earlier is not None and asked.period) or not asked.campaigns else ""
    change = changed(metric, whole, earlier, asking.words, against) if against else ""
    if not now.age.is_mature(metric):
        change = f"{change}, so far" if change else "so far"
    who = asked.campaigns[0].name + asked.scope.said if asked.campaigns else asked.scope.who
    finding = _finding(asking, metric, whole, who, now.period, change, currency)
    slug = asked.campaigns[0].slug if asked.campaigns else ""
    shown = figure(metric, whole, asking.words, currency=currency, campaign=slug, change=change)
    pieces: tuple[Piece, ...] = (
        Heading(f"{metric.label}, {who}, {asking.words.days(now.period.start, now.period.end)}"),
        Paragraph(finding),
        Figures((shown,)),
        _picture(asking, metric, now, before if against else None, currency, finding),
        *([_table(asking, metric, now, currency)] if asked.step else []),
        *_notes(asking, metric, whole, now, currency),
        _next(asked, metric),
    )
    return Report(finding, pieces)


def _finding(
    asking: Asking, metric: Metric, whole: Estimate, who: str, period: Period, change: str, currency: str
) -> str:
    shown = asking.words.short(whole.value, metric.unit, currency)
    label = whole.label or metric.label
    said = f"{who} {label if label.isupper() else label[:1].lower() + label[1:]}: {shown}"
    return f"{said}, {change}." if change else f"{said} ({asking.words.period(period)})."


def _picture(asking: Asking, metric: Metric, now: _Span, before: _Span | None, currency: str, finding: str) -> Picture:
    values = _values(metric, now, currency)
    parts = [one.is_part for one, _ in now.steps]
    chart = Trend(
        finding.rstrip("."),
        f"{metric.label} by {now.step}" + ("" if isinstance(metric.quantity, Sum) else ", where both sides are known"),
        tuple(asking.words.day(one.start, year=False) for one, _ in now.steps),
        values,
        metric.unit,
        asking.words,
        currency,
        before=_aligned(_values(metric, before, currency), len(values)) if before else (),
        before_label=now.period.before().name if before else "",
        filling=filling(now.age.lag(metric), [one.end - DAY for one, _ in now.steps], asking.today),
        parts=(parts[0], parts[-1]),
        part_label=f"part of a {now.step}",
        marks=_marks(asking, now),
    )
    return Picture(
        f"{finding} {_peak(asking, metric, now, values[: len(values) - chart.filling], currency)}".strip(), chart
    )


def _marks(asking: Asking, now: _Span) -> tuple[Mark, ...]:
    """Return what was noted about the days, by the steps that hold them; a month is too long to be marked."""
    notes = () if now.step is Step.MONTH else notes_in(asking.db, now.period)
    held = [(note, [at for at, (one, _) in enumerate(now.steps) if note.meets(one)]) for note in notes]
    return tuple(Mark(steps[0], steps[-1], note.name) for note, steps in held)


def _table(asking: Asking, metric: Metric, now: _Span, currency: str) -> Table:
    """Return the value of each step; what is cut short or still filling up says so."""
    words, shown = asking.words, now.steps[-MOST_ROWS:]
    rows = []
    for step, part in shown:
        estimate = estimate_of(metric, part, currency)
        young = ", so far" if filling(now.age.lag(metric), [step.end - DAY], asking.today) else ""
        value = words.shown(estimate.value, metric.unit, currency)
        rows.append((step.called(words) + young, value, fraction(metric, estimate, words, currency) or "–"))
    caption = f"By {now.step}" + (f", the last {MOST_ROWS} of {len(now.steps)}" if len(now.steps) > MOST_ROWS else "")
    columns, details = (
        (Column(now.step.title(), "left"), Column(metric.label), Column("From")),
        {row[2] for row in rows},
    )
    if details == {"–"}:
        return Table(caption, columns[:2], tuple(row[:2] for row in rows))
    return Table(caption, columns, tuple(rows))


def _peak(asking: Asking, metric: Metric, now: _Span, settled: tuple[float | None, ...], currency: str) -> str:
    """Name the highest whole step that is no longer filling up."""
    steps = [one for one, _ in now.steps]
    known = [(one, value) for one, value in zip(steps, settled, strict=False) if value is not None and not one.is_part]
    if not known:
        return ""
    highest, value = max(known, key=lambda pair: pair[1])
    when = "on" if now.step is Step.DAY else f"in the {now.step} from"
    return f"Highest {when} {asking.words.day(highest.start)} with {asking.words.short(value, metric.unit, currency)}."


def _values(metric: Metric, span: _Span, currency: str) -> tuple[float | None, ...]:
    found = (estimate_of(metric, part, currency).value for _, part in span.steps)
    return tuple(None if value is None else float(value) for value in found)


def _aligned(values: tuple[float | None, ...], length: int) -> tuple[float | None, ...]:
    """Return the earlier values step by step beside the present ones; months differ in length."""
    return (*values, *[None] * length)[:length] if any(value is not None for value in values) else ()


def _notes(asking: Asking, metric: Metric, whole: Estimate, now: _Span, currency: str) -> list[Piece]:
    campaigns = [asking.campaigns[slug] for slug in now.whole.campaigns]
    others = [other for other in now.whole.currencies() if other != currency] if needs_currency(metric) else []
    said = [
        noted(asking, now.period.start, now.period.end),
        f"{metric.label}: {metric.definition}",
        left_out(metric, whole, len(campaigns), asking),
        remarks([(metric, whole)], asking.words),
        _cut_short(asking, now),
        f"In {currency} only; {', '.join(others)} is left out." if others else "",
        source_line(asking, campaigns, now.last),
    ]
    return [Note(line) for line in said if line]


def _cut_short(asking: Asking, now: _Span) -> str:
    """Say which steps at the edges of the period are not whole, so that nobody takes them for a drop."""
    parts = tuple(asking.words.days(one.start, one.end) for one, _ in now.steps if one.is_part)
    if not parts:
        return ""
    return f"{asking.words.listed(parts)}: only part of a {now.step}."


def _next(asked: Asked, metric: Metric) -> Choices:
    slug = f" {asked.campaigns[0].slug}" if asked.campaigns else ""
    other = METRIC["ctr"] if metric.key != "ctr" else METRIC["revenue"]
    choices = [Choice(other.label, f"trend {other.key}{slug}"), Choice("Ranking", f"top {metric.key}")]
    if slug:
        choices.append(Choice("Whole campaign", f"campaign{slug}"))
    else:
        longer = "last 12 weeks" if asked.period is None else "last 28 days"
        choices.append(Choice(longer.capitalize(), f"trend {metric.key} {longer}"))
    return Choices(tuple(choices))


def _unknown(asking: Asking, asked: Asked, metric: Metric, period: Period, whole: Estimate) -> Report:
    who = asked.campaigns[0].name if asked.campaigns else f"No {asked.scope.by} campaign"
    verb = "does not know its" if asked.campaigns else "knows its"
    label = metric.label if metric.label.isupper() else metric.label[:1].lower() + metric.label[1:]
    said = f"{who} {verb} {label}{asked.scope.said} in {asking.words.days(period.start, period.end)}."
    missing = left_out(metric, whole, len(whole.left_out), asking)
    notes = [Note(line) for line in (f"{metric.label}: {metric.definition}", missing) if line]
    return Report(said, (Paragraph(said), *notes, Choices((Choice("Overview", "overview"),))))


TREND = Question(
    "trend",
    "trend METRIC [CAMPAIGN] [PERIOD]",
    "one KPI over time",
    answer,
    takes=(Part.METRIC, Part.CAMPAIGN, Part.PERIOD, Part.SCOPE, Part.STEP),
    needs=(Part.METRIC,),
    aliases=("history",),
    examples=("trend revenue", "trend ctr {campaign}"),
)
