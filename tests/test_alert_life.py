"""Rules and their alerts in a real database, driven by arbitrary and late data, presses and jumps of the clock."""

from __future__ import annotations

import tempfile
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from bot.alerts.command import done, edited_at_once
from bot.alerts.round import tell
from kpi.alerts import commands
from kpi.alerts.commands import asking_now
from kpi.alerts.rounds import brought_on, looked_at
from kpi.alerts.states import acknowledged, muted, snoozed
from kpi.reading.alert_words import AlertOrder
from kpi.storage.alerts.rules import ON, PAUSED, rules
from kpi.storage.alerts.states import alerts, keep_alerts
from kpi.storage.database import Database
from kpi.storage.ledger import entries
from kpi.storage.schema import migrate
from tests.asking import LOWER, imported

if TYPE_CHECKING:
    from collections.abc import Callable

    from kpi.alerts.states import Alert
    from kpi.question import Asking

NOW = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)
DAY = timedelta(days=1)
TEXTS = ("ctr < 5%", "ctr < 6% for 2 days min 200", "ctr down 40% vs usual", "delivery below 90%", "conversion anomaly")
VERBS = ("pause", "resume", "remove", "edit")
TURNS: dict[str, Callable[[Alert, datetime], Alert]] = {
    "acknowledge": lambda alert, _: acknowledged(alert, "U1"),
    "snooze": lambda alert, now: snoozed(alert, now + 2 * DAY),
    "mute": lambda alert, _: muted(alert, on=True),
    "speak": lambda alert, _: muted(alert, on=False),
}


@cache
def empty() -> bytes:
    """Return a database of the present schema."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "kpi.db"
        with closing(Database(f"sqlite:///{path}")) as database:
            migrate(database)
        return path.read_bytes()


class Life(RuleBasedStateMachine):
    """The model is which rules there are, and how often each alert was told to fire."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory(prefix="kpi-alerts-")
        path = Path(self.folder.name) / "kpi.db"
        path.write_bytes(empty())
        self.database = Database(f"sqlite:///{path}")
        self.now, self.kept = NOW, dict[str, str]()
        self.clicks = dict.fromkeys(range(-70, 0), 150)

    def teardown(self) -> None:
        self.database.close()
        self.folder.cleanup()

    def does(self, work: Callable[[Asking], object]) -> None:
        self.database.written("local", lambda db: work(asking_now(db, self.now)))

    @initialize()
    def begin(self) -> None:
        self.import_again()

    def import_again(self) -> None:
        lines = ["campaign,day,kind,sent,delivered,clickers,orders,buyers,revenue"]
        for number, clicks in self.clicks.items():
            lines.append(f"welcome,{NOW.date() + number * DAY},automation,2000,1960,{clicks},40,40,1600")
        imported(self.database, "\n".join(lines), today=self.now.date(), now=self.now, how=LOWER)

    @rule(text=st.sampled_from(TEXTS))
    def keep(self, text: str) -> None:
        def work(asking: Asking) -> None:
            one, _ = commands.kept(asking, text, "C1", "U1")
            self.kept[one.id] = ON

        self.does(work)

    @rule(
        which=st.integers(0, 9),
        verb=st.sampled_from(["pause", "resume", "remove", "edit"]),
        text=st.sampled_from(TEXTS),
    )
    def change(self, which: int, verb: str, text: str) -> None:
        if not self.kept:
            return
        called = sorted(self.kept)[which % len(self.kept)]
        if verb == "edit":
            self.does(lambda asking: edited_at_once(asking, f"{called} {text}"))
        else:
            self.does(lambda asking: done(asking, AlertOrder(verb, called)))
        self.kept[called] = PAUSED if verb == "pause" else ON
        if verb == "remove":
            del self.kept[called]

    @rule(clicks=st.sampled_from([0, 20, 60, 97, 110, 150, 400]), back=st.integers(0, 9), late=st.booleans())
    def tell_results(self, clicks: int, back: int, late: bool) -> None:  # noqa: FBT001
        last = max(self.clicks)
        if late:
            self.clicks[last - back] = clicks
        else:
            self.now += DAY
            self.clicks[last + 1] = clicks
        self.import_again()

    @rule()
    def evaluate(self) -> None:
        with self.database.reading("local") as db:
            found = looked_at(asking_now(db, self.now))
            before = alerts(db)

        def work(asking: Asking) -> None:
            for one in brought_on(asking, found, self.now):
                old = before.get(one.alert.key)
                assert not (one.news and old and old.alert.is_silent(self.now)), "news of a silent alert"
                tell(asking.db, asking, one)

        self.does(work)

    @rule(turn=st.sampled_from(sorted(TURNS)))
    def press(self, turn: str) -> None:
        def work(asking: Asking) -> None:
            known = alerts(asking.db).values()
            keep_alerts(asking.db, [replace(one, alert=TURNS[turn](one.alert, self.now)) for one in known])

        self.does(work)

    @rule(hours=st.integers(-30, 90))
    def jump(self, hours: int) -> None:
        self.now += timedelta(hours=hours)

    @invariant()
    def no_rule_is_lost(self) -> None:
        with self.database.reading("local") as db:
            assert {one.id: one.state for one in rules(db)} == self.kept

    @invariant()
    def an_episode_has_one_message_at_most(self) -> None:
        with self.database.reading("local") as db:
            pieces = [(one.schedule, one.piece) for one in entries(db) if one.kind == "alert"]
            known = alerts(db)
        assert len(pieces) == len(set(pieces))
        for one in known.values():
            if one.alert.is_open and one.alert.told_at is not None:
                assert (one.rule, one.piece) in pieces
            assert not one.alert.is_open or one.alert.episode


TestLife = Life.TestCase
TestLife.settings = settings(max_examples=5, stateful_step_count=15, deadline=None)
