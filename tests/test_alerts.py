"""Alerts from the rule to the message in Slack and to its end: one message, edited through its whole life."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import event

from bot.alerts.round import watch
from bot.demo import alert as demo_alert
from bot.drawing import Drawing
from bot.local_slack import LocalSlack
from bot.message_text import as_text
from kpi.alerts.commands import asking_now, kept
from kpi.alerts.rounds import looked_at
from kpi.storage.access import close_channel, open_channel
from kpi.storage.alerts.rules import PAUSED, keep_rule, rules
from tests.asking import LOWER, imported
from tests.posting_world import Desk, desk_with
from tests.slack_world import ADA, BEN, MARKETING, buttons_of, only, pictures_in

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kpi.storage.database import Database, Db

NOW = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)
DAY = timedelta(days=1)
HEADER = "campaign,day,name,kind,sent,delivered,clickers,orders,buyers,revenue,cost"


def results(*low: int, until: datetime = NOW, delivered: int = 1960, slug: str = "welcome") -> str:
    """Return sixty days of a campaign; on the days so many days ago few clicked."""
    lines = []
    for back in range(1, 61):
        day = until.date() - timedelta(days=back)
        clicks = 40 if back in low else 170
        arrived = delivered if back in low else 1960
        lines.append(f"{slug},{day},{slug.title()},automation,2000,{arrived},{clicks},60,60,2400,200")
    return "\n".join([HEADER, *lines])


@pytest.fixture(scope="module")
def drawing() -> Iterator[Drawing]:
    found = Drawing()
    yield found
    found.close()


@pytest.fixture
def desk(sqlite_database: Database, drawing: Drawing) -> Iterator[Desk]:
    with desk_over(sqlite_database, drawing) as found:
        yield found


@pytest.fixture
def each_desk(database: Database, drawing: Drawing) -> Iterator[Desk]:
    """Return a desk over each kind of database."""
    with desk_over(database, drawing) as found:
        yield found


@contextmanager
def desk_over(database: Database, drawing: Drawing) -> Iterator[Desk]:
    with LocalSlack() as slack:
        slack.pace.burst = 1000
        found = desk_with(database, slack, drawing)
        found.now = NOW
        database.written("local", lambda db: open_channel(db, MARKETING, ADA, NOW))
        yield found


def has(desk: Desk, *texts: str) -> None:
    """Keep some rules for #marketing."""
    for text in texts:
        desk.parts.database.written("local", partial(_keep, text=text))


def _keep(db: Db, text: str) -> None:
    kept(asking_now(db, NOW), text, MARKETING, ADA)


def goes_on(desk: Desk, days: float = 0) -> None:
    """Let time pass, evaluate what is due then, and post what comes of it."""
    desk.now += days * DAY
    watch(desk.parts)
    desk.works()
    watch(desk.parts)


def results_come(desk: Desk, *low: int, **more: object) -> None:
    """Import sixty days up to yesterday; on the days so many days ago few clicked."""
    imported(desk.parts.database, results(*low, until=desk.now, **more), today=desk.now.date(), now=desk.now, how=LOWER)  # type: ignore[arg-type]


def test_an_alert_is_one_message_from_its_beginning_to_its_end(desk: Desk) -> None:
    results_come(desk, 3, 4)
    has(desk, "ctr < 5%")
    goes_on(desk)
    message = only(desk.posts())
    said = as_text(message)
    assert "Alert: Click-through rate of Welcome" in said
    assert "Click-through rate 2.04% (40 of 1,960 delivered, 17 Nov), below the limit of 5%." in said
    assert "Confirmed: this is more than chance." in said
    assert "Open the link in the message" in said
    assert "Since 17 Nov" in said
    assert buttons_of(message) == [
        "Acknowledge", "Snooze a day", "Snooze a week", "Snooze until…", "Why", "It was us", "Edit rule", "Mute",
    ]  # fmt: skip
    assert len(pictures_in(message.blocks)) == 1
    for _ in range(3):
        goes_on(desk, 0.1)
    assert len(desk.posts()) == 1
    desk.now += 3 * DAY
    results_come(desk, 6, 7)
    goes_on(desk)
    recovered = only(desk.posts())
    assert recovered.ts == message.ts
    assert "Recovered: Click-through rate of Welcome" in as_text(recovered)
    assert buttons_of(recovered) == ["Why", "It was us", "Edit rule"]
    assert len(pictures_in(recovered.blocks)) == 1
    assert "Recovered, 23 Nov, 16:42" in as_text(only(desk.replies()))
    assert only(desk.replies()).parent_ts == message.ts


def test_it_is_told_again_after_three_days_and_fires_anew_after_its_end(desk: Desk) -> None:
    for day in range(5):
        results_come(desk, *range(3, 5 + day))
        if not day:
            has(desk, "ctr < 5%")
        goes_on(desk)
        desk.now += DAY
    assert len(desk.posts()) == 1
    assert "Still so after 3 days." in as_text(only(desk.replies()))
    results_come(desk)
    goes_on(desk)
    assert "Taken back" in as_text(only(desk.posts()))
    desk.now += DAY
    results_come(desk, 3, 4)
    goes_on(desk)
    assert len(desk.posts()) == 2


