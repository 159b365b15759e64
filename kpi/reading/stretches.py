"""One stretch of days as people name it in English: ``last week``, ``may``, ``KW 46``, ``1 may``, ``2 weeks ago``."""

from __future__ import annotations

import re
from datetime import date, timedelta
from functools import cache, lru_cache
from typing import TYPE_CHECKING

from kpi.periods import DAY, MONTHS, WEEK, WEEKDAYS, Period, last_days, months_on

if TYPE_CHECKING:
    from collections.abc import Callable

ON = {"last": -1, "previous": -1, "prior": -1, "next": 1, "coming": 1, "upcoming": 1}
TO_DATE = {"w": "week", "m": "month", "q": "quarter", "y": "year"}
MONTHS_IN = {"month": 1, "quarter": 3, "year": 12}
DAYS_IN = {"week": 7, "month": 30, "quarter": 90, "year": 365}
LAST_MONTH = 12


@lru_cache(maxsize=1024)
def stretch(said: str, today: date, *, day_first: bool = True) -> Period | None:
    """Return the days that English words name, None where they name none; raise ValueError where they cannot be."""
    for pattern, read in PATTERNS:
        if match := pattern.fullmatch(said):
            return read(match, today)
    match = NUMERIC_DAY.fullmatch(said)
    if match and (match["year"] or match["sign"] + (match["dot"] or "") in ("/", "..")):
        return _numeric_day(match, today, day_first=day_first)
    return None


def _numeric_day(match: re.Match[str], today: date, *, day_first: bool) -> Period:
    """Read ``1/5``; where a number is too large for a month the value decides."""
    first, second, year = (int(part or 0) for part in (match["first"], match["second"], match["year"]))
    swapped = second > LAST_MONTH or (not day_first and first <= LAST_MONTH)
    day, month = (second, first) if swapped else (first, second)
    return _day_of(day, month, year + (2000 if 0 < year < 100 else 0), today)  # noqa: PLR2004


def _named_day(match: re.Match[str], today: date) -> Period:
    offset = {"today": 0, "yesterday": -1, "tomorrow": 1}.get(match[1])
    if offset is None:
        return _day(today - 2 * DAY)
    start = today + offset * DAY
    return Period(start, start + DAY, match[1])


def _last_many(match: re.Match[str], today: date) -> Period:
    """Read ``last 3 weeks``: whole weeks, months, quarters and years, and complete days."""
    count, unit = int(match[1]), match[2].rstrip("s")
    if unit in ("day", "d"):
        return last_days(count, today)
    if unit == "week":
        monday = _monday(today)
        return Period(monday - count * WEEK, monday, f"last {count} weeks")
    months = MONTHS_IN[unit]
    end = _first_of(today, months)
    return Period(months_on(end, -count * months), end, f"last {count} {unit}s")


def _next_many(match: re.Match[str], today: date) -> Period:
    days = int(match[1]) * {"d": 1, "w": 7, "m": 30}[match[2][0]]
    return _days(today + DAY, today + DAY * (days + 1))


def _ago(match: re.Match[str], today: date) -> Period:
    count, unit = int(match[1] or match[3]), (match[2] or match[4]).rstrip("s")
    if unit == "day":
        return _day(today - count * DAY)
    if unit == "week":
        return _week_from(_monday(today) - count * WEEK)
    months = MONTHS_IN[unit]
    start = months_on(_first_of(today, months), -count * months)
    if unit == "quarter":
        return Period(start, months_on(start, 3), f"Q{start.month // 3 + 1} {start.year}")
    return _month_from(start) if unit == "month" else _year_from(start.year)


def _rolling(match: re.Match[str], today: date) -> Period:
    return last_days(DAYS_IN[match[1]], today)


