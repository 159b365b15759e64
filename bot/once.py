"""What was done before: events that Slack delivers again, and buttons that are pressed twice."""

from __future__ import annotations

from collections import OrderedDict
from threading import Lock

REMEMBERED = 1000
"""Occasions whose repetition is recognised."""


class Once:
    """Tells of an occasion whether it comes for the first time."""

    def __init__(self) -> None:
        self._seen: OrderedDict[str, None] = OrderedDict()
        self._lock = Lock()

    def is_new(self, occasion: str) -> bool:
        """Remember the occasion, and tell whether it was unknown."""
        with self._lock:
            if occasion in self._seen:
                return False
            self._seen[occasion] = None
            if len(self._seen) > REMEMBERED:
                self._seen.popitem(last=False)
            return True

    def forget(self, occasion: str) -> None:
        """Let the occasion come again: this time it came to nothing."""
        with self._lock:
            self._seen.pop(occasion, None)
