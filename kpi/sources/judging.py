"""How a file writes its numbers and days, judged over whole columns; what stays open is asked, never guessed."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from kpi.errors import UnreadableFile
from kpi.money import decimal, is_currency
from kpi.sources.unsaid import COMMA, DAY_FIRST, MONTH_FIRST, POINT, Unsaid
from kpi.units import Unit

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from kpi.facts import Fact
    from kpi.sources.answers import Answers

ISO = "iso"
_GROUPS = r"[+-]?(?:\d+|[1-9]\d{{0,2}}(?:{0}\d{{3}})+|[1-9]\d{{0,2}}(?:[ '’]\d{{3}})+)(?:{1}\d*)?"
_WRITTEN = {POINT: re.compile(_GROUPS.format(",", r"\.")), COMMA: re.compile(_GROUPS.format(r"\.", ","))}
_SIGNS = {
    "R$": ("BRL",), "€": ("EUR",), "£": ("GBP",), "₱": ("PHP",), "₹": ("INR",), "₺": ("TRY",), "zł": ("PLN",),
    "$": ("USD", "CAD", "AUD", "NZD", "MXN", "ARS", "CLP", "COP", "UYU", "SGD", "HKD"), "¥": ("JPY", "CNY"),
}  # fmt: skip
_ISO = re.compile(r"(\d{4})([-/.])(\d{1,2})\2(\d{1,2})(?:[T ]+(.+))?")
_NUMERIC = re.compile(r"(\d{1,2})([-/.])(\d{1,2})\2(\d{4}|\d{2})(?:,?[T ]+(.+))?")
_MONTH_NAMED = re.compile(r"(?:[^\W\d]{2,10},? )?([^\W\d]{3,10})\.? (\d{1,2}),? (\d{4})(?:,? (?:at )?(.+))?")
_DAY_NAMED = re.compile(r"(?:[^\W\d]{2,10},? )?(\d{1,2})\.? (?:de )?([^\W\d]{3,10})\.?,? (?:de )?(\d{4})(?:,? (.+))?")
_TIME = re.compile(r"(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,]\d+)?)? ?([AaPp]\.?[Mm]\.?)? ?(Z|UTC|GMT|[+-]\d{2}:?\d{2})?")
_SERIAL = re.compile(r"([3-6]\d{4})(\.\d+)?")
_SERIAL_ZERO = datetime(1899, 12, 30)  # noqa: DTZ001  a sheet's days have no zone
_MONTHS = {name: number for number, names in enumerate((
    "jan ene", "feb", "mar mär mrz", "apr abr", "may mai", "jun", "jul", "aug ago", "sep set", "oct okt", "nov",
    "dec dez dic"), 1) for name in names.split()}  # fmt: skip
_NOON = 12


@dataclass(slots=True)
class Judge:
    """What the cells of a file prove about how they are written."""

    answers: Answers
    team_zone: ZoneInfo
    zone: str = ""
    """Of times that name none, where the layout knows it."""
    documented: bool = False
    """Our own layout says how it is written; another way needs a proof."""
    proofs: dict[str, dict[str, int]] = field(default_factory=dict)
    """Per column of numbers, the styles that were proved, and by which line; likewise the order of day and month."""
    open: dict[str, tuple[int, str]] = field(default_factory=dict)
    """Per column, the first cell that can be read in two ways."""
    signs: dict[str, int] = field(default_factory=dict)
    naive: tuple[int, str] | None = None
    """The first time of day without a zone."""

    def hear_numbers(self, fact: Fact, lines: Iterable[int], cells: Sequence[str]) -> None:
        """Look at the cells of a fact."""
        for line, cell in zip(lines, cells, strict=True):
            if cell.isdecimal() or not cell.strip():
                continue
            sign, number = _bare(cell)
            if sign:
                self.signs.setdefault(sign, line)
            self._hear(fact.key, line, cell, _readings(number, whole=fact.unit is Unit.COUNT))

    def hear_days(self, column: str, lines: Iterable[int], cells: Sequence[str]) -> None:
        """Look at the cells of a column of days or times."""
        for line, cell in zip(lines, cells, strict=True):
            if _ISO.fullmatch(cell.strip()):
                self._hear(column, line, cell, frozenset((ISO,)))
            found = {order: moment for order in (DAY_FIRST, MONTH_FIRST) if (moment := moment_of(cell, order))}
            if len({moment.date() for moment, _, _ in found.values()}) > 1 or len(found) == 1:
                self._hear(column, line, cell, frozenset(found))
            if self.naive is None and any(timed and not zoned for _, timed, zoned in found.values()):
                self.naive = (line, cell)

    def _hear(self, column: str, line: int, cell: str, readings: frozenset[str]) -> None:
        if len(readings) == 1:
            self.proofs.setdefault(column, {}).setdefault(next(iter(readings)), line)
        elif readings:
            self.open.setdefault(column, (line, cell.strip()))

    def style_of(self, column: str, choices: tuple[str, str], option: str) -> str:
        """Return the one style of a column; ask where it is open or contradictory."""
        proved, asked = self.proofs.get(column, {}), getattr(self.answers.now, option)
        if asked or ISO in proved:
            return asked or ISO
        if len(proved) > 1:
            lines = " and ".join(f"line {line} is {style}" for style, line in proved.items())
            raise UnreadableFile(f"'{column}' is written in two ways: {lines}.", "", Unsaid(option, choices))
        if not proved and column in self.open:
            everywhere = {style for one in self.proofs.values() for style in one if style in choices}
            if len(everywhere) == 1:
                return everywhere.pop()
            if again := self.answers.again(option):
                return again
            line, cell = self.open[column]
            raise UnreadableFile(
                f"'{cell}' in '{column}' (line {line}) can be read in two ways, and no other cell settles it.",
                "",
                Unsaid(option, choices, (cell,)),
            )
        return next(iter(proved), choices[0])

    def number(self, column: str) -> Callable[[str], str]:
        """Return what writes a cell of this column as a plain number."""
        if self.documented and not self.answers.now.decimal and len(self.proofs.get(column, {})) != 1:
            return lambda cell: plain_number(cell, POINT)
        style = self.style_of(column, (POINT, COMMA), "decimal")
        return lambda cell: plain_number(cell, style)

    def day(self, column: str) -> Callable[[str], str]:
        """Return what writes a cell of this column as an ISO day in the team's zone."""
        order = self.style_of(column, (DAY_FIRST, MONTH_FIRST), "dates")
        zone = self.answers.now.zone or self.zone or (self.answers.again("zone") if self.naive else "")
        if self.naive and not zone:
            line, cell = self.naive
            raise UnreadableFile(
                f"The times in '{column}' name no time zone (line {line}: {cell}).",
                "",
                Unsaid("zone", tuple(dict.fromkeys((self.team_zone.key, "UTC"))), (cell,), closed=False),
            )
        theirs = ZoneInfo(zone) if zone else self.team_zone
        return lambda cell: plain_day(cell, order, theirs, self.team_zone)

    def currency(self, assumed: str, *, needed: bool, silent: bool) -> str:
        """Return the currency that the cells name by their signs, or what was said; ask where it is open.

        It is ``needed`` where nothing is assumed of amounts without a sign; a file that is not ``silent`` names a
        currency in each row.
        """
        codes = [{*_SIGNS.get(sign, (sign,))} for sign in self.signs]
        told = set.intersection(*codes) if codes else set()
        if self.answers.now.currency:
            return self.answers.now.currency
        if codes and not told:
            raise UnreadableFile(
                f"The amounts are in several currencies: {', '.join(self.signs)}.", "Import a file for each."
            )
        if len(told) == 1:
            return told.pop()
        if assumed in told or not silent or not (told or needed):
            return assumed
        if (again := self.answers.before.get("currency", "")) and (not told or again in told):
            return self.answers.again("currency")
        raise UnreadableFile(
            "The file does not say in which currency its amounts are.",
            "",
            Unsaid("currency", (assumed,), closed=False),
        )


