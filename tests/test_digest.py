"""Digests read as they should: normal, quiet, first, bad, brand-only and several-currency weeks, word by word.

To renew them after a change that is meant: ``KPI_RENEW_GOLDEN=1 pytest tests/test_digest.py``.
"""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import chain, combinations
from math import ceil
from typing import TYPE_CHECKING, Any

import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.text import Text

from kpi.charts.canvas import A4, PAGE_MARGIN, Canvas, pdf
from kpi.digest.kept import Kept, changed_since
from kpi.digest.monthly import monthly
from kpi.digest.weekly import weekly
from kpi.periods import WEEK, Period
from kpi.question import Asking
from kpi.report import Choices, Figures, Heading, Note, Paragraph, Picture, Report
from kpi.scope import EVERYTHING, Scope
from kpi.storage.workspaces import team
from kpi.wording import Words
from tests.asking import answer, imported
from tests.test_blocks import GOLDEN, RENEW, accepted, as_sent

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from kpi.digest.kept import Digest
    from kpi.storage.database import Database

FIRST_DAY = date(2026, 11, 16)
LATER = date(2026, 11, 30)
"""A Monday on which everything of the week has come in."""
HEADER = (
    "campaign,day,name,kind,objective,currency,sent,delivered,read,clickers,replies,buyers,orders,revenue,refunds,"
    "cost,opt_outs\n"
)
SIGNS, MOST_LINES = 40, 40
"""Signs on a line of a telephone 360 px wide, and lines of a message that two thumbs' ways down show."""


def a_sale(back: int, **told: Any) -> str:  # noqa: ANN401  any column
    """Return the row of a broadcast so many weeks ago, on a Tuesday; weeks differ a little."""
    day, more = FIRST_DAY + timedelta(days=1) - back * WEEK, back * 37 % 11
    known = {"sent": 5000, "delivered": 4800 - more, "read": 3400 - 5 * more, "clickers": 400 + 3 * more}
    known |= {"replies": 40, "buyers": 80 + more, "orders": 84 + more, "revenue": 4800 + 55 * more, "refunds": 240}
    known |= {"cost": 480, "opt_outs": 20 + more % 3} | told
    return _row(f"sale-{back}", day, f"Sale {46 - back}", "broadcast", "sales", known)


def a_cart(back: int, **told: Any) -> Iterator[str]:  # noqa: ANN401  any column
    """Yield the rows of an automation over a week."""
    for at in range(7):
        more = (back * 5 + at * 3) % 9
        known = {"sent": 150 + more, "delivered": 145 + more, "read": 120, "clickers": 40 + more, "replies": 4}
        known |= {"buyers": 9, "orders": 9, "revenue": 500 + 10 * more, "refunds": 20, "cost": 14, "opt_outs": 0}
        yield _row("cart", FIRST_DAY + timedelta(days=at) - back * WEEK, "Cart", "automation", "sales", known | told)


def a_story(back: int) -> str:
    day, more = FIRST_DAY + timedelta(days=2) - back * WEEK, back * 37 % 11
    known = {"sent": 6000, "delivered": 5800, "read": 4500 + 9 * more, "clickers": 260, "replies": 500 + 4 * more}
    return _row("story", day, "Behind the seams", "broadcast", "brand", known | {"cost": 580, "opt_outs": 17})


def _row(slug: str, day: date, name: str, kind: str, objective: str, known: dict[str, Any]) -> str:
    told = {"campaign": slug, "day": day, "name": name, "kind": kind, "objective": objective, "currency": "EUR"}
    told |= known
    return ",".join(str(told.get(column, "")) for column in HEADER.strip().split(",")) + "\n"


def usual_weeks() -> Iterator[str]:
    for back in range(8, 0, -1):
        yield a_sale(back)
        yield from a_cart(back)


def normal() -> Iterable[str]:
    return chain(usual_weeks(), [a_sale(0, revenue=6900, orders=120, buyers=114)], a_cart(0))


def bad() -> Iterable[str]:
    return chain(
        usual_weeks(),
        [a_sale(0, cost="", opt_outs=96, delivered=4450), _second(buyers=14, orders=14, revenue=610, cost=480)],
        a_cart(0),
    )


