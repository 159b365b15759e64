"""Live results held against the messages they come from: recounted, mended where they differ; old messages forgotten.

Recounting should never find anything: it is the proof of that, and mends what somebody changed in the database.
"""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime, timedelta
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import bindparam, case, delete, func, literal, select

from kpi.ages import OLDEST
from kpi.facts import CLICKERS, DELIVERED, FAILED, READ, REPLIES, SENT
from kpi.rollup import STATES, Count
from kpi.storage.arrivals import ARRIVAL
from kpi.storage.binding import OURS
from kpi.storage.families import families
from kpi.storage.importing.staging import batches
from kpi.storage.live.messages import MESSAGE
from kpi.storage.live.sources import COUNT, SOURCE, WHATSAPP, live_source
from kpi.storage.resolution import CAMPAIGN, REPORTED, choose, note_life, settle
from kpi.storage.upsert import add_up

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy import Select, Table
    from sqlalchemy.sql.elements import ColumnElement

    from kpi.storage.database import Database, Db

KEPT_DAYS = 400
"""Messages of earlier days are forgotten; their counts stay."""
PAGE, AT_ONCE = 20_000, 5_000
_BY_AGE = (SENT, DELIVERED, FAILED, READ, CLICKERS, REPLIES)
_ALL_AGES = -1
_NEVER, _DAY = 2**62, 86_400


class Difference(NamedTuple):
    """A count that is not that of the messages; its age is below 0 where it is of all ages."""

    of: Count
    stored: int
    counted: int


def differences(db: Db, now: datetime) -> dict[str, list[Difference]]:
    """Return the counts that are not those of the messages, by the table in which they stand."""
    if db.run(_CONNECTED).first() is None:
        return {}
    since = _kept_since(now)
    ages = _recounted(db, since)
    days: Counter[Count] = Counter()
    for of, count in ages.items():
        days[of._replace(age=_ALL_AGES)] += count
    found = {
        table.name: _between(_stored(db, table, since), true) for table, true in ((REPORTED, days), (ARRIVAL, ages))
    }
    return {name: some for name, some in found.items() if some}


def mend(db: Db, now: datetime) -> dict[str, list[Difference]]:
    """Make every count that of the messages; return what was wrong."""
    if not (wrong := differences(db, now)):
        return wrong
    for table in (REPORTED, ARRIVAL):
        db.run_many(add_up(db, table), _corrections(db, table, wrong.get(table.name, ()), now))
    campaigns = sorted({one.of.campaign for some in wrong.values() for one in some})
    merged = families(db).keys() & set(campaigns)
    choose(db, [one for one in campaigns if one not in merged], changed=True)
    settle(db, merged)
    note_life(db, CAMPAIGN.c.slug.in_(campaigns))
    return wrong


def forget_messages(database: Database, workspace: str, now: datetime) -> int:
    """Forget messages that are too old to be told of again, some at a time; return how many."""
    forgotten, last, since = 0, "", _kept_since(now)
    while True:
        with database.reading(workspace) as db:
            page = db.rows(_PAGE, last=last)
        if not page:
            break
        last = page[-1].message
        for some in batches([row.message for row in page if row.day < since], AT_ONCE):
            forgotten += database.written(workspace, lambda db, some=some: db.run(_FORGET, keys=some).rowcount)  # type: ignore[misc]
    database.written(workspace, lambda db: db.run(delete(COUNT).where(COUNT.c.workspace == OURS, COUNT.c.day < since)))
    return forgotten


_CONNECTED = select(SOURCE.c.source).where(SOURCE.c.workspace == OURS, SOURCE.c.source == WHATSAPP)
_PAGE = (
    select(MESSAGE.c.message, MESSAGE.c.day)
    .where(MESSAGE.c.workspace == OURS, MESSAGE.c.message > bindparam("last"))
    .order_by(MESSAGE.c.message)
    .limit(PAGE)
)
_FORGET = delete(MESSAGE).where(MESSAGE.c.workspace == OURS, MESSAGE.c.message.in_(bindparam("keys", expanding=True)))


