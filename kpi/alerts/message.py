"""The one message of an alert, as it is now: what was measured, what to do, and how far the alert is."""

from __future__ import annotations

from dataclasses import dataclass, replace
from statistics import quantiles
from typing import TYPE_CHECKING

from kpi.alerts.evaluator import found_on
from kpi.alerts.sentences import days_of
from kpi.alerts.states import News, Phase
from kpi.alerts.words import typed, value
from kpi.charts.trend import Trend
from kpi.periods import DAY
from kpi.report import Heading, Note, Paragraph, Picture, Piece, Report

if TYPE_CHECKING:
    from datetime import date, datetime

    from kpi.alerts.judging import Case, Judgement
    from kpi.storage.alerts.rules import KeptRule
    from kpi.storage.alerts.states import KeptAlert
    from kpi.wording import Words

SHOWN_DAYS = 28
FEWEST_FOR_BAND = 8
ADVICE = {
    "delivery_rate": "Look at the failed messages and at the number's quality in WhatsApp Manager.",
    "failure_rate": "Look at the failed messages and at the number's quality in WhatsApp Manager.",
    "opt_out_rate": "Send less often, or to fewer people, before the list shrinks.",
    "block_rate": "Pause the campaign: blocks lower the quality of the number.",
    "ctr": "Open the link in the message, and compare its text with the last one that worked.",
    "conversion_rate": "Buy something through the link yourself: shop, stock and coupon.",
    "cost": "Lower the volume, or raise the budget with 'Edit rule'.",
}
SILENT = "Look whether the automation is still on, and whether its source still tells anything."
OTHERWISE = "Press 'Why' to see which step changed."
ENDINGS = {
    News.RESOLVED: "Recovered",
    News.RETRACTED: "Taken back: later results showed that nothing was wrong",
    News.ENDED: "Closed: its broadcast is over, or its rule was changed",
}


@dataclass(frozen=True, slots=True)
class People:
    """What the names of people are, where the message mentions any."""

    acked_by: str = ""


def alert_report(kept: KeptRule, one: KeptAlert, name: str, words: Words, people: People, now: datetime) -> Report:
    """Return the message of an alert as it is now, without its picture."""
    whose = f" of {name}" if name else ""
    subject = "No sends" if kept.rule.condition == "silence" else kept.rule.metric.label
    headline = f"{status(one)}: {subject}{whose}"
    pieces: list[Piece] = [Heading(headline), Paragraph(one.said)]
    if one.alert.is_open:
        pieces.append(Paragraph(advice(kept)))
    line = " · ".join(filter(None, (*_life(one, words, people, now), f"Rule {kept.id}: {typed(kept.rule, words)}")))
    return Report(f"{headline}. {one.said}", (*pieces, Note(line)))


def status(one: KeptAlert) -> str:
    """Say in a word or two how far an alert is."""
    if one.alert.phase is Phase.RECOVERING:
        return "Getting better"
    if one.alert.is_open:
        return "Alert"
    return ENDINGS.get(News(one.ending), "Closed").partition(":")[0] if one.ending else "Closed"


def advice(kept: KeptRule) -> str:
    """Say what to do."""
    return SILENT if kept.rule.condition == "silence" else ADVICE.get(kept.rule.metric.key, OTHERWISE)


def news_line(one: KeptAlert, news: News, words: Words, now: datetime) -> str:
    """Say in the thread what has just become of an alert."""
    if news is News.AGAIN:
        days = (now - (one.alert.fired_at or now)).days
        return f"Still so after {days} days. {one.said}"
    if news is News.FAILING:
        return "I could not work this alert out three times in a row. The log of the server says why."
    return f"{ENDINGS.get(news, 'Closed')}, {words.moment(now)}. {one.said}"


def with_picture(report: Report, picture: Picture | None) -> Report:
    """Put the picture before the small print."""
    return replace(report, pieces=(*report.pieces[:-1], picture, report.pieces[-1])) if picture else report


def picture_of(case: Case, name: str, words: Words, currency: str = "") -> Picture | None:
    """Draw the days with the limit; a broadcast has only one day, which needs no picture."""
    rule, last = case.rule, case.days.last
    judgement = found_on(case, last).judgement if last and not case.sent_on else None
    if last is None or judgement is None or rule.condition in ("silence", "budget"):
        return None
    window = case.days.window(last, SHOWN_DAYS)
    if len(window.days) < 3:  # noqa: PLR2004  two points are no course
        return None
    days = {day.day: day for day in window.days}
    first = window.days[0].day
    span = [first + at * DAY for at in range((last - first).days + 1)]
    values = tuple(days[day].part / days[day].exposure if day in days else None for day in span)
    title = f"{rule.metric.label} of {name}" if name else rule.metric.label
    chart = Trend(
        f"{title}: {_side(judgement)} the limit", f"per day, {words.days(first, last + DAY, year=False)}",
        tuple(words.day(day, year=False) for day in span), values, rule.metric.unit, words, currency or rule.currency,
        usual=_band(case, last), limit=judgement.limit,
    )  # fmt: skip
    shown = value(rule.metric, judgement.value, words, rule.currency)
    return Picture(f"{title} by day: {shown} on {days_of(judgement, words)}, {_side(judgement)} its limit.", chart)


def _band(case: Case, last: date) -> tuple[float, float] | None:
    """Return the middle half of the days before, where there are enough."""
    values = [day.part / day.exposure for day in case.days.before(last, 1)[-SHOWN_DAYS:]]
    if len(values) < FEWEST_FOR_BAND:
        return None
    low, _, high = quantiles(values, n=4)
    return low, high


def _side(judgement: Judgement) -> str:
    return "below" if judgement.value < judgement.limit else "above"


def _life(one: KeptAlert, words: Words, people: People, now: datetime) -> tuple[str, ...]:
    alert = one.alert
    since = f"Since {words.day(alert.fired_on, year=False)}" if alert.fired_on else ""
    if not alert.is_open:
        return since, f"over {words.moment(alert.closed_at)}" if alert.closed_at else ""
    acked = f"acknowledged by {people.acked_by}" if alert.acked_by and people.acked_by else ""
    asleep = alert.snoozed_until is not None and alert.snoozed_until > now
    snoozed = f"snoozed until {words.moment(alert.snoozed_until)}" if asleep and alert.snoozed_until else ""
    return since, acked, snoozed, "muted" if alert.muted else ""
