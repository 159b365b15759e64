"""Kinds of number: what is divided by what, over which rows, and how sure that makes us.

A quantity reads a tally and returns an estimate that says how sure it is and what it left out. Unknown is None.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal
from math import sqrt
from statistics import NormalDist
from typing import TYPE_CHECKING

from kpi.facts import COST, SENT, Adds, Fact
from kpi.money import amount
from kpi.units import Unit

if TYPE_CHECKING:
    from collections.abc import Iterable

    from kpi.tally import Sums, Tally

Number = int | Decimal

Z95 = NormalDist().inv_cdf(0.975)


@dataclass(frozen=True, slots=True)
class Estimate:
    """A value, what it was made of, its 95 % interval from sampling alone, and what must be said beside it."""

    value: float | Number | None
    numerator: Number | None = None
    denominator: Number | None = None
    low: float | None = None
    high: float | None = None
    of: str = ""
    """What the denominator counts, in a word: ``delivered``."""
    remarks: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()
    """Campaigns that could not be counted because one side is unknown."""
    holes: tuple[str, ...] = ()
    """Campaigns whose missing cost makes the value not comparable with another that has it."""
    uncounted: Number = 0
    """What the denominator lacks of the campaigns that are counted: days on which the other side is unknown."""
    label: str = ""
    """What to call it instead of the KPI's own label, where something is missing."""


UNKNOWN = Estimate(None)


@dataclass(frozen=True, slots=True)
class Terms:
    """Facts added and taken away; ``less`` counts only where it is known, ``otherwise`` stands in for the unknown."""

    fact: Fact
    minus: Fact | None = None
    less: Fact | None = None
    otherwise: Fact | None = None

    def chosen(self, tally: Tally) -> Terms:
        """Return the terms that this campaign's facts allow: the second choice where the first is never known."""
        if self.otherwise is not None and not tally.knows(self.fact):
            return Terms(self.otherwise)
        return self

    def sum(self, tally: Tally) -> Number | None:
        """Return the sum over all rows; money comes as a decimal amount."""
        total = tally.total(self.fact)
        taken = tally.total(self.minus) if self.minus else 0
        if total is None or taken is None:
            return None
        return self._amount(total - taken - ((self.less and tally.total(self.less)) or 0))

    def known_in(self, one: Sums) -> bool:
        """Tell whether a row knows the facts."""
        return self.fact in one.known and (self.minus is None or self.minus in one.known)

    def _amount(self, total: Number) -> Number:
        return amount(int(total)) if self.fact.unit is Unit.MONEY else total


def terms(of: Fact | Terms) -> Terms:
    """Return a fact as terms."""
    return of if isinstance(of, Terms) else Terms(of)


@dataclass(frozen=True, slots=True)
class Sum:
    """A plain count or amount."""

    counted: Fact | Terms

    def estimate(self, tally: Tally) -> Estimate:
        """Add up every row that knows it."""
        counted = terms(self.counted).chosen(tally)
        total = counted.sum(tally)
        if counted.less is None or total is None:
            holes = _without_cost(tally) if counted.fact is COST else ()
            return Estimate(total, left_out=holes, holes=holes)
        gross = Terms(counted.fact).sum(tally)
        if all(counted.less in one.known for one in tally.sums if counted.fact in one.known):
            return Estimate(total, numerator=gross)
        telling = [part for part in tally.by_campaign().values() if part.knows(counted.fact)]
        silent = sum(not part.knows(counted.less) for part in telling)
        some = "" if silent == len(telling) else f" for {silent} of {len(telling)} campaigns"
        remark = f"{counted.less.label.lower()} unknown{some}, so {counted.fact.label.lower()} as given"
        return Estimate(total, numerator=gross, remarks=(remark,) if silent else ())