def _second(**told: Any) -> str:  # noqa: ANN401  any column
    return a_sale(0, **told).replace("sale-0", "last-call").replace("Sale 46", "Last call")


WEEKS: dict[str, tuple[Iterable[str], date]] = {
    "normal": (list(normal()), FIRST_DAY + WEEK),
    "complete": (list(normal()), LATER),
    "quiet": (list(chain.from_iterable(a_cart(back) for back in range(8, -1, -1))), LATER),
    "first": (list(chain([a_sale(0)], a_cart(0))), FIRST_DAY + WEEK),
    "bad": (list(bad()), LATER),
    "brand": ([a_story(back) for back in range(8, -1, -1)], LATER),
    "currencies": (
        list(chain(normal(), [_second(currency="CHF", revenue=3200), a_sale(0, currency="CHF", orders=9, buyers=9)])),
        LATER,
    ),
}


def digest(database: Database, rows: Iterable[str], today: date, scope: Scope = EVERYTHING) -> Digest:
    now = datetime.combine(today, datetime.min.time(), UTC) + timedelta(hours=8)
    imported(database, HEADER + "".join(rows), today=today, now=now)
    with database.reading("local") as db:
        return weekly(Asking(db, team(db), today, now), scope, Period(FIRST_DAY, FIRST_DAY + WEEK, ""))


@pytest.fixture(params=WEEKS)
def week(request: pytest.FixtureRequest, sqlite_database: Database) -> tuple[str, Digest]:
    return request.param, digest(sqlite_database, *WEEKS[request.param])


