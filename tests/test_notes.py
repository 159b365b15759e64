"""Notes about days: how they are typed, who may keep them, where they are told, and what they leave out."""

from __future__ import annotations

import json
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest
from matplotlib.text import Text
from sqlalchemy import delete

from bot import ask
from bot.parts import WORKSPACE
from kpi.charts.canvas import Canvas
from kpi.charts.trend import Trend
from kpi.errors import Mistake
from kpi.notes import of_the_calendar
from kpi.noting import obeyed
from kpi.periods import Period
from kpi.reading.note_words import note_of, note_order
from kpi.storage.binding import OURS
from kpi.storage.notes import NOTE, left_out_days
from kpi.wording import Words
from tests.asking import NOW, answer, imported, text_of
from tests.slack_world import ADA, only, scene, stage, words_of
from tests.test_digest import LATER, a_sale, digest

if TYPE_CHECKING:
    from pathlib import Path

    from kpi.report import Report
    from kpi.storage.database import Database
    from tests.slack_world import Scene

__all__ = ["scene", "stage"]

TODAY = date(2026, 11, 22)
WORDS = Words(locale="en_GB")
YEAR = Period(date(2026, 1, 1), date(2027, 1, 1), "2026")


def noting(database: Database, text: str, now: datetime = NOW, workspace: str = "local") -> Report:
    order = note_order(text)
    assert order is not None
    return obeyed(database, workspace, order, "U1", now)


def squeezed(report: Report) -> str:
    return " ".join(text_of(report).split())


@pytest.fixture
def clean(scene: Scene) -> Scene:
    database = scene.bot.parts.database
    database.written(WORKSPACE, lambda db: db.run(delete(NOTE).where(NOTE.c.workspace == OURS)))
    return scene


@pytest.mark.parametrize(
    ("typed", "name", "first", "last", "left_out"),
    [
        ("27 nov..30 nov Black Friday", "Black Friday", "2026-11-27", "2026-11-30", False),
        ("27 nov..30 nov Black Friday [leave out]", "Black Friday", "2026-11-27", "2026-11-30", True),
        ("“Our week” 16 nov..22 nov leave out", "Our week", "2026-11-16", "2026-11-22", True),
        ('3 nov "2 for 1"', "2 for 1", "2026-11-03", "2026-11-03", False),
        ("Server down yesterday", "Server down", "2026-11-21", "2026-11-21", False),
        ("last week Strike", "Strike", "2026-11-09", "2026-11-15", False),
        ("24. dez bis 26. dez Weihnachten weglassen", "Weihnachten", "2026-12-24", "2026-12-26", True),
        ("del 1 al 7 de diciembre Campaña omitir", "Campaña", "2026-12-01", "2026-12-07", True),
        ("24 dec to 2 jan Holidays huwag isama", "Holidays", "2026-12-24", "2027-01-02", True),
        ("1/12 Advent", "Advent", "2026-12-01", "2026-12-01", False),
        ("2025-11-28 Fire drill", "Fire drill", "2025-11-28", "2025-11-28", False),
    ],
)
def test_a_note_is_read(typed: str, name: str, first: str, last: str, *, left_out: bool) -> None:
    note = note_of(typed, "U1", TODAY, WORDS)

    assert (note.name, str(note.start), str(note.end - timedelta(days=1))) == (name, first, last)
    assert note.leave_out is left_out


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("", "I need the days and a name."),
        ("Sale", "I cannot see which days 'Sale' is about."),
        ("27 nov", "What happened on these days has no name."),
        ("31 feb Party", "'31 feb' names a day that does not exist."),
        ("this year Growth", "too many days"),
        (f"27 nov {'x' * 61}", "at most 60 letters"),
    ],
)
def test_what_cannot_be_a_note_is_said(typed: str, said: str) -> None:
    with pytest.raises(Mistake) as told:
        note_of(typed, "U1", TODAY, WORDS)

    assert said in told.value.message
    assert told.value.hint


