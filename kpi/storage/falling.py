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
from kpi.storage import staging
from kpi.storage.binding import OURS
from kpi.storage.staging import IS_NEWS, KEY, REPORTED, STAGED
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

    @property
    def lines(self) -> ColumnElement[bool]:
        """The lines that lower it."""
        return and_(*(STAGED.c[name] == value for name, value in self.key.items() if name != "currency"))

    def said(self, words: Words) -> str:
        """Say it in a sentence."""
        part = " ".join(filter(None, (self.key.get("market"), self.key.get("variant"))))
        where = f"{self.fact.key} of {self.key['campaign']}{part and f' ({part})'} on {words.day(self.key['day'])}"
        if self.after is None:
            return f"{where} would no longer be known (it was {self._shown(self.before, words)})."
        return f"{where} would fall from {self._shown(self.before, words)} to {self._shown(self.after, words)}."

    def _shown(self, value: int, words: Words) -> str:
        plain = amount(value) if self.fact.unit is Unit.MONEY else value
        return words.shown(plain, self.fact.unit, self.key["currency"])


def settle_falls(db: Db, source: str, answer: str, skip: Callable[[int, str], None]) -> bool:
    """Ask about numbers that would fall, or leave their lines out; tell whether any were left out."""
    if answer == TAKE or not (found := [*_corrected(db, source), *_replaced(db, source)]):
        return False
    words = team(db).words
    if answer != SKIP:
        told = " ".join(one.said(words) for one in found[:SHOWN])
        more = f" So it is with {len(found) - SHOWN:,} more." if len(found) > SHOWN else ""
        raise UnreadableFile(told + more, "", Unsaid("lower", (TAKE, SKIP)))
    for one in found:
        lines = list(db.run(select(STAGED.c.line).where(one.lines)).scalars())
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


def _replaced(db: Db, source: str) -> Iterator[Fall]:
    """Yield what falls where rows take the place of rows of another split, or in another currency."""
    gone = staging.superseded(source, IS_NEWS).distinct()
    ours = (REPORTED.c.workspace == OURS, REPORTED.c.source == source)
    before = _sums(REPORTED).where(*ours, tuple_(*(REPORTED.c[name] for name in KEY)).in_(gone))
    held = {tuple(row)[:2]: tuple(row)[2:] for row in db.rows(before)}
    if not held:
        return
    come = {tuple(row)[:2]: tuple(row)[3:] for row in db.rows(_sums(STAGED).where(STAGED.c.same.is_(None)))}
    for day, (currency, *values) in sorted(held.items()):
        key = dict(zip(_DAY, day, strict=True)) | {"currency": currency}
        yield from _fallen(key, SUMS, (*values, *come.get(day, [None] * len(SUMS))))


def _sums(table: Any) -> Select[Any]:  # noqa: ANN401  SQLModel does not type its tables
    days = [table.c[name] for name in _DAY]
    sums = (func.sum(one) for one in _facts(table, SUMS))
    return select(*days, func.min(table.c.currency), *sums).group_by(*days)


def _facts(table: Any, facts: tuple[Fact, ...]) -> list[Any]:  # noqa: ANN401
    return [table.c[fact.key] for fact in facts]


def _fallen(key: dict[str, Any], facts: tuple[Fact, ...], values: tuple[Any, ...]) -> Iterator[Fall]:
    """Yield which facts fall, of all that were known before and then of all that are told now."""
    for fact, before, after in zip(facts, values[: len(facts)], values[len(facts) :], strict=True):
        if before is not None and (after is None or after < before):
            yield Fall(fact, int(before), None if after is None else int(after), key)
