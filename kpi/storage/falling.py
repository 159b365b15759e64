"""Stored numbers that an import would lower, or no longer know: they are asked about before anything is stored.

The rows must be compared first (``staging.compare``). A row is held against what its source said of the same campaign,
day, market, variant and currency; rows that take the place of others against the sum of those.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import Select, and_, delete, func, or_, select, tuple_

from kpi.errors import UnreadableFile
from kpi.facts import TOLD, Adds, Fact
from kpi.money import amount
from kpi.sources.unsaid import SKIP, TAKE, Unsaid
from kpi.storage.binding import OURS
from kpi.storage.importing import staging
from kpi.storage.importing.staging import IS_NEWS, KEY, REPORTED, STAGED
from kpi.storage.workspaces import team
from kpi.units import Unit

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from sqlalchemy.sql.elements import ColumnElement

    from kpi.storage.database import Db
    from kpi.wording import Words

SHOWN = 3
SUMS = tuple(fact for fact in TOLD if fact.adds is Adds.SUM)
_DAY = ("campaign", "day")


@dataclass(frozen=True, slots=True)
class Fall:
    """A number that would fall, and the staged lines that lower it."""

    fact: Fact
    before: int
    after: int | None
    key: dict[str, Any]
    """The columns of the key that it is about."""

    def lines(self, *, whole: bool) -> ColumnElement[bool]:
        """Return the lines that lower it; all of its campaign where these belong together."""
        names = {"campaign"} if whole else self.key.keys() - {"currency"}
        return and_(*(STAGED.c[name] == self.key[name] for name in names))

    def said(self, words: Words) -> str:
        """Say it in a sentence."""
        part = " ".join(filter(None, (self.key.get("market"), self.key.get("variant"))))
        day = f" on {words.day(self.key['day'])}" if "day" in self.key else ""
        where = f"{self.fact.key} of {self.key['campaign']}{part and f' ({part})'}{day}"
        if self.after is None:
            return f"{where} would no longer be known (it was {self._shown(self.before, words)})."
        return f"{where} would fall from {self._shown(self.before, words)} to {self._shown(self.after, words)}."

    def _shown(self, value: int, words: Words) -> str:
        plain = amount(value) if self.fact.unit is Unit.MONEY else value
        return words.shown(plain, self.fact.unit, self.key["currency"])


def settle_falls(db: Db, source: str, answer: str, skip: Callable[[int, str], None], *, whole: bool) -> bool:
    """Ask about numbers that would fall, or leave their lines out; tell whether any were left out.

    A ``whole`` file takes the place of all that its source said of its campaigns.
    """
    if answer == TAKE or not (found := [*_corrected(db, source), *_replaced(db, source, whole=whole)]):
        return False
    words = team(db).words
    if answer != SKIP:
        told = " ".join(one.said(words) for one in found[:SHOWN])
        more = f" So it is with {len(found) - SHOWN:,} more." if len(found) > SHOWN else ""
        raise UnreadableFile(told + more, "", Unsaid("lower", (TAKE, SKIP)))
    for one in found:
        lines = list(db.run(select(STAGED.c.line).where(one.lines(whole=whole))).scalars())
        for line in lines:
            skip(line, one.said(words).removesuffix("."))
        db.run(delete(STAGED).where(STAGED.c.line.in_(lines)))
    return True


def _corrected(db: Db, source: str) -> Iterator[Fall]:
    """Yield what rows lower that take the place of the row with the same key."""
    lower = (or_(STAGED.c[fact.key].is_(None), STAGED.c[fact.key] < REPORTED.c[fact.key]) for fact in TOLD)
    falls = or_(*(REPORTED.c[fact.key].is_not(None) & one for fact, one in zip(TOLD, lower, strict=True)))
    columns = (*(STAGED.c[name] for name in KEY), *_facts(REPORTED, TOLD), *_facts(STAGED, TOLD))
    rows = select(*columns).join(REPORTED, and_(*staging.counterpart(source)))
    for row in db.rows(rows.where(STAGED.c.same.is_(False), falls).order_by(*(STAGED.c[name] for name in KEY))):
        key, values = dict(zip(KEY, row, strict=False)), tuple(row)[len(KEY) :]
        yield from _fallen(key, TOLD, values)


def _replaced(db: Db, source: str, *, whole: bool) -> Iterator[Fall]:
    """Yield what falls where rows take the place of others: of another split, in another currency, of a whole file."""
    gone = (staging.vanished(source) if whole else staging.superseded(source, IS_NEWS)).distinct()
    ours = (REPORTED.c.workspace == OURS, REPORTED.c.source == source)
    if db.run(_sums(REPORTED, _DAY).where(*ours, _key_in(gone)).limit(1)).first() is None:
        return
    by = _DAY[:1] if whole else _DAY
    staged = select(STAGED.c.campaign)
    held = _sums(REPORTED, by).where(*ours, REPORTED.c.campaign.in_(staged) if whole else _key_in(gone))
    come = _sums(STAGED, by) if whole else _sums(STAGED, by).where(STAGED.c.same.is_(None))
    after = {tuple(row)[: len(by)]: tuple(row)[len(by) + 1 :] for row in db.rows(come)}
    for row in db.rows(held):
        key = dict(zip((*by, "currency"), row, strict=False))
        now = after.get(tuple(row)[: len(by)], (None,) * len(SUMS))
        yield from _fallen(key, SUMS, (*tuple(row)[len(key) :], *now))


def _key_in(rows: Select[Any]) -> ColumnElement[bool]:
    return tuple_(*(REPORTED.c[name] for name in KEY)).in_(rows)


def _sums(table: Any, by: tuple[str, ...]) -> Select[Any]:  # noqa: ANN401  SQLModel does not type its tables
    keys = [table.c[name] for name in by]
    sums = (func.sum(one) for one in _facts(table, SUMS))
    return select(*keys, func.min(table.c.currency), *sums).group_by(*keys).order_by(*keys)


def _facts(table: Any, facts: tuple[Fact, ...]) -> list[Any]:  # noqa: ANN401
    return [table.c[fact.key] for fact in facts]


def _fallen(key: dict[str, Any], facts: tuple[Fact, ...], values: tuple[Any, ...]) -> Iterator[Fall]:
    """Yield which facts fall, of all that were known before and then of all that are told now."""
    for fact, before, after in zip(facts, values[: len(facts)], values[len(facts) :], strict=True):
        if before is not None and (after is None or after < before):
            yield Fall(fact, int(before), None if after is None else int(after), key)
