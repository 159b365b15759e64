"""``top METRIC [PERIOD]``: campaigns in order of one KPI, broadcasts apart from automations."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import median
from typing import TYPE_CHECKING

from kpi.charts.ranking import Rank, Ranking
from kpi.facts import DELIVERED
from kpi.figures import estimate_of, figure, main_currency, needs_currency
from kpi.maturity import is_young
from kpi.metrics import METRIC, Direction, Metric
from kpi.periods import DAY
from kpi.phrases import left_out, noted, source_line
from kpi.quantities import Sum, facts_of
from kpi.question import Asked, Asking, Part, Question
from kpi.report import Choice, Choices, Column, Figure, Heading, Note, Paragraph, Picture, Piece, Report, Table
from kpi.storage.tallies import tally

if TYPE_CHECKING:
    from kpi.estimates import Estimate
    from kpi.periods import Period
    from kpi.scope import Scope
    from kpi.storage.campaigns import Campaign
    from kpi.tally import Tally

USUAL_ROWS, MOST_ROWS, MOST_BARS = 8, 20, 8
FEWEST_DELIVERED = 200
"""A rate of fewer messages is shown but not ranked: luck would win."""
FEWEST_FOR_USUAL = 3
KINDS = {"broadcast": "Broadcasts", "automation": "Automations"}


@dataclass(frozen=True, slots=True)
class _Place:
    """A campaign with its value, and whether it rests on enough messages to be ranked."""

    campaign: Campaign
    estimate: Estimate
    reliable: bool


def answer(asking: Asking, asked: Asked) -> Report:
    """Return the ranking of the WhatsApp campaigns that sent in the period (none named: of all time)."""
    metric, period = asked.metric or METRIC["rocs"], asked.period
    facts = facts_of(metric.quantity) | {DELIVERED}
    ranked = [campaign for campaign in asking.sending(asked.scope) if not campaign.archived]
    found = tally(asking.db, facts, ranked, period, asked.scope)
    currency = main_currency(found, asking.words.currency)
    places = _places(asking, found, metric, currency, worst=asked.question is WORST)
    if not places:
        return _nothing(asking, metric, period, asked.scope)
    return _ranking(asking, asked, metric, places, currency, found)


def _places(asking: Asking, found: Tally, metric: Metric, currency: str, *, worst: bool) -> list[_Place]:
    """Return the campaigns that know the KPI, the best (or worst) first, those with too few messages last."""
    places = []
    for slug, part in found.by_campaign().items():
        estimate = estimate_of(metric, part, currency)
        delivered = part.total(DELIVERED)
        if estimate.value is not None:
            enough = isinstance(metric.quantity, Sum) or delivered is None or delivered >= FEWEST_DELIVERED
            places.append(_Place(asking.campaigns[slug], estimate, enough))
    sign = 1 if (metric.direction is Direction.DOWN) is not worst else -1
    return sorted(places, key=lambda one: (not one.reliable, sign * float(one.estimate.value or 0), one.campaign.slug))


def _ranking(
    asking: Asking,
    asked: Asked,
    metric: Metric,
    places: list[_Place],
    currency: str,
    found: Tally,
) -> Report:
    period, scope, most = asked.period, asked.scope, min(asked.most or USUAL_ROWS, MOST_ROWS)
    groups = {kind: [one for one in places if one.campaign.kind == kind] for kind in KINDS}
    leading = groups["broadcast"] or groups["automation"]
    both = bool(groups["broadcast"] and groups["automation"])
    among = f"Of the {scope.channelled}{KINDS[leading[0].campaign.kind].lower()}{scope.said}, " if both or scope else ""
    finding = among + _finding(asking, metric, leading, currency, period)
    tables = [_table(asking, metric, KINDS[kind], group, currency, most) for kind, group in groups.items() if group]
    when = f", {asking.words.days(period.start, period.end)}" if period else ", all time"
    when = f", {scope.who}{when}" if scope else when
    pieces: tuple[Piece, ...] = (
        Heading(f"{metric.label}{when}"),
        Paragraph(finding),
        _picture(asking, metric, leading, currency, finding, when),
        *tables,
        *_notes(asking, metric, places, found, currency, period),
        _next(leading, metric, period),
    )
    return Report(finding, pieces)


def _finding(asking: Asking, metric: Metric, places: list[_Place], currency: str, period: Period | None) -> str:
    ranked = [one for one in places if one.reliable] or places
    first = ranked[0]
    shown = asking.words.short(first.estimate.value, metric.unit, currency)
    last = ranked[-1].estimate.value
    most = "lowest" if last is not None and float(last) > float(first.estimate.value or 0) else "highest"
    said = f"{first.campaign.name} has the {most} {_inside(metric.label)}: {shown}"
    if len(ranked) > 1:
        second = ranked[1]
        said += f", then {second.campaign.name} with {asking.words.short(second.estimate.value, metric.unit, currency)}"
    return said + (f" ({asking.words.period(period)})." if period else ".")


def _table(asking: Asking, metric: Metric, caption: str, places: list[_Place], currency: str, most: int) -> Table:
    shown = places[:most]
    figures = tuple(_figure(asking, metric, one, currency) for one in shown)
    rows: tuple[tuple[str, ...], ...] = tuple(
        (str(number) if one.reliable else "–", one.campaign.name, figure_.shown, figure_.detail or "")
        for number, (one, figure_) in enumerate(zip(shown, figures, strict=True), 1)
    )
    more = f", the first {most} of {len(places)}" if len(places) > most else ""
    columns = [Column("#"), Column("Campaign", "left"), Column(metric.label), Column("From")]
    if not any(row[-1] for row in rows):
        columns, rows = columns[:-1], tuple(row[:-1] for row in rows)
    return Table(caption + more, tuple(columns), tuple(tuple(cell or "–" for cell in row) for row in rows), figures)


def _figure(asking: Asking, metric: Metric, one: _Place, currency: str) -> Figure:
    return figure(metric, one.estimate, asking.words, currency=currency, campaign=one.campaign.slug)


def _picture(asking: Asking, metric: Metric, places: list[_Place], currency: str, finding: str, when: str) -> Picture:
    rows = tuple(_rank(asking, metric, one, currency) for one in places[:MOST_BARS])
    values = [float(one.estimate.value or 0) for one in places if one.reliable]
    usual = median(values) if len(values) >= FEWEST_FOR_USUAL else None
    label = f"median {asking.words.short(usual, metric.unit, currency)}" if usual is not None else ""
    rest = len(places) - MOST_BARS
    others = f"and {rest} more" if rest > 0 else ""
    subtitle = f"{metric.label}, {KINDS[places[0].campaign.kind].lower()}{when}"
    if any(not one.reliable for one in places[:MOST_BARS]):
        subtitle += f"; hollow = fewer than {FEWEST_DELIVERED} delivered"
    chart = Ranking(finding.rstrip("."), subtitle, rows, metric.unit, asking.words, currency, usual, label, others)
    listed = "; ".join(f"{row.name} {row.shown}" for row in rows[:3])
    return Picture(f"{finding} {listed}.", chart)


def _rank(asking: Asking, metric: Metric, one: _Place, currency: str) -> Rank:
    of = one.estimate
    shown = asking.words.short(of.value, metric.unit, currency)
    return Rank(one.campaign.name, float(of.value or 0), shown, of.low, of.high, reliable=one.reliable)


def _notes(
    asking: Asking, metric: Metric, places: list[_Place], found: Tally, currency: str, period: Period | None
) -> list[Piece]:
    whole = estimate_of(metric, found, currency)
    young = tuple(one.campaign.name for one in places if _is_young(asking, metric, one.campaign, period))
    few = tuple(one.campaign.name for one in places if not one.reliable)
    others = [other for other in found.currencies() if other != currency] if needs_currency(metric) else []
    campaigns = [one.campaign for one in places]
    said = [
        noted(asking, period.start, period.end) if period else "",
        f"{metric.label}: {metric.definition}",
        f"Still filling up: {asking.words.listed(young)}." if young else "",
        f"Not ranked, with fewer than {FEWEST_DELIVERED} delivered: {asking.words.listed(few)}." if few else "",
        left_out(metric, whole, len(found.campaigns), asking),
        f"Ranked in {currency}; campaigns in {', '.join(others)} are left out." if others else "",
        source_line(asking, campaigns, None),
    ]
    return [Note(line) for line in said if line]


def _is_young(asking: Asking, metric: Metric, campaign: Campaign, period: Period | None) -> bool:
    """Tell whether a broadcast's last messages within the period are still filling up."""
    if campaign.ended is None or campaign.kind != "broadcast":
        return False
    last = min(campaign.ended, period.end - DAY) if period else campaign.ended
    return is_young(last, asking.lag(metric, (campaign,)), asking.today)


