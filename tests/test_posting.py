"""Digests reach their channel exactly once, whatever dies or fails on the way; their owner hears of what cannot."""

from __future__ import annotations

import json
import random
import threading
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import pytest

from bot.digests.sentences import waiting as sentences
from bot.doctor import _digests
from bot.local_slack import LocalSlack
from bot.local_slack.world import EVE, GUS
from bot.message_text import as_text
from bot.posting.patience import Patience
from bot.posting.steps import Poster
from kpi.slots import Rhythm
from kpi.storage.access import open_channel
from kpi.storage.ledger import DIGEST, EXPIRED, FAILED, HELD, PLANNED, READY, SENT, UNCERTAIN, UNDER_WAY
from kpi.storage.schedules import OFF, ON, STOPPED, UNCONFIRMED
from kpi.storage.workspaces import change_settings
from tests.asking import imported
from tests.one_drawing import one_drawing
from tests.posting_world import DAY, MINUTE, MONDAY, RESULTS, WEEKLY, Desk, desk_with
from tests.slack_world import ADA, BEN, MARKETING, buttons_of, only, pictures_in

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from kpi.storage.database import Database

AUTUMN = "autumn,2026-11-16,500,480,300,20,3,"
"""A line of the results, up to its revenue."""
DECEMBER = datetime(2026, 12, 2, tzinfo=UTC)
LATER = 5 * MINUTE
"""Longer than any lease and any doubt."""


@pytest.fixture
def desk(sqlite_database: Database) -> Iterator[Desk]:
    with desk_over(sqlite_database) as found:
        yield found


@pytest.fixture
def each_desk(database: Database) -> Iterator[Desk]:
    """Return a desk over each kind of database."""
    with desk_over(database) as found:
        yield found


@contextmanager
def desk_over(database: Database) -> Iterator[Desk]:
    with LocalSlack() as slack:
        slack.pace.burst = 1000
        found = desk_with(database, slack, one_drawing())
        imported(database, RESULTS, now=MONDAY - timedelta(hours=1))
        database.written("local", lambda db: open_channel(db, MARKETING, ADA, found.now))
        found.has(WEEKLY)
        yield found


class KilledError(BaseException):
    """The process is gone: nothing of it runs any more."""


def dying(name: str, *, after: bool) -> type[Poster]:
    """Return hands that die before or after one of their steps."""

    def step(self: Poster, *arguments: Any) -> Any:  # noqa: ANN401  as the step
        if not after:
            raise KilledError
        getattr(Poster, name)(self, *arguments)
        raise KilledError

    return type("Dying", (Poster,), {name: step})


ARROWS = ("claim", "prepare", "upload", "keep", "post", "intend", "send", "record")


def test_a_digest_is_posted_at_its_hour_with_its_picture_and_only_once(each_desk: Desk) -> None:
    desk = each_desk
    assert desk.works_at(MONDAY - 10 * MINUTE) == 1
    assert desk.states() == {"digest": READY}
    assert desk.posts() == []
    for _ in range(3):
        desk.works_at(MONDAY)
    posted = only(desk.posts())
    assert "16–22 Nov 2026" in as_text(posted)
    assert pictures_in(posted.blocks)
    assert posted.metadata == {
        "event_type": "kpi_digest",
        "event_payload": {"delivery": desk.entries()[0].delivery},
    }
    assert [(one.state, one.ts, one.tries) for one in desk.entries() if one.kind == DIGEST] == [(SENT, posted.ts, 1)]
    desk.works_at(MONDAY + 7 * DAY)
    assert len(desk.posts()) == 2


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("arrow", ARROWS)
def test_a_worker_may_die_at_every_step(desk: Desk, arrow: str, *, after: bool) -> None:
    with pytest.raises(KilledError):
        desk.works(desk.poster(dying(arrow, after=after)))
    desk.works()
    desk.works_at(MONDAY + LATER)
    desk.works_at(MONDAY + 2 * LATER)
    assert (len(desk.posts()), len(desk.replies())) == (1, 1)
    assert desk.states() == {"digest": SENT, "thread: digest": SENT}


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("arrow", ["claim", "post", "intend", "send", "record"])
def test_a_worker_may_die_between_a_digest_and_its_thread(desk: Desk, arrow: str, *, after: bool) -> None:
    with_its_digest_posted(desk)
    with pytest.raises(KilledError):
        desk.works(desk.poster(dying(arrow, after=after)))
    for minutes in (5, 10):
        desk.works_at(MONDAY + minutes * MINUTE)
    assert [one.parent_ts for one in desk.replies()] == [only(desk.posts()).ts]
    assert desk.states() == {"digest": SENT, "thread: digest": SENT}


