"""What rules watch: the campaigns that are running, and their days, read once for all rules."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cached_property
from typing import TYPE_CHECKING

from kpi.ages import OLDEST
from kpi.alerts.conditions import CONDITION, CONDITIONS, RECENTLY
from kpi.alerts.days import LONGEST_LOOK, Days, as_one, ripened
from kpi.alerts.judging import Case
from kpi.alerts.ripening import Ripening, learned
from kpi.alerts.told import currency_of, days_of, facts_read, slowest, wait_for
from kpi.periods import DAY, Period
from kpi.scope import Scope
from kpi.storage.alerts.rules import targets
from kpi.storage.arrivals import courses
from kpi.storage.notes import left_out_days
from kpi.storage.tallies import daily

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import date

    from kpi.alerts.days import Day
    from kpi.alerts.rule import Rule
    from kpi.question import Asking
    from kpi.storage.arrivals import Course
    from kpi.storage.campaigns import Campaign
    from kpi.tally import Sums

BACK = timedelta(days=60)
"""How far back a rule is tried out."""
LEARNING = timedelta(days=90)
"""How results come in is learned from the complete days of the last three months."""
ENDED = timedelta(days=RECENTLY)
"""So long after its last message a campaign is still looked at."""
MOST_PEERS = 20
OPERATIONAL = frozenset(one.key for one in CONDITIONS if one.is_operational)
EVERY = ""
"""The name under which all campaigns together are watched."""


@dataclass(frozen=True)
class Watched:
    """The campaigns and their rows; every rule on them is a case."""

    asking: Asking
    campaigns: Mapping[str, Campaign]
    rows: Mapping[str, Mapping[date, Sequence[Sums]]]
    courses: Mapping[str, Course]
    targets: Mapping[tuple[str, str], float]
    left_out: frozenset[date]
    read: dict[tuple[str, str, str], tuple[Day, ...]] = field(default_factory=dict)
    currencies: dict[str, str] = field(default_factory=dict)

    @property
    def today(self) -> date:
        """The team's day."""
        return self.asking.today

    def running(self, since: date) -> Iterator[Campaign]:
        """Yield the campaigns that have sent since a day."""
        return (one for one in self.campaigns.values() if one.ended and one.ended >= since)

    def cases(self, rule: Rule, since: date | None = None) -> Iterator[tuple[str, Case]]:
        """Yield a case for each campaign that a rule is about and that has sent lately (or since then), by its slug."""
        if rule.condition == "budget" and not rule.campaign:
            yield EVERY, self.case(rule, EVERY)
            return
        about = [self.campaigns[rule.campaign]] if rule.campaign in self.campaigns else []
        for campaign in about if rule.campaign else self.running(since or self.today - ENDED):
            if rule.condition != "silence" or campaign.kind == "automation" or rule.campaign:
                yield campaign.slug, self.case(rule, campaign.slug)

    def case(self, rule: Rule, slug: str) -> Case:
        """Return the case of a rule and one campaign."""
        campaign, ripening = self.campaigns.get(slug), self.ripening(rule, slug)
        target = self.targets.get((rule.metric.key, slug), self.targets.get((rule.metric.key, EVERY)))
        days = ripened(self.days(rule, slug), ripening, self.today)
        if campaign is None or campaign.ended is None or campaign.kind != "broadcast" or rule.condition in OPERATIONAL:
            return Case(rule, Days(days, self.left_out), self.today, target, ripening)
        age = (self.today - campaign.ended).days
        one = as_one((day for day in days if day.day <= campaign.ended + timedelta(days=age)), campaign.ended)
        known = Days(() if one is None else (one,))
        peers = tuple(self._peers(rule, campaign, age))
        return Case(rule, known, self.today, target, ripening, campaign.ended, peers)

    def days(self, rule: Rule, slug: str) -> tuple[Day, ...]:
        """Return the days of a campaign, as they are told; read once for all rules on a KPI."""
        key = (rule.metric.key, rule.currency, slug)
        if key not in self.read:
            rows = self._this_month if slug == EVERY else self.rows.get(slug, {})
            campaign = self.campaigns.get(slug)
            currency = rule.currency or self._currency(slug, rows)
            self.read[key] = tuple(days_of(rule.metric, rows, currency, campaign.margin if campaign else None))
        return self.read[key]

    def _currency(self, slug: str, rows: Mapping[date, Sequence[Sums]]) -> str:
        if slug not in self.currencies:
            self.currencies[slug] = currency_of(rows, self.asking.words.currency)
        return self.currencies[slug]

    def _peers(self, rule: Rule, campaign: Campaign, age: int) -> Iterator[Day]:
        """Yield the last broadcasts of the same objective before, each at the same age; noted days are left out."""
        earlier = [peer for peer in self._broadcasts if campaign.began and peer.ended and peer.ended < campaign.began]
        alike = [one for one in earlier if (one.objective, one.channel) == (campaign.objective, campaign.channel)]
        for peer in alike[:MOST_PEERS]:
            until = (peer.ended or self.today) + timedelta(days=age)
            days = [day for day in self.days(rule, peer.slug) if day.day <= until and day.day not in self.left_out]
            if (one := as_one(days, peer.ended or self.today)) and one.whole:
                yield one

    @cached_property
    def _broadcasts(self) -> tuple[Campaign, ...]:
        """The broadcasts that are over, the last first."""
        over = [one for one in self.campaigns.values() if one.kind == "broadcast" and one.ended]
        return tuple(sorted(over, key=lambda one: (str(one.ended), one.slug), reverse=True))

    def ripening(self, rule: Rule, slug: str) -> Ripening:
        """Return how results come in, learned from the campaign's own complete days where there are enough of them."""
        if CONDITION[rule.condition].is_operational:
            return Ripening(0)
        course, fact = self.courses.get(slug), slowest(rule.metric)
        if course is None or fact is None:
            return Ripening(wait_for(rule.metric))
        counts = [course.by_age.get(age, {}).get(fact, 0) for age in range(OLDEST + 1)]
        so_far = [sum(counts[:age]) for age in range(OLDEST + 2)]
        return learned(so_far, course.days, wait_for(rule.metric))

    @cached_property
    def _this_month(self) -> Mapping[date, Sequence[Sums]]:
        together: dict[date, list[Sums]] = defaultdict(list)
        for rows in self.rows.values():
            for day, sums in rows.items():
                if day >= self.today.replace(day=1):
                    together[day] += sums
        return together


