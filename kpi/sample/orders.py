"""The single orders behind the sample season, as a file: the same counts and amounts, told buyer by buyer.

Customers come back: some of an earlier campaign, some without any. Campaigns split by variant are left out, since
an order does not tell which text was read, and so are those of which something about orders is not counted.
"""

from __future__ import annotations

import csv
from collections import defaultdict
from datetime import date, timedelta
from io import StringIO
from itertools import groupby
from random import Random
from typing import TYPE_CHECKING

from kpi.sample import CURRENCY, season

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

HEADER = ("order_id", "ordered_at", "customer_id", "country", "currency", "total", "refunded", "utm_campaign")
COUNTED = ("orders", "buyers", "new_customers", "revenue", "refunds")
REGULARS = 1200
"""Customers per market who had bought before the season."""
GUEST = ""
COMES_BACK = 0.15
"""The chance that somebody who was won orders again without a campaign, and then again."""
SEED = "the orders of the sample season"

Order = tuple[date, int, str, str, int, int, str]
"""day, minute, customer, country, cents, cents refunded, campaign"""


def season_orders(today: date) -> str:
    """Return the orders of 26 weeks up to yesterday as CSV, the earliest first."""
    text = StringIO()
    table = csv.writer(text, lineterminator="\n")
    table.writerow(HEADER)
    for number, (day, minute, customer, country, cents, refunded, campaign) in enumerate(sorted(_orders(today)), 1):
        at = f"{day}T{minute // 60:02}:{minute % 60:02}:00"
        amounts = (f"{cents / 100:.2f}", f"{refunded / 100:.2f}")
        table.writerow((f"S{number:05}", at, customer, country, CURRENCY, *amounts, campaign))
    return text.getvalue()


def _orders(today: date) -> Iterator[Order]:
    chance, people = Random(SEED), _People()  # noqa: S311  an invented season, not a secret
    results = [row for row in csv.DictReader(StringIO(season(today))) if row["orders"]]
    apart = {row["campaign"] for row in results if row["variant"] or not all(row[fact] for fact in COUNTED)}
    told = [row for row in results if row["campaign"] not in apart]
    first = min(date.fromisoformat(row["day"]) for row in told)
    yield from people.regulars(chance, {row["market"] for row in told}, first)
    by_day = sorted(told, key=lambda row: (row["day"], row["campaign"], row["market"]))
    for _, rows in groupby(by_day, key=lambda row: row["day"]):
        people.sleep()
        for row in rows:
            for order in _of_row(row, chance, people):
                yield order
                yield from _without_campaign(order, chance, today)


def _of_row(row: Mapping[str, str], chance: Random, people: _People) -> Iterator[Order]:
    """Yield the orders of one campaign on one day in one market; they add up to what the season tells."""
    count, buyers, new = (int(float(row[fact])) for fact in COUNTED[:3])
    known = people.returning(chance, row["market"], row["campaign"], buyers - new)
    known += [people.new(row["market"], row["campaign"]) for _ in range(new)]
    known += [chance.choice(known or [GUEST]) for _ in range(count - buyers)]
    cents = _shared_out(round(float(row["revenue"]) * 100), [chance.lognormvariate(0, 0.45) for _ in known])
    back = _shared_out(round(float(row["refunds"]) * 100), cents)
    day = date.fromisoformat(row["day"])
    for customer, amount, refunded in zip(known, cents, back, strict=True):
        yield day, chance.randrange(480, 1320), customer, row["market"], amount, refunded, row["campaign"]


def _without_campaign(order: Order, chance: Random, today: date) -> Iterator[Order]:
    """Yield what somebody orders later by themselves."""
    day, minute, customer, country, cents, _, _ = order
    while chance.random() < COMES_BACK and (day := day + timedelta(days=chance.randrange(10, 75))) < today:
        yield day, minute, customer, country, round(cents * chance.uniform(0.6, 1.3)), 0, ""


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
                yield day, chance.randrange(480, 1320), self.new(market), market, chance.randrange(2000, 9000), 0, ""

    def returning(self, chance: Random, market: str, campaign: str, count: int) -> list[str]:
        """Return customers whom the campaign has not won back before: it counts each buyer once."""
        fresh = [one for one in self.known[market] if one not in self.reached[campaign]]
        chosen = chance.sample(fresh, count)
        self.reached[campaign].update(chosen)
        return chosen
