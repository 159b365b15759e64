"""The cells of a results file: how a count, an amount, a day or a name is written, and what is refused."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from kpi.money import decimal, is_currency, micros
from kpi.names import is_printable, slug_of
from kpi.units import Unit

if TYPE_CHECKING:
    from collections.abc import Callable

    from kpi.facts import Fact

ALLOWED = {
    "channel": ("whatsapp", "email", "sms"),
    "objective": ("sales", "brand", "service"),
    "kind": ("broadcast", "automation"),
}
TRUTHS = dict.fromkeys(("yes", "true", "1"), True) | dict.fromkeys(("no", "false", "0"), False)
LONGEST_TEXT = 200
MOST = 10**12
"""No count is larger."""
SHORT = 13
"""A count of fewer digits needs no further look."""
FIRST_DAY = date(1990, 1, 1)


class BadRowError(ValueError):
    """A row that cannot be stored; the message says why."""


def reader_of(fact: Fact) -> Callable[[str], int | None]:
    """Return what reads a cell of this fact: None where empty."""
    counts = fact.unit is Unit.COUNT
    read = _count if counts else _micros

    def value(cell: str) -> int | None:
        if not cell or cell.isspace():
            return None
        if counts and len(cell) < SHORT and cell.isdecimal() and cell.isascii():
            return int(cell)
        if cell.rstrip().endswith("%"):
            raise BadRowError(f"{fact.key}: '{cell.strip()}' is a rate; the count it was made of is needed")
        try:
            number = read(cell)
        except ValueError as error:
            raise BadRowError(f"{fact.key}: {error}") from None
        if number < 0:
            raise BadRowError(f"{fact.key} is negative ({cell.strip()})")
        return number

    return value


def _count(cell: str) -> int:
    exact = decimal(cell.strip())
    if abs(exact) > MOST:
        raise ValueError(f"'{cell.strip()}' is too large for a count")
    if exact != int(exact):
        raise ValueError(f"'{cell.strip()}' is not a whole number")
    return int(exact)


@lru_cache(maxsize=10_000)
def _micros(cell: str) -> int:
    return micros(decimal(cell.strip()))


@lru_cache(maxsize=10_000)
def day_of(cell: str, today: date) -> date:
    """Read a day; raise BadRowError."""
    try:
        day = date.fromisoformat(cell.strip())
    except ValueError:
        raise BadRowError(f"'{cell.strip()}' is not a day written like 2026-05-31") from None
    if day > today:
        raise BadRowError(f"{day} is in the future")
    if day < FIRST_DAY:
        raise BadRowError(f"{day} is too long ago")
    return day


@lru_cache(maxsize=1_000)
def currency_of(cell: str, default: str) -> str:
    """Read a currency, or take the default."""
    code = cell.strip().upper() or default
    if not is_currency(code):
        raise BadRowError(f"'{cell.strip()}' is not a currency such as EUR")
    return code


@lru_cache(maxsize=10_000)
def text_of(cell: str) -> str:
    """Read a name; raise BadRowError where it is too long or cannot be printed."""
    text = cell.strip()
    if len(text) > LONGEST_TEXT:
        raise BadRowError(f"'{text[:20]}…' is longer than {LONGEST_TEXT} characters")
    if not is_printable(text):
        raise BadRowError("it holds characters that cannot be printed")
    return text


def told_of_campaign(column: str, cell: str) -> Any:  # noqa: ANN401  each column has its own type
    """Read what a cell tells of its campaign."""
    if column in ALLOWED:
        if cell.lower() not in ALLOWED[column]:
            raise BadRowError(f"{column} '{cell[:40]}' is none of {', '.join(ALLOWED[column])}")
        return cell.lower()
    if column in ("starts", "ends"):
        return day_of(cell, date.max)
    if column == "margin":
        return _margin(cell)
    if column == "holdout_of":
        return slug_of(text_of(cell))
    if column == "at_random":
        return _truth(column, cell)
    if column == "tags":
        return ";".join(filter(None, (" ".join(tag.split()) for tag in re.split("[;,]", text_of(cell)))))
    return text_of(cell)


def _truth(column: str, cell: str) -> bool:
    if cell.lower() not in TRUTHS:
        raise BadRowError(f"{column} '{cell[:40]}' is neither yes nor no")
    return TRUTHS[cell.lower()]


def _margin(cell: str) -> int:
    try:
        share = decimal(cell.rstrip("% ")) / (100 if cell.endswith("%") else 1)
    except ValueError as error:
        raise BadRowError(f"margin: {error}") from None
    if not Decimal(0) < share <= 1:
        raise BadRowError(f"margin '{cell}' is not between 0 and 1 (or 0% and 100%)")
    return micros(share)