def _relative(match: re.Match[str], today: date) -> Period:
    """Read ``this week``, ``last month``, ``next year``."""
    on, unit = ON.get(match[1], 0), match[2]
    name = f"{('this', 'next', 'last')[on]} {unit}"
    if unit == "week":
        start = _monday(today) + on * WEEK
        return Period(start, start + WEEK, name)
    if unit == "weekend":
        start = _monday(today) + on * WEEK + 5 * DAY
        return _days(start, start + 2 * DAY)
    months = MONTHS_IN[unit]
    start = months_on(_first_of(today, months), on * months)
    return Period(start, months_on(start, months), name)


def _to_date(match: re.Match[str], today: date) -> Period:
    """Read ``mtd``: the period that is running, which answers cut at yesterday."""
    this = stretch(f"this {TO_DATE[match[0][0]]}", today)
    return this or _day(today)


def _week(match: re.Match[str], today: date) -> Period:
    number, this_year = int(match[1]), today.isocalendar().year
    if match[2]:
        return _week_from(date.fromisocalendar(int(match[2]), number, 1))
    # the latest that has begun; not every year has a week 53
    years = [year for year in (this_year, this_year - 1) if number <= _weeks_of(year)]
    return _week_from(max(monday for year in years if (monday := date.fromisocalendar(year, number, 1)) <= today))


def _part_of_year(match: re.Match[str], today: date) -> Period:
    """Read a quarter or a half."""
    months = 3 if match[1] == "q" else 6
    start = date(int(match[3] or today.year), (int(match[2]) - 1) * months + 1, 1)
    if not match[3] and start > today:
        start = start.replace(year=today.year - 1)
    end = months_on(start, months)
    return Period(start, end, f"Q{match[2]} {start.year}") if match[1] == "q" else _days(start, end)


def _month(match: re.Match[str], today: date) -> Period:
    """Read a month; without its year the latest that has begun, ``last may`` the latest that is over."""
    number, year = _month_number(match[2]), match[3]
    if match[4]:  # may last year
        return _month_from(date(today.year - (match[4] == "last"), number, 1))
    start = date(int(year or today.year), number, 1)
    if not year and (start > today or (match[1] == "last" and months_on(start, 1) > today)):
        start = start.replace(year=today.year - 1)
    return _month_from(start)


def _numbered_month(match: re.Match[str], _today: date) -> Period:
    return _month_from(date(int(match[1] or match[4]), int(match[2] or match[3]), 1))


def _year(match: re.Match[str], _today: date) -> Period:
    return _year_from(int(match[1]))


def _iso_day(match: re.Match[str], _today: date) -> Period:
    return _day(date(int(match[1]), int(match[2]), int(match[3])))


def _day_and_month(match: re.Match[str], today: date) -> Period:
    day, month, year = (match[1], match[2], match[3]) if match[1] else (match[5], match[4], match[6])
    return _day_of(int(day), _month_number(month), int(year or 0), today)


def _weekday(match: re.Match[str], today: date) -> Period:
    """Read the latest such day up to today, ``last friday`` before today, ``next friday`` after it."""
    back = (today.weekday() - WEEKDAYS.index(match[2])) % 7
    if match[1] in ("next", "coming"):
        return _day(today + (7 - back) * DAY)
    return _day(today - (back or 7 if match[1] in ("last", "previous") else back) * DAY)


def _day_of(day: int, month: int, year: int, today: date) -> Period:
    """Return a day; without its year (0) the latest that has come."""
    found = date(year or today.year, month, day)
    return _day(found.replace(year=found.year - 1) if not year and found > today else found)


def _day(day: date) -> Period:
    return Period(day, day + DAY, str(day))


def _days(start: date, end: date) -> Period:
    return Period(start, end, f"{start}..{end - DAY}")


def _week_from(monday: date) -> Period:
    year, number, _ = monday.isocalendar()
    return Period(monday, monday + WEEK, f"week {number} {year}")


def _month_from(start: date) -> Period:
    return Period(start, months_on(start, 1), f"{MONTHS[start.month - 1].title()} {start.year}")


def _year_from(year: int) -> Period:
    return Period(date(year, 1, 1), date(year + 1, 1, 1), str(year))


