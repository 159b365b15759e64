"""Why a campaign did as it did, in words: the weak steps, what each cost, what usually helps, what cannot be judged."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kpi.comparing.money import NEEDED
from kpi.comparing.sides import side
from kpi.comparing.verdict_words import as_figure, inside, verdict
from kpi.comparison.verdicts import Verdict
from kpi.figures import main_currency
from kpi.holdouts.report import added_in_short
from kpi.metrics import METRIC
from kpi.periods import DAY
from kpi.phrases import noted, published_ranges, remarks, sentence, source_line
from kpi.quantities import facts_of
from kpi.report import Choice, Choices, Column, Figure, Heading, Note, Paragraph, Report, Table, Versus
from kpi.storage.slices import Slice
from kpi.units import Unit
from kpi.usual import FEWEST_PEERS, peers_of
from kpi.why.picture import picture_of
from kpi.why.weak_steps import BEST_BY, MISSING, REMEDIES, TO_ORDERS, WAYS, findings

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from kpi.comparing.sides import Side
    from kpi.metrics import Metric
    from kpi.question import Asked, Asking
    from kpi.report import Piece
    from kpi.storage.campaigns import Campaign
    from kpi.usual import Peers
    from kpi.why.weak_steps import Step
    from kpi.wording import Words

MOST_WEAK = 2
WHOLE_LIFE = "This is about all of its messages: a broadcast has no days before to be set against."


def diagnosed(asking: Asking, asked: Asked, campaign: Campaign) -> Report:
    """Return the diagnosis of a campaign's whole life."""
    keys = WAYS[campaign.objective]
    shown = (*keys, "ctr", "revenue_per_message", BEST_BY[campaign.objective])
    metrics = [METRIC[key] for key in shown] + ([asked.metric] if asked.metric else [])
    facts = NEEDED.union(*(facts_of(metric.quantity) for metric in metrics))
    own = side(asking, facts, campaign.name, campaign.slug, Slice((campaign,), scope=asked.scope.rows))
    currency = main_currency(own.tally, asking.words.currency)
    if own.estimate(METRIC["click_to_open"], currency).value is None:
        keys = tuple("ctr" if key == "click_to_open" else key for key in keys if key != "read_rate")
    peers = peers_of(campaign, asking, facts, asked.scope)
    steps = findings(asking, [METRIC[key] for key in keys], own, peers, facts, currency)
    return _report(asking, asked, steps, peers, currency)


def _report(asking: Asking, asked: Asked, steps: Sequence[Step], peers: Peers, currency: str) -> Report:
    own, words = steps[0].own, asking.words
    weak = sorted((one for one in steps if one.is_weak), key=lambda one: one.weight)
    first = f"{own.name}{asked.scope.said} {_finding(steps, weak, words, currency)}"
    others = [
        sentence(f"then {_weakness(one, words, currency)}. {_price(one, words, currency)}") for one in weak[1:MOST_WEAK]
    ]
    remedy = f"What usually helps: {REMEDIES[weak[0].metric.key]}" if weak else ""
    rest = tuple(_inside(one) for one in weak[MOST_WEAK:])
    also = f"Also clearly weaker: {words.listed(rest)}." if rest else ""
    whole = WHOLE_LIFE if asked.period else ""
    about = _about(asked.metric, steps, words, currency) if asked.metric else ""
    said = (asked.read_as, about, first, _price(weak[0], words, currency) if weak else "", *others, also, whole)
    pieces: tuple[Piece, ...] = (
        Heading(f"Why: {own.name}{asked.scope.said}"),
        Paragraph(" ".join(filter(None, said))),
        *(Paragraph(text) for text in (remedy, _unjudged(steps)) if text),
        *([picture] if (picture := picture_of(steps, first, words, currency)) else ()),
        *([Paragraph(added)] if (added := added_in_short(asking, own.campaigns[0])) else ()),
        _table(steps, words, currency),
        *(Note(line) for line in _notes(asking, steps, peers, currency) if line),
        _next(own, steps),
    )
    return Report(first, pieces)


def _finding(steps: Sequence[Step], weak: Sequence[Step], words: Words, currency: str) -> str:
    """Name the weakest step, else the strongest, else say that none can be judged."""
    if weak:
        verb = "loses most at" if weak[0].metric.key in TO_ORDERS else "is weak on"
        return f"{verb} {_weakness(weak[0], words, currency)}."
    judged = [one for one in steps if not one.unjudged]
    if not judged:
        return "cannot be explained yet: no step can be judged."
    strong = [one for one in judged if one.against and one.against.is_ahead and one.against.verdict is Verdict.CLEAR]
    if not strong:
        return "loses nothing that can be told from chance: what can be judged is about as usual."
    names = words.listed(tuple(f"{_inside(one)} ({_values(one, words, currency)})" for one in strong), 2)
    return f"has no weak step. It is clearly better than usual on {names}."


def _about(metric: Metric, steps: Sequence[Step], words: Words, currency: str) -> str:
    """Say of the KPI that was asked about how it stands, where it is a step."""
    step = next((one for one in steps if one.metric is metric), None)
    if step is None:
        value = words.short(steps[0].own.estimate(metric, currency).value, metric.unit, currency)
        return f"{metric.label} ({value}) comes of the steps below."
    if step.usual is None:
        return f"{metric.label}: {step.unjudged}."
    return f"{metric.label}: {_values(step, words, currency)} ({_row(step, words, currency)[-1]})."


