"""How many days after a message something happened.

The age of a read, a click or an order is the number of midnights, in the workspace's time zone, between its message and
itself: 0 on the day of the message, 1 on the day after. Whatever comes later than ``OLDEST`` days counts there, so that
all ages together are what ``DailyResult`` holds, and what seems to come before its message counts as age 0.

A message has *had* so many days as are over since it went out, its own among them: on the morning after it has had one,
and everything of age 0 is known. After ``n`` days means the ages below ``n``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date

OLDEST = 14
"""The last age; it stands for all later ones, too."""


def age_of(sent: date, happened: date) -> int:
    """Return the age of what happened on a day, for a message of another day; both by the workspace's calendar."""
    return min(max((happened - sent).days, 0), OLDEST)


def days_had(sent: date, today: date) -> int:
    """Return how many days messages of a day have had, without the one that still runs."""
    return max((today - sent).days, 0)
