"""The worker: APScheduler as a clock that only ticks, and the jobs that it wakes.

Nothing is kept in the scheduler: what is due stands in the database, and is found however long nobody ticked.
"""

from __future__ import annotations

import logging
import os
import signal
import threading
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler

from bot.app import assembled
from bot.jobs import JOBS
from bot.posting import Poster

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from bot.jobs import Job
    from bot.parts import Parts
    from bot.patience import Patience
    from bot.settings import Settings

log = logging.getLogger(__name__)

SECONDS_TO_LET_GO = 20
"""A hosting platform kills what has not ended 30 seconds after it was asked to."""


@contextmanager
def working(parts: Parts, jobs: Sequence[Job] = JOBS, patience: Patience | None = None) -> Iterator[Poster]:
    """Do the jobs in threads; in the end let those under way finish, but not for long: the ledger can take it."""
    stopping = threading.Event()
    poster = Poster(parts, patience, stopping)
    logging.getLogger("apscheduler").setLevel(logging.WARNING)
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
        ending = threading.Thread(target=scheduler.shutdown, name="ending", daemon=True)
        ending.start()
        ending.join(SECONDS_TO_LET_GO)
        if ending.is_alive():
            log.warning("a step is still under way; another worker will find out how it ended")
            os._exit(0)


def work_until_told_to_stop(settings: Settings) -> None:
    """Work until SIGTERM or Ctrl+C."""
    told = threading.Event()
    for one in (signal.SIGTERM, signal.SIGINT):
        signal.signal(one, lambda _number, _frame: told.set())
    with assembled(settings) as (parts, _), working(parts):
        log.info("the worker is ready")
        told.wait()
        log.info("the worker stops")
