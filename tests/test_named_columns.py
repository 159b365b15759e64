# ruff: noqa: E501  the lines are those of a table
"""Tables of no known layout: read by the names of their columns, or asked about where a number could be wrong."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

import pytest

from bot import ask
from kpi.errors import UnreadableFile
from kpi.facts import FACT, TOLD
from kpi.sources.answers import How
from kpi.sources.csv_file import COLUMNS
from kpi.sources.synonyms import SURE, UNSURE, meaning_of, plainly
from tests.asking import imported
from tests.test_layouts import stored
from tests.test_terminal import desk

if TYPE_CHECKING:
    from pathlib import Path

    from kpi.storage.database import Database

__all__ = ["desk"]

GERMAN = (
    "Bericht für Mai;;;;;;;\n\nKampagne;Datum;# Versendet;Zugestellt;Öffnungsrate;Umsatz (USD);Ausgaben;Bemerkung\n"
    "Frühling;01.05.2026;9.900;9.480;77,9%;13.150,00;930,00;gut\nFrühling;02.05.2026;800;790;75%;12,50;25,00;\n"
)


def test_every_word_means_one_thing_and_every_fact_has_words() -> None:
    words = [plainly(word) for table in (SURE, UNSURE) for said in table.values() for word in said.split(",")]
    assert sorted(words) == sorted(set(words))
    assert {*SURE, *UNSURE} <= set(COLUMNS)
    assert {fact.key for fact in TOLD} <= set(SURE)
    assert all(meaning_of(fact.key).ours == fact.key for fact in TOLD)


@pytest.mark.parametrize(
    ("column", "ours"),
    [("Versendete Nachrichten", "sent"), ("Nº de mensajes enviados", "sent"), ("# Messages Sent", "sent"),
     ("ZUGESTELLT", "delivered"), ("Entregados", "delivered"), ("delivered_count", "delivered"), ("Leídos", "read"),
     ("Geoeffnet", "read"), ("uniqueClicks", "clickers"), ("Klicks", "clicks"), ("Importe gastado (EUR)", "cost"),
     ("WA Spent", "cost"), ("Umsatz in €", "revenue"), ("Campaña", "campaign"), ("Fecha de envío", "day"),
     ("Abmeldungen", "opt_outs"), ("Käufer", "buyers"), ("Delivered %", ""), ("Zustellrate", ""), ("Coste por clic", ""),
     ("CTR", ""), ("Priorität", "")],
)  # fmt: skip
def test_columns_are_known_by_the_words_people_use(column: str, ours: str) -> None:
    meaning = meaning_of(column)
    assert (meaning.ours, meaning.is_sure) == (ours, True)


def test_a_table_is_read_by_the_names_of_its_columns(database: Database) -> None:
    done = imported(database, GERMAN)
    assert done.skipped == ()
    assert stored(database, "campaign", "day", "sent", "delivered", "read", "revenue", "cost", "currency") == [
        ("fruhling", "2026-05-01", 9900, 9480, None, 13150, 930, "USD"),
        ("fruhling", "2026-05-02", 800, 790, None, 12.5, 25, "USD"),
    ]
    assert [one.ours for one in done.columns] == ["campaign", "day", "sent", "delivered", "", "revenue", "cost", ""]
    assert done.columns[2].samples == ("9.900", "800")
    assert done.columns[4].note == "'Öffnungsrate' is a rate, which says nothing without its count."
    assert imported(database, GERMAN).unchanged == 2


UNCLEAR = {
    "Campaña,Fecha,Enviados,Ventas\nx,2026-05-01,9,5\n": ("'Ventas' can mean several things", "Ventas=revenue"),
    "Campaña,Fecha,Enviados,Prioridad\nx,2026-05-01,9,5\n": ("'Prioridad' holds numbers", "Prioridad=ignore"),
    "Kampagne,Datum,Versendet,Gesendet\nx,2026-05-01,9,5\n": (
        "'Versendet' and 'Gesendet' both look like sent.", "Gesendet=ignore"),
    "Kampagne,Datum,Zugestellt\nx,2026-05-01,98%\n": ("'Zugestellt' looks like delivered, but its cells are rates.", ""),
    "Kampagne,Datum,Zugestellt\nx,2026-05-01,0.98\n": ("'Zugestellt' looks like delivered, but its cells are fract", ""),
    "Kampagne,Datum,Sent\nx,2026-05-01,yes\n": ("'Sent' looks like sent, but 'yes' is no number.", ""),
    "Kampagne,Datum,Sent\nx,Mai,7\n": ("'Datum' looks like day, but 'Mai' is no day.", "Datum=ignore"),
    "Kampagne,Zuletzt,Sent\nx,2026-05-01,7\n": ("'Zuletzt' may be the day of the results.", "Zuletzt=day"),
    "Kampagne,Datum,Zustellrate\nx,2026-05-01,98%\n": (
        "No column holds a count or an amount. 'Zustellrate' is a rate, which says nothing without its count.", ""),
    "Kampagne,Datum,Segment,Sent\nx,2026-05-01,a,7\nx,2026-05-01,b,8\n": (
        "Lines 2 and 3 tell of the same campaign and day; which column sets them apart?", ""),
    "Datum,Versendet\n2026-05-01,7\n": ("The file names no campaign.", ""),
    "Kampagne,Versendet\nx,7\n": ("The file names no day, and the start of 'x' is not known.", ""),
    "Kampagne,Datum,Umsatz\nx,2026-05-01,7\n": ("The file does not say in which currency its amounts are.", "EUR"),
    "campaign,day,sent,Mood\nx,2026-05-01,7,\n": ("The file has a column 'Mood' that means nothing here.", "Mood=ignore"),
}  # fmt: skip


@pytest.mark.parametrize(("text", "said"), UNCLEAR.items(), ids=[said[0] for said in UNCLEAR.values()])
def test_what_could_give_a_wrong_number_is_asked_first(
    sqlite_database: Database, text: str, said: tuple[str, str]
) -> None:
    with pytest.raises(UnreadableFile) as question:
        imported(sqlite_database, text)
    assert question.value.message.startswith(said[0])
    assert said[1] in ("", *question.value.unsaid[0].choices)
    assert stored(sqlite_database, "campaign") == []


def test_what_is_said_of_a_column_wins(sqlite_database: Database) -> None:
    text = "Campaña,Fecha,Enviados,Ventas,Segmento,Prioridad\nx,2026-05-01,9,5,a,1\nx,2026-05-01,8,6,b,1\n"
    mapping = {"ventas": "orders", "Segmento": "variant", "Prioridad": "ignore"}
    done = imported(sqlite_database, text, mapping=mapping)
    assert done.skipped == ()
    assert stored(sqlite_database, "variant", "sent", "orders") == [("a", 9, 5), ("b", 8, 6)]
    assert {one.ours for one in done.columns} - {"", "campaign", "day"} == {"sent", "orders", "variant"}
    assert all(one.ours in {"", *COLUMNS} for one in done.columns)
    assert FACT["orders"].key in COLUMNS


def test_the_command_that_is_printed_imports_the_file(desk: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (desk / "mi tabla.csv").write_text(
        'Campaña,Fecha,Enviados,Ventas,Total pagado\nx,13/05/2026,9,5,"1,50 €"\nx,14/05/2026,9,5,1\n', "utf-8"
    )
    with pytest.raises(SystemExit) as ended:
        ask.main(["import", "mi tabla.csv"])
    assert ended.value.code == 2
    told = capsys.readouterr().err
    assert "Enviados      sent" in told
    lead = "If that is right: kpi "
    command = next(line for line in told.splitlines() if line.startswith(lead)).removeprefix(lead)
    assert command == "import 'mi tabla.csv' --map Ventas=revenue --map 'Total pagado=ignore'"
    ask.main([*shlex.split(command), "--currency", "EUR"])
    assert "2 rows of 1 campaign" in capsys.readouterr().out


def test_an_answer_about_days_is_printed_as_a_command(desk: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (desk / "t.csv").write_text("campaign,day,sent\nx,03/04/2026,9\n", "utf-8")
    with pytest.raises(SystemExit):
        ask.main(["import", "t.csv"])
    assert "For example: kpi import t.csv --dates day-first\n" in capsys.readouterr().err


def test_in_which_currency_amounts_are_may_stand_in_the_header_and_the_cells(sqlite_database: Database) -> None:
    imported(sqlite_database, "Kampagne,Tag,Umsatz USD\nx,2026-05-01,$5\n")
    assert stored(sqlite_database, "revenue", "currency") == [(5, "USD")]
    with pytest.raises(UnreadableFile, match="in several currencies"):
        imported(sqlite_database, "Kampagne,Tag,Umsatz USD\nx,2026-05-01,5 €\n")
    imported(sqlite_database, "Kampagne,Tag,Umsatz\ny,2026-05-01,5\n", how=How(currency="GBP"))
    assert stored(sqlite_database, "revenue", "currency")[1:] == [(5, "GBP")]
