"""Messages become counts, exactly once.

States come late, twice, out of order, or not at all, so of each message the first time of each state is kept, never a
status. Merging takes the earliest, which is commutative, associative and idempotent: whatever the order and however
often something is told, the same remains. What a message counts is a function of what is known of it; when more
becomes known, the old counts are taken away and the new ones added, so the sums are always those of the messages.

A message that was read, clicked or answered was delivered. A failure counts only where nothing was delivered. All
counts stand on the day of the message's first time; the age of each (``kpi.ages``) is counted from there, in the time
zone's distance to UTC of that moment, so that later changes of either leave the sums exact.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from kpi.ages import age_of
from kpi.facts import CLICKERS, DELIVERED, FAILED, READ, REPLIES, SENT, Fact

if TYPE_CHECKING:
    from collections.abc import Iterator
    from zoneinfo import ZoneInfo

Least = TypeVar("Least", int, str)
STATES = ("sent", "delivered", "read", "clicked", "replied", "failed")
STATE = {state: place for place, state in enumerate(STATES)}
KNOWN = (SENT, DELIVERED, FAILED, READ, REPLIES)
"""What is known of every message, so that nothing heard of it is 0."""
COUNTED = (*KNOWN, CLICKERS)
_DELIVERING = slice(1, 5)
_SAYING = tuple((STATE[state], fact) for state, fact in (("read", READ), ("clicked", CLICKERS), ("replied", REPLIES)))
_FAILED = STATE["failed"]
_DAY = 86_400
_EPOCH = date(1970, 1, 1).toordinal()

Times = tuple[int | None, ...]
"""The first time of each of ``STATES``, in seconds since 1970."""


class Message(NamedTuple):
    """What is known of a message: the campaign (or the label by which one can be found), people, times, the error."""

    campaign: str | None
    variant: str
    label: str
    person: str | None
    phone: str | None
    times: Times
    error: int | None = None
    """The code of the first failure."""

    @property
    def is_lost(self) -> bool:
        """Whether it counts as failed: it failed, and nothing says that it arrived after all."""
        return self.campaign is not None and self.times[_FAILED] is not None and not any(self.times[_DELIVERING])

    @property
    def first(self) -> int:
        """The time of whatever was first."""
        return min(time for time in self.times if time is not None)


class Count(NamedTuple):
    """One that is counted: of what, where, how many days after the message. The day is that of the message."""

    campaign: str
    variant: str
    day: date
    age: int
    fact: Fact


def merged(one: Message, other: Message) -> Message:
    """Return what is known of a message from two tellings."""
    return Message(
        *min(one[:3], other[:3], key=_claim),
        person=_least(one.person, other.person),
        phone=_least(one.phone, other.phone),
        times=tuple(map(_least, one.times, other.times)),
        error=_error(one, other),
    )


def shift_at(moment: int, zone: ZoneInfo) -> int:
    """Return by how many seconds a time zone was ahead of UTC at a moment."""
    ahead = datetime.fromtimestamp(moment, zone).utcoffset()
    return int(ahead.total_seconds()) if ahead else 0


def day_at(moment: int, shift: int) -> date:
    """Return the day of a moment, where clocks are ahead of UTC by so many seconds."""
    return date.fromordinal(_EPOCH + (moment + shift) // _DAY)


def counts(message: Message, shift: int) -> Iterator[Count]:
    """Yield what a message counts; nothing where it belongs to no campaign."""
    if message.campaign is None:
        return
    day = day_at(message.first, shift)
    for fact, time in _happened(message):
        yield Count(message.campaign, message.variant, day, age_of(day, day_at(time, shift)), fact)


def _happened(message: Message) -> Iterator[tuple[Fact, int]]:
    times = message.times
    yield SENT, message.first
    arrived = [time for time in times[_DELIVERING] if time is not None]
    failed = times[_FAILED]
    if arrived:
        yield DELIVERED, min(arrived)
    elif failed is not None:
        yield FAILED, failed
    for place, fact in _SAYING:
        if (time := times[place]) is not None:
            yield fact, time


def _claim(told: tuple[str | None, str, str]) -> tuple[bool, bool, str, str, str]:
    """Order what was told of the campaign: a known one comes first, then a label, then nothing."""
    campaign, variant, label = told
    return campaign is None, not label, campaign or "", variant, label


def _error(one: Message, other: Message) -> int | None:
    first, second = one.times[_FAILED], other.times[_FAILED]
    if first == second:
        return _least(one.error, other.error)
    earlier = one if second is None or (first is not None and first < second) else other
    return earlier.error


def _least(one: Least | None, other: Least | None) -> Least | None:
    if one is None or other is None:
        return other if one is None else one
    return min(one, other)
