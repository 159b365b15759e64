"""Files dropped into the bot's direct message: shown first, imported on a press, by those who may, and kept nowhere."""

from __future__ import annotations

import tempfile
from io import BytesIO
from typing import TYPE_CHECKING

import pytest
from openpyxl import Workbook

from bot.files import dropped
from bot.files.downloads import LARGEST
from bot.local_slack.world import SCOPES
from bot.parts import WORKSPACE
from kpi.storage.campaigns import campaigns
from tests.slack_world import buttons_of, everything_in, only, scene, stage, words_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from bot.local_slack import Message
    from bot.local_slack.records import View
    from tests.slack_world import Scene

__all__ = ["scene", "stage"]

RESULTS = "campaign,day,sent,delivered\nfrom-a-file-{0},2026-11-01,100,98\nfrom-a-file-{0},2026-11-02,50,49\n"


def drops(scene: Scene, name: str, body: bytes | str, user: str = "ada") -> list[Message]:
    content = body.encode() if isinstance(body, str) else body
    channel = f"D0{user.upper()}00001"
    told = scene.follows(lambda: scene.slack.drop_file(name, content, user=user, channel=channel), user, channel)
    return [one for one in told if one.text != name]


def the_form(scene: Scene) -> View:
    view = scene.slack.modal()
    assert view is not None
    return view


def slugs(scene: Scene) -> set[str]:
    with scene.bot.parts.database.reading(WORKSPACE) as db:
        return {one.slug for one in campaigns(db)}


@pytest.fixture(autouse=True)
def _nothing_is_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    yield
    assert not list(tmp_path.rglob("*-drop.*"))


def test_a_file_is_shown_first_and_imported_on_a_press(scene: Scene) -> None:
    shown = only(drops(scene, "a-drop.csv", RESULTS.format("a")))
    assert "2 rows of 1 campaign, 2026-11-01 to 2026-11-02 would be stored: 2 new." in words_of(shown)
    assert buttons_of(shown) == ["Import", "Leave"]
    assert "from-a-file-a" not in slugs(scene)

    scene.presses(shown, "Import")
    assert "2 rows of 1 campaign, 2026-11-01 to 2026-11-02 stored: 2 new." in words_of(shown)
    assert "Import" not in buttons_of(shown)
    assert "from-a-file-a" in slugs(scene)

    again = only(drops(scene, "a-drop.csv", RESULTS.format("a")))
    assert "nothing changed" in words_of(again)
    assert buttons_of(again) == []


def test_a_file_can_be_left(scene: Scene) -> None:
    shown = only(drops(scene, "b-drop.csv", RESULTS.format("b")))
    scene.presses(shown, "Leave")

    assert words_of(shown).strip() == "Nothing was imported."
    assert "from-a-file-b" not in slugs(scene)


@pytest.mark.parametrize(
    ("user", "said"),
    [("ben", "Only a workspace admin can import files."),
     ("gus", "Files of guests and of other organisations are not read."),
     ("eve", "Files of guests and of other organisations are not read.")],
)  # fmt: skip
def test_others_get_one_sentence(scene: Scene, user: str, said: str) -> None:
    told = only(drops(scene, "c-drop.csv", RESULTS.format("c"), user))

    assert words_of(told).strip() == said
    assert not scene.calls_of("files.info")


def test_nobody_imports_by_a_button_of_somebody_else(scene: Scene) -> None:
    shown = only(drops(scene, "d-drop.csv", RESULTS.format("d")))
    scene.follows(lambda: scene.slack.press(shown, "Import", user="ben"), "ben", shown.channel)

    assert "from-a-file-d" not in slugs(scene)


def test_what_a_file_leaves_open_is_asked_by_a_form(scene: Scene) -> None:
    shown = only(drops(scene, "e-drop.csv", "Campaign,Day,Sent\nfrom-e,03/04/2026,100\nfrom-e,05/06/2026,90\n"))
    assert "can be read in two ways" in words_of(shown)
    assert "--dates" not in words_of(shown)
    assert buttons_of(shown) == ["Answer…", "Leave"]

    scene.presses(shown, "Answer…")
    scene.follows(lambda: scene.slack.submit(the_form(scene), {"dates": "month-first"}), "ada", shown.channel)
    assert "2026-03-04 to 2026-05-06 would be stored: 2 new." in words_of(shown)
    scene.presses(shown, "Import")
    assert "from-e" in slugs(scene)


def test_unclear_columns_are_asked_for_with_samples(scene: Scene) -> None:
    table = "Kampagne,Tag,Versendet,Verkäufe,Remark\nfrom-f,2026-11-01,100,7,hello there\nfrom-f,2026-11-02,90,5,\n"
    shown = only(drops(scene, "f-drop.csv", table))
    assert "'Verkäufe' can mean several things; I would read it as revenue." in words_of(shown)
    assert "hello there" in everything_in(shown)
    scene.presses(shown, "Answer…")
    view = the_form(scene)
    assert "hello there" in str(view.blocks)
    scene.follows(lambda: scene.slack.submit(view, {"column 3": "orders=Verkäufe"}), "ada", shown.channel)

    assert "2 rows of 1 campaign" in words_of(shown)
    assert buttons_of(shown) == ["Import", "Change…", "Leave"]
    scene.presses(shown, "Import")
    assert "from-f" in slugs(scene)


def test_what_is_read_by_the_names_of_columns_can_be_changed(scene: Scene) -> None:
    table = "Campaña,Fecha,Enviados,Entregados\nfrom-n,2026-11-01,100,98\n"
    shown = only(drops(scene, "n-drop.csv", table))
    assert "Enviados" in everything_in(shown)
    scene.presses(shown, "Change…")
    scene.follows(lambda: scene.slack.submit(the_form(scene), {"column 3": "ignore=Entregados"}), "ada", shown.channel)
    scene.presses(shown, "Import")

    assert "from-n" in slugs(scene)
    assert "not used" in everything_in(shown)


