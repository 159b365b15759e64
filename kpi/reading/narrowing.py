"""``in MARKET|TAG|CHANNEL|CURRENCY`` and ``by day|week|month``, as people type them, in four languages.

``in`` stands before periods, KPIs and campaigns, too: what reads as one of these is left alone.
"""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from babel.core import Locale
from rapidfuzz import fuzz, process

from kpi.errors import UnknownPeriod, UnknownScope
from kpi.money import is_currency
from kpi.names import slug_of
from kpi.question import Part
from kpi.reading.lexicon import LANGUAGES, english, folded
from kpi.reading.period_words import LONGEST_WORDS, period_of
from kpi.reading.territories import called, code_of
from kpi.reading.vocabulary import SIMILAR, metric_words, says_nothing
from kpi.report import Choice
from kpi.scope import CHANNELS as CALLED
from kpi.scope import EVERYTHING, Scope
from kpi.steps import Step
from kpi.storage.campaigns import beginning

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from kpi.question import Asked, Asking
    from kpi.reading.typed import Word
    from kpi.storage.campaigns import Campaign

IN = frozenset({"in", "en", "im", "sa"})
AND = frozenset({"and", "und", "y", "at", "&", "+"})
NOUNS = frozenset({
    "market", "country", "tag", "channel", "markt", "land", "kanal", "mercado", "pais", "canal", "etiqueta", "bansa",
})  # fmt: skip
"""What may stand before or after the name: ``in the email channel``."""
CHANNELS = {
    "whatsapp": "whatsapp", "whats-app": "whatsapp", "wa": "whatsapp", "sms": "sms", "texts": "sms",
    "email": "email", "e-mail": "email", "emails": "email", "e-mails": "email", "mail": "email", "mails": "email",
    "correo": "email", "correo-electronico": "email",
}  # fmt: skip
BY = frozenset({"by", "per", "pro", "nach", "je", "por", "cada", "bawat", "kada"})
STEPS = {
    "daily": Step.DAY, "taglich": Step.DAY, "tageweise": Step.DAY, "diario": Step.DAY, "diaria": Step.DAY,
    "araw-araw": Step.DAY,
    "weekly": Step.WEEK, "wochentlich": Step.WEEK, "wochenweise": Step.WEEK, "semanal": Step.WEEK,
    "lingguhan": Step.WEEK, "linggo-linggo": Step.WEEK,
    "monthly": Step.MONTH, "monatlich": Step.MONTH, "monatsweise": Step.MONTH, "mensual": Step.MONTH,
    "buwanan": Step.MONTH, "buwan-buwan": Step.MONTH,
}  # fmt: skip
UNITS = frozenset(map(str, Step))
LONGEST = 3
"""Words in the name of a market or a tag that needs no quotes."""
AROUND = 6
"""Words in the longest campaign name that may hold an ``in`` or a ``daily`` and needs no quotes."""
MOST_OFFERS, LONGEST_SHOWN = 6, 60


class Narrowed(NamedTuple):
    """The words that are left, and what was read from the others."""

    words: tuple[Word, ...]
    scope: Scope = EVERYTHING
    step: Step | None = None

    @property
    def typed(self) -> str:
        """What was read, as it is typed behind a question."""
        return self.scope.typed + (f" by {self.step}" if self.step else "")


def narrowed(
    words: Sequence[Word], takes: Collection[Part], asking: Asking, named: Mapping[str, Campaign], question: str = ""
) -> Narrowed:
    """Take the scope and the step out of the words; raise UnknownScope where a name is neither market nor tag.

    ``named`` holds the campaigns that are called exactly like some of the words.
    """
    reading = _Reading(asking, question, takes, named, list(words))
    if Part.STEP in takes:
        reading.take_step()
    if Part.SCOPE in takes:
        reading.take_scope()
    return Narrowed(tuple(reading.words), reading.scope, reading.step)


def require_fit(asked: Asked, typed: Narrowed) -> None:
    """Raise a Mistake where what was typed cannot narrow down what is asked about."""
    if typed.step and Part.STEP not in asked.question.takes:
        raise UnknownPeriod(
            f"'{asked.question.name}' has no steps by {typed.step}.", f"Try: trend revenue by {typed.step}"
        )
    for campaign in asked.campaigns:
        if not typed.scope.covers(campaign):
            missing = [tag for tag in typed.scope.tags if tag not in campaign.tagged]
            said = (
                f"is not tagged {missing[0]}"
                if missing
                else f"was sent by {CALLED[campaign.channel]}, not by {typed.scope.by}"
            )
            asks = f'campaign "{campaign.slug}"{typed.scope.rows.typed}'
            raise UnknownScope(f"{campaign.name} {said}.", "Ask without it", (Choice(campaign.name, asks),))