def _kept_since(now: datetime) -> date:
    return (now - timedelta(days=KEPT_DAYS)).date()


def _between(stored: Counter[Count], true: Counter[Count]) -> list[Difference]:
    wrong = {of for of in stored.keys() | true.keys() if stored[of] != true[of]}
    return [Difference(of, stored[of], true[of]) for of in sorted(wrong, key=lambda of: (*of[:4], of.fact.key))]


def _corrections(db: Db, table: Table, wrong: Iterable[Difference], now: datetime) -> list[dict[str, Any]]:
    source = live_source(db, WHATSAPP, now)
    told: dict[str, Any] = {column.name: None for column in table.columns if column.name != "workspace"}
    told |= {"source": source.name, "market": "", "currency": source.currency}
    place = [name for name in ("campaign", "variant", "day", "age") if name in table.c]
    return [
        {**told, **{name: getattr(one.of, name) for name in place}, one.of.fact.key: one.counted - one.stored}
        for one in wrong
    ]


def _stored(db: Db, table: Table, since: date) -> Counter[Count]:
    """Return what a table holds of the source's messages."""
    age = table.c.age if "age" in table.c else literal(_ALL_AGES)
    columns = (table.c.campaign, table.c.variant, table.c.day, age, *(table.c[fact.key] for fact in _BY_AGE))
    found: Counter[Count] = Counter()
    ours = (table.c.workspace == OURS, table.c.source == WHATSAPP, table.c.day >= since)
    for campaign, variant, day, old, *told in map(tuple, db.rows(select(*columns).where(*ours))):
        found.update({Count(campaign, variant, day, old, fact): n for fact, n in zip(_BY_AGE, told, strict=True) if n})
    return found


def _recounted(db: Db, since: date) -> Counter[Count]:
    """Count the messages anew, by age, in one reading of the whole table."""
    found: Counter[Count] = Counter()
    for campaign, variant, day, *ages, number in map(tuple, db.rows(_counting(db.is_sqlite), since=since)):
        delivered = ages[1] is not None
        for fact, age in zip(_BY_AGE, ages, strict=True):
            if age is not None and not (fact is FAILED and delivered):
                found[Count(campaign, variant, day, int(age), fact)] += number
    return found


@cache
def _counting(is_sqlite: bool) -> Select[Any]:  # noqa: FBT001  the dialect
    """Select how many messages have the same day and the same age at every state."""
    time = {state: MESSAGE.c[state] for state in STATES}
    least = func.min if is_sqlite else func.least

    def earliest(*states: str) -> ColumnElement[Any]:
        return least(*(func.coalesce(time[state], _NEVER) for state in states))

    def age(moment: ColumnElement[Any]) -> ColumnElement[Any]:
        days = _day_number(moment) - _day_number(earliest(*STATES))
        return case((moment.is_(None), None), (moment == _NEVER, None), (days > OLDEST, OLDEST), else_=days)

    moments = (
        earliest(*STATES), earliest("delivered", "read", "clicked", "replied"), time["failed"], time["read"],
        time["clicked"], time["replied"],
    )  # fmt: skip
    keys = (MESSAGE.c.campaign, MESSAGE.c.variant, MESSAGE.c.day, *map(age, moments))
    ours = (MESSAGE.c.workspace == OURS, MESSAGE.c.campaign.is_not(None), MESSAGE.c.day >= bindparam("since"))
    grouped = select(*(key.label(f"key{place}") for place, key in enumerate(keys))).where(*ours).subquery()
    return select(*grouped.c, func.count()).group_by(*grouped.c)


def _day_number(moment: ColumnElement[Any]) -> ColumnElement[Any]:
    return (moment + MESSAGE.c.shift) // _DAY
