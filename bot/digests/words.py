"""``digest on monday 9:00 Europe/Berlin``: the words of a command about digests, in any order."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import time
from functools import cache
from html import unescape
from typing import TYPE_CHECKING
from zoneinfo import available_timezones

from kpi.errors import Mistake
from kpi.periods import WEEKDAYS
from kpi.reading.lexicon import english, folded
from kpi.slots import Rhythm

if TYPE_CHECKING:
    from collections.abc import Iterator

FORM = "form"
"""The verb of ``/kpi digest`` alone."""
VERBS = ("on", "off", "list", "preview", "now", "edit")
USAGE = "Type it like this: /kpi digest on monday 9:00 Europe/Berlin. Also: off, list, preview, now, edit, monthly."
LONGEST_SCOPE = 150
FILLERS = frozenset({"every", "each", "at", "on", "week", "the", "first", "here", "um", "jeden", "cada", "a", "las"})
WEEKLY, MONTHLY = (
    frozenset({"weekly", "wochentlich", "semanal"}),
    frozenset({"monthly", "monatlich", "mensual", "month"}),
)
EVERYTHING = (["all"], ["all", "campaigns"], ["everything"])
NOUNS = frozenset({"campaign", "campaigns", "tagged"})
_ID = re.compile(r"[0-9a-f]{12}")
_TIME = re.compile(r"(\d{1,2})(?:[:.h](\d{2}))?(am|pm|h)?")
_MENTION = re.compile(r"<([@#])([A-Z0-9]+)(?:\|[^>]*)?>")


@dataclass(frozen=True, slots=True)
class DigestOrder:
    """What is wanted of digests; None and '' where nothing was said."""

    verb: str
    monthly: bool | None = None
    weekday: int | None = None
    at: time | None = None
    zone: str = ""
    person: str = ""
    """An id, or ``me``."""
    channel: str = ""
    scope: str | None = None
    """The words of a question that say which campaigns, '' for all of them."""
    called: str = ""
    """The id of the digest that is changed, where it is named."""

    def rhythm(self, usual: Rhythm) -> Rhythm:
        """Return the rhythm that is wanted, the usual one where nothing was said."""
        return Rhythm(
            usual.weekday if self.weekday is None else self.weekday,
            self.at or usual.at,
            self.zone or usual.zone,
            usual.monthly if self.monthly is None else self.monthly,
        )


def digest_order(text: str) -> DigestOrder | None:
    """Return what a text wants of digests, or None where it is about something else; raise a Mistake."""
    words = text.split()
    if len(words) > 1 and folded(words[0]) in WEEKLY | MONTHLY and folded(words[1]) == "digest":
        return DigestOrder("list")
    if not words or folded(words[0]) not in ("digest", "digests"):
        return None
    verb = words[1].lower() if len(words) > 1 else FORM
    if verb not in VERBS and len(words) > 1:
        raise Mistake(f"I do not know 'digest {words[1]}'.", USAGE)
    order = _Words(words[2:]).read(DigestOrder(verb))
    if len(order.scope or "") > LONGEST_SCOPE:
        raise Mistake("That is too long to say which campaigns.", USAGE)
    return order


class _Words:
    """Words being understood, one after the other."""

    def __init__(self, words: list[str]) -> None:
        self.words = words

    def read(self, order: DigestOrder) -> DigestOrder:
        while self.words:
            word = self.words.pop(0)
            if word.lower() in ("in", "for", "about") and self.words:
                return replace(order, scope=unescape(_scope(self.words)))
            order = self._with(order, word)
        return order

    def _with(self, order: DigestOrder, word: str) -> DigestOrder:
        said = folded(word.rstrip(",;"))
        if said == "to" and self.words:
            return self._to(order, self.words.pop(0))
        if said in WEEKLY | MONTHLY:
            return replace(order, monthly=said in MONTHLY)
        if (day := english(said).removesuffix("s")) and day in _days():
            return replace(order, weekday=_days()[day])
        if zone := _zones().get(said):
            return replace(order, zone=zone)
        if match := _TIME.fullmatch(said):
            return replace(order, at=_time(match, word))
        if said in FILLERS:
            return order
        if _ID.fullmatch(said):
            return replace(order, called=said)
        raise Mistake(f"I do not understand '{word[:60]}' there.", USAGE)

    def _to(self, order: DigestOrder, word: str) -> DigestOrder:
        if word.lower() == "me":
            return replace(order, person="me")
        if word.lower() == "here":
            return order
        match = _MENTION.fullmatch(word)
        if not match:
            raise Mistake(
                f"I could not see whom you mean by '{word[:60]}'.",
                "Pick the person or the channel from the list that opens after typing @ or #.",
            )
        return replace(order, person=match[2]) if match[1] == "@" else replace(order, channel=match[2])


def _scope(words: list[str]) -> str:
    """Return the words that say the same in a question: ``for campaigns in DE`` is ``in DE``, ``for all`` nothing."""
    said = [word.lower() for word in words]
    if said in EVERYTHING:
        return ""
    named = words[next((at for at, word in enumerate(said) if word not in NOUNS), len(words)) :]
    return " ".join(named if named[:1] == ["in"] else ["in", *named])


def _time(match: re.Match[str], word: str) -> time:
    hour, minute, half = int(match[1]), int(match[2] or 0), match[3]
    if half in ("am", "pm"):
        hour = hour % 12 + (12 if half == "pm" else 0) if 1 <= hour <= 12 else 99  # noqa: PLR2004  a clock's hours
    try:
        return time(hour, minute)
    except ValueError:
        raise Mistake(f"'{word}' is no time of day.", "Write it like 9:00 or 17:30.") from None


@cache
def _days() -> dict[str, int]:
    return {**{day: number for number, day in enumerate(WEEKDAYS)}, **dict(_short_days())}


def _short_days() -> Iterator[tuple[str, int]]:
    for number, day in enumerate(WEEKDAYS):
        for length in range(3, len(day)):
            yield day[:length], number


@cache
def _zones() -> dict[str, str]:
    """Return the time zones by their names, and by their cities where only one has it."""
    names = sorted(name for name in available_timezones() if name not in ("localtime", "Factory"))
    cities: dict[str, list[str]] = {}
    for name in names:
        if "/" in name and not name.startswith(("Etc/", "US/", "posix/", "right/")):
            cities.setdefault(folded(name.rpartition("/")[2]), []).append(name)
    alone = {city: found[0] for city, found in cities.items() if len(found) == 1}
    return {**alone, **{folded(name): name for name in names}}
