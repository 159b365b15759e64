"""Three or more sides in order of one KPI, and which of them are clearly behind the first."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING

from kpi.charts.ranking import Rank, Ranking
from kpi.comparing import equal_age
from kpi.comparing.comparability import caveats
from kpi.comparing.verdict_words import as_figure, difference, inside, verdict
from kpi.comparison.verdicts import Verdict
from kpi.metrics import METRIC, Direction
from kpi.phrases import source_line
from kpi.report import Choice, Choices, Column, Heading, Note, Paragraph, Picture, Piece, Report, Table
from kpi.sheets import LEADING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kpi.comparing.contrast import Contrast, Contrasts
    from kpi.comparing.sides import Side
    from kpi.metrics import Metric
    from kpi.question import Asked, Asking

COLUMNS = ("read_rate", "ctr", "conversion_rate", "revenue_per_message", "rocs")
MOST_NAMED = 3


def report_of_several(asking: Asking, asked: Asked, made: Contrasts, objective: str) -> Report:
    """Return several sides in order, every one against the first; all pairs are judged together."""
    lead = asked.metric or METRIC[LEADING[objective]]
    found = made.between(combinations(made.sides, 2))
    order = _ordered(made, lead)
    against = [_match(found, lead, order[0], one) for one in order[1:]]
    said = _finding(lead, order[0], against, made, asking)
    age = equal_age.said(made.sides, made.metrics, asking)
    notes = (" ".join(caveats(made, found)), _small_print(asking, made))
    pieces: tuple[Piece, ...] = (
        Heading(f"{len(order)} compared{asked.scope.said}"),
        Paragraph(" ".join(filter(None, (asked.read_as, said, age)))),
        _picture(asking, lead, order, against, said, made),
        _in_order(asking, lead, order, against, made),
        _table(asking, order, made, [one for one in found if order[0] in (one.one, one.other)]),
        *(Note(line) for line in notes if line),
        _next(order),
    )
    return Report(said, pieces)


def _ordered(made: Contrasts, lead: Metric) -> list[Side]:
    """Return the sides that know the KPI, the best first, then the others."""
    sign = 1 if lead.direction is Direction.DOWN else -1

    def place(side: Side) -> tuple[bool, float]:
        value = side.estimate(lead, made.currency).value
        return value is None, sign * float(value or 0)

    return sorted(made.sides, key=place)


def _match(found: Sequence[Contrast], metric: Metric, first: Side, other: Side) -> Contrast:
    return next(one for one in found if one.metric is metric and {one.one.key, one.other.key} == {first.key, other.key})


def _finding(lead: Metric, first: Side, against: Sequence[Contrast], made: Contrasts, asking: Asking) -> str:
    words = asking.words
    value = first.estimate(lead, made.currency).value
    most = "lowest" if lead.direction is Direction.DOWN else "highest"
    shown = words.short(value, lead.unit, made.currency)
    clear = tuple(_other(one, first) for one in against if one.verdict is Verdict.CLEAR)
    behind = f", clearly ahead of {words.listed(clear, MOST_NAMED)}" if clear else ""
    rest = tuple(_other(one, first) for one in against if one.verdict is not Verdict.CLEAR)
    if len(clear) == len(against):
        return f"{first.name} has the {most} {inside(lead)} ({shown}), clearly ahead of all others."
    if not clear:
        return f"{first.name} has the {most} {inside(lead)} ({shown}), but not clearly: it may be chance."
    said = f"{first.name} has the {most} {inside(lead)} ({shown}){behind}"
    return f"{said}; not clearly of {words.listed(rest, MOST_NAMED)}."


def _other(contrast: Contrast, first: Side) -> str:
    return contrast.other.name if contrast.one is first else contrast.one.name


def _picture(
    asking: Asking, lead: Metric, order: Sequence[Side], against: Sequence[Contrast], said: str, made: Contrasts
) -> Picture:
    behind = {one.one for one in against if one.verdict is Verdict.CLEAR}
    behind |= {one.other for one in against if one.verdict is Verdict.CLEAR}
    rows = []
    for side in order:
        of = side.estimate(lead, made.currency)
        shown = asking.words.short(of.value, lead.unit, made.currency)
        sure = bool(behind) if side is order[0] else side in behind
        rows.append(Rank(side.name, float(of.value or 0), shown, of.low, of.high, reliable=sure))
    after = equal_age.said_after(order, [lead])
    subtitle = f"{lead.label}{after and ', '}{after}, with what chance allows; hollow = not clearly apart"
    chart = Ranking(said.rstrip("."), subtitle, tuple(rows), lead.unit, asking.words, made.currency)
    return Picture(f"{said} " + "; ".join(f"{row.name} {row.shown}" for row in rows[:4]) + ".", chart)


def _in_order(
    asking: Asking, lead: Metric, order: Sequence[Side], against: Sequence[Contrast], made: Contrasts
) -> Table:
    rows = [("1", order[0].name, _shown(asking, lead, order[0], made), "–", "–")]
    for number, (side, one) in enumerate(zip(order[1:], against, strict=True), 2):
        gap = difference(one, asking.words, made.currency)
        if one.one is order[0]:
            gap = gap.translate({ord("+"): "−", ord("−"): "+"})
        rows.append((str(number), side.name, _shown(asking, lead, side, made), gap, verdict(one)))
    columns = (
        Column("#"),
        Column("Campaign", "left"),
        Column(lead.label),
        Column("To the first"),
        Column("Verdict", "left"),
    )
    return Table(f"By {inside(lead)}", columns, tuple(rows), tuple(as_figure(one) for one in against))


def _table(asking: Asking, order: Sequence[Side], made: Contrasts, found: Sequence[Contrast]) -> Table:
    """Return the other KPIs; what is clearly behind or ahead of the first is marked."""
    metrics = [metric for metric in made.metrics if metric.key in COLUMNS] or list(made.metrics)
    rows = []
    for side in order:
        cells = []
        for metric in metrics:
            clear = side is not order[0] and _match(found, metric, order[0], side).verdict is Verdict.CLEAR
            cells.append(_shown(asking, metric, side, made) + ("*" if clear else ""))
        rows.append((side.name, *cells))
    columns = (Column("Campaign", "left"), *(Column(metric.label) for metric in metrics))
    return Table("All KPIs (* clearly differs from the first)", columns, tuple(rows))


def _shown(asking: Asking, metric: Metric, side: Side, made: Contrasts) -> str:
    return asking.words.short(side.estimate(metric, made.currency).value, metric.unit, made.currency)


def _small_print(asking: Asking, made: Contrasts) -> str:
    campaigns = list(dict.fromkeys(one for side in made.sides for one in side.campaigns))
    return source_line(asking, campaigns, None)


def _next(order: Sequence[Side]) -> Choices:
    first, second = order[0].campaigns[0], order[1].campaigns[0]
    if first is second:
        return Choices((Choice(first.name, f'campaign "{first.slug}"'),))
    return Choices((
        Choice("The first two", f'compare "{first.slug}" "{second.slug}"'),
        Choice(first.name, f'campaign "{first.slug}"'),
    ))  # fmt: skip
