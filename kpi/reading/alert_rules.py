"""The words of a rule become a rule; what does not fit together is said in one line, with the right form."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from kpi.alerts.rule import Against, Rule
from kpi.errors import Mistake, UnknownMetric, UnknownName
from kpi.facts import Adds
from kpi.metrics import METRIC
from kpi.quantities import facts_of
from kpi.reading.alert_words import FORMS, NOTHING, TARGET, USAGE, days_told, parts_of
from kpi.reading.amounts import Amount, amount_of
from kpi.reading.lexicon import folded
from kpi.reading.near_names import alike
from kpi.reading.typed import joined, key_of
from kpi.reading.vocabulary import metric_words, metrics_like
from kpi.units import Unit

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kpi.metrics import Metric
    from kpi.question import Asking
    from kpi.reading.alert_words import Part
    from kpi.reading.typed import Word
    from kpi.storage.campaigns import Campaign

RATES = {
    "opt_outs": "opt_out_rate", "blocks": "block_rate", "delivered": "delivery_rate", "read": "read_rate",
    "failed": "failure_rate", "clickers": "ctr", "clicks": "ctr", "replies": "reply_rate",
    "buyers": "conversion_rate", "orders": "conversion_rate", "refunds": "refund_rate", "feedback": "feedback_rate",
    "reviews": "reviews_rate",
}  # fmt: skip
"""Which rate is meant where a count is set against a percentage: ``opt-outs above 2%``."""
MOST_DAYS, MOST_OVER, MOST_LEAST = 14, 28, 10**9
CHANGE = "revenue down 30% vs last week"
CROSSINGS, CHANGES = ("below", "above"), ("drops", "rises")
CONDITIONS = (*CROSSINGS, *CHANGES, "anomaly", "silence")
REFERENCES = {
    **dict.fromkeys(("last", "week", "letzte", "vorwoche", "semana", "pasada"), Against.LAST_WEEK),
    **dict.fromkeys(("usual", "normal", "average", "ublich", "ubliche", "habitual"), Against.USUAL),
    **dict.fromkeys(TARGET, Against.TARGET),
}
SENDS = frozenset({"sends", "send", "sending", "messages", "sent", "nachrichten", "envios", "mensajes", "mensahe"})
EVERY = frozenset({"", "all", "every", "any", "alle", "allen", "todas", "todos", "lahat"})


def rule_of(text: str, asking: Asking) -> Rule:
    """Read a rule; raise a Mistake that shows the right form."""
    subject, *parts = parts_of(re.sub(r"(\d)\s+%", r"\1%", text))
    named: dict[str, Part] = {}
    for part in parts:
        key = "above" if part.key == "over" and days_told(part.words) is None else part.key
        if key in named:
            raise Mistake(f"There is '{key}' twice in that rule.", USAGE)
        named[key] = part
    conditions = [key for key in CONDITIONS if key in named]
    if len(conditions) != 1:
        raise Mistake("An alert needs a KPI and one condition.", f"{USAGE} {FORMS}")
    return _Reading(asking, named).rule(conditions[0], subject)


class _Reading:
    """The pieces of a rule being understood."""

    def __init__(self, asking: Asking, parts: dict[str, Part]) -> None:
        self.asking, self.parts = asking, parts

    def rule(self, condition: str, subject: Part) -> Rule:
        if condition == "silence":
            return self.silence()
        rule = Rule(
            condition,
            metric_named([word for word in subject.words if word.folded not in NOTHING]),
            days=self.days("for", MOST_DAYS),
            over=self.days("over", MOST_OVER),
            least=self.least(),
            campaign=self.campaign(),
        )
        if condition == "anomaly":
            return watchable(rule)
        told = [word for word in self.parts[condition].words if word.folded not in NOTHING]
        if condition in CROSSINGS and told and told[0].folded in TARGET:
            return watchable(replace(rule, against=Against.TARGET))
        amount = amount_of(told, self.asking.words.locale)
        if amount is None:
            raise Mistake(f"I need a number behind '{self.parts[condition].typed}'.", USAGE)
        return (
            self.changing(rule, amount) if condition in CHANGES else self.crossing(rule, amount, told[amount.words :])
        )

    def silence(self) -> Rule:
        """Read ``no sends for 2 days``."""
        words = {word.folded for word in self.parts["silence"].words}
        if not words & SENDS:
            raise Mistake("I can tell when sends stop.", "Type it like this: alert no sends for 2 days.")
        return Rule("silence", METRIC["sent"], days=self.days("for", MOST_DAYS), campaign=self.campaign())

    def crossing(self, rule: Rule, amount: Amount, rest: Sequence[Word]) -> Rule:
        """Read a number as the limit of a KPI, or as a budget."""
        if rule.metric.key == "cost" and rule.condition == "above" and (rule.days, rule.over) == (None, None):
            return self.budget(rule, amount, rest)
        metric = METRIC[RATES[rule.metric.key]] if amount.unit == "%" and rule.metric.key in RATES else rule.metric
        require_fit(metric, amount)
        level = float(amount.number) / (100 if metric.unit is Unit.SHARE else 1)
        currency = (amount.unit or self.asking.words.currency) if metric.unit is Unit.MONEY else ""
        return watchable(replace(rule, metric=metric, level=level, currency=currency))

    def budget(self, rule: Rule, amount: Amount, rest: Sequence[Word]) -> Rule:
        """Read ``above 80% of 5000 EUR``, or ``above 5000 EUR``."""
        part, whole = (amount, amount_of(rest, self.asking.words.locale)) if amount.unit == "%" else (None, amount)
        if whole is None or whole.unit in ("%", "x"):
            raise Mistake("A budget is an amount.", "Type it like this: alert spend above 80% of 5000 EUR.")
        return replace(
            rule,
            condition="budget",
            level=float(part.number) / 100 if part else 1.0,
            budget=float(whole.number),
            currency=whole.unit or self.asking.words.currency,
        )

    def changing(self, rule: Rule, amount: Amount) -> Rule:
        """Read ``down 30% vs last week``."""
        if amount.unit != "%" or not 0 < amount.number <= 1_000:  # noqa: PLR2004  ten times as much
            raise Mistake(
                "I need to know by how many percent.", "Type it like this: alert revenue down 30% vs last week."
            )
        against = Against.USUAL
        if "vs" in self.parts:
            found = [REFERENCES[word.folded] for word in self.parts["vs"].words if word.folded in REFERENCES]
            if not found:
                raise Mistake(
                    "I compare with last week, the usual or the target.", "Try: revenue down 30% vs last week."
                )
            against = found[0]
        return watchable(replace(rule, level=float(amount.number) / 100, against=against))

    def days(self, key: str, most: int) -> int | None:
        """Read ``for 2 days`` or ``over 3 days``."""
        if key not in self.parts or (key == "over" and days_told(self.parts[key].words) is None):
            return None
        told = days_told(self.parts[key].words)
        if told is None or not 0 < told <= most:
            raise Mistake(f"'{key}' takes 1 to {most} days.", USAGE)
        return told

    def least(self) -> int | None:
        """Read ``min 500 delivered``."""
        if "min" not in self.parts:
            return None
        amount = amount_of(self.parts["min"].words, self.asking.words.locale)
        if amount is None or amount.unit or amount.number != int(amount.number) or amount.number > MOST_LEAST:
            raise Mistake("'min' takes a whole number.", USAGE)
        return int(amount.number)

    def campaign(self) -> str:
        """Read ``in spring-sale``; '' is every campaign."""
        words = self.parts["in"].words if "in" in self.parts else ()
        return "" if folded(joined(words)) in EVERY else campaign_named(words, self.asking).slug


def campaign_named(words: Sequence[Word], asking: Asking) -> Campaign:
    """Return the campaign of that name; raise UnknownName with the nearest ones."""
    key = key_of(words)
    found = asking.called([key]).get(key)
    if found is None:
        near = asking.words.listed(tuple(one.slug for one in alike(asking, words)))
        hint = f"Did you mean {near}?" if near else "campaigns lists them."
        raise UnknownName(f"There is no campaign called '{joined(words)[:60]}'.", hint)
    return found


def metric_named(words: Sequence[Word]) -> Metric:
    """Return the KPI of that name; raise UnknownMetric with the nearest ones."""
    typed = " ".join(word.folded for word in words)
    found = metric_words().get(typed)
    if found is None:
        near = ", ".join(one.key for one in metrics_like(typed)) if typed else "ctr, revenue, rocs"
        said = f"I know no KPI called '{typed[:40]}'." if typed else "Which KPI?"
        raise UnknownMetric(said, f"Perhaps {near}? {USAGE}")
    return found


def require_fit(metric: Metric, amount: Amount) -> None:
    """Raise a Mistake where a number is no value of the KPI."""
    number, unit, label = amount.number, amount.unit, metric.label
    if metric.unit is Unit.SHARE and (unit not in ("%", "") or (unit == "" and number <= 1)):
        raise Mistake(f"{label} is a percentage.", f"Write it like this: {metric.key} below 5%.")
    if metric.unit is not Unit.SHARE and unit == "%":
        raise Mistake(f"{label} is no percentage.", f"Try: {metric.key} down 30% vs last week.")
    if (metric.unit is Unit.MONEY) < (unit not in ("%", "x", "")):
        raise Mistake(f"{label} is no amount of money.", USAGE)


def watchable(rule: Rule) -> Rule:
    """Return the rule; raise a Mistake where its KPI is a state that days cannot be told apart by."""
    if any(fact.adds is Adds.STATE for fact in facts_of(rule.metric.quantity)):
        raise Mistake(f"{rule.metric.label} is told now and then, so I cannot watch it day by day.", FORMS)
    return rule
