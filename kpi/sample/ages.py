"""How the results of the sample season came in, day by day after each message."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kpi.ages import days_had
from kpi.facts import ARRIVING, BY_SEND
from kpi.money import CENT
from kpi.sample import CURRENCY, sent
from kpi.sample.campaigns import CAMPAIGNS
from kpi.sample.chance import ALL_IN
from kpi.storage.arrivals import ArrivalKey
from kpi.units import Unit

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from kpi.facts import Fact
    from kpi.sample.chance import Outcome
    from kpi.sample.script import Script


ON_ITS_DAY = {by_send: fact for fact, by_send in BY_SEND.items()}


def season_arrivals(today: date, source: str) -> dict[ArrivalKey, dict[Fact, int]]:
    """Return what came of every message before today, by age; all together it is what the season's file tells."""
    return {
        ArrivalKey(script.slug, source, day, outcome.split.market.name, outcome.split.variant, CURRENCY, age): counts
        for script in CAMPAIGNS
        for day, outcome in sent(script, today)
        for age, counts in enumerate(_day_by_day(script, outcome, days_had(day, today)))
    }


def _day_by_day(script: Script, outcome: Outcome, days: int) -> Iterator[dict[Fact, int]]:
    """Yield what came on each day, the message's own first; on the first everything that is counted is told."""
    counted = [(fact, ON_ITS_DAY.get(fact, fact)) for fact in ARRIVING]
    counted = [(fact, own) for fact, own in counted if own not in script.nobody_counts()]
    before = dict.fromkeys(ARRIVING, 0)
    for number in range(1, min(days, ALL_IN) + 1):
        known = outcome.after(number)
        whole = {fact: round(known[own] * (100 if own.unit is Unit.MONEY else 1)) for fact, own in counted}
        yield {fact: (count - before[fact]) * (CENT if fact.unit is Unit.MONEY else 1) for fact, count in whole.items()}
        before = whole
