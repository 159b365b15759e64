"""The weekly digest: how the week went in one sentence, the money, the best and the weakest, what needs attention."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from kpi.digest.attention import missing, untold, warnings
from kpi.digest.course import weeks
from kpi.digest.kept import NOTICEABLE, Digest, kept_of
from kpi.digest.parts import (
    campaign_pictures,
    campaign_table,
    cards,
    days_noted,
    details,
    filling,
    hero,
    legend,
    money_elsewhere,
    noted,
    opening,
    proof,
    small_print,
)
from kpi.digest.picks import picks
from kpi.digest.verdict import verdict
from kpi.metrics import METRIC
from kpi.report import Choice, Choices, Heading, Paragraph, Piece, Report

if TYPE_CHECKING:
    from kpi.digest.course import Course
    from kpi.digest.kept import Kept
    from kpi.digest.picks import Pick
    from kpi.periods import Period
    from kpi.question import Asking
    from kpi.scope import Scope


def weekly(asking: Asking, scope: Scope, week: Period, before: Kept | None = None) -> Digest:
    """Return the digest of a week; a week in which nothing notable happened is one line.

    ``before`` is what was posted of the week before, to say what has become of it.
    """
    course = weeks(asking, scope, week)
    since = opening(course, before, f"Week {course.periods[-2].start.isocalendar().week}", NOTICEABLE)
    if not course.now.sums:
        nothing = _nothing_sent(course)
        return Digest(replace(nothing, pieces=(*since, *nothing.pieces)), None, kept_of(course))
    gaps = missing(course)
    course = replace(course, is_complete=not gaps)
    chosen, urgent = picks(course), (*gaps, *warnings(course))
    whole = _whole(course, chosen, urgent, since)
    if _is_quiet(course, urgent) and not since:
        return Digest(_one_line(course), Report(whole.headline, (*whole.pieces[1:-1], *_more(course))), kept_of(course))
    return Digest(whole, Report(f"{name(course)} in detail", _more(course)), kept_of(course))


def name(course: Course) -> str:
    """Return what the week is called: ``Week 47``."""
    return f"Week {course.period.start.isocalendar().week}"


def _whole(course: Course, chosen: tuple[Pick, ...], urgent: tuple[str, ...], since: tuple[Piece, ...]) -> Report:
    finding = verdict(course, "week")
    days = course.asking.words.days(course.period.start, course.period.end)
    pieces: tuple[Piece, ...] = (
        Heading(f"{course.scope.who}, {name(course)[:1].lower()}{name(course)[1:]}: {days}"),
        *since,
        Paragraph(finding),
        hero(course, cards(course), f"{name(course)}: {_short_finding(course)}", "by week"),
        proof(course),
        *_told(chosen, urgent),
        *noted((days_noted(course), money_elsewhere(course), filling(course), legend(course, "week"))),
        _next(course, chosen),
    )
    return Report(f"{name(course)}. {finding}", pieces)


def _told(chosen: tuple[Pick, ...], urgent: tuple[str, ...]) -> list[Piece]:
    leads = ("Best", "Weakest") if len(chosen) > 1 else ("The one broadcast",)
    lines = [f"{lead}: {pick.said}" for lead, pick in zip(leads, chosen, strict=False)]
    told: list[Piece] = [Paragraph(line) for line in lines]
    if len(urgent) > 1:
        return [*told, Paragraph("Needs attention:"), *(Paragraph(f"• {one}") for one in urgent)]
    return [*told, *(Paragraph(f"Needs attention: {one}") for one in urgent)]


def _short_finding(course: Course) -> str:
    """Say in a few words how the first card stands, for the picture's title."""
    metric = METRIC[cards(course)[0]]
    usual, where = course.usual(metric), course.standing(metric)
    shown = f"{metric.label.lower()} {course.short(metric)}"
    if usual is None:
        return shown
    if where is None:
        return f"{shown} so far, usually {course.written(metric, usual.middle)}"
    low, high = course.written(metric, usual.low), course.written(metric, usual.high)
    if where == 0 and not usual.low < (course.value(metric) or 0) < usual.high:
        return f"{shown}, about as usual"
    return f"{shown}, {('within', 'above', 'below')[where]} the usual {low} to {high}"


def _is_quiet(course: Course, urgent: tuple[str, ...]) -> bool:
    """Tell whether nobody needs to read more: nothing urgent, only automations, and all figures as usual."""
    if urgent or any(one.kind == "broadcast" for one in course.campaigns):
        return False
    drawn = [METRIC[key] for key in cards(course)]
    return all(course.usual(one) for one in drawn) and not any(course.standing(one) for one in drawn)


def _one_line(course: Course) -> Report:
    said = f"{name(course)} was quiet: no broadcast, and all figures as usual. {verdict(course, 'week')}"
    return Report(said, (Paragraph(said), _next(course, ())))


def _nothing_sent(course: Course) -> Report:
    scope, recent = course.scope, course.asking.recent(1, course.scope)
    said = f"{name(course)} was quiet: no {scope.by} campaign sent anything{scope.said}, and none has results."
    if missed := untold(course):
        said = " ".join((f"{name(course)} has no results of {scope.by} campaigns{scope.said} yet.", *missed))
    if recent and recent[0].ended:
        said += f" The last to send was {recent[0].name}, on {course.asking.words.day(recent[0].ended)}."
    latest = tuple(Choice(one.name, f'campaign "{one.slug}"') for one in recent)
    month = Choice("Last 28 days", f"overview last 28 days{scope.typed}")
    return Report(said, (Paragraph(said), Choices((*latest, month))))


def _more(course: Course) -> tuple[Piece, ...]:
    """Return what stands in the thread."""
    return (details(course), campaign_table(course), *campaign_pictures(course), *noted(small_print(course)))


def _next(course: Course, chosen: tuple[Pick, ...]) -> Choices:
    year, number, _ = course.period.start.isocalendar()
    week = f"week {number} {year}{course.scope.typed}"
    best = "rocs" if course.value(METRIC["revenue"]) is not None else "read_rate"
    names = tuple(Choice(one.campaign.name, f'campaign "{one.campaign.slug}"') for one in chosen)
    return Choices(
        (Choice(f"All of week {number}", f"overview {week}"), *names, Choice("Ranking", f"top {best} {week}"))
    )
