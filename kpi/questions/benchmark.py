"""``benchmark [CAMPAIGN] [PERIOD]``: a campaign's or the team's KPIs beside published ranges and the team's usual."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from kpi.figures import estimate_of, figure, main_currency
from kpi.metrics import METRICS, Direction, Metric
from kpi.periods import DAY, Period, last_days
from kpi.phrases import source_line
from kpi.quantities import facts_of
from kpi.question import Asked, Asking, Part, Question
from kpi.questions.campaign import nothing_yet
from kpi.report import Choice, Choices, Column, Heading, Note, Paragraph, Piece, Report, Table
from kpi.storage.tallies import tally
from kpi.tally import Tally
from kpi.usual import Peers, peers_before, peers_of
from kpi.view import campaign_view

if TYPE_CHECKING:
    from kpi.benchmarks import Benchmark
    from kpi.report import Figure
    from kpi.storage.campaigns import Campaign

JUDGED = tuple(metric for metric in METRICS if metric.benchmarks)
"""The KPIs of which somebody published a range."""
FACTS = frozenset().union(*(facts_of(metric.quantity) for metric in JUDGED))
KINDS = ("broadcast", "automation")
USUAL_DAYS = 28
COLUMNS = (Column("KPI", "left"), Column("Value"), Column("Usual for you"), Column("Published"), Column("Lies"))


class Line(NamedTuple):
    """A KPI beside what it is held against; ``is_mature`` is false where it is too early to judge."""

    metric: Metric
    figure: Figure
    usual: float | None
    published: Benchmark | None
    is_mature: bool = True
    lag: int = 0
    """For how many days after a message it fills up."""

    @property
    def value(self) -> float:
        """The KPI as a plain number."""
        return float(self.figure.value or 0)

    @property
    def lies(self) -> str:
        """Where the KPI lies to the published range."""
        if self.published is None or not self.is_mature:
            return "–" if self.published is None else "too early"
        return "below" if self.value < self.published.low else "above" if self.value > self.published.high else "within"

    @property
    def reaches(self) -> bool:
        """Tell whether the KPI is in the range or on the good side of it."""
        return self.lies in ("within", "below" if self.metric.direction is Direction.DOWN else "above")


def answer(asking: Asking, asked: Asked) -> Report:
    """Return every KPI of which a range was published, of a campaign or of the team, beside that range."""
    if not asked.campaigns:
        return _team(asking, asked)
    campaign = asked.campaigns[0]
    if not campaign.began:
        return nothing_yet(campaign, asking)
    peers = peers_of(campaign, asking, FACTS, asked.scope)
    lines = _of_period(asking, (campaign,), asked.period, peers, asked) if asked.period else _of_life(asking, asked)
    days = asking.words.days(asked.period.start, asked.period.end) if asked.period else ""
    about = f"{campaign.name}{asked.scope.said}"
    if not lines:
        said = f"{about} has no KPIs to judge in {days}."
        return _nothing(asking, said, asked) if days else nothing_yet(campaign, asking)
    finding = _finding(f"{about}, {days}," if days else about, lines)
    usual = f"Usual: the median of your last {peers.called}." if peers.tallies else ""
    offers = tuple(Choice(f"The {name}", f'{name} "{campaign.slug}"') for name in ("campaign", "funnel"))
    pieces: tuple[Piece, ...] = (
        Heading(f"{about} against others" + (f", {days}" if days else "")),
        Paragraph(finding),
        _table(asking, "Published ranges", lines),
        *_notes(asking, lines, usual, (campaign,)),
        Choices((*offers, Choice("All campaigns", "benchmark"))),
    )
    return Report(finding, pieces)


def _team(asking: Asking, asked: Asked) -> Report:
    """Return a table per kind of campaign, since broadcasts and automations are never set against each other."""
    period = asked.period or last_days(USUAL_DAYS, asking.today)
    days, who = asking.words.days(period.start, period.end), asked.scope.who
    found, tables, all_lines = [], [], []
    for kind in KINDS:
        campaigns = tuple(one for one in asking.sending(asked.scope) if one.kind == kind)
        peers = peers_before(period.start, kind, asking, FACTS, asked.scope)
        if lines := _of_period(asking, campaigns, period, peers, asked):
            found.append(_finding(f"{kind.capitalize()}s", lines, "reach"))
            usual = f"; usual: the median of {peers.called} before" if peers.tallies else ""
            tables.append(_table(asking, f"{kind.capitalize()}s{usual}", lines))
            all_lines += lines
    if not tables:
        return _nothing(asking, f"No {asked.scope.by} campaign has KPIs{asked.scope.said} to judge in {days}.", asked)
    until = {line.lag: asking.today - (line.lag + 1) * DAY for line in all_lines}
    latest = max(until)
    young = latest and until[latest] < period.end - DAY
    names = dict.fromkeys(line.metric.label for line in all_lines if line.lag == latest)
    late = f"Only days old enough count: {asking.words.listed(tuple(names))} up to {asking.words.day(until[latest])}."
    sending = tuple(one for one in asking.sending(asked.scope) if one.began and one.began < period.end)
    recent = tuple(Choice(one.name, f'benchmark "{one.slug}"') for one in asking.recent(2, asked.scope))
    pieces: tuple[Piece, ...] = (
        Heading(f"{who} against others, {days}"),
        Paragraph(" ".join(found)),
        *tables,
        *_notes(asking, all_lines, late if young else "", sending),
        Choices((*recent, Choice("Overview", "overview"), Choice("Ranking by ROCS", "top rocs"))),
    )
    return Report(f"{who}, {days}: {' '.join(found)}", pieces)


def _of_life(asking: Asking, asked: Asked) -> list[Line]:
    """Return the KPIs of a campaign over its whole life; what is still filling up is shown and not judged."""
    campaign = asked.campaigns[0]
    view = campaign_view(asking, campaign, None, asked.scope)
    return [
        Line(one, view.figure(one), view.peers.usual(one, view.currency), one.benchmark(campaign.kind), mature)
        for one in JUDGED
        if view.value(one) is not None
        for mature in [view.is_mature(one)]
    ]


def _of_period(
    asking: Asking, campaigns: tuple[Campaign, ...], period: Period, peers: Peers, asked: Asked
) -> list[Line]:
    """Return the KPIs over a period, each over those of its days that are old enough for it."""
    lags = {one: asking.lag(one, campaigns) for one in JUDGED}
    ends = {one: min(period.end, asking.today - lags[one] * DAY) for one in JUDGED}
    tallies = {
        end: tally(asking.db, FACTS, campaigns, Period(period.start, end, ""), asked.scope)
        if end > period.start
        else Tally(())
        for end in set(ends.values())
    }
    lines = []
    for metric, end in ends.items():
        currency = main_currency(tallies[end], asking.words.currency)
        found = estimate_of(metric, tallies[end], currency)
        if found.value is not None:
            slug = campaigns[0].slug if len(campaigns) == 1 else ""
            shown = figure(metric, found, asking.words, currency=currency, campaign=slug)
            usual, published = peers.usual(metric, currency), metric.benchmark(campaigns[0].kind)
            lines.append(Line(metric, shown, usual, published, lag=lags[metric]))
    return lines


def _finding(who: str, lines: list[Line], reach: str = "reaches") -> str:
    judged = [line for line in lines if line.is_mature and line.published]
    if not judged:
        return f"{who}: it is too early to judge."
    labels = [line.metric.label for line in judged if not line.reaches]
    missed = [label if label.isupper() else label.lower() for label in labels]
    said = f"{who} {reach} the published range with {len(judged) - len(missed)} of {len(judged)} KPIs"
    return (
        f"{said}, not with {' or '.join(filter(None, (', '.join(missed[:-1]), missed[-1])))}." if missed else f"{said}."
    )


def _table(asking: Asking, caption: str, lines: list[Line]) -> Table:
    rows = tuple(_row(asking, line) for line in lines)
    return Table(caption, COLUMNS, rows, tuple(line.figure for line in lines))


def _row(asking: Asking, line: Line) -> tuple[str, ...]:
    def short(value: float | None) -> str:
        return asking.words.short(value, line.metric.unit, line.figure.currency)

    published = f"{short(line.published.low)}–{short(line.published.high)}" if line.published else "–"
    return line.metric.label, short(line.value), short(line.usual), published, line.lies


def _notes(asking: Asking, lines: list[Line], said: str, campaigns: tuple[Campaign, ...]) -> list[Note]:
    """Say what is too young, what is usual, and who published each range."""
    young = [line.metric.label for line in lines if not line.is_mature]
    published: dict[str, list[str]] = {}
    for line in lines:
        if one := line.published:
            published.setdefault(f"{one.source} ({one.trust.value}; {one.address})", []).append(line.metric.label)
    told = [
        f"Still filling up, so not judged: {', '.join(young)}." if young else "",
        said,
        *(f"{', '.join(dict.fromkeys(labels))}: {source}." for source, labels in published.items()),
        source_line(asking, campaigns, None),
    ]
    return [Note(line) for line in told if line]


def _nothing(asking: Asking, said: str, asked: Asked) -> Report:
    near = asked.campaigns or asking.recent(scope=asked.scope)
    offers = tuple(Choice(one.name, f'benchmark "{one.slug}"') for one in near)
    return Report(said, (Paragraph(said), Choices((*offers, Choice("Last 90 days", "benchmark last 90 days")))))


BENCHMARK = Question(
    "benchmark",
    "benchmark [CAMPAIGN] [PERIOD]",
    "a campaign, or all of them, beside published ranges and your usual",
    answer,
    takes=(Part.CAMPAIGN, Part.PERIOD, Part.SCOPE),
    aliases=("benchmarks", "versus market"),
    examples=("benchmark {campaign}", "benchmark {other}", "benchmark last 90 days"),
)
