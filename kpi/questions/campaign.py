"""``campaign NAME [PERIOD]``: what one campaign did, whether it paid, and what to ask next."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kpi.charts.card import Card
from kpi.facts import FAILED
from kpi.failures import failed_because
from kpi.figures import estimate_of, figure
from kpi.holdouts.arms import holdout_among
from kpi.holdouts.report import added_in_short, lift_report
from kpi.maturity import matures_on
from kpi.metrics import METRIC
from kpi.periods import DAY, WEEK
from kpi.phrases import noted, published_ranges, remarks, source_line
from kpi.question import Asked, Asking, Part, Question
from kpi.report import Choice, Choices, Figures, Heading, Note, Paragraph, Picture, Piece, Report
from kpi.sheets import SHEETS, Sheet
from kpi.storage.live.failures import failures
from kpi.units import Unit
from kpi.view import View, campaign_view

if TYPE_CHECKING:
    from kpi.storage.campaigns import Campaign

RESPONSES = {"replies": "replied", "feedback": "gave feedback", "reviews": "left a review"}
SLOWEST = {"sales": "conversion_rate", "brand": "read_rate", "service": "read_rate"}
"""The KPI that takes longest to come in, per objective."""


def answer(asking: Asking, asked: Asked) -> Report:
    """Return the card of a campaign."""
    campaign = asked.campaigns[0]
    if held := holdout_among(asking, [campaign]):
        return lift_report(asking, held)
    if not campaign.began:
        return nothing_yet(campaign, asking)
    view = campaign_view(asking, campaign, asked.period, asked.scope)
    if not view.tally.sums:
        return _nothing_then(campaign, asked, asking)
    sheet = SHEETS[campaign.objective]
    finding = f"{campaign.name}{view.scope.said} {_finding(view, campaign)}."
    first = (finding, _state(asking, view, campaign))
    pieces: tuple[Piece, ...] = (
        Heading(f"{campaign.name}{view.scope.said}, {view.span}"),
        Paragraph(" ".join(filter(None, first))),
        Figures(tuple(view.figure(METRIC[key]) for key in sheet.proof)),
        _picture(view, sheet, finding),
        *_other_currencies(view),
        *([Paragraph(said)] if not asked.period and (said := added_in_short(asking, campaign)) else ()),
        view.by_step(asked.step, [METRIC[key] for key in sheet.cards])
        if asked.step
        else view.table("In detail", [METRIC[key] for key in sheet.details if view.value(METRIC[key]) is not None]),
        *_notes(view, campaign, sheet),
        _next(asking, view, campaign),
    )
    return Report(finding, pieces)


def _finding(view: View, campaign: Campaign) -> str:
    return _money(view, campaign) if campaign.objective == "sales" else _responses(view)


def _money(view: View, campaign: Campaign) -> str:
    """Say whether it paid."""
    words = view.asking.words
    revenue, cost, rocs, profit = (METRIC[key] for key in ("revenue", "cost", "rocs", "profit"))
    earned, spent = view.short(revenue), view.short(cost)
    if view.value(revenue) is None:
        known = (
            f"for {spent}; what it earned is unknown"
            if view.value(cost) is not None
            else "; revenue and cost are unknown"
        )
        return f"{_reach(view)} {known}".replace(" ;", ";")
    if view.value(cost) is None:
        elsewhere = next((money for other in view.tally.currencies() if (money := _cost_in(view, other))), "")
        known = f"it cost {elsewhere}, and no rate of exchange is known" if elsewhere else "its cost is unknown"
        return f"took {earned}; {known}, so whether it paid cannot be said"
    made, times = view.value(profit), view.value(rocs)
    if made is None or times is None:
        return f"took {earned} for {spent}"
    left = words.short(abs(made), Unit.MONEY, view.currency)
    if made < 0:
        return f"lost {left}: {earned} revenue for {spent} of messages"
    kept = "profit after goods" if campaign.margin is not None else "more than the messages cost"
    return f"earned {words.times(times)} its cost: {earned} revenue for {spent}, {left} {kept}"


def _cost_in(view: View, currency: str) -> str:
    value = estimate_of(METRIC["cost"], view.tally, currency).value
    return "" if value is None else view.asking.words.short(value, Unit.MONEY, currency)


def _responses(view: View) -> str:
    """Say whom it reached and how they answered."""
    counts = {key: view.value(METRIC[key]) for key in RESPONSES}
    said = [f"{view.short(METRIC[key])} {RESPONSES[key]}" for key, count in counts.items() if count]
    return view.asking.words.listed((_reach(view), *said), most=1 + len(RESPONSES))


def _reach(view: View) -> str:
    if view.value(METRIC["delivered"]) is None:
        return "delivered an unknown number of messages"
    clicked = f" ({view.short(METRIC['ctr'])} clicked)" if view.value(METRIC["ctr"]) is not None else ""
    return f"delivered {view.short(METRIC['delivered'])} messages{clicked}"


def _state(asking: Asking, view: View, campaign: Campaign) -> str:
    """Say whether it is still running, and whether its results are still coming in."""
    slowest, said = METRIC[SLOWEST[campaign.objective]], []
    if campaign.ends and campaign.ends >= asking.today:
        said.append(f"It is still running, until {asking.words.day(campaign.ends)}.")
    if not view.is_mature(slowest):
        ready = matures_on(asking.lag(slowest, view.campaigns), campaign)
        until = f" until about {asking.words.day(ready)}" if ready and not said and campaign.kind == "broadcast" else ""
        said.append(f"Its latest results are still filling up{until}.")
    return " ".join(said)


def _picture(view: View, sheet: Sheet, finding: str) -> Picture:
    keys = sheet.cards if any(view.value(METRIC[key]) is not None for key in sheet.cards) else _known(view, sheet)
    cards = tuple(view.small(METRIC[key]) for key in keys)
    shown = ", ".join(f"{card.label} {card.shown}" + (f" ({card.change})" if card.change else "") for card in cards)
    legend = ["over its days"] if any(card.series for card in cards) else []
    legend += ["grey band = usual"] if any(card.usual and card.series for card in cards) else []
    return Picture(f"{finding} {shown}.", Card(finding.rstrip("."), "; ".join([view.span, *legend]), cards))


def _known(view: View, sheet: Sheet) -> tuple[str, ...]:
    """Return the first details that are known: while only WhatsApp tells of a campaign, its money is not."""
    known = tuple(key for key in sheet.details if view.value(METRIC[key]) is not None)
    return known[: len(sheet.cards)] or sheet.cards


def _other_currencies(view: View) -> list[Piece]:
    """Money in further currencies stands apart: it is never added without a rate of exchange."""
    found: list[Piece] = []
    for currency in view.tally.currencies():
        if currency == view.currency:
            continue
        pairs = [(METRIC[key], estimate_of(METRIC[key], view.tally, currency)) for key in SHEETS["sales"].proof]
        slug = view.campaigns[0].slug
        found += [
            Note(f"In {currency}, apart from {view.currency}:"),
            Figures(
                tuple(figure(metric, of, view.asking.words, currency=currency, campaign=slug) for metric, of in pairs)
            ),
        ]
    return found


def _notes(view: View, campaign: Campaign, sheet: Sheet) -> list[Piece]:
    shown = [(METRIC[key], view.estimate(METRIC[key])) for key in (*sheet.proof, *sheet.details)]
    judged = [METRIC[key] for key in sheet.judged if campaign.channel == "whatsapp" and view.is_mature(METRIC[key])]
    said = [
        noted(view.asking, *view.ends),
        published_ranges([(metric, view.value(metric)) for metric in judged], campaign.kind, view.asking.words),
        _usual(view),
        _why_failed(view, campaign),
        remarks([pair for pair in shown if pair[1].value is not None], view.asking.words),
        source_line(view.asking, [campaign], view.last_day),
    ]
    return [Note(line) for line in said if line]


def _usual(view: View) -> str:
    """Say what is called usual, and at which age."""
    if not view.peers.tallies:
        return ""
    young = f" {view.at_age.said[:1].upper()}{view.at_age.said[1:]} it is what they had by then." if view.at_age else ""
    return f"Usual: the median of your last {view.peers.called}.{young}"


def _why_failed(view: View, campaign: Campaign) -> str:
    """Say why messages failed, where the reasons of all are known."""
    reasons = failures(view.asking.db, campaign.slug, view.period)
    is_whole = sum(reasons.values()) == view.tally.total(FAILED)
    return failed_because(reasons, view.asking.words) if is_whole else ""


def _next(asking: Asking, view: View, campaign: Campaign) -> Choices:
    main = "revenue" if campaign.objective == "sales" else "read_rate"
    choices = [
        Choice(METRIC[main].label + " by day", f"trend {main} {campaign.slug}"),
        Choice("Clicks by day", f"trend ctr {campaign.slug}"),
        Choice("Ranking", "top " + ("rocs" if main == "revenue" else main)),
    ]
    if view.period:
        choices.insert(0, Choice("Whole campaign", f'campaign "{campaign.slug}"'))
    elif campaign.ended and campaign.began and campaign.ended >= asking.today - WEEK > campaign.began:
        choices.insert(0, Choice("Last 7 days", f'campaign "{campaign.slug}" last 7 days'))
    return Choices(tuple(choices))


def nothing_yet(campaign: Campaign, asking: Asking) -> Report:
    """Return what is said of a campaign that has no results: it is planned, or no source has told anything."""
    if campaign.starts and campaign.starts > asking.today:
        days = (campaign.starts - asking.today).days
        when = "tomorrow" if days == 1 else f"in {days} days"
        said = f"{campaign.name} starts on {asking.words.day(campaign.starts)} ({when}); nothing has been sent yet."
    else:
        said = f"{campaign.name} is known, but no source has told any result of it yet."
    others = tuple(Choice(one.name, f'campaign "{one.slug}"') for one in asking.recent())
    return Report(said, (Heading(campaign.name), Paragraph(said), Choices(others, "Until then")))


def _nothing_then(campaign: Campaign, asked: Asked, asking: Asking) -> Report:
    when = f" in {asking.words.days(asked.period.start, asked.period.end)}" if asked.period else ""
    ran = ""
    if campaign.began and campaign.ended:
        ran = f"; it ran {asking.words.days(campaign.began, campaign.ended + DAY)}"
    said = f"{campaign.name} has no results{asked.scope.said}{when}{ran}."
    choice = Choice("Whole campaign", f'campaign "{campaign.slug}"')
    return Report(said, (Heading(campaign.name), Paragraph(said), Choices((choice,))))


CAMPAIGN = Question(
    "campaign",
    "campaign NAME [PERIOD]",
    "what one campaign did and whether it paid",
    answer,
    takes=(Part.CAMPAIGN, Part.PERIOD, Part.SCOPE, Part.STEP),
    needs=(Part.CAMPAIGN,),
    examples=("campaign {campaign}", "campaign {campaign} last week"),
)
