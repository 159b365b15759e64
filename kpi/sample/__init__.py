"""A season of campaigns that never was, as a results file of our own layout: for the demo, the tests and a first look.

Every number is drawn by chance, but by the same chance each time: it depends on the campaign and on how many sends came
before, never on today. Only the last days do, because reads and orders are still coming in. Campaigns stand on the
weekday they would be sent on, so the whole season moves on by a week each Monday. Orders stand on their message's day;
``kpi.sample.ages`` knows how much later they came.
"""

from __future__ import annotations

import csv
from datetime import date, timedelta
from io import StringIO
from typing import TYPE_CHECKING

from kpi.facts import TOLD
from kpi.sample.campaigns import CAMPAIGNS
from kpi.sample.chance import outcomes

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kpi.sample.chance import Outcome
    from kpi.sample.script import Script

HEADER = (
    *(
        "campaign",
        "day",
        "name",
        "channel",
        "objective",
        "kind",
        "starts",
        "ends",
        "tags",
        "market",
        "variant",
        "currency",
    ),
    *(fact.key for fact in TOLD),
)
CURRENCY = "EUR"


def season(today: date) -> str:
    """Return 26 weeks of campaigns up to yesterday as CSV: each is introduced in a row, then told day by day."""
    text = StringIO()
    table = csv.DictWriter(text, HEADER, lineterminator="\n")
    table.writeheader()
    for script in CAMPAIGNS:
        table.writerow(_introduction(script, today))
        table.writerows(_results(script, today))
    return text.getvalue()


def _introduction(script: Script, today: date) -> dict[str, object]:
    about = {"name": script.name, "channel": script.channel, "objective": script.objective, "kind": script.kind}
    return {
        "campaign": script.slug,
        **about,
        "tags": script.tags,
        "starts": script.first_day(today),
        "ends": script.last_day(today),
    }


def _results(script: Script, today: date) -> Iterator[dict[str, object]]:
    """Yield the rows of every send before today; what nobody counts stays empty."""
    for day, outcome in sent(script, today):
        known = {fact.key: count for fact, count in outcome.after((today - day).days).items()
                 if fact not in script.nobody_counts()}  # fmt: skip
        keys = {"market": outcome.split.market.name, "variant": outcome.split.variant, "currency": CURRENCY}
        yield {"campaign": script.slug, "day": day, **keys, **known}


def sent(script: Script, today: date) -> Iterator[tuple[date, Outcome]]:
    """Yield every send before today with its day, split by split."""
    for sends in range(script.sends):
        day = script.first_day(today) + timedelta(days=sends * script.every)
        if day >= today:
            return
        for outcome in outcomes(script, sends, day):
            yield day, outcome
