"""A stretch of days, half-open, in the team's time zone; ``kpi.reading.period_words`` reads how people name one."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta

DAY = timedelta(days=1)
WEEK = timedelta(days=7)
MONTHS = ("january", "february", "march", "april", "may", "june", "july", "august", "september", "october",
          "november", "december")  # fmt: skip
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
FIXED = re.compile(r"(?:[A-Z][a-z]{2,8} |week \d+ |Q\d )?\d{4}|\d{4}-\d\d-\d\d(?:\.\.\d{4}-\d\d-\d\d)?")
"""Names that mean the same days whenever they are read, as ``last week`` does not."""


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

    @property
    def typed(self) -> str:
        """Return words that mean just these days, today and later."""
        if FIXED.fullmatch(self.name):
            return self.name.lower()
        return f"{self.start}..{self.end - DAY}" if self.length > 1 else f"{self.start}"

    def before(self) -> Period:
        """Return the period just before: the month before a month, else as many days."""
        if self.start.day == 1 and self.end.day == 1:
            months = (self.end.year - self.start.year) * 12 + self.end.month - self.start.month
            return Period(months_on(self.start, -months), self.start, f"the {_called(months)} before")
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


def last_days(count: int, today: date) -> Period:
    """Return the last complete days, up to yesterday."""
    return Period(today - timedelta(days=count), today, f"last {count} days" if count > 1 else "yesterday")


def months_on(first: date, months: int) -> date:
    """Return the first day of the month that lies so many months later."""
    count = first.year * 12 + first.month - 1 + months
    return date(count // 12, count % 12 + 1, 1)


def _called(months: int) -> str:
    return {1: "month", 3: "quarter", 12: "year"}.get(months, f"{months} months")
