"""``note 27 nov..30 nov Black Friday [leave out]``: the words of a command about notes, in four languages."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from kpi.errors import ImpossiblePeriod, Mistake, UnknownPeriod
from kpi.names import is_printable
from kpi.notes import DayNote
from kpi.reading.lexicon import english, folded
from kpi.reading.period_words import LONGEST_WORDS, period_of
from kpi.reading.stretches import ON
from kpi.reading.typed import joined, words_of
from kpi.reading.when import writes_day_first

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date

    from kpi.periods import Period
    from kpi.reading.typed import Word
    from kpi.wording import Words

NOTE = frozenset({"note", "notes", "notiz", "notizen", "nota", "notas", "tala"})
REMOVE = frozenset({"remove", "delete", "entfernen", "entferne", "loschen", "loesche", "quitar", "quita", "borrar",
                    "eliminar", "alisin", "tanggalin", "burahin"})  # fmt: skip
LIST = frozenset({"", "list", "all", "liste", "alle", "lista", "todas", "lahat"})
LEAVE_OUT = re.compile(
    r"[\[(]?\b(leave (?:it |them )?out|left out|exclude|auslassen|weglassen|dejar fuera|omitir|excluir|"
    r"huwag isama|huwag bilangin)[\])]?$",
    re.IGNORECASE,
)
USAGE = "Type it like this: note 27 nov..30 nov Black Friday. Add 'leave out' where these days are not usual ones."
LONGEST_NAME = 60
MOST_DAYS = 100
HALF_A_YEAR = timedelta(days=182)
A_YEAR = range(360, 372)
"""How many days later the same words can mean, in the next year."""


@dataclass(frozen=True, slots=True)
class NoteOrder:
    """What is wanted of notes: ``list``, ``keep`` or ``remove``."""

    verb: str
    said: str = ""
    """What stands behind the verb, as it was typed."""


def note_order(text: str) -> NoteOrder | None:
    """Return what a text wants of notes, or None where it is about something else."""
    first, _, rest = text.strip().partition(" ")
    if folded(first).rstrip(":") not in NOTE:
        return None
    verb, _, behind = rest.strip().partition(" ")
    if folded(rest) in LIST:
        return NoteOrder("list")
    return NoteOrder("remove", behind.strip()) if folded(verb) in REMOVE else NoteOrder("keep", rest.strip())


def note_of(said: str, by: str, today: date, words: Words) -> DayNote:
    """Read the days, the name and whether they are left out; raise a Mistake where one of them is missing."""
    text, leave_out = without_leave_out(said)
    typed = words_of(text)
    if not typed:
        raise Mistake("I need the days and a name.", USAGE)
    period, name = _split(typed, today, writes_day_first(words))
    if period.length > MOST_DAYS:
        raise Mistake(f"{words.days(period.start, period.end)} are too many days for a note.", USAGE)
    return DayNote(name_of(name), period.start, period.end, leave_out, by)


def without_leave_out(said: str) -> tuple[str, bool]:
    """Return a text without the words that leave its days out, and whether it had them."""
    text = LEAVE_OUT.sub("", said.strip())
    return text.strip(), text != said.strip()


def named_year(said: str) -> tuple[str, int | None]:
    """Return the name to remove, and the year where one is named behind it."""
    name = joined(words_of(said))
    match = re.fullmatch(r"(.+?)[ ,]+((?:19|20|21)\d\d)", name)
    return (match[1], int(match[2])) if match else (name, None)


def name_of(typed: str) -> str:
    """Return a name that can be kept; raise a Mistake where it cannot."""
    if not typed or not any(sign.isalnum() for sign in typed):
        raise Mistake("What happened on these days has no name.", USAGE)
    if len(typed) > LONGEST_NAME or not is_printable(typed):
        raise Mistake(f"The name of a note has at most {LONGEST_NAME} letters.", USAGE)
    return typed


def _split(typed: Sequence[Word], today: date, day_first: bool) -> tuple[Period, str]:  # noqa: FBT001
    """Return the days, from the longest beginning or end that names any, and the rest as the name."""
    impossible = None
    for days, name in _cuts(typed):
        try:
            return _nearest(joined(days), today, day_first), joined(name)
        except ImpossiblePeriod as mistake:
            impossible = impossible or mistake
        except UnknownPeriod:
            continue
    raise impossible or Mistake(f"I cannot see which days '{joined(typed)[:60]}' is about.", USAGE)


def _cuts(typed: Sequence[Word]) -> Iterator[tuple[Sequence[Word], Sequence[Word]]]:
    for count in range(min(LONGEST_WORDS, len(typed)), 0, -1):
        if not any(word.quoted for word in typed[:count]):
            yield typed[:count], typed[count:]
        if count < len(typed) and not any(word.quoted for word in typed[-count:]):
            yield typed[-count:], typed[:-count]


def _nearest(said: str, today: date, day_first: bool) -> Period:  # noqa: FBT001
    """Return the days that words mean; where they leave the year open, those nearest to today, before it or after."""
    period = period_of(said, today, day_first=day_first)
    if not {"this", *ON} & set(english(said).split()):
        later = period_of(said, today + HALF_A_YEAR, day_first=day_first)
        if (later.start - period.start).days in A_YEAR:
            return later
    return period