def test_every_kind_of_week_reads_as_it_should(week: tuple[str, Digest]) -> None:
    name, told = week
    said = {"message": as_sent(told.message), "thread": as_sent(told.thread) if told.thread else None}
    path = GOLDEN / f"digest-{name}.json"
    if RENEW:
        path.write_text(json.dumps(said, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    assert said == json.loads(path.read_text(encoding="utf-8"))


def test_slack_takes_both_messages_and_the_first_fits_a_phone(week: tuple[str, Digest]) -> None:
    _, told = week
    accepted(as_sent(told.message))
    if told.thread:
        accepted(as_sent(told.thread))
    assert lines_on_a_phone(told.message) <= MOST_LINES
    assert len(told.message.pictures) <= 1


def lines_on_a_phone(report: Report) -> int:
    """Count the lines of text of a message at 360 px, figures one below the other, without the picture."""
    texts: list[str] = []
    for piece in report.pieces:
        match piece:
            case Figures(figures):
                for one in figures:
                    texts += [f"{one.label}  {one.shown}", " · ".join(filter(None, (one.detail, one.change)))]
            case Choices():
                texts.append("buttons")
            case Picture():
                pass
            case Heading(text) | Paragraph(text):
                texts += text.split("\n")
            case _:
                texts.append(getattr(piece, "text", ""))
    return sum(ceil(len(text) / SIGNS) for text in texts)


def test_a_quiet_week_is_one_line_with_the_rest_in_the_thread(sqlite_database: Database) -> None:
    told = digest(sqlite_database, *WEEKS["quiet"])
    assert told.message.headline.startswith("Week 47 was quiet")
    assert len(told.message.pieces) == 2
    assert told.thread
    assert told.thread.pictures


def test_a_week_without_any_message_says_who_sent_last(sqlite_database: Database) -> None:
    told = digest(sqlite_database, usual_weeks(), LATER)
    assert told.message.headline == (
        "Week 47 was quiet: no WhatsApp campaign sent anything, and none has results. "
        "The last to send was Cart, on 15 Nov 2026."
    )
    assert told.thread is None


def test_a_silent_source_and_an_automation_without_results_need_attention(sqlite_database: Database) -> None:
    rows = [*usual_weeks(), a_sale(0), *list(a_cart(0))[:4]]
    said = said_by(digest(sqlite_database, rows, date(2026, 11, 20)).message)
    assert "Nothing new" not in said
    with sqlite_database.reading("local") as db:
        later = datetime(2026, 11, 23, 8, tzinfo=UTC)
        told = weekly(Asking(db, team(db), later.date(), later), EVERYTHING, Period(FIRST_DAY, FIRST_DAY + WEEK, ""))
    said = said_by(told.message)
    assert "Nothing new since 20 Nov, 08:00 (source: file): the last days may be missing." in said
    assert "weak" not in told.message.headline
    assert "Cart has no results for the last 3 of 7 days: 20–22 Nov 2026." in said


def said_by(report: Report) -> str:
    return " ".join(piece.text for piece in report.pieces if isinstance(piece, Paragraph))


def test_what_is_still_filling_up_is_never_called_lower(sqlite_database: Database) -> None:
    rows = [*usual_weeks(), a_sale(0, revenue=900, orders=18, buyers=18), *a_cart(0)]
    told = digest(sqlite_database, rows, FIRST_DAY + WEEK)
    assert "weak" not in told.message.headline
    assert "▼" not in next(one for one in told.message.figures if one.metric == "revenue").change
    assert "in week 46" in next(one for one in told.message.figures if one.metric == "revenue").change


def test_a_running_week_is_set_against_the_same_days(sqlite_database: Database) -> None:
    told = digest(sqlite_database, normal(), FIRST_DAY + timedelta(days=3))
    cost = next(one for one in told.message.figures if one.metric == "cost")
    assert cost.shown == "€522.00"
    assert cost.change.startswith("same as 9–11 Nov 2026")


def test_every_button_is_a_question_that_is_answered(sqlite_database: Database) -> None:
    told = digest(sqlite_database, *WEEKS["bad"])
    asked = [choice.question for piece in told.message.pieces if isinstance(piece, Choices) for choice in piece.choices]
    assert len(asked) == 4
    for question in asked:
        assert answer(sqlite_database, question, today=LATER).figures


def test_a_digest_of_a_market_counts_that_market_alone(sqlite_database: Database) -> None:
    told = digest(sqlite_database, normal(), LATER, Scope(currency="CHF"))
    assert "no WhatsApp campaign sent anything in CHF" in told.message.headline
    told = digest(sqlite_database, WEEKS["currencies"][0], LATER, Scope(currency="CHF"))
    assert said_by(told.message).startswith("The first week on record: WhatsApp in CHF earned CHF7,520 for CHF960")


# --- a month -----------------------------------------------------------------------------------------------------

OCTOBER = Period(date(2026, 10, 1), date(2026, 11, 1), "October 2026")


def a_letter() -> str:
    known = {"sent": 30_000, "delivered": 29_500, "read": 7000, "clickers": 560, "buyers": 70, "orders": 72}
    known |= {"revenue": 4100, "refunds": 180, "cost": 30, "opt_outs": 88}
    return _row("letter", date(2026, 10, 6), "Letter", "broadcast", "sales", known)


def report_of(
    database: Database, rows: Iterable[str], today: date = LATER, before: Kept | None = None, letter: str = ""
) -> Digest:
    now = datetime.combine(today, datetime.min.time(), UTC) + timedelta(hours=8)
    imported(database, HEADER + "".join(rows), today=today, now=now)
    if letter:
        imported(database, HEADER.replace(",sent", ",channel,sent") + letter.replace(",EUR,", ",EUR,email,"), now=now)
    with database.reading("local") as db:
        return monthly(Asking(db, team(db), today, now), EVERYTHING, OCTOBER, before)


def months_of_weeks() -> list[str]:
    return [row for back in range(40, 1, -1) for row in (a_sale(back), *a_cart(back))]


def test_a_month_reads_as_it_should(sqlite_database: Database) -> None:
    told = report_of(sqlite_database, months_of_weeks(), letter=a_letter())
    said = {"message": as_sent(told.message), "thread": as_sent(told.thread) if told.thread else None}
    path = GOLDEN / "digest-month.json"
    if RENEW:
        path.write_text(json.dumps(said, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    assert said == json.loads(path.read_text(encoding="utf-8"))
    accepted(as_sent(told.message))


def test_what_nobody_knows_of_a_month_is_said_or_left_out(sqlite_database: Database) -> None:
    told = report_of(sqlite_database, months_of_weeks())
    assert "new_customers" not in {one.metric for one in told.message.figures}
    assert "Its share of the shop's whole revenue is unknown" in said_by(told.message)
    assert "e-mail" not in said_by(told.message)


def test_a_month_is_provisional_until_its_attribution_window_has_closed(sqlite_database: Database) -> None:
    early = report_of(sqlite_database, months_of_weeks(), today=date(2026, 11, 5))
    late = report_of(sqlite_database, [], today=date(2026, 11, 6))
    notes = [[piece.text for piece in one.message.pieces if isinstance(piece, Note)] for one in (early, late)]
    assert "Provisional until 6 Nov 2026" in notes[0][0]
    assert not any("Provisional" in note for note in notes[1])


def test_a_month_opens_with_what_has_changed_of_the_month_before(sqlite_database: Database) -> None:
    rows = months_of_weeks()
    september = Kept(date(2026, 9, 1), date(2026, 10, 1), "EUR", Decimal(30_000), Decimal(1_000), Decimal(3_000))
    told = report_of(sqlite_database, rows, before=september)
    first = next(piece for piece in told.message.pieces if isinstance(piece, Paragraph))
    assert first.text.startswith("September has changed since its report: €29,000 of revenue reported, €")


def test_the_page_is_the_same_each_time_and_has_its_fonts_in_it(sqlite_database: Database) -> None:
    september = Kept(date(2026, 9, 1), date(2026, 10, 1), "EUR", Decimal(30_000), Decimal(1_000), Decimal(3_000))
    told = report_of(sqlite_database, months_of_weeks(), date(2026, 11, 5), september, a_letter())
    assert told.page
    drawn = pdf(told.page)
    assert drawn == pdf(told.page)
    assert drawn.startswith(b"%PDF")
    assert drawn.count(b"/Type /Page\n") + drawn.count(b"/Type /Page ") == 1
    assert b"InterKPI" in drawn
    assert b"CreationDate" not in drawn


def test_nothing_on_the_fullest_page_lies_on_anything_else(sqlite_database: Database) -> None:
    september = Kept(date(2026, 9, 1), date(2026, 10, 1), "EUR", Decimal(30_000), Decimal(1_000), Decimal(3_000))
    more = [_row(f"more-{at}", date(2026, 10, 7), f"More {'and more ' * 9}{at}", "broadcast", "sales",
                 {"sent": 900, "delivered": 890, "revenue": 99_999 + at, "cost": 10}) for at in range(9)]  # fmt: skip
    rows = [*months_of_weeks(), *more]
    told = report_of(sqlite_database, rows, date(2026, 11, 5), september, a_letter())
    assert told.page
    canvas = Canvas(*A4, PAGE_MARGIN)
    told.page.draw(canvas)
    sheet: Any = FigureCanvasAgg(canvas.figure)
    sheet.draw()
    found = [one for one in canvas.figure.findobj(Text) if one.get_text()]
    boxes = [(one.get_text(), one.get_window_extent()) for one in found]
    for (one, first), (other, second) in combinations(boxes, 2):
        wide = min(first.x1, second.x1) - max(first.x0, second.x0)
        high = min(first.y1, second.y1) - max(first.y0, second.y0)
        assert wide <= 1 or high <= 2, f"{one!r} lies on {other!r}"


REPORTED = Kept(date(2026, 10, 1), date(2026, 11, 1), "EUR", Decimal(50_000), Decimal(1_790), Decimal(4_000),
                Decimal(44_210), 800)  # fmt: skip


def test_kept_figures_survive_json_to_the_last_digit() -> None:
    exact = replace(REPORTED, gross=Decimal("50000.123456"), refunds=None)
    assert Kept.of_json(json.loads(json.dumps(exact.as_json()))) == exact


@pytest.mark.parametrize(
    ("now", "said"),
    [
        (REPORTED, ""),
        (replace(REPORTED, gross=Decimal(50_100)), ""),
        (
            replace(REPORTED, gross=Decimal(49_620), refunds=Decimal(3_690)),
            "€48,210 of revenue reported, €45,930 now: refunds €1,900 more, orders €380 less",
        ),
        (replace(REPORTED, cost=Decimal(4_100)), "€4,000 of cost reported, €4,100 now"),
        (replace(REPORTED, currency="CHF"), ""),
    ],
)
def test_what_has_changed_since_is_said_with_its_reason(now: Kept, said: str) -> None:
    assert changed_since(REPORTED, now, Words()) == said


def test_a_cost_that_was_unknown_is_news() -> None:
    assert changed_since(replace(REPORTED, cost=None), REPORTED, Words()) == "cost was unknown, €4,000 now"
