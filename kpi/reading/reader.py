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
from kpi.reading.lexicon import CLASHES, EARNED, english
from kpi.reading.narrowing import Narrowed, narrowed, require_fit
from kpi.reading.period_words import LONGEST_WORDS
from kpi.reading.typed import Word, joined, key_of, words_of
from kpi.reading.versus import sides_meant
from kpi.reading.vocabulary import (
    RANKED,
    extremes,
    is_cheapest,
    metric_words,
    question_called,
    question_words,
    says_nothing,
    tells_time,
)
from kpi.reading.when import Meant, days_meant
from kpi.storage.campaigns import beginning

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from kpi.metrics import Metric
    from kpi.periods import Period
    from kpi.storage.campaigns import Campaign

LONGEST_TEXT, MOST_WORDS = 3000, 40
LONGEST_NAME, LONGEST_KPI = 12, 4
"""Words in a name and in the name of a KPI."""
RANKINGS = ("top", "worst")
OPEN = ("campaign", "overview")
"""Questions that give way to a better one where a KPI or a campaign is named beside them."""
WEAK = ("campaign", "campaigns")
"""Questions whose words say nothing where they do not come first: ``which campaign was best``."""
EVERYTHING = (Part.CAMPAIGN, Part.METRIC, Part.PERIOD)
STATES = frozenset({"running", "planned", "finished"})
MOST_TIME_WORDS = 12
"""Beyond this many words of time a text is no question, and only short periods are looked for."""
UNITS = frozenset(["day", "days", "week", "weeks", "month", "months", "quarter", "quarters", "year", "years"])


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
        self.words = _phrased([part for word in words for part in _parts(word)])
        self.whole = tuple(self.words)
        self.named = asking.called(set(self._name_keys()))
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
        return replace(read, also=tuple(refusals.in_other_days(self.asking, read, other) for other in self.others))

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

    # --- the question ---

    def _take_question(self) -> None:
        """Take the word that names the question: the first that says something, or a ranking, or any other."""
        inside = {at for start, end in self._spans(LONGEST_NAME) if end - start > 1 and self._named(start, end)
                  for at in range(start, end)}  # fmt: skip
        free = [at for at, word in enumerate(self.words) if not word.quoted and at not in inside]
        spots = {at: question for at in free if (question := question_words().get(self.words[at].folded))}
        self.extreme = next((self.words[at] for at in free if self.words[at].folded in extremes()), None)
        at = self._best_spot(spots)
        if at is not None:
            self.question = spots[at]
            del self.words[at]
            self._take_count(at)
        elif self.extreme:
            self.question = question_called("top")
        if self.extreme:
            self.words.remove(self.extreme)

    def _best_spot(self, spots: dict[int, Question]) -> int | None:
        leading = next((at for at in spots if all(says_nothing(word) for word in self.words[:at])), None)
        if leading is not None and spots[leading].name not in WEAK:
            return leading
        ranking = next((at for at, question in spots.items() if question.name in RANKINGS), None)
        if ranking is not None or self.extreme:
            return ranking
        if leading == 0:
            return leading
        other = next((at for at, question in spots.items() if question.name not in WEAK), None)
        return self._list_spot(spots) if other is None else other

    def _list_spot(self, spots: dict[int, Question]) -> int | None:
        """Return where ``campaigns`` stands in a text that asks for nothing else: ``which campaigns are running``."""
        listed = [at for at, question in spots.items() if question.name == "campaigns"]
        others = [word for at, word in enumerate(self.words) if at not in listed]
        said = [word for word in others if not says_nothing(word) or word.folded in STATES]
        return listed[0] if listed and others and all(word.folded in STATES for word in said) else None

    def _take_count(self, at: int) -> None:
        """Take the number beside a ranking: ``top 5``, ``the 3 best``."""
        if self.question is None or self.question.name not in RANKINGS:
            return
        for spot in (at, at - 1):
            if 0 <= spot < len(self.words) and (number := _count(self.words[spot])):
                following = self.words[spot + 1].folded if spot + 1 < len(self.words) else ""
                if english(following) not in UNITS:
                    self.most = number
                    del self.words[spot]
                    return

    # --- what it is about ---

    def _take_parts(self) -> None:
        if Part.CAMPAIGN in self.takes:
            self.take_names(2)
        if Part.METRIC in self.takes:
            self._take_metric()
        if Part.PERIOD in self.takes:
            self._take_period()
        if Part.CAMPAIGN in self.takes and not self.campaigns:
            self.take_names()
        self._drop_year_of_campaign()
        self._settle_extreme()

    def take_names(self, fewest: int = 1) -> None:
        """Take the longest exact name among the words, of so many words at least, if there is one."""
        for start, end in self._spans(LONGEST_NAME, quoted=True):
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
        for start, end in self._spans(LONGEST_KPI):
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
        for start, end in self._time_spans():
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

    # --- what is left ---

    def _take_rest(self) -> None:
        """Take what is left for the beginning of a name, or say that it is not understood."""
        left = [word for word in self.words if not says_nothing(word)]
        if not left and not (self.question or self.campaigns or self.metric or self.period):
            left = [] if refusals.only_asks(self.words) else self.words
        if not left:
            return
        if Part.CAMPAIGN in self.takes and not self.campaigns and self._take_beginning(left):
            return
        refusals.refuse(self, left)

    def _take_beginning(self, left: list[Word]) -> bool:
        """Take the only campaign whose name begins so; where several do, the only one that ran in the asked days."""
        for key, words in {key_of(words): words for words in (self.words, left)}.items():
            if not any(name.startswith(key) for name in self.asking.begun(key[:2])):
                continue
            typed = joined(words)
            count, found = beginning(self.asking.db, key, refusals.MOST_NAMES)
            if count > 1 and self.period:
                within, ran = beginning(self.asking.db, key, 2, (self.period.start, self.period.end))
                count, found = (within, ran) if within == 1 else (count, found)
            if count > 1:
                refusals.refuse_many(self, typed, count, found)
            if count == 1:
                self.campaigns.append(found[0])
                self.read_as.append(f"'{refusals.cut(typed)}' read as {found[0].name}.")
                self._drop_year_of_campaign()
                return True
        return False

    def _refuse_collision(self, start: int, end: int) -> None:
        """Offer both meanings of words that are the name of a campaign and a KPI or a period as well."""
        if self._named(start, end) is None or Part.CAMPAIGN not in self.takes or self.is_guess:
            return
        refusals.refuse_collision(self, start, end, self._metric_at(start, end))

    # --- spans of words ---

    def _named(self, start: int, end: int) -> Campaign | None:
        if not self.named:
            return None
        return next((self.named[key] for key in _keys(self.words[start:end]) if key in self.named), None)

    def _name_keys(self) -> Iterator[str]:
        for start, end in self._spans(LONGEST_NAME, quoted=True):
            yield from _keys(self.words[start:end])

    def _time_spans(self) -> Iterator[tuple[int, int]]:
        """Yield the ranges of words that may tell a period, the longest first."""
        timely = [tells_time(word) for word in self.words]
        longest = LONGEST_WORDS if sum(timely) <= MOST_TIME_WORDS else LONGEST_WORDS // 3
        for start, end in self._spans(longest):
            if all(timely[start:end]):
                yield start, end

    def _spans(self, longest: int, *, quoted: bool = False) -> Iterator[tuple[int, int]]:
        """Yield the ranges of words that may belong together, the longest first."""
        count = len(self.words)
        for length in range(min(longest, count), 0, -1):
            for start in range(count - length + 1):
                if quoted or not any(word.quoted for word in self.words[start : start + length]):
                    yield start, start + length


