"""Typed words become the sides of a comparison: names, periods, and parts of one campaign, from left to right.

``spring vs summer``, ``spring-sale last week this week``, ``autumn-arrivals a b``, ``spring-sale markets``.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from kpi.errors import AmbiguousName, Mistake, UnknownName, UnknownPeriod
from kpi.question import Asked, Asking, Question
from kpi.reading import lexicon
from kpi.reading.lexicon import folded
from kpi.reading.near_names import alike
from kpi.reading.period_words import LONGEST_WORDS
from kpi.reading.typed import Word, joined, key_of
from kpi.reading.vocabulary import metric_words, quoted, says_nothing, tells_time
from kpi.reading.when import days_meant
from kpi.report import Choice
from kpi.storage.campaigns import beginning
from kpi.storage.slices import Split, parts_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from kpi.metrics import Metric
    from kpi.periods import Period
    from kpi.storage.campaigns import Campaign

LONGEST_NAME, LONGEST_KPI, LONGEST_BEFORE, MOST_OFFERS = 16, 4, 3, 5
BEFORE = re.compile(
    r"(?:the )?(day|week|month|quarter|year|period|one) before|(?:the )?previous (?:one|period)|before that"
)
LENGTHS = {"day": (1,), "week": (7,), "month": range(28, 32), "quarter": range(90, 93), "year": (365, 366)}
"""In days, of what ``the week before`` can follow on."""
MOST_SIDES = 10
SPLITS: dict[str, Split] = {
    **dict.fromkeys(("variant", "variants", "varianten", "variantes", "version", "versions"), "variant"),
    **dict.fromkeys(("market", "markets", "country", "countries", "markte", "lander", "mercados", "paises"), "market"),
}
"""Words that ask for all the parts of a campaign."""


def sides_meant(words: Sequence[Word], question: Question, asking: Asking, above: Asked | None = None) -> Asked:
    """Read the words behind ``compare``; raise a Mistake where one is not understood.

    A single campaign is set against the one that the answer above was about.
    """
    read = _Sides(asking, list(words))
    read.everything()
    periods = tuple(dict.fromkeys(read.periods))
    is_alone = len(periods) < 2 and len(read.campaigns) == 1 and not read.split  # noqa: PLR2004  a period is no side
    first = above.campaigns if above and is_alone else ()
    return Asked(
        question,
        tuple(dict.fromkeys((*first, *read.campaigns))),
        read.metric,
        periods[0] if len(periods) == 1 else None,
        read_as=" ".join(read.read_as),
        periods=periods if len(periods) > 1 else (),
        parts=tuple(dict.fromkeys(read.parts)),
        split=read.split,
    )


class _Sides:
    """Words being understood from left to right, the longest that mean anything first."""

    def __init__(self, asking: Asking, words: list[Word]) -> None:
        self.asking, self.words = asking, words
        self.named = asking.called({key_of(words[start:end]) for start, end in _spans(len(words))})
        self.campaigns: list[Campaign] = []
        self.periods: list[Period] = []
        self.metric: Metric | None = None
        self.parts: list[str] = []
        self.split: str = ""
        self.read_as: list[str] = []

    def everything(self) -> None:
        left: list[Word] = []
        at = 0
        while at < len(self.words):
            taken = self._take(at)
            left += [] if taken else [self.words[at]]
            at += taken or 1
        for word in left:
            if not self._take_part(word) and not self._is_needless(word):
                self._take_beginning(word)
        if len(self.campaigns) > MOST_SIDES:
            raise Mistake(f"I compare at most {MOST_SIDES} at once.", "Name fewer campaigns.")

    def _take(self, at: int) -> int:
        """Understand the words from here on, and return how many."""
        readers: tuple[tuple[Callable[[Sequence[Word]], bool], int], ...] = (
            (self._is_name, LONGEST_NAME),
            (self._is_one_before, LONGEST_BEFORE),
            (self._is_period, LONGEST_WORDS),
            (self._is_metric, LONGEST_KPI),
        )
        for reader, longest in readers:
            for count in range(min(len(self.words) - at, longest), 0, -1):
                if reader(self.words[at : at + count]):
                    return count
        return 0

    def _is_name(self, words: Sequence[Word]) -> bool:
        campaign = self.named.get(key_of(words))
        self.campaigns += [campaign] if campaign else []
        return campaign is not None

    def _is_one_before(self, words: Sequence[Word]) -> bool:
        """Read ``the week before`` beside a week that was named: the days just before it."""
        match = BEFORE.fullmatch(" ".join(word.folded for word in words))
        if not match or not self.periods or self.periods[-1].length not in LENGTHS.get(match[1], range(10_000)):
            return False
        self.periods.append(self.periods[-1].before())
        return True

    def _is_period(self, words: Sequence[Word]) -> bool:
        if any(word.quoted or not tells_time(word) for word in words):
            return False
        try:
            meant = days_meant(joined(words), self.asking, self.campaigns)
        except UnknownPeriod:
            return False
        self.periods.append(meant.period)
        self.read_as += [meant.read_as] if meant.read_as else []
        return True

    def _is_metric(self, words: Sequence[Word]) -> bool:
        found = None if any(word.quoted for word in words) else metric_words().get(" ".join(w.folded for w in words))
        self.metric = self.metric or found
        return found is not None

    def _is_needless(self, word: Word) -> bool:
        return word.folded in lexicon.VERSUS or says_nothing(word) or self._is_split(word)

    def _is_split(self, word: Word) -> bool:
        split = SPLITS.get(word.folded, "")
        self.split = self.split or split
        return bool(split)

    def _take_part(self, word: Word) -> bool:
        """Take a word for a variant or a market, where one campaign is being compared with itself."""
        if len(self.campaigns) != 1:
            return False
        splits: tuple[Split, ...] = ("variant", "market")
        for split in splits:
            names = {folded(part): part for part in parts_of(self.asking.db, self.campaigns[0], split)}
            if word.folded in names and self.split in ("", split):
                self.split = split
                self.parts.append(names[word.folded])
                return True
        return False

    def _take_beginning(self, word: Word) -> None:
        count, found = beginning(self.asking.db, key_of([word]), MOST_OFFERS)
        if count == 1:
            self.campaigns.append(found[0])
            self.read_as.append(f"'{word.text}' read as {found[0].name}.")
            return
        if count:
            raise AmbiguousName(f"{count} campaigns begin with '{word.text}'.", "Which one", self._offers(word, found))
        offers = self._offers(word, alike(self.asking, [word])) or (Choice("help", "help"),)
        raise UnknownName(f"There is no campaign, period or KPI called '{word.text}'.", "Did you mean", offers)

    def _offers(self, word: Word, campaigns: Sequence[Campaign]) -> tuple[Choice, ...]:
        """Return the whole comparison, with each of the names in the place of what was typed."""
        return tuple(Choice(one.name, self._with(word, one.slug)) for one in campaigns[:MOST_OFFERS])

    def _with(self, word: Word, slug: str) -> str:
        words = (quoted(slug) if one is word else f'"{one.text}"' if one.quoted else one.text for one in self.words)
        return " ".join(["compare", *words])


def _spans(count: int) -> Iterator[tuple[int, int]]:
    """Yield the ranges of words that may be a name."""
    for start in range(count):
        for end in range(start + 1, min(start + LONGEST_NAME, count) + 1):
            yield start, end
