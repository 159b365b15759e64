"""Exports with a row per message, or with parts of a day in several rows: counted up to a row per campaign and day."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from kpi.facts import CLICKERS, CLICKS, COST, DELIVERED, FACT, FACTS, FAILED, NEVER_MORE, READ, SENT, Adds, Fact
from kpi.money import LARGEST, MILLION
from kpi.sources.cells import MOST, BadRowError
from kpi.sources.columns import values_of
from kpi.sources.layouts import INBOUND
from kpi.sources.reading import Reading, Row

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from kpi.sources.columns import Refused

Key = tuple[Any, ...]


class Sums:
    """Facts added up per key; a fact is unknown as long as no row knows it."""

    def __init__(self, facts: Sequence[Fact]) -> None:
        self.facts = facts
        self.rows: dict[Key, tuple[int, dict[Fact, int | None]]] = {}

    def add(self, line: int, key: Key, values: Mapping[Fact, int | None]) -> None:
        """Add a row, or take the largest where a fact never adds up."""
        _, held = self.rows.setdefault(key, (line, dict.fromkeys(self.facts)))
        for fact, value in values.items():
            if value is not None:
                before = held[fact]
                if before is None:
                    held[fact] = value
                else:
                    held[fact] = before + value if fact.adds is Adds.SUM else max(before, value)

    def told(self, skip: Callable[[int, str], None]) -> Iterator[Row]:
        """Yield a row per key; what cannot be right is passed to ``skip``."""
        for key, (line, values) in self.rows.items():
            if large := next((fact for fact, value in values.items() if value and value > LARGEST * MILLION), None):
                skip(line, f"{large.key} adds up to more than can be stored")
                continue
            for fewer, more in NEVER_MORE:
                part, whole = values.get(fewer), values.get(more)
                if part is not None and whole is not None and part > whole:
                    skip(line, f"{fewer.key} ({part:,}) is more than {more.key} ({whole:,})")
                    break
            else:
                yield (line, *key, *(values[fact] for fact in self.facts))


class PartsReading(Reading):
    """Rows of the same campaign and day are parts that are added."""

    def rows(self) -> Iterator[Row]:
        """Yield the sums."""
        sums = Sums(self.facts)
        for line, campaign, day, market, variant, currency, *values in Reading.rows(self):
            sums.add(line, (campaign, day, market, variant, currency), dict(zip(self.facts, values, strict=True)))
        yield from sums.told(self.skip)


class MessagesReading(Reading):
    """Rows are messages; each counts on the day on which it was sent."""

    @property
    def facts(self) -> tuple[Fact, ...]:
        """The facts that such a file knows."""
        keys = {one for told in self.known.statuses.values() for one in told} | set(self.header)
        keys |= {SENT.key, CLICKERS.key} if CLICKS.key in keys else {SENT.key}
        return tuple(fact for fact in FACTS if fact.key in keys)

    def rows(self) -> Iterator[Row]:
        """Yield a row per campaign, day and split."""
        sums = Sums(self.facts)
        for lines, records in self.batches():
            refused: Refused = {}
            columns = self.columns(records)
            columns.setdefault("day", columns.get(SENT.key, ()))
            directions = columns.get("direction", [""] * len(lines))
            outgoing = [not cell.strip().lower().startswith(INBOUND) for cell in directions]
            names, slugs, *split = self.keys(columns, len(lines), refused)
            days = self.days(columns, slugs, refused)
            counted = self._counted(columns, outgoing, days, refused)
            self.note_about(slugs, columns, refused)
            told = [values is not None and index not in refused for index, values in enumerate(counted)]
            self.note_names(slugs, names, days, told)
            for index, key in enumerate(zip(slugs, days, *split, strict=True)):
                if index in refused and outgoing[index]:
                    self.skip(lines[index], refused[index])
                elif values := counted[index]:
                    sums.add(lines[index], key, values)
        yield from sums.told(self.skip)

    def _counted(
        self, columns: Mapping[str, Sequence[str]], outgoing: Sequence[bool], days: Sequence[str], refused: Refused
    ) -> list[dict[Fact, int | None] | None]:
        """Return what each message adds; None for those that were never sent, or were written to us."""
        costs = values_of(COST, [cell.lstrip("-") for cell in columns["cost"]], refused) if "cost" in columns else []
        found: list[dict[Fact, int | None] | None] = []
        for index, is_ours in enumerate(outgoing):
            proved = set[Fact]()
            try:
                proved = self._proved(columns, index) if is_ours else proved
            except BadRowError as error:
                refused.setdefault(index, str(error))
            if proved and not days[index]:
                refused.setdefault(index, "it has results but no day")
            values: dict[Fact, int | None] = {fact: int(fact in proved) for fact in self.facts}
            if CLICKS in values:
                clicks = sum(_clicks(columns[name][index]) for name in columns if name.startswith("clicks"))
                values |= {CLICKS: clicks, CLICKERS: int(clicks > 0)}
            if costs:
                values[COST] = costs[index]
            found.append(values if proved else None)
        return found

    def _proved(self, columns: Mapping[str, Sequence[str]], index: int) -> set[Fact]:
        """Return what is proved of a message: a read message was delivered, a delivered one did not fail."""
        times = (name for name in columns if name in FACT and name not in (COST.key, CLICKS.key))
        proved = {FACT[name] for name in times if _is_told(columns[name][index])}
        if "status" in columns and (word := columns["status"][index].strip().lower()):
            if word not in self.known.statuses:
                raise BadRowError(f"status '{word[:40]}' is not known")
            proved |= {FACT[one] for one in self.known.statuses[word]}
        if READ in proved:
            proved.add(DELIVERED)
        if DELIVERED in proved:
            proved.discard(FAILED)
        if proved:
            proved.add(SENT)
        return proved


def _is_told(cell: str) -> bool:
    return cell.strip().lower() not in ("", "0", "null", "none", "nil", "-", "n/a", "[]", "{}", "false")


def _clicks(cell: str) -> int:
    """Count the clicks in a cell: a list or a table as JSON, a number, or any text for one."""
    if not _is_told(cell):
        return 0
    try:
        told = json.loads(cell)
    except (RecursionError, ValueError):
        return 1
    match told:
        case list():
            return len(told)
        case dict():
            clicks = sum(one if isinstance(one, int) else 1 for one in told.values())
        case int():
            clicks = told
        case _:
            return 1
    return clicks if 0 <= clicks <= MOST else 0
