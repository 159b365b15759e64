"""The timetable: what a worker does by itself, a row for each job. Any number of workers may run all of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.alerts.round import watch
from bot.live.jobs import attach_messages, recount

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.posting.steps import Poster


@dataclass(frozen=True, slots=True)
class Job:
    """Something that is done again and again; ``hands`` do it at the same time."""

    name: str
    seconds: int
    does: Callable[[Poster], object]
    hands: int = 1


JOBS = (
    Job("enter what is due into the ledger", 15, lambda poster: poster.plan()),
    Job("take what waits in the ledger a step further", 3, lambda poster: poster.work(), hands=4),
    Job("evaluate alerts, and keep their messages true", 20, lambda poster: watch(poster.parts)),
    Job("attach messages to the campaigns that they lead to by now", 60, lambda poster: attach_messages(poster.parts)),
    Job("hold live results against their messages", 86_400, lambda poster: recount(poster.parts)),
)