def test_a_wrong_answer_is_said_beside_its_field(scene: Scene) -> None:
    table = "Campaign name,Send time,Total recipients,Successful deliveries,Revenue\nfrom-h,2026-11-01,100,98,12.50\n"
    shown = only(drops(scene, "h-drop.csv", table))
    assert "in which currency" in words_of(shown)
    scene.presses(shown, "Answer…")
    scene.slack.submit(the_form(scene), {"currency": "euros"})
    scene.settles()

    assert "EUROS is not a currency." in str(the_form(scene).errors)


def test_a_sheet_is_chosen_in_a_spreadsheet(scene: Scene) -> None:
    book = Workbook()
    book.remove(book.worksheets[0])
    for name in ("May", "June"):
        sheet = book.create_sheet(name)
        sheet.append(["campaign", "day", "sent"])
        sheet.append([f"from-{name.lower()}", "2026-05-01", 100])
    file = BytesIO()
    book.save(file)
    shown = only(drops(scene, "g-drop.xlsx", file.getvalue()))
    scene.presses(shown, "Answer…")
    scene.follows(lambda: scene.slack.submit(the_form(scene), {"sheet": "June"}), "ada", shown.channel)

    assert "1 row of 1 campaign" in words_of(shown)
    scene.presses(shown, "Import")
    assert "from-june" in slugs(scene)


@pytest.mark.parametrize(
    ("name", "body", "said"),
    [
        ("i-drop.pdf", b"%PDF-1.7", "I read CSV files and Excel sheets (.xlsx)."),
        ("i-drop.csv", b"\x00\x01\x02\xff" * 10, "is not UTF-8 text"),
        ("i-drop.xlsx", b"PK\x03\x04 broken", "The spreadsheet cannot be read."),
        ("i-drop.csv", b"\n", "The file is empty."),
    ],
)
def test_what_cannot_be_read_gets_one_sentence(scene: Scene, name: str, body: bytes, said: str) -> None:
    told = words_of(only(drops(scene, name, body)))
    assert said in told
    assert len(told) < 200


def test_a_file_that_is_too_large_is_not_fetched(scene: Scene) -> None:
    told = only(drops(scene, "j-drop.csv", b"x" * (LARGEST + 1)))
    assert "larger than 50 MiB" in words_of(told)


def test_without_the_scope_the_bot_says_which_is_missing(scene: Scene) -> None:
    scene.slack.scopes = set(SCOPES) - {"files:read"}
    assert "files:read" in words_of(only(drops(scene, "k-drop.csv", RESULTS.format("k"))))


def test_nothing_of_a_file_is_logged(scene: Scene, caplog: pytest.LogCaptureFixture) -> None:
    shown = only(drops(scene, "l-drop.csv", RESULTS.format("secret") + "bad line,,\n"))
    scene.presses(shown, "Import")

    assert "secret" not in caplog.text
    assert "from-a-file-secret" in everything_in(shown)


def test_files_in_channels_are_nobodys_import(scene: Scene) -> None:
    told = scene.follows(
        lambda: scene.slack.drop_file("m-drop.csv", RESULTS.format("m").encode(), user="ada"), "ada", "marketing"
    )
    assert [one.text for one in told] == ["m-drop.csv"]


def test_orders_are_shown_first_given_to_a_campaign_and_taken_back(scene: Scene) -> None:
    told = "order_id;ordered_at;customer_id;currency;total\n" + "".join(
        f"o{number};2026-11-0{1 + number % 3};c{number % 2};EUR;10,50\n" for number in range(6)
    )
    shown = only(drops(scene, "o-drop.csv", told))
    assert "6 orders and cancellations would be stored: 6 new." in words_of(shown)
    assert "1–3 Nov 2026: €63.00, refunds deducted." in words_of(shown)
    assert "No campaign is known for 6 orders." in words_of(shown)
    assert buttons_of(shown) == ["Import", "All of one campaign…", "Leave"]

    scene.presses(shown, "All of one campaign…")
    scene.follows(lambda: scene.slack.submit(the_form(scene), {"campaign": "From orders"}), "ada", shown.channel)
    assert "€63.00, refunds deducted, of 1 campaign." in words_of(shown)
    assert "from-orders" not in slugs(scene)
    scene.presses(shown, "Import")
    assert "of all 6 orders from 'orders': 2 of 2 customers ordered more than once" in words_of(shown).lower()
    assert "from-orders" in slugs(scene)

    listed = only(scene.asks("imports"))
    asked = only(scene.presses(listed, next(one for one in buttons_of(listed) if one.startswith("Undo"))))
    assert "6 orders and cancellations will go." in words_of(asked)
    scene.presses(asked, "Take it back")
    assert "from-orders" not in slugs(scene)


@pytest.mark.parametrize("header", ["campaign,day,sent", "order_id,ordered_at,total"])
def test_a_long_import_says_how_far_it_is(scene: Scene, monkeypatch: pytest.MonkeyPatch, header: str) -> None:
    monkeypatch.setattr(dropped, "SECONDS_BETWEEN_EDITS", 0.0)
    rows = "".join(f"long-{number},2026-11-01,{number}\n" for number in range(1, 1500))
    shown = only(drops(scene, "n-drop.csv", f"{header}\n{rows}"))
    scene.presses(shown, "Import")

    said = [one.text for one in shown.edits]
    assert any(text.startswith("Reading n-drop.csv … ") and text.endswith("%") for text in said)
    assert any(text.startswith("Importing n-drop.csv … ") and text.endswith("%") for text in said)
    assert "1,499 new" in words_of(shown)
