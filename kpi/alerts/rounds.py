"""One round of evaluation: every rule on every campaign that it is about, and what becomes of their alerts."""

from __future__ import annotations

import logging
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from kpi.alerts.conditions import CONDITION
from kpi.alerts.evaluator import Outcome, evaluated, found_on
from kpi.alerts.sentences import found_in
from kpi.alerts.states import News, begun_afresh, failed, stepped
from kpi.alerts.watched import watched
from kpi.storage.alerts.rules import ON, rules
from kpi.storage.alerts.states import KeptAlert, alerts, keep_alerts, last_round
from kpi.storage.rhythms import newest_import

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from kpi.alerts.evaluator import Finding
    from kpi.alerts.judging import Case
    from kpi.alerts.states import Step
    from kpi.question import Asking
    from kpi.storage.alerts.rules import KeptRule
    from kpi.storage.alerts.states import Key

log = logging.getLogger(__name__)

HOUR = timedelta(hours=1)
DAILY = time(9)
"""When the results of the night are in, by the team's clock."""
UPSTREAM = ("delivery_rate", "failure_rate")
"""What explains the other KPIs of a campaign; so does silence."""


@dataclass(frozen=True, slots=True)
class Looked:
    """What a round found out about one alert; without a case it could not be evaluated."""

    kept: KeptRule
    campaign: str
    case: Case | None = None
    finding: Finding | None = None
    said: str = ""


@dataclass(frozen=True, slots=True)
class Happened:
    """What became of one alert."""

    kept: KeptRule
    alert: KeptAlert
    news: tuple[News, ...]


def is_due(asking: Asking, now: datetime) -> tuple[bool, bool]:
    """Tell whether all rules have to be evaluated now, and whether those of every hour have.

    All are once a day, when the results of the night are in, and as soon as anything was imported.
    """
    every_rule, hourly = last_round(asking.db)
    daily = datetime.combine(asking.today, DAILY, ZoneInfo(asking.words.timezone))
    imported = newest_import(asking.db)
    is_new = imported is not None and imported > every_rule
    return is_new or every_rule < daily <= now, now - hourly >= HOUR


def looked_at(asking: Asking, *, hourly_only: bool = False) -> list[Looked]:
    """Evaluate the rules, those first that explain others."""
    kept = [one for one in rules(asking.db) if one.state == ON]
    kept = [one for one in kept if not hourly_only or CONDITION[one.rule.condition].is_operational]
    if not kept:
        return []
    seen = watched(asking, [one.rule for one in kept])
    opened = frozenset(key for key, one in alerts(asking.db).items() if one.alert.is_open)
    ordered = sorted(kept, key=_upstream_first)
    return [found for one in ordered for found in _looked(seen.cases(one.rule), one, asking, opened)]


def _looked(
    cases: Iterator[tuple[str, Case]], kept: KeptRule, asking: Asking, opened: frozenset[Key]
) -> Iterator[Looked]:
    try:
        for campaign, case in cases:
            is_open = (kept.id, campaign) in opened
            finding = evaluated(case, is_open=is_open)
            matters = is_open or finding.outcome in (Outcome.BROKEN, Outcome.NEARLY)
            said = found_in(case, finding, asking.words) if matters and finding.judgement else ""
            yield Looked(kept, campaign, case, finding, said)
    except ArithmeticError:
        log.exception("rule %s cannot be evaluated", kept.id)
        yield Looked(kept, kept.rule.campaign)


def brought_on(asking: Asking, found: list[Looked], now: datetime) -> list[Happened]:
    """Take every alert a step further, write it, and return what happened; in one transaction with what it leads to."""
    known = dict(alerts(asking.db))
    above = frozenset(one.id for one in rules(asking.db) if one.state == ON and _upstream_first(one) == 0)
    happened, changed = [], {}
    for one in found:
        old = known.get((one.kept.id, one.campaign), KeptAlert(one.kept.id, one.campaign))
        stepped_on = _stepped(one, old, now, held=_is_held(one, known, above))
        if stepped_on is None:
            continue
        alert, told = stepped_on
        ending = next((str(item) for item in told if item not in (News.FIRED, News.AGAIN)), old.ending)
        new = replace(old, alert=alert, said=one.said or old.said, ending="" if alert.is_open else ending)
        if new != old:
            known[new.key] = changed[new.key] = new
        happened.append(Happened(one.kept, new, told))
    keep_alerts(asking.db, changed.values())
    return happened


def ended(asking: Asking, kept: KeptRule, now: datetime) -> list[Happened]:
    """End the alerts of a rule that is changed, paused or removed; it begins afresh."""
    happened = []
    for old in alerts(asking.db, kept.id).values():
        alert, told = begun_afresh(old.alert, now)
        ending = str(News.ENDED) if old.alert.is_open else old.ending
        happened.append(Happened(kept, replace(old, alert=alert, ending=ending), told))
    keep_alerts(asking.db, [one.alert for one in happened])
    return happened


def _stepped(one: Looked, old: KeptAlert, now: datetime, *, held: bool) -> Step | None:
    if one.case is None or one.finding is None:
        return failed(old.alert)
    is_old_look = one.case.sent_on is not None and one.finding.last == old.alert.last and not old.alert.is_open
    if is_old_look and one.finding.outcome is not Outcome.ASLEEP:
        return None  # a broadcast is judged once at each look
    still = _still_broken(one.case, old)
    return stepped(old.alert, one.finding.outcome, one.finding.last, now, still=still, held=held)


def _still_broken(case: Case, old: KeptAlert) -> bool:
    """Tell whether the day for which an alert fired is still broken, as far as is known now."""
    fired_on = old.alert.fired_on
    if not old.alert.is_open or fired_on is None or CONDITION[case.rule.condition].is_operational:
        return True
    judgement = found_on(case, case.sent_on or fired_on).judgement
    return judgement is None or not judgement.is_well


def _is_held(one: Looked, known: Mapping[Key, KeptAlert], above: frozenset[str]) -> bool:
    """Tell whether an alert further up on the same campaign explains this one."""
    others = (known.get((rule, one.campaign)) for rule in above if one.kept.id not in above)
    return any(other is not None and other.alert.is_open for other in others)


def _upstream_first(kept: KeptRule) -> int:
    return 0 if kept.rule.condition == "silence" or kept.rule.metric.key in UPSTREAM else 1
