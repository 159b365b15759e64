"""What came of one send, drawn by chance: days differ more than sampling alone would make them."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from math import exp, sqrt
from random import Random
from typing import TYPE_CHECKING

from kpi import facts
from kpi.sample.script import VOICE

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import date

    from kpi.facts import Fact
    from kpi.sample.script import Rates, Script, Split

Counts = dict["Fact", float]

READS_IN = (0.62, 0.74, 0.82, 0.87, 0.91)
ORDERS_IN = (0.25, 0.45, 0.62, 0.75, 0.85)
"""How much has come in one, two, … days after the message; later it is everything."""
ALL_IN = len(READS_IN) + 1
COMING_IN = dict.fromkeys((facts.READ, facts.CLICKS, facts.CLICKERS, facts.REPLIES, facts.OPT_OUTS, *VOICE), READS_IN)

RHYTHM = (1.10, 0.98, 0.95, 0.93, 0.85, 0.94, 1.25)
"""How busy the shop is from Monday to Sunday; automations answer what people do there."""
GROWTH = 0.0008
"""By how much the shop grows per day."""
BUSTLE = 0.06
REACHABLE = 0.985
"""The contacts that have WhatsApp."""
TOLD_AS_FAILED = 0.97
"""The undelivered messages of which the phone network says so; of the others nothing is heard."""
CLICKED_AGAIN = 0.18
ORDERED_AGAIN = 0.04
BASKETS_DIFFER = 0.45
REFUNDS_DIFFER = 0.12
STAYED = 0.8
"""The new subscribers less those who leave."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What comes of the messages of one send to one split, once everything has come in, and what it is worth."""

    split: Split
    final: Counts
    levels: Counts
    basket: float
    refunded: float
    price: float

    def after(self, days: int) -> Counts:
        """Return what is known so many days after the message; it never falls from one day to the next."""
        counts = _come_in(self.final, days)
        orders = counts[facts.ORDERS]
        return (
            counts
            | {
                facts.REVENUE: round(orders * self.basket, 2),
                facts.REFUNDS: round(orders * self.basket * self.refunded, 2),
                facts.COST: round(counts[facts.DELIVERED] * self.price, 2),
            }
            | self.levels
        )


def outcomes(script: Script, sends: int, day: date) -> Iterator[Outcome]:
    """Yield what comes of one send, split by split; all splits share the mood of the day."""
    chance = Random(f"{script.slug} {sends}")  # noqa: S311  meant to be repeatable, guards nothing
    rates = script.rates.tilted({step: chance.gauss(0, script.noise) for step in asdict(script.rates)})
    contacts = script.contacts * (_busy(chance, sends, day) if script.kind == "automation" else 1)
    for split in script.splits():
        counts = _counts(
            chance, round(contacts * split.part), rates.tilted(split.market.tilt).tilted({"clicked": split.appeal})
        )
        basket = script.basket * split.market.basket
        basket *= exp(chance.gauss(0, BASKETS_DIFFER / sqrt(counts[facts.ORDERS] or 1)))
        refunded = script.refunded * exp(chance.gauss(0, REFUNDS_DIFFER))
        levels = _levels(script, split, sends, counts)
        yield Outcome(split, counts, levels, basket, refunded, script.price or split.market.price)


def _busy(chance: Random, sends: int, day: date) -> float:
    """Return how much an automation has to do, compared with the days when it began."""
    return RHYTHM[day.weekday()] * (1 + GROWTH * sends) * exp(chance.gauss(0, BUSTLE))


def _counts(chance: Random, contacts: int, rates: Rates) -> Counts:
    """Draw how many messages get how far once everything has come in."""
    sent = _drawn(chance, contacts, REACHABLE)
    delivered = _drawn(chance, sent, rates.delivered)
    read = _drawn(chance, delivered, rates.read)
    clickers = _drawn(chance, read, rates.clicked / rates.read)
    buyers = _drawn(chance, clickers, rates.ordered)
    return {
        facts.SENT: sent,
        facts.DELIVERED: delivered,
        facts.FAILED: _drawn(chance, sent - delivered, TOLD_AS_FAILED),
        facts.READ: read,
        facts.CLICKERS: clickers,
        facts.CLICKS: clickers + _drawn(chance, clickers, CLICKED_AGAIN),
        facts.REPLIES: _drawn(chance, read, rates.replied / rates.read),
        facts.CONVERSATIONS: delivered,
        facts.BUYERS: buyers,
        facts.ORDERS: buyers + _drawn(chance, buyers, ORDERED_AGAIN),
        facts.NEW_CUSTOMERS: _drawn(chance, buyers, rates.new),
        facts.OPT_OUTS: _drawn(chance, delivered, rates.opted_out),
        facts.FEEDBACK: _drawn(chance, read, rates.answered / rates.read),
        facts.REVIEWS: _drawn(chance, read, rates.reviewed / rates.read),
    }


def _drawn(chance: Random, whole: int, share: float) -> int:
    """Draw how many of so many fall to a share: the binomial distribution, by its normal approximation."""
    number = round(chance.gauss(whole * share, sqrt(whole * share * (1 - share))))
    return max(0, min(whole, number))


def _come_in(counts: Counts, days: int) -> Counts:
    """Return how much of the counts is known so many days after the message."""
    if days >= ALL_IN:
        return counts
    known = {
        fact: int(count * COMING_IN[fact][days - 1]) if fact in COMING_IN else count for fact, count in counts.items()
    }
    new, buyers, orders = (counts[fact] for fact in (facts.NEW_CUSTOMERS, facts.BUYERS, facts.ORDERS))
    new, known_before, again = (round(part * ORDERS_IN[days - 1]) for part in (new, buyers - new, orders - buyers))
    return known | {
        facts.NEW_CUSTOMERS: new,
        facts.BUYERS: new + known_before,
        facts.ORDERS: new + known_before + again,
    }


def _levels(script: Script, split: Split, sends: int, counts: Mapping[Fact, float]) -> Counts:
    """Return the audience of a broadcast, or who joined the list and how long it is by now."""
    if script.kind == "broadcast":
        return {facts.AUDIENCE: round(script.audience() * split.part)}
    if not script.subscribers:
        return {}
    listed = script.subscribers + STAYED * script.contacts * (sends + 1)
    return {facts.OPT_INS: counts[facts.SENT], facts.SUBSCRIBERS: round(listed * split.part)}
