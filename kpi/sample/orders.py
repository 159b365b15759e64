"""The single orders behind the sample season, as a file: the same counts and amounts, told buyer by buyer.

Customers come back: some of an earlier campaign, some without any. Campaigns split by variant are left out, since
an order does not tell which text was read, and so are those of which something about orders is not counted.
"""

from __future__ import annotations

import csv
from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta
from io import StringIO
from itertools import groupby
from random import Random
from typing import TYPE_CHECKING

from kpi.facts import BUYERS_BY_SEND, NEW_CUSTOMERS, ORDERS_BY_SEND, REFUNDS_BY_SEND, REVENUE_BY_SEND
from kpi.money import CENT
from kpi.sample import CURRENCY
from kpi.sample.ages import season_arrivals

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from kpi.facts import Fact
    from kpi.storage.arrivals import ArrivalKey

HEADER = ("order_id", "ordered_at", "customer_id", "country", "currency", "total", "refunded", "utm_campaign",
          "message_day")  # fmt: skip
COUNTED = (ORDERS_BY_SEND, BUYERS_BY_SEND, NEW_CUSTOMERS, REVENUE_BY_SEND, REFUNDS_BY_SEND)
REGULARS = 1200
"""Customers per market who had bought before the season."""
GUEST = ""
COMES_BACK = 0.15
"""The chance that somebody who was won orders again without a campaign, and then again."""
SEED = "the orders of the sample season"

Order = tuple[date, int, str, str, int, int, str, date | None]
"""day, minute, customer, country, cents, cents refunded, campaign, the day of its message"""


def season_orders(today: date) -> str:
    """Return the orders of 26 weeks up to yesterday as CSV, the earliest first."""
    text = StringIO()
    table = csv.writer(text, lineterminator="\n")
    table.writerow(HEADER)
    for number, one in enumerate(sorted(_orders(today), key=lambda one: (*one[:-1], str(one[-1]))), 1):
        day, minute, customer, country, cents, refunded, campaign, message_day = one
        at = f"{day}T{minute // 60:02}:{minute % 60:02}:00"
        amounts = (f"{cents / 100:.2f}", f"{refunded / 100:.2f}")
        table.writerow((f"S{number:05}", at, customer, country, CURRENCY, *amounts, campaign, message_day))
    return text.getvalue()


def _orders(today: date) -> Iterator[Order]:
    chance, people = Random(SEED), _People()  # noqa: S311  an invented season, not a secret
    arrived = [_Arrived(key, facts) for key, facts in season_arrivals(today, "").items() if ORDERS_BY_SEND in facts]
    apart = {one.key.campaign for one in arrived if one.key.variant or any(fact not in one.facts for fact in COUNTED)}
    told = [one for one in arrived if one.key.campaign not in apart]
    yield from people.regulars(chance, {one.key.market for one in told}, min(one.key.day for one in told))
    for _, some in groupby(sorted(told, key=_Arrived.place), key=lambda one: one.day):
        people.sleep()
        for one in some:
            for order in one.orders(chance, people):
                yield order
                yield from _without_campaign(order, chance, today)


@dataclass(frozen=True, slots=True)
class _Arrived:
    """What one campaign's messages of a day brought at one age in one market."""

    key: ArrivalKey
    facts: Mapping[Fact, int]

    @property
    def day(self) -> date:
        """The day of the orders."""
        return self.key.day + timedelta(days=self.key.age)

    def place(self) -> tuple[date, str, str, date]:
        """Return what the customers of the season are met in the order of."""
        return self.day, self.key.campaign, self.key.market, self.key.day

    def orders(self, chance: Random, people: _People) -> Iterator[Order]:
        """Yield the orders; they add up to what the season tells."""
        market, campaign = self.key.market, self.key.campaign
        count, buyers, new, revenue, refunds = (self.facts[fact] for fact in COUNTED)
        known = people.returning(chance, market, campaign, buyers - new)
        known += [people.new(market, campaign) for _ in range(new)]
        known += [chance.choice(known or [GUEST]) for _ in range(count - buyers)]
        cents = _shared_out(revenue // CENT, [chance.lognormvariate(0, 0.45) for _ in known])
        back = _shared_out(refunds // CENT, cents)
        for customer, amount, refunded in zip(known, cents, back, strict=True):
            minute = chance.randrange(480, 1320)
            yield self.day, minute, customer, market, amount, refunded, campaign, self.key.day


def _without_campaign(order: Order, chance: Random, today: date) -> Iterator[Order]:
    """Yield what somebody orders later by themselves."""
    day, minute, customer, country, cents, *_ = order
    while chance.random() < COMES_BACK and (day := day + timedelta(days=chance.randrange(10, 75))) < today:
        yield day, minute, customer, country, round(cents * chance.uniform(0.6, 1.3)), 0, "", None


def _shared_out(total: int, weights: list[float] | list[int]) -> list[int]:
    """Share a whole out by weights, to the last cent."""
    whole, left, shares = sum(weights), total, list[int]()
    for weight in weights:
        share = round(left * weight / whole) if whole else 0
        shares.append(share)
        left, whole = left - share, whole - weight
    return shares


class _People:
    """The shop's customers: whom each campaign may win back."""

    def __init__(self) -> None:
        self.known: dict[str, list[str]] = defaultdict(list)
        self.reached: dict[str, set[str]] = defaultdict(set)
        self.latest: list[tuple[str, str]] = []
        self.count = 0

    def new(self, market: str, campaign: str = "") -> str:
        self.count += 1
        customer = f"customer-{self.count}"
        self.latest.append((market, customer))
        self.reached[campaign].add(customer)
        return customer

    def sleep(self) -> None:
        """End the day: those who were won can be won back from now on."""
        for market, customer in self.latest:
            self.known[market].append(customer)
        self.latest.clear()

    def regulars(self, chance: Random, markets: Iterable[str], before: date) -> Iterator[Order]:
        """Yield the earlier orders of those who were customers before the season."""
        for market in sorted(markets):
            for _ in range(REGULARS):
                day = before - timedelta(days=chance.randrange(1, 180))
                yield (
                    day,
                    chance.randrange(480, 1320),
                    self.new(market),
                    market,
                    chance.randrange(2000, 9000),
                    0,
                    "",
                    None,
                )

    def returning(self, chance: Random, market: str, campaign: str, count: int) -> list[str]:
        """Return customers whom the campaign has not won back before: it counts each buyer once."""
        reached = self.reached[campaign]
        chosen = chance.sample([one for one in self.known[market] if one not in reached], count) if count else []
        self.reached[campaign].update(chosen)
        return chosen
