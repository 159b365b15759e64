"""The steps of a campaign against the usual as a picture: how far each lies from it, and which of them leaks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kpi.charts.differences import Differences, Gap
from kpi.comparing.verdict_words import relative
from kpi.comparison.verdicts import Verdict
from kpi.report import Picture

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kpi.why.weak_steps import Step
    from kpi.wording import Words

SUBTITLE = "How far each step lies from your usual, and what chance allows; hollow = may be chance"


def picture_of(steps: Sequence[Step], said: str, words: Words, currency: str) -> Picture | None:
    """Return every judged step around the line of the usual; none where no step can be judged."""
    gaps = tuple(gap for step in steps if not step.unjudged and (gap := _gap(step, words, currency)))
    if not gaps:
        return None
    listed = ", ".join(f"{gap.name} {gap.shown}" for gap in gaps)
    return Picture(f"{said} {listed}.", Differences(said.rstrip("."), SUBTITLE, gaps, words))


def _gap(step: Step, words: Words, currency: str) -> Gap | None:
    against = step.against
    drawn = relative(against) if against else None
    if against is None or drawn is None:
        return None
    own, usual = (words.short(value, step.metric.unit, currency) for value in (against.value.value, step.usual))
    is_clear = against.verdict is Verdict.CLEAR
    return Gap(step.metric.label, *drawn, f"{own} vs {usual}", against.is_ahead if is_clear else None)
