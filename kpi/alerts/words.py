"""A rule in words: as it is typed, and repeated back in full with what was left open spelled out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kpi.alerts.conditions import CONDITION
from kpi.alerts.judging import FEWEST_MESSAGES, FEWEST_ORDERS, LENGTHS
from kpi.alerts.rule import Against, Kind, Rule
from kpi.alerts.told import wait_for
from kpi.quantities import Ratio, Share
from kpi.reading.vocabulary import quoted
from kpi.terms import terms
from kpi.units import Unit

if TYPE_CHECKING:
    from kpi.metrics import Metric
    from kpi.wording import Words

VERBS = {"below": "below", "above": "above", "drops": "down", "rises": "up"}


def value(metric: Metric, number: float, words: Words, currency: str = "") -> str:
    """Write a value of a KPI."""
    return words.shown(number, metric.unit, currency)


def typed(rule: Rule, words: Words) -> str:
    """Return a rule as it is typed."""
    said = {
        "anomaly": f"{rule.metric.key} anomaly",
        "silence": "no sends",
        "budget": f"spend above {words.typed(100 * (rule.level or 0))}% of {words.typed(rule.budget or 0)} "
        f"{rule.currency}",
    }.get(rule.condition) or f"{rule.metric.key} {VERBS[rule.condition]} {_level(rule, words)}"
    tail = (
        f"vs {rule.against.removeprefix('the ')}" if rule.condition in ("drops", "rises") else "",
        f"for {_days(rule.days)}" if rule.days else "",
        f"over {_days(rule.over)}" if rule.over else "",
        f"min {rule.least}" if rule.least is not None else "",
        f"in {quoted(rule.campaign)}" if rule.campaign else "",
    )
    return " ".join(filter(None, (said, *tail)))


def in_full(rule: Rule, words: Words, name: str = "") -> str:
    """Say when an alert is raised, such as ``CTR of Spring sale is below 5% for 2 days in a row``."""
    whose = f" of {name}" if name else " of any campaign"
    days = rule.days or CONDITION[rule.condition].days
    if rule.condition == "silence":
        return f"{name or 'A campaign that sends every day'} has sent nothing for {_days(days)}."
    if rule.condition == "budget":
        part = "" if rule.level == 1 else f"{words.percent(rule.level or 0)} of "
        limit = f"{part}{value(rule.metric, rule.budget or 0, words, rule.currency)}"
        return f"Spending {f'on {name}' if name else 'of all campaigns this month'} is above {limit}."
    streak = f" for {_days(days)} in a row" if days > 1 else ""
    over = f", {_days(rule.over)} taken together" if rule.over and rule.over > 1 else ""
    if rule.condition == "anomaly":
        return f"{rule.metric.label}{whose} is far from what is usual for it{over}{streak}."
    return f"{rule.metric.label}{whose} is {_condition(rule, words)}{over}{streak}."


def defaults(rule: Rule, words: Words) -> str:
    """Spell out what the rule leaves open."""
    if rule.condition == "silence":
        return "I look every hour, and only at campaigns that have sent in the four weeks before."
    if rule.condition == "budget":
        return "I look every hour; today counts."
    wait = wait_for(rule.metric)
    complete = f"Only days that are {_days(wait)} old count, or younger ones once I know how results come in"
    said = [complete if wait > 1 else "Only complete days count"]
    least = rule.least if rule.least is not None else FEWEST_MESSAGES if rule.kind is Kind.SHARE else FEWEST_ORDERS
    said.append(f"at least {words.shown(least, Unit.COUNT)} {counted(rule.metric)}")
    if not rule.over and not rule.is_literal and rule.condition != "anomaly":
        lengths = f"{', '.join(map(str, LENGTHS[:-1]))} or {LENGTHS[-1]} days"
        said.append(f"{lengths} taken together, as few as tell it for sure")
    return f"{'; '.join(said)}. {sureness(rule)}"


def sureness(rule: Rule) -> str:
    """Say how sure the rule is before it speaks."""
    if rule.is_literal:
        return "I keep to the letter of it, and say whether it is confirmed or could be chance."
    if rule.condition == "anomaly":
        return "I learn what is usual from four weeks."
    return "I speak up only when it is more than chance."


def counted(metric: Metric) -> str:
    """Return what ``min`` counts: ``delivered``, ``orders``."""
    match metric.quantity:
        case Share(_, whole):
            return terms(whole).fact.called
        case Ratio(_, under) if terms(under).fact.unit is not Unit.MONEY:
            return terms(under).fact.called
        case _:
            return metric.label.lower() if metric.unit is Unit.COUNT else "orders"


def _condition(rule: Rule, words: Words) -> str:
    if rule.condition in ("below", "above"):
        is_target = rule.against is Against.TARGET
        limit = "its target" if is_target else value(rule.metric, rule.level or 0, words, rule.currency)
        return f"{rule.condition} {limit}"
    against = {Against.LAST_WEEK: "the same days last week", Against.TARGET: "its target"}
    usual = "what is usual (the median of the same days in the last four weeks)"
    direction = "lower" if rule.condition == "drops" else "higher"
    return f"{words.percent(rule.level or 0)} or more {direction} than {against.get(rule.against, usual)}"


def _level(rule: Rule, words: Words) -> str:
    if rule.against is Against.TARGET and rule.condition in ("below", "above"):
        return "target"
    is_percent = rule.metric.unit is Unit.SHARE or rule.condition in ("drops", "rises")
    number = words.typed(round((rule.level or 0) * (100 if is_percent else 1), 6))
    return f"{number}%" if is_percent else f"{number} {rule.currency}".strip()


def _days(count: int | None) -> str:
    return "1 day" if count == 1 else f"{count} days"
