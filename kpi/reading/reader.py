"""Typed words become a question: which one, about what, over which days.

An exact name wins, the longest first; a single beginning of a name is taken and said; several become an offer. Question
words win over names of one word, and quotes reach a campaign that is called like a question, a KPI or a month.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from kpi.errors import ImpossiblePeriod, Mistake, UnknownPeriod
from kpi.metrics import METRIC, Direction
from kpi.question import Asked, Asking, Part, Question
from kpi.reading import refusals
from kpi.reading.followup import following, spelled_out
from kpi.reading.lexicon import CLASHES, EARNED
from kpi.reading.narrowing import Narrowed, narrowed, require_fit
from kpi.reading.near_names import MOST_NAMES
from kpi.reading.offers import cut, in_other_days
from kpi.reading.spans import LONGEST_KPI, LONGEST_NAME, keys, name_keys, spans, time_spans
from kpi.reading.typed import Word, joined, key_of, words_of
from kpi.reading.versus import sides_meant
from kpi.reading.vocabulary import (
    extremes,
    is_cheapest,
    metric_words,
    question_called,
    question_words,
    says_nothing,
)
from kpi.reading.when import Meant, days_meant
from kpi.reading.which_question import RANKINGS, STATES, phrased, question_named
from kpi.storage.campaigns import beginning

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kpi.metrics import Metric
    from kpi.periods import Period
    from kpi.storage.campaigns import Campaign

LONGEST_TEXT, MOST_WORDS = 3000, 40
OPEN = ("campaign", "overview")
"""Questions that give way to a better one where a KPI or a campaign is named beside them."""
EVERYTHING = (Part.CAMPAIGN, Part.METRIC, Part.PERIOD)


def asked(text: str, asking: Asking, above: Asked | None = None) -> Asked:
    """Read a question, with what it leaves unsaid from the one above; raise a Mistake that offers what was meant."""
    words = words_of(spelled_out(text, above) if above else text) if len(text) <= LONGEST_TEXT else ()
    if len(text) > LONGEST_TEXT or len(words) > MOST_WORDS:
        raise Mistake("That is too long to be a question.", "Try 'help'.")
    refusals.greet(words, asking)
    return Reader(asking, words, above).read() if words else Asked(question_called("overview"))


def is_help(text: str) -> bool:
    """Tell whether a text asks for help, which needs no campaign."""
    words = words_of(text[:LONGEST_TEXT])
    return bool(words) and question_words().get(words[0].folded) is question_called("help")


class Reader:
    """Words being understood; what is understood is taken away until nothing is left."""

    def __init__(
        self, asking: Asking, words: Sequence[Word], above: Asked | None = None, *, is_guess: bool = False
    ) -> None:
        self.asking, self.above, self.is_guess = asking, above, is_guess
        self.whole = phrased(words)
        self.words = list(self.whole)
        self.named = asking.called(name_keys(self.whole))
        self.question: Question | None = None
        self.campaigns: list[Campaign] = []
        self.metric: Metric | None = None
        self.period: Period | None = None
        self.most: int | None = None
        self.extreme: Word | None = None
        self.read_as: list[str] = []
        self.others: list[Period] = []
        self.left = Narrowed(())

    def read(self) -> Asked:
        """Understand every word, or raise a Mistake."""
        self._take_question()
        if self.question is None and self._clashes():
            self.question = question_called("compare")
        if self.question and Part.SIDES in self.question.takes:
            self._narrow()
            return replace(sides_meant(self.words, self.question, self.asking, self.above), scope=self.left.scope)
        if self.question is None or self.question.name in OPEN:
            refusals.refuse_what_comes_later(self)
        self._narrow()
        if self.question and Part.TOPIC in self.question.takes:
            metric = self._metric_at(0, len(self.words)) if self.question.name == "help" else None
            if metric:
                return Asked(question_called("define"), metric=metric)
            return Asked(self.question, topic=self._topic(), scope=self.left.scope)
        self._take_parts()
        self._take_rest()
        read = self.completed(self.understood())
        refusals.require_needs(self.asking, read)
        require_fit(read, self.left)
        read = replace(read, scope=read.scope.rows if read.campaigns else read.scope)
        return replace(read, also=tuple(in_other_days(self.asking, read, other) for other in self.others))

    def _clashes(self) -> bool:
        """Tell whether a text sets one thing against another: ``spring vs summer``."""
        clash = any(word.folded in CLASHES and not word.quoted for word in self.words)
        return clash and not self.asking.called([key_of(self.whole)])

    def _narrow(self) -> None:
        """Take what the answer is narrowed to: ``in Germany``, ``by week``."""
        takes = self.question.takes if self.question and self.question.name not in OPEN else tuple(Part)
        question = self.question.name if self.question else ""
        self.left = narrowed(self.words, takes, self.asking, self.named, question)
        self.words = list(self.left.words)

    def _topic(self) -> str:
        """Return the words that a question is about; a list of campaigns needs no ``please``."""
        if self.question is question_called("campaigns"):
            return joined([word for word in self.words if not says_nothing(word) or word.folded in STATES])
        return joined(self.words)

    def understood(self) -> Asked:
        """Return what is understood so far."""
        said = " ".join(self.read_as)
        about = (self.chosen(), tuple(self.campaigns), self.metric, self.period)
        return Asked(*about, scope=self.left.scope, step=self.left.step, most=self.most, read_as=said)

    def completed(self, read: Asked) -> Asked:
        """Return a question with what the answer above told, where it follows on one."""
        return following(read, self.above, is_question_typed=self.question is not None) if self.above else read

    def chosen(self) -> Question:
        """Return the question that was asked, or the one that fits what it is about."""
        if self.question and self.question.name not in OPEN:
            return self.question
        if self.metric:
            return question_called("trend")
        asked = self.question.name if self.question else "overview"
        return question_called("campaign" if self.campaigns else asked)

    @property
    def takes(self) -> tuple[Part, ...]:
        """What the question can be about."""
        return self.question.takes if self.question and self.question.name not in OPEN else EVERYTHING

    def _take_question(self) -> None:
        """Take the word that names the question, unless it stands in a name of several words."""
        inside = {at for start, end in spans(self.words, LONGEST_NAME) if end - start > 1 and self._named(start, end)
                  for at in range(start, end)}  # fmt: skip
        found = question_named(self.words, inside)
        self.question, self.extreme, self.most, self.words = found.question, found.extreme, found.most, list(found.left)

    def _take_parts(self) -> None:
        if Part.CAMPAIGN in self.takes:
            self.take_names(2)
        if Part.METRIC in self.takes:
            self._take_metric()
        if Part.PERIOD in self.takes:
            self._take_period()
        if Part.CAMPAIGN in self.takes and not self.campaigns:
            self.take_names()
        if self._lacks_other():
            self.words = [word for word in self.words if word.quoted or word.folded not in CLASHES]
            self.take_names()
        self._drop_year_of_campaign()
        self._settle_extreme()

    def _lacks_other(self) -> bool:
        """Tell whether a second campaign can be named beside the first."""
        return bool(self.question and Part.OTHER in self.question.takes and len(self.campaigns) == 1)

    def take_names(self, fewest: int = 1) -> None:
        """Take the longest exact name among the words, of so many words at least, if there is one."""
        for start, end in spans(self.words, LONGEST_NAME, quoted=True):
            campaign = self._named(start, end)
            if campaign is None or (end - start < fewest and not self.words[start].quoted):
                continue
            if not any(word.quoted for word in self.words[start:end]):
                if end - start == 1 and says_nothing(self.words[start]):
                    continue
                self._refuse_collision(start, end)
            self.campaigns.append(campaign)
            del self.words[start:end]
            return

    def _take_metric(self) -> None:
        for start, end in spans(self.words, LONGEST_KPI):
            if metric := self._metric_at(start, end):
                if not (self.question and Part.METRIC in self.question.needs):
                    self._refuse_collision(start, end)
                self.metric = metric
                del self.words[start:end]
                break
        earned = [word for word in self.words if word.folded in EARNED and not word.quoted]
        self.metric = self.metric or (METRIC["revenue"] if earned else None)
        same = [word for word in self.words if self.metric and metric_words().get(word.folded) is self.metric]
        self.words = [word for word in self.words if word.quoted or word not in (*earned, *same)]

    def period_at(self, start: int, end: int) -> Period | None:
        """Return the period that the words name, None where they name none."""
        try:
            return days_meant(joined(self.words[start:end]), self.asking, ()).period
        except UnknownPeriod:
            return None

    def _metric_at(self, start: int, end: int) -> Metric | None:
        return metric_words().get(" ".join(word.folded for word in self.words[start:end]))

    def _take_period(self) -> None:
        for start, end in time_spans(self.words):
            typed = joined([Word(word.text.removesuffix("'s")) for word in self.words[start:end]])
            around = self.campaigns or (self.above.campaigns if self.above else ())
            try:
                meant = days_meant(typed, self.asking, around)
            except ImpossiblePeriod:
                raise
            except UnknownPeriod:
                continue
            self._refuse_collision(start, end)
            self._settle(start, end, meant)
            return

    def _settle(self, start: int, end: int, meant: Meant) -> None:
        if meant.is_open and meant.other:
            refusals.offer_both(self, start, end, meant.period, meant.other)
        self.period = meant.period
        self.read_as += [meant.read_as] if meant.read_as else []
        self.others += [meant.other] if meant.other else []
        del self.words[start:end]

    def _drop_year_of_campaign(self) -> None:
        """Take a year beside a campaign for the year in which it ran: ``spring sale 2026 last week``."""
        if not self.campaigns:
            return
        days = [day for one in self.campaigns for day in (one.first_day, one.ended) if day]
        years = {str(day.year) for day in days}
        if self.period and self.period.name in years and len(years) == 1:
            self.period = None
        self.words = [word for word in self.words if word.text not in years]

    def _settle_extreme(self) -> None:
        """Read ``highest`` and ``lowest`` by the KPI they stand for: the lowest cost per order is the best one."""
        if self.extreme is None or self.question is None or self.question.name not in RANKINGS:
            return
        if self.metric is None and is_cheapest(self.extreme):
            self.metric = METRIC["cost_per_order"]
            self.read_as.append(f"'{self.extreme.text}' read as the lowest {self.metric.label.lower()}.")
        down = self.metric is not None and self.metric.direction is Direction.DOWN
        high = extremes()[self.extreme.folded] == "high"
        self.question = question_called("top" if high is not down else "worst")

    def _take_rest(self) -> None:
        """Take what is left for the beginning of a name, or say that it is not understood."""
        left = [word for word in self.words if not says_nothing(word)]
        if not left and not (self.question or self.campaigns or self.metric or self.period):
            left = [] if refusals.only_asks(self.words) else self.words
        if not left:
            return
        lacks = not self.campaigns or self._lacks_other()
        if Part.CAMPAIGN in self.takes and lacks and self._take_beginning(left):
            return
        refusals.refuse(self, left)

    def _take_beginning(self, left: list[Word]) -> bool:
        """Take the only campaign whose name begins so; where several do, the only one that ran in the asked days."""
        for key, words in {key_of(words): words for words in (self.words, left)}.items():
            if not any(name.startswith(key) for name in self.asking.begun(key[:2])):
                continue
            typed = joined(words)
            count, found = beginning(self.asking.db, key, MOST_NAMES)
            if count > 1 and self.period:
                within, ran = beginning(self.asking.db, key, 2, (self.period.start, self.period.end))
                count, found = (within, ran) if within == 1 else (count, found)
            if count > 1:
                refusals.refuse_many(self, typed, count, found)
            if count == 1:
                self.campaigns.append(found[0])
                self.read_as.append(f"'{cut(typed)}' read as {found[0].name}.")
                self._drop_year_of_campaign()
                return True
        return False

    def _refuse_collision(self, start: int, end: int) -> None:
        """Offer both meanings of words that are the name of a campaign and a KPI or a period as well."""
        if self._named(start, end) is None or Part.CAMPAIGN not in self.takes or self.is_guess:
            return
        refusals.refuse_collision(self, start, end, self._metric_at(start, end))

    def _named(self, start: int, end: int) -> Campaign | None:
        if not self.named:
            return None
        return next((self.named[key] for key in keys(self.words[start:end]) if key in self.named), None)