def test_late_results_take_an_alert_back(desk: Desk) -> None:
    results_come(desk, 3, 4)
    has(desk, "ctr < 5%")
    goes_on(desk)
    desk.now += timedelta(hours=1)
    results_come(desk)
    goes_on(desk)
    assert "Taken back: Click-through rate of Welcome" in as_text(only(desk.posts()))
    assert "later results showed that nothing was wrong" in as_text(only(desk.replies()))


def test_what_fires_at_night_is_told_in_the_morning_and_not_at_all_when_it_is_over_by_then(desk: Desk) -> None:
    desk.now = datetime(2026, 11, 20, 22, 0, tzinfo=UTC)
    results_come(desk, 3, 4)
    has(desk, "ctr < 5%")
    goes_on(desk)
    assert desk.posts() == []
    goes_on(desk, 0.45)
    assert len(desk.posts()) == 1


def test_an_alert_that_is_over_before_the_morning_is_never_posted(desk: Desk) -> None:
    desk.now = datetime(2026, 11, 20, 22, 0, tzinfo=UTC)
    results_come(desk, 3, 4)
    has(desk, "ctr < 5%")
    goes_on(desk)
    desk.now += timedelta(hours=1)
    results_come(desk)
    goes_on(desk)
    goes_on(desk, 0.5)
    assert desk.posts() == []


def test_alerts_further_down_wait_while_messages_do_not_arrive(desk: Desk) -> None:
    results_come(desk, 1, 2, 3, 4, delivered=900)
    has(desk, "ctr < 5%", "delivery below 90%", "opt-outs above 2%")
    goes_on(desk)
    assert "Alert: Delivery rate of Welcome" in as_text(only(desk.posts()))


def test_alerts_of_one_campaign_on_one_day_stand_together_and_only_so_many_are_told_one_by_one(desk: Desk) -> None:
    results_come(desk, 3, 4)
    has(desk, "ctr < 5%", "ctr < 6%")
    goes_on(desk)
    desk.works_at(desk.now + timedelta(seconds=30))
    assert len(desk.posts()) == 1
    assert only(desk.replies()).parent_ts == only(desk.posts()).ts
    more = [results(3, 4, until=desk.now, slug=f"series-{number}").partition("\n")[2] for number in range(6)]
    imported(desk.parts.database, "\n".join([HEADER, *more]), today=desk.now.date(), now=desk.now)
    desk.now += timedelta(minutes=1)
    goes_on(desk)
    for _ in range(3):
        desk.works_at(desk.now + timedelta(seconds=30))
    said = [as_text(one) for one in desk.posts()]
    assert any("more alerts today" in one for one in said)
    assert sum("more alerts today" not in one for one in said) + len(desk.replies()) == 5


def test_a_paused_rule_says_nothing_and_a_removed_one_forgets(desk: Desk) -> None:
    results_come(desk, 3, 4)
    has(desk, "ctr < 5%")
    desk.parts.database.written("local", keep_paused)
    goes_on(desk)
    assert desk.posts() == []


def keep_paused(db: Db) -> None:
    (one,) = rules(db)
    keep_rule(db, replace(one, state=PAUSED))


def test_a_channel_that_was_closed_is_told_nothing(desk: Desk) -> None:
    results_come(desk, 3, 4)
    has(desk, "ctr < 5%")
    desk.parts.database.written("local", lambda db: close_channel(db, MARKETING))
    desk.parts.database.written("local", owned_by_nobody)
    goes_on(desk)
    assert desk.posts() == []


def owned_by_nobody(db: Db) -> None:
    (one,) = rules(db)
    keep_rule(db, replace(one, owner=BEN))


def test_the_demo_shows_an_alert_that_fires_and_recovers(each_desk: Desk) -> None:
    desk = each_desk
    demo_alert.fire(desk.parts, MARKETING, ADA)
    desk.works()
    fired = only(desk.posts())
    assert "Alert: Click-through rate of Size guide" in as_text(fired)
    assert "Confirmed" in as_text(fired)
    demo_alert.recover(desk.parts)
    assert "Recovered: Click-through rate of Size guide" in as_text(only(desk.posts()))


def test_a_round_reads_as_often_for_many_rules_as_for_one(desk: Desk) -> None:
    results_come(desk, 3, 4)
    counts = []
    for texts in (("ctr < 5%",), ("delivery below 90%", "revenue down 30% vs usual", "conversion anomaly")):
        has(desk, *texts)
        asked: list[str] = []
        event.listen(desk.parts.database.engine, "before_cursor_execute", lambda *told, to=asked: to.append(told[2]))
        with desk.parts.database.reading("local") as db:
            looked_at(asking_now(db, desk.now))
        counts.append(len(asked))
    assert counts[0] == counts[1] < 15


def test_a_source_that_falls_silent_is_told_once_to_the_owner_of_a_rule(desk: Desk) -> None:
    for _ in range(4):
        desk.now += DAY
        results_come(desk)
    has(desk, "ctr < 5%")
    goes_on(desk, 2)
    assert desk.notes() == []
    for _ in range(3):
        goes_on(desk, 2)
    said = only(desk.notes())
    assert "has told nothing since 24 Nov, 09:30; it used to about every day." in said
    assert "count as a gap, not as low days" in said
    assert desk.posts() == []