@dataclass(frozen=True, slots=True)
class Share:
    """A part of a whole, from 0 to 1, with Wilson's interval.

    Only rows in which both sides are known are counted. Wilson, Probable inference, JASA 22 (1927) 209-212.
    """

    part: Fact | Terms
    whole: Fact | Terms

    def estimate(self, tally: Tally) -> Estimate:
        """Divide over the rows that know both sides."""
        upper, lower = terms(self.part), terms(self.whole)
        parts = [tally] if _all_known(tally, upper, lower) else list(tally.by_campaign().values())
        pairs = [_matched(part, upper, lower) for part in parts]
        known = [pair for pair in pairs if pair.numerator is not None and pair.denominator]
        if not known:
            return replace(UNKNOWN, of=terms(self.whole).fact.called)
        part = sum(pair.numerator for pair in known if pair.numerator is not None)
        whole = sum(pair.denominator for pair in known if pair.denominator is not None)
        low, high = wilson(int(part), int(whole)) if 0 <= part <= whole else (None, None)
        return Estimate(
            float(part / whole),
            part,
            whole,
            low,
            high,
            of=known[0].of,
            remarks=_together(pair.remarks for pair in known),
            uncounted=sum(pair.uncounted for pair in known),
            left_out=tuple(name for pair in pairs for name in pair.left_out),
        )


@dataclass(frozen=True, slots=True)
class Ratio:
    """One amount or count per other, over the campaigns that know both; it may exceed 1."""

    over: Fact | Terms
    under: Fact | Terms

    def estimate(self, tally: Tally) -> Estimate:
        """Divide over the campaigns that know both sides."""
        over, under = terms(self.over), terms(self.under)
        if _all_known(tally, over, under):
            top, bottom = over.sum(tally), under.sum(tally)
            if top is None or bottom is None:
                return replace(UNKNOWN, of=under.fact.called)
            return Estimate(_divided(top, bottom), top, bottom, of=under.fact.called)
        pairs = _both_known(tally, over, under)
        if not pairs.counted:
            return replace(UNKNOWN, of=under.fact.called, left_out=pairs.left_out)
        top, bottom = sum(one for one, _ in pairs.counted), sum(one for _, one in pairs.counted)
        return Estimate(
            _divided(top, bottom),
            top,
            bottom,
            of=pairs.of or under.fact.called,
            remarks=pairs.remarks,
            left_out=pairs.left_out,
            holes=pairs.holes,
        )


@dataclass(frozen=True, slots=True)
class Profit:
    """Revenue times margin less cost, over the campaigns that know both; ``per_cost`` divides by the cost (ROI).

    Without a margin it is revenue less campaign cost, and is labelled so.
    """

    revenue: Terms
    cost: Fact
    per_cost: bool = False

    def estimate(self, tally: Tally) -> Estimate:
        """Add up the campaigns' profits."""
        pairs = self._pairs(tally)
        if not pairs.counted:
            return replace(UNKNOWN, left_out=pairs.left_out, label=self._label({None}))
        margins = [tally.margins.get(campaign) for campaign in pairs.campaigns]
        if set(margins) == {None}:
            earned = sum(revenue for revenue, _ in pairs.counted)
        else:
            earned = sum(revenue * (1 if margin is None else margin) for (revenue, _), margin in _zip(pairs, margins))
        spent = sum(cost for _, cost in pairs.counted)
        value = earned - spent
        return Estimate(
            _divided(value, spent) if self.per_cost else value,
            value if self.per_cost else earned,
            spent,
            of=self.cost.called,
            remarks=(*pairs.remarks, *self._remark(margins)),
            left_out=pairs.left_out,
            holes=pairs.holes,
            label=self._label(set(margins)),
        )

    def _pairs(self, tally: Tally) -> _Pairs:
        """Return both sides; in one sum where every row knows both and no margin tells the campaigns apart."""
        cost = terms(self.cost)
        if _all_known(tally, self.revenue, cost) and all(margin is None for margin in tally.margins.values()):
            earned, spent = self.revenue.sum(tally), cost.sum(tally)
            counted = () if earned is None or spent is None else ((earned, spent),)
            return _Pairs(tally.campaigns, counted, (), (), (), self.cost.called)
        return _both_known(tally, self.revenue, cost)

    def _label(self, margins: set[Decimal | None]) -> str:
        return "Revenue less campaign cost" if margins == {None} and not self.per_cost else ""

    def _remark(self, margins: list[Decimal | None]) -> tuple[str, ...]:
        missing = sum(margin is None for margin in margins)
        if not missing:
            return ()
        if missing == len(margins):
            return ("no margin is set, so goods are not deducted",)
        return (f"no margin is set for {missing} of {len(margins)} campaigns, so their goods are not deducted",)


