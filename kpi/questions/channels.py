"""``channels [PERIOD]``: WhatsApp against e-mail and SMS, where one is paid per message and another is nearly free."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kpi.metrics import METRIC
from kpi.question import Asked, Asking, Part, Question
from kpi.questions.compare import compared
from kpi.report import Choice, Choices, Paragraph, Report
from kpi.scope import CHANNELS, Scope
from kpi.storage.slices import Slice, parted
from kpi.units import Unit

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kpi.comparing.sides import Side
    from kpi.storage.campaigns import Campaign

BOTH_HAVE = (
    "delivery_rate",
    "ctr",
    "conversion_rate",
    "opt_out_rate",
    "revenue_per_message",
    "cost_per_message",
    "rocs",
)
"""KPIs that mean the same in every channel; reads do not: mail programs open messages by themselves."""


def answer(asking: Asking, asked: Asked) -> Report:
    """Return what the channels did over the period (none named: of all time)."""
    period = asked.period and asked.period.until(asking.today)
    slices = [
        (name[:1].upper() + name[1:], channel, Slice(campaigns, period, scope=asked.scope.rows))
        for channel, name in CHANNELS.items()
        if (campaigns := _sending(asking, asked, channel))
    ]
    used = [one for one in slices if parted(asking.db, (), one[-1], "market")]
    if len(used) > 1:
        return compared(asking, asked, used, BOTH_HAVE, per_message)
    when = f" in {asking.words.days(period.start, period.end)}" if period else ""
    only = f"Only {used[0][0]} has results{when}" if used else f"No channel has results{when}"
    said = f"{only}, so there is nothing to compare."
    return Report(said, (Paragraph(said), Choices((Choice("All time", "channels"), Choice("Overview", "overview")))))


def per_message(asking: Asking, sides: Sequence[Side], currency: str) -> str:
    """Say what a message brings and costs in each channel."""
    brought, cost = METRIC["revenue_per_message"], METRIC["cost_per_message"]
    parts = tuple(
        f"{side.name} {asking.words.short(side.estimate(brought, currency).value, Unit.MONEY, currency)} for "
        f"{asking.words.short(side.estimate(cost, currency).value, Unit.MONEY, currency)}"
        for side in sides
        if side.estimate(brought, currency).value is not None
    )
    return f"What a delivered message brought for its cost: {', '.join(parts)}." if parts else ""


def _sending(asking: Asking, asked: Asked, channel: str) -> tuple[Campaign, ...]:
    """Return the channel's broadcasts: automations answer people who have just done something, on any channel."""
    scope = Scope(channel=channel, tags=asked.scope.tags)
    return tuple(one for one in asking.sending(scope) if one.kind == "broadcast" and one.objective == "sales")


CHANNELS_QUESTION = Question(
    "channels",
    "channels [PERIOD]",
    "WhatsApp against e-mail",
    answer,
    takes=(Part.PERIOD, Part.SCOPE),
    aliases=("channel",),
    examples=("channels",),
)
