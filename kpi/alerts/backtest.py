"""When a rule would have fired: it is tried out on the days that were, before anybody keeps it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING

from kpi.alerts.evaluator import Outcome, evaluated, found_on, looks
from kpi.alerts.watched import BACK

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from kpi.alerts.judging import Case
    from kpi.alerts.rule import Rule
    from kpi.alerts.watched import Watched


@dataclass(frozen=True, slots=True)
class Episode:
    """A campaign on which the rule would have fired, and the day."""

    campaign: str
    day: date


def episodes(watched: Watched, rule: Rule) -> tuple[Episode, ...]:
    """Return on which mornings the rule would have fired in the last 60 days, in order."""
    found = [
        Episode(slug, day)
        for slug, case in watched.cases(rule, since=watched.today - BACK)
        for day in (_of_a_broadcast(case) if case.sent_on else _of_days(case))
    ]
    return tuple(sorted(found, key=lambda one: (one.day, one.campaign)))


def _of_a_broadcast(case: Case) -> Iterator[date]:
    for look in looks(case):
        day = (case.sent_on or case.today) + timedelta(days=look)
        is_ripe = case.ripening.of(look) is not None
        if is_ripe and day <= case.today and evaluated(replace(case, today=day)).outcome is Outcome.BROKEN:
            yield day
            return


def _of_days(case: Case) -> Iterator[date]:
    is_firing = False
    for back in range(BACK.days, 0, -1):
        day = case.today - timedelta(days=back)
        outcome = found_on(case, day).outcome if case.days.last and day <= case.days.last else Outcome.NO_RESULTS
        if outcome is Outcome.BROKEN and not is_firing:
            yield day + timedelta(days=case.ripening.first)
        is_firing = outcome is Outcome.BROKEN or (is_firing and outcome is not Outcome.WELL)
