"""Orders become the order facts of campaign-days.

An order stands on its own day, and a second time on the day of the message that earned it. Where nobody tells which
that was, it is the latest day up to the order on which its campaign sent any; without one, the order's own day. How far
the two lie apart is kept as well (``kpi.storage.arrivals``).
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from dataclasses import dataclass, field
from statistics import mode
from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, case, delete, func, insert, or_, select

from kpi.ages import age_of
from kpi.facts import BUYERS, BY_SEND, FACTS, NEW_CUSTOMERS, ORDERS, REFUNDS, REVENUE, Fact
from kpi.storage.arrivals import ARRIVAL, ArrivalKey, add_arrivals
from kpi.storage.binding import OURS
from kpi.storage.families import families, told_of
from kpi.storage.importing.staging import batches
from kpi.storage.orders.purchases import BATCH, PURCHASE, mark_first
from kpi.storage.resolution import CAMPAIGN, DAILY, REPORTED, choose, note_life, stand_alone

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from datetime import date

    from sqlalchemy import Select

    from kpi.storage.database import Database, Db
    from kpi.storage.orders.purchases import Touched

Key = tuple["date", str, str]
"""day, market, currency"""


@dataclass(frozen=True, slots=True)
class Counted:
    """Some orders of one day: of which country, in which currency, which day's message earned them if that is known."""

    day: date
    country: str
    currency: str
    message_day: date | None
    facts: dict[Fact, int]


@dataclass
class Booked:
    """What orders amount to, per day and split, and by age; what nothing came of is 0."""

    told: frozenset[Fact]
    days: dict[Key, dict[Fact, int]] = field(default_factory=dict)
    ages: dict[tuple[Key, int], dict[Fact, int]] = field(default_factory=dict)

    def open(self, key: Key) -> dict[Fact, int]:
        """Return the facts of a day, all 0 where the day is new."""
        sums = self.days.setdefault(key, {fact: 0 for own in self.told for fact in (own, BY_SEND.get(own, own))})
        self.ages.setdefault((key, 0), {BY_SEND.get(own, own): 0 for own in self.told})
        return sums

    def add(self, counted: Counted, market: str, sent: date) -> None:
        """Book orders on their own day and on that of the message."""
        own, its = ((day, market, counted.currency) for day in (counted.day, sent))
        age = self.ages.setdefault((its, age_of(sent, counted.day)), {})
        for fact, count in counted.facts.items():
            by_send = BY_SEND.get(fact)
            self.open(own)[fact] += count
            if by_send:
                self.open(its)[by_send] += count
            age[by_send or fact] = age.get(by_send or fact, 0) + count


def roll_up(db: Db, campaigns: Iterable[str], source: str) -> None:
    """Reckon the order facts of these campaigns anew from the orders of a source, and resolve their days.

    Orders of campaigns that are the same sends are counted together, under the one that answers.
    """
    known = families(db)
    tellers = {known[one].tellers(one) if one in known else (one,) for one in campaigns}
    for counted in sorted(tellers):
        campaign = counted[0]
        for table in (REPORTED, ARRIVAL):
            ours = (table.c.workspace == OURS, table.c.source == source, table.c.campaign.in_(counted))
            db.run(delete(table).where(*ours))
        booked = _booked(db, counted, source)
        told = {"campaign": campaign, "source": source, "variant": ""}
        nothing: dict[str, Any] = dict.fromkeys(fact.key for fact in FACTS)
        rows = [
            nothing | told | dict(zip(("day", "market", "currency"), key, strict=True)) | _by_name(facts)
            for key, facts in booked.days.items()
        ]
        db.run_many(insert(REPORTED), rows)
        add_arrivals(db, {
            ArrivalKey(campaign, source, day, market, "", currency, age): facts
            for ((day, market, currency), age), facts in booked.ages.items()
        })  # fmt: skip
        choose(db, [campaign], changed=True)
        note_life(db, CAMPAIGN.c.slug == campaign)


def book_again(db: Db, campaigns: Select[Any]) -> None:
    """Book the orders of these campaigns again, for the days of their messages are known only now."""
    some = [PURCHASE.c.campaign.in_(campaigns)]
    if families(db):
        some.append(PURCHASE.c.campaign.in_(told_of(db, db.run(campaigns).scalars())))
    known = select(PURCHASE.c.campaign, PURCHASE.c.source).where(PURCHASE.c.workspace == OURS, or_(*some))
    for row in db.rows(known.distinct()):
        roll_up(db, [row.campaign], row.source)


def stand_again(db: Db, campaign: str) -> None:
    """Write all that answers about a campaign anew from what is reported now: its sources, results, life and orders."""
    stand_alone(db, [campaign])
    note_life(db, CAMPAIGN.c.slug == campaign)
    book_again(db, select(CAMPAIGN.c.slug).where(CAMPAIGN.c.workspace == OURS, CAMPAIGN.c.slug == campaign))


