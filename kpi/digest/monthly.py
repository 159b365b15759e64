"""The monthly report for leadership: what the channel was worth, beside e-mail and since January, on one page."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from kpi.charts.page import Bars, Grid, Page
from kpi.digest.course import months
from kpi.digest.kept import Digest, final_on, kept_of
from kpi.digest.parts import (
    COLUMNS,
    brief,
    campaign_table,
    cards,
    cells,
    days_noted,
    details,
    hero,
    legend,
    money_elsewhere,
    noted,
    opening,
    proof,
    small_print,
)
from kpi.digest.verdict import verdict
from kpi.figures import estimate_of, figure
from kpi.metrics import METRIC
from kpi.periods import MONTHS, Period
from kpi.report import Choice, Choices, Column, Figures, Heading, Paragraph, Piece, Report, Table
from kpi.scope import Scope
from kpi.storage.tallies import tally
from kpi.units import Unit
from kpi.view import SUMMED

if TYPE_CHECKING:
    from kpi.digest.course import Course
    from kpi.digest.kept import Kept
    from kpi.question import Asking
    from kpi.tally import Tally

CHANNELS = ("whatsapp", "email")
COMPARED = ("revenue", "cost", "rocs", "revenue_per_message", "ctr", "opt_out_rate")
MOST_ON_PAGE = 5
SHORT = {"cost": "Cost", "revenue_per_message": "Per message", "ctr": "CTR", "opt_out_rate": "Opt-outs"}
"""What the columns of the page are called, where the KPI's own name is too long."""
WHOLE = "Its share of the shop's whole revenue is unknown: only what campaigns earned is stored."


def monthly(asking: Asking, scope: Scope, month: Period, before: Kept | None = None) -> Digest:
    """Return the report of a month; ``before`` is what was posted of the month before, to say what changed since."""
    course = months(asking, scope, month)
    changed = opening(course, before, MONTHS[course.periods[-2].start.month - 1].title())
    if not course.now.sums:
        nothing = f"{name(course)}: no {scope.by} campaign sent anything{scope.said}, and none has results."
        return Digest(Report(nothing, (*changed, Paragraph(nothing))), None, kept_of(course))
    finding = verdict(course, "month")
    channels, span = _channels(course)
    said = tuple(filter(None, (*_shares(channels, course, span), _this_year(course))))
    pieces: tuple[Piece, ...] = (
        Heading(f"{scope.who} in {name(course)}"),
        *changed,
        Paragraph(finding),
        hero(course, cards(course), f"{name(course)}: {_worth(course)}", "by month"),
        _proof(course),
        *(Paragraph(line) for line in said),
        *([_beside(course, channels, span)] if len(channels) > 1 else []),
        *noted(_notes(course, month)),
        _next(course),
    )
    thread = Report(f"{name(course)} in detail", (details(course), campaign_table(course), *noted(small_print(course))))
    told = (*(one.text for one in changed), *said)
    page = _page(course, finding, told, _grids(course, channels, span), (*_notes(course, month), *small_print(course)))
    return Digest(Report(f"{name(course)}. {finding}", pieces), thread, kept_of(course), page)


def name(course: Course) -> str:
    """Return what the month is called: ``October 2026``."""
    return f"{MONTHS[course.period.start.month - 1].title()} {course.period.start.year}"


def _worth(course: Course) -> str:
    """Say in a few words what came of it, for the picture's title."""
    made = METRIC["profit"]
    if course.comparable(made) is None:
        first = METRIC[cards(course)[0]]
        return f"{first.label.lower()} {course.short(first)}"
    value, kept = course.value(made) or 0, course.now.margins
    shown = course.written(made, abs(value))
    noun = "profit" if any(kept.values()) else "more than the messages cost"
    return f"{shown} {noun}" if value >= 0 else f"{shown} less than the messages cost"


def _proof(course: Course) -> Figures:
    """Return the money, and the customers won where any source tells of them."""
    won = METRIC["new_customers"]
    return Figures((*proof(course).figures, *([brief(course, won)] if course.value(won) is not None else [])))


def _shares(channels: dict[str, Tally], course: Course, span: str) -> tuple[str, ...]:
    """Say which part of the revenue is WhatsApp's, as far as that is known."""
    words, revenue = course.asking.words, METRIC["revenue"]
    known = {
        channel: value
        for channel, part in channels.items()
        if (value := estimate_of(revenue, part, course.currency).value) is not None
    }
    total = sum(float(value) for value in known.values())
    if "whatsapp" not in known or course.value(revenue) is None:
        return ()
    if len(known) == 1 or not total:
        return (WHOLE,)
    share = words.percent(float(known["whatsapp"]) / total)
    ours, all_of_it = (words.short(one, Unit.MONEY, course.currency) for one in (known["whatsapp"], total))
    said = f"WhatsApp earned {share} of what WhatsApp and e-mail campaigns earned ({ours} of {all_of_it})"
    return (f"{span}: {said}. {WHOLE}",)


