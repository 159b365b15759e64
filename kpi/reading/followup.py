"""What a question in a thread takes from the answer above it: whatever its own words do not say.

The question above is kept as JSON of what was understood, so that it is never read a second time in another way.
"""

from __future__ import annotations

import json
import re
from contextlib import suppress
from dataclasses import astuple, replace
from datetime import date
from typing import TYPE_CHECKING

from kpi.errors import UnknownPeriod
from kpi.metrics import METRIC
from kpi.periods import DAY, Period
from kpi.question import Asked, Part
from kpi.reading.period_words import period_of
from kpi.reading.vocabulary import question_called
from kpi.scope import Scope
from kpi.steps import Step

if TYPE_CHECKING:
    from kpi.question import Asking, Question

GOES_ON = re.compile(r"\s*(and|und|y|at|also|auch|tambien|también)\b", re.IGNORECASE)
BEFORE = r"the (?:one|time|period) before|before that|{}(?: that)?"
"""Words for the days before those of the answer above, beside the name of these days."""


def goes_on(text: str) -> bool:
    """Tell whether a text is worded like the continuation of what was said last: ``and last month?``."""
    return GOES_ON.match(text) is not None


def remembered(asked: Asked) -> str:
    """Return what a follow-up can take from a question, '' where there is nothing to take."""
    if not _has_context(asked.question):
        return ""
    days = _kept(asked, Part.PERIOD).period
    metric = _kept(asked, Part.METRIC).metric
    return json.dumps({
        "question": asked.question.name,
        "campaigns": [campaign.slug for campaign in _kept(asked, Part.CAMPAIGN).campaigns],
        "metric": metric and metric.key,
        "period": days and (days.start.isoformat(), days.end.isoformat(), days.name),
        "most": asked.most,
        "scope": astuple(_kept(asked, Part.SCOPE).scope),
        "step": _kept(asked, Part.STEP).step,
    })  # fmt: skip


def _kept(asked: Asked, part: Part) -> Asked:
    """Return the question that a part is kept of for later: the one above, where this one cannot be about it."""
    return asked if asked.above is None or part in asked.question.takes else asked.above


def recalled(context: str, asking: Asking) -> Asked | None:
    """Return the question above, or None where there is none or it is about what is no longer there."""
    if not context:
        return None
    told = json.loads(context)
    with suppress(KeyError):
        return Asked(
            question_called(told["question"]),
            tuple(asking.campaigns[slug] for slug in told["campaigns"]),
            METRIC[told["metric"]] if told["metric"] else None,
            _period(told["period"], asking.today) if told["period"] else None,
            most=told["most"],
            scope=_scope(*told["scope"]),
            step=Step(told["step"]) if told["step"] else None,
        )
    return None


def spelled_out(text: str, above: Asked) -> str:
    """Return the text with ``the week before`` as the days that it means under the answer above."""
    if above.period is None:
        return text
    earlier = above.period.before()
    words = BEFORE.format(earlier.name)
    return re.sub(rf"\b(?:{words})\b", f"{earlier.start}..{earlier.end - DAY}", text, count=1, flags=re.IGNORECASE)


def following(new: Asked, above: Asked, *, is_question_typed: bool) -> Asked:
    """Return a question completed by the answer above: its question where it fits, and each part that it takes."""
    if not _has_context(new.question):
        return new
    said = {part for part, is_said in _parts(new).items() if is_said}
    question = new.question if is_question_typed or not said else _question(new, said, above)
    alike = question is above.question
    taken = {
        part
        for part, is_there in _parts(above).items()
        if is_there and part in question.takes and part not in said
        if part is not Part.CAMPAIGN or alike or len(above.campaigns) == 1
    }
    return replace(
        new,
        question=question,
        campaigns=above.campaigns if Part.CAMPAIGN in taken else new.campaigns,
        metric=above.metric if Part.METRIC in taken else new.metric,
        period=above.period if Part.PERIOD in taken else new.period,
        scope=above.scope if Part.SCOPE in taken else new.scope,
        step=above.step if Part.STEP in taken else new.step,
        most=new.most or (above.most if alike else None),
        taken=frozenset(taken),
        above=above,
    )


def as_above(asked: Asked, asking: Asking) -> str:
    """Say what was taken from the answer above: ``Spring sale, last week, as above.``, '' for nothing."""
    said = [campaign.name for campaign in asked.campaigns if Part.CAMPAIGN in asked.taken]
    if asked.metric and Part.METRIC in asked.taken:
        label = asked.metric.label
        said.append(label if label.isupper() else label[:1].lower() + label[1:])
    if asked.period and Part.PERIOD in asked.taken:
        said.append(asking.words.period(asked.period))
    if Part.SCOPE in asked.taken and asked.scope:
        said.append(asked.scope.named)
    listed = ", ".join(said)
    return f"{listed[:1].upper()}{listed[1:]}, as above." if said else ""


def _has_context(question: Question) -> bool:
    """Tell whether a question is about figures, rather than about words."""
    return Part.TOPIC not in question.takes and question.name != "define"


def _question(new: Asked, said: set[Part], above: Asked) -> Question:
    """Return the question that parts alone are put to: the one above, where it takes them all."""
    if said <= set(above.question.takes):
        return above.question
    return question_called("campaign") if above.campaigns and new.question.name == "overview" else new.question


def _parts(asked: Asked) -> dict[Part, bool]:
    return {
        Part.CAMPAIGN: bool(asked.campaigns),
        Part.METRIC: bool(asked.metric),
        Part.PERIOD: bool(asked.period),
        Part.SCOPE: bool(asked.scope),
        Part.STEP: bool(asked.step),
    }


def _scope(channel: str, markets: list[str], tags: list[str], currency: str) -> Scope:
    return Scope(channel, tuple(markets), tuple(tags), currency)


def _period(told: tuple[str, str, str], today: date) -> Period:
    """Return the same days; ``last week`` is called by its dates once it no longer is the last week."""
    period = Period(date.fromisoformat(told[0]), date.fromisoformat(told[1]), told[2])
    with suppress(UnknownPeriod):
        if period_of(period.name, today) == period:
            return period
    return replace(period, name=f"{period.start}..{period.end - DAY}")
