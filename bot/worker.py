"""The worker: APScheduler as a clock that only ticks, and the jobs that it wakes.

Nothing is kept in the scheduler: what is due stands in the database, and is found however long nobody ticked.
"""

from __future__ import annotations

import logging
import os
import signal
from contextlib import contextmanager
from datetime import UTC, datetime
from threading import Event, Timer
from typing import TYPE_CHECKING

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler

from bot.jobs import JOBS
from bot.posting.steps import Poster

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from bot.jobs import Job
    from bot.parts import Parts
    from bot.posting.patience import Patience

log = logging.getLogger(__name__)

SECONDS_TO_LET_GO = 22
"""A hosting platform kills what has not ended 25 to 30 seconds after it was asked to."""


@contextmanager
def working(parts: Parts, jobs: Sequence[Job] = JOBS, patience: Patience | None = None) -> Iterator[Poster]:
    """Do the jobs in threads; in the end begin nothing more, and wait for what is under way."""
    stopping = Event()
    poster = Poster(parts, patience, stopping)
    logging.getLogger("apscheduler").setLevel(logging.ERROR)  # it warns of each tick that finds its job still at work
    hands = sum(job.hands for job in jobs)
    scheduler = BackgroundScheduler(
        executors={"default": ThreadPoolExecutor(hands)},
        job_defaults={"misfire_grace_time": None, "coalesce": True, "max_instances": 1},
        timezone=UTC,
    )
    for job in jobs:
        for hand in range(job.hands):
            scheduler.add_job(
                job.does, "interval", [poster], seconds=job.seconds, name=f"{job.name} {hand}",
                next_run_time=datetime.now(UTC),
            )  # fmt: skip
    scheduler.start()
    try:
        yield poster
    finally:
        stopping.set()
        scheduler.shutdown()


def told_to_stop() -> Event:
    """Return what SIGTERM and Ctrl+C set from now on."""
    told = Event()
    for one in (signal.SIGTERM, signal.SIGINT):
        signal.signal(one, lambda _number, _frame: told.set())
    return told


def wait_for(told: Event, poster: Poster) -> None:
    """Wait until the process is told to stop, and see to it that it has ended soon after, whatever is under way."""
    log.info("the worker is ready")
    told.wait()
    log.info("the worker stops")
    limit = Timer(SECONDS_TO_LET_GO, _end, [poster])
    limit.daemon = True
    limit.start()


def _end(poster: Poster) -> None:
    """End at once; what is being posted just now another worker will look for in Slack."""
    log.warning("a step is still under way; another worker goes on with it")
    poster.put_down()
    os._exit(0)
