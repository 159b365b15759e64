"""When digests are due: one slot for each local date, through both changes of the clocks and moves between zones."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import pytest

from kpi.slots import Rhythm, due_slots, next_slots
from tests.proofs.due_slots import run

MADRID = "Europe/Madrid"


def moments(rhythm: Rhythm, first: str, many: int = 3) -> list[str]:
    slots = next_slots(rhythm, datetime.fromisoformat(first).replace(tzinfo=UTC), many)
    return [f"{slot.day} {slot.at:%m-%dT%H:%M}" for slot in slots]


def test_a_week_later_is_the_same_time_of_day_whatever_the_clocks_did() -> None:
    assert moments(Rhythm(0, time(9), MADRID), "2026-03-17") == [
        "2026-03-23 03-23T08:00",
        "2026-03-30 03-30T07:00",
        "2026-04-06 04-06T07:00",
    ]
    assert moments(Rhythm(0, time(9), MADRID), "2026-10-14", 2) == ["2026-10-19 10-19T07:00", "2026-10-26 10-26T08:00"]


def test_midnight_after_the_clocks_went_forward_is_not_lost() -> None:
    assert moments(Rhythm(0, time(0), MADRID), "2026-03-24", 2) == ["2026-03-30 03-29T22:00", "2026-04-06 04-05T22:00"]


def test_a_time_that_the_clocks_skip_comes_an_hour_later_that_day() -> None:
    assert moments(Rhythm(6, time(2, 30), MADRID), "2026-03-25", 1) == ["2026-03-29 03-29T01:30"]


def test_a_time_that_the_clocks_repeat_is_the_first_of_the_two() -> None:
    assert moments(Rhythm(6, time(2, 30), MADRID), "2026-10-21", 1) == ["2026-10-25 10-25T00:30"]


def test_monthly_is_the_first_such_weekday() -> None:
    assert moments(Rhythm(0, time(9), monthly=True), "2026-11-20") == [
        "2026-12-07 12-07T09:00",
        "2027-01-04 01-04T09:00",
        "2027-02-01 02-01T09:00",
    ]


def test_a_slot_is_due_at_its_very_moment_and_only_once() -> None:
    nine = datetime(2026, 11, 23, 9, tzinfo=UTC)
    second = timedelta(seconds=1)
    assert [slot.day for slot in due_slots(Rhythm(), nine - second, nine)] == [date(2026, 11, 23)]
    assert due_slots(Rhythm(), nine, nine + second) == ()


@pytest.mark.parametrize("zone", ["Pacific/Kiritimati", "Pacific/Pago_Pago", "Asia/Kathmandu", "Australia/Lord_Howe"])
def test_the_date_is_that_of_the_place(zone: str) -> None:
    (slot,) = next_slots(Rhythm(0, time(0, 15), zone), datetime(2026, 11, 20, tzinfo=UTC), 1)
    assert slot.day == date(2026, 11, 23)


def test_a_digest_is_about_the_week_or_month_that_was_over() -> None:
    weekly, monthly = Rhythm().covered(date(2026, 11, 26)), Rhythm(monthly=True).covered(date(2026, 1, 5))
    assert (weekly.start, weekly.end) == (date(2026, 11, 16), date(2026, 11, 23))
    assert (monthly.start, monthly.end, monthly.name) == (date(2025, 12, 1), date(2026, 1, 1), "December 2025")


def test_the_rhythm_reads_like_it_is_typed() -> None:
    assert Rhythm(0, time(9), MADRID).words == "every Monday at 09:00 Europe/Madrid"
    assert Rhythm(4, time(8, 30), monthly=True).words == "monthly on the first Friday at 08:30 UTC"


def test_one_slot_a_date_where_clocks_jump_oddly_and_more_than_apscheduler_fires() -> None:
    zones = (MADRID, "America/Santiago", "Africa/Casablanca", "Australia/Lord_Howe", "Asia/Beirut", "Asia/Manila")
    found = run(zones, datetime(2026, 1, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC))
    assert found.violations == []
    assert found.slots == len(zones) * (5 * 52 + 12)
    assert found.cron.lost > 0
