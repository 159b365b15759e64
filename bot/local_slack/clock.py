"""The local Slack's own time, which a test may move forward to see what expires."""

from __future__ import annotations

import time


class Clock:
    """The time of day, as far ahead of the machine's as somebody moved it."""

    def __init__(self) -> None:
        self.ahead = 0.0
        self._last_stamp = 0

    def now(self) -> float:
        """Seconds since 1970."""
        return time.time() + self.ahead

    def move(self, seconds: float) -> None:
        """Let so much time have passed."""
        self.ahead += seconds

    def stamp(self) -> str:
        """Give the next ``ts``: a time that no other message has."""
        self._last_stamp = max(int(self.now() * 1_000_000), self._last_stamp + 1)
        return f"{self._last_stamp // 1_000_000}.{self._last_stamp % 1_000_000:06d}"
