"""``compare A B [PERIOD]``: which did better, KPI by KPI, and whether that is more than chance."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

from kpi.charts.differences import Differences, Gap
from kpi.comparing import equal_age
from kpi.comparing.comparability import caveats
from kpi.comparing.contrast import Contrasts
from kpi.comparing.equal_age import at_equal_age
from kpi.comparing.money import NEEDED
from kpi.comparing.ranked import report_of_several
from kpi.comparing.sides import Side, side
from kpi.comparing.verdict_words import as_figure, details, difference, finding, more, relative, span, title, verdict
from kpi.comparison.verdicts import Verdict
from kpi.errors import Mistake
from kpi.facts import COST, SENT
from kpi.figures import fraction, main_currency
from kpi.holdouts.arms import holdout_among
from kpi.holdouts.report import lift_report
from kpi.metrics import METRIC
from kpi.periods import DAY
from kpi.phrases import remarks, source_line
from kpi.quantities import facts_of
from kpi.question import Asked, Asking, Part, Question
from kpi.questions.campaign import nothing_yet
from kpi.report import Choice, Choices, Column, Heading, Note, Paragraph, Picture, Piece, Report, Table
from kpi.sheets import COMPARED
from kpi.storage.families import told_of
from kpi.storage.slices import Slice, parts_of
from kpi.tally import together

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from kpi.comparing.contrast import Contrast
    from kpi.storage.campaigns import Campaign
    from kpi.storage.slices import Split

ALWAYS = NEEDED | {SENT, COST}
"""Facts that are read whatever is compared: what the answer says beside its figures rests on them."""
PAIR = 2
MOST_PARTS = 10


def answer(asking: Asking, asked: Asked) -> Report:
    """Return the comparison of two sides, or of several in order; of a campaign and its hold-out, what it added."""
    if held := holdout_among(asking, asked.campaigns):
        return lift_report(asking, held)
    if left := next((one for one in asked.campaigns if one.holdout_of), None):
        offer = Choice("What the campaign added", f'compare "{left.slug}"')
        raise Mistake(f"{left.name} got no messages: it only tells what its campaign added.", "Ask", (offer,))
    slices = _slices(asking, asked)
    return compared(asking, asked, slices, COMPARED[slices[0][-1].campaigns[0].objective])


def compared(
    asking: Asking,
    asked: Asked,
    slices: Sequence[tuple[str, str, Slice]],
    keys: Sequence[str],
    also: Callable[[Asking, Sequence[Side], str], str] = lambda *_: "",
) -> Report:
    """Return the comparison of sides, each given by its name, its key and its slice; ``also`` says one thing more."""
    metrics = [asked.metric] if asked.metric else [METRIC[key] for key in keys]
    facts = ALWAYS.union(*(facts_of(metric.quantity) for metric in metrics))
    sides = [side(asking, facts, name, key, of) for name, key, of in slices]
    if empty := next((one for one in sides if not one.markets), None):
        return _nothing(asking, empty)
    currency = main_currency(together(one.tally for one in sides), asking.words.currency)
    sides = at_equal_age(asking, facts, metrics, sides)
    made = Contrasts(asking, metrics, currency, sides)
    if len(sides) == PAIR:
        return _of_two(asked, made, made.between([(sides[0], sides[1])]), also(asking, sides, currency))
    return report_of_several(asking, asked, made, _objective(sides))


def _of_two(asked: Asked, made: Contrasts, contrasts: list[Contrast], also: str) -> Report:
    asking, words, sides, currency = made.asking, made.asking.words, made.sides, made.currency
    known = [one for one in contrasts if one.value.value is not None or one.against.value is not None]
    if not known:
        return _nothing(asking, sides[0])
    said = finding(known, words, currency)
    age = equal_age.said(sides, [one.metric for one in known], asking)
    notes = (" ".join(caveats(made, known)), *_small_print(asking, known, sides))
    pieces: tuple[Piece, ...] = (
        Heading(f"{sides[0].name} against {sides[1].name}{asked.scope.said}"),
        Paragraph(" ".join(filter(None, (asked.read_as, said, age, also, details(known, words, currency))))),
        *_picture(known, said, asking),
        _table(known, asking, currency),
        _fractions(known, asking, currency),
        *(Note(line) for line in notes if line),
        _next(sides),
    )
    return Report(said, pieces)


def _table(contrasts: Sequence[Contrast], asking: Asking, currency: str) -> Table:
    one, other, words = contrasts[0].one, contrasts[0].other, asking.words
    rows = tuple(
        (
            each.metric.label,
            words.short(each.value.value, each.metric.unit, currency),
            words.short(each.against.value, each.metric.unit, currency),
            difference(each, words, currency),
            verdict(each),
        )
        for each in contrasts
    )
    names = ("KPI", one.name, other.name, "Difference", "Verdict")
    columns = tuple(Column(name, "left" if name in ("KPI", "Verdict") else "right") for name in names)
    return Table("KPI by KPI", columns, rows, tuple(as_figure(each) for each in contrasts))


def _fractions(contrasts: Sequence[Contrast], asking: Asking, currency: str) -> Table:
    """Say what each value was divided of, and between which limits the true difference lies."""
    one, other = contrasts[0].one, contrasts[0].other
    rows = tuple(
        (
            each.metric.label,
            fraction(each.metric, each.value, asking.words, currency) or "–",
            fraction(each.metric, each.against, asking.words, currency) or "–",
            span(each, asking.words, currency),
        )
        for each in contrasts
    )
    columns = (Column("KPI", "left"), Column(one.name), Column(other.name), Column("Difference between"))
    return Table("What they are made of", columns, rows)


def _picture(contrasts: Sequence[Contrast], said: str, asking: Asking) -> Iterator[Picture]:
    one, other = contrasts[0].one, contrasts[0].other
    gaps = []
    for each in contrasts:
        if drawn := relative(each):
            is_clear = each.verdict is Verdict.CLEAR
            shown = f"{more(each, asking.words)} {verdict(each).split(',')[0]}"
            gaps.append(Gap(each.metric.label, *drawn, shown, each.is_ahead if is_clear else None))
    if gaps:
        after = equal_age.said_after((one, other), [each.metric for each in contrasts])
        names = (
            f"{one.name} against {other.name}" if after else f"How much more or less {one.name} has than {other.name}"
        )
        subtitle = ", ".join(filter(None, (names, after, "and what chance allows")))
        listed = ", ".join(f"{gap.name} {gap.shown}" for gap in gaps)
        chart = Differences(title(contrasts, asking.words), subtitle, tuple(gaps), asking.words)
        yield Picture(f"{said} {one.name} compared with {other.name}: {listed}.", chart)


def _small_print(asking: Asking, contrasts: Sequence[Contrast], sides: Sequence[Side]) -> Iterator[str]:
    shown = [(each.metric, estimate) for each in contrasts for estimate in (each.value, each.against)]
    yield (
        "Clear: chance alone would hardly do this, in fewer than 5 of 100 answers. The percentage: how likely the "
        "side ahead is the better one."
    )
    yield remarks([pair for pair in shown if pair[1].value is not None], asking.words)
    last = max((max(side.sent) for side in sides if side.sent), default=None)
    yield source_line(asking, list(dict.fromkeys(one for side in sides for one in side.campaigns)), last)


def _objective(sides: Sequence[Side]) -> str:
    return sides[0].campaigns[0].objective


# The sides


def _slices(asking: Asking, asked: Asked) -> list[tuple[str, str, Slice]]:
    """Return the name, the key and the slice of every side."""
    if asked.periods:
        return [_in_days(asking, asked, number) for number in range(len(asked.periods))]
    period = asked.period and asked.period.until(asking.today)
    if len(asked.campaigns) > 1:
        return [(one.name, one.slug, Slice((one,), period, scope=asked.scope)) for one in asked.campaigns]
    if not asked.campaigns:
        raise Mistake("Compare what?", "Try", _offers(asking, None))
    campaign = asked.campaigns[0]
    parts, split = _parts(asking, asked, campaign)
    if len(parts) < PAIR:
        raise Mistake(f"Compare {campaign.name} with what?", "Try", _offers(asking, campaign))
    bare = parts if split == "market" else told_of(asking.db, [campaign.slug])
    return [
        (
            part if part in bare else f"variant {part}".capitalize(),
            f"{campaign.slug} {part}",
            _part(campaign, asked, split, stored),
        )
        for part, stored in islice(parts.items(), MOST_PARTS)
    ]


def _in_days(asking: Asking, asked: Asked, number: int) -> tuple[str, str, Slice]:
    period = asked.periods[number].until(asking.today)
    campaigns = asked.campaigns or asking.sending(asked.scope)
    called = asking.words.period(period)
    name = called[:1].upper() + called[1:]
    key = asked.campaigns[0].slug if asked.campaigns else "whatsapp"
    return name, f"{key} {period.start}..{period.end - DAY}", Slice(tuple(campaigns), period, scope=asked.scope.rows)


def _parts(asking: Asking, asked: Asked, campaign: Campaign) -> tuple[dict[str, tuple[str, ...]], str]:
    """Return the parts that were asked for, or all there are; a campaign alone is compared by its variants."""
    splits: tuple[Split, ...] = ("variant", "market")
    split = next((one for one in splits if one == asked.split), "variant" if not asked.split else splits[1])
    found = parts_of(asking.db, campaign, split)
    return ({part: found.get(part, (part,)) for part in asked.parts} if len(asked.parts) > 1 else found), split


def _part(campaign: Campaign, asked: Asked, split: str, stored: tuple[str, ...]) -> Slice:
    if split == "market":
        return Slice((campaign,), asked.period, market=stored[0], scope=asked.scope)
    return Slice((campaign,), asked.period, variants=stored, scope=asked.scope)


def _offers(asking: Asking, campaign: Campaign | None) -> tuple[Choice, ...]:
    """Return comparisons that make sense: with the latest of the same kind, and market by market."""
    recent = asking.recent(4)
    first = campaign or (recent[0] if recent else None)
    if first is None:
        return (Choice("help", "help"),)
    alike = [one for one in recent if one.slug != first.slug]
    offers = [Choice(f"With {one.name}", f'compare "{first.slug}" "{one.slug}"') for one in alike[:3]]
    if len(parts_of(asking.db, first, "market")) >= PAIR:
        offers.append(Choice("Its markets", f'compare "{first.slug}" markets'))
    return (*offers, Choice("This week, last week", "compare last week this week"))


def _nothing(asking: Asking, side: Side) -> Report:
    campaign = side.campaigns[0]
    if len(side.campaigns) == 1 and not campaign.began:
        return nothing_yet(campaign, asking)
    when = f" in {asking.words.days(side.of.period.start, side.of.period.end)}" if side.of.period else ""
    said = f"{side.name} has no results{when}, so there is nothing to compare."
    return Report(said, (Paragraph(said), Choices(_offers(asking, None))))


def _next(sides: Sequence[Side]) -> Choices:
    campaigns = dict.fromkeys(one for side in sides for one in side.campaigns[:1])
    choices = [Choice(one.name, f'campaign "{one.slug}"') for one in campaigns]
    if len(choices) == 1 and sides[0].of.market is None:
        choices.append(Choice("By market", f'compare "{sides[0].campaigns[0].slug}" markets'))
    if len(campaigns) == PAIR:
        one, other = campaigns
        choices.insert(0, Choice("Funnels", f'funnel "{one.slug}" "{other.slug}"'))
    return Choices((*choices, Choice("Ranking", "top conversion_rate")))


COMPARE = Question(
    "compare",
    "compare NAME NAME [PERIOD]",
    "which did better, and whether that is more than chance",
    answer,
    takes=(Part.SIDES, Part.CAMPAIGN, Part.METRIC, Part.PERIOD, Part.SCOPE),
    aliases=("comparison",),
    examples=("compare {campaign} {other}", "compare last week this week"),
)