@pytest.mark.parametrize(
    ("text", "verb"),
    [("notes", "list"), ("note", "list"), ("Notizen", "list"), ("note remove x", "remove"), ("nota quitar x", "remove"),
     ("Notiz entfernen x", "remove"), ("note 1 may x", "keep"), ("tala alisin x", "remove")],
)  # fmt: skip
def test_commands_are_understood_in_four_languages(text: str, verb: str) -> None:
    order = note_order(text)
    assert order is not None
    assert order.verb == verb


def test_other_words_are_no_command() -> None:
    assert note_order("notebook sale") is None


@pytest.mark.parametrize(
    ("year", "friday"), [(2023, "2023-11-24"), (2024, "2024-11-29"), (2026, "2026-11-27"), (2028, "2028-11-24")]
)
def test_black_friday_is_the_day_after_the_fourth_thursday(year: int, friday: str) -> None:
    black, cyber = of_the_calendar(year)

    assert str(black.start) == friday
    assert cyber.start - black.start == timedelta(days=3)


def test_the_calendar_is_there_from_the_start_and_can_be_changed(database: Database) -> None:
    assert "27 Nov 2026 Black Friday" in squeezed(noting(database, "notes"))

    noting(database, "note 26 nov..30 nov Black Friday leave out")
    listed = squeezed(noting(database, "notes"))
    assert "26–30 Nov 2026 Black Friday" in listed
    assert "27 Nov 2026" not in listed
    assert "Cyber Monday" in listed

    assert noting(database, "note remove black friday").headline == "Removed: Black Friday, of every year."
    assert "2026 Black Friday" not in squeezed(noting(database, "notes"))
    assert noting(database, "note black friday").headline == "Noted: Black Friday, 27 Nov 2026."


def test_one_year_of_a_holiday_can_be_removed(database: Database) -> None:
    noting(database, "note remove Black Friday 2026")
    listed = squeezed(noting(database, "notes"))

    assert "28 Nov 2025 Black Friday" in listed
    assert "27 Nov 2026" not in listed


def test_the_same_note_again_replaces_it_and_another_workspace_sees_none(database: Database) -> None:
    for text in ("note 3 nov..5 nov Fair", "note 4 nov fair leave out"):
        noting(database, text)
    listed = squeezed(noting(database, "notes"))

    assert "4 Nov 2026 fair" in listed
    assert "Fair" not in listed
    assert "fair" not in squeezed(noting(database, "notes", workspace="other"))
    with database.reading("local") as db:
        assert left_out_days(db, YEAR) == {date(2026, 11, 4)}
    with database.reading("other") as db:
        assert not left_out_days(db, YEAR)


def test_removing_what_is_not_there_lists_what_is(database: Database) -> None:
    with pytest.raises(Mistake, match="no note called 'Blck'") as told:
        noting(database, "note remove Blck")
    assert "Black Friday" in told.value.hint


RESULTS = "campaign,day,sent,delivered,read,clickers,revenue,cost\n" + "".join(
    f"spring,2026-11-{day:02},100,98,80,{day},{day}00,10\n" for day in range(1, 20)
)


@pytest.mark.parametrize(
    "question", ["overview last 14 days", "trend revenue", "campaign spring", "top revenue november", "funnel spring"]
)
def test_answers_tell_what_was_noted_about_their_days(sqlite_database: Database, question: str) -> None:
    imported(sqlite_database, RESULTS)
    noting(sqlite_database, "note 10 nov..12 nov Fair")

    assert "10–12 Nov: Fair" in text_of(answer(sqlite_database, question))
    assert "Fair" not in text_of(answer(sqlite_database, "overview 1 nov to 5 nov"))


