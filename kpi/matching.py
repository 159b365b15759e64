"""Which rows and campaigns know both sides of a number, what they hold, and what is left out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from kpi.estimates import Estimate, Number
from kpi.facts import COST, SENT, Adds

if TYPE_CHECKING:
    from collections.abc import Iterable

    from kpi.tally import Tally
    from kpi.terms import Terms


def without_cost(tally: Tally) -> tuple[str, ...]:
    """Return the campaigns that sent messages at an unknown cost."""
    if COST in tally.known_throughout:
        return ()
    parts = tally.by_campaign().items()
    return tuple(campaign for campaign, part in parts if part.knows(SENT) and not part.knows(COST))


def all_known(tally: Tally, *sides: Terms) -> bool:
    """Tell whether every row knows every side, so that campaigns need not be looked at one by one."""
    if any(side.fact.adds is Adds.STATE for side in sides):
        return False
    return tally.known_throughout.issuperset(fact for side in sides for fact in (side.fact, side.minus) if fact)


def matched(tally: Tally, part: Terms, whole: Terms) -> Estimate:
    """Sum both sides over the rows of one campaign that know both."""
    upper, lower = part.chosen(tally), whole.chosen(tally)
    states = any(fact.adds is Adds.STATE for fact in (upper.fact, lower.fact))
    if states or all_known(tally, upper, lower) or _apart(tally, upper, lower):
        both = tally
    else:
        both = tally.where(lambda one: upper.known_in(one) and lower.known_in(one))
    numerator, denominator = upper.sum(both), lower.sum(both)
    missing = tally.campaigns if numerator is None and (tally.knows(upper.fact) or tally.knows(lower.fact)) else ()
    remarks = (*_stand_in(part, upper), *_stand_in(whole, lower))
    uncounted = (lower.sum(tally) or 0) - (denominator or 0)
    return Estimate(
        None, numerator, denominator, of=lower.fact.called, remarks=remarks, left_out=missing, uncounted=uncounted
    )


def _apart(tally: Tally, upper: Terms, lower: Terms) -> bool:
    """Tell whether the sides stand in rows of different currencies, so that no row could know both."""
    over = {one.currency for one in tally.sums if upper.known_in(one)}
    under = {one.currency for one in tally.sums if lower.known_in(one)}
    return bool(over and under) and not over & under


@dataclass(frozen=True, slots=True)
class Pairs:
    """Both sides of a ratio, campaign by campaign."""

    campaigns: tuple[str, ...]
    counted: tuple[tuple[Number, Number], ...]
    left_out: tuple[str, ...]
    holes: tuple[str, ...]
    remarks: tuple[str, ...]
    of: str


def both_known(tally: Tally, over: Terms, under: Terms) -> Pairs:
    """Return both sides for the campaigns that know both, and the names of those that know only one."""
    campaigns, counted, left_out, holes = [], [], [], []
    remarks: list[tuple[str, ...]] = []
    called = ""
    for campaign, part in tally.by_campaign().items():
        top, bottom = over.chosen(part), under.chosen(part)
        pair = top.sum(part), bottom.sum(part)
        if pair[0] is not None and pair[1] is not None:
            campaigns.append(campaign)
            counted.append((pair[0], pair[1]))
            remarks.append((*_stand_in(over, top), *_stand_in(under, bottom), *_gap(part, top, bottom)))
            called = bottom.fact.called
        elif pair != (None, None):
            left_out.append(campaign)
            holes += [campaign] if pair[1] is None else []
    return Pairs(tuple(campaigns), tuple(counted), tuple(left_out), tuple(holes), together(remarks), called)


def _gap(tally: Tally, over: Terms, under: Terms) -> tuple[str, ...]:
    """Say that a part of the one side stands on days of which the other is unknown."""
    if all(under.known_in(one) for one in tally.sums) or not over.sum(tally.where(lambda one: not under.known_in(one))):
        return ()
    return (f"a part of the {over.fact.label.lower()} stands on days whose {under.fact.label.lower()} is unknown",)


def _stand_in(wanted: Terms, used: Terms) -> tuple[str, ...]:
    if used.fact is wanted.fact:
        return ()
    return (f"counts {used.fact.label.lower()}, since {wanted.fact.label.lower()} are unknown",)


def together(remarks: Iterable[tuple[str, ...]]) -> tuple[str, ...]:
    """Return each remark once."""
    return tuple(dict.fromkeys(remark for some in remarks for remark in some))
