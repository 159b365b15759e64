"""Exact amounts: integers of a millionth of the currency's unit inside, decimals outside."""

import re
from decimal import Decimal
from functools import cache

from babel.numbers import list_currencies

MILLION = 1_000_000
CENT = MILLION // 100
PLAIN = re.compile(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)")
LARGEST = Decimal(10**11)
"""A larger amount for one day is a slip of the keyboard, and a hundred of them would not fit into 64 bits."""


def micros(amount: Decimal) -> int:
    """Return the amount as millionths of its unit; raise ValueError where that would lose a digit or overflow."""
    if not amount.is_finite() or abs(amount) > LARGEST:
        raise ValueError(f"{amount} is too large for an amount of money")
    scaled = amount * MILLION
    whole = int(scaled)
    if whole != scaled:
        raise ValueError(f"{amount} has more than six decimal places")
    return whole


def decimal(text: str) -> Decimal:
    """Read a plain decimal number such as ``-1234.56``; raise ValueError for anything else."""
    if not PLAIN.fullmatch(text):
        raise ValueError(f"'{text}' is not a number")
    return Decimal(text)


def amount(of: int) -> Decimal:
    """Return millionths as a decimal amount."""
    return Decimal(of) / MILLION


@cache
def is_currency(code: str) -> bool:
    """Tell whether the code is an ISO 4217 currency, in capitals."""
    return code in list_currencies()
