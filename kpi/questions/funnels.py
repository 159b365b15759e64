"""The funnels of two campaigns side by side: at which step the one leaves the other behind, and whether clearly."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kpi.charts.funnels import Funnels, Stage
from kpi.comparing.contrast import Contrasts
from kpi.comparing.money import NEEDED
from kpi.comparing.sides import side
from kpi.comparing.verdict_words import as_figure, inside, verdict
from kpi.comparison.verdicts import Verdict
from kpi.facts import SENT
from kpi.figures import estimate_of
from kpi.metrics import METRIC
from kpi.phrases import source_line
from kpi.quantities import facts_of
from kpi.report import Choice, Choices, Column, Heading, Note, Paragraph, Picture, Report, Table
from kpi.storage.slices import Slice
from kpi.units import Unit

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kpi.comparing.contrast import Contrast
    from kpi.comparing.sides import Side
    from kpi.question import Asked, Asking
    from kpi.wording import Words

STEPS = (
    ("Sent", "sent", ""),
    ("Delivered", "delivered", "delivery_rate"),
    ("Read", "read", "read_rate"),
    ("Clicked", "clickers", "click_to_open"),
    ("Bought", "buyers", "click_to_order"),
)
"""What a step is called, what is counted there, and how many of the step before came so far."""
Row = tuple[str, str, "Contrast | None"]


def side_by_side(asking: Asking, asked: Asked) -> Report:
    """Return the funnels of two campaigns."""
    period = asked.period and asked.period.until(asking.today)
    metrics = [METRIC[key] for _, *keys in STEPS for key in keys if key]
    facts = NEEDED.union({SENT}, *(facts_of(metric.quantity) for metric in metrics))
    one, other = (
        side(asking, facts, each.name, each.slug, Slice((each,), period, scope=asked.scope)) for each in asked.campaigns
    )
    rates = [METRIC[rate] for _, _, rate in STEPS if rate]
    found = {
        contrast.metric.key: contrast
        for contrast in Contrasts(asking, rates, asking.words.currency, [one, other]).between([(one, other)])
    }
    known = [(name, counted, found.get(rate)) for name, counted, rate in STEPS if _knows((one, other), counted)]
    said = _finding(known, one, other, asking.words)
    pieces = (
        Heading(f"{one.name} and {other.name}{asked.scope.said}"),
        Paragraph(" ".join(filter(None, (asked.read_as, said)))),
        *([picture] if (picture := picture_of(known, one, other, said, asking.words)) else ()),
        _table(known, one, other, asking.words),
        Note("Clear: more than chance and the mood of the days would make. Read receipts can be off."),
        Note(source_line(asking, [*one.campaigns, *other.campaigns], None)),
        Choices((
            Choice("Every KPI", f'compare "{one.key}" "{other.key}"'),
            Choice(one.name, f'funnel "{one.key}"'),
            Choice(other.name, f'funnel "{other.key}"'),
        )),
    )  # fmt: skip
    return Report(said, pieces)


def _knows(sides: Sequence[Side], counted: str) -> bool:
    return all(_count(each, counted) is not None for each in sides)


def _count(of: Side, counted: str) -> float | None:
    value = estimate_of(METRIC[counted], of.tally, "").value
    return None if value is None else float(value)


def _finding(known: Sequence[Row], one: Side, other: Side, words: Words) -> str:
    """Name the steps at which one is clearly ahead."""
    clear = [step for _, _, step in known if step and step.verdict is Verdict.CLEAR]
    if not clear:
        return f"{one.name} and {other.name} differ clearly at no step."
    said = []
    for ahead, behind, is_one in ((one, other, True), (other, one, False)):
        steps = tuple(_said(step, words) for step in clear if step.is_ahead is is_one)
        if steps:
            said.append(f"{ahead.name} is clearly ahead of {behind.name} on {words.listed(steps, 2)}")
    return f"{'; '.join(said)}."


def _said(step: Contrast, words: Words) -> str:
    values = [words.short(of.value, step.metric.unit) for of in (step.value, step.against)]
    return f"{inside(step.metric)} ({' against '.join(values if step.is_ahead else reversed(values))})"


def picture_of(known: Sequence[Row], one: Side, other: Side, said: str, words: Words) -> Picture | None:
    """Return both funnels as a picture; none where too little is known of a way."""
    first = known[0][1] if known else ""
    wholes = [_count(each, first) or 0 for each in (one, other)] if known else []
    if len(known) < 2 or not all(wholes):  # noqa: PLR2004  a way has two steps at least
        return None
    steps = []
    for name, counted, step in known:
        stages = []
        for each, whole, is_one in zip((one, other), wholes, (True, False), strict=True):
            rate = good = None
            if step:
                rate = (step.value if is_one else step.against).value
                good = (step.is_ahead is is_one) if step.verdict is Verdict.CLEAR else None
            count = _count(each, counted) or 0
            shown = "" if rate is None else words.short(rate, Unit.SHARE)
            stages.append(Stage(count / whole, words.short(count, Unit.COUNT), shown, good))
        steps.append((name, stages[0], stages[1]))
    subtitle = f"Bars: part of all {known[0][0].lower()}; percent: of the step before, bold where clearly apart"
    listed = "; ".join(f"{name} {a.rate or a.count} and {b.rate or b.count}" for name, a, b in steps)
    chart = Funnels(said.rstrip("."), subtitle, (one.name, other.name), tuple(steps))
    return Picture(f"{said} {listed}.", chart)


def _table(known: Sequence[Row], one: Side, other: Side, words: Words) -> Table:
    def cell(of: Side, counted: str, rate: float | None) -> str:
        count = words.shown(_count(of, counted), Unit.COUNT)
        return count if rate is None else f"{count} ({words.short(rate, Unit.SHARE)})"

    rows = []
    for name, counted, step in known:
        rates = [of.value for of in (step.value, step.against)] if step else [None, None]
        told = (
            cell(each, counted, None if rate is None else float(rate))
            for each, rate in zip((one, other), rates, strict=True)
        )
        rows.append((name, *told, verdict(step) if step else "–"))
    columns = (Column("Step", "left"), Column(one.name), Column(other.name), Column("Verdict", "left"))
    figures = tuple(as_figure(step) for _, _, step in known if step)
    return Table("Step by step (of the step before)", columns, tuple(rows), figures)
