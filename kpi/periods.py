"""Days, weeks and months as people name them; half-open, in the team's time zone."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from kpi.errors import UnknownPeriod

if TYPE_CHECKING:
    from collections.abc import Callable

DAY = timedelta(days=1)
WEEK = timedelta(days=7)
MONTHS = ("january", "february", "march", "april", "may", "june", "july", "august", "september", "october",
          "november", "december")  # fmt: skip
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
EARLIEST, LATEST = 1980, 2199
LONGEST_WORDS = 3
"""Words in the longest name of a period: ``last 28 days``."""


@dataclass(frozen=True, slots=True)
class Period:
    """The days from ``start`` up to, not including, ``end``, and what people call them."""

    start: date
    end: date
    name: str

    @property
    def length(self) -> int:
        """Return the number of days."""
        return (self.end - self.start).days

    def before(self) -> Period:
        """Return the period just before: the month before a month, else as many days."""
        if self.start.day == 1 and self.end.day == 1:
            months = (self.end.year - self.start.year) * 12 + self.end.month - self.start.month
            return Period(_months_on(self.start, -months), self.start, f"the {_called(months)} before")
        weeks, odd_days = divmod(self.length, 7)
        days = f"the {self.length} days before" if odd_days or self.start.weekday() else f"the {weeks} weeks before"
        name = {1: "the day before", 7: "the week before"}.get(self.length, days)
        return Period(self.start - (self.end - self.start), self.start, name)

    def until(self, today: date) -> Period:
        """Return the part that is over: a period still running ends yesterday."""
        return Period(self.start, min(self.end, max(today, self.start + DAY)), self.name)

    def is_running(self, today: date) -> bool:
        """Tell whether its last day is not over yet."""
        return self.start <= today < self.end

    def days(self) -> tuple[date, ...]:
        """Return every day."""
        return tuple(self.start + timedelta(days=offset) for offset in range(self.length))


def period_of(words: str, today: date) -> Period:
    """Read a period such as ``last week``, ``may``, ``q2``, ``week 46``, ``2026-05-01..2026-05-14``.

    Raise UnknownPeriod where it is none, and where it lies wholly in no calendar.
    """
    said = " ".join(words.lower().replace("…", "..").split())
    for pattern, read in PATTERNS:
        if match := re.fullmatch(pattern, said):
            return _checked(read, match, today, words)
    raise UnknownPeriod(
        f"I cannot read the period '{words}'.",
        "Try 'last week', 'last 28 days', 'may', '2026-05', 'q2', 'week 46' or '2026-05-01..2026-05-14'.",
    )


def _checked(read: Callable[[re.Match[str], date], Period], match: re.Match[str], today: date, words: str) -> Period:
    try:
        period = read(match, today)
    except (ValueError, OverflowError):
        raise UnknownPeriod(f"'{words}' names a day that does not exist.", "Days are written 2026-05-31.") from None
    if period.start.year < EARLIEST or period.end.year > LATEST:
        raise UnknownPeriod(f"'{words}' is too far away.", f"Years run from {EARLIEST} to {LATEST}.")
    if period.end <= period.start:
        raise UnknownPeriod(f"'{words}' ends before it begins.", "The earlier day comes first.")
    return period


def last_days(count: int, today: date) -> Period:
    """Return the last complete days, up to yesterday."""
    return Period(today - timedelta(days=count), today, f"last {count} days" if count > 1 else "yesterday")


def _named_day(match: re.Match[str], today: date) -> Period:
    start = today if match[0] == "today" else today - DAY
    return Period(start, start + DAY, match[0])


def _last_many(match: re.Match[str], today: date) -> Period:
    count = int(match[1])
    if match[2].startswith("week"):
        monday = _monday(today)
        return Period(monday - count * WEEK, monday, f"last {count} weeks")
    if match[2].startswith("month"):
        first = today.replace(day=1)
        return Period(_months_on(first, -count), first, f"last {count} months")
    return last_days(count, today)


def _relative(match: re.Match[str], today: date) -> Period:
    back = 0 if match[1] == "this" else 1
    name = f"{'this' if not back else 'last'} {match[2]}"
    match match[2]:
        case "week":
            start = _monday(today) - back * WEEK
            return Period(start, start + WEEK, name)
        case "month":
            start = _months_on(today.replace(day=1), -back)
            return Period(start, _months_on(start, 1), name)
        case "quarter":
            start = _months_on(today.replace(month=(today.month - 1) // 3 * 3 + 1, day=1), -3 * back)
            return Period(start, _months_on(start, 3), name)
        case _:
            return Period(date(today.year - back, 1, 1), date(today.year - back + 1, 1, 1), name)


def _week(match: re.Match[str], today: date) -> Period:
    number, this_year = int(match[1]), today.isocalendar().year
    if match[2]:
        start = date.fromisocalendar(int(match[2]), number, 1)
    else:  # the latest that has begun; not every year has a week 53
        years = [year for year in (this_year, this_year - 1) if number <= _weeks_of(year)]
        start = max(monday for year in years if (monday := date.fromisocalendar(year, number, 1)) <= today)
    return Period(start, start + WEEK, f"week {number} {start.isocalendar().year}")


def _quarter(match: re.Match[str], today: date) -> Period:
    start = date(int(match[2] or today.year), int(match[1]) * 3 - 2, 1)
    if not match[2] and start > today:
        start = start.replace(year=today.year - 1)
    return Period(start, _months_on(start, 3), f"Q{match[1]} {start.year}")


def _month(match: re.Match[str], today: date) -> Period:
    number = next(at for at, name in enumerate(MONTHS, 1) if name.startswith(match[1][:3]))
    start = date(int(match[2] or today.year), number, 1)
    if not match[2] and start > today:
        start = start.replace(year=today.year - 1)
    return Period(start, _months_on(start, 1), f"{MONTHS[number - 1].title()} {start.year}")


def _month_number(match: re.Match[str], _today: date) -> Period:
    start = date(int(match[1]), int(match[2]), 1)
    return Period(start, _months_on(start, 1), f"{MONTHS[start.month - 1].title()} {start.year}")


def _year(match: re.Match[str], _today: date) -> Period:
    return Period(date(int(match[1]), 1, 1), date(int(match[1]) + 1, 1, 1), match[1])


def _one_day(match: re.Match[str], _today: date) -> Period:
    start = date.fromisoformat(match[0])
    return Period(start, start + DAY, match[0])


def _range(match: re.Match[str], _today: date) -> Period:
    first, last = date.fromisoformat(match[1]), date.fromisoformat(match[2])
    return Period(first, last + DAY, f"{match[1]}..{match[2]}")


def _since(match: re.Match[str], today: date) -> Period:
    word = match[1]
    if word in WEEKDAYS:
        back = (today.weekday() - WEEKDAYS.index(word)) % 7
        start = today - timedelta(days=back)
    else:
        start = period_of(word, today).start
    return Period(start, today + DAY, match[0])


_MONTH = "|".join(f"{name}|{name[:3]}" for name in MONTHS) + "|sept"
_DATE = r"\d{4}-\d{2}-\d{2}"

PATTERNS: tuple[tuple[str, Callable[[re.Match[str], date], Period]], ...] = (
    (r"today|yesterday", _named_day),
    (r"(?:the )?(?:last|past) (\d{1,4}) (days?|weeks?|months?)", _last_many),
    (r"(?:the )?(this|last|previous) (week|month|quarter|year)", _relative),
    (r"(?:week|kw|cw|w) ?(\d{1,2})(?:[ /-](\d{4}))?", _week),
    (r"q([1-4])(?:[ /-]?(\d{4}))?", _quarter),
    (rf"({_MONTH})(?:[ -](\d{{4}}))?", _month),
    (r"(\d{4})-(\d{2})", _month_number),
    (r"(20\d{2})", _year),
    (_DATE, _one_day),
    (rf"({_DATE}) ?(?:\.\.\.?|–|—| to | until ) ?({_DATE})", _range),
    (rf"since ({'|'.join(WEEKDAYS)}|{_DATE}|{_MONTH})", _since),
)


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def _weeks_of(year: int) -> int:
    return date(year, 12, 28).isocalendar().week


def _months_on(first: date, months: int) -> date:
    count = first.year * 12 + first.month - 1 + months
    return date(count // 12, count % 12 + 1, 1)


def _called(months: int) -> str:
    return {1: "month", 3: "quarter", 12: "year"}.get(months, f"{months} months")
