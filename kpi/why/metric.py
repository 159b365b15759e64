"""What moved a KPI against the period before: campaigns, markets and steps, each with its part of the change."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kpi.comparing.verdict_words import inside
from kpi.errors import Mistake
from kpi.figures import changed, estimate_of, main_currency, needs_currency
from kpi.maturity import filling
from kpi.periods import last_days
from kpi.phrases import left_out, noted, remarks, source_line
from kpi.quantities import Profit, Ratio, Share, Sum, facts_of
from kpi.report import Choice, Choices, Column, Figure, Heading, Note, Paragraph, Report, Table
from kpi.storage.equal_age import as_it_stood
from kpi.storage.slices import Slice, parted
from kpi.storage.tallies import tally
from kpi.units import Unit
from kpi.why.change import ELSEWHERE, WAY, Change, by_market, moved, steps

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from kpi.facts import Fact
    from kpi.metrics import Metric
    from kpi.periods import Period
    from kpi.question import Asked, Asking
    from kpi.report import Piece
    from kpi.storage.equal_age import Earlier
    from kpi.tally import Tally
    from kpi.why.diagnosis import Moved
    from kpi.wording import Words

USUAL_DAYS = 7
MOST_ROWS, MOST_NAMED = 8, 2


def explained(asking: Asking, asked: Asked, metric: Metric) -> Report:
    """Return what moved a KPI over the period (none named: the last seven days) against the one before."""
    if not isinstance(metric.quantity, Sum | Share | Ratio) and not _is_profit(metric):
        hint = "Ask about revenue, orders, a count or a rate."
        raise Mistake(f"What moved {metric.label.lower()} cannot be taken apart.", hint)
    period = (asked.period or last_days(USUAL_DAYS, asking.today)).until(asking.today)
    campaigns = asked.campaigns or asking.sending(asked.scope)
    facts = facts_of(metric.quantity) | {fact for _, _, of in WAY.values() for fact in (of.fact, of.less) if fact}
    parts = [Slice(campaigns, one, scope=asked.scope.rows) for one in (period, period.before())]
    now, before = (tally(asking.db, facts, of.campaigns, of.period, of.scope) for of in parts)
    then = _then(asking, metric, facts, now, parts)
    before = then.tally(before.margins) if then else before
    currency = main_currency(now if now.sums else before, asking.words.currency)
    change = Change(metric, now, before, currency, is_aged=then is not None)
    old, new = change.values()
    if old is None or new is None:
        return _nothing(asking, asked, metric, period, old)
    rows = [parted(asking.db, facts, of, "market") for of in parts]
    markets = [by_market(some, campaigns) for some in (rows[0], then.markets if then else rows[1])]
    by_campaign = moved(metric, before.by_campaign(), now.by_campaign(), currency)
    found = {
        "campaign": {asking.campaigns[slug].name: one for slug, one in by_campaign.items()},
        "market": moved(metric, markets[1], markets[0], currency),
        "step": steps(change),
    }
    return _report(asking, asked, change, period, found)


def _is_profit(metric: Metric) -> bool:
    return isinstance(metric.quantity, Profit) and not metric.quantity.per_cost


def _then(asking: Asking, metric: Metric, facts: frozenset[Fact], now: Tally, parts: Sequence[Slice]) -> Earlier | None:
    """Return the days before as they stood when they were as old as the period is, where that is still filling up."""
    period, before = parts[0].period, parts[1].period
    lag = asking.lag(metric, [asking.campaigns[slug] for slug in now.campaigns])
    if not (period and before and filling(lag, period.days(), asking.today)):
        return None
    found = as_it_stood(asking.db, facts, parts[1], asking.today - (period.end - before.end))
    return found if found.knows(metric) else None


def _report(
    asking: Asking, asked: Asked, change: Change, period: Period, moved: Mapping[str, dict[str, Moved]]
) -> Report:
    words, metric = asking.words, change.metric
    who = asked.campaigns[0].name if asked.campaigns else asked.scope.who
    said = _finding(change, who, period, words)
    parts = [_said(change, some, words) for name, some in moved.items() if name != "step" and len(some) > 1]
    steps = _said(change, moved["step"], words)
    lines = (
        f"Most of it: {' '.join(filter(None, parts))}" if any(parts) else "",
        _of_rates(change, moved["campaign"], words),
    )
    tables = [_table(change, kind, some, words) for kind, some in moved.items() if some]
    pieces: tuple[Piece, ...] = (
        Heading(f"{metric.label}: {who}, {words.days(period.start, period.end)}"),
        Paragraph(" ".join(filter(None, (asked.read_as, said)))),
        *(Paragraph(line) for line in (*lines, f"By step: {steps}" if steps else "") if line),
        *tables,
        *(Note(line) for line in _notes(asking, change, period, moved) if line),
        _next(asked, metric, period),
    )
    return Report(said, pieces)


def _finding(change: Change, who: str, period: Period, words: Words) -> str:
    old, new = change.values()
    metric = change.metric
    now, before = (words.short(value, metric.unit, change.currency) for value in (new, old))
    value = estimate_of(metric, change.now, change.currency)
    by = changed(metric, value, old, words, "").strip()
    return f"{who} {inside(metric)}: {now}, {period.before().name} {before}" + (f" ({by})." if by else ".")


def _said(change: Change, moved: Mapping[str, Moved], words: Words) -> str:
    """Name the parts that moved most, each with its sign."""
    told = [(name, one.whole) for name, one in moved.items() if one.whole][:MOST_NAMED]
    return ", ".join(f"{name} {_signed(change, value, words)}" for name, value in told) + "." if told else ""


def _of_rates(change: Change, moved: Mapping[str, Moved], words: Words) -> str:
    """Say how much of a rate's change the campaigns' own rates made, and how much their weights."""
    if not isinstance(change.metric.quantity, Share | Ratio) or len(moved) < MOST_NAMED:
        return ""
    rate, weight = (sum(getattr(one, name) for one in moved.values()) for name in ("rate", "weight"))
    return (
        f"{_signed(change, rate, words)} because campaigns themselves did better or worse, "
        f"{_signed(change, weight, words)} because others were sent."
    )


def _signed(change: Change, value: float, words: Words) -> str:
    unit = change.metric.unit
    if unit is Unit.SHARE:
        return words.points(value)
    value = round(value) if unit is Unit.COUNT else value
    return ("+" if value > 0 else "") + words.short(value, unit, change.currency)


def _table(change: Change, name: str, moved: Mapping[str, Moved], words: Words) -> Table:
    """Return the parts, the largest first; those that do not fit stand together, so that the table adds up."""
    parts = [(label, one.whole) for label, one in moved.items()]
    rest = parts[MOST_ROWS - 1 :] if len(parts) > MOST_ROWS else []
    shown = parts[: len(parts) - len(rest)] + ([(f"{len(rest)} others", sum(one for _, one in rest))] if rest else [])
    rows = tuple((label, _signed(change, value, words)) for label, value in shown)
    money = change.currency if change.metric.unit is Unit.MONEY else ""
    figures = tuple(
        Figure(f"moved_{change.metric.key}", label, change.metric.unit, value, text, currency=money, campaign=label)
        for (label, value), (_, text) in zip(shown, rows, strict=True)
    )
    return Table(f"By {name}", (Column(name.capitalize(), "left"), Column("Moved it by")), rows, figures)


def _notes(asking: Asking, change: Change, period: Period, moved: Mapping[str, dict[str, Moved]]) -> Iterator[str]:
    metric = change.metric
    yield "Each list adds up to the whole change. It says where the change is, not what the reason was."
    if ELSEWHERE in moved["step"]:
        yield "The steps count orders on the day of their message; the total counts them on their own day."
    yield noted(asking, period.start, period.end)
    before = period.before()
    if notes := noted(asking, before.start, before.end):
        yield f"In the days before: {notes}"
    lag = asking.lag(metric, [asking.campaigns[slug] for slug in change.now.campaigns])
    if filling(lag, period.days(), asking.today):
        then = " The days before are told as they stood when they were as old." if change.is_aged else ""
        yield f"So far: {inside(metric)} fills up for about {lag} days after a message.{then}"
    estimates = [estimate_of(metric, part, change.currency) for part in (change.now, change.before)]
    yield left_out(metric, estimates[0], len(change.now.campaigns), asking)
    yield remarks([(metric, one) for one in estimates], asking.words)
    others = [one for one in change.now.currencies() if one != change.currency] if needs_currency(metric) else []
    if others:
        yield f"In {change.currency} only; {', '.join(others)} is left out."
    yield source_line(asking, [asking.campaigns[slug] for slug in change.now.campaigns], None)


def _nothing(asking: Asking, asked: Asked, metric: Metric, period: Period, old: float | None) -> Report:
    who = asked.campaigns[0].name if asked.campaigns else asked.scope.who
    which = period if old is not None else period.before()
    when = asking.words.days(which.start, which.end)
    said = f"{who} has no {inside(metric)} in {when}, so there is nothing to set against each other."
    return Report(said, (Paragraph(said), Choices((Choice("Last 28 days", f"why {metric.key} last 28 days"),))))


def _next(asked: Asked, metric: Metric, period: Period) -> Choices:
    slug = f' "{asked.campaigns[0].slug}"' if asked.campaigns else ""
    return Choices((
        Choice("Over time", f"trend {metric.key}{slug}"),
        Choice("Both periods", f"compare{slug} {period.before().typed} {period.typed}"),
        Choice("Overview", f"overview {period.typed}"),
    ))  # fmt: skip
