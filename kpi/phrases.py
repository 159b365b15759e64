"""Sentences that several answers share: where the figures come from, what is missing, what is still filling up."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kpi.notes import told
from kpi.periods import Period
from kpi.quantities import Sum
from kpi.storage.notes import notes_in
from kpi.storage.tallies import origin
from kpi.units import Unit

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from kpi.estimates import Estimate
    from kpi.metrics import Metric
    from kpi.question import Asking
    from kpi.storage.campaigns import Campaign
    from kpi.wording import Words

STALE_AFTER = 3
"""Days without news after which a running campaign's figures are called old."""


def source_line(asking: Asking, campaigns: Iterable[Campaign], until: date | None) -> str:
    """Say which sources told the figures, when, and up to which day."""
    found = origin(asking.db, campaigns)
    if not found.sources or found.updated_at is None:
        return ""
    parts = [f"Source: {asking.words.listed(found.sources)}, updated {asking.words.moment(found.updated_at)}"]
    if until:
        parts.append(f"results up to {asking.words.day(until)}")
    line = ", ".join(parts) + "."
    return " ".join([line, *(sentence[:1].upper() + sentence[1:] + "." for sentence in found.disagreements[:2])])


def remarks(estimates: Iterable[tuple[Metric, Estimate]], words: Words) -> str:
    """Say once what must be said beside the figures, such as ``Revenue: refunds unknown, so as given``."""
    said: dict[str, list[str]] = {}
    for metric, estimate in estimates:
        rest = words.shown(estimate.uncounted, Unit.COUNT)
        missing = [f"without {rest} {estimate.of} of days that lack the other side"] if estimate.uncounted else []
        for remark in (*estimate.remarks, *missing):
            said.setdefault(remark, []).append(estimate.label or metric.label)
    return " ".join(f"{', '.join(labels[:2])}: {remark}." for remark, labels in said.items())


def left_out(metric: Metric, estimate: Estimate, total: int, asking: Asking) -> str:
    """Say which campaigns a ratio could not count: ``ROCS from 12 of 14 campaigns; without a, b``."""
    if not estimate.left_out or not total:
        return ""
    names = tuple(asking.campaigns[slug].name for slug in estimate.left_out if slug in asking.campaigns)
    counted = total - len(names)
    if isinstance(metric.quantity, Sum):
        return f"{metric.label} is unknown for {len(names)} of {total} campaigns: {asking.words.listed(names)}."
    return f"{metric.label} from {counted} of {total} campaigns; one side is unknown for {asking.words.listed(names)}."


def published_ranges(judged: Iterable[tuple[Metric, float | None]], kind: str, words: Words) -> str:
    """Say how KPIs lie to published ranges, source by source; '' where none was published.

    ``Published ranges (chatarmin, vendor study): CTR 7.9% within 5%–15%.``
    """
    said: dict[str, list[str]] = {}
    for metric, value in judged:
        published = metric.benchmark(kind)
        if published is not None and value is not None:
            where = "below" if value < published.low else "above" if value > published.high else "within"
            low, high, shown = (words.short(one, metric.unit) for one in (published.low, published.high, value))
            lines = said.setdefault(f"{published.source}; {published.trust.value}", [])
            lines.append(f"{metric.label} {shown} {where} {low}–{high}")
    return " ".join(f"Published ranges ({source}): {', '.join(lines)}." for source, lines in said.items())


def noted(asking: Asking, start: date, end: date) -> str:
    """Say what was noted about the days from the one up to, not including, the other."""
    return told(notes_in(asking.db, Period(start, end, "")), asking.words)


def sentence(text: str) -> str:
    """Begin with a capital and end with a full stop."""
    return text[:1].upper() + text[1:] + ("" if text.endswith((".", "?", "!")) else ".") if text else ""
