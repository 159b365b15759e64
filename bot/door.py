"""Acknowledgements go first: work waits a moment while requests are still at the door."""

from __future__ import annotations

from contextlib import contextmanager
from threading import Condition
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

PATIENCE = 0.5
"""Seconds that an answer waits at most for others to be acknowledged."""


class Door:
    """Counts the requests that Slack still waits for."""

    def __init__(self) -> None:
        self._waiting = 0
        self._changed = Condition()

    @contextmanager
    def request(self) -> Iterator[None]:
        """Keep the door busy until a request is acknowledged."""
        with self._changed:
            self._waiting += 1
        try:
            yield
        finally:
            with self._changed:
                self._waiting -= 1
                self._changed.notify_all()

    def let_others_in(self) -> None:
        """Wait until nobody is at the door any more, but not for long."""
        with self._changed:
            self._changed.wait_for(lambda: not self._waiting, PATIENCE)
