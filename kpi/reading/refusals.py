"""What is said where a text cannot be read, or can be read in two ways: one sentence, and what was likely meant."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, NoReturn

from kpi.errors import AmbiguousName, Mistake, UnknownMetric, UnknownName, UnknownPeriod
from kpi.metrics import METRIC
from kpi.question import Asked, Asking, Part
from kpi.reading import lexicon
from kpi.reading.near_names import alike, called, holding
from kpi.reading.offers import (
    MOST_GUESSES,
    asked_of,
    choice_of,
    cut,
    nearest,
    of_metrics,
    read_or_offered,
    spelled_right,
    typed_as,
)
from kpi.reading.typed import Word, joined, key_of
from kpi.reading.vocabulary import as_choices, later, metrics_like, quoted, says_nothing
from kpi.report import Choice
from kpi.storage.campaigns import starting_between

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kpi.metrics import Metric
    from kpi.periods import Period
    from kpi.reading.reader import Reader
    from kpi.storage.campaigns import Campaign

OVERVIEW = Choice("Overview", "overview")


def greet(words: Sequence[Word], asking: Asking) -> None:
    """Answer a text of nothing but a greeting or thanks with a line that says what can be asked."""
    said = [word.folded for word in words if any(map(str.isalnum, word.text))]
    for reply, table in lexicon.GREETINGS.items():
        if said and said[0] not in lexicon.GREETING_ENDS and set(said) <= set(table.split()):
            recent = [Choice(one.name, f"campaign {quoted(one.slug)}") for one in asking.recent(1)]
            offers = (*recent, *as_choices(("overview", "top rocs", "help")))
            raise Mistake(f"{reply} Ask me about a campaign, a KPI or a period.", "For example", offers)


def only_asks(words: Sequence[Word]) -> bool:
    """Tell whether words ask how things are without naming any: ``how are we doing``."""
    return any(word.folded in lexicon.asking_words() for word in words)


def refuse_what_comes_later(reader: Reader) -> None:
    """Say of a question that is not there yet that it is not, and offer what is."""
    words = [word for word in reader.words if not word.quoted]
    first = next((word for word in words if not says_nothing(word)), None)
    word = first if first and first.folded in later() else None
    said = later().get(word.folded, "") if word else ""
    if not word or not said or reader.asking.called([key_of(reader.whole)]):
        return
    _refuse_later(reader, said)


def _refuse_later(reader: Reader, said: str) -> NoReturn:
    reader.words = [one for one in reader.words if one.folded not in later()]
    for _ in range(2):
        reader.take_names()
    offers = tuple(Choice(one.name, f"campaign {quoted(one.slug)}") for one in reader.campaigns)
    if typed := lexicon.COMMANDED.get(said):
        raise Mistake(f"{said} begins with its own word, like this: {typed}.", "Or ask", (*offers, OVERVIEW))
    raise Mistake(f"{said} is not possible here yet.", "Until then", (*offers, OVERVIEW))


def refuse(reader: Reader, left: list[Word]) -> NoReturn:
    """Say that words are not understood, and offer the nearest questions that are."""
    typed = cut(joined(left))
    said = next((later()[word.folded] for word in left if word.folded in later()), "")
    if said:
        _refuse_later(reader, said)
    others = called(reader.asking, [key_of(left)])
    if others and reader.campaigns:
        both = (*reader.campaigns, *others)
        names = reader.asking.words.listed(tuple(one.name for one in both))
        offers = tuple(replace(one, label=name.name) for one, name in zip(asked_of(reader, both), both, strict=True))
        raise AmbiguousName(f"{names} are two campaigns.", "Which one do you mean", offers)
    if Part.CAMPAIGN in reader.takes and not reader.campaigns:
        _refuse_name(reader, left, typed)
    if reader.question and Part.METRIC in reader.takes and not reader.metric:
        offers = nearest(reader, left) or of_metrics(reader, metrics_like(typed))
        raise UnknownMetric(f"I know no KPI called '{typed}'.", "Did you mean", offers)
    raise UnknownPeriod(f"I do not understand '{typed}' there.", "You can ask", nearest(reader, left))


def _refuse_name(reader: Reader, left: list[Word], typed: str) -> NoReturn:
    """Offer the names that are spelled alike, else what is read once spelled right, else names that hold the words."""
    near = alike(reader.asking, left)
    right = () if near or reader.is_guess else spelled_right(reader, left)
    near = near or (() if right else holding(reader.asking, left))
    if near:
        raise UnknownName(f"There is no campaign called '{typed}'.", "Did you mean", asked_of(reader, near))
    what = "campaign" if reader.question else "campaign, KPI or period"
    raise UnknownName(f"There is no {what} called '{typed}'.", "You can ask", nearest(reader, left, right))


def refuse_many(reader: Reader, typed: str, count: int, found: Sequence[Campaign]) -> NoReturn:
    """Offer the campaigns whose names begin alike, each with its first day."""
    raise AmbiguousName(
        f"{count} campaigns begin with '{cut(typed)}'.", "Which one do you mean", asked_of(reader, found)
    )


def refuse_collision(reader: Reader, start: int, end: int, metric: Metric | None) -> None:
    """Offer both meanings of words that are the name of a campaign and also a KPI or a period; else do nothing."""
    typed = joined(reader.words[start:end])
    period = None if metric else reader.period_at(start, end)
    if metric:
        other, what = [Word("trend"), *_instead(reader, start, end, Word(metric.key))], "a KPI"
    elif period:
        days = Word(f"{period.start}..{period.days()[-1]}")
        other, what = _instead(reader, start, end, days), "a period"
    else:
        return
    named = _instead(reader, start, end, Word(typed, quoted=True))
    ways = (*read_or_offered(reader, named), *read_or_offered(reader, other))
    raise AmbiguousName(f"'{cut(typed)}' is a campaign and {what}.", "Which one do you mean", ways)


def _instead(reader: Reader, start: int, end: int, word: Word) -> list[Word]:
    """Return the whole text with another word in the place of some that are still to be understood."""
    span, whole = reader.words[start:end], list(reader.whole)
    at = next((at for at in range(len(whole)) if whole[at : at + len(span)] == span), None)
    if at is None:  # they came together when a word between them was taken away
        return [*(one for one in whole if one not in span), word]
    return [*whole[:at], word, *whole[at + len(span) :]]


def offer_both(reader: Reader, start: int, end: int, one: Period, other: Period) -> NoReturn:
    """Offer both days that a text such as ``1/5`` may name."""
    typed, words = joined(reader.words[start:end]), reader.asking.words
    offers = []
    for period in (one, other):
        read = read_or_offered(reader, _instead(reader, start, end, Word(period.typed)))[:1]
        offers += [Choice(words.days(period.start, period.end), choice.question) for choice in read]
    raise UnknownPeriod(f"'{cut(typed)}' can be two days.", "Which one do you mean", tuple(offers))


def _refuse_future(asking: Asking, read: Asked, period: Period) -> NoReturn:
    """Say that days have not come yet, and offer what is planned then and what can be asked now."""
    when = asking.words.days(period.start, period.end)
    planned = starting_between(asking.db, period.start, period.end, MOST_GUESSES)
    offers = tuple(Choice(one.name, f"campaign {quoted(one.slug)}") for one in planned)
    now = typed_as(replace(read, period=None))
    hint = "Planned then" if planned else "You can ask"
    raise UnknownPeriod(f"{when} has not come yet.", hint, (*offers, *as_choices((now, "campaigns planned"))))


def require_needs(asking: Asking, read: Asked) -> None:
    """Refuse a question that lacks its campaign or its KPI, or whose days are to come, and offer likely ones."""
    question = read.question
    if Part.CAMPAIGN in question.needs and not read.campaigns:
        narrow = replace(read, scope=read.scope.rows)
        latest = asking.recent(scope=read.scope)
        recent = tuple(choice_of(asking, replace(narrow, campaigns=(one,))) for one in latest)
        raise UnknownName("Which campaign?", "The latest are", recent)
    if read.period and read.period.start > asking.today and not read.campaigns:
        _refuse_future(asking, read, read.period)
    if Part.METRIC in question.needs and not read.metric:
        keys = ("revenue", "rocs", "ctr", "conversion_rate")
        usual = tuple(choice_of(asking, replace(read, metric=METRIC[key])) for key in keys)
        raise UnknownMetric("Which KPI?", "Asked most", usual)
