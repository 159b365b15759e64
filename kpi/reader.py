"""Typed words become a question: which one, about what, over which days.

An exact name wins, the longest first; a single beginning of a name is taken and said; several become an offer. Question
words win over names, and quotes reach a campaign that is called like a question.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from rapidfuzz import fuzz, process

from kpi import lexicon
from kpi.errors import AmbiguousName, Mistake, UnknownMetric, UnknownName, UnknownPeriod
from kpi.followup import following, spelled_out
from kpi.lexicon import english, folded
from kpi.names import slug_of
from kpi.periods import LONGEST_WORDS, Period, period_of
from kpi.question import Asked, Asking, Part, Question
from kpi.report import Choice
from kpi.vocabulary import (
    SIMILAR,
    as_choices,
    like_metric,
    like_question,
    metric_words,
    question_called,
    question_words,
    quoted,
    says_nothing,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kpi.metrics import Metric
    from kpi.storage.campaigns import Campaign

LONGEST_TEXT = 3000
MOST_OFFERS = 5
COUNTED = re.compile(r"^(top|worst|best|bottom)[ –—-]?(\d{1,2})(?![\w.-])", re.IGNORECASE)
"""``top 5``: how many rows are wanted."""
QUOTES = {"“": '"', "”": '"', "„": '"', "«": '"', "»": '"'}


@dataclass(frozen=True, slots=True)
class Word:
    """A word as typed; a quoted one is always a name, and may hold spaces."""

    text: str
    quoted: bool = False


def words_of(text: str) -> tuple[Word, ...]:
    """Split a text into words like a shell, without a shell's errors: an open quote ends with the text."""
    for curly, straight in QUOTES.items():
        text = text.replace(curly, straight)
    found: list[Word] = []
    for index, part in enumerate(text.split('"')):
        if index % 2 and part.strip():
            found.append(Word(" ".join(part.split()), quoted=True))
        elif not index % 2:
            found += [Word(bare) for word in part.split() if (bare := word.rstrip("?!,;:") or word)]
    return tuple(found)


def asked(text: str, asking: Asking, above: Asked | None = None) -> Asked:
    """Read a question, with what it leaves unsaid from the one above; raise a Mistake that offers what was meant."""
    if len(text) > LONGEST_TEXT:
        raise Mistake("That is too long to be a question.", "Try 'help'.")
    if above:
        text = spelled_out(text, above)
    counted = COUNTED.search(text)
    words = words_of(COUNTED.sub(r"\1", text))
    question, rest = _question(words)
    if question is None:
        _refuse_what_comes_later(words, asking)
    if question is None and not rest:
        return Asked(question_called("overview"))
    understood = _Reader(asking, question, list(rest), above).read()
    return replace(understood, most=int(counted[2])) if counted else understood


def _question(words: tuple[Word, ...]) -> tuple[Question | None, tuple[Word, ...]]:
    """Return the question that the first word names, and the words after it."""
    if words and not words[0].quoted and (question := question_words().get(folded(words[0].text))):
        return question, words[1:]
    return None, words


