"""The ledger keeps of every slot how far its message has come, for any number of workers, on both databases."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING

import pytest

from kpi.slots import Rhythm
from kpi.storage import ledger
from kpi.storage.ledger import EXPIRED, HELD, PLANNED, READY, SENT, UNDER_WAY, LostClaimError
from kpi.storage.schedules import OFF, STOPPED, Schedule, alter, keep, schedule_called, schedules

if TYPE_CHECKING:
    from kpi.storage.database import Database
    from kpi.storage.ledger import Entry

FRIDAY = datetime(2026, 11, 20, 9, tzinfo=UTC)
MONDAY = datetime(2026, 11, 23, 8, tzinfo=UTC)
"""Nine o'clock in Berlin."""
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
BERLIN = Rhythm(0, time(9), "Europe/Berlin")
WEEKLY = Schedule("C0MARKET01", "U0ADA00001", BERLIN, FRIDAY)


def kept(database: Database, *wanted: Schedule) -> None:
    for one in wanted:
        database.written("local", lambda db, one=one: keep(db, one))  # type: ignore[misc]


def planned(database: Database, now: datetime, ahead: timedelta = timedelta()) -> None:
    database.written("local", lambda db: ledger.plan(db, now + ahead, now))


def claimed(database: Database, now: datetime, lease: timedelta = MINUTE) -> Entry | None:
    return database.written("local", lambda db: ledger.claim(db, now, now + lease))


def moved(database: Database, entry: Entry, state: str, **changes: object) -> Entry:
    return database.written("local", lambda db: ledger.move(db, entry, state, **changes))


def states(database: Database) -> dict[str, str]:
    with database.reading("local") as db:
        return {str(one.slot): one.state for one in ledger.entries(db)}


def test_a_schedule_is_kept_as_it_was_given(database: Database) -> None:
    monthly = replace(WEEKLY, rhythm=replace(BERLIN, monthly=True, at=time(23, 59)), scope="in DE", id="")
    kept(database, WEEKLY, monthly)
    with database.reading("local") as db:
        assert set(schedules(db)) == {WEEKLY, monthly}
        assert schedule_called(db, WEEKLY.id) == WEEKLY
        assert schedules(db, OFF) == ()
    with database.reading("other") as db:
        assert schedules(db) == ()


def test_asked_for_again_at_another_time_it_is_the_same_schedule(database: Database) -> None:
    kept(database, WEEKLY, replace(WEEKLY, rhythm=replace(BERLIN, at=time(10)), id=""))
    with database.reading("local") as db:
        assert [one.rhythm.at for one in schedules(db)] == [time(10)]


def test_a_slot_is_entered_when_it_is_due_and_only_once(database: Database) -> None:
    kept(database, WEEKLY)
    planned(database, MONDAY - MINUTE)
    assert states(database) == {}
    for _ in range(3):
        planned(database, MONDAY)
    assert states(database) == {"2026-11-23": PLANNED}
    planned(database, MONDAY - DAY)  # a clock that went back
    assert states(database) == {"2026-11-23": PLANNED}


def test_a_slot_is_entered_ahead_so_that_its_pictures_are_there_at_its_hour(database: Database) -> None:
    kept(database, WEEKLY)
    planned(database, MONDAY - 9 * MINUTE, ahead=10 * MINUTE)
    entry = claimed(database, MONDAY - 9 * MINUTE)
    assert entry
    assert (entry.state, entry.due_at) == (PLANNED, MONDAY)
    moved(database, entry, READY, next_at=entry.due_at)
    assert claimed(database, MONDAY - MINUTE) is None
    assert claimed(database, MONDAY)


def test_after_three_weeks_of_downtime_only_the_newest_is_posted(database: Database) -> None:
    kept(database, WEEKLY)
    planned(database, MONDAY + 21 * DAY)
    assert states(database) == {
        "2026-12-14": PLANNED,
        "2026-12-07": EXPIRED,
        "2026-11-30": EXPIRED,
        "2026-11-23": EXPIRED,
    }


