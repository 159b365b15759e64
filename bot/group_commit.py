"""One thread writes what webhooks bring: many deliveries in one transaction, each told when it is stored.

A delivery is acknowledged only after COMMIT, and the disk is waited for once per transaction, not once per delivery.
"""

from __future__ import annotations

import logging
import threading
from concurrent.futures import Future
from contextlib import contextmanager
from queue import SimpleQueue
from typing import TYPE_CHECKING, Generic, Protocol, TypeVar

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


class GroupCommit(Generic[D]):
    """A queue of deliveries, and the thread that writes them in groups."""

    def __init__(self, write: Callable[[list[D]], None]) -> None:
        self._write = write
        self._queue: SimpleQueue[tuple[D, Future[None]] | None] = SimpleQueue()
        self._waiting, self._lock = 0, threading.Lock()
        self._thread = threading.Thread(target=self._work, name="group commit", daemon=True)
        self._thread.start()

    def submit(self, delivery: D) -> Future[None]:
        """Hand a delivery over; the future is done when it is stored. Raise TooMuchError where too much waits."""
        stored: Future[None] = Future()
        with self._lock:
            if self._waiting and self._waiting + len(delivery) > MOST_WAITING:
                raise TooMuchError
            self._waiting += max(1, len(delivery))
        self._queue.put((delivery, stored))
        return stored

    @property
    def is_alive(self) -> bool:
        """Tell whether anything is still written."""
        return self._thread.is_alive()

    def close(self) -> None:
        """Write what waits, then stop."""
        self._queue.put(None)
        self._thread.join()

    def _work(self) -> None:
        is_open = True
        while is_open:
            group, events = list[tuple[D, Future[None]]](), 0
            while events < AT_ONCE and (is_open or not self._queue.empty()):
                if group and self._queue.empty():
                    break
                taken = self._queue.get()
                if taken is None:
                    is_open = False
                    break
                taken[1].set_running_or_notify_cancel()
                group.append(taken)
                events += max(1, len(taken[0]))
            self._store(group)
            with self._lock:
                self._waiting -= events

    def _store(self, group: list[tuple[D, Future[None]]]) -> None:
        """Write a group; where that fails, each by itself, so that one that cannot be written keeps no other back."""
        try:
            self._write([delivery for delivery, _ in group])
        except Exception as error:
            if len(group) > 1:
                for one in group:
                    self._store([one])
                return
            log.exception("what a webhook brought could not be stored")
            for _, stored in group:
                if not stored.cancelled():
                    stored.set_exception(error)
        else:
            for _, stored in group:
                if not stored.cancelled():
                    stored.set_result(None)


@contextmanager
def group_commit(write: Callable[[list[D]], None]) -> Iterator[GroupCommit[D]]:
    """Let a thread write until the end, and everything that was handed over."""
    writer = GroupCommit(write)
    try:
        yield writer
    finally:
        writer.close()
