"""What weekly and monthly digests share: the picture, the proof, the tables, the small print."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kpi.charts.hero import Cell, Hero
from kpi.digest.kept import SMALL, changed_since, final_on, kept_of
from kpi.figures import estimate_of, figure, main_currency
from kpi.metrics import METRIC, NET
from kpi.phrases import left_out, remarks, source_line
from kpi.phrases import noted as said_of_days
from kpi.question import Asked
from kpi.questions.campaign import CAMPAIGN
from kpi.report import Column, Figures, Note, Paragraph, Picture, Piece, Table
from kpi.storage.notes import notes_in
from kpi.units import Unit

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from decimal import Decimal

    from kpi.digest.course import Course
    from kpi.digest.kept import Kept
    from kpi.metrics import Metric
    from kpi.report import Figure

PROOF = ("revenue", "cost", "rocs", "profit")
BRAND_PROOF = ("delivered", "read_rate", "reply_rate", "cost")
CARDS = ("revenue", "profit", "rocs", "opt_out_rate", "ctr", "read_rate", "delivered")
BRAND_CARDS = ("delivered", "read_rate", "reply_rate", "opt_out_rate")
MOST_CARDS = 4
DETAILS = ("delivered", "delivery_rate", "read_rate", "ctr", "click_to_order", "aov", "cost_per_message",
           "opt_out_rate", "orders", "new_customers")  # fmt: skip
COLUMNS = ("revenue", "cost", "rocs", "ctr")
MOST_ROWS, MOST_PICTURES = 12, 10


def cards(course: Course) -> tuple[str, ...]:
    """Return the KPIs to draw: the first four that are known in full, others where nothing was sold."""
    if course.value(METRIC["revenue"]) is None:
        return BRAND_CARDS
    return tuple(key for key in CARDS if course.comparable(METRIC[key]) is not None)[:MOST_CARDS]


def hero(course: Course, keys: tuple[str, ...], title: str, steps: str) -> Picture:
    """Return the picture: four numbers with their course."""
    drawn = cells(course, keys)
    words = course.asking.words
    since = words.day(course.periods[-len(drawn[0].series)].start, year=False)
    legend = f"; ▲ ▼ vs {course.against}" if any(line[0] in "▲▼" for cell in drawn for line in cell.lines) else ""
    legend += "; grey = usual" if any(cell.usual and cell.has_course for cell in drawn) else ""
    legend += "; hollow = so far" if any(cell.filling and cell.has_course for cell in drawn) else ""
    told = ", ".join(f"{cell.label} {cell.shown} ({', '.join(filter(None, cell.lines)) or 'so far'})" for cell in drawn)
    return Picture(f"{title}. {told}.", Hero(title, f"{course.scope.who} {steps} since {since}{legend}", drawn))


def cells(course: Course, keys: tuple[str, ...]) -> tuple[Cell, ...]:
    """Return KPIs with their course, to be drawn."""
    return tuple(_cell(course, METRIC[key]) for key in keys)


def _cell(course: Course, metric: Metric) -> Cell:
    usual = course.usual(metric)
    return Cell(
        course.estimate(metric).label or metric.label,
        course.short(metric),
        tuple(filter(None, (_briefly(course, metric), course.usually(metric)))),
        course.is_good(metric),
        course.series(metric),
        (usual.low, usual.middle, usual.high) if usual else None,
        filling=not course.is_mature(metric),
        from_zero=metric.unit is not Unit.SHARE or (course.value(metric) or 0) < 0.2,  # noqa: PLR2004
    )


def _briefly(course: Course, metric: Metric) -> str:
    """Return the change without its small print, and without what it is set against, which is said once."""
    return course.change(metric).partition(",")[0].replace(f" vs {course.against}", "")


def opening(course: Course, before: Kept | None, name: str, worth: Decimal = SMALL) -> tuple[Paragraph, ...]:
    """Say what has changed of the period before since it was posted."""
    said = before and changed_since(before, kept_of(course, -2), course.asking.words, worth)
    return (Paragraph(f"{name} has changed since its report: {said}."),) if said else ()


def proof(course: Course) -> Figures:
    """Return the money, or the reach where nothing was sold, against the period before and the usual one."""
    keys = PROOF if course.value(METRIC["revenue"]) is not None else BRAND_PROOF
    return Figures(tuple(brief(course, METRIC[key]) for key in keys))


def brief(course: Course, metric: Metric) -> Figure:
    """Return a KPI as a figure, with its fraction only where it is a rate."""
    return course.figure(metric, detailed=metric.unit in (Unit.SHARE, Unit.TIMES))


def details(course: Course) -> Figures:
    """Return the steps behind the money with their fractions."""
    known = [METRIC[key] for key in DETAILS if course.value(METRIC[key]) is not None]
    return Figures(tuple(course.figure(metric) for metric in known))


def campaign_table(course: Course) -> Table:
    """Return the campaigns, each in its own currency, those with the most revenue first."""
    parts, words = course.now.by_campaign(), course.asking.words
    order = sorted(parts, key=lambda slug: (-(NET.sum(parts[slug]) or -1), slug))[:MOST_ROWS]
    figures = [
        tuple(
            figure(one, estimate_of(one, parts[slug], currency), words, currency=currency, campaign=slug)
            for one in (METRIC[key] for key in COLUMNS)
        )
        for slug in order
        for currency in [main_currency(parts[slug], course.currency)]
    ]
    rows = tuple(
        (course.asking.campaigns[slug].name, *(words.short(one.value, one.unit, one.currency) for one in row))
        for slug, row in zip(order, figures, strict=True)
    )
    rest = f", the first {MOST_ROWS} of {len(parts)}" if len(parts) > MOST_ROWS else ""
    columns = (Column("Campaign", "left"), *(Column(METRIC[key].label) for key in COLUMNS))
    return Table(f"Campaigns by revenue{rest}", columns, rows, tuple(one for row in figures for one in row))


def campaign_pictures(course: Course) -> Iterator[Picture]:
    """Yield the cards of the campaigns over the period, those with the most revenue first."""
    parts = course.now.by_campaign()
    order = sorted(parts, key=lambda slug: (-(NET.sum(parts[slug]) or -1), slug))[:MOST_PICTURES]
    for slug in order:
        asked = Asked(CAMPAIGN, (course.asking.campaigns[slug],), period=course.period, scope=course.scope.rows)
        yield from CAMPAIGN.answer(course.asking, asked).pictures


def money_elsewhere(course: Course) -> str:
    """Say that amounts in other currencies stand apart."""
    others = course.asking.words.listed(course.other_currencies)
    return f"Figures and picture are in {course.currency}; {others} stands apart, never added up." if others else ""


def filling(course: Course) -> str:
    """Say what is still coming in, and until when."""
    if course.age.is_mature(METRIC["revenue"]):
        return ""
    days = course.asking.team.click_days
    until = course.asking.words.day(final_on(course.period.end, days), year=False)
    return f"Still filling up: orders count for {days} days after a message, so these figures can rise until {until}."


def legend(course: Course, span: str) -> str:
    """Explain the two words that a reader who knows nothing of this program may not know."""
    rocs = "ROCS: revenue divided by what the messages cost." if course.value(METRIC["rocs"]) is not None else ""
    before, without = len(course.periods) - 1, ", ".join(noted_out(course))
    usual = f"Usually: the median of the last {before} {span}s with results" if course.usual(METRIC["cost"]) else ""
    usual += (f", without {without}." if without else ".") if usual else ""
    return " ".join(filter(None, (rocs, usual)))


def days_noted(course: Course) -> str:
    """Say what was noted about the days of the period."""
    return said_of_days(course.asking, course.period.start, course.period.end)


def noted_out(course: Course) -> tuple[str, ...]:
    """Return the names of the notes for which earlier periods are left out of what is usual."""
    before = (course.periods[at] for at in sorted(course.left_out))
    notes = (note for one in before for note in notes_in(course.asking.db, one) if note.leave_out)
    return tuple(dict.fromkeys(note.name for note in notes))


def small_print(course: Course) -> tuple[str, ...]:
    """Say what was left out, and where the figures come from."""
    metrics = [METRIC[key] for key in (*PROOF, *DETAILS)]
    estimates = [(metric, course.estimate(metric)) for metric in metrics if course.value(metric) is not None]
    rocs, known = METRIC["rocs"], len(course.now.campaigns)
    return (
        left_out(rocs, course.estimate(rocs), known, course.asking) if course.value(rocs) is not None else "",
        remarks(estimates, course.asking.words),
        source_line(course.asking, course.campaigns, max(course.age.sent, default=None)),
    )


def noted(lines: Iterable[str]) -> list[Piece]:
    """Return what there is to say as small print."""
    return [Note(line) for line in lines if line]