def test_what_is_nearly_a_week_late_is_not_posted_any_more(database: Database) -> None:
    kept(database, WEEKLY)
    planned(database, MONDAY + 6 * DAY + MINUTE)
    assert states(database) == {"2026-11-23": EXPIRED}


def test_a_move_to_another_zone_on_the_day_makes_no_second_digest(database: Database) -> None:
    kept(database, WEEKLY)
    planned(database, MONDAY)
    kept(database, replace(WEEKLY, rhythm=replace(BERLIN, zone="America/New_York"), planned_until=MONDAY + MINUTE))
    planned(database, MONDAY + DAY)
    assert states(database) == {"2026-11-23": PLANNED}


@pytest.mark.parametrize("state", [OFF, STOPPED])
def test_nothing_is_entered_for_a_schedule_that_is_not_on(database: Database, state: str) -> None:
    kept(database, replace(WEEKLY, state=state))
    planned(database, MONDAY)
    assert states(database) == {}


def test_an_entry_is_claimed_by_one_of_many(database: Database) -> None:
    kept(database, *(replace(WEEKLY, channel=f"C{number}", id="") for number in range(30)))
    planned(database, MONDAY)

    def work(_: int) -> list[str]:
        found = []
        while entry := claimed(database, MONDAY):
            found.append(entry.channel)
        return found

    with ThreadPoolExecutor(5) as threads:
        taken = [channel for part in threads.map(work, range(5)) for channel in part]
    assert sorted(taken) == sorted(f"C{number}" for number in range(30))


def test_a_claim_runs_out_and_the_first_claimant_can_write_no_more(database: Database) -> None:
    kept(database, WEEKLY)
    planned(database, MONDAY)
    first = claimed(database, MONDAY)
    assert first
    assert claimed(database, MONDAY + MINUTE / 2) is None
    second = claimed(database, MONDAY + MINUTE)
    assert second
    with pytest.raises(LostClaimError):
        moved(database, first, READY)
    moved(database, second, READY, next_at=MONDAY)
    assert states(database) == {"2026-11-23": READY}


def test_what_is_on_its_way_is_looked_at_again_later_and_what_is_done_never(database: Database) -> None:
    kept(database, WEEKLY)
    planned(database, MONDAY)
    entry = claimed(database, MONDAY)
    assert entry
    on_its_way = moved(database, entry, UNDER_WAY, posting_at=MONDAY, next_at=MONDAY + 2 * MINUTE)
    assert claimed(database, MONDAY + MINUTE) is None
    found = claimed(database, MONDAY + 2 * MINUTE)
    assert found
    assert (found.state, found.posting_at, found.delivery) == (UNDER_WAY, MONDAY, on_its_way.delivery)
    for state in (SENT, HELD):
        found = moved(database, found, state, ts="1.2")
        assert claimed(database, MONDAY + DAY) is None


def test_a_withdrawn_entry_is_gone_and_its_claimant_notices(database: Database) -> None:
    kept(database, WEEKLY)
    planned(database, MONDAY)
    entry = claimed(database, MONDAY)
    assert entry
    database.written("local", lambda db: ledger.withdraw(db, WEEKLY.id))
    with pytest.raises(LostClaimError):
        moved(database, entry, READY)
    database.written("local", lambda db: alter(db, WEEKLY, planned_until=MONDAY - MINUTE))
    planned(database, MONDAY)
    assert states(database) == {"2026-11-23": PLANNED}


def test_a_channel_that_slack_slows_down_waits_and_others_do_not(database: Database) -> None:
    other = replace(WEEKLY, channel="C0OTHER001", id="")
    kept(database, WEEKLY, other)
    planned(database, MONDAY)
    for _ in range(2):
        entry = claimed(database, MONDAY)
        assert entry
        moved(database, entry, READY, next_at=MONDAY)
    database.written("local", lambda db: ledger.pause(db, WEEKLY.channel, MONDAY + MINUTE))
    first = claimed(database, MONDAY)
    assert first
    assert first.channel == other.channel
    assert claimed(database, MONDAY) is None


def test_the_database_tells_the_time(database: Database) -> None:
    assert abs(database.now() - datetime.now(UTC)) < MINUTE
