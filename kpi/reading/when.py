"""Which days were meant, where the words alone leave it open: the year of ``may``, and whether ``1/5`` is in May."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from babel import Locale

from kpi.errors import UnknownPeriod
from kpi.periods import DAY, Period
from kpi.reading.period_words import other_year, period_of
from kpi.storage.campaigns import any_sent_between, first_day

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kpi.question import Asking
    from kpi.storage.campaigns import Campaign
    from kpi.wording import Words

IN_DIGITS = re.compile(r"\d[./-]\d")
ALL_TIME = frozenset({"all time", "of all time", "ever", "since the beginning", "since the start"})


@dataclass(frozen=True, slots=True)
class Meant:
    """The days that were meant, what has to be said of the choice, and the other days that the words could mean."""

    period: Period
    read_as: str = ""
    other: Period | None = None
    is_open: bool = False
    """Nothing decides between the two."""


def days_meant(typed: str, asking: Asking, campaigns: Sequence[Campaign]) -> Meant:
    """Read a period, and choose where it has two meanings; raise UnknownPeriod where it has none."""
    if " ".join(typed.lower().split()) in ALL_TIME:
        first = first_day(asking.db)
        return Meant(Period(first or asking.today, asking.today + DAY, "all time"))
    ways = _both_orders(typed, asking)
    if len(ways) > 1:
        return _in_order_of_locale(typed, asking, ways)
    period = ways[0]
    other = other_year(typed, asking.today)
    if other is None or not _has_results(asking, campaigns, other):
        return Meant(period)
    if _has_results(asking, campaigns, period):
        return Meant(period, f"'{typed}' read as {period.name}; {other.name} has results, too.", other)
    return Meant(other, f"'{typed}' read as {other.name}; {period.name} has no results.", period)


def _both_orders(typed: str, asking: Asking) -> tuple[Period, ...]:
    """Read a text with days first and with months first; both are one unless it holds a day like ``1/5``."""
    found: dict[Period, None] = {}
    mistake = UnknownPeriod()
    for day_first in (True, False) if IN_DIGITS.search(typed) else (True,):
        try:
            found[period_of(typed, asking.today, day_first=day_first)] = None
        except UnknownPeriod as error:
            mistake = error
    if not found:
        raise mistake
    return tuple(found)


def _in_order_of_locale(typed: str, asking: Asking, ways: tuple[Period, ...]) -> Meant:
    """Let the team's way to write dates decide where it writes them so; dots with months first are nobody's way."""
    pattern = _short_date(asking.words)
    day_first = writes_day_first(asking.words)
    chosen, other = ways if day_first else reversed(ways)
    if "." in typed and day_first:
        return Meant(chosen)
    said = f"'{typed}' read as {asking.words.days(chosen.start, chosen.end)}."
    return Meant(chosen, said, other, is_open=not any(sign in pattern for sign in typed if sign in "./-"))


def writes_day_first(words: Words) -> bool:
    """Tell whether the team writes ``1/5`` for the first of May."""
    pattern = _short_date(words)
    return pattern.find("d") < pattern.find("M")


def _short_date(words: Words) -> str:
    return str(Locale.parse(words.locale).date_formats["short"].pattern)


def _has_results(asking: Asking, campaigns: Sequence[Campaign], period: Period) -> bool:
    if campaigns:
        lives = [(one.began, one.ended) for one in campaigns]
        return any(began and ended and began < period.end and ended >= period.start for began, ended in lives)
    return any_sent_between(asking.db, period.start, period.end)