class _Reader:
    """Words being understood; what is understood is taken away until nothing is left."""

    def __init__(
        self, asking: Asking, question: Question | None, words: list[Word], above: Asked | None = None
    ) -> None:
        self.asking, self.question, self.words, self.above = asking, question, words, above
        self.typed = " ".join(word.text for word in words)
        self.takes = question.takes if question else (Part.CAMPAIGN, Part.METRIC, Part.PERIOD)
        self.campaigns: list[Campaign] = []
        self.metric: Metric | None = None
        self.period: Period | None = None
        self.read_as = ""

    def read(self) -> Asked:
        if Part.TOPIC in self.takes:
            return Asked(self._chosen(), topic=self.typed)
        if Part.METRIC in self.takes and self.question:
            self._take_metric()
        if Part.CAMPAIGN in self.takes:
            self.take_names()
        if Part.METRIC in self.takes and not self.question:
            self._take_metric()
        if Part.PERIOD in self.takes:
            self._take_period()
        self._take_rest()
        read = Asked(self._chosen(), tuple(self.campaigns), self.metric, self.period, read_as=self.read_as)
        if self.above:
            read = following(read, self.above, is_question_typed=self.question is not None)
        self._require_needs(read)
        return read

    def _chosen(self) -> Question:
        if self.question:
            return self.question
        if self.metric:
            return question_called("trend")
        return question_called("campaign" if self.campaigns else "overview")

    def _take_metric(self) -> None:
        for start, end in self._spans(4):
            if metric := metric_words().get(folded(" ".join(word.text for word in self.words[start:end]))):
                self.metric = metric
                del self.words[start:end]
                return

    def take_names(self) -> None:
        """Take the longest exact name among the words, if there is one."""
        for start, end in self._spans(len(self.words), quoted=True):
            typed = " ".join(word.text for word in self.words[start:end])
            if slug := self.asking.names.get(slug_of(typed)):
                self.campaigns.append(self.asking.campaigns[slug])
                del self.words[start:end]
                return

    def _take_period(self) -> None:
        for start, end in self._spans(LONGEST_WORDS + 2):
            try:
                self.period = period_of(
                    english(" ".join(word.text for word in self.words[start:end])), self.asking.today
                )
            except UnknownPeriod as error:
                if self._looks_like_days(start, end):
                    raise error from None
            else:
                del self.words[start:end]
                return

    def _looks_like_days(self, start: int, end: int) -> bool:
        """Tell whether a single word is made like a day or a range of days, so that its mistake is worth telling."""
        text = self.words[start].text
        return end - start == 1 and len(text) >= len("2026-05") and all(sign in "0123456789-.…–" for sign in text)

    def _take_rest(self) -> None:
        """Take what is left for the beginning or the misspelling of a name, or say that it is not understood."""
        left = [word for word in self.words if word.quoted or not says_nothing(word.text)]
        if not left and not (self.question or self.campaigns or self.metric or self.period):
            left = self.words
        left = [word for word in left if not self._is_year_of_campaign(word)]
        if not left:
            return
        typed = " ".join(word.text for word in left)
        if Part.CAMPAIGN in self.takes and not self.campaigns:
            self._take_beginning(typed)
        elif Part.METRIC in self.takes and not self.metric and self.question:
            raise UnknownMetric(
                f"I know no KPI called '{_cut(typed)}'.", "Did you mean", like_metric(self.question, typed)
            )
        else:
            raise UnknownPeriod(
                f"I do not understand '{_cut(typed)}' there.",
                f"Ask like this: {self._chosen().usage}. Periods read like 'last week', 'may' or '2026-05'.",
            )

    def _is_year_of_campaign(self, word: Word) -> bool:
        """Tell whether a word is the year in which the named campaign ran, as in ``spring sale 2026``."""
        days = [day for one in self.campaigns for day in (one.first_day, one.ended) if day]
        return any(word.text == str(day.year) for day in days)

    def _take_beginning(self, typed: str) -> None:
        key = slug_of(typed)
        slugs = sorted({slug for name, slug in self.asking.names.items() if name.startswith(key)})
        if len(slugs) == 1:
            campaign = self.asking.campaigns[slugs[0]]
            self.campaigns.append(campaign)
            self.read_as = f"'{_cut(typed)}' read as {campaign.name}."
        elif slugs:
            raise AmbiguousName(
                f"{len(slugs)} campaigns begin with '{_cut(typed)}'.", "Which one do you mean", self._offers(slugs)
            )
        else:
            self._refuse_name(typed, key)

    def _refuse_name(self, typed: str, key: str) -> None:
        if not self.asking.campaigns:
            return
        near = process.extract(
            key, list(self.asking.names), scorer=fuzz.WRatio, limit=MOST_OFFERS, score_cutoff=SIMILAR
        )
        slugs = list(dict.fromkeys(self.asking.names[name] for name, _, _ in near))
        if slugs:
            raise UnknownName(f"There is no campaign called '{_cut(typed)}'.", "Did you mean", self._offers(slugs))
        near_questions = (
            () if self.question else (*like_question(typed), *like_metric(question_called("trend"), typed, 80))
        )
        recent = as_choices(f"campaign {quoted(campaign.slug)}" for campaign in self.asking.recent(2))
        what = "campaign" if self.question else "campaign, KPI or period"
        raise UnknownName(
            f"There is no {what} called '{_cut(typed)}'.",
            "You can ask",
            (*near_questions, *recent, Choice("help", "help")),
        )

    def _offers(self, slugs: list[str]) -> tuple[Choice, ...]:
        """Return whole questions, each with one of the names in it, labelled with the campaign's days."""
        made = self._chosen() if self.question or self.metric else question_called("campaign")
        parts = [made.name] + ([self.metric.key] if self.metric else [])
        days = [] if self.period is None else [f"{self.period.start}..{self.period.days()[-1]}"]
        chosen = [self.asking.campaigns[slug] for slug in slugs[:MOST_OFFERS]]
        return tuple(Choice(self._dated(one), " ".join([*parts, quoted(one.slug), *days])) for one in chosen)

    def _dated(self, campaign: Campaign) -> str:
        first = campaign.first_day
        return campaign.name + (f" ({self.asking.words.day(first)})" if first else "")

    def _require_needs(self, read: Asked) -> None:
        question = read.question
        if not self.asking.campaigns:
            return
        if Part.CAMPAIGN in question.needs and not read.campaigns:
            recent = as_choices(f"{question.name} {quoted(campaign.slug)}" for campaign in self.asking.recent())
            raise UnknownName("Which campaign?", "The latest are", recent)
        if Part.METRIC in question.needs and not read.metric:
            usual = as_choices(f"{question.name} {key}" for key in ("revenue", "rocs", "ctr", "conversion_rate"))
            raise UnknownMetric("Which KPI?", "Asked most", usual)

    def _spans(self, longest: int, *, quoted: bool = False) -> Iterator[tuple[int, int]]:
        """Yield the ranges of words that may belong together, the longest first."""
        count = len(self.words)
        for length in range(min(longest, count), 0, -1):
            for start in range(count - length + 1):
                if quoted or not any(word.quoted for word in self.words[start : start + length]):
                    yield start, start + length


def _refuse_what_comes_later(words: tuple[Word, ...], asking: Asking) -> None:
    """Say of a question that is not there yet that it is not, and offer what is."""
    keys = [folded(word.text) for word in words if not word.quoted]
    later = next((lexicon.LATER[key] for key in keys[:1] if key in lexicon.LATER), "")
    later = later or next((lexicon.LATER[key] for key in keys if key in ("vs", "versus")), "")
    if not later or asking.names.get(slug_of(" ".join(word.text for word in words))):
        return
    reader = _Reader(
        asking, question_called("campaign"), [word for word in words if folded(word.text) not in lexicon.LATER]
    )
    for _ in range(2):
        reader.take_names()
    offers = tuple(Choice(one.name, f"campaign {quoted(one.slug)}") for one in reader.campaigns)
    raise Mistake(f"{later} is not possible here yet.", "Until then", (*offers, Choice("Overview", "overview")))


def _cut(text: str) -> str:
    return text if len(text) <= 60 else text[:59] + "…"  # noqa: PLR2004
