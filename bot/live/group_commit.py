"""One thread writes what webhooks bring: many deliveries in one transaction, each told when it is stored.

A delivery is acknowledged only after COMMIT, and the disk is waited for once per transaction, not once per delivery.
"""

from __future__ import annotations

import asyncio
import logging
import threading
from contextlib import contextmanager, suppress
from queue import SimpleQueue
from typing import TYPE_CHECKING, Generic, NamedTuple, Protocol, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

log = logging.getLogger(__name__)

AT_ONCE = 1_000
"""Events of one transaction, unless a single delivery holds more."""
MOST_WAITING = 20_000
"""Events that wait: more are refused, so that they come again later, instead of filling the memory."""


class Sized(Protocol):
    """Something whose size is how many events it brings."""

    def __len__(self) -> int:
        """Return how many events there are."""


D = TypeVar("D", bound=Sized)


class TooMuchError(Exception):
    """More waits to be written than may."""


class Waiting(NamedTuple, Generic[D]):
    """A delivery, and who waits for it to be stored."""

    delivery: D
    loop: asyncio.AbstractEventLoop
    stored: asyncio.Future[bool]


class GroupCommit(Generic[D]):
    """A queue of deliveries, and the thread that writes them in groups."""

    def __init__(self, write: Callable[[list[D]], None]) -> None:
        self._write = write
        self._queue: SimpleQueue[Waiting[D] | None] = SimpleQueue()
        self._waiting, self._lock = 0, threading.Lock()
        self._thread = threading.Thread(target=self._work, name="group commit", daemon=True)
        self._thread.start()

    def submit(self, delivery: D) -> asyncio.Future[bool]:
        """Hand a delivery over; the future tells whether it is stored. Raise TooMuchError where too much waits."""
        loop = asyncio.get_running_loop()
        stored: asyncio.Future[bool] = loop.create_future()
        with self._lock:
            if self._waiting and self._waiting + len(delivery) > MOST_WAITING:
                raise TooMuchError
            self._waiting += max(1, len(delivery))
        self._queue.put(Waiting(delivery, loop, stored))
        return stored

    def close(self) -> None:
        """Write what waits, then stop."""
        self._queue.put(None)
        self._thread.join()

    def _work(self) -> None:
        is_open = True
        while is_open:
            group, is_open = self._taken()
            self._store(group)
            with self._lock:
                self._waiting -= sum(max(1, len(one.delivery)) for one in group)

    def _taken(self) -> tuple[list[Waiting[D]], bool]:
        """Wait for a delivery and take what else is there; tell whether more can come."""
        group, events = list[Waiting[D]](), 0
        while events < AT_ONCE and not (group and self._queue.empty()):
            one = self._queue.get()
            if one is None:
                return group, False
            group.append(one)
            events += max(1, len(one.delivery))
        return group, True

    def _store(self, group: list[Waiting[D]]) -> None:
        """Write a group; where that fails, each by itself, so that one that cannot be written keeps no other back."""
        try:
            self._write([one.delivery for one in group])
        except Exception:
            if len(group) > 1:
                for one in group:
                    self._store([one])
                return
            log.exception("what a webhook brought could not be stored")
            _tell(group, stored=False)
        else:
            _tell(group, stored=True)


def _tell(group: list[Waiting[D]], *, stored: bool) -> None:
    """Wake those who wait, each loop once."""
    for loop in {one.loop for one in group}:
        futures = [one.stored for one in group if one.loop is loop]
        with suppress(RuntimeError):  # the loop is closed: nobody waits there any more
            loop.call_soon_threadsafe(_settle, futures, stored)


def _settle(futures: list[asyncio.Future[bool]], stored: bool) -> None:  # noqa: FBT001  as asyncio calls it
    for future in futures:
        if not future.done():  # whoever waited may have gone
            future.set_result(stored)


@contextmanager
def group_commit(write: Callable[[list[D]], None]) -> Iterator[GroupCommit[D]]:
    """Let a thread write until the end, and everything that was handed over."""
    writer = GroupCommit(write)
    try:
        yield writer
    finally:
        writer.close()