def test_a_trend_shows_names_that_do_not_meet(sqlite_database: Database) -> None:
    imported(sqlite_database, RESULTS)
    for text in ("note 10 nov..12 nov Fair", "note 13 nov Second day", "note 14 nov No room for this one"):
        noting(sqlite_database, text)
    chart = answer(sqlite_database, "trend revenue").pictures[0].chart
    assert isinstance(chart, Trend)
    assert [(mark.name, mark.last - mark.first) for mark in chart.marks] == [
        ("Fair", 2), ("Second day", 0), ("No room for this one", 0),
    ]  # fmt: skip

    canvas = Canvas()
    canvas.draw(chart)
    drawn = [text for text in canvas.figure.findobj(Text) if text.get_text() in {mark.name for mark in chart.marks}]
    boxes = sorted((box.x0, box.x1) for text in drawn for box in [text.get_window_extent()])
    assert {text.get_text() for text in drawn} >= {"Fair", "Second day"}
    assert all(first[1] < second[0] for first, second in pairwise(boxes))


def test_days_that_are_left_out_are_no_part_of_the_usual_week(sqlite_database: Database) -> None:
    rows = [a_sale(back, revenue=90_000 if back == 2 else 4800 + back) for back in range(9)]
    before = " ".join(text_of(digest(sqlite_database, rows, LATER).message).split())
    noting(sqlite_database, "note 2026-11-03 Warehouse sale leave out")
    after = " ".join(text_of(digest(sqlite_database, rows, LATER).message).split())

    assert "the median of the last 8 weeks with results." in before
    assert "the median of the last 8 weeks with results, without Warehouse sale." in after


def test_broadcasts_of_such_days_are_no_part_of_the_usual_campaign(sqlite_database: Database) -> None:
    rows = "".join(a_sale(back) for back in range(8))
    digest(sqlite_database, [rows], LATER)
    asked = "campaign sale-0"
    assert "your last 7 sales broadcasts." in text_of(answer(sqlite_database, asked, today=LATER))
    noting(sqlite_database, "note 2026-11-03 Warehouse sale leave out")

    told = text_of(answer(sqlite_database, asked, today=LATER))
    assert "your last 6 sales broadcasts, without 1 of Warehouse sale." in " ".join(told.split())


# --- in Slack and in a terminal ----------------------------------------------------------------------------------


def test_everybody_in_an_opened_channel_keeps_notes(clean: Scene) -> None:
    told = only(clean.asks("note 27 nov..30 nov Black Friday & more [leave out]", user="ben"))

    assert told.ephemeral_for is None or told.ephemeral_for == ""
    assert "Noted: Black Friday & more, 27–30 Nov 2026." in words_of(told)
    assert "Black Friday & more" in words_of(only(clean.asks("notes", user="ben")))
    assert "Removed: Black Friday & more" in words_of(only(clean.asks("note remove black friday & more", user="ben")))


def test_elsewhere_only_admins_keep_notes_and_guests_see_none(clean: Scene) -> None:
    assert "Noted: Fair" in words_of(only(clean.asks("note 3 nov Fair", channel="general")))
    told = only(clean.asks("note 3 nov Fair", user="ben", channel="general"))
    assert words_of(told).strip() == "Campaign figures are not open to you here."
    assert "Fair" not in words_of(only(clean.asks("notes", user="gus")))


def test_who_kept_a_note_and_when_is_known(clean: Scene) -> None:
    clean.asks("note 3 nov Fair")
    database = clean.bot.parts.database
    with database.reading(WORKSPACE) as db:
        row = only(db.rows(NOTE.select().where(NOTE.c.workspace == OURS)))

    assert (row.noted_by, row.noted_at) == (ADA, clean.bot.parts.now())


def test_notes_work_in_a_terminal(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path / 'kpi.db'}")
    ask.main(["note", "2026-11-27..2026-11-30", "Black Friday", "[leave out]"])
    assert "Noted: Black Friday, 27–30 Nov 2026." in capsys.readouterr().out
    ask.main(["notes", "--json"])
    assert json.loads(capsys.readouterr().out)["headline"].endswith("to a year ahead.")
    with pytest.raises(SystemExit) as exit_:
        ask.main(["note", "remove", "nothing"])
    assert exit_.value.code == 2
