"""A number as people type it: ``5%``, ``1,5 %``, ``€500``, ``5.000 EUR``, ``8x``, in the way of the team's language."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import TYPE_CHECKING, NamedTuple

from babel.numbers import NumberFormatError, parse_decimal

from kpi.money import is_currency

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kpi.reading.typed import Word

SYMBOLS = {"€": "EUR", "$": "USD", "£": "GBP", "₱": "PHP", "₹": "INR"}
SHAPE = re.compile(r"([€$£₱₹])?([\d.,]*\d)(%|x|[€$£₱₹]|[a-z]{3})?", re.IGNORECASE)
LARGEST = Decimal(10**11)


class Amount(NamedTuple):
    """A number with its unit: ``%``, ``x``, the code of a currency, or none; and how many words told it."""

    number: Decimal
    unit: str = ""
    words: int = 1


def amount_of(words: Sequence[Word], locale: str) -> Amount | None:
    """Read the number that the words begin with; None where they begin with none."""
    texts = [word.text for word in words[:2]]
    before = texts[0].upper() if texts and is_currency(texts[0].upper()) and len(texts) > 1 else ""
    match = SHAPE.fullmatch(texts[bool(before)]) if texts else None
    number = _number(match[2], locale) if match else None
    if match is None or number is None or number > LARGEST:
        return None
    sign = before or match[1] or match[3] or ""
    behind = texts[1].upper() if len(texts) > 1 and not sign else ""
    unit = SYMBOLS.get(sign, sign.upper() if len(sign) == len("EUR") else sign.lower())
    if is_currency(behind) or behind == "%":
        return Amount(number, behind, 2)
    return Amount(number, unit, 2 if before else 1)


def _number(text: str, locale: str) -> Decimal | None:
    """Read it as the language groups digits, else with its comma as a point."""
    try:
        return Decimal(parse_decimal(text, locale=locale, strict=True))
    except NumberFormatError:
        bare = text.replace(",", ".")
        return Decimal(bare) if bare.count(".") <= 1 and not bare.startswith(".") else None