def test_details_and_the_charts_of_the_campaigns_stand_in_the_thread(desk: Desk) -> None:
    desk.works()
    thread = only(desk.replies())
    assert thread.parent_ts == only(desk.posts()).ts
    assert "Week 47 in detail" in thread.text
    assert len(pictures_in(thread.blocks)) == 2


def test_the_next_digest_opens_with_what_has_changed_since_the_last(desk: Desk) -> None:
    desk.works()
    imported(
        desk.parts.database,
        RESULTS.replace(AUTUMN + "90", AUTUMN + "590"),
    )
    desk.works_at(MONDAY + 7 * DAY)
    said = as_text(desk.posts()[-1])
    assert said.startswith(
        "Week 47 has changed since its report: €4,050 of revenue reported, €4,550 now: orders €500 more.\n"
    )


def test_what_has_hardly_changed_since_is_not_mentioned(desk: Desk) -> None:
    desk.works()
    imported(
        desk.parts.database,
        RESULTS.replace(AUTUMN + "90", AUTUMN + "95"),
    )
    desk.works_at(MONDAY + 7 * DAY)
    assert "since its report" not in as_text(desk.posts()[-1])


def has_november(desk: Desk) -> None:
    """Let the source tell something in December, so that nothing has to be waited for."""
    row = "autumn,2026-12-01,500,480,300,20,3,90,30\n"
    imported(desk.parts.database, RESULTS + row, now=DECEMBER, today=DECEMBER.date())


def test_a_month_brings_its_page_to_print(desk: Desk) -> None:
    desk.has(replace(WEEKLY, state=OFF), replace(WEEKLY, rhythm=replace(WEEKLY.rhythm, monthly=True), id=""))
    has_november(desk)
    desk.works_at(datetime(2026, 12, 7, 9, tzinfo=UTC))
    _, page = desk.replies()
    assert page.parent_ts == only(desk.posts()).ts
    assert "On one page, to print or to forward: " in page.text
    printed = desk.slack.files[only(page.files)]
    assert (printed.name, printed.channels) == ("WhatsApp in November 2026.pdf", [MARKETING])
    assert printed.bytes.startswith(b"%PDF")


def test_without_its_page_a_month_says_so_in_its_thread(desk: Desk) -> None:
    desk.has(replace(WEEKLY, state=OFF), replace(WEEKLY, rhythm=replace(WEEKLY.rhythm, monthly=True), id=""))
    has_november(desk)
    desk.slack.take_scope_away("files:write")
    for minute in range(2):
        desk.works_at(datetime(2026, 12, 7, 9, minute, tzinfo=UTC))
    assert "The page to print is missing" in as_text(only(desk.replies()))


def with_its_digest_posted(desk: Desk) -> None:
    """Let a digest be posted, and nothing more."""
    poster = desk.poster()
    poster.plan()
    for _ in range(2):
        entry = poster.claim()
        assert entry
        poster.advance(entry)
    assert desk.states() == {"digest": SENT, "thread: digest": READY}


def test_where_nobody_can_tell_about_a_thread_its_owner_is_asked(desk: Desk) -> None:
    with_its_digest_posted(desk)
    desk.slack.take_scope_away("channels:history")
    desk.slack.fail("chat.postMessage", status=503, after_accepting=True)
    for minutes in (0, 5):
        desk.works_at(MONDAY + minutes * MINUTE)
    assert len(desk.replies()) == 1
    assert desk.states() == {"digest": SENT, "thread: digest": HELD, "held-1: thread: digest": SENT}
    assert "whether it took the details in the thread under the digest of 2026-11-23" in only(desk.notes())