def _first_of(today: date, months: int) -> date:
    """Return the first day of the month, quarter or year."""
    return months_on(today.replace(day=1), -((today.month - 1) % months))


def _month_number(name: str) -> int:
    return next(at for at, month in enumerate(MONTHS, 1) if month.startswith(name[:3]))


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def _weeks_of(year: int) -> int:
    return date(year, 12, 28).isocalendar().week


_MONTH = "|".join(f"{name}|{name[:3]}" for name in MONTHS) + "|sept"
_UNITS = r"days?|weeks?|months?|quarters?|years?"
_NTH = r"(\d{1,2})(?:st|nd|rd|th|\.)?"
WITHOUT_YEAR = re.compile(rf"(?:{_MONTH})|q[1-4]|h[12]")
"""A month, a quarter or a half that leaves its year open."""
NUMERIC_DAY = re.compile(
    r"(?P<first>\d{1,2})(?P<sign>[./-])(?P<second>\d{1,2})(?:(?P=sign)(?P<year>\d{4}|(?<!-)\d{2}))?(?P<dot>\.)?",
    re.ASCII,
)
"""A day in digits; without its year it is written ``1/5`` or ``1.5.``."""
PATTERNS: tuple[tuple[re.Pattern[str], Callable[[re.Match[str], date], Period]], ...] = tuple(
    (re.compile(pattern, re.ASCII), read)
    for pattern, read in (
        (r"(today|yesterday|tomorrow|(?:the )?day before yesterday)", _named_day),
        (rf"(?:(?:the |these |my |our )?(?:last|past|previous) |l)?(\d{{1,4}}) ?({_UNITS}|d)", _last_many),
        (r"(?:the )?(?:next|coming) (\d{1,3}) (days?|weeks?|months?)", _next_many),
        (rf"(\d{{1,4}}) ({_UNITS}) ago|ago (\d{{1,4}}) ({_UNITS})", _ago),
        (r"(?:the )?past (week|month|quarter|year)", _rolling),
        (r"(?:the )?(this|current|last|previous|prior|next|coming|upcoming) (week|weekend|month|quarter|year)s?",
         _relative),
        (r"[wmqy]td|(?:week|month|quarter|year) to date", _to_date),
        (r"(?:week|kw|cw|w) ?(\d{1,2})(?:[ /-](\d{4}))?", _week),
        (r"(q)([1-4])(?:[ /-]?(\d{4}))?", _part_of_year),
        (r"(h)([12])(?:[ /-]?(\d{4}))?", _part_of_year),
        (rf"(?:(last|this) )?({_MONTH})\.?(?:[ -](\d{{4}})| (last|this) year)?", _month),
        (r"(\d{4})-(\d{2})|(\d{1,2})/(\d{4})", _numbered_month),
        (r"(20\d{2})", _year),
        (r"(\d{4})[-/.](\d{2})[-/.](\d{2})", _iso_day),
        (rf"(?:the )?{_NTH}(?: of)? ({_MONTH})\.?(?:,? (\d{{4}}))?|({_MONTH})\.? (?:the )?{_NTH}(?:,? (\d{{4}}))?",
         _day_and_month),
        (rf"(?:(last|previous|this|next|coming|on) )?({'|'.join(WEEKDAYS)})s?", _weekday),
    )
)  # fmt: skip
"""Every way to name one stretch of days; ranges and ``since`` are made of these."""
WORDS = (
    "today yesterday tomorrow day days before last past previous prior this these the current next coming upcoming ago"
    " week weeks weekend month months quarter quarters year years to date wtd mtd qtd ytd kw cw w since starting"
    " from as between and until till through so far now up of on my our - .. sept all time ever beginning start"
)


@cache
def time_words() -> frozenset[str]:
    """Return every English word that the name of a period can hold, beside words with a digit."""
    months = (part for name in MONTHS for part in (name, name[:3]))
    return frozenset((*WORDS.split(), *months, *WEEKDAYS))
