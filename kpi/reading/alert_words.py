"""``alert ctr < 5% for 2 days min 500 delivered in spring-sale``: the words of a rule, and of commands about rules."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from kpi.reading.lexicon import folded
from kpi.reading.typed import joined, words_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kpi.reading.typed import Word

ALERT = frozenset({"alert", "alerts", "alarm", "alarme", "alerta", "alertas", "alerto"})
TARGET = frozenset({"target", "targets", "goal", "goals", "ziel", "ziele", "objetivo", "objetivos", "meta", "layunin"})
VERBS = {
    **dict.fromkeys(("", "list", "all", "liste", "lista", "alle"), "list"),
    **dict.fromkeys(("show", "zeige", "mostrar"), "show"),
    **dict.fromkeys(("edit", "change", "andern", "editar"), "edit"),
    **dict.fromkeys(("pause", "stop", "pausieren", "pausar"), "pause"),
    **dict.fromkeys(("resume", "unpause", "continue", "fortsetzen", "reanudar"), "resume"),
    **dict.fromkeys(("remove", "delete", "entfernen", "loschen", "quitar", "borrar", "alisin"), "remove"),
    **dict.fromkeys(("test", "testen", "probar"), "test"),
    **dict.fromkeys(("start", "starter", "suggest", "vorschlag"), "start"),
}  # fmt: skip
USAGE = "Type it like this: alert ctr < 5% for 2 days min 500 delivered in spring-sale."
FORMS = (
    "Also: revenue down 30% vs last week, conversion anomaly, no sends for 2 days, spend above 80% of 5000 EUR, "
    "rocs below target."
)
TARGET_USAGE = "Type it like this: target rocs 8, or target ctr 6% in spring-sale. target rocs none removes it."
SIGNS = {
    "below": "< <= under below beneath fewer less lower unter unterhalb debajo bajo menos mababa",
    "above": "> >= above exceeds more higher greater über oberhalb encima sobre mas superior",
    "drops": "down drops drop dropped decreases falls-by sinkt gefallen baja cae bumaba",
    "rises": "up rises rise increases steigt gestiegen sube aumenta tumaas",
    "anomaly": "anomaly anomalies unusual odd anomalie anomalía ungewöhnlich",
    "silence": "no nothing keine kein ningun ningún sin walang",
    "for": "for für durante por",
    "over": "over across uber",
    "min": "min minimum least mindestens minimo mínimo",
    "vs": "vs versus against compared gegenüber gegen contra comparado",
    "in": "in en im sa",
}
"""The words that begin a part of a rule."""
KEYWORDS = {word: key for key, words in SIGNS.items() for one in words.split() for word in {one, folded(one)}}
KEYWORDS |= {"über": "above", "uber": "over"}
NOTHING = frozenset("if when me is goes by at to the on a than check now days wenn cuando falls of".split())  # noqa: SIM905
_SPACED = re.compile(r"([<>]=?|[≤≥])")
_DAYS = frozenset({"day", "days", "tag", "tage", "tagen", "dia", "dias", "araw", "d", "evaluations"})
_WEEKS = frozenset({"week", "weeks", "woche", "wochen", "semana", "semanas", "linggo"})


@dataclass(frozen=True, slots=True)
class AlertOrder:
    """What is wanted of alerts: ``list``, ``show``, ``edit``, ``pause``, ``resume``, ``remove``, ``test``, ``make``."""

    verb: str
    said: str = ""
    """What stands behind the verb, as it was typed."""


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of a rule: the keyword that begins it, and the words behind."""

    key: str
    words: tuple[Word, ...]
    typed: str = ""
    """The keyword as it was typed."""

    @property
    def text(self) -> str:
        """The words as they were typed."""
        return joined(self.words)


def alert_order(text: str) -> AlertOrder | None:
    """Return what a text wants of alerts, or None where it is about something else."""
    first, _, rest = text.strip().partition(" ")
    if folded(first).rstrip(":") not in ALERT:
        return None
    verb, _, behind = rest.strip().partition(" ")
    known = VERBS.get(folded(verb))
    return AlertOrder(known, behind.strip()) if known else AlertOrder("make", rest.strip())


def target_order(text: str) -> str | None:
    """Return what stands behind ``target``, or None where a text is about something else."""
    first, _, rest = text.strip().partition(" ")
    return rest.strip() if folded(first).rstrip(":") in TARGET else None


def parts_of(text: str) -> tuple[Part, ...]:
    """Cut a rule at its keywords; the first piece has none. What is quoted is never a keyword."""
    found: list[tuple[str, str, list[Word]]] = [("", "", [])]
    for word in words_of(_SPACED.sub(r" \1 ", text).replace("≤", "<").replace("≥", ">")):
        key = "" if word.quoted else KEYWORDS.get(word.text, KEYWORDS.get(word.folded, ""))
        if key and not (key == "in" and found[-1][0] == "in"):
            found.append((key, word.text, []))
        else:
            found[-1][2].append(word)
    return tuple(Part(key, tuple(words), typed) for key, typed, words in found)


def days_told(words: Sequence[Word]) -> int | None:
    """Return a number of days, ``2 days``, ``a week``; None where the words tell none."""
    told = [word.folded for word in words]
    number = next((int(word) for word in told if word.isdecimal()), 1)
    if set(told) & _WEEKS:
        return 7 * number
    return number if set(told) & _DAYS else None