def watched(asking: Asking, rules: Sequence[Rule], back: timedelta = timedelta()) -> Watched:
    """Read what the rules need: a query for the days, one for how results come in, however many rules there are."""
    start = asking.today - back - timedelta(days=LONGEST_LOOK + 14)
    named = {rule.campaign for rule in rules}
    found = [one for one in asking.sending(Scope()) if one.ended and one.ended >= start and not one.archived]
    found += [one for slug, one in asking.campaigns.items() if slug in named and one not in found]
    facts = {fact for rule in rules for fact in facts_read(rule.metric)}
    budgeted = any(rule.condition == "budget" and rule.campaign for rule in rules)
    period = None if budgeted else Period(start, asking.today + DAY, "")
    rows: dict[str, dict[date, list[Sums]]] = defaultdict(lambda: defaultdict(list))
    for day, of_day in daily(asking.db, facts, found, period).items() if found else ():
        for one in of_day.sums:
            rows[one.campaign][day].append(one)
    complete = asking.today - timedelta(days=OLDEST + 1)
    learnt = courses(asking.db, found, complete - LEARNING, complete) if found else {}
    out = left_out_days(asking.db, Period(start, asking.today + DAY, ""))
    return Watched(asking, {one.slug: one for one in found}, rows, learnt, targets(asking.db), out)
