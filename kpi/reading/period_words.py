"""Periods as people name them, in any of the languages: one stretch of days, a range of two, or ``since`` one."""

from __future__ import annotations

import re
from datetime import date, timedelta

from kpi.errors import ImpossiblePeriod, UnknownPeriod
from kpi.periods import DAY, WEEK, WEEKDAYS, Period
from kpi.reading.lexicon import english
from kpi.reading.stretches import WITHOUT_YEAR, stretch

EARLIEST, LATEST = 1980, 2199
LONGEST_WORDS = 10
"""Words in the longest name of a period: ``between the 1st of november and the 14th of november``."""
YEAR = timedelta(days=365)
SOON = timedelta(days=31)
"""A range that ends within this long is running; one that would end later was a year ago."""
DAY_NUMBER = re.compile(r"(\d{1,2})(?:st|nd|rd|th|\.)?")
DAY_NUMBER_AND_YEAR = re.compile(r"(\d{1,2})(?:st|nd|rd|th|\.)?(,? \d{4})?")
HAS_YEAR = re.compile(r"(?<!\d)(?:19|20|21)\d{2}(?!\d)")
JOINT = re.compile(r" ?\.\. ?| ?- ?| (?:to|until|till|through) ")
JOINT_OF_BETWEEN = re.compile(r" (?:and|to) | ?- ?")
SO_FAR = re.compile(r"^so far | (?:so far|until now|till now|until today|up to now)$")


def period_of(words: str, today: date, *, day_first: bool = True) -> Period:
    """Read a period such as ``last week``, ``may``, ``q2``, ``week 46``, ``2026-05-01..2026-05-14``.

    A day, month, quarter or week without its year is the latest that has begun. ``day_first`` tells whether ``1/5`` is
    the first of May. Raise UnknownPeriod where it is none, ImpossiblePeriod where it lies in no calendar.
    """
    reading = _Reading(today, day_first=day_first)
    said = re.sub(r"\.{2,}|…", "..", " ".join(words.lower().replace("–", "-").replace("—", "-").split()))
    for text in dict.fromkeys((said, english(said))):
        try:
            period = reading.period(SO_FAR.sub("", text))
        except (ValueError, OverflowError):
            sentence = f"'{words}' names a day that does not exist."
            raise ImpossiblePeriod(sentence, "Days are written 2026-05-31.") from None
        if period:
            return _checked(period, words)
    raise UnknownPeriod(
        f"I cannot read the period '{words}'.",
        "Try 'last week', 'last 28 days', 'may', '2026-05', 'q2', 'week 46' or '2026-05-01..2026-05-14'.",
    )


def other_year(words: str, today: date) -> Period | None:
    """Return what a month, a quarter or a half meant a year before, where the words leave the year open; else None."""
    return stretch(english(words), today - YEAR) if WITHOUT_YEAR.fullmatch(english(words)) else None


def _checked(period: Period, words: str) -> Period:
    if period.start.year < EARLIEST or period.end.year > LATEST:
        raise ImpossiblePeriod(f"'{words}' is too far away.", f"Years run from {EARLIEST} to {LATEST}.")
    if period.end <= period.start:
        raise ImpossiblePeriod(f"'{words}' ends before it begins.", "The earlier day comes first.")
    return period


class _Reading:
    """One way to read words: on this day, with days or months first."""

    def __init__(self, today: date, *, day_first: bool) -> None:
        self.today, self.day_first = today, day_first

    def period(self, said: str) -> Period | None:
        """Return the period of English words, None where they name none."""
        return self._single(said, self.today) or self._since(said) or self._range(said)

    def _single(self, said: str, today: date) -> Period | None:
        return stretch(said, today, day_first=self.day_first)

    def _since(self, said: str) -> Period | None:
        match = re.fullmatch(r"(since|starting(?: from)?|as of|from) (.+)", said)
        begun = self._single(match[2], self.today) if match else None
        if match is None or begun is None:
            return None
        if match[1] == "from" and begun.length > 1:  # revenue from last month
            return begun
        return Period(begun.start, self.today + DAY, f"since {match[2]}")

    def _range(self, said: str) -> Period | None:
        joints = JOINT_OF_BETWEEN if said.startswith("between ") else JOINT
        body = re.sub(r"^(?:from|since|between) |\bthe ", "", said)
        for joint in joints.finditer(body):
            if ends := self._ends(body[: joint.start()], body[joint.end() :]):
                first, last = ends
                return Period(first.start, last.end, f"{first.start}..{last.end - DAY}")
        return None

    def _ends(self, first: str, last: str) -> tuple[Period, Period] | None:
        """Read both ends of a range; each may borrow the month or the year from the other."""
        first, last = _lent(first, last)
        end = self._single(last, self.today)
        begin = end and self._single(first, end.start if HAS_YEAR.search(last) else self.today)
        if end is None or begin is None:
            return None
        if end.end <= begin.start and not HAS_YEAR.search(last):
            return self._in_order(first, last, begin, end)
        return begin, end

    def _in_order(self, first: str, last: str, begin: Period, end: Period) -> tuple[Period, Period]:
        """Move the end of a range to the next year where it is still running, else its beginning back."""
        later = self._single(last, begin.start + YEAR - DAY) or end
        if begin.start < later.end and later.start <= self.today + SOON:
            return begin, later
        back = WEEK if first in WEEKDAYS else YEAR
        return self._single(first, self.today - back) or begin, end


def _lent(first: str, last: str) -> tuple[str, str]:
    """Lend the bare number in ``1 to 14 nov`` or ``nov 1-14`` the month, and the year, of the other end."""
    if number := DAY_NUMBER.fullmatch(first):
        return re.sub(r"^(the )?\d{1,2}", number[1], last, count=1), last
    if number := DAY_NUMBER_AND_YEAR.fullmatch(last):
        year = number[2] or ""
        return first + year, re.sub(r"\d{1,2}(?:st|nd|rd|th)?$", number[1], first) + year
    return first, last