def test_a_thread_that_slack_refuses_stops_no_digest(desk: Desk) -> None:
    with_its_digest_posted(desk)
    desk.slack.fail("chat.postMessage", "restricted_action")
    desk.works()
    assert desk.states() == {"digest": SENT, "thread: digest": FAILED}
    assert (desk.notes(), desk.schedule().state) == ([], ON)


@pytest.mark.parametrize("arrow", ["send", "record"])
def test_without_the_history_a_person_decides_after_a_death(desk: Desk, arrow: str) -> None:
    desk.slack.take_scope_away("channels:history")
    with pytest.raises(KilledError):
        desk.works(desk.poster(dying(arrow, after=False)))
    desk.works_at(MONDAY + LATER)
    desk.works_at(MONDAY + 2 * LATER)
    assert len(desk.posts()) == (arrow == "record")
    assert desk.states() == {"digest": HELD, "held-1: digest": SENT}
    assert buttons_of(only(desk.posts("ada"))) == ["Not there: post it", "It is there"]


FAULTS: dict[str, tuple[str, dict[str, Any], str]] = {
    "too many requests": ("ratelimited", {"retry_after": 7, "times": 2}, READY),
    "a fault before accepting": ("", {"status": 503}, UNCERTAIN),
    "a fault after accepting": ("", {"status": 500, "after_accepting": True}, UNCERTAIN),
    "perhaps done": ("fatal_error", {"after_accepting": True}, UNCERTAIN),
    "a cut connection": ("", {"reset": True}, UNCERTAIN),
    "a connection cut after accepting": ("", {"reset": True, "after_accepting": True}, UNCERTAIN),
    "no answer, but accepted": ("", {"hang": 3, "after_accepting": True}, UNCERTAIN),
    "accepted late": ("", {"hang": 3}, UNCERTAIN),
}


@pytest.mark.parametrize("case", FAULTS)
def test_a_fault_makes_no_second_digest_and_loses_none(each_desk: Desk, case: str) -> None:
    desk = each_desk
    error, how, state = FAULTS[case]
    desk.slack.fail("chat.postMessage", error, **how)
    desk.parts.client.timeout = 2 if "hang" in how else 30
    desk.works()
    assert desk.states() == {"digest": state}
    if "hang" in how:
        desk.slack.wait_for(desk.posts)
    for minutes in (1, 2, 3, 9):
        desk.works_at(MONDAY + minutes * MINUTE)
    assert (len(desk.posts()), len(desk.replies())) == (1, 1)
    assert desk.states() == {"digest": SENT, "thread: digest": SENT}


def test_slack_is_left_alone_for_as_long_as_it_asks(desk: Desk) -> None:
    desk.slack.fail("chat.postMessage", "ratelimited", retry_after=90)
    desk.works()
    desk.works_at(MONDAY + timedelta(seconds=89))
    assert desk.posts() == []
    desk.works_at(MONDAY + timedelta(seconds=90))
    assert len(desk.posts()) == 1


def test_when_slack_cannot_be_reached_it_is_tried_again(desk: Desk) -> None:
    desk.works_at(MONDAY - 5 * MINUTE)
    desk.slack.stop()
    desk.works_at(MONDAY)
    assert desk.states() == {"digest": READY}
    assert "URLError" in desk.entries()[0].error
    assert desk.entries()[0].next_at > MONDAY


@pytest.mark.parametrize("error", ["channel_not_found", "is_archived", "not_in_channel", "restricted_action"])
def test_an_error_that_does_not_pass_stops_the_schedule_and_tells_its_owner_once(desk: Desk, error: str) -> None:
    desk.slack.fail("chat.postMessage", error)
    for days in range(0, 21, 7):
        desk.works_at(MONDAY + days * DAY)
    assert desk.posts() == []
    assert desk.schedule().state == STOPPED
    assert desk.states() == {"digest": FAILED, "stopped: digest": SENT}
    assert error in only(desk.notes())


