"""What an alert says: the KPI, its value with its fraction, the limit, since when, how sure, and what to do."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from kpi.alerts.evaluator import Outcome
from kpi.alerts.rule import Against, Kind
from kpi.alerts.words import counted, value
from kpi.quantities import Profit, Ratio, Share
from kpi.terms import terms
from kpi.units import Unit

if TYPE_CHECKING:
    from kpi.alerts.evaluator import Finding
    from kpi.alerts.judging import Case, Judgement
    from kpi.alerts.rule import Rule
    from kpi.facts import Fact
    from kpi.wording import Words

ALL_IN = 0.99
"""From here on nothing is said about results that are still to come."""
CONFIRMED, POSSIBLE = "Confirmed: this is more than chance.", "Possible: it could still be chance."


def found_in(case: Case, finding: Finding, words: Words) -> str:
    """Say what was found, in one sentence or two."""
    if finding.judgement is None:
        return nothing_found(case, finding, words)
    return f"{measured(case.rule, finding.judgement, words)} {sure(case.rule, finding.judgement)}".strip()


def nothing_found(case: Case, finding: Finding, words: Words) -> str:
    """Say why nothing can be judged."""
    label = case.rule.metric.label
    match finding.outcome:
        case Outcome.TOO_LITTLE:
            least = words.shown(case.least, Unit.COUNT)
            return f"{label}: waiting for volume ({least} {counted(case.rule.metric)}) and days to learn from."
        case Outcome.ASLEEP:
            return f"{label}: not looked at now; a broadcast is judged one day and three days after its last message."
        case _:
            return f"{label}: no results that are old enough to be judged."


def measured(rule: Rule, judgement: Judgement, words: Words) -> str:
    """Say the value with its fraction, its days, and the limit: ``CTR 3.1% (412 of 13,290 delivered, 1–7 Nov)``."""
    if rule.condition == "silence":
        return f"No messages sent on {days_of(judgement, words)}." if judgement.is_broken else "Messages go out."
    shown = f"{rule.metric.label} {_shown(rule, judgement, judgement.value, words)}"
    detail = ", ".join(filter(None, (fraction(rule, judgement, words), days_of(judgement, words))))
    return f"{shown} ({detail}), {limit(rule, judgement, words)}."


def limit(rule: Rule, judgement: Judgement, words: Words) -> str:
    """Say on which side of what limit it is: ``below 5%``, ``30% below the same days last week (€5,000)``."""
    bound = _shown(rule, judgement, judgement.limit, words)
    if not judgement.is_broken and judgement.usual is None:
        return f"the limit is {bound}"
    side = "below" if judgement.value < judgement.limit else "above"
    if judgement.usual is None or rule.against is Against.TARGET:
        return f"{side} {'its target of ' if rule.against is Against.TARGET else 'the limit of '}{bound}"
    usual = _shown(rule, judgement, judgement.usual, words)
    against = "the same days last week" if rule.against is Against.LAST_WEEK else "usually"
    change = abs(judgement.value / judgement.usual - 1) if judgement.usual else 0.0
    direction = "less" if judgement.value < judgement.usual else "more"
    return f"{words.percent(change)} {direction} than {against} ({usual}; limit {bound})"


def fraction(rule: Rule, judgement: Judgement, words: Words) -> str:
    """Say what the value was divided by: ``412 of 13,290 delivered``."""
    window = judgement.window
    match rule.metric.quantity:
        case Share(_, whole):
            said = f"{_count(window.part, words)} of {_count(window.whole, words)} {terms(whole).fact.called}"
        case Ratio(over, under):
            sides = zip((over, under), (window.part, window.whole), strict=True)
            said = " for ".join(_amount(terms(side).fact, number, words, rule) for side, number in sides)
        case Profit(per_cost=True):
            said = f"from {value(rule.metric, window.whole, words)} cost"
        case _:
            return ""
    return said if window.exposure >= ALL_IN * window.whole else f"{said} so far"


def days_of(judgement: Judgement, words: Words) -> str:
    """Say which days were looked at."""
    days = judgement.window.days
    if not days:
        return "no day"
    return words.days(days[0].day, days[-1].day + timedelta(days=1), year=False)


def sure(rule: Rule, judgement: Judgement) -> str:
    """Say how sure it is that the value is beyond the limit."""
    if not judgement.is_broken or rule.condition in ("silence", "budget", "anomaly"):
        return ""
    return CONFIRMED if judgement.is_sure else POSSIBLE


def _shown(rule: Rule, judgement: Judgement, number: float, words: Words) -> str:
    """Write a value; a sum is that of all the days together."""
    whole = number * judgement.window.exposure if rule.kind is Kind.SUM and rule.condition != "budget" else number
    return value(rule.metric, whole, words, rule.currency)


def _amount(fact: Fact, number: float, words: Words, rule: Rule) -> str:
    return words.shown(number, fact.unit, rule.currency)


def _count(number: float, words: Words) -> str:
    return words.shown(number, Unit.COUNT)