def _bare(cell: str) -> tuple[str, str]:
    """Return the currency's sign or code that stands beside a number, and the number."""
    text = cell.replace("\u00a0", " ").replace("\u202f", " ").strip()
    for sign in _SIGNS:
        if text.startswith(sign) or text.endswith(sign):
            return sign, text.removeprefix(sign).removesuffix(sign).strip()
    for code, rest in ((text[:3], text[3:]), (text[-3:], text[:-3])):
        if code.isalpha() and is_currency(code.upper()):
            return code.upper(), rest.strip()
    return "", text


def _readings(number: str, *, whole: bool) -> frozenset[str]:
    """Return the styles in which a number can be read: none where it makes no difference."""
    found = {style: plain for style in (POINT, COMMA) if (plain := _plain(number, style)) is not None}
    if whole:
        found = {style: plain for style, plain in found.items() if decimal(plain) == int(decimal(plain))}
    if len(found) > 1 and len(set(map(decimal, found.values()))) == 1:
        return frozenset()
    return frozenset(found)


def _plain(number: str, style: str) -> str | None:
    if not _WRITTEN[style].fullmatch(number):
        return None
    point, group = (".", ",") if style == POINT else (",", ".")
    for sign in (group, " ", "'", "’"):
        number = number.replace(sign, "")
    return number.replace(point, ".")