def _channels(course: Course) -> tuple[dict[str, Tally], str]:
    """Return what each channel holds in the month, or since January where only then there was e-mail."""
    spans = (course.period, _year(course))
    for span in spans:
        scopes = [
            replace(course.scope, channel=one)
            for one in ((course.scope.channel,) if course.scope.channel else CHANNELS)
        ]
        found = {one.channel: tally(course.asking.db, SUMMED, course.asking.sending(one), span, one) for one in scopes}
        held = {channel: part for channel, part in found.items() if part.sums}
        if len(held) > 1:
            break
    return held, course.asking.words.days(span.start, span.end)


def _year(course: Course) -> Period:
    return Period(course.period.start.replace(month=1, day=1), course.period.end, "")


def _this_year(course: Course) -> str:
    """Say what the year has brought so far, from its second month on."""
    year = _year(course)
    if year.start == course.period.start:
        return ""
    whole = tally(course.asking.db, SUMMED, course.asking.sending(course.scope), year, course.scope)
    money = {key: estimate_of(METRIC[key], whole, course.currency) for key in ("revenue", "cost", "profit")}
    if any(one.value is None for one in money.values()):
        return ""
    earned, cost, made = (course.asking.words.short(one.value, Unit.MONEY, course.currency) for one in money.values())
    left = len(money["cost"].holes)
    missing = f" The cost of {left} campaign{'s' if left > 1 else ''} is missing in this." if left else ""
    label = (money["profit"].label or "profit").lower()
    return f"{year.start.year} so far: {earned} earned for {cost} of messages, {label} {made}.{missing}"


def _cells_of(course: Course, channels: dict[str, Tally]) -> tuple[tuple[str, ...], ...]:
    words, metrics = course.asking.words, [METRIC[key] for key in COMPARED]
    return tuple(
        (
            Scope(channel).who,
            *(words.short(estimate_of(one, part, course.currency).value, one.unit, course.currency) for one in metrics),
        )
        for channel, part in channels.items()
    )


def _beside(course: Course, channels: dict[str, Tally], caption: str) -> Table:
    """Return the channels beside each other."""
    figures = tuple(
        figure(one, estimate_of(one, part, course.currency), course.asking.words, currency=course.currency)
        for part in channels.values()
        for one in (METRIC[key] for key in COMPARED)
    )
    columns = (Column("Channel", "left"), *(Column(METRIC[key].label) for key in COMPARED))
    return Table(f"WhatsApp and e-mail, {caption}", columns, _cells_of(course, channels), figures)


def _notes(course: Course, month: Period) -> tuple[str, ...]:
    days = course.asking.team.click_days
    final = final_on(month.end, days)
    until = course.asking.words.day(final)
    provisional = (
        f"Provisional until {until}: orders count for {days} days after a message, and refunds can follow later."
    )
    return (
        days_noted(course),
        provisional if course.asking.today < final else "",
        money_elsewhere(course),
        legend(course, "month"),
    )


def _page(course: Course, finding: str, said: tuple[str, ...], grids: tuple[Grid, ...], notes: tuple[str, ...]) -> Page:
    """Return the report as a page to print."""
    made = METRIC["profit"] if course.comparable(METRIC["profit"]) is not None else METRIC[cards(course)[0]]
    values = course.series(made)
    label = course.estimate(made).label or made.label
    columns = Bars(
        f"{label} by month",
        tuple(MONTHS[one.start.month - 1][:3].title() for one in course.periods[-len(values) :]),
        values,
        tuple("" if one is None else course.written(made, one) for one in values),
    )
    words = course.asking.words
    known = f"{words.days(course.period.start, course.period.end)}, as known on {words.day(course.asking.today)}"
    known += f"; ▲ ▼ vs {course.against}"
    title, drawn = f"{course.scope.who} in {name(course)}", cells(course, cards(course))
    return Page(title, known, finding, said, drawn, columns, grids, tuple(filter(None, notes)))


def _grids(course: Course, channels: dict[str, Tally], span: str) -> tuple[Grid, ...]:
    best = campaign_table(course)
    first = Grid(best.caption, ("", *map(_short, COLUMNS)), best.rows[:MOST_ON_PAGE])
    if len(channels) == 1:
        return (first,)
    head = ("", *map(_short, COMPARED))
    return (first, Grid(f"WhatsApp and e-mail, {span}", head, _cells_of(course, channels)))


def _short(key: str) -> str:
    return SHORT.get(key, METRIC[key].label)


def _next(course: Course) -> Choices:
    month = f"{course.period.start:%Y-%m}{course.scope.typed}"
    return Choices((
        Choice(f"All of {name(course)}", f"overview {month}"),
        Choice("Ranking", f"top rocs {month}"),
        Choice("This year", f"trend revenue {course.period.start.year}{course.scope.typed}"),
    ))  # fmt: skip
