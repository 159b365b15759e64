"""``define METRIC``: what a KPI means here, how it is worked out, and what others publish about it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kpi.figures import estimate_of, figure, main_currency
from kpi.metrics import METRIC, Metric
from kpi.quantities import facts_of
from kpi.question import Asked, Asking, Part, Question
from kpi.report import Choice, Choices, Figures, Heading, Note, Paragraph, Piece, Report
from kpi.storage.tallies import tally

if TYPE_CHECKING:
    from kpi.benchmarks import Benchmark


def answer(asking: Asking, asked: Asked) -> Report:
    """Return the definition of a KPI, with the latest campaign as the example."""
    metric = asked.metric or METRIC["rocs"]
    said = f"{metric.label}: {metric.definition}"
    pieces: tuple[Piece, ...] = (
        Heading(metric.label),
        Paragraph(metric.definition),
        *_example(asking, metric),
        *[Note(line) for line in _notes(asking, metric)],
        Choices((Choice("Ranking", f"top {metric.key}"), Choice("Trend", f"trend {metric.key}"))),
    )
    return Report(said, pieces)


def _example(asking: Asking, metric: Metric) -> list[Piece]:
    for campaign in asking.recent(20):
        found = tally(asking.db, facts_of(metric.quantity), [campaign], None)
        currency = main_currency(found, asking.words.currency)
        estimate = estimate_of(metric, found, currency)
        if estimate.value is not None:
            shown = figure(metric, estimate, asking.words, currency=currency, campaign=campaign.slug)
            return [Paragraph(f"For example {campaign.name}:"), Figures((shown,))]
    return []


def _notes(asking: Asking, metric: Metric) -> list[str]:
    also = asking.words.listed(metric.aliases, most=8)
    age = f"It is judged {metric.matures} days after the last message." if metric.matures > 1 else ""
    published = [_published(asking, metric, one) for one in metric.benchmarks]
    return [
        f"{metric.direction.value.capitalize()}. {age}".strip(),
        f"Also called {also}." if also else "",
        *(published or ["No published range was found for it."]),
    ]


def _published(asking: Asking, metric: Metric, one: Benchmark) -> str:
    low, high = (asking.words.short(edge, metric.unit) for edge in (one.low, one.high))
    kind = f" for {one.kind}s" if one.kind else ""
    return f"Published: {low}–{high}{kind} ({one.source}; {one.trust.value}; {one.address})."


DEFINE = Question(
    "define",
    "define METRIC",
    "what a KPI means, and how it is worked out",
    answer,
    takes=(Part.METRIC,),
    needs=(Part.METRIC,),
    aliases=("definition", "explain", "mean", "means", "meaning"),
    examples=("define rocs", "define ctr"),
)