def test_an_archived_channel_is_noticed_before_posting(desk: Desk) -> None:
    desk.slack.world.channel(MARKETING).is_archived = True
    desk.works()
    assert "The channel is archived." in only(desk.notes())
    assert desk.slack.calls[-1].method == "chat.postMessage"
    assert desk.schedule().state == STOPPED


def test_a_revoked_token_is_waited_for(desk: Desk) -> None:
    token, desk.slack.token = desk.slack.token, "xoxb-another"
    desk.works()
    desk.works_at(MONDAY + DAY)
    assert desk.states()["digest"] in {PLANNED, READY}
    desk.slack.token = token
    desk.works_at(MONDAY + DAY + MINUTE)
    assert "Late: this was due on 23 Nov 2026 at 09:00." in as_text(only(desk.posts()))


def test_after_three_weeks_only_the_newest_comes_and_says_which_did_not(desk: Desk) -> None:
    desk.works_at(MONDAY + 21 * DAY + 60 * MINUTE)
    posted = only(desk.posts())
    assert "Week 50" in as_text(posted)
    assert "Late: this was due on 14 Dec 2026" in as_text(posted)
    assert "the digest of 23 Nov 2026, 30 Nov 2026 and 7 Dec 2026" in as_text(posted)


def test_what_became_too_late_on_its_way_is_not_posted(desk: Desk) -> None:
    desk.works_at(MONDAY - MINUTE)
    desk.works_at(MONDAY + 6 * DAY + MINUTE)
    assert desk.posts() == []
    assert desk.states() == {"digest": EXPIRED}


def test_a_digest_that_was_turned_off_meanwhile_does_not_come(desk: Desk) -> None:
    desk.works_at(MONDAY - MINUTE)
    desk.has(replace(WEEKLY, state=OFF))
    desk.works_at(MONDAY)
    assert desk.posts() == []
    assert desk.states() == {}


def becomes_shared(desk: Desk) -> None:
    desk.slack.world.channel(MARKETING).is_ext_shared = True


def gains_a_guest(desk: Desk) -> None:
    desk.slack.world.channel(MARKETING).members.append(GUS)


def gains_a_stranger(desk: Desk) -> None:
    desk.slack.world.channel(MARKETING).members.append(EVE)


def becomes_public(desk: Desk) -> None:
    desk.has(replace(WEEKLY, exposure="private"))


@pytest.mark.parametrize("change", [becomes_shared, gains_a_guest, gains_a_stranger, becomes_public])
def test_where_more_people_read_along_it_waits_until_confirmed(desk: Desk, change: Callable[[Desk], None]) -> None:
    change(desk)
    for days in (0, 7):
        desk.works_at(MONDAY + days * DAY)
    assert desk.posts() == []
    assert desk.schedule().state == UNCONFIRMED
    assert [one.state for one in desk.entries() if one.kind == DIGEST] == [HELD, HELD]
    assert len(desk.notes()) == 1
    assert buttons_of(only(desk.posts("ada"))) == ["Post it there all the same"]


def test_a_digest_whose_owner_has_left_passes_on_with_one_note(desk: Desk) -> None:
    desk.has(replace(WEEKLY, owner=BEN))
    desk.slack.world.person(BEN).deleted = True
    for days in (0, 7):
        desk.works_at(MONDAY + days * DAY)
    assert len(desk.posts()) == 2
    assert desk.schedule().owner == ADA
    assert "A digest is yours now" in only(desk.notes())


def test_a_digest_to_a_person_stops_when_they_leave(desk: Desk) -> None:
    personal = replace(WEEKLY, channel="D0BEN00001", person=BEN, id="")
    desk.has(replace(WEEKLY, state=OFF), personal)
    desk.works()
    assert "16–22 Nov 2026" in only(desk.notes("ben"))
    desk.slack.world.person(BEN).deleted = True
    desk.works_at(MONDAY + 7 * DAY)
    assert "has left, or is a guest now" in only(desk.notes())


