"""Orders about names as reports: what they would do, and what they did."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from kpi.figures import estimate_of, main_currency
from kpi.metrics import METRIC
from kpi.naming.orders import PARTS
from kpi.quantities import facts_of
from kpi.report import Choice, Choices, Column, Heading, Note, Paragraph, Report, Table
from kpi.storage.tallies import tally
from kpi.units import Unit

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from kpi.naming.changing import Done
    from kpi.naming.orders import Order
    from kpi.question import Asking
    from kpi.report import Piece
    from kpi.storage.campaigns import Campaign
    from kpi.wording import Words

SHOWN = tuple(METRIC[key] for key in ("sent", "orders", "revenue", "cost"))
LEFT_OUT = "Its people got no message, so it counts in no total, list or ranking."
NAMES_LEAD = "All its names lead there."


@dataclass(frozen=True, slots=True)
class Line:
    """A campaign with what it sent, earned and cost, as written."""

    campaign: Campaign
    cells: tuple[str, ...]


def figures_of(asking: Asking, campaigns: Iterable[Campaign]) -> tuple[Line, ...]:
    """Return the figures of campaigns over their whole lives."""
    facts = {fact for metric in SHOWN for fact in facts_of(metric.quantity)}
    lines = []
    for one in campaigns:
        found = tally(asking.db, facts, [one], None)
        currency = main_currency(found, asking.words.currency)
        values = [estimate_of(metric, found, currency).value for metric in SHOWN]
        cells = (asking.words.shown(value, metric.unit, currency) for value, metric in zip(values, SHOWN, strict=True))
        lines.append(Line(one, tuple(cells)))
    return tuple(lines)


def preview(words: Words, ways: Sequence[Done]) -> Report:
    """Return what an order would do, in each of the ways to carry it out."""
    order = ways[0].order
    name, asks = order.campaign.name, _asks(order)
    pieces: list[Piece] = [Heading(asks), *(Paragraph(said) for said in _would(order, len(ways)))]
    if any(_changes(done) for done in ways):
        rows = [(f"{line.campaign.name}, now", *line.cells) for line in ways[0].before]
        rows += [(_then(done, line.campaign.name), *line.cells) for done in ways for line in done.after]
        pieces.append(_table("What it does", rows))
    pieces += [Note(_moved(words, name, ways[0]))] if ways[0].moved else []
    return Report(f"Nothing is changed yet. {asks}", (*pieces, Note("Nothing is changed yet. It can be taken back.")))


def changed(words: Words, done: Done) -> Report:
    """Return what was done, and how to take it back."""
    said = _did(done.order)
    pieces: list[Piece] = [Paragraph(said)]
    if _changes(done):
        pieces.append(_table("Now", [(line.campaign.name, *line.cells) for line in done.after]))
    pieces += [Note(_moved(words, done.order.campaign.name, done))] if done.moved else []
    about = done.order.into or done.order.campaign
    back = Note(f"To take it back: {undoing(done.order)}")
    return Report(said, (*pieces, back, Choices((Choice(about.name, f'campaign "{about.slug}"'),))))


def undoing(order: Order) -> str:
    """Return the words that take an order back."""
    slug, into = order.campaign.slug, order.into.slug if order.into else ""
    return {
        "rename": f'rename "{slug}" to {order.campaign.name}',
        "alias": f"unalias {order.name}",
        "unalias": f'alias {order.name} = "{slug}"',
        "archive": f"unarchive {slug}",
        "unarchive": f"archive {slug}",
        "merge": f"unmerge {slug}",
        "unmerge": f'merge "{slug}" into "{into}" as {order.how}',
        "holdout": f"unholdout {slug}",
        "unholdout": f'holdout "{slug}" of "{into}"',
        "split": f"unsplit {slug}",
        "unsplit": f'split "{slug}" at random',
    }[order.verb]


def _asks(order: Order) -> str:
    name, into = order.campaign.name, order.into.name if order.into else ""
    return {
        "rename": f"Rename {name} to '{order.name}'?",
        "alias": f"Let '{order.name}' lead to {name}?",
        "unalias": f"Let '{order.name}' no longer lead to {name}?",
        "archive": f"Archive {name}?",
        "unarchive": f"Take {name} out of the archive?",
        "merge": f"Merge {name} into {into}?",
        "unmerge": f"Take {name} out of {into}?",
        "holdout": f"Was {name} left out of {into} at random?",
        "unholdout": f"Is {name} no hold-out of {into}?",
        "split": f"Were the people of {name} given their variants at random?",
        "unsplit": f"Were the people of {name} not split at random?",
    }[order.verb]


def _would(order: Order, ways: int) -> tuple[str, ...]:
    name, into = order.campaign.name, order.into.name if order.into else ""
    if ways > 1:
        return (
            f"Are {name} and {into} the same sends, told twice? Then the better source counts.",
            "Or are they two parts of one campaign? Then they are added up.",
        )
    return {
        "rename": (f"{name} still leads to it.",),
        "archive": ("Lists, rankings and offers leave it out. Its results count in totals, and its name answers.",),
        "merge": (f"They are {_how(order)}. {NAMES_LEAD}",),
        "holdout": (f"{LEFT_OUT} compare {order.campaign.slug} tells what {into} added.",),
        "split": ("Then a clear difference between its variants was caused by them.",),
    }.get(order.verb, ())


def _did(order: Order) -> str:
    name, into = order.campaign.name, order.into.name if order.into else ""
    return {
        "rename": f"{name} is now called '{order.name}'. Its old name still leads to it.",
        "alias": f"'{order.name}' now leads to {name}.",
        "unalias": f"'{order.name}' no longer leads to {name}.",
        "archive": f"{name} is archived. Its results count in totals, and its name answers.",
        "unarchive": f"{name} is back in lists and rankings.",
        "merge": f"{name} is now part of {into}: {_how(order)}. {NAMES_LEAD}",
        "unmerge": f"{name} and {into} are two campaigns again.",
        "holdout": f"{name} is now the hold-out of {into}. {LEFT_OUT}",
        "unholdout": f"{name} is no hold-out of {into} any more. It counts like any campaign.",
        "split": f"{name} is split at random: a clear difference between its variants was caused by them.",
        "unsplit": f"{name} is not split at random: its variants differ, but that may have other causes.",
    }[order.verb]


def _how(order: Order) -> str:
    return "two parts, added up" if order.how == PARTS else "the same sends, where the better source counts"


def _then(done: Done, name: str) -> str:
    how = {"merge": ", added up" if done.order.how == PARTS else ", as the same sends"}.get(done.order.verb, ", then")
    return name + how


def _moved(words: Words, name: str, done: Done) -> str:
    moved = f"{words.shown(done.moved, Unit.COUNT)} order{'' if done.moved == 1 else 's'}"
    return f"{moved} {'no longer' if done.order.verb == 'unalias' else 'now'} with {name}."


def _changes(done: Done) -> bool:
    return {line.campaign.slug: line.cells for line in done.before} != {
        line.campaign.slug: line.cells for line in done.after
    }


def _table(caption: str, rows: Iterable[tuple[str, ...]]) -> Table:
    return Table(caption, (Column("Campaign", "left"), *(Column(metric.label) for metric in SHOWN)), tuple(rows))
