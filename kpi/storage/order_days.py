"""Orders become the order facts of campaign-days.

An order stands on its own day, and a second time on the day of the message that earned it. A file of orders knows no
messages, so that is the latest day up to the order on which its campaign sent any; without one, the order's own day.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from statistics import mode
from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, case, delete, func, insert, or_, select

from kpi.facts import BUYERS, BY_SEND, FACTS, NEW_CUSTOMERS, ORDERS, REFUNDS, REVENUE, Fact
from kpi.storage.binding import OURS
from kpi.storage.families import families, told_of
from kpi.storage.purchases import PURCHASE
from kpi.storage.resolution import CAMPAIGN, DAILY, REPORTED, choose, note_life

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import date

    from sqlalchemy import Select

    from kpi.storage.database import Db

Key = tuple["date", str, str]
"""day, market, currency"""
OWN = (ORDERS, BUYERS, NEW_CUSTOMERS, REVENUE, REFUNDS)


def roll_up(db: Db, campaigns: Iterable[str], source: str) -> None:
    """Reckon the order facts of these campaigns anew from the orders of a source, and resolve their days.

    Orders of campaigns that are the same sends are counted together, under the one that answers.
    """
    known = families(db)
    tellers = {known[one].tellers(one) if one in known else (one,) for one in campaigns}
    for counted in sorted(tellers):
        campaign = counted[0]
        ours = (REPORTED.c.workspace == OURS, REPORTED.c.source == source, REPORTED.c.campaign.in_(counted))
        db.run(delete(REPORTED).where(*ours))
        told = {"campaign": campaign, "source": source, "variant": ""}
        nothing: dict[str, Any] = dict.fromkeys(fact.key for fact in FACTS)
        rows = [
            nothing | told | {"day": day, "market": market, "currency": currency} | facts
            for (day, market, currency), facts in _days(db, counted, source).items()
        ]
        db.run_many(insert(REPORTED), rows)
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


def _days(db: Db, campaigns: tuple[str, ...], source: str) -> dict[Key, dict[str, int | None]]:
    counted = list(_counted(db, campaigns, source))
    if not counted:
        return {}
    sends = _sends(db, campaigns[0])
    split = any(sends) and "" not in sends
    told = {fact for _, _, _, facts in counted for fact in facts}
    nothing = {fact.key: 0 for own in told for fact in (own, BY_SEND.get(own, own))}
    days: dict[Key, dict[str, int | None]] = defaultdict(lambda: dict(nothing))
    for day, country, currency, facts in counted:
        market = country if split else ""
        sent = _latest(sends.get(market, []), day)
        for fact, count in facts.items():
            _add(days[day, market, currency], fact, count)
            _add(days[sent, market, currency], BY_SEND.get(fact), count)
    for key in _silent(sends, {day for day, *_ in counted}, mode(currency for _, _, currency, _ in counted)):
        days.setdefault(key, dict(nothing))
    return days


def _add(facts: dict[str, int | None], fact: Fact | None, count: int) -> None:
    if fact:
        facts[fact.key] = (facts[fact.key] or 0) + count


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


def _counted(db: Db, campaigns: tuple[str, ...], source: str) -> Iterator[tuple[date, str, str, dict[Fact, int]]]:
    """Yield what was ordered per day, country and currency; people count once, on the day of their first order here."""
    ours = {"campaigns": campaigns, "source": source}
    knows_people = db.run(_KNOWN, **ours).scalar_one()
    for row in db.rows(_SUMS, **ours):
        day, country, currency, orders, gross, refunds, first = tuple(row)
        facts = {ORDERS: int(orders), REVENUE: int(gross), REFUNDS: int(refunds)}
        yield day, country, currency, facts | ({NEW_CUSTOMERS: int(first), BUYERS: 0} if knows_people else {})
    for row in db.rows(_PEOPLE, **ours):
        day, country, currency, buyers = tuple(row)
        yield day, country, currency, {BUYERS: int(buyers)}


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
_KEYS = (PURCHASE.c.day, PURCHASE.c.country, PURCHASE.c.currency)
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
