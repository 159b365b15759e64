"""``target rocs 8 in spring-sale``: what a KPI shall reach, listed, set and removed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kpi.alerts.words import value
from kpi.errors import Mistake
from kpi.metrics import METRIC
from kpi.reading.alert_rules import campaign_named, metric_named, require_fit
from kpi.reading.alert_words import NOTHING, TARGET_USAGE, parts_of
from kpi.reading.amounts import amount_of
from kpi.reading.typed import is_sign
from kpi.report import Column, Note, Paragraph, Report, Table
from kpi.storage.alerts.rules import set_target, targets
from kpi.units import Unit

if TYPE_CHECKING:
    from kpi.metrics import Metric
    from kpi.question import Asking
    from kpi.reading.typed import Word

NONE = frozenset({"none", "off", "remove", "delete", "keins", "ninguno"})


def target_told(asking: Asking, said: str, by: str) -> Report:
    """Carry out a command about targets, and say what is now."""
    if not said:
        return _listed(asking)
    subject, *parts = parts_of(said)
    words = tuple(word for word in subject.words if word.folded not in NOTHING and not is_sign(word))
    campaign = next((campaign_named(part.words, asking) for part in parts if part.key == "in"), None)
    metric, level = _read(words, asking)
    set_target(asking.db, metric, campaign.slug if campaign else "", level, by, asking.now)
    whose = campaign.name if campaign else "every campaign"
    if level is None:
        return _said(f"{metric.label} of {whose} has no target any more.")
    return _said(f"Target: {metric.label} of {whose} is to reach {_shown(metric, level, asking)}.",
                 f"alert {metric.key} below target tells you when it does not.")  # fmt: skip


def _read(words: tuple[Word, ...], asking: Asking) -> tuple[Metric, float | None]:
    """Read the KPI and the number behind it; no number is read as none where a word says so."""
    for count in range(len(words) - 1, 0, -1):
        amount = amount_of(words[count:], asking.words.locale)
        if words[-1].folded in NONE and count == len(words) - 1:
            return metric_named(words[:count]), None
        if amount is not None and count + amount.words == len(words):
            metric = metric_named(words[:count])
            require_fit(metric, amount)
            return metric, float(amount.number) / (100 if metric.unit is Unit.SHARE else 1)
    raise Mistake("A target needs a KPI and a number.", TARGET_USAGE)


def _listed(asking: Asking) -> Report:
    rows = tuple(
        (METRIC[key].label, asking.campaigns[slug].name if slug in asking.campaigns else "every campaign",
         _shown(METRIC[key], level, asking))
        for (key, slug), level in sorted(targets(asking.db).items())
    )  # fmt: skip
    if not rows:
        return _said("There is no target yet.", TARGET_USAGE)
    said = f"{len(rows)} targets." if len(rows) > 1 else "One target."
    columns = (Column("KPI", "left"), Column("Campaign", "left"), Column("Target"))
    return Report(said, (Paragraph(said), Table("Targets", columns, rows), Note(TARGET_USAGE)))


def _shown(metric: Metric, level: float, asking: Asking) -> str:
    return value(metric, level, asking.words)


def _said(said: str, *notes: str) -> Report:
    return Report(said, (Paragraph(said), *map(Note, notes)))
