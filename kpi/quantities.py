"""Kinds of number: what is divided by what, over which rows, and how sure that makes us.

A quantity reads a tally and returns an estimate that says how sure it is and what it left out. Unknown is None.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal
from typing import TYPE_CHECKING

from kpi.estimates import UNKNOWN, Estimate, Number, wilson
from kpi.facts import COST
from kpi.matching import Pairs, all_known, both_known, matched, together, without_cost
from kpi.terms import Terms, facts_in, terms

if TYPE_CHECKING:
    from collections.abc import Iterable

    from kpi.facts import Fact
    from kpi.tally import Tally


@dataclass(frozen=True, slots=True)
class Sum:
    """A plain count or amount."""

    counted: Fact | Terms

    def estimate(self, tally: Tally) -> Estimate:
        """Add up every row that knows it."""
        counted = terms(self.counted).chosen(tally)
        total = counted.sum(tally)
        if counted.less is None or total is None:
            holes = without_cost(tally) if counted.fact is COST else ()
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
        parts = [tally] if all_known(tally, upper, lower) else list(tally.by_campaign().values())
        pairs = [matched(part, upper, lower) for part in parts]
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
            remarks=together(pair.remarks for pair in known),
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
        if all_known(tally, over, under):
            top, bottom = over.sum(tally), under.sum(tally)
            if top is None or bottom is None:
                return replace(UNKNOWN, of=under.fact.called)
            return Estimate(_divided(top, bottom), top, bottom, of=under.fact.called)
        pairs = both_known(tally, over, under)
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

    def _pairs(self, tally: Tally) -> Pairs:
        """Return both sides; in one sum where every row knows both and no margin tells the campaigns apart."""
        cost = terms(self.cost)
        if all_known(tally, self.revenue, cost) and all(margin is None for margin in tally.margins.values()):
            earned, spent = self.revenue.sum(tally), cost.sum(tally)
            counted = () if earned is None or spent is None else ((earned, spent),)
            return Pairs(tally.campaigns, counted, (), (), (), self.cost.called)
        return both_known(tally, self.revenue, cost)

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
    found = {fact for side in sides for fact in facts_in(terms(side))}
    return frozenset(found)


def _divided(top: Number, bottom: Number) -> Decimal | float | None:
    if not bottom:
        return None
    ratio = Decimal(top) / Decimal(bottom)
    return ratio if isinstance(top, Decimal) and not isinstance(bottom, Decimal) else float(ratio)


def _zip(pairs: Pairs, margins: list[Decimal | None]) -> Iterable[tuple[tuple[Number, Number], Decimal | None]]:
    return zip(pairs.counted, margins, strict=True)