def reckon(database: Database, workspace: str, touched: Touched) -> None:
    """Say anew which orders were the first of their customers, and which days of campaigns they stand on."""
    for people in batches(sorted(touched.customers), BATCH):
        touched.campaigns |= database.written(workspace, lambda db, people=people: mark_first(db, people))  # type: ignore[misc]
    for source, campaign in sorted(touched.campaigns):
        database.written(workspace, lambda db, one=campaign, of=source: roll_up(db, [one], of))  # type: ignore[misc]


def _booked(db: Db, campaigns: tuple[str, ...], source: str) -> Booked:
    counted = list(_counted(db, campaigns, source))
    booked = Booked(frozenset(fact for one in counted for fact in one.facts))
    if not counted:
        return booked
    sends = _sends(db, campaigns[0])
    split = any(sends) and "" not in sends
    for one in counted:
        market = one.country if split else ""
        booked.add(one, market, one.message_day or _latest(sends.get(market, []), one.day))
    for key in _silent(sends, {one.day for one in counted}, mode(one.currency for one in counted)):
        booked.open(key)
    if not any(sends.values()) and not all(one.message_day for one in counted):
        booked.ages.clear()
    return booked


def _by_name(facts: Mapping[Fact, int]) -> dict[str, int]:
    return {fact.key: count for fact, count in facts.items()}


def _latest(sends: list[date], day: date) -> date:
    index = bisect_right(sends, day)
    return sends[index - 1] if index else day


def _silent(sends: dict[str, list[date]], ordered: set[date], currency: str) -> Iterator[Key]:
    """Yield the days of sending of which the source would know orders: they brought 0, where nothing else is told."""
    for market, days in sends.items():
        yield from ((day, market, currency) for day in days if min(ordered) <= day <= max(ordered))


def _sends(db: Db, campaign: str) -> dict[str, list[date]]:
    """Return per market the days on which the campaign sent anything, or what it is merged with."""
    days: dict[str, list[date]] = defaultdict(list)
    family = families(db).get(campaign)
    for row in db.rows(_SENT_ON, campaign=family.root if family else campaign):
        days[row.market].append(row.day)
    return days


def _counted(db: Db, campaigns: tuple[str, ...], source: str) -> Iterator[Counted]:
    """Yield what was ordered; people count once, on the day of their first order here."""
    ours = {"campaigns": campaigns, "source": source}
    knows_people = db.run(_KNOWN, **ours).scalar_one()
    for row in db.rows(_SUMS, **ours):
        day, country, currency, message_day, orders, gross, refunds, first = tuple(row)
        facts = {ORDERS: int(orders), REVENUE: int(gross), REFUNDS: int(refunds)}
        of_people = {NEW_CUSTOMERS: int(first), BUYERS: 0} if knows_people else {}
        yield Counted(day, country, currency, message_day, facts | of_people)
    for row in db.rows(_PEOPLE, **ours):
        day, country, currency, message_day, buyers = tuple(row)
        yield Counted(day, country, currency, message_day, {BUYERS: int(buyers)})


_OF_SOURCE = (
    PURCHASE.c.workspace == OURS,
    PURCHASE.c.source == bindparam("source"),
    PURCHASE.c.campaign.in_(bindparam("campaigns", expanding=True)),
)
_SENT_ON = (
    select(DAILY.c.market, DAILY.c.day)
    .where(DAILY.c.workspace == OURS, DAILY.c.campaign == bindparam("campaign"), DAILY.c.sent > 0)
    .distinct()
    .order_by(DAILY.c.day)
)
_KNOWN = select(func.count(PURCHASE.c.customer)).where(*_OF_SOURCE)
_KEYS = (PURCHASE.c.day, PURCHASE.c.country, PURCHASE.c.currency, PURCHASE.c.message_day)
_SUMS = (
    select(
        *_KEYS,
        func.sum(case((PURCHASE.c.is_order, 1), else_=0)),
        func.sum(PURCHASE.c.gross),
        func.sum(func.coalesce(PURCHASE.c.refunds, 0) + func.coalesce(PURCHASE.c.cancelled, 0)),
        func.sum(case((PURCHASE.c.is_first, 1), else_=0)),
    )
    .where(*_OF_SOURCE)
    .group_by(*_KEYS)
)
_FIRST = (
    select(*(func.min(key).label(key.name) for key in _KEYS))
    .where(*_OF_SOURCE, PURCHASE.c.is_order, PURCHASE.c.customer.is_not(None))
    .group_by(PURCHASE.c.customer)
    .subquery()
)
_PEOPLE = select(*_FIRST.c, func.count()).group_by(*_FIRST.c)