@dataclass(frozen=True, slots=True)
class Growth:
    """What a list gained and lost, as a share of its size; needs one campaign, since lists are never added."""

    gained: Fact
    lost: Fact
    size: Fact

    def estimate(self, tally: Tally) -> Estimate:
        """Divide the net gain by the size at the start."""
        net, size = Terms(self.gained, minus=self.lost).sum(tally), tally.total(self.size)
        if net is None or not size:
            return replace(UNKNOWN, of=self.size.called)
        return Estimate(float(net / size), net, size, of=self.size.called)


Quantity = Sum | Share | Ratio | Profit | Growth


def facts_of(quantity: Quantity) -> frozenset[Fact]:
    """Return every fact that a quantity may read."""
    sides: tuple[Fact | Terms, ...]
    match quantity:
        case Sum(counted):
            sides = (counted,)
        case Share(part, whole):
            sides = (part, whole)
        case Ratio(over, under):
            sides = (over, under)
        case Profit(revenue, cost):
            sides = (revenue, cost)
        case Growth(gained, lost, size):
            sides = (gained, lost, size)
    found = {fact for side in sides for fact in _facts(terms(side))}
    return frozenset(found)


def wilson(part: float, whole: float, z: float = Z95) -> tuple[float, float]:
    """Return the score interval of ``part`` of ``whole`` (Wilson 1927); ``whole`` is above zero."""
    share, square = part / whole, z * z
    middle = (share + square / (2 * whole)) / (1 + square / whole)
    half = z / (1 + square / whole) * sqrt(share * (1 - share) / whole + square / (4 * whole * whole))
    low = 0.0 if part == 0 else max(0.0, middle - half)
    return low, 1.0 if part == whole else min(1.0, middle + half)


def _facts(of: Terms) -> Iterable[Fact]:
    return (fact for fact in (of.fact, of.minus, of.less, of.otherwise) if fact is not None)


def _without_cost(tally: Tally) -> tuple[str, ...]:
    """Return the campaigns that sent messages at an unknown cost."""
    if COST in tally.known_throughout:
        return ()
    parts = tally.by_campaign().items()
    return tuple(campaign for campaign, part in parts if part.knows(SENT) and not part.knows(COST))


def _all_known(tally: Tally, *sides: Terms) -> bool:
    """Tell whether every row knows every side, so that campaigns need not be looked at one by one."""
    if any(side.fact.adds is Adds.STATE for side in sides):
        return False
    return tally.known_throughout.issuperset(fact for side in sides for fact in (side.fact, side.minus) if fact)


def _matched(tally: Tally, part: Terms, whole: Terms) -> Estimate:
    """Sum both sides over the rows of one campaign that know both."""
    upper, lower = part.chosen(tally), whole.chosen(tally)
    states = any(fact.adds is Adds.STATE for fact in (upper.fact, lower.fact))
    if states or _all_known(tally, upper, lower) or _apart(tally, upper, lower):
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
class _Pairs:
    """Both sides of a ratio, campaign by campaign."""

    campaigns: tuple[str, ...]
    counted: tuple[tuple[Number, Number], ...]
    left_out: tuple[str, ...]
    holes: tuple[str, ...]
    remarks: tuple[str, ...]
    of: str


def _both_known(tally: Tally, over: Terms, under: Terms) -> _Pairs:
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
    return _Pairs(tuple(campaigns), tuple(counted), tuple(left_out), tuple(holes), _together(remarks), called)


def _gap(tally: Tally, over: Terms, under: Terms) -> tuple[str, ...]:
    """Say that a part of the one side stands on days of which the other is unknown."""
    if all(under.known_in(one) for one in tally.sums) or not over.sum(tally.where(lambda one: not under.known_in(one))):
        return ()
    return (f"a part of the {over.fact.label.lower()} stands on days whose {under.fact.label.lower()} is unknown",)


def _stand_in(wanted: Terms, used: Terms) -> tuple[str, ...]:
    if used.fact is wanted.fact:
        return ()
    return (f"counts {used.fact.label.lower()}, since {wanted.fact.label.lower()} are unknown",)


def _together(remarks: Iterable[tuple[str, ...]]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(remark for some in remarks for remark in some))


def _divided(top: Number, bottom: Number) -> Decimal | float | None:
    if not bottom:
        return None
    ratio = Decimal(top) / Decimal(bottom)
    return ratio if isinstance(top, Decimal) and not isinstance(bottom, Decimal) else float(ratio)


def _zip(pairs: _Pairs, margins: list[Decimal | None]) -> Iterable[tuple[tuple[Number, Number], Decimal | None]]:
    return zip(pairs.counted, margins, strict=True)
