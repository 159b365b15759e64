"""``overview [PERIOD]``: what the channel did in a period, whether it paid, and which campaigns made the difference."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from kpi.charts.card import Card
from kpi.figures import estimate_of, figure
from kpi.metrics import METRIC, NET
from kpi.periods import last_days
from kpi.phrases import left_out, noted, remarks, sentence, source_line
from kpi.question import Asked, Asking, Part, Question
from kpi.report import Choice, Choices, Column, Figures, Heading, Note, Paragraph, Picture, Piece, Report, Table
from kpi.sheets import CHANNEL
from kpi.units import Unit
from kpi.view import View, channel_view

if TYPE_CHECKING:
    from kpi.periods import Period
    from kpi.scope import Scope

COLUMNS = ("revenue", "rocs", "ctr", "conversion_rate")
MOST_ROWS = 8
USUAL_DAYS = 7


def answer(asking: Asking, asked: Asked) -> Report:
    """Return the totals of WhatsApp over a period, against the one before."""
    period = asked.period or last_days(USUAL_DAYS, asking.today)
    view = channel_view(asking, period, asked.scope)
    if not view.tally.sums:
        return _nothing(asking, period, asked.scope)
    finding = _finding(view, period)
    pieces: tuple[Piece, ...] = (
        Heading(f"{asked.scope.who}, {view.span}"),
        Paragraph(finding),
        Figures(tuple(view.figure(METRIC[key]) for key in CHANNEL.proof)),
        _picture(view, finding),
        Figures(tuple(view.figure(METRIC[key]) for key in CHANNEL.details)),
        view.by_step(asked.step, [METRIC[key] for key in COLUMNS]) if asked.step else _campaigns(view),
        *_notes(view),
        _next(view),
    )
    return Report(finding, pieces)


def _finding(view: View, period: Period) -> str:
    revenue, cost, rocs = (METRIC[key] for key in ("revenue", "cost", "rocs"))
    days, count = view.asking.words.period(period), len(view.tally.campaigns)
    campaigns = f"{count} campaign" + ("s" if count > 1 else "")
    change = f" ({view.change(revenue)})" if view.change(revenue) else ""
    if view.value(revenue) is None:
        return sentence(f"{days}: {campaigns} delivered {view.short(METRIC['delivered'])} messages; revenue is unknown")
    earned, times = view.short(revenue), view.value(rocs)
    if times is None:
        return sentence(f"{days}: {campaigns} took {earned}{change}; cost is unknown, so ROCS cannot be said")
    paid = f"{view.asking.words.times(times)} its cost of {view.short(cost)}"
    if view.estimate(rocs).left_out:
        paid = f"ROCS {view.asking.words.times(times)} where revenue and cost are known"
    return sentence(f"{days}: {view.scope.who} earned {earned}{change}, {paid}, with {campaigns}")


def _picture(view: View, finding: str) -> Picture:
    cards = tuple(view.small(METRIC[key]) for key in CHANNEL.cards)
    shown = ", ".join(f"{card.label} {card.shown}" + (f" ({card.change})" if card.change else "") for card in cards)
    return Picture(f"{finding} {shown}.", Card(finding.rstrip("."), f"{view.scope.who}, {view.span}, by day", cards))


def _campaigns(view: View) -> Table:
    """Return the campaigns of the period, those with the most revenue first."""
    parts = view.tally.by_campaign()
    revenue = {slug: NET.sum(part.in_currency(view.currency)) or 0 for slug, part in parts.items()}
    shown = sorted(parts, key=lambda slug: (-revenue[slug], slug))[:MOST_ROWS]
    words, metrics = view.asking.words, [METRIC[key] for key in COLUMNS]
    figures = {
        slug: [
            figure(one, estimate_of(one, parts[slug], view.currency), words, currency=view.currency, campaign=slug)
            for one in metrics
        ]
        for slug in shown
    }
    rows = tuple(
        (view.asking.campaigns[slug].name, *(words.short(one.value, one.unit, view.currency) for one in row))
        for slug, row in figures.items()
    )
    caption = "Campaigns by revenue" + (f", the first {MOST_ROWS} of {len(parts)}" if len(parts) > MOST_ROWS else "")
    columns = (Column("Campaign", "left"), *(Column(one.label) for one in metrics))
    return Table(caption, columns, rows, tuple(one for row in figures.values() for one in row))


def _notes(view: View) -> list[Piece]:
    estimates = [(METRIC[key], view.estimate(METRIC[key])) for key in (*CHANNEL.proof, *CHANNEL.details)]
    others = [other for other in view.tally.currencies() if other != view.currency]
    amounts = [estimate_of(METRIC["revenue"], view.tally, other).value for other in others]
    apart = [view.asking.words.shown(value, Unit.MONEY, other) for value, other in zip(amounts, others, strict=True)]
    total = len(view.tally.in_currency(view.currency).campaigns)
    said = [
        noted(view.asking, *view.ends),
        _filling(view),
        f"Revenue in other currencies is not added: {', '.join(apart)}." if apart else "",
        left_out(METRIC["cost"], view.estimate(METRIC["cost"]), total, view.asking),
        left_out(METRIC["rocs"], view.estimate(METRIC["rocs"]), total, view.asking) + _uncounted(view),
        remarks([pair for pair in estimates if pair[1].value is not None], view.asking.words),
        source_line(view.asking, [view.asking.campaigns[slug] for slug in view.tally.campaigns], view.last_day),
    ]
    return [Note(line) for line in said if line]


def _uncounted(view: View) -> str:
    """Say how much revenue a ROCS leaves out because its cost is unknown."""
    revenue, rocs = view.estimate(METRIC["revenue"]).value, view.estimate(METRIC["rocs"])
    rest = Decimal(revenue or 0) - Decimal(rocs.numerator or 0)
    if not rocs.left_out or rest <= 0:
        return ""
    return (
        f" {view.asking.words.shown(rest, Unit.MONEY, view.currency)} of revenue has no cost and is not counted in it."
    )


def _filling(view: View) -> str:
    """Say that the latest orders are missing, where that can change the picture."""
    slowest = METRIC["conversion_rate"]
    if view.is_mature(slowest):
        return ""
    return f"So far: orders keep coming in for about {view.age.lag(slowest)} days after a message."


def _next(view: View) -> Choices:
    latest = next(iter(view.asking.recent(1, view.scope)), view.asking.campaigns[view.tally.campaigns[0]])
    return Choices((
        Choice("Ranking by ROCS", "top rocs"),
        Choice("Revenue trend", "trend revenue"),
        Choice(latest.name, f'campaign "{latest.slug}"'),
        Choice("Last 28 days", "overview last 28 days"),
    ), anything=True)  # fmt: skip


def _nothing(asking: Asking, period: Period, scope: Scope) -> Report:
    days = asking.words.days(period.start, period.end)
    said = f"No {scope.by} campaign has results{scope.said} in {days}."
    recent = asking.recent(scope=scope)
    if recent and recent[0].ended:
        said += f" The latest are of {asking.words.day(recent[0].ended)}."
    choices = tuple(Choice(one.name, f'campaign "{one.slug}"') for one in recent)
    return Report(said, (Paragraph(said), Choices((*choices, Choice("Last 28 days", "overview last 28 days")))))


OVERVIEW = Question(
    "overview",
    "overview [PERIOD]",
    "what WhatsApp did in a period, against the one before",
    answer,
    takes=(Part.PERIOD, Part.SCOPE, Part.STEP),
    aliases=("summary", "totals"),
    examples=("overview", "overview last month"),
)
