"""The memory of a worker that writes three hundred digests, each about another week, and posts them meanwhile.

A digest counts once its pictures are drawn and uploaded: that runs ahead of posting, which waits for every channel.
The worker is ``kpi-bot worker`` as anybody starts it; what it and its drawing process hold is read from the system.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from contextlib import closing
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from bot.local_slack import LocalSlack
from bot.local_slack.world import BOT_USER, Channel
from kpi.slots import Rhythm
from kpi.storage import ledger
from kpi.storage.database import Database
from kpi.storage.ledger import DIGEST, PLANNED, Entry
from kpi.storage.schedules import Schedule, keep
from kpi.storage.schema import migrate
from tests.asking import imported
from tests.slack_world import ADA

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kpi.storage.database import Db

TITLE = "A worker's memory"
DIGESTS, CHANNELS, CAMPAIGNS = 300, 10, 4
STEPS = (50, 100, 150, 200, 250, 300)
SETTLED = 100
"""Digests after which everything is loaded, and the pictures that are kept are as many as ever."""
MOST_MIB = 5.0
WEEK = timedelta(weeks=1)


@dataclass(frozen=True)
class Reading:
    """What was held after so many digests, in MiB."""

    digests: int
    worker: float
    drawing: float


def run(digests: int = DIGESTS, steps: tuple[int, ...] = STEPS, seconds: float = 1800) -> Iterator[Reading]:
    """Let a worker write digests and post them, and look at it on the way."""
    with TemporaryDirectory(prefix="kpi-memory-") as folder, LocalSlack() as slack:
        slack.pace.burst = 10_000
        url = f"sqlite:///{folder}/kpi.db"
        with closing(Database(url)) as database:
            _fill(database, slack, digests)
            worker = _started(slack, url, Path(folder))
            try:
                ends = time.monotonic() + seconds
                for step in steps:
                    while _written(database) < step:
                        if worker.poll() is not None or time.monotonic() > ends:
                            raise AssertionError(f"only {_written(database)} digests were written")
                        time.sleep(1)
                    yield Reading(_written(database), _mib(worker.pid), sum(map(_mib, _children(worker.pid))))
            finally:
                worker.terminate()
                worker.wait(30)


def _fill(database: Database, slack: LocalSlack, digests: int) -> None:
    """Import results of as many weeks, and let a digest of each be due now."""
    migrate(database)
    now = database.now()
    weeks = [now.date() - number * WEEK for number in range(digests + 10)]
    imported(
        database, "campaign,day,sent,delivered,read,clickers,orders,revenue,cost\n" + "".join(_rows(weeks)), now=now
    )
    names = [f"C0MEMORY{number:02}" for number in range(CHANNELS)]
    for name in names:
        slack.world.channels[name] = Channel(name, name.lower(), [ADA, BOT_USER], is_private=True)
    asked = [Schedule(name, ADA, Rhythm(), now) for name in names]

    def work(db: Db) -> None:
        for one in asked:
            keep(db, one)
        for number, day in enumerate(weeks[:digests]):
            one = asked[number % CHANNELS]
            ledger.add(db, Entry(one.id, day, f"{DIGEST} of week {number}", PLANNED, one.channel, now, now))

    database.written("local", work)


def _rows(weeks: list[date]) -> Iterator[str]:
    for number, day in enumerate(weeks):
        for campaign in range(CAMPAIGNS):
            sent = 900 + (number * 37 + campaign * 113) % 400
            counts = f"{sent},{sent - 20},{sent * 7 // 10},{sent // 9},{sent // 40}"
            yield f"campaign {campaign},{day - timedelta(days=campaign)},{counts},{sent // 40 * 55},{sent * 0.06:.2f}\n"


def _started(slack: LocalSlack, url: str, folder: Path) -> subprocess.Popen[bytes]:
    told = {"DATABASE_URL": url, "SLACK_BOT_TOKEN": slack.token, "SLACK_API_URL": slack.api_url}
    with (folder / "worker.log").open("w") as log:
        command = [sys.executable, "-m", "bot", "worker"]
        environment = {**os.environ, **told, "PYTHONPATH": str(Path.cwd())}
        return subprocess.Popen(command, cwd=folder, env=environment, stderr=log)  # noqa: S603  our own program


def _written(database: Database) -> int:
    with database.reading("local") as db:
        return sum(one.kind == DIGEST and one.message != "" for one in ledger.entries(db))


def _mib(process: int) -> float:
    told = Path(f"/proc/{process}/status").read_text(encoding="utf-8")
    return next(int(line.split()[1]) / 1024 for line in told.splitlines() if line.startswith("VmRSS"))


def _children(process: int) -> list[int]:
    told = [one.read_text(encoding="utf-8") for one in Path(f"/proc/{process}/task").glob("*/children")]
    return [int(number) for line in told for number in line.split()]


def table() -> str:
    """Run it and return what was found, for the scoreboard."""
    found = list(run())
    early = next(one for one in found if one.digests >= SETTLED)
    grown = found[-1].worker + found[-1].drawing - early.worker - early.drawing
    rows = "\n".join(f"| {one.digests} | {one.worker:.0f} MiB | {one.drawing:.0f} MiB |" for one in found)
    flat = "flat" if grown <= MOST_MIB else "NOT FLAT"
    return (
        f"{DIGESTS} digests, each about another week of {CAMPAIGNS} campaigns, every picture drawn and uploaded.\n\n"
        f"| Digests written | `kpi-bot worker` | its drawing process |\n| ---: | ---: | ---: |\n{rows}\n\n"
        f"From {early.digests} digests on both together grew by {grown:.1f} MiB: {flat}."
    )
