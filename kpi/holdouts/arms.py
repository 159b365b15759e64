"""The people who got a campaign and those who were left out of it: how many, and what they bought."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from kpi.comparison.lift import FEWEST_ORDERS, Arm, Lift, lift_of
from kpi.comparison.verdicts import SETTLED, STILL_COMING
from kpi.facts import AUDIENCE, BUYERS, COST, ORDERS, SENT
from kpi.figures import main_currency
from kpi.maturity import Age
from kpi.metrics import METRIC, NET
from kpi.money import MILLION
from kpi.storage.campaigns import holdouts_of
from kpi.storage.orders.spreads import spreads_of
from kpi.storage.slices import Slice, parted
from kpi.storage.tallies import levels_of
from kpi.tally import Tally, together
from kpi.terms import facts_in

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from kpi.comparison.amounts import Spread
    from kpi.question import Asking
    from kpi.storage.campaigns import Campaign

GOT = "sent"
"""The variant of a hold-out under which a file tells what those bought who did get the campaign."""
FACTS = frozenset({SENT, BUYERS, ORDERS, COST, *facts_in(NET)})


@dataclass(frozen=True, slots=True)
class Holdout:
    """A campaign, those left out of it, and what that says; ``counts_all`` where the campaign's arm has all purchases.

    Else its arm has only the orders that are attributed to the campaign, so that it added this much at least.
    """

    campaign: Campaign
    left: Campaign
    lift: Lift | None
    currency: str
    counts_all: bool
    cost: float | None


def holdout_of(asking: Asking, campaign: Campaign) -> Holdout | None:
    """Return what the latest hold-out of a campaign says; None where it has none."""
    found = sorted(holdouts_of(asking.db, campaign.slug), key=lambda one: (str(one.ended), one.slug))
    return held_out(asking, campaign, found[-1]) if found else None


def holdout_among(asking: Asking, campaigns: Sequence[Campaign]) -> Holdout | None:
    """Return what a hold-out says where it is asked about alone, or beside its own campaign."""
    left = next((one for one in campaigns if one.holdout_of), None)
    if left is None or left.holdout_of is None:
        return None
    campaign = next(iter(asking.called([left.holdout_of]).values()), None)
    if campaign is None or not {campaign, left}.issuperset(campaigns):
        return None
    return held_out(asking, campaign, left)


def held_out(asking: Asking, campaign: Campaign, left: Campaign) -> Holdout:
    """Return what a hold-out says of a campaign; without a lift where people or buyers are unknown."""
    told, own = _by_variant(asking, left), _by_variant(asking, campaign)
    counts_all = any(variant == GOT for variant, _ in told)
    whole = together(tally for _, tally in own)
    currency = main_currency(whole, asking.words.currency)
    if counts_all:
        got = _arm(asking, left, told, currency, lambda variant: variant == GOT)
    else:
        got = _arm(asking, campaign, own, currency, lambda _: True)
    without = _arm(asking, left, told, currency, lambda variant: variant != GOT)
    cost = whole.in_currency(currency).total(COST)
    lift = None
    if got and without:
        level = SETTLED if _has_come_in(asking, campaign) else STILL_COMING
        lift = lift_of(got, without, _spreads(asking, campaign, left, currency), level)
    return Holdout(campaign, left, lift, currency, counts_all, None if cost is None else cost / MILLION)


def _by_variant(asking: Asking, campaign: Campaign) -> list[tuple[str, Tally]]:
    rows = parted(asking.db, FACTS, Slice((campaign,)), "variant")
    return [
        (variant, Tally(tuple(sums for other, sums in rows if other == variant)))
        for variant in dict.fromkeys(variant for variant, _ in rows)
    ]


def _arm(
    asking: Asking, campaign: Campaign, told: list[tuple[str, Tally]], currency: str, is_in: Callable[[str], bool]
) -> Arm | None:
    """Return one arm; None where it is unknown how many they are or how many of them bought."""
    whole = together(tally for variant, tally in told if is_in(variant))
    levels = levels_of(asking.db, AUDIENCE, campaign)
    people = sum(level for (_, variant), level in levels.items() if is_in(variant)) or whole.total(SENT)
    orders, buyers = whole.total(ORDERS), whole.total(BUYERS)
    bought = orders if buyers is None else buyers
    if not people or bought is None:
        return None
    revenue = NET.sum(whole.in_currency(currency))
    return Arm(people, min(bought, people), orders or bought, None if revenue is None else float(revenue))


def _spreads(asking: Asking, campaign: Campaign, left: Campaign, currency: str) -> tuple[Spread, Spread] | None:
    """Return how far the orders of either arm differ; those of the campaign stand for both where only they are told."""
    got, without = spreads_of(asking.db, [Slice((campaign,)), Slice((left,))], currency)
    if got.total <= 0 or got.orders < FEWEST_ORDERS:
        return None
    return got, without if without.orders >= FEWEST_ORDERS and without.total > 0 else got


def _has_come_in(asking: Asking, campaign: Campaign) -> bool:
    days = parted(asking.db, (SENT,), Slice((campaign,)), "day")
    sent = {day: sums.known.get(SENT, 0) for day, sums in days}
    age = Age(sent, campaign.ended, asking.today, lambda metric: asking.lag(metric, (campaign,)))
    return age.is_mature(METRIC["conversion_rate"])
