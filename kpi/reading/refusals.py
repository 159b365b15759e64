"""What is said where a text cannot be read, or can be read in two ways: one sentence, and whole questions to press."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, NoReturn

from rapidfuzz import fuzz, process

from kpi.errors import AmbiguousName, Mistake, UnknownMetric, UnknownName, UnknownPeriod
from kpi.metrics import METRIC
from kpi.question import Asked, Asking, Part
from kpi.reading import lexicon
from kpi.reading.narrowing import Narrowed
from kpi.reading.typed import Word, joined, key_of
from kpi.reading.vocabulary import (
    SIMILAR,
    as_choices,
    corrected,
    later,
    like_question,
    metrics_like,
    question_called,
    quoted,
    says_nothing,
)
from kpi.report import Choice
from kpi.storage.campaigns import keys_holding, starting_between

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from kpi.metrics import Metric
    from kpi.periods import Period
    from kpi.reading.reader import Reader
    from kpi.storage.campaigns import Campaign

MOST_NAMES, MOST_GUESSES = 5, 3
BEGUN_ALIKE = 80
"""The score from which the beginning of a name is worth offering."""
LONGEST_MISSPELLED = 60
"""Letters of words that are compared with names."""
SHORTEST_PART, MOST_PARTS, MOST_HOLDING = 4, 3, 50
"""Letters of a word that is looked for inside of names, how many words, and how many names."""
HELP = Choice("help", "help")


def typed_as(asked: Asked) -> str:
    """Return words that read as just this question."""
    parts = [asked.question.name, str(asked.most) if asked.most else "", asked.metric.key if asked.metric else ""]
    parts += [quoted(one.slug) for one in asked.campaigns]
    narrowed = Narrowed((), asked.scope, asked.step).typed
    return " ".join(filter(None, [*parts, asked.period.typed if asked.period else ""])) + narrowed


def in_other_days(asking: Asking, asked: Asked, period: Period) -> Choice:
    """Return the same question about other days."""
    return Choice(asking.words.period(period), typed_as(replace(asked, period=period)))


def _choice(asking: Asking, asked: Asked) -> Choice:
    """Return a whole question to press, its days as people write them."""
    asks = typed_as(asked)
    return Choice(asks.replace(asked.period.typed, asking.words.period(asked.period)) if asked.period else asks, asks)


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
    raise Mistake(f"{said} is not possible here yet.", "Until then", (*offers, Choice("Overview", "overview")))


def refuse(reader: Reader, left: list[Word]) -> NoReturn:
    """Say that words are not understood, and offer the nearest questions that are."""
    typed = cut(joined(left))
    said = next((later()[word.folded] for word in left if word.folded in later()), "")
    if said:
        _refuse_later(reader, said)
    others = _called(reader.asking, [key_of(left)])
    if others and reader.campaigns:
        both = (*reader.campaigns, *others)
        names = reader.asking.words.listed(tuple(one.name for one in both))
        offers = tuple(replace(one, label=name.name) for one, name in zip(_named(reader, both), both, strict=True))
        raise AmbiguousName(f"{names} are two campaigns.", "Which one do you mean", offers)
    if Part.CAMPAIGN in reader.takes and not reader.campaigns:
        _refuse_name(reader, left, typed)
    if reader.question and Part.METRIC in reader.takes and not reader.metric:
        offers = nearest(reader, left) or _of_metrics(reader, metrics_like(typed))
        raise UnknownMetric(f"I know no KPI called '{typed}'.", "Did you mean", offers)
    raise UnknownPeriod(f"I do not understand '{typed}' there.", "You can ask", nearest(reader, left))


def _refuse_name(reader: Reader, left: list[Word], typed: str) -> NoReturn:
    """Offer the names that are spelled alike, else what is read once spelled right, else names that hold the words."""
    near = alike(reader.asking, left)
    right = () if near or reader.is_guess else _spelled_right(reader, left)
    near = near or (() if right else _holding(reader.asking, left))
    if near:
        raise UnknownName(f"There is no campaign called '{typed}'.", "Did you mean", _named(reader, near))
    what = "campaign" if reader.question else "campaign, KPI or period"
    raise UnknownName(f"There is no {what} called '{typed}'.", "You can ask", nearest(reader, left, right))


def nearest(reader: Reader, left: list[Word], right: tuple[Choice, ...] | None = None) -> tuple[Choice, ...]:
    """Return the nearest questions that can be read: spelled right, without the words, and the usual ones."""
    if reader.is_guess:
        return ()
    typed = cut(joined(left))
    own = () if reader.question else (*like_question(typed), *_of_metrics(reader, metrics_like(typed, 80)))
    recent = as_choices(f"campaign {quoted(one.slug)}" for one in reader.asking.recent(2))
    right = _spelled_right(reader, left) if right is None else right
    found = (*right, *_without(reader, left), *own)
    unique = {choice.question: choice for choice in (*found[:MOST_GUESSES], *recent)}
    return (*list(unique.values())[:MOST_GUESSES], HELP)


def _of_metrics(reader: Reader, metrics: Iterable[Metric]) -> tuple[Choice, ...]:
    """Return the question, or the trend where none was asked, about each of the KPIs."""
    made = reader.understood()
    made = replace(made, question=reader.question or question_called("trend"))
    return tuple(_choice(reader.asking, reader.completed(replace(made, metric=one))) for one in metrics)


def _spelled_right(reader: Reader, left: list[Word]) -> tuple[Choice, ...]:
    """Return what is read once the words that are not understood are taken for the most similar ones."""
    right = [Word(corrected(word) or word.text, word.quoted) if word in left else word for word in reader.whole]
    if right == list(reader.whole):
        return ()
    return _read_or_offered(reader, right)


def _without(reader: Reader, left: list[Word]) -> tuple[Choice, ...]:
    """Return what is read without the words that are not understood, and the campaigns they name where none fits."""
    if not (reader.metric or reader.campaigns or reader.period or reader.question):
        return ()
    named = alike(reader.asking, left) if Part.CAMPAIGN not in reader.takes else ()
    offers = tuple(Choice(one.name, f"campaign {quoted(one.slug)}") for one in named[:1])
    return (*offers, *_read_or_offered(reader, [word for word in reader.whole if word not in left]))


def _read_or_offered(reader: Reader, words: list[Word]) -> tuple[Choice, ...]:
    try:
        understood = type(reader)(reader.asking, words, reader.above, is_guess=True).read()
    except Mistake as mistake:
        return mistake.offers
    if Part.TOPIC in understood.question.takes:
        return ()
    return (_choice(reader.asking, understood),)


def refuse_many(reader: Reader, typed: str, count: int, found: Sequence[Campaign]) -> NoReturn:
    """Offer the campaigns whose names begin alike, each with its first day."""
    raise AmbiguousName(f"{count} campaigns begin with '{cut(typed)}'.", "Which one do you mean", _named(reader, found))


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
    ways = (*_read_or_offered(reader, named), *_read_or_offered(reader, other))
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
        read = _read_or_offered(reader, _instead(reader, start, end, Word(period.typed)))[:1]
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
        recent = tuple(_choice(asking, replace(narrow, campaigns=(one,))) for one in latest)
        raise UnknownName("Which campaign?", "The latest are", recent)
    if read.period and read.period.start > asking.today and not read.campaigns:
        _refuse_future(asking, read, read.period)
    if Part.METRIC in question.needs and not read.metric:
        keys = ("revenue", "rocs", "ctr", "conversion_rate")
        usual = tuple(_choice(asking, replace(read, metric=METRIC[key])) for key in keys)
        raise UnknownMetric("Which KPI?", "Asked most", usual)


def cut(text: str) -> str:
    """Return a text that fits into a sentence."""
    return text if len(text) <= 60 else text[:59] + "…"  # noqa: PLR2004


def alike(asking: Asking, left: Sequence[Word]) -> tuple[Campaign, ...]:
    """Return the campaigns whose names, or beginnings of names as long as the words, are spelled much like them."""
    typed = key_of(left)
    if len(typed) > LONGEST_MISSPELLED:
        return ()
    every = asking.begun(typed[:2])  # who misspells a name begins with its first letter or its second
    begun = [name[: len(typed)] for name in every]
    near: dict[str, float] = {}
    for names, least in ((every, SIMILAR), (begun, BEGUN_ALIKE)):
        for _, score, at in process.extract(typed, names, scorer=fuzz.ratio, limit=MOST_NAMES, score_cutoff=least):
            near[every[at]] = max(score, near.get(every[at], 0))
    return _called(asking, sorted(near, key=lambda name: (-near[name], len(name), name)))


def _holding(asking: Asking, left: Sequence[Word]) -> tuple[Campaign, ...]:
    """Return the campaigns whose names hold one of the words, those that hold the most of them first."""
    parts = [part for part in key_of(left).split("-") if SHORTEST_PART <= len(part) <= LONGEST_MISSPELLED]
    for part in sorted(parts, key=len, reverse=True)[:MOST_PARTS]:
        if found := keys_holding(asking.db, part, MOST_HOLDING):
            return _called(asking, sorted(found, key=lambda name: -sum(f"-{one}" in f"-{name}" for one in parts)))
    return ()


def _called(asking: Asking, names: Sequence[str]) -> tuple[Campaign, ...]:
    found = asking.called(names[: 2 * MOST_NAMES]) if names else {}
    return tuple({found[name].slug: found[name] for name in names if name in found}.values())[:MOST_NAMES]


def _named(reader: Reader, campaigns: Iterable[Campaign]) -> tuple[Choice, ...]:
    """Return the question about each of the campaigns, labelled with the name and the first day."""
    return tuple(Choice(_dated(reader.asking, one), typed_as(_about(reader, one))) for one in campaigns)


def _about(reader: Reader, campaign: Campaign) -> Asked:
    """Return what was understood, asked of a campaign, with what the answer above told."""
    made = reader.understood()
    if made.question.name == "overview":
        made = replace(made, question=question_called("campaign"))
    made = reader.completed(replace(made, campaigns=(campaign,)))
    return replace(made, scope=made.scope.rows)


def _dated(asking: Asking, campaign: Campaign) -> str:
    first = campaign.first_day
    return campaign.name + (f" ({asking.words.day(first)})" if first else "")
