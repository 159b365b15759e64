"""``overview [PERIOD]``: what the channel did in a period, whether it paid, and which campaigns made the difference."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kpi.charts.card import Card, Small
from kpi.facts import FACTS, Adds
from kpi.figures import changed, estimate_of, figure, is_better, main_currency
from kpi.maturity import filling
from kpi.metrics import METRIC, Metric
from kpi.periods import last_days
from kpi.phrases import left_out, remarks, sentence, source_line
from kpi.question import Asked, Asking, Part, Question
from kpi.report import Choice, Choices, Column, Figures, Heading, Note, Paragraph, Picture, Piece, Report, Table
from kpi.storage.tallies import daily, tally
from kpi.units import Unit

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from kpi.periods import Period
    from kpi.tally import Tally

SHOWN = ("revenue", "cost", "rocs", "profit", "delivered", "read_rate", "ctr", "conversion_rate", "opt_out_rate")
CARDS = ("revenue", "rocs", "ctr", "conversion_rate")
COLUMNS = ("revenue", "rocs", "ctr", "conversion_rate")
SUMMED = tuple(fact for fact in FACTS if fact.adds is Adds.SUM)
MOST_ROWS = 8
USUAL_DAYS = 7


def answer(asking: Asking, asked: Asked) -> Report:
    """Return the totals of WhatsApp over a period, against the one before."""
    period = asked.period or last_days(USUAL_DAYS, asking.today)
    if period.is_running(asking.today) and period.start < asking.today:
        period = period.until(asking.today)
    found = tally(asking.db, SUMMED, asking.sending(), period)
    if not found.sums:
        return _nothing(asking, period)
    return _totals(asking, period, found)


def _totals(asking: Asking, period: Period, found: Tally) -> Report:
    currency = main_currency(found, asking.words.currency)
    before = tally(asking.db, SUMMED, asking.sending(), period.before())
    finding = _finding(asking, period, found, before, currency)
    days = daily(asking.db, SUMMED, asking.sending(), period)
    estimates = [(METRIC[key], estimate_of(METRIC[key], found, currency)) for key in SHOWN]
    figures = tuple(
        figure(
            metric, of, asking.words, currency=currency, change=_change(asking, metric, found, before, period, currency)
        )
        for metric, of in estimates
    )
    pieces: tuple[Piece, ...] = (
        Heading(f"WhatsApp, {asking.words.days(period.start, period.end)}"),
        Paragraph(finding),
        Figures(figures),
        _picture(asking, period, found, before, days, currency, finding),
        _table(asking, found, currency),
        *_notes(asking, found, estimates, currency, max(days)),
        _next(asking, found),
    )
    return Report(finding, pieces)


def _change(asking: Asking, metric: Metric, found: Tally, before: Tally, period: Period, currency: str) -> str:
    earlier = estimate_of(metric, before, currency).value
    now = estimate_of(metric, found, currency)
    return changed(metric, now, earlier, asking.words, f"vs {period.before().name}")


def _finding(asking: Asking, period: Period, found: Tally, before: Tally, currency: str) -> str:
    words, when = asking.words, period.name
    revenue, cost, rocs = (estimate_of(METRIC[key], found, currency) for key in ("revenue", "cost", "rocs"))
    campaigns = f"{len(found.campaigns)} campaign" + ("s" if len(found.campaigns) > 1 else "")
    change = _change(asking, METRIC["revenue"], found, before, period, currency)
    changes = f" ({change})" if change else ""
    if revenue.value is None:
        delivered = words.short(estimate_of(METRIC["delivered"], found, currency).value, Unit.COUNT)
        return sentence(f"{when}: {campaigns} reached {delivered} people; revenue is unknown")
    earned = words.short(revenue.value, Unit.MONEY, currency)
    if rocs.value is None:
        return sentence(f"{when}: {campaigns} took {earned}{changes}; cost is unknown, so ROCS cannot be said")
    spent = words.short(cost.value, Unit.MONEY, currency)
    verdict = f"{words.times(rocs.value)} its cost of {spent}"
    return sentence(f"{when}: WhatsApp earned {earned}{changes}, {verdict}, with {campaigns}")


def _picture(
    asking: Asking, period: Period, found: Tally, before: Tally, days: Mapping[date, Tally], currency: str, finding: str
) -> Picture:
    cards = []
    for metric in (METRIC[key] for key in CARDS):
        now, earlier = estimate_of(metric, found, currency), estimate_of(metric, before, currency).value
        change = changed(metric, now, earlier, asking.words, f"vs {period.before().name}")
        values = [estimate_of(metric, part, currency).value for part in days.values()]
        series = tuple(None if value is None else float(value) for value in values)
        young = min(filling(metric, days, asking.today), len(series))
        shown = asking.words.short(now.value, metric.unit, currency)
        better = is_better(metric, now.value, earlier)
        cards.append(Small(metric.label, shown, change, better, series if len(series) > 2 else (), None, young))  # noqa: PLR2004
    alt = ", ".join(f"{card.label} {card.shown}" + (f" ({card.change})" if card.change else "") for card in cards)
    subtitle = f"WhatsApp, {asking.words.days(period.start, period.end)}, by day"
    return Picture(f"{finding} {alt}.", Card(finding.rstrip("."), subtitle, tuple(cards)))


def _table(asking: Asking, found: Tally, currency: str) -> Table:
    parts = found.by_campaign()
    ranked = sorted(parts, key=lambda slug: -float(estimate_of(METRIC["revenue"], parts[slug], currency).value or 0))
    shown, rest = ranked[:MOST_ROWS], len(ranked) - MOST_ROWS
    figures = [
        [figure(METRIC[key], estimate_of(METRIC[key], parts[slug], currency), asking.words, currency=currency, campaign=slug)
         for key in COLUMNS] for slug in shown
    ]  # fmt: skip
    rows = tuple(
        (asking.campaigns[slug].name, *(asking.words.short(one.value, one.unit, currency) for one in row))
        for slug, row in zip(shown, figures, strict=True)
    )
    columns = (Column("Campaign", "left"), *(Column(METRIC[key].label) for key in COLUMNS))
    caption = "Campaigns by revenue" + (f", the first {MOST_ROWS} of {len(ranked)}" if rest > 0 else "")
    return Table(caption, columns, rows, tuple(one for row in figures for one in row))


def _notes(asking: Asking, found: Tally, estimates: list, currency: str, last: date) -> list[Piece]:  # type: ignore[type-arg]
    total = len(found.in_currency(currency).campaigns)
    others = [other for other in found.currencies() if other != currency]
    apart = ", ".join(
        asking.words.shown(estimate_of(METRIC["revenue"], found, other).value, Unit.MONEY, other) for other in others
    )
    said = [
        f"Revenue in other currencies is not added: {apart}." if apart else "",
        left_out(METRIC["rocs"], dict(estimates)[METRIC["rocs"]], total, asking),
        remarks((metric, estimate) for metric, estimate in estimates if estimate.value is not None),
        source_line(asking, [asking.campaigns[slug] for slug in found.campaigns], last),
    ]
    return [Note(line) for line in said if line]


def _next(asking: Asking, found: Tally) -> Choices:
    first = asking.campaigns[found.campaigns[0]]
    best = asking.recent(1)
    campaign = best[0] if best else first
    return Choices((
        Choice("Ranking by ROCS", "top rocs"),
        Choice("Revenue trend", "trend revenue"),
        Choice(campaign.name, f"campaign {campaign.slug}"),
        Choice("Last 28 days", "overview last 28 days"),
    ))  # fmt: skip


def _nothing(asking: Asking, period: Period) -> Report:
    said = f"No WhatsApp campaign has results in {asking.words.days(period.start, period.end)}."
    recent = asking.recent(1)
    if recent and recent[0].ended:
        said += f" The latest are of {asking.words.day(recent[0].ended)}."
    choices = tuple(Choice(one.name, f"campaign {one.slug}") for one in asking.recent())
    return Report(said, (Paragraph(said), Choices((*choices, Choice("Last 28 days", "overview last 28 days")))))


OVERVIEW = Question(
    "overview",
    "overview [PERIOD]",
    "what WhatsApp did in a period, against the one before",
    answer,
    takes=(Part.PERIOD,),
    aliases=("summary", "totals"),
    examples=("overview", "overview last month"),
)