def _next(places: list[_Place], metric: Metric, period: Period | None) -> Choices:
    other = METRIC["ctr"] if metric.key != "ctr" else METRIC["rocs"]
    days = f" {period.start}..{period.days()[-1]}" if period else ""
    choices = [Choice(one.campaign.name, f"campaign {one.campaign.slug}") for one in places[:2]]
    choices.append(Choice(f"By {_inside(other.label)}", f"top {other.key}{days}"))
    return Choices((*choices, Choice("Trend", f"trend {metric.key}")))


def _inside(label: str) -> str:
    """Return a label as it stands inside a sentence: abbreviations keep their capitals."""
    return label if label.isupper() else label[:1].lower() + label[1:]


def _nothing(asking: Asking, metric: Metric, period: Period | None, scope: Scope) -> Report:
    when = f" in {asking.words.days(period.start, period.end)}" if period else ""
    said = f"No {scope.by} campaign knows its {_inside(metric.label)}{scope.said}{when}."
    choices = (Choice("All time", f"top {metric.key}"), Choice("Overview", "overview"))
    return Report(said, (Paragraph(said), Note(f"{metric.label}: {metric.definition}"), Choices(choices)))


TOP = Question(
    "top",
    "top METRIC [PERIOD]",
    "campaigns in order of one KPI",
    answer,
    takes=(Part.METRIC, Part.PERIOD, Part.SCOPE),
    aliases=("best", "ranking", "rank", "ranked"),
    examples=("top rocs", "top ctr last 28 days"),
)
WORST = Question(
    "worst",
    "worst METRIC [PERIOD]",
    "the same from the other end",
    answer,
    takes=(Part.METRIC, Part.PERIOD, Part.SCOPE),
    aliases=("bottom",),
    examples=("worst rocs", "worst ctr last 28 days"),
)