def is_number(cell: str) -> bool:
    """Tell whether a cell can be read as a number."""
    return any(_plain(_bare(cell)[1], style) is not None for style in (POINT, COMMA))


@lru_cache(maxsize=50_000)
def plain_number(cell: str, style: str) -> str:
    """Write a number plainly, or leave the cell as it is where it is no number of this style."""
    plain = _plain(_bare(cell)[1], style)
    return cell if plain is None else plain


@lru_cache(maxsize=50_000)
def moment_of(cell: str, order: str = DAY_FIRST) -> tuple[datetime, bool, bool] | None:
    """Read a day or a time, and tell whether it has a time of day, and a zone."""
    text = cell.strip()
    if serial := _SERIAL.fullmatch(text):
        moment = _SERIAL_ZERO + timedelta(days=float(text))
        return moment, bool(serial[2]) and moment.time() != datetime.min.time(), False
    if not (parts := _parts(text, order)):
        return None
    year, month, day, time = parts
    try:
        moment = datetime(year, month, day)  # noqa: DTZ001  its zone is looked at below
        return (moment, False, False) if not time else _timed(moment, time)
    except (OverflowError, ValueError):
        return None


def _parts(text: str, order: str) -> tuple[int, int, int, str] | None:
    if found := _ISO.fullmatch(text):
        return int(found[1]), int(found[3]), int(found[4]), found[5] or ""
    if order == ISO:
        return None
    if found := _NUMERIC.fullmatch(text):
        first, second, year = int(found[1]), int(found[3]), int(found[4])
        if order == MONTH_FIRST:
            if found[2] == ".":
                return None
            first, second = second, first
        return year if len(found[4]) > 2 else 2000 + year, second, first, found[5] or ""  # noqa: PLR2004
    if (found := _MONTH_NAMED.fullmatch(text)) and (month := _MONTHS.get(found[1][:3].lower())):
        return int(found[3]), month, int(found[2]), found[4] or ""
    if (found := _DAY_NAMED.fullmatch(text)) and (month := _MONTHS.get(found[2][:3].lower())):
        return int(found[3]), month, int(found[1]), found[4] or ""
    return None


def _timed(moment: datetime, time: str) -> tuple[datetime, bool, bool] | None:
    if not (found := _TIME.fullmatch(time.strip())):
        return None
    hour = int(found[1])
    if found[4]:
        hour = hour % _NOON + (_NOON if found[4][0] in "Pp" else 0)
    moment = moment.replace(hour=hour, minute=int(found[2]), second=int(found[3] or 0))
    zone = found[5] or ""
    if zone[:1] in ("+", "-"):
        hours, minutes = int(zone[1:3]), int(zone[-2:])
        moment -= timedelta(hours=hours, minutes=minutes) * (1 if zone[0] == "+" else -1)
    return moment, bool(zone) or moment.time() != datetime.min.time(), bool(zone)


@lru_cache(maxsize=50_000)
def plain_day(cell: str, order: str, theirs: ZoneInfo, ours: ZoneInfo) -> str:
    """Write a day as ISO, a time as the day that it is in our zone; leave the cell as it is where it is neither."""
    if not (found := moment_of(cell, order)):
        return cell
    moment, timed, zoned = found
    if not timed:
        return moment.date().isoformat()
    try:
        return moment.replace(tzinfo=UTC if zoned else theirs).astimezone(ours).date().isoformat()
    except (OverflowError, ValueError):
        return cell


def is_day(text: str) -> bool:
    """Tell whether a text is an ISO day."""
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True
