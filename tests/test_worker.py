"""``kpi-bot worker`` and ``kpi-bot all`` as processes: they post beside each other, and let go when told to."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import httpx

from bot.jobs import JOBS
from bot.local_slack import LocalSlack
from bot.local_slack.world import BOT_USER, Channel
from kpi.slots import Rhythm
from kpi.storage import ledger
from kpi.storage.ledger import DIGEST, PLANNED, SENT, UNDER_WAY, WATCH, Entry
from kpi.storage.schedules import Schedule, keep
from tests.asking import imported
from tests.posting_world import RESULTS
from tests.slack_world import ADA

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from kpi.storage.database import Database, Db

Program = subprocess.Popen[bytes]
CHANNELS = tuple(f"C0WORK{number:04}" for number in range(16))
MOST_AT_ONCE = max(job.hands for job in JOBS)
LATER = datetime(2100, 1, 1, tzinfo=UTC)


def has_digests(database: Database) -> None:
    """Import results, and let every channel have a digest that is due now."""
    imported(database, RESULTS)
    now = database.now()

    def work(db: Db) -> None:
        for name in CHANNELS:
            one = Schedule(name, ADA, Rhythm(), now)
            keep(db, one)
            ledger.add(db, Entry(one.id, now.date(), f"{DIGEST} of a test", PLANNED, name, now, now))

    database.written("local", work)


@contextmanager
def started(slack: LocalSlack, database: Database, log: Path, *command: str) -> Iterator[Program]:
    """Start one of our programs beside a local Slack."""
    told = {
        "DATABASE_URL": database.url,
        "SLACK_BOT_TOKEN": slack.token,
        "SLACK_SIGNING_SECRET": slack.signing_secret,
        "SLACK_API_URL": slack.api_url,
    }
    with log.open("w") as stderr:
        arguments = [sys.executable, "-m", "bot", *command]
        program = subprocess.Popen(arguments, cwd=log.parent, env={**os.environ, **told}, stderr=stderr)  # noqa: S603  our own
    try:
        yield program
    finally:
        program.kill()
        program.wait()


def until(happens: Callable[[], object], seconds: float = 90) -> None:
    patience = time.monotonic() + seconds
    while not happens():
        assert time.monotonic() < patience
        time.sleep(0.1)


def states(database: Database) -> list[str]:
    with database.reading("local") as db:
        return [one.state for one in ledger.entries(db)]


def waiting(database: Database) -> list[Entry]:
    """Return what others would take next, at once."""
    now = database.now()
    found: list[Entry] = database.written("local", lambda db: list(iter(lambda: ledger.claim(db, now, LATER), None)))
    return found


def test_they_let_go_while_slack_takes_its_time(sqlite_database: Database, tmp_path: Path) -> None:
    database, logs = sqlite_database, (tmp_path / "worker.log", tmp_path / "all.log")
    with LocalSlack() as slack:
        for name in CHANNELS:
            slack.world.channels[name] = Channel(name, name.lower(), [ADA, BOT_USER], is_private=True)
        slack.fail("chat.postMessage", hang=2.0, times=100)
        with (
            started(slack, database, logs[0], "worker") as worker,
            started(slack, database, logs[1], "all", "--port", "0") as everything,
        ):
            until(lambda: all("the worker is ready" in one.read_text() for one in logs))
            address = re.search(r"http://127\.0\.0\.1:\d+", logs[1].read_text())
            assert address
            assert httpx.get(f"{address[0]}/readyz", trust_env=False).json()["ready"]
            has_digests(database)
            until(lambda: states(database).count(UNDER_WAY) > MOST_AT_ONCE)
            begun = time.monotonic()
            for one in (worker, everything):
                one.send_signal(signal.SIGTERM)
            assert [one.wait(30) for one in (worker, everything)] == [0, 0]
            assert time.monotonic() - begun < 25
        posted = [one.metadata["event_payload"]["delivery"] for one in slack.all_messages if one.metadata]
    assert not any("Traceback" in one.read_text() for one in logs)
    with database.reading("local") as db:
        sent = ledger.entries(db, SENT)
        others = [one for one in ledger.entries(db) if one.state != SENT and one.kind != WATCH]  # which has an hour
    assert sent
    assert sorted(posted) == sorted(one.delivery for one in sent)
    assert {one.delivery for one in waiting(database)} == {one.delivery for one in others} != set()
