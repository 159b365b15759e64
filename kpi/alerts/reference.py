"""What a window is set against: the same days last week, the median of the last four weeks, a target."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from itertools import islice
from statistics import median, variance
from typing import TYPE_CHECKING

from kpi.alerts.days import Window
from kpi.alerts.rule import Against, Kind

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date

    from kpi.alerts.days import Day, Days

WEEKS = 4
FURTHEST_WEEK = 8
FEWEST_WEEKS = 3
OF_MEDIAN = {1: 1.0, 2: 0.5, 3: 0.449, 4: 0.298}
"""The variance of the median of so many normal values, per variance of one (Hojo, Biometrika 23 (1931) 315-360)."""

OF_MANY = 1.571
"""The same for many, times how many they are."""
FEWEST_PEERS = 4


@dataclass(frozen=True, slots=True)
class Reference:
    """A value per whole, the windows behind it, and how much of the variance of one of them it has."""

    value: float
    windows: tuple[Window, ...] = ()
    between: float = 0.0
    """How far values like it lie apart, as a variance."""

    @property
    def uncertainty(self) -> float:
        """The variance of the value, per variance of one of its windows."""
        count = len(self.windows)
        return OF_MEDIAN.get(count, OF_MANY / count) if count else 0.0


def reference_of(
    against: Against, days: Days, last: date, length: int, kind: Kind, target: float | None
) -> Reference | None:
    """Return what the window of this length that ends on a day is set against; None where it is unknown."""
    match against:
        case Against.NOTHING:
            return None
        case Against.TARGET:
            return None if target is None else Reference(target)
        case Against.LAST_WEEK:
            found = tuple(_windows(days, last, length, kind, 1))
        case _:
            found = tuple(islice(_windows(days, last, length, kind, FURTHEST_WEEK), WEEKS))
            found = found if len(found) >= FEWEST_WEEKS else ()
    return Reference(median(window.value for window in found), found) if found else None


def of_peers(peers: Sequence[Day]) -> Reference | None:
    """Return what comparable broadcasts had at the same age; None where they are too few."""
    if len(peers) < FEWEST_PEERS:
        return None
    windows = tuple(Window((peer,)) for peer in peers)
    values = [window.value for window in windows]
    return Reference(median(values), windows, variance(values))


def _windows(days: Days, last: date, length: int, kind: Kind, weeks: int) -> Iterator[Window]:
    """Yield the windows of the same weekdays before, without days that are left out; a sum needs all its days."""
    for week in range(1, weeks + 1):
        window = days.usual_window(last - timedelta(weeks=week), length)
        if window.exposure and (kind is not Kind.SUM or len(window.days) == length):
            yield window
