"""``campaign NAME [PERIOD]``: what one campaign did, whether it paid, and what to ask next."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from kpi.charts.card import Card, Small
from kpi.facts import FACTS, Adds
from kpi.figures import changed, estimate_of, figure, is_better, main_currency
from kpi.maturity import filling, is_mature, matures_on
from kpi.metrics import METRIC, METRICS, Metric
from kpi.periods import DAY
from kpi.phrases import against_range, remarks, sentence, source_line
from kpi.question import Asked, Asking, Part, Question
from kpi.report import Choice, Choices, Figure, Figures, Heading, Note, Paragraph, Picture, Piece, Report
from kpi.storage.tallies import daily, tally, with_states
from kpi.units import Unit
from kpi.usual import Peers, peers_of

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from kpi.periods import Period
    from kpi.quantities import Estimate
    from kpi.storage.campaigns import Campaign
    from kpi.tally import Tally

SUMMED = tuple(fact for fact in FACTS if fact.adds is Adds.SUM)


@dataclass(frozen=True, slots=True)
class Sheet:
    """Which KPIs a campaign is judged by: first its proof, then the way there, and four of them as a picture."""

    proof: tuple[str, ...]
    way: tuple[str, ...]
    cards: tuple[str, ...]
    judged: tuple[str, ...]
    """Set against published ranges once mature."""


_WAY = ("delivery_rate", "read_rate", "ctr", "click_to_open")
SHEETS = {
    "sales": Sheet(
        ("revenue", "gross_revenue", "refunds", "cost", "rocs", "profit"),
        (*_WAY, "conversion_rate", "aov", "revenue_per_message", "reply_rate", "opt_out_rate"),
        ("revenue", "rocs", "ctr", "conversion_rate"),
        ("rocs", "ctr", "conversion_rate"),
    ),
    "brand": Sheet(
        ("delivered", "reply_rate", "feedback_rate", "reviews_rate"),
        (*_WAY, "retention_rate", "opt_out_rate", "block_rate", "cost", "cost_per_message"),
        ("read_rate", "reply_rate", "feedback_rate", "opt_out_rate"),
        ("read_rate", "reply_rate", "opt_out_rate"),
    ),
    "service": Sheet(
        ("delivered", "read_rate", "feedback_rate", "reviews_rate"),
        (
            "delivery_rate",
            "reply_rate",
            "ctr",
            "retention_rate",
            "opt_out_rate",
            "block_rate",
            "cost",
            "cost_per_message",
        ),
        ("delivery_rate", "read_rate", "feedback_rate", "opt_out_rate"),
        ("delivery_rate", "read_rate", "opt_out_rate"),
    ),
}
MUST_SHOW = frozenset({"revenue", "cost", "rocs", "profit", "delivered"})
"""Shown as unknown rather than left out."""


@dataclass(frozen=True, slots=True)
class _View:
    """A campaign over a period (None: its life), beside what it is compared with."""

    campaign: Campaign
    period: Period | None
    tally: Tally
    days: Mapping[date, Tally]
    before: Tally | None
    peers: Peers
    currency: str
    today: date

    def estimate(self, metric: Metric) -> Estimate:
        return estimate_of(metric, self.tally, self.currency)

    def against(self, metric: Metric) -> tuple[float | None, str]:
        """Return the value to compare with, and what to call it: the period before, or the usual."""
        if self.period is not None and self.before is not None:
            value = estimate_of(metric, self.before, self.currency).value
            return None if value is None else float(value), f"vs {self.period.before().name}"
        if metric.unit in (Unit.COUNT, Unit.MONEY) and metric.key not in _COMPARABLE:
            return None, ""
        return self.peers.usual(metric, self.currency), "vs usual"

    def is_mature(self, metric: Metric) -> bool:
        return is_mature(metric, self.campaign, self.days, self.today)


_COMPARABLE = frozenset({"revenue_per_message", "aov", "cost_per_message", "cost_per_click", "cost_per_order"})
"""Amounts that do not depend on the size of a campaign, so that they can be set against other campaigns."""


def answer(asking: Asking, asked: Asked) -> Report:
    """Return the card of a campaign."""
    campaign = asked.campaigns[0]
    if not campaign.began:
        return _nothing_yet(campaign, asking)
    view = _view(asking, campaign, asked.period)
    if not view.tally.sums:
        return _nothing_then(campaign, asked, asking)
    return _card(asking, asked, view)


def _view(asking: Asking, campaign: Campaign, period: Period | None) -> _View:
    until = period.until(asking.today) if period and period.is_running(asking.today) and period.length > 1 else period
    found = with_states(asking.db, tally(asking.db, SUMMED, [campaign], until), campaign, until)
    before = until and tally(asking.db, SUMMED, [campaign], until.before())
    peers = peers_of(campaign, asking, SUMMED) if until is None else Peers({}, "")
    currency = main_currency(found, asking.words.currency)
    days = daily(asking.db, SUMMED, [campaign], until)
    return _View(
        campaign, until, found, days, before if before and before.sums else None, peers, currency, asking.today
    )


def _card(asking: Asking, asked: Asked, view: _View) -> Report:
    sheet = SHEETS[view.campaign.objective]
    finding = _finding(asking, view)
    proof, way = (_figures(asking, view, keys) for keys in (sheet.proof, sheet.way))
    pieces: list[Piece] = [
        Heading(_title(asking, view)),
        Paragraph(" ".join(filter(None, (asked.read_as, finding, _state(asking, view))))),
        Figures(proof),
        Figures(way),
        *_other_currencies(asking, view),
        _picture(asking, view, sheet, finding),
        *_notes(asking, view, sheet),
        _next(view),
    ]
    return Report(f"{view.campaign.name}: {finding}", tuple(piece for piece in pieces if piece != Figures(())))


def _title(asking: Asking, view: _View) -> str:
    days = list(view.days)
    if view.period:
        return f"{view.campaign.name}, {asking.words.days(view.period.start, view.period.end)}"
    return f"{view.campaign.name}, {asking.words.days(days[0], days[-1] + DAY)}"


def _figures(asking: Asking, view: _View, keys: tuple[str, ...]) -> tuple[Figure, ...]:
    return tuple(_figure(asking, view, METRIC[key]) for key in keys if _is_worth(view, METRIC[key]))


def _is_worth(view: _View, metric: Metric) -> bool:
    value = view.estimate(metric).value
    if metric.key == "gross_revenue":
        return bool(view.estimate(METRIC["refunds"]).value)
    return value is not None or metric.key in MUST_SHOW


def _figure(asking: Asking, view: _View, metric: Metric) -> Figure:
    estimate, (before, against) = view.estimate(metric), view.against(metric)
    change = changed(metric, estimate, before, asking.words, against)
    return figure(metric, estimate, asking.words, currency=view.currency, campaign=view.campaign.slug, change=change)


def _finding(asking: Asking, view: _View) -> str:
    if view.campaign.objective == "sales":
        return sentence(_money_finding(asking, view))
    return sentence(_response_finding(asking, view))


def _money_finding(asking: Asking, view: _View) -> str:
    words, currency = asking.words, view.currency
    revenue, cost, rocs, profit = (view.estimate(METRIC[key]).value for key in ("revenue", "cost", "rocs", "profit"))
    earned, spent = (words.short(value, Unit.MONEY, currency) for value in (revenue, cost))
    if revenue is None and cost is None:
        return _reach(asking, view) + "; neither revenue nor cost is known"
    if revenue is None:
        return f"{_reach(asking, view)} for {spent}; what it earned is unknown"
    if cost is None:
        return f"it took {earned}; its cost is unknown, so whether it paid cannot be said"
    if profit is None or rocs is None:
        return f"it took {earned} for {spent}"
    left = words.short(abs(float(profit)), Unit.MONEY, currency)
    if profit < 0:
        return f"it lost {left}: {earned} revenue for {spent} of messages"
    goods = "after goods and messages" if asking.team.margin or view.campaign.margin else "more than the messages cost"
    return f"it earned {words.times(rocs)} its cost: {earned} revenue for {spent}, {left} {goods}"


def _response_finding(asking: Asking, view: _View) -> str:
    words = asking.words
    parts = [_reach(asking, view)]
    for key, noun in (("replies", "replied"), ("feedback", "gave feedback"), ("reviews", "left a review")):
        if value := view.estimate(METRIC[key]).value:
            parts.append(f"{words.short(value, Unit.COUNT)} {noun}")
    return words.listed(tuple(parts), most=4)


def _reach(asking: Asking, view: _View) -> str:
    delivered, ctr = (view.estimate(METRIC[key]).value for key in ("delivered", "ctr"))
    if delivered is None:
        return "how many it reached is unknown"
    clicked = f", {asking.words.short(ctr, Unit.SHARE)} clicked" if ctr is not None else ""
    return f"it reached {asking.words.short(delivered, Unit.COUNT)} people{clicked}"


def _state(asking: Asking, view: _View) -> str:
    campaign, slowest = view.campaign, METRIC["conversion_rate" if view.campaign.objective == "sales" else "read_rate"]
    said = ""
    if campaign.ends and campaign.ends >= asking.today:
        said = f"It is still running, until {asking.words.day(campaign.ends)}."
    if not view.is_mature(slowest):
        ready = matures_on(slowest, campaign)
        when = f" until about {asking.words.day(ready)}" if ready and campaign.kind == "broadcast" else ""
        said += f" Its latest results are still filling up{when}."
    return said.strip()


def _picture(asking: Asking, view: _View, sheet: Sheet, finding: str) -> Picture:
    cards = tuple(_small(asking, view, METRIC[key]) for key in sheet.cards)
    shown = ", ".join(f"{card.label} {card.shown}" + (f" ({card.change})" if card.change else "") for card in cards)
    subtitle = f"{_title(asking, view)}; dot = last day" + (
        "; grey band = usual" if any(c.usual for c in cards) else ""
    )
    title = finding.rstrip(".")
    return Picture(f"{finding} {shown}.", Card(f"{view.campaign.name}: {title}", subtitle, cards))


def _small(asking: Asking, view: _View, metric: Metric) -> Small:
    estimate, (before, against) = view.estimate(metric), view.against(metric)
    series = tuple(_value(metric, part, view.currency) for part in view.days.values())
    comparable = metric.unit is not Unit.MONEY
    return Small(
        metric.label,
        asking.words.short(estimate.value, metric.unit, view.currency),
        changed(metric, estimate, before, asking.words, against),
        is_better(metric, estimate.value, before),
        series if len(series) > 2 else (),  # noqa: PLR2004  a line needs three days to tell anything
        view.peers.band(metric, view.currency) if comparable else None,
        min(filling(metric, view.days, view.today), len(series)),
    )


def _value(metric: Metric, part: Tally, currency: str) -> float | None:
    value = estimate_of(metric, part, currency).value
    return None if value is None else float(value)


def _other_currencies(asking: Asking, view: _View) -> list[Piece]:
    """Money in further currencies stands apart: it is never added without a rate of exchange."""
    metrics = [METRIC[key] for key in ("revenue", "cost", "rocs", "profit")]
    found = []
    for currency in view.tally.currencies():
        if currency != view.currency:
            pairs = ((metric, estimate_of(metric, view.tally, currency)) for metric in metrics)
            known = [figure(metric, estimate, asking.words, currency=currency, campaign=view.campaign.slug)
                     for metric, estimate in pairs if estimate.value is not None]  # fmt: skip
            found.append(Figures(tuple(known)))
            found.append(Note(f"The figures above are in {currency}, apart from those in {view.currency}."))
    return found


def _notes(asking: Asking, view: _View, sheet: Sheet) -> list[Piece]:
    shown = [(METRIC[key], view.estimate(METRIC[key])) for key in (*sheet.proof, *sheet.way)]
    said = [
        _ranges(asking, view, sheet),
        f"Usual is the median of your last {view.peers.called}." if view.peers.tallies else "",
        remarks((metric, estimate) for metric, estimate in shown if estimate.value is not None),
        source_line(asking, [view.campaign], max(view.days)),
    ]
    return [Note(line) for line in said if line]


def _ranges(asking: Asking, view: _View, sheet: Sheet) -> str:
    lines = []
    for metric in (METRIC[key] for key in sheet.judged):
        value = view.estimate(metric).value
        if value is not None and view.campaign.channel == "whatsapp" and view.is_mature(metric):
            lines.append(against_range(metric, float(value), view.campaign.kind, asking.words))
    said = "; ".join(filter(None, lines))
    return f"Published ranges: {said}." if said else ""


def _next(view: _View) -> Choices:
    slug = view.campaign.slug
    main = "revenue" if view.campaign.objective == "sales" else "read_rate"
    choices = [Choice("Trend", f"trend {main} {slug}"), Choice("Clicks by day", f"trend ctr {slug}")]
    if view.period:
        choices.insert(0, Choice("Whole campaign", f"campaign {slug}"))
    else:
        choices.insert(0, Choice("Last 7 days", f"campaign {slug} last 7 days"))
    return Choices((*choices, Choice("Ranking", "top " + ("rocs" if main == "revenue" else main))))


def _nothing_yet(campaign: Campaign, asking: Asking) -> Report:
    if campaign.starts and campaign.starts > asking.today:
        days = (campaign.starts - asking.today).days
        when = "tomorrow" if days == 1 else f"in {days} days"
        said = f"{campaign.name} starts on {asking.words.day(campaign.starts)} ({when}); nothing has been sent yet."
    else:
        said = f"{campaign.name} is known, but no source has told any result of it yet."
    others = tuple(Choice(one.name, f"campaign {one.slug}") for one in asking.recent())
    return Report(said, (Heading(campaign.name), Paragraph(said), Choices(others, "Until then")))


def _nothing_then(campaign: Campaign, asked: Asked, asking: Asking) -> Report:
    period = asked.period
    said = f"{campaign.name} has no results"
    if period:
        said += f" in {asking.words.days(period.start, period.end)}"
    if campaign.began and campaign.ended:
        said += f"; it ran {asking.words.days(campaign.began, campaign.ended + DAY)}"
    choice = Choice("Whole campaign", f"campaign {campaign.slug}")
    return Report(said + ".", (Heading(campaign.name), Paragraph(said + "."), Choices((choice,))))


CAMPAIGN = Question(
    "campaign",
    "campaign NAME [PERIOD]",
    "what one campaign did and whether it paid",
    answer,
    takes=(Part.CAMPAIGN, Part.PERIOD),
    needs=(Part.CAMPAIGN,),
    examples=("campaign {campaign}", "campaign {campaign} last week"),
)
