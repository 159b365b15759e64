"""``why CAMPAIGN``: the step that costs a campaign most. ``why METRIC [PERIOD]``: what moved a total or a rate."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kpi.metrics import METRIC
from kpi.question import Asked, Asking, Part, Question
from kpi.questions.campaign import nothing_yet
from kpi.why.campaign import diagnosed
from kpi.why.metric import explained

if TYPE_CHECKING:
    from kpi.report import Report


def answer(asking: Asking, asked: Asked) -> Report:
    """Diagnose a campaign, over its whole life; explain what moved a KPI (else: revenue) of an automation or of all.

    A broadcast has no days before to be set against, so days are told not to apply, and a KPI is told among its steps.
    """
    campaign = asked.campaigns[0] if asked.campaigns else None
    if campaign and not campaign.began:
        return nothing_yet(campaign, asking)
    if campaign and not (campaign.kind == "automation" and (asked.period or asked.metric)):
        return diagnosed(asking, asked, campaign)
    return explained(asking, asked, asked.metric or METRIC["revenue"])


WHY = Question(
    "why",
    "why CAMPAIGN|METRIC [PERIOD]",
    "which step costs a campaign most, or what moved a total",
    answer,
    takes=(Part.CAMPAIGN, Part.METRIC, Part.PERIOD, Part.SCOPE),
    aliases=("diagnose", "explain"),
    examples=("why {campaign}", "why revenue last week"),
)
