"""What a campaign added as an answer: who bought with and without it, the money, and what leaving people out cost."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kpi.charts.differences import Differences, Gap
from kpi.comparing.verdict_words import SAID
from kpi.comparison.lift import is_clear
from kpi.comparison.verdicts import Verdict
from kpi.holdouts.arms import holdout_of
from kpi.phrases import source_line
from kpi.report import Choice, Choices, Column, Figure, Heading, Note, Paragraph, Picture, Report, Table, Versus
from kpi.units import Unit

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kpi.comparison.lift import Arm, Lift, Range
    from kpi.comparison.verdicts import Difference
    from kpi.holdouts.arms import Holdout
    from kpi.question import Asking
    from kpi.report import Piece
    from kpi.storage.campaigns import Campaign
    from kpi.wording import Words

CAUSED = "Who was left out was picked by lot, so the campaign caused the difference."
AT_LEAST = (
    "Only orders that are attributed to the campaign are known of those who got it, but all orders of those left out: "
    "what it added is at least this. A file with all orders of both tells it exactly."
)


def lift_report(asking: Asking, held: Holdout) -> Report:
    """Return what a campaign added."""
    if held.lift is None:
        return _unknown(held)
    lift, words = held.lift, asking.words
    said = f"{held.campaign.name} {added(held, words)}."
    pieces: tuple[Piece, ...] = (
        Heading(f"What {held.campaign.name} added"),
        Paragraph(" ".join(filter(None, (said, _money(held, lift, words))))),
        _picture(lift, said, words),
        _table(held, lift, words),
        *(Note(line) for line in _notes(asking, held) if line),
        Choices((Choice(held.campaign.name, f'campaign "{held.campaign.slug}"'),)),
    )
    return Report(said, pieces)


def added(held: Holdout, words: Words) -> str:
    """Say how many buyers a campaign added, as the rest of a sentence about it."""
    if held.lift is None:
        return "has a hold-out of which too little is known"
    lift = held.lift
    got, left = (words.short(arm.buyers / arm.people, Unit.SHARE) for arm in (lift.got, lift.left))
    compared = f"{got} bought, {left} of those left out"
    if not is_clear(lift):
        return f"shows no clear lift: {compared}, which may be chance"
    low, high = (words.short(round(end), Unit.COUNT) for end in sorted((abs(lift.buyers.low), abs(lift.buyers.high))))
    count = words.short(round(abs(lift.buyers.value)), Unit.COUNT)
    return f"{'added' if lift.buyers.value > 0 else 'cost'} {count} buyers ({low} to {high}): {compared}"


def added_in_short(asking: Asking, campaign: Campaign) -> str:
    """Say what a campaign added, beside another answer about it; '' where nobody was left out."""
    held = holdout_of(asking, campaign)
    if held is None or held.lift is None:
        return ""
    return f"Against its hold-out it {added(held, asking.words)}. {extra_money(held, asking.words)}".strip()


def extra_money(held: Holdout, words: Words) -> str:
    """Say what a campaign earned beyond what would have come anyway."""
    if held.lift is None or held.lift.revenue is None or not is_clear(held.lift):
        return ""
    said = f"Extra revenue: {_spanned(held.lift.revenue, words, held.currency)}"
    if not held.cost:
        return f"{said}."
    spent = words.short(held.cost, Unit.MONEY, held.currency)
    return f"{said}, {words.times(held.lift.revenue.value / held.cost)} the {spent} that it cost."


def _money(held: Holdout, lift: Lift, words: Words) -> str:
    if lift.forgone is None or not is_clear(lift):
        return ""
    people = words.short(lift.left.people, Unit.COUNT)
    forgone = _spanned(lift.forgone, words, held.currency)
    return f"{extra_money(held, words)} Leaving {people} people out cost {forgone} of revenue."


def _spanned(of: Range, words: Words, currency: str) -> str:
    value, low, high = (words.short(round(one), Unit.MONEY, currency) for one in (of.value, of.low, of.high))
    return f"about {value} ({low} to {high})"


def _table(held: Holdout, lift: Lift, words: Words) -> Table:
    def row(label: str, unit: Unit, got: float | None, left: float | None, between: str = "") -> tuple[str, ...]:
        shown = (words.short(one, unit, held.currency) for one in (got, left))
        return (label, *shown, between)

    points = f"{words.points(lift.points.low).removesuffix(' pt')} to {words.points(lift.points.high)}"
    each = "–"
    if lift.each:
        each = " to ".join(words.short(end, Unit.MONEY, held.currency) for end in (lift.each.low, lift.each.high))
    rows = (
        row("People", Unit.COUNT, lift.got.people, lift.left.people),
        row("Buyers", Unit.COUNT, lift.got.buyers, lift.left.buyers),
        row("Bought", Unit.SHARE, _rate(lift.got), _rate(lift.left), points),
        row("Revenue per person", Unit.MONEY, _each(lift.got), _each(lift.left), each),
    )
    names = ("", held.campaign.name, "Left out", "Difference between")
    columns = tuple(Column(name, "right" if at else "left") for at, name in enumerate(names))
    return Table("With and without", columns, rows, tuple(_figures(held, lift, words)))


def _figures(held: Holdout, lift: Lift, words: Words) -> Iterator[Figure | Versus]:
    yield _versus(held, "bought", lift.bought)
    if lift.spent:
        yield _versus(held, "revenue_per_person", lift.spent)
    money = held.currency
    for key, label, unit, of in (
        ("lift", "Lift in points", Unit.SHARE, lift.points),
        ("relative_lift", "Lift", Unit.SHARE, lift.relative),
        ("extra_buyers", "Extra buyers", Unit.COUNT, lift.buyers),
        ("extra_revenue", "Extra revenue", Unit.MONEY, lift.revenue),
        ("holdout_cost", "What leaving people out cost", Unit.MONEY, lift.forgone),
    ):
        if of:
            currency = money if unit is Unit.MONEY else ""
            yield Figure(
                key, label, unit, of.value, words.short(of.value, unit, currency), held.campaign.slug, currency,
                low=of.low, high=of.high,
            )  # fmt: skip


def _versus(held: Holdout, key: str, found: Difference) -> Versus:
    return Versus(
        held.campaign.slug, held.left.slug, key, found.value, found.other, found.difference, *found.sampling,
        *found.wide, found.p_value, found.chance, found.verdict.value,
    )  # fmt: skip


def _picture(lift: Lift, said: str, words: Words) -> Picture:
    gaps = []
    for name, found in (("Bought", lift.bought), ("Revenue per person", lift.spent)):
        if found and found.ratio and found.other:
            more = found.difference / found.other
            is_sure = found.verdict is Verdict.CLEAR
            shown = f"{'+' if more > 0 else ''}{words.percent(more)} {SAID[found.verdict]}"
            gaps.append(Gap(name, more, found.ratio[0] - 1, found.ratio[1] - 1, shown, more > 0 if is_sure else None))
    subtitle = "With the campaign against those left out, and what chance allows"
    listed = ", ".join(f"{gap.name} {gap.shown}" for gap in gaps)
    return Picture(f"{said} {listed}.", Differences(said.rstrip("."), subtitle, tuple(gaps), words))


def _notes(asking: Asking, held: Holdout) -> Iterator[str]:
    yield CAUSED
    if not held.counts_all:
        yield AT_LEAST
    yield source_line(asking, [held.campaign, held.left], None)


def _rate(arm: Arm) -> float:
    return arm.buyers / arm.people


def _each(arm: Arm) -> float | None:
    return None if arm.revenue is None else arm.revenue / arm.people


def _unknown(held: Holdout) -> Report:
    said = f"What {held.campaign.name} added is not known yet."
    hint = f"Import how many {held.left.name} left out (audience), and what these bought (buyers, revenue)."
    choices = Choices((Choice(held.campaign.name, f'campaign "{held.campaign.slug}"'),))
    return Report(said, (Paragraph(said), Note(hint), choices))
