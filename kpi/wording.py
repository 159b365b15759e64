"""Numbers, money and dates as the team writes them; everything locale-aware comes from Babel."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import cache
from typing import TYPE_CHECKING

from babel import Locale
from babel.dates import format_datetime, format_interval, format_skeleton, get_timezone
from babel.numbers import (
    format_compact_currency,
    format_compact_decimal,
    format_currency,
    format_decimal,
    format_percent,
)

from kpi.units import Unit

if TYPE_CHECKING:
    from datetime import datetime

    from kpi.periods import Period

Number = int | float | Decimal

UNKNOWN = "–"
MINUS = "−"
LARGE = 10_000
"""From here on a short number is written 12.4K."""
ISO_DAY = re.compile(r"\d{4}-\d\d-\d\d")
SMALL = 0.1
"""Below this an amount shows four decimals: a message costs 0.0535."""


@cache
def _locale(name: str) -> Locale:
    return Locale.parse(name)


@dataclass(frozen=True, slots=True)
class Words:
    """How one workspace writes: a Babel locale, the home currency and an IANA time zone."""

    locale: str = "en_GB"
    currency: str = "EUR"
    timezone: str = "UTC"

    def shown(self, value: Number | None, unit: Unit, currency: str = "") -> str:
        """Write a value in full: ``1,184``, ``7.88%``, ``6.2x``, ``€45,910.00``; unknown is a dash."""
        if value is None:
            return UNKNOWN
        match unit:
            case Unit.COUNT:
                text = format_decimal(value, format="#,##0", locale=_locale(self.locale))
            case Unit.SHARE:
                text = self._percent(value, digits=2)
            case Unit.TIMES:
                text = self.times(value)
            case Unit.MONEY:
                text = self._money(value, currency or self.currency)
        return text.replace("-", MINUS)

    def short(self, value: Number | None, unit: Unit, currency: str = "") -> str:
        """Write a value in about three digits, for a chart: ``12.4K``, ``11.8%``, ``1.53%``, ``€45.9K``."""
        if value is None:
            return UNKNOWN
        match unit:
            case Unit.COUNT:
                text = self._short_count(value)
            case Unit.SHARE:
                text = self._percent(value, digits=_decimals(abs(float(value)) * 100))
            case Unit.TIMES:
                text = self.times(value)
            case Unit.MONEY:
                text = self._short_money(value, currency or self.currency)
        return text.replace("-", MINUS)

    def typed(self, value: Number) -> str:
        """Write a number as it is typed, without signs between its thousands: ``5000``, ``5.5``."""
        return str(format_decimal(value, format="0.######", locale=_locale(self.locale)))

    def whole(self, value: Number, currency: str = "") -> str:
        """Write an amount without its cents: ``€45,910``."""
        return self._money(value, currency or self.currency, whole=True).replace("-", MINUS)

    def times(self, value: Number) -> str:
        """Write a ratio: ``6.2x``, ``0.85x``, ``120x``."""
        size = abs(float(value))
        digits = "#,##0" if size >= 100 else "0.#" if size >= 1 else "0.##"  # noqa: PLR2004
        return format_decimal(value, format=digits, locale=_locale(self.locale)) + "x"

    def points(self, difference: Number) -> str:
        """Write the difference of two shares in percentage points: ``+2.0 pt``."""
        value = float(difference) * 100
        text = format_decimal(value, format=_pattern(max(1, _decimals(abs(value)))), locale=_locale(self.locale))
        return ("+" if value > 0 else "") + text.replace("-", MINUS) + " pt"

    def percent(self, value: Number) -> str:
        """Write a share without needless digits: ``12%``, ``0.4%``; for changes and portions."""
        digits = 0 if abs(float(value)) >= 0.01 or not value else 1  # noqa: PLR2004
        return self._percent(value, digits).replace("-", MINUS)

    def day(self, day: date, *, year: bool = True) -> str:
        """Write a day: ``22 Nov 2026``, ``22 Nov``."""
        return str(format_skeleton("yMMMd" if year else "MMMd", day, locale=_locale(self.locale)))

    def days(self, start: date, end: date, *, year: bool = True) -> str:
        """Write a half-open range of days by its first and last: ``1–14 May 2026``, ``28 Apr – 4 May 2026``."""
        last = end - timedelta(days=1)
        return str(format_interval(start, max(start, last), "yMMMd" if year else "MMMd", locale=_locale(self.locale)))

    def period(self, period: Period) -> str:
        """Write a period as people call it, in days where it was typed so: ``last week``, ``1–14 Nov 2026``."""
        if ISO_DAY.match(period.name):
            return self.days(period.start, period.end)
        return ISO_DAY.sub(lambda found: self.day(date.fromisoformat(found[0])), period.name)

    def moment(self, moment: datetime) -> str:
        """Write a moment in the team's time zone: ``22 Nov, 09:10``."""
        zone = get_timezone(self.timezone)
        return str(format_datetime(moment, format="d MMM, HH:mm", tzinfo=zone, locale=_locale(self.locale)))

    def listed(self, names: tuple[str, ...], most: int = 3) -> str:
        """Join names as people do: ``a, b and c``; what is beyond ``most`` is counted."""
        if len(names) > most:
            return ", ".join(names[:most]) + f" and {len(names) - most} more"
        return " and ".join(filter(None, (", ".join(names[:-1]), names[-1]))) if names else ""

    def _percent(self, value: Number, digits: int) -> str:
        pattern = "#,##0" + ("." + "#" * digits if digits else "") + "%"
        return str(format_percent(value, format=pattern, locale=_locale(self.locale)))

    def _short_count(self, value: Number) -> str:
        size = abs(float(value))
        if size < LARGE or not self._has_suffix(value):
            pattern = "#,##0.##" if size < 10 else "#,##0"  # noqa: PLR2004
            return str(format_decimal(value, format=pattern, locale=_locale(self.locale)))
        rounded, digits = _rounded(value)
        return str(format_compact_decimal(rounded, fraction_digits=digits, locale=_locale(self.locale)))

    def _short_money(self, value: Number, currency: str) -> str:
        size = abs(float(value))
        if size < LARGE or not self._has_suffix(value):
            return self._money(value, currency, whole=size >= 100 or not size)  # noqa: PLR2004
        rounded, digits = _rounded(value)
        return str(format_compact_currency(rounded, currency, fraction_digits=digits, locale=_locale(self.locale)))

    def _has_suffix(self, value: Number) -> bool:
        """Tell whether the language shortens a number of this size; German has no word for a thousand."""
        return any(sign.isalpha() for sign in format_compact_decimal(float(value), locale=_locale(self.locale)))

    def _money(self, value: Number, currency: str, *, whole: bool = False) -> str:
        locale = _locale(self.locale)
        pattern = locale.currency_formats["standard"].pattern
        if whole:
            pattern = pattern.replace(".00", "")
        elif 0 < (size := abs(float(value))) < 1:
            pattern = pattern.replace(".00", ".00##" if size < SMALL else ".00#")
        else:
            return str(format_currency(value, currency, locale=locale))
        return str(format_currency(value, currency, pattern, locale=locale, currency_digits=False))


def _rounded(value: Number) -> tuple[float, int]:
    """Return a large number in three digits, and how many decimals it then has before its suffix."""
    rounded = float(f"{float(value):.3g}")
    return rounded, _decimals(_leading(rounded))


def _decimals(size: float) -> int:
    """Return how many decimals leave about three digits."""
    return 0 if size >= 100 else 1 if size >= 10 else 2  # noqa: PLR2004


def _leading(value: float) -> float:
    """Return the number before a compact suffix: 12.4 of 12,400."""
    size = abs(value)
    while size >= 1000:  # noqa: PLR2004
        size /= 1000
    return size


def _pattern(digits: int) -> str:
    return "#,##0." + "0" * digits if digits else "#,##0"
