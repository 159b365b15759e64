"""What changed, in order: wakes whoever waits, and feeds the page."""

from __future__ import annotations

import threading
import time
from collections import deque
from typing import TYPE_CHECKING, NamedTuple, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")

KEPT = 5_000


class Change(NamedTuple):
    """Something that the page of one viewer, or of all, has to show anew."""

    number: int
    kind: str
    subject: object
    viewer: str


class Journal:
    """The changes of one server, and the lock under which they are made."""

    def __init__(self) -> None:
        self.condition = threading.Condition(threading.RLock())
        self.closed = False
        self._changes: deque[Change] = deque(maxlen=KEPT)
        self._number = 0
        self._listeners: list[Callable[[], object]] = []

    @property
    def number(self) -> int:
        """The number of the latest change."""
        return self._number

    def write(self, kind: str, subject: object, viewer: str = "") -> None:
        """Note a change and wake everybody who waits for one."""
        with self.condition:
            self._number += 1
            self._changes.append(Change(self._number, kind, subject, viewer))
            self._wake()

    def since(self, number: int, viewer: str) -> list[Change]:
        """Return the changes after that number that concern a viewer."""
        with self.condition:
            return [change for change in self._changes if change.number > number and change.viewer in {"", viewer}]

    def has_forgotten(self, number: int) -> bool:
        """Whether that number is too old to go on from, or of another server that ran here before."""
        oldest = self._changes[0].number if self._changes else 1
        return not oldest - 1 <= number <= self._number

    def listen(self, woken: Callable[[], object]) -> Callable[[], None]:
        """Call ``woken`` on every change, until the returned function is called."""
        with self.condition:
            self._listeners.append(woken)
        return lambda: self._listeners.remove(woken)

    def close(self) -> None:
        """Say that nothing more will change."""
        with self.condition:
            self.closed = True
            self._wake()

    def _wake(self) -> None:
        self.condition.notify_all()
        for woken in list(self._listeners):
            woken()

    def wait_for(self, condition: Callable[[], T], timeout: float) -> T:
        """Return what ``condition`` returns as soon as it is true; raise TimeoutError when that takes too long."""
        ends = time.monotonic() + timeout
        with self.condition:
            while not (result := condition()):
                if not self.condition.wait(ends - time.monotonic()) and time.monotonic() >= ends:
                    raise TimeoutError(f"nothing of the kind happened within {timeout} s")
            return result
