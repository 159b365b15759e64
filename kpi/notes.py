"""Notes about days: what happened then, said in answers, drawn on charts, and left out of baselines where asked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Protocol

from kpi.names import slug_of
from kpi.periods import DAY, Period

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from kpi.wording import Words

MOST_TOLD = 3
NOVEMBER, THURSDAY = 11, 3


class Days(Protocol):
    """Days in a row: a period, a step of one, a note."""

    @property
    def start(self) -> date:
        """The first day."""

    @property
    def end(self) -> date:
        """The day after the last."""


@dataclass(frozen=True, slots=True)
class DayNote:
    """What was noted about the days from ``start`` up to, not including, ``end``."""

    name: str
    start: date
    end: date
    leave_out: bool = False
    by: str = ""
    """Who noted it; '' where nobody had to."""

    @property
    def key(self) -> str:
        """Its name, spelled for matching."""
        return slug_of(self.name)

    def meets(self, period: Days) -> bool:
        """Tell whether a day of it lies among others."""
        return self.start < period.end and period.start < self.end

    def days_in(self, period: Days) -> Iterator[date]:
        """Yield its days that lie in a period."""
        return (day for day in Period(self.start, self.end, "").days() if period.start <= day < period.end)


def of_the_calendar(year: int) -> tuple[DayNote, ...]:
    """Return the days that everybody in retail knows: the Friday after the fourth Thursday of November, and Monday."""
    first = date(year, NOVEMBER, 1)
    friday = first + timedelta(days=(THURSDAY - first.weekday()) % 7 + 22)
    monday = friday + 3 * DAY
    return DayNote("Black Friday", friday, friday + DAY), DayNote("Cyber Monday", monday, monday + DAY)


FROM_THE_START = {note.key: note.name for note in of_the_calendar(2000)}


def told(notes: Collection[DayNote], words: Words) -> str:
    """Say what was noted, such as ``27–30 Nov: Black Friday.``; with the year where there are several."""
    years = len({one.start.year for one in notes}) > 1
    lines = tuple(f"{words.days(one.start, one.end, year=years)}: {one.name}" for one in notes)
    more = f"; and {len(lines) - MOST_TOLD} more" if len(lines) > MOST_TOLD else ""
    return f"{'; '.join(lines[:MOST_TOLD])}{more}." if lines else ""
