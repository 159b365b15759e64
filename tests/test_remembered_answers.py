"""What was said about a file is not asked about the next one of its kind, is said, and can be said otherwise."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from kpi.errors import UnreadableFile
from kpi.sources.answers import How
from kpi.storage.importing.undoing import undo
from tests.asking import imported
from tests.slack_world import buttons_of, only, scene, stage, words_of
from tests.test_dropped_files import drops, slugs, the_form
from tests.test_layouts import sheets, stored

if TYPE_CHECKING:
    from kpi.storage.database import Database
    from tests.slack_world import Scene

__all__ = ["scene", "stage"]

TABLE = "Campaña,Fecha,Enviados,Ventas,Importe gastado\n{0},{1},9,5,1.5\n"


def test_what_was_said_is_used_next_time_and_said(database: Database) -> None:
    first = TABLE.format("x", "03/04/2026")
    how = How(dates="day-first", currency="USD")
    imported(database, first, mapping={"Ventas": "orders"}, how=how)
    done = imported(database, TABLE.format("y", "05/04/2026"))
    assert done.notes == ("Read as last time: Ventas = orders, currency = USD, dates = day-first",)
    expected = [("x", "2026-04-03", 5, 1.5, "USD"), ("y", "2026-04-05", 5, 1.5, "USD")]
    assert stored(database, "campaign", "day", "orders", "cost", "currency") == expected
    with pytest.raises(UnreadableFile):
        imported(database, first, workspace="another team")
    undo(database, "local", 1)
    undo(database, "local", 2)
    assert imported(database, first).notes == done.notes


def test_it_can_be_said_otherwise(sqlite_database: Database) -> None:
    how = How(dates="day-first", currency="USD")
    imported(sqlite_database, TABLE.format("x", "03/04/2026"), mapping={"Ventas": "orders"}, how=how)
    imported(sqlite_database, TABLE.format("y", "03/04/2026"), mapping={"ventas": "revenue"}, how=How(currency="EUR"))
    done = imported(sqlite_database, TABLE.format("z", "03/04/2026"))
    assert done.notes == ("Read as last time: Ventas = revenue, currency = EUR, dates = day-first",)
    assert stored(sqlite_database, "campaign", "orders", "revenue")[1:] == [("y", None, 5), ("z", None, 5)]


def test_a_try_remembers_nothing(sqlite_database: Database) -> None:
    imported(sqlite_database, TABLE.format("x", "13/04/2026"), mapping={"Ventas": "orders"},
             how=How(currency="USD"), dry_run=True)  # fmt: skip
    with pytest.raises(UnreadableFile, match="'Ventas' can mean several things"):
        imported(sqlite_database, TABLE.format("x", "13/04/2026"))


def test_what_the_file_proves_beats_what_was_said_last_time(sqlite_database: Database) -> None:
    text = "campaign;day;revenue\nx;{0};{1}\n"
    imported(sqlite_database, text.format("03/04/2026", "1.234"), how=How(dates="month-first", decimal="point"))
    done = imported(sqlite_database, text.format("13/04/2026", "1.234,5 £"))
    assert done.notes == ()
    assert stored(sqlite_database, "day", "revenue", "currency") == [
        ("2026-03-04", 1.234, "EUR"),
        ("2026-04-13", 1234.5, "GBP"),
    ]


def test_the_day_and_the_campaign_are_asked_for_anew(sqlite_database: Database) -> None:
    imported(sqlite_database, "Versendet\n5\n", campaign="x", how=How(day="2026-05-01"))
    with pytest.raises(UnreadableFile, match="names no campaign"):
        imported(sqlite_database, "Versendet\n6\n")
    with pytest.raises(UnreadableFile, match="names no day"):
        imported(sqlite_database, "Versendet\n6\n", campaign="y")


def test_the_sheet_is_remembered_as_long_as_the_sheets_are_the_same(sqlite_database: Database) -> None:
    header: list[Any] = ["campaign", "day", "sent"]

    def book(number: int, *more: str) -> bytes:
        rows: dict[str, list[list[Any]]] = {
            "May": [header, ["may", "2026-05-01", number]],
            "June": [header, ["june", "2026-06-01", number]],
        }
        return sheets(**rows, **{name: [header, ["x", "2026-07-01", 1]] for name in more})

    imported(sqlite_database, book(1), how=How(sheet="June"))
    assert imported(sqlite_database, book(2)).notes == ("Read as last time: sheet = June",)
    assert stored(sqlite_database, "campaign", "sent") == [("june", 2)]
    with pytest.raises(UnreadableFile, match="several sheets"):
        imported(sqlite_database, book(3, "July"))


def test_rows_called_total_are_treated_as_last_time(sqlite_database: Database) -> None:
    text = "campaign;day;sent\nx;2026-05-0{0};5\nTotal;2026-05-0{0};5\n"
    imported(sqlite_database, text.format(1), how=How(totals="skip"))
    done = imported(sqlite_database, text.format(2))
    assert done.notes == ("Read as last time: totals = skip",)
    assert stored(sqlite_database, "campaign", "day") == [("x", "2026-05-01"), ("x", "2026-05-02")]


def test_slack_and_the_terminal_remember_together(scene: Scene) -> None:
    shown = only(drops(scene, "r-drop.csv", TABLE.format("from-r", "03/04/2026")))
    scene.presses(shown, "Answer…")
    scene.follows(lambda: scene.slack.submit(the_form(scene), {"column 3": "orders=Ventas"}), "ada", shown.channel)
    scene.presses(shown, "Answer…")
    answers = {"dates": "day-first", "currency": "USD"}
    scene.follows(lambda: scene.slack.submit(the_form(scene), answers), "ada", shown.channel)
    scene.presses(shown, "Import")
    assert "from-r" in slugs(scene)

    done = imported(scene.bot.parts.database, TABLE.format("from-r", "06/04/2026"))
    assert done.notes == ("Read as last time: Ventas = orders, currency = USD, dates = day-first",)

    again = only(drops(scene, "r-drop.csv", TABLE.format("from-r", "05/04/2026")))
    assert "Read as last time: Ventas = orders" in words_of(again)
    assert buttons_of(again) == ["Import", "Change…", "Leave"]
    scene.presses(again, "Change…")
    scene.follows(lambda: scene.slack.submit(the_form(scene), {"currency": "GBP"}), "ada", again.channel)
    assert "Read as last time: Ventas = orders." in words_of(again)
    assert "2026-04-05" in words_of(again)
