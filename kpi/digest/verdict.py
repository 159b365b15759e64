"""How a week or a month went, in one sentence that makes sense to somebody who knows nothing of this program."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kpi.figures import estimate_of
from kpi.metrics import METRIC
from kpi.phrases import sentence

if TYPE_CHECKING:
    from kpi.digest.course import Course
    from kpi.metrics import Metric

REVENUE, COST, PROFIT, DELIVERED = (METRIC[key] for key in ("revenue", "cost", "profit", "delivered"))
ANSWERS = {"read_rate": "were read", "ctr": "were clicked", "reply_rate": "were answered"}


def verdict(course: Course, span: str) -> str:
    """Say how the ``week`` or ``month`` went, against what is usual where that is known."""
    said = _money(course, span) if course.value(REVENUE) is not None else _reach(course, span)
    if not course.begun:
        return f"The first {span} on record: {said} From the next on, each {span} is set against the one before."
    return sentence(said)


def _money(course: Course, span: str) -> str:
    made = course.comparable(PROFIT)
    earned = f"{course.scope.who} earned {_amounts(course, REVENUE)}"
    so_far = "" if course.is_mature(REVENUE) else " so far"
    if course.value(COST) is None:
        return f"{earned}{so_far}{_usually(course, span)}; what the messages cost is unknown."
    spent = f"for {_amounts(course, COST)} of messages"
    if course.estimate(COST).holes:
        known = len(course.now.campaigns) - len(course.estimate(COST).holes)
        return (
            f"{earned}{so_far}{_usually(course, span)}; "
            f"what the messages cost is known for {known} of {len(course.now.campaigns)} campaigns."
        )
    if made is not None and made < 0:
        lost = course.written(PROFIT, abs(made))
        verb = "has not earned its cost yet" if so_far else "lost money"
        return f"{course.scope.who} {verb}: {_amounts(course, REVENUE)} of revenue {spent}, {lost} less than it cost."
    return f"{_quality(course, span)}{earned}{so_far} {spent}{_usually(course, span)}."


def _quality(course: Course, span: str) -> str:
    where = course.standing(REVENUE)
    return f"A {'strong' if where > 0 else 'weak'} {span}: " if where else ""


def _usually(course: Course, span: str) -> str:
    usual = course.usual(REVENUE)
    if usual is None:
        return ""
    low, middle, high = (course.written(REVENUE, one) for one in (usual.low, usual.middle, usual.high))
    if course.standing(REVENUE) == 0 and not usual.low < (course.value(REVENUE) or 0) < usual.high:
        return f", about as usual for a {span}"
    if course.standing(REVENUE) == 0:
        return f", within the usual {low} to {high} a {span}"
    return f", where {middle} is usual for a {span}"


def _reach(course: Course, span: str) -> str:
    """Say whom it reached and how they answered, where nothing was sold."""
    if course.value(DELIVERED) is None:
        return f"{course.scope.who} sent messages, but no source says how many arrived or what the {span} earned."
    shares = [
        f"{course.short(METRIC[key])} {said}" for key, said in ANSWERS.items() if course.value(METRIC[key]) is not None
    ]
    answers = f"; {course.asking.words.listed(tuple(shares))}" if shares else ""
    usual = course.usual(DELIVERED)
    usually = f" (usually {course.written(DELIVERED, usual.middle)})" if usual else ""
    sold = any(one.objective == "sales" for one in course.campaigns)
    rest = "What that earned is unknown." if sold else f"No campaign of the {span} was meant to sell."
    return f"{course.scope.who} delivered {course.short(DELIVERED)} messages{usually}{answers}. {rest}"


def _amounts(course: Course, metric: Metric) -> str:
    """Write an amount in every currency it is known in; amounts are never added without a rate."""
    words, others = course.asking.words, course.other_currencies
    amounts = [(estimate_of(metric, course.now, currency).value, currency) for currency in (course.currency, *others)]
    return words.listed(tuple(words.short(value, metric.unit, one) for value, one in amounts if value is not None))
