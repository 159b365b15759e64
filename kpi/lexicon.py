"""Words of German, Spanish and Filipino that mean a question, a period or nothing, in one table each.

Everything is matched without case and accents. Names of months and days come from CLDR, through Babel.
"""

from __future__ import annotations

from functools import cache

from anyascii import anyascii
from babel.dates import get_day_names, get_month_names

LANGUAGES = ("de", "es", "fil")
MONTHS = get_month_names("wide", locale="en")
DAYS = get_day_names("wide", locale="en")

QUESTIONS = {
    "kampagne": "campaign", "campana": "campaign", "kampanya": "campaign",
    "kampagnen": "campaigns", "campanas": "campaigns",
    "uberblick": "overview", "ubersicht": "overview", "resumen": "overview", "buod": "overview",
    "beste": "top", "rangliste": "top", "mejores": "top", "mejor": "top", "pinakamahusay": "top",
    "schlechteste": "worst", "peores": "worst", "peor": "worst", "pinakamasama": "worst",
    "verlauf": "trend", "entwicklung": "trend", "tendencia": "trend", "takbo": "trend",
    "trichter": "funnel", "embudo": "funnel",
    "bedeutung": "define", "definiere": "define", "definir": "define", "kahulugan": "define",
    "vergleichswerte": "benchmark", "referencias": "benchmark",
    "hilfe": "help", "ayuda": "help", "tulong": "help",
}  # fmt: skip

LATER = {
    "compare": "Comparing campaigns", "vs": "Comparing campaigns", "versus": "Comparing campaigns",
    "vergleiche": "Comparing campaigns", "comparar": "Comparing campaigns", "ihambing": "Comparing campaigns",
    "why": "Explaining a change", "warum": "Explaining a change", "bakit": "Explaining a change",
    "channels": "Comparing channels", "clv": "Customer value", "export": "Exporting", "digest": "A weekly digest",
    "alert": "An alert", "delete": "Deleting", "rename": "Renaming", "settings": "Changing settings",
}  # fmt: skip
"""What people will ask for and what is not there yet."""

PHRASES = {
    "gestern": "yesterday", "heute": "today",
    "ayer": "yesterday", "hoy": "today", "kahapon": "yesterday", "ngayon": "today", "ngayong araw": "today",
    "semana pasada": "last week", "mes pasado": "last month", "ano pasado": "last year",
    "trimestre pasado": "last quarter",
    "nakaraang linggo": "last week", "nakaraang buwan": "last month", "nakaraang taon": "last year",
    "ngayong linggo": "this week", "ngayong buwan": "this month", "ngayong taon": "this year",
}  # fmt: skip

WORDS = {
    "letzte": "last", "letzten": "last", "letzter": "last", "letztes": "last", "vergangene": "last", "ultimos": "last",
    "ultimas": "last", "ultima": "last", "ultimo": "last", "huling": "last",
    "diese": "this", "dieser": "this", "diesen": "this", "dieses": "this", "esta": "this", "este": "this",
    "tag": "day", "tage": "days", "tagen": "days", "dia": "day", "dias": "days", "araw": "days",
    "woche": "week", "wochen": "weeks", "semana": "week", "semanas": "weeks", "linggo": "week",
    "monat": "month", "monate": "months", "monaten": "months", "mes": "month", "meses": "months", "buwan": "month",
    "quartal": "quarter", "trimestre": "quarter", "jahr": "year", "ano": "year", "taon": "year",
    "seit": "since", "desde": "since", "mula": "since", "bis": "to", "hasta": "to",
}  # fmt: skip

ARTICLES = frozenset({"el", "la", "noong", "ang", "der", "die", "das", "dem"})
"""Dropped inside a period: ``desde el lunes``."""

FILLERS = frozenset({
    "wie", "lief", "war", "der", "die", "das", "den", "im", "von", "vom", "fur", "und", "uns", "unser", "unsere",
    "de", "del", "la", "el", "los", "las", "en", "por", "para", "como", "fue", "que", "y", "nuestra", "nuestro",
    "ang", "ng", "mga", "sa", "noong", "ano", "paano", "para sa", "natin", "namin",
    "kampagne", "campana", "campanas", "kampanya",
})  # fmt: skip


@cache
def folded(text: str) -> str:
    """Return a text without case, accents and doubled spaces, for matching words."""
    return " ".join(anyascii(text).lower().split())


def english(period: str) -> str:
    """Return the words of a period in English, as far as they are known."""
    words = [word for word in folded(period).split() if word not in ARTICLES]
    said = " ".join(words)
    return PHRASES.get(said) or " ".join(_words().get(word, word) for word in words)


@cache
def _words() -> dict[str, str]:
    words = dict(WORDS)
    for language in LANGUAGES:
        for width in ("wide", "abbreviated"):
            for number, name in get_month_names(width, locale=language).items():
                words.setdefault(folded(name).rstrip("."), MONTHS[number].lower())
        for number, name in get_day_names("wide", locale=language).items():
            words.setdefault(folded(name), DAYS[number].lower())
    return words