class _Reading:
    """Words being read; what is understood is taken away."""

    def __init__(
        self, asking: Asking, question: str, takes: Collection[Part], named: Mapping[str, Campaign], words: list[Word]
    ) -> None:
        self.asking, self.question, self.words = asking, question, words
        self.takes_campaign = Part.CAMPAIGN in takes
        self.named = named if self.takes_campaign else {}
        self.scope = EVERYTHING
        self.step: Step | None = None

    def take_step(self) -> None:
        """Take ``by week``, ``weekly``; ``by week 46`` is a period."""
        for at, word in enumerate(self.words):
            key = folded(word.text)
            if word.quoted or key not in STEPS.keys() | BY or self._is_inside_a_name(at):
                continue
            if key in STEPS and not beginning(self.asking.db, slug_of(key), 1)[0]:
                self.step = STEPS[key]
                del self.words[at]
                return
            unit, after = ([folded(one.text) for one in self.words[at + 1 : at + 3]] + ["", ""])[:2]
            if key in BY and (step := english(unit).removesuffix("s")) in UNITS and not after.isdigit():
                self.step = Step(step)
                del self.words[at : at + 2]
                return

    def take_scope(self) -> None:
        """Take every ``in …`` that names a part of the results."""
        at = 0
        while at < len(self.words):
            end = at + 1
            if self._begins_a_scope(at):
                while found := self._part(end, first=end == at + 1):
                    part, end = found
                    self._join(part, at, end)
            if end > at + 1:
                del self.words[at:end]
            else:
                at += 1

    def _begins_a_scope(self, at: int) -> bool:
        word = self.words[at]
        return not word.quoted and folded(word.text) in IN and not self._is_inside_a_name(at)

    def _part(self, start: int, *, first: bool) -> tuple[Scope, int] | None:
        """Read the part that is named from a word on, and where its name ends; further ones need no ``in``."""
        at = start
        if not first and at < len(self.words) - 1 and folded(self.words[at].text) in AND:
            at += 1
        while at < len(self.words):
            for length in range(LONGEST, 0, -1):
                run = self.words[at : at + length]
                if len(run) < length or (any(word.quoted for word in run) and length > 1):
                    continue
                if self._means_else(run):
                    return None
                if (part := self._meaning(run)) and (first or at > start or part.markets):
                    return part, self._without_noun(at + length)
            if not (first and self._is_in_the_way(at)):
                break
            at += 1
        if first and at < len(self.words) and self._names_nothing_else(at):
            self._refuse(start - 1, at)
        return None

    def _meaning(self, run: list[Word]) -> Scope | None:
        """Return what a name means: a channel, a market that has results, a tag in use, or a currency."""
        typed = " ".join(word.text for word in run)
        key, code = slug_of(typed), code_of(typed)
        if key in CHANNELS and not run[0].quoted:
            return Scope(channel=CHANNELS[key])
        markets = [market for market in self._markets() if slug_of(market) == key or (code and code_of(market) == code)]
        if markets:
            return Scope(markets=tuple(markets))
        if key in self.asking.tags:
            return Scope(tags=(key,))
        currencies = [currency for currency in self._currencies() if folded(typed) in _spellings(currency)]
        return Scope(currency=currencies[0]) if currencies else None

    def _join(self, part: Scope, at: int, end: int) -> None:
        scope = self.scope
        for one, other in ((scope.channel, part.channel), (scope.currency, part.currency)):
            if one and other and one != other:
                self.scope = replace(scope, channel=scope.channel if one == scope.currency else "", currency="")
                offers = tuple(self._offer(name, at, end) for name in (one, other))
                raise UnknownScope(f"{one} and {other} are never added up.", "Ask for one of them", offers)
        self.scope = Scope(
            scope.channel or part.channel,
            tuple(dict.fromkeys((*scope.markets, *part.markets))),
            tuple(dict.fromkeys((*scope.tags, *part.tags))),
            scope.currency or part.currency,
        )

    def _means_else(self, run: Sequence[Word]) -> bool:
        """Tell whether words are a campaign's exact name, a KPI or a period."""
        typed = " ".join(word.text for word in run)
        if slug_of(typed) in self.named:
            return True
        if any(word.quoted for word in run):
            return False
        return folded(typed) in metric_words() or self._is_period(typed)

    def _is_period(self, typed: str) -> bool:
        try:
            period_of(english(typed), self.asking.today)
        except UnknownPeriod:
            return False
        return True

    def _is_inside_a_name(self, at: int) -> bool:
        """Tell whether a word belongs to the exact name of a campaign or a KPI of several words."""
        for start in range(max(0, at - AROUND), at + 1):
            for end in range(max(at + 1, start + 2), min(len(self.words), at + AROUND) + 1):
                typed = " ".join(word.text for word in self.words[start:end])
                if slug_of(typed) in self.named or folded(typed) in metric_words():
                    return True
        return False

    def _is_in_the_way(self, at: int) -> bool:
        word = self.words[at]
        return not word.quoted and (says_nothing(word) or folded(word.text) in NOUNS)

    def _without_noun(self, end: int) -> int:
        follows = end < len(self.words) and not self.words[end].quoted and folded(self.words[end].text) in NOUNS
        return end + 1 if follows else end

    def _names_nothing_else(self, at: int) -> bool:
        """Tell whether the words from here on are no period, no KPI and no campaign, not even a misspelled one."""
        words = self.words[at : at + max(AROUND, LONGEST_WORDS)]
        runs = [words[:length] for length in range(len(words), 0, -1)]
        if words[0].quoted or self.asking.is_empty:
            return not self.asking.is_empty and not self._means_else(words[:1])
        if words[0].text[:1].isdigit() or any(self._means_else(run) for run in runs):
            return False
        keys = [slug_of(" ".join(word.text for word in run)) for run in runs]
        if not self.takes_campaign:
            return True
        names, begins = self.asking.begun(keys[-1][:2]), beginning(self.asking.db, keys[-1], 1)[0]
        near = (process.extractOne(key, names, scorer=fuzz.ratio, score_cutoff=SIMILAR) for key in keys)
        return not begins and not any(near)

    def _refuse(self, at: int, start: int) -> None:
        """Say that nothing has the name, and offer what there is, what is spelled alike first."""
        typed, currencies = self.words[start].text, self._currencies()
        if is_currency(typed):
            listed = self.asking.words.listed(currencies, most=8)
            said = (
                f"There are no amounts in {typed}, only in {listed}; no rates of exchange are stored to convert them."
            )
            known: tuple[str, ...] = currencies
        else:
            country = called(typed) if code_of(typed) and (len(typed) > len("DE") or typed.isupper()) else ""
            cut = typed if len(typed) <= LONGEST_SHOWN else f"{typed[:LONGEST_SHOWN]}…"
            said = f"There are no results in {country}." if country else f"No market, tag or channel is called '{cut}'."
            known = (*dict.fromkeys(map(called, self._markets())), *self.asking.tags.values())
        near = process.extract(typed, known, scorer=fuzz.WRatio, score_cutoff=SIMILAR)
        first = dict.fromkeys((*(name for name, _, _ in near), *known))
        offers = tuple(self._offer(name, at, start + 1) for name in list(first)[:MOST_OFFERS])
        raise UnknownScope(said, "There is" if offers else "Ask without it.", offers)

    def _offer(self, name: str, at: int, end: int) -> Choice:
        """Return the whole question with another name in the place of some words."""
        words = [f'"{word.text}"' if word.quoted else word.text for word in self.words]
        asks = [self.question, *words[:at], *words[end:]] if self.question or at or words[end:] else ["overview"]
        scope = f"in {name}" if name in CHANNELS else f'in "{name}"'
        return Choice(f"in {name}", " ".join(filter(None, (*asks, scope))) + Narrowed((), self.scope, self.step).typed)

    def _markets(self) -> tuple[str, ...]:
        markets = {market for pairs in self.asking.splits.values() for market, _ in pairs if market}
        return tuple(sorted(markets))

    def _currencies(self) -> tuple[str, ...]:
        return tuple(sorted({currency for pairs in self.asking.splits.values() for _, currency in pairs}))


@cache
def _spellings(currency: str) -> frozenset[str]:
    names = [Locale.parse(language).currencies.get(currency, currency) for language in ("en", *LANGUAGES)]
    return frozenset(folded(name) + end for name in (currency, *names) for end in ("", "s"))
