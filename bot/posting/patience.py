"""How long what may take on the way of a message into Slack."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, slots=True)
class Patience:
    """How long what may take."""

    ahead: timedelta = timedelta(minutes=15)
    """Pictures are drawn and uploaded so long before the hour."""
    lease: timedelta = timedelta(minutes=3)
    """A claim that is not put back is taken from who is then surely dead."""
    doubt: timedelta = timedelta(minutes=2)
    """After so long, a request that Slack has not accepted is taken as one that it never will."""
    again: timedelta = timedelta(seconds=30)
    locked_out: timedelta = timedelta(minutes=5)
    apart: timedelta = timedelta(seconds=1)
    """Between two messages to one channel, as Slack asks for."""
    hidden: timedelta = timedelta(hours=1)
    """After so long of not being able to look, a person decides."""
    longest: timedelta = timedelta(minutes=30)
    """Nothing that is due is put off for longer."""
