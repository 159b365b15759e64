"""``benchmark CAMPAIGN``: a campaign's KPIs beside published ranges and beside the team's own usual."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kpi.metrics import METRICS, Metric
from kpi.phrases import source_line
from kpi.question import Asked, Asking, Part, Question
from kpi.questions.campaign import nothing_yet
from kpi.report import Choice, Choices, Column, Heading, Note, Paragraph, Piece, Report, Table
from kpi.view import View, campaign_view

if TYPE_CHECKING:
    from kpi.benchmarks import Benchmark

JUDGED = tuple(metric for metric in METRICS if metric.benchmarks)
"""The KPIs of which somebody published a range."""


def answer(asking: Asking, asked: Asked) -> Report:
    """Return every KPI of a campaign of which a range was published, beside that range and the team's usual."""
    campaign = asked.campaigns[0]
    view = campaign_view(asking, campaign, None, asked.scope) if campaign.began else None
    known = [metric for metric in JUDGED if view and view.value(metric) is not None]
    if view is None or not known:
        return nothing_yet(campaign, asking)
    rows = tuple(_row(view, metric, campaign.kind) for metric in known)
    below = sum(row[-1] == "below" for row in rows)
    finding = f"{campaign.name}{view.scope.said}: {len(rows) - below} of {len(rows)} KPIs reach the published range."
    young = [metric.label for metric in known if not view.is_mature(metric)]
    sources = dict.fromkeys(_source(one) for metric in known if (one := metric.benchmark(campaign.kind)))
    columns = [Column(name) for name in ("This campaign", "Usual for you", "Published", "Lies")]
    said = [
        f"Still filling up, so not judged: {', '.join(young)}." if young else "",
        f"Usual: the median of your last {view.peers.called}." if view.peers.tallies else "",
        *(f"Published by {source}." for source in sources),
        source_line(asking, [campaign], view.last_day),
    ]
    pieces: tuple[Piece, ...] = (
        Heading(f"{campaign.name}{view.scope.said} against others"),
        Paragraph(finding),
        Table("Published ranges", (Column("KPI", "left"), *columns), rows, tuple(map(view.figure, known))),
        *(Note(line) for line in said if line),
        Choices(tuple(Choice(f"The {name}", f'{name} "{campaign.slug}"') for name in ("campaign", "funnel"))),
    )
    return Report(finding, pieces)


def _row(view: View, metric: Metric, kind: str) -> tuple[str, ...]:
    words, value = view.asking.words, view.value(metric)
    usual = view.peers.usual(metric, view.currency)
    published = metric.benchmark(kind)
    shown = (metric.label, view.short(metric), words.short(usual, metric.unit))
    if published is None or value is None:
        return (*shown, "–", "–")
    low, high = (words.short(edge, metric.unit) for edge in (published.low, published.high))
    lies = "below" if value < published.low else "above" if value > published.high else "within"
    return (*shown, f"{low}–{high}", lies if view.is_mature(metric) else "too early")


def _source(published: Benchmark) -> str:
    return f"{published.source} ({published.trust.value}; {published.address})"


BENCHMARK = Question(
    "benchmark",
    "benchmark CAMPAIGN",
    "a campaign beside published ranges and your own usual",
    answer,
    takes=(Part.CAMPAIGN, Part.SCOPE),
    needs=(Part.CAMPAIGN,),
    aliases=("benchmarks", "versus market"),
    examples=("benchmark {campaign}",),
)
