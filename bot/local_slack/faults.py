"""Troubles that a test orders in advance: errors, slow replies, cut connections, full queues."""

from __future__ import annotations

import threading
from collections import defaultdict
from dataclasses import dataclass
from typing import TypedDict


@dataclass(slots=True)
class Fault:
    """What shall go wrong with the next calls of one method."""

    method: str
    error: str = ""
    times: int = 1
    status: int = 200
    after_accepting: bool = False
    """Do what was asked, then fail: the caller cannot know that it was done."""
    retry_after: int = 1
    hang: float = 0.0
    """Answer only after so many seconds."""
    reset: bool = False
    """Cut the connection instead of answering."""
    channel: str = ""
    """Only for calls about this channel id."""


class HowItFails(TypedDict, total=False):
    """The fields of a fault that may be left out."""

    times: int
    status: int
    after_accepting: bool
    retry_after: int
    hang: float
    reset: bool
    channel: str


class Faults:
    """The ordered troubles that have not happened yet."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._waiting: list[Fault] = []

    def order(self, fault: Fault) -> None:
        """Let this happen to the next calls."""
        with self._lock:
            self._waiting.append(fault)

    def clear(self) -> None:
        """Let nothing more go wrong."""
        with self._lock:
            self._waiting.clear()

    def next_for(self, method: str, channel: object = "") -> Fault | None:
        """Use up one trouble of this method, if there is one."""
        with self._lock:
            for fault in self._waiting:
                if fault.method == method and fault.channel in {"", channel}:
                    fault.times -= 1
                    if not fault.times:
                        self._waiting.remove(fault)
                    return fault
        return None


class Pace:
    """How many posts a channel takes: one a second for long, a burst for once."""

    def __init__(self) -> None:
        self.per_second = 1.0
        self.burst = 20
        self._spent: dict[str, tuple[float, float]] = defaultdict(lambda: (0.0, 0.0))

    def seconds_to_wait(self, channel: str, now: float) -> float:
        """Count one post and return 0, or return how long to wait before it would be taken."""
        spent, since = self._spent[channel]
        spent = max(0.0, spent - (now - since) * self.per_second)
        if spent + 1 > self.burst:
            return (spent + 1 - self.burst) / self.per_second
        self._spent[channel] = (spent + 1, now)
        return 0.0
