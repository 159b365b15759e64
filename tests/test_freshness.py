"""A source is late by its own rhythm: learned from its imports, told in moments, without any clock."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from kpi.freshness import Late, Telling, awaited, late

WEEK, HOUR, DAY = timedelta(days=7), timedelta(hours=1), timedelta(days=1)
END = datetime(2026, 11, 23, tzinfo=UTC)
"""A Monday, midnight."""
ENDS = [END - back * WEEK for back in range(8, -1, -1)]
NINE, ELEVEN = END + 9 * HOUR, END + 11 * HOUR


def every_monday(*lags: timedelta, source: str = "shop") -> Telling:
    """Return a source that told the rest of each week so long after its end, the last of them last."""
    moments = tuple(end + lag for end, lag in zip(ENDS[-1 - len(lags) : -1], lags, strict=True))
    return Telling(source, moments[-1], moments)


def test_what_told_the_end_of_the_period_is_not_late() -> None:
    assert late([Telling("shop", END + HOUR, (END - WEEK, END + HOUR))], ENDS) == ()


def test_its_usual_time_is_that_by_which_it_came_three_times_in_four() -> None:
    told = every_monday(20 * HOUR, 8 * HOUR, 9 * HOUR, 10 * HOUR, 30 * HOUR)
    assert late([told], ENDS) == (Late("shop", told.last, END + 10 * HOUR),)


@pytest.mark.parametrize(("usually", "waits"), [(8 * HOUR, True), (10 * HOUR, True), (2 * DAY, False)])
def test_only_what_may_come_in_time_is_waited_for(usually: timedelta, *, waits: bool) -> None:
    found = late([every_monday(*[usually] * 8)], ENDS)
    assert len(found) == 1
    assert bool(awaited(found, ELEVEN, ENDS)) is waits


def test_what_comes_once_a_month_is_not_late_every_week() -> None:
    monthly = Telling("costs", ENDS[4] + HOUR, (ENDS[0] + HOUR, ENDS[4] + HOUR))
    assert late([monthly], ENDS) == ()


def test_a_new_source_is_waited_for_without_a_rhythm() -> None:
    new = Telling("shop", END - DAY, (END - DAY,))
    assert late([new], ENDS) == (Late("shop", END - DAY),)
    assert awaited(late([new], ENDS), ELEVEN, ENDS)


def test_what_fell_silent_is_named_and_not_waited_for() -> None:
    silent = every_monday(*[8 * HOUR] * 8)
    silent = Telling("shop", silent.imports[5], silent.imports[:6])
    assert late([silent], ENDS)
    assert awaited(late([silent], ENDS), ELEVEN, ENDS) == ()


def test_a_live_source_may_have_nothing_to_tell_for_a_day() -> None:
    assert late([Telling("whatsapp", END - 20 * HOUR, is_live=True)], ENDS) == ()
    assert late([Telling("whatsapp", END - 30 * HOUR, is_live=True)], ENDS)