def _keys(words: Sequence[Word]) -> tuple[str, ...]:
    """Return the ways to look up words as a name: as typed, and without the ``'s`` of ``spring sale's``."""
    bare = [Word(word.text.removesuffix("'s"), word.quoted) for word in words]
    return tuple(dict.fromkeys((key_of(words), key_of(bare))))


def _parts(word: Word) -> tuple[Word, ...]:
    """Cut ``top5`` and ``top–5`` into the ranking and its number."""
    joint = RANKED.fullmatch(word.folded)
    if joint and not word.quoted and (question := question_words().get(joint[1])) and question.name in RANKINGS:
        return Word(joint[1]), Word(joint[2])
    return (word,)


def _phrased(words: list[Word]) -> list[Word]:
    """Take two words that name a question together, such as ``por qué``, for one."""
    found: list[Word] = []
    for word in words:
        both = f"{found[-1].folded} {word.folded}" if found and not (found[-1].quoted or word.quoted) else ""
        if both in question_words():
            found[-1] = Word(both)
        else:
            found.append(word)
    return found


def _count(word: Word) -> int | None:
    number = english(word.folded) if word.folded.isalpha() else word.text
    return int(number) if number.isdecimal() and 0 < int(number) < 100 and not word.quoted else None  # noqa: PLR2004