def test_blocks_that_slack_refuses_make_way_for_plainer_ones(desk: Desk) -> None:
    desk.slack.not_rolled_out.add("table")
    desk.works()
    posted = only(desk.posts())
    assert pictures_in(posted.blocks)
    assert "Spring" in as_text(posted) or "spring" in as_text(posted)


def test_without_its_chart_a_digest_still_comes(desk: Desk) -> None:
    desk.slack.take_scope_away("files:write")
    desk.works()
    desk.works_at(MONDAY + MINUTE)
    assert "The chart is missing" in as_text(only(desk.posts()))


def test_a_channel_gets_one_message_a_second(desk: Desk) -> None:
    desk.has(*(replace(WEEKLY, scope=" " * (more + 1), id="") for more in range(3)), replace(WEEKLY, state=OFF))
    moments: list[datetime] = []
    for tenth in range(70):
        desk.now = MONDAY + timedelta(seconds=tenth / 10)
        desk.works(desk.poster(patience=Patience()))
        moments += [desk.now] * (len(desk.posts()) + len(desk.replies()) - len(moments))
    gaps = [late - early for early, late in pairwise(moments)]
    assert (len(desk.posts()), len(desk.replies())) == (3, 3)
    assert min(gaps) >= timedelta(seconds=1)


def test_several_workers_post_it_once(each_desk: Desk) -> None:
    desk = each_desk
    threads = [threading.Thread(target=desk.works) for _ in range(5)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert (len(desk.posts()), len(desk.replies())) == (1, 1)


def test_a_process_that_slept_since_it_said_so_posts_no_more(desk: Desk) -> None:
    class Sleepy(Poster):
        def send(self, entry: Any) -> str:  # noqa: ANN401  an entry
            desk.now += 10 * MINUTE
            return super().send(entry)

    sleepy = desk.poster(Sleepy)
    sleepy.plan()
    for _ in range(2):
        entry = sleepy.claim()
        assert entry
        sleepy.advance(entry)
    assert desk.posts() == []
    assert desk.states() == {"digest": UNCERTAIN}
    desk.works()
    assert len(desk.posts()) == 1


def test_both_changes_of_the_clocks_moves_between_zones_and_downtime(desk: Desk) -> None:
    dice = random.Random(6)  # noqa: S311  dice, not keys
    desk.has(replace(WEEKLY, state=OFF))
    zones = ("Europe/Berlin", "Europe/Madrid", "America/Santiago", "Australia/Lord_Howe", "Asia/Beirut", "Asia/Manila")
    for begin in (datetime(2027, 3, 14, tzinfo=UTC), datetime(2027, 10, 17, tzinfo=UTC)):
        sunday = replace(WEEKLY, rhythm=Rhythm(6, time(2, 30), zones[0]), planned_until=begin, id="")
        sunday = replace(sunday, scope="", id=f"sunday-{begin:%m}")
        desk.has(sunday)
        desk.now = begin
        while desk.now < begin + 28 * DAY:
            desk.now += dice.choice((MINUTE, 30 * MINUTE, 6 * 60 * MINUTE, 2 * DAY))
            if dice.random() < 1 / 10:
                moved = replace(sunday, rhythm=replace(sunday.rhythm, zone=dice.choice(zones)), planned_until=desk.now)
                desk.has(moved)
            desk.works()
        desk.has(replace(sunday, state=OFF))
    dates = [(one.schedule, one.slot) for one in desk.entries() if one.kind == DIGEST]
    assert len(dates) == len(set(dates)) >= 6
    assert set(desk.states().values()) == {SENT}
    assert len(desk.posts()) == len(dates)


@pytest.mark.parametrize(("step", "is_free"), [("upload", True), ("intend", True), ("send", False)])
def test_what_is_put_down_others_take_at_once_unless_it_is_being_posted(
    desk: Desk, step: str, *, is_free: bool
) -> None:
    def interrupted(self: Poster, *arguments: Any) -> Any:  # noqa: ANN401  as the step
        if not taken:
            self.put_down()
            taken.append(desk.works())
        return getattr(Poster, step)(self, *arguments)

    taken: list[int] = []
    desk.works(desk.poster(type("Interrupted", (Poster,), {step: interrupted})))
    assert bool(taken[0]) is is_free
    assert (len(desk.posts()), len(desk.replies())) == (1, 1)
    assert set(desk.states().values()) == {SENT}


def test_what_was_put_off_by_a_clock_that_ran_ahead_comes_when_it_is_right_again(desk: Desk) -> None:
    desk.slack.fail("chat.postMessage", status=503)
    desk.works_at(MONDAY + 120 * MINUTE)
    assert desk.states() == {"digest": UNCERTAIN}
    desk.works_at(MONDAY + 4 * MINUTE)
    assert desk.posts() == []
    desk.works_at(MONDAY + 4 * MINUTE + LATER)
    assert len(desk.posts()) == 1


NEXT_WEEK = "campaign,day,sent,delivered,read,clickers,orders,revenue,cost\n" + "".join(
    f"autumn,2026-11-{day},500,480,300,20,3,90,30\n" for day in range(23, 27)
)
NEXT_MONDAY = MONDAY + 7 * DAY


def waiting(desk: Desk) -> Desk:
    """Let results come on Friday, and none of the weekend before the digest is due."""
    desk.works()
    friday = MONDAY + 4 * DAY
    imported(desk.parts.database, NEXT_WEEK, now=friday, today=friday.date())
    desk.works_at(NEXT_MONDAY - 15 * MINUTE)
    desk.works_at(NEXT_MONDAY)
    return desk


def test_a_digest_waits_for_a_source_that_is_late_and_then_names_it(desk: Desk) -> None:
    waiting(desk)
    desk.works_at(NEXT_MONDAY + 119 * MINUTE)
    assert len(desk.posts()) == 1
    (one,) = (one for one in desk.entries() if one.state == PLANNED and one.kind == DIGEST)
    assert (one.waits_for, one.next_at) == ("file", NEXT_MONDAY + 120 * MINUTE)
    desk.works_at(NEXT_MONDAY + 120 * MINUTE)
    said = as_text(desk.posts()[-1])
    assert "Nothing new since 27 Nov, 09:00 (source: file): the last days may be missing." in said
    assert "I waited for file until 11:00." in said
    assert "Late:" not in said


def test_what_a_digest_waits_for_lets_it_come(desk: Desk) -> None:
    waiting(desk)
    now = NEXT_MONDAY + 40 * MINUTE
    imported(desk.parts.database, NEXT_WEEK.replace("26,500", "26,900"), now=now, today=now.date())
    desk.works_at(NEXT_MONDAY + 42 * MINUTE)
    said = as_text(desk.posts()[-1])
    assert "I waited for file until 09:42." in said
    assert "may be missing" not in said


def test_a_team_that_does_not_want_to_wait_does_not(desk: Desk) -> None:
    desk.parts.database.written("local", lambda db: change_settings(db, {"wait_hours": 0}, {}, ADA, MONDAY))
    assert "the last days may be missing" in as_text(waiting(desk).posts()[-1])


def test_that_a_digest_waits_is_listed(desk: Desk) -> None:
    waiting(desk)
    assert sentences(desk.parts, desk.schedule()) == ["2026-11-30: waits for file, until 11:00 at the latest."]
    said = "waiting digest: 2026-11-30 into C0MARKET01: waits for file, at most until 11:00 UTC."
    assert any(said in one.line() for one in _digests(desk.parts.database))


def test_what_slack_keeps_beside_a_digest_says_nothing(desk: Desk) -> None:
    desk.works()
    kept = json.dumps(only(desk.posts()).metadata)
    for secret in (MARKETING, ADA, WEEKLY.id, "2026"):
        assert secret not in kept


def test_the_states_have_the_names_that_the_page_on_operations_uses() -> None:
    assert {PLANNED, READY, UNDER_WAY, UNCERTAIN, SENT, HELD, FAILED, EXPIRED, ON} == {
        "planned", "ready", "posting", "uncertain", "sent", "held", "failed", "expired", "on",
    }  # fmt: skip
