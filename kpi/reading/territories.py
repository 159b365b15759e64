"""Countries, by their codes and by their names in English, German, Spanish and Filipino (CLDR, through Babel)."""

from __future__ import annotations

from functools import cache

from babel.core import Locale, get_global

from kpi.reading.lexicon import LANGUAGES, folded

ALSO = {"holland": "NL", "england": "GB", "great britain": "GB", "uae": "AE"}


def code_of(typed: str) -> str:
    """Return the two-letter code of a country that is typed as a name or a code; '' where there is none."""
    return _codes().get(folded(typed), "")


def called(market: str) -> str:
    """Return what to call a market: a country by its English name, anything else as it is."""
    code = code_of(market)
    return Locale("en").territories[code] if code else market


@cache
def _codes() -> dict[str, str]:
    codes = {name: code for code, name in _named("en")}
    for language in LANGUAGES:
        for code, name in _named(language):
            codes.setdefault(name, code)
    shorter = {folded(alias): codes for alias, codes in get_global("territory_aliases").items() if alias.isalpha()}
    singles = {alias: now[0] for alias, now in shorter.items() if len(now) == 1}
    return singles | codes | {code.lower(): code for code, _ in _named("en")} | ALSO


def _named(language: str) -> list[tuple[str, str]]:
    territories = Locale.parse(language).territories.items()
    return [(code, folded(name)) for code, name in territories if code.isalpha() and len(code) == len("DE")]
