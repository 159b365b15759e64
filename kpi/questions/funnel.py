"""``funnel CAMPAIGN [PERIOD]``: how many came how far, step by step, and which step is weaker than usual."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from kpi.charts.ranking import Rank, Ranking
from kpi.metrics import METRIC, Metric
from kpi.phrases import noted, remarks, source_line
from kpi.question import Asked, Asking, Part, Question
from kpi.questions.campaign import nothing_yet
from kpi.questions.funnels import side_by_side
from kpi.report import Choice, Choices, Column, Heading, Note, Paragraph, Picture, Piece, Report, Table
from kpi.units import Unit
from kpi.view import View, campaign_view

if TYPE_CHECKING:
    from kpi.report import Figure


@dataclass(frozen=True, slots=True)
class Step:
    """A step of the way: what is counted there, and the KPI that says how many of the step before came this far."""

    name: str
    counted: str
    rate: str = ""


STEPS = (
    Step("Sent", "sent"),
    Step("Delivered", "delivered", "delivery_rate"),
    Step("Read", "read", "read_rate"),
    Step("Clicked", "clickers", "click_to_open"),
    Step("Bought", "buyers", "click_to_order"),
)
CLEARLY_WEAKER = 0.8
"""A step counts as weak below this part of the usual rate."""


def answer(asking: Asking, asked: Asked) -> Report:
    """Return the funnel of a campaign."""
    campaign, *others = asked.campaigns
    if others and all(one.began for one in asked.campaigns):
        return side_by_side(asking, asked)
    if not campaign.began:
        return nothing_yet(campaign, asking)
    view = campaign_view(asking, campaign, asked.period, asked.scope)
    known = [step for step in STEPS if view.value(METRIC[step.counted]) is not None]
    if not known:
        return nothing_yet(campaign, asking)
    finding = f"{campaign.name}{view.scope.said}: {_finding(view, known)}."
    pieces: tuple[Piece, ...] = (
        Heading(f"{campaign.name}{view.scope.said}, {view.span}"),
        Paragraph(finding),
        _picture(view, known, finding),
        _table(view, known),
        *_notes(view, known),
        _next(campaign.slug),
    )
    return Report(finding, pieces)


def _finding(view: View, known: list[Step]) -> str:
    """Name the step that is weakest against the usual, or how many of all came to the end."""
    ratios = {step: ratio for step in known if (ratio := _ratio(view, step)) is not None}
    if ratios and min(ratios.values()) < CLEARLY_WEAKER:
        metric = METRIC[min(ratios, key=lambda step: ratios[step]).rate]
        usual, _ = view.reference(metric)
        shown = view.asking.words.short(usual, metric.unit)
        return f"the weak step is {_inside(metric)}, {view.short(metric)} where {shown} is usual"
    first, last = (METRIC[step.counted] for step in (known[0], known[-1]))
    return f"{view.short(first)} {known[0].name.lower()}, {view.short(last)} {known[-1].name.lower()}"


def _ratio(view: View, step: Step) -> float | None:
    """Return a step's rate as a part of the usual one."""
    if not step.rate:
        return None
    value, (usual, _) = view.value(METRIC[step.rate]), view.reference(METRIC[step.rate])
    return value / usual if value is not None and usual else None


def _picture(view: View, known: list[Step], finding: str) -> Picture:
    rows = tuple(
        Rank(
            step.name,
            view.value(METRIC[step.counted]) or 0,
            view.asking.words.shown(view.estimate(METRIC[step.counted]).value, Unit.COUNT),
            detail=view.short(METRIC[step.rate]) if step.rate and view.value(METRIC[step.rate]) is not None else "",
        )
        for step in known
    )
    subtitle = f"{view.span}; percent of the step before"
    listed = ", ".join(f"{row.name.lower()} {row.shown}" for row in rows)
    return Picture(f"{finding} {listed}.", Ranking(finding.rstrip("."), subtitle, rows, Unit.COUNT, view.asking.words))


def _table(view: View, known: list[Step]) -> Table:
    figures: list[Figure] = []
    rows = []
    for step in known:
        counted = view.figure(METRIC[step.counted])
        rate = view.figure(METRIC[step.rate]) if step.rate else None
        figures += [counted, rate] if rate else [counted]
        rows.append((step.name, counted.shown, rate.shown if rate else "–", (rate and rate.change) or "–"))
    columns = (Column("Step", "left"), Column("Count"), Column("of the step before"), Column("Change"))
    return Table("Step by step", columns, tuple(rows), tuple(figures))


def _notes(view: View, known: list[Step]) -> list[Piece]:
    shown = [(METRIC[step.rate], view.estimate(METRIC[step.rate])) for step in known if step.rate]
    said = [
        noted(view.asking, *view.ends),
        "Read receipts can be off, so the read step is a lower bound.",
        f"Usual: the median of your last {view.peers.called}." if view.peers.tallies else "",
        remarks([pair for pair in shown if pair[1].value is not None], view.asking.words),
        source_line(view.asking, view.campaigns, view.last_day),
    ]
    return [Note(line) for line in said if line]


def _next(slug: str) -> Choices:
    return Choices((
        Choice("Why", f'why "{slug}"'),
        Choice("Whole campaign", f'campaign "{slug}"'),
        Choice("Clicks by day", f'trend ctr "{slug}"'),
        Choice("Ranking", "top click_to_order"),
    ))  # fmt: skip


def _inside(metric: Metric) -> str:
    return metric.label[:1].lower() + metric.label[1:]


FUNNEL = Question(
    "funnel",
    "funnel CAMPAIGN [CAMPAIGN] [PERIOD]",
    "how many came how far, and which step is weak",
    answer,
    takes=(Part.CAMPAIGN, Part.OTHER, Part.PERIOD, Part.SCOPE),
    needs=(Part.CAMPAIGN,),
    aliases=("steps",),
    examples=("funnel {campaign}", "funnel {campaign} {other}"),
)