def _weakness(step: Step, words: Words, currency: str) -> str:
    return f"{_inside(step)}: {_values(step, words, currency)}, clearly weaker"


def _values(step: Step, words: Words, currency: str) -> str:
    own = words.short(step.own.estimate(step.metric, currency).value, step.metric.unit, currency)
    return f"{own} where {words.short(step.usual, step.metric.unit, currency)} is usual"


def _price(step: Step, words: Words, currency: str) -> str:
    """Say what the step would have brought at the usual rate, with the limits that chance and days allow."""
    if step.prize is None:
        return ""
    unit = Unit.MONEY if step.metric.unit is Unit.MONEY else Unit.COUNT
    amount, low, high = (
        words.short(round(max(one, 0.0)), unit, currency)
        for one in (step.prize.amount, step.prize.low, step.prize.high)
    )
    what = "more orders" if step.ends_in_orders else MISSING[step.metric.key]
    money = f", about {words.short(round(step.money.amount), Unit.MONEY, currency)}" if step.money else ""
    return f"At your usual rate it would have had {amount} {what} ({low} to {high}){money}."


def _unjudged(steps: Sequence[Step]) -> str:
    """Say which steps cannot be judged, reason by reason."""
    reasons: dict[str, list[str]] = {}
    for step in steps:
        if step.unjudged:
            reasons.setdefault(step.unjudged, []).append(_inside(step))
    said = "; ".join(f"{', '.join(names)} ({reason})" for reason, names in reasons.items())
    return f"Cannot be judged: {said}." if said else ""


def _table(steps: Sequence[Step], words: Words, currency: str) -> Table:
    best = next((one.best.other for one in steps if one.best), None)
    rows = tuple(_row(one, words, currency) for one in steps)
    rows = rows if best else tuple((*row[:3], row[4]) for row in rows)
    names = ("Step", "This campaign", "Usual", *((best.name,) if best else ()), "Against usual")
    columns = tuple(Column(name, "left" if name in ("Step", "Against usual") else "right") for name in names)
    contrasts = [each for one in steps for each in (one.against, one.best) if each]
    figures: tuple[Figure | Versus, ...] = (*(as_figure(one) for one in contrasts), *_figures(steps, words, currency))
    return Table("Step by step", columns, rows, figures)


def _row(step: Step, words: Words, currency: str) -> tuple[str, ...]:
    values = (
        step.own.estimate(step.metric, currency).value,
        step.usual,
        step.best.against.value if step.best else None,
    )
    shown = (words.short(value, step.metric.unit, currency) for value in values)
    said = step.unjudged or (verdict(step.against) if step.against else "–")
    if step.against and not step.unjudged:
        said = f"{'better' if step.against.is_ahead else 'weaker'}{' by market' * bool(step.against.strata)}: {said}"
    return (step.metric.label, *shown, said)


def _figures(steps: Sequence[Step], words: Words, currency: str) -> Iterator[Figure]:
    """Yield the prize of every weak step: in orders (or what the step counts) and in money."""
    for step in steps:
        if not step.is_weak:
            continue
        kinds = ((step.prize, "prize", Unit.COUNT), (step.money, "prize_money", Unit.MONEY))
        for found, key, unit in kinds:
            if found:
                of = Unit.MONEY if step.metric.unit is Unit.MONEY else unit
                money = currency if of is Unit.MONEY else ""
                yield Figure(
                    f"{key}_{step.metric.key}", f"At the usual {_inside(step)}", of, found.amount,
                    words.short(found.amount, of, money), step.own.key, money, low=found.low, high=found.high,
                )  # fmt: skip


def _notes(asking: Asking, steps: Sequence[Step], peers: Peers, currency: str) -> Iterator[str]:
    own = steps[0].own
    campaign = own.campaigns[0]
    if len(peers.tallies) < FEWEST_PEERS:
        yield f"Nothing is usual yet: that takes {FEWEST_PEERS} finished campaigns of the same kind and objective."
    else:
        yield f"Usual: the median of your last {peers.called}. The step that costs the most orders comes first."
    if any(one.against and one.against.strata for one in steps):
        yield "Its markets differ from those of the others, so steps were compared market by market."
    if own.sent:
        yield noted(asking, min(own.sent), max(own.sent) + DAY)
    estimates = [(one.metric, own.estimate(one.metric, currency)) for one in steps]
    judged = [(metric, of) for metric, of in estimates if own.age(asking).is_mature(metric)]
    if campaign.channel == "whatsapp":
        numbers = ((one, None if of.value is None else float(of.value)) for one, of in judged)
        yield published_ranges(numbers, campaign.kind, asking.words)
    yield "Nobody was picked by lot, so this says where it differs, and where to look first; not what the reason was."
    yield remarks([pair for pair in estimates if pair[1].value is not None], asking.words)
    yield source_line(asking, own.campaigns, max(own.sent, default=None))


def _inside(step: Step) -> str:
    return inside(step.metric)


def _next(own: Side, steps: Sequence[Step]) -> Choices:
    best = next((one.best.other for one in steps if one.best), None)
    versus = [Choice(f"Against {best.name}", f'compare "{own.key}" "{best.key}"')] if best else []
    return Choices((
        *versus,
        Choice("Funnel", f'funnel "{own.key}"'),
        Choice("Whole campaign", f'campaign "{own.key}"'),
    ))  # fmt: skip
