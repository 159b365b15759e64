"""Typed values of settings: time zones, currencies, locales, shares, lengths of time; each forgiving, each checked."""

from __future__ import annotations

import re
from decimal import Decimal
from functools import cache
from zoneinfo import available_timezones

from babel import Locale, UnknownLocaleError, localedata
from rapidfuzz import fuzz, process

from kpi.errors import WrongSetting
from kpi.money import is_currency
from kpi.reading.lexicon import folded

NOTHING = frozenset(("", "none", "no", "off", "unset", "nothing", "keine", "kein", "ninguno", "wala"))
"""Words that take a share away."""
NEAR, MOST = 60, 3
"""Rapidfuzz's score from which a name is worth naming in a hint, and how many of them."""


def zone_of(typed: str) -> str:
    """Return the IANA name of a time zone, of which the city is enough: ``Europe/Berlin``, ``berlin``."""
    key = folded(typed).replace(" ", "_")
    found = [name for name in _zones() if key in (name.lower(), name.lower().rpartition("/")[2])]
    clear = [name for name in found if name.lower() == key] or found
    if len(clear) == 1:
        return clear[0]
    near = found or _near(typed.replace(" ", "_"), {name.rpartition("/")[2]: name for name in _zones()})
    raise WrongSetting(
        f"There is no time zone called '{_cut(typed)}'.", _hint(near, "Name a city, as in Europe/Berlin.")
    )


def currency_of(typed: str) -> str:
    """Return the ISO code of a currency, of which a sign or the English name is enough where it is clear."""
    code, names = typed.strip().upper(), _currencies()
    if is_currency(code):
        return code
    signs = [known for known, sign in Locale("en", "GB").currency_symbols.items() if sign == typed.strip()]
    if len(signs) == 1:
        return str(signs[0])
    if folded(typed) in names:
        return names[folded(typed)]
    near = [f"{code} ({Locale('en').currencies[code]})" for code in _near(folded(typed), names)]
    raise WrongSetting(
        f"There is no currency called '{_cut(typed)}'.", _hint(near, "Use its code of three letters, as in EUR.")
    )


def locale_of(typed: str) -> str:
    """Return the name of a locale: ``de_DE``, ``de-de``."""
    try:
        return str(Locale.parse(typed.strip().replace("-", "_")))
    except (UnknownLocaleError, ValueError, TypeError):
        languages = {folded(name): code for code, name in Locale("en").languages.items()}
        near = [
            name
            for code in _near(folded(typed), languages)[:1]
            for name in _locales()
            if re.fullmatch(rf"{code}(_[A-Z]{{2}})?", name)
        ]
        raise WrongSetting(
            f"There is no locale called '{_cut(typed)}'.", _hint(near[:6], "Name language and country, as in de_DE.")
        ) from None


def share_of(typed: str, most: Decimal) -> Decimal | None:
    """Read a share: ``40%``, ``0.4``, ``40``, ``40,5 %``; None for ``none``."""
    said = folded(typed).replace(" ", "").replace(",", ".")
    if said in NOTHING:
        return None
    match = re.fullmatch(r"(\d{1,3}(?:\.\d{1,6})?)(%?)", said)
    value = Decimal(match[1]) if match else Decimal(-1)
    if match and (match[2] or value > 1):
        value /= 100
    if not 0 <= value <= most:
        raise WrongSetting(
            f"'{_cut(typed)}' is not a share between 0% and {most:.0%}.", "Write it like 40% or 0.4, or 'none'."
        )
    return value


def length_of(typed: str, unit: str, most: int) -> int:
    """Read a number of days or hours: ``5``, ``5 days``, ``1 week`` where days are counted, ``2 days`` as hours."""
    match = re.fullmatch(r"(\d{1,4}) ?(h|hours?|d|days?|w|weeks?)?", folded(typed))
    hours = int(match[1]) * {"h": 1, "d": 24, "w": 168}[(match[2] or unit)[0]] if match else -1
    length, odd = divmod(hours, 24 if unit == "days" else 1)
    if odd or not 1 <= length <= most:
        raise WrongSetting(f"'{_cut(typed)}' is not a number of {unit} from 1 to {most}.", f"Write it like '5 {unit}'.")
    return length


def wait_of(typed: str) -> int:
    """Read how many hours digests wait: ``3 hours``, up to two days; 0 for ``none``."""
    return 0 if folded(typed) in NOTHING | {"0"} else length_of(typed, "hours", 48)


@cache
def _zones() -> tuple[str, ...]:
    """Return every time zone that has a place in its name; aliases such as ``Japan`` come last."""
    return tuple(sorted(available_timezones(), key=lambda name: ("/" not in name, name)))


@cache
def _currencies() -> dict[str, str]:
    return {folded(name): code for code, name in Locale("en").currencies.items()}


@cache
def _locales() -> tuple[str, ...]:
    return tuple(sorted(localedata.locale_identifiers()))


def _near(typed: str, names: dict[str, str]) -> list[str]:
    found = process.extract(typed, list(names), scorer=fuzz.ratio, processor=folded, limit=MOST, score_cutoff=NEAR)
    return list(dict.fromkeys(names[name] for name, _, _ in found))


def _hint(near: list[str], otherwise: str) -> str:
    return f"Did you mean {' or '.join(near)}?" if near else otherwise


def _cut(text: str) -> str:
    return text if len(text) <= 40 else text[:39] + "…"  # noqa: PLR2004
