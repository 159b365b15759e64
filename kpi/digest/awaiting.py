"""The sources that a digest is still without."""

from __future__ import annotations

from datetime import datetime
from datetime import time as time_of_day
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from kpi.freshness import awaited, late
from kpi.storage.tallies import origin
from kpi.storage.tellings import tellings

if TYPE_CHECKING:
    from collections.abc import Iterable

    from kpi.freshness import Late
    from kpi.periods import Period
    from kpi.question import Asking
    from kpi.scope import Scope
    from kpi.storage.campaigns import Campaign

BEFORE = 8
"""Periods from which the rhythm of a source is learned."""


def late_sources(asking: Asking, scope: Scope, period: Period) -> tuple[Late, ...]:
    """Return the sources that have not told the end of a period.

    Those are looked at that told of campaigns lately; what has no rhythm yet only where such a campaign may still send.
    """
    ends = _ends(asking, period)
    lately = [one for one in asking.sending(scope) if one.ended and one.ended >= ends[0].date()]
    regular = late(tellings(asking.db, origin(asking.db, lately).sources, ends[0]), ends)
    running = set(origin(asking.db, _running(lately, period)).sources)
    return tuple(one for one in regular if one.expected or one.source in running)


def awaited_sources(asking: Asking, scope: Scope, period: Period, until: datetime) -> tuple[Late, ...]:
    """Return the sources for which a digest waits until a moment."""
    return awaited(late_sources(asking, scope, period), until, _ends(asking, period))


def _ends(asking: Asking, period: Period) -> list[datetime]:
    """Return the ends of the periods before and of this one, as moments of the team's time zone."""
    before, zone = [period], ZoneInfo(asking.words.timezone)
    for _ in range(BEFORE):
        before.append(before[-1].before())
    return [datetime.combine(one.end, time_of_day(), zone) for one in reversed(before)]


def _running(some: Iterable[Campaign], period: Period) -> list[Campaign]:
    """Return the campaigns that sent in this period, and automations that sent in the one before."""
    before = period.start - (period.end - period.start)
    return [one for one in some if one.ended and one.ended >= (before if one.kind == "automation" else period.start)]
