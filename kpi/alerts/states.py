"""The life of an alert: quiet, pending, firing, recovering, quiet again; pure, with what becomes news on the way.

One alert is one rule on one campaign. Too little volume, no results and errors change nothing of its phase: they never
resolve an alert that fires, and never fire one. Acknowledged, snoozed and muted lie across the phases: the alert goes
on being evaluated, and only its news are withheld.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum

from kpi.alerts.evaluator import Outcome

AGAIN = timedelta(days=3)
"""After so long an alert that nobody has acknowledged is told again."""
ERRORS = 3
"""Evaluations that failed in a row before somebody is told."""


class Phase(StrEnum):
    """How far an alert is."""

    OK = "ok"
    PENDING = "pending"
    FIRING = "firing"
    RECOVERING = "recovering"


class News(StrEnum):
    """What becomes of an alert that somebody may want to know."""

    FIRED = "fired"
    AGAIN = "again"
    RESOLVED = "resolved"
    RETRACTED = "retracted"
    """Late results took away the reason for which it had fired."""
    ENDED = "ended"
    """Its broadcast is over, or its rule was changed, paused or removed."""
    FAILING = "failing"
    """It cannot be evaluated."""


OPEN = (Phase.FIRING, Phase.RECOVERING)


@dataclass(frozen=True, slots=True)
class Alert:
    """The state of one alert; ``episode`` counts how often it has fired."""

    phase: Phase = Phase.OK
    episode: int = 0
    fired_at: datetime | None = None
    fired_on: date | None = None
    """The last day that was judged when it fired."""
    closed_at: datetime | None = None
    told_at: datetime | None = None
    """When its firing was told last; None while it has not been."""
    acked_by: str = ""
    snoozed_until: datetime | None = None
    muted: bool = False
    errors: int = 0
    last: date | None = None
    """The last day that was judged."""

    @property
    def is_open(self) -> bool:
        """Tell whether it has fired and is not over."""
        return self.phase in OPEN

    def is_silent(self, now: datetime) -> bool:
        """Tell whether nothing may be said of it now."""
        return self.muted or (self.snoozed_until is not None and now < self.snoozed_until)


Step = tuple[Alert, tuple[News, ...]]


def stepped(
    alert: Alert, outcome: Outcome, last: date | None, now: datetime, *, still: bool = True, held: bool = False
) -> Step:
    """Take in what an evaluation found.

    ``still`` tells whether the day for which it fired is still broken by what is known now, ``held`` whether something
    further up explains it, so that it may not fire.
    """
    alert = replace(alert, errors=0, last=last or alert.last)
    if alert.is_open and not still:
        return _closed(alert, News.RETRACTED, now)
    match outcome:
        case Outcome.BROKEN if not alert.is_open:
            return _fired(alert, last, now) if not held else (replace(alert, phase=Phase.PENDING), ())
        case Outcome.BROKEN | Outcome.NEARLY if alert.is_open:
            return _reminded(replace(alert, phase=Phase.FIRING), now)
        case Outcome.NEARLY:
            return replace(alert, phase=Phase.PENDING), ()
        case Outcome.BETTER:
            return replace(alert, phase=Phase.RECOVERING if alert.is_open else Phase.OK), ()
        case Outcome.WELL:
            return _closed(alert, News.RESOLVED, now) if alert.is_open else (replace(alert, phase=Phase.OK), ())
        case Outcome.ASLEEP:
            return _closed(alert, News.ENDED, now) if alert.is_open else (alert, ())
        case _:
            return _reminded(alert, now)


def failed(alert: Alert) -> Step:
    """Take in that an evaluation came to nothing."""
    alert = replace(alert, errors=alert.errors + 1)
    return alert, (News.FAILING,) if alert.errors == ERRORS else ()


def begun_afresh(alert: Alert, now: datetime) -> Step:
    """Begin again, because the rule is another one, or is no longer on."""
    if alert.is_open:
        alert, news = _closed(alert, News.ENDED, now)
        return replace(alert, snoozed_until=None, muted=False), news
    return replace(alert, phase=Phase.OK, snoozed_until=None, muted=False), ()


def acknowledged(alert: Alert, by: str) -> Alert:
    """Let somebody say that they have seen it: it is not told again until it is over."""
    return replace(alert, acked_by=by) if alert.is_open else alert


def snoozed(alert: Alert, until: datetime) -> Alert:
    """Say nothing until a moment."""
    return replace(alert, snoozed_until=until)


def muted(alert: Alert, *, on: bool) -> Alert:
    """Say nothing any more, or speak again."""
    return replace(alert, muted=on)


def _fired(alert: Alert, last: date | None, now: datetime) -> Step:
    fired = replace(
        alert, phase=Phase.FIRING, episode=alert.episode + 1, fired_at=now, fired_on=last, closed_at=None,
        told_at=None, acked_by="",
    )  # fmt: skip
    return _reminded(fired, now)


def _reminded(alert: Alert, now: datetime) -> Step:
    """Tell it where it was not told yet (it may have been silent), or not for long."""
    if not alert.is_open or alert.is_silent(now):
        return alert, ()
    if alert.told_at is None:
        return replace(alert, told_at=now), (News.FIRED,)
    if not alert.acked_by and now - alert.told_at >= AGAIN and alert.phase is Phase.FIRING:
        return replace(alert, told_at=now), (News.AGAIN,)
    return alert, ()


def _closed(alert: Alert, news: News, now: datetime) -> Step:
    """End the episode; it is told where its beginning was, unless nothing may be said."""
    is_told = alert.told_at is not None and not alert.is_silent(now)
    return replace(alert, phase=Phase.OK, closed_at=now), (news,) if is_told else ()
