"""What a question is, and everything that an answer may know: the data, the team, the day."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import TYPE_CHECKING

from kpi.maturity import lag
from kpi.scope import EVERYTHING, Scope
from kpi.storage.campaigns import (
    Campaign,
    campaigns,
    campaigns_called,
    is_empty,
    keys_begun,
    latest,
    latest_of_kind,
    names,
    slugs_named,
    splits,
    tags,
)
from kpi.storage.stages import Stages, stages

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import date, datetime

    from kpi.metrics import Metric
    from kpi.periods import Period
    from kpi.report import Choice, Report
    from kpi.steps import Step
    from kpi.storage.database import Db
    from kpi.storage.workspaces import Team
    from kpi.wording import Words


MOST_LEARNED_FROM = 20
MOST_RECENT = 3
"""Campaigns that sent last, as answers offer them."""


class Part(StrEnum):
    """What a question can be about."""

    CAMPAIGN = "campaign"
    METRIC = "metric"
    PERIOD = "period"
    TOPIC = "topic"
    SCOPE = "scope"
    STEP = "step"
    OTHER = "other"
    """A second campaign, beside the first."""
    SIDES = "sides"
    """What is compared: names, periods, markets or variants, as many as are typed."""


@dataclass(slots=True)
class Asking:
    """One moment of asking: the transaction to read from, the team, the team's day and the moment."""

    db: Db
    team: Team
    today: date
    now: datetime
    _campaigns: dict[str, Campaign] | None = field(default=None, init=False)
    _names: dict[str, str] | None = field(default=None, init=False)
    _splits: dict[str, frozenset[tuple[str, str]]] | None = field(default=None, init=False)
    _called: dict[str, Campaign | None] = field(default_factory=dict, init=False)
    _latest: tuple[Campaign, ...] | None = field(default=None, init=False)
    _tags: dict[str, str] | None = field(default=None, init=False)
    _begun: dict[str, list[str]] = field(default_factory=dict, init=False)
    _stages: dict[tuple[str, str], Stages] = field(default_factory=dict, init=False)
    _lags: dict[tuple[Metric, frozenset[tuple[str, str]]], int] = field(default_factory=dict, init=False)

    @property
    def words(self) -> Words:
        """How the team writes numbers and dates."""
        return self.team.words

    @property
    def campaigns(self) -> dict[str, Campaign]:
        """Every campaign by its slug, read once."""
        if self._campaigns is None:
            self._campaigns = {campaign.slug: campaign for campaign in campaigns(self.db)}
        return self._campaigns

    @property
    def names(self) -> dict[str, str]:
        """Every name of a campaign, spelled for matching, with its slug; read once."""
        if self._names is None:
            self._names = names(self.db)
        return self._names

    def begun(self, letters: str) -> list[str]:
        """Return the names that begin with one of the letters, spelled for matching; read once."""
        if letters not in self._begun:
            self._begun[letters] = keys_begun(self.db, letters)
        return self._begun[letters]

    @property
    def splits(self) -> dict[str, frozenset[tuple[str, str]]]:
        """The markets and currencies in which each campaign has results, read once."""
        if self._splits is None:
            self._splits = splits(self.db)
        return self._splits

    @property
    def tags(self) -> dict[str, str]:
        """The tags in use as they were typed, by their spelling for matching; read once."""
        if self._tags is None:
            self._tags = tags(self.db)
        return self._tags

    @property
    def is_empty(self) -> bool:
        """Tell whether no campaign is stored yet."""
        return not self._campaigns and is_empty(self.db)

    def called(self, keys: Iterable[str]) -> dict[str, Campaign]:
        """Return the campaigns that have just these names, spelled for matching, without reading all the others."""
        every = tuple(keys)
        if new := [key for key in every if key not in self._called]:
            slugs = slugs_named(self.db, new)
            found = campaigns_called(self.db, set(slugs.values())) if slugs else {}
            self._called |= {key: found.get(slugs.get(key, "")) for key in new}
        return {key: campaign for key in every if (campaign := self._called[key])}

    def lag(self, metric: Metric, campaigns: Iterable[Campaign]) -> int:
        """Return for how many days after its messages a KPI of such campaigns fills up (``kpi.maturity``)."""
        kinds = frozenset((one.channel, one.kind) for one in campaigns)
        if (metric, kinds) not in self._lags:
            days = (lag(metric, self._stages_of(*kind)) for kind in kinds)
            self._lags[metric, kinds] = max(days, default=metric.matures)
        return self._lags[metric, kinds]

    def _stages_of(self, channel: str, kind: str) -> Stages:
        """Return how results of the latest campaigns of a kind came in, read once."""
        if (channel, kind) not in self._stages:
            told = latest_of_kind(self.db, channel, kind, MOST_LEARNED_FROM)
            self._stages[channel, kind] = stages(self.db, told, self.today)
        return self._stages[channel, kind]

    def sending(self, scope: Scope = EVERYTHING) -> tuple[Campaign, ...]:
        """Return the campaigns in a scope; totals and rankings never mix channels, and are WhatsApp's unless asked.

        The people of a hold-out got no message, so they belong to no scope.
        """
        of_channel = replace(scope, channel=scope.channel or "whatsapp")
        return tuple(one for one in self.campaigns.values() if of_channel.covers(one) and not one.holdout_of)

    def recent(self, most: int = 3, scope: Scope = EVERYTHING) -> tuple[Campaign, ...]:
        """Return the campaigns that sent last, for examples."""
        if not scope and most <= MOST_RECENT:
            if self._latest is None:
                self._latest = latest(self.db, MOST_RECENT)
            return self._latest[:most]
        if not scope:
            return latest(self.db, most)
        begun = [campaign for campaign in self.sending(scope) if campaign.ended and not campaign.archived]
        return tuple(sorted(begun, key=lambda one: (str(one.ended), one.slug), reverse=True)[:most])


@dataclass(frozen=True, slots=True)
class Asked:
    """What was understood: the question, what it is about, and what had to be guessed."""

    question: Question
    campaigns: tuple[Campaign, ...] = ()
    metric: Metric | None = None
    period: Period | None = None
    topic: str = ""
    scope: Scope = EVERYTHING
    step: Step | None = None
    most: int | None = None
    """How many rows were asked for."""
    read_as: str = ""
    """Said in the answer where something was guessed: ``spring`` read as Spring sale."""
    also: tuple[Choice, ...] = ()
    """Offered beside the answer: what else the words could have meant."""
    periods: tuple[Period, ...] = ()
    """Several periods, where they are what is compared."""
    parts: tuple[str, ...] = ()
    """Markets or variants of one campaign, where they are what is compared; ``split`` tells which of the two."""
    split: str = ""
    taken: frozenset[Part] = frozenset()
    """What the words did not say and the answer above did (``kpi.reading.followup``)."""
    above: Asked | None = None
    """What it follows on, for the parts that it does not take and a later question may."""


@dataclass(frozen=True, slots=True)
class Question:
    """One kind of question: its words, what it takes and needs, and how it is answered."""

    name: str
    usage: str
    meaning: str
    answer: Callable[[Asking, Asked], Report]
    takes: tuple[Part, ...] = ()
    needs: tuple[Part, ...] = ()
    aliases: tuple[str, ...] = ()
    examples: tuple[str, ...] = ()
    """Texts to try; ``{campaign}`` stands for one of the asker's own."""
