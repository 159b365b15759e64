"""``settings``, in Slack and in a terminal: who may see them, what a change would do, and what it does."""

from __future__ import annotations

import json
import shutil
import sys
from decimal import Decimal
from io import StringIO
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import select

from bot import ask
from bot.parts import WORKSPACE
from kpi.errors import Mistake
from kpi.storage.binding import OURS
from kpi.storage.workspaces import CHANGE, Team, change_settings, team
from kpi.team.settings import SETTING, SETTINGS, packed, unpacked, wanted
from kpi.wording import Words
from tests.asking import NOW, answer, figures, imported
from tests.slack_world import ADA, BEN, buttons_of, only, scene, stage, words_of

if TYPE_CHECKING:
    from pathlib import Path

    from bot.local_slack import Message
    from kpi.storage.database import Database
    from tests.slack_world import Scene

__all__ = ["scene", "stage"]

RESULTS = """campaign,day,name,margin,delivered,revenue,cost,currency
spring-sale,2026-05-26,Spring sale,,1000,600.00,100.00,EUR
summer-sale,2026-06-26,Summer sale,0.5,1000,800.00,100.00,CHF
"""


def ours(scene: Scene) -> Team:
    with scene.bot.parts.database.reading(WORKSPACE) as db:
        return team(db)


def history(scene: Scene) -> list[tuple[Any, ...]]:
    columns = (CHANGE.c.setting, CHANGE.c.old, CHANGE.c.new, CHANGE.c.changed_by)
    with scene.bot.parts.database.reading(WORKSPACE) as db:
        return [tuple(row) for row in db.rows(select(*columns).where(CHANGE.c.workspace == OURS))]


def form(scene: Scene, **typed: str) -> list[Message]:
    """Open the form, type into some fields, submit it, and return what arrives."""
    shown = only(scene.asks("settings"))
    scene.presses(shown, "Edit")
    view = scene.slack.modal()
    assert view is not None
    return scene.follows(lambda: scene.slack.submit(view, typed), "ada", "marketing")


# --- in Slack ----------------------------------------------------------------------------------------------------


def test_an_admin_sees_all_settings_in_private(scene: Scene) -> None:
    shown = only(scene.asks("settings"))
    assert shown.ephemeral_for == ADA
    assert buttons_of(shown) == ["Edit"]
    for setting in SETTINGS:
        assert setting.label in words_of(shown)
    assert "Click window | 5 days | not used yet" in words_of(shown)


@pytest.mark.parametrize(
    "text", ["settings", "settings margin 40%", "Einstellungen", "show settings", "settings shoe size 3"]
)
def test_others_get_one_sentence(scene: Scene, text: str) -> None:
    told = only(scene.asks(text, user="ben"))
    assert told.ephemeral_for == BEN
    assert words_of(told).strip() == "Only a workspace admin can see and change the settings."


def test_a_change_is_shown_before_it_is_made(scene: Scene) -> None:
    shown = only(scene.asks("settings margin 40%"))
    assert shown.ephemeral_for == ADA
    assert "Margin: none → 40%" in words_of(shown)
    assert "ROCS stays. Profit of Welcome series changes from €" in words_of(shown)
    assert buttons_of(shown) == ["Change", "Leave"]
    assert ours(scene).margin is None
    assert not history(scene)


def test_a_change_is_made_by_a_press_and_says_how_to_put_it_back(scene: Scene) -> None:
    before = only(scene.asks("spring-sale"))
    shown = only(scene.asks("settings margin 40%"))
    scene.presses(shown, "Change")
    assert words_of(shown).startswith("Margin is now 40%; it was none.")
    assert "settings margin none" in words_of(shown)
    assert not buttons_of(shown)
    assert ours(scene).margin == Decimal("0.4")
    assert history(scene) == [("margin", "none", "40%", ADA)]
    after = only(scene.asks("spring-sale"))
    assert "more than the messages cost" in before.text
    assert "profit after goods" in after.text
    assert "Last changed 20 Nov, 09:00: margin from none to 40%." in words_of(only(scene.asks("settings")))


def test_leaving_changes_nothing(scene: Scene) -> None:
    shown = only(scene.asks("settings currency CHF"))
    scene.presses(shown, "Leave")
    assert words_of(shown).strip() == "Nothing was changed."
    assert ours(scene).words.currency == "EUR"


def test_a_press_of_somebody_else_changes_nothing(scene: Scene) -> None:
    shown = only(scene.asks("settings currency CHF"))
    told = only(scene.presses(shown, "settings-change", user="ben", value=packed({"currency": ("EUR", "CHF")})))
    assert "Only a workspace admin" in words_of(told)
    assert ours(scene).words.currency == "EUR"


def test_a_setting_that_somebody_else_has_changed_is_not_overwritten(scene: Scene) -> None:
    first, second = (only(scene.asks(f"settings margin {share}")) for share in ("40%", "30%"))
    scene.presses(first, "Change")
    told = only(scene.presses(second, "Change"))
    assert words_of(told).startswith("Somebody else has changed the margin meanwhile: it is 40% now.")
    assert ours(scene).margin == Decimal("0.4")


def test_the_form_shows_every_change_at_once_before_it_is_made(scene: Scene) -> None:
    shown = only(form(scene, timezone="manila", vat="19%", view_hours="1 day"))
    said = words_of(shown)
    assert said.startswith("Change the time zone, VAT and read window?")
    assert "Time zone: UTC → Asia/Manila" in said
    assert "It is 20 Nov, 17:00 there." in said
    assert "The days of 20 campaigns are stored as days of UTC; they stay as they are." in said
    assert "Read window: 12 hours → 24 hours" in said
    assert ours(scene).words.timezone == "UTC"
    scene.presses(shown, "Change")
    assert (ours(scene).words.timezone, ours(scene).vat, ours(scene).view_hours) == ("Asia/Manila", Decimal("0.19"), 24)
    assert ours(scene).margin is None
    assert {(setting, by) for setting, _, _, by in history(scene)} == {
        ("timezone", ADA),
        ("vat", ADA),
        ("view_hours", ADA),
    }


def test_the_form_says_beside_each_field_what_is_wrong(scene: Scene) -> None:
    assert not form(scene, timezone="Berln", currency="Taler", margin="a lot")
    view = scene.slack.modal()
    assert view is not None
    assert set(view.errors) == {"timezone", "currency", "margin"}
    assert "Did you mean Europe/Berlin" in view.errors["timezone"]


def test_a_form_with_nothing_new_changes_nothing(scene: Scene) -> None:
    assert "Nothing is different" in words_of(only(form(scene)))


def test_the_new_time_zone_counts_at_the_next_answer(scene: Scene) -> None:
    scene.presses(
        only(scene.asks("settings time zone Pacific/Kiritimati")), "Change"
    )  # 14 hours ahead, so 20 Nov, 23:00
    assert "20 Nov, 23:00" in words_of(only(scene.asks("settings")))


# --- what is typed -----------------------------------------------------------------------------------------------

READ = [
    ("timezone Europe/Berlin", "timezone", "Europe/Berlin"),
    ("time zone berlin", "timezone", "Europe/Berlin"),
    ("Zeitzone new york", "timezone", "America/New_York"),
    ("tz = europe/madrid", "timezone", "Europe/Madrid"),
    ("currency chf", "currency", "CHF"),
    ("currency to swiss franc", "currency", "CHF"),
    ("Währung: £", "currency", "GBP"),
    ("locale de-de", "locale", "de_DE"),
    ("locale es", "locale", "es"),
    ("margin 40%", "margin", Decimal("0.4")),
    ("margin 0.4", "margin", Decimal("0.4")),
    ("margin 40,5 %", "margin", Decimal("0.405")),
    ("marge auf 35", "margin", Decimal("0.35")),
    ("vat 19%", "vat", Decimal("0.19")),
    ("MwSt 7", "vat", Decimal("0.07")),
    ("click window 7 days", "click_days", 7),
    ("click window 2 weeks", "click_days", 14),
    ("read window 1 day", "view_hours", 24),
    ("view window 6h", "view_hours", 6),
]


@pytest.mark.parametrize(("typed", "key", "value"), READ)
def test_settings_are_read_as_people_type_them(typed: str, key: str, value: object) -> None:
    changes = wanted(typed, Team(Words()))
    assert changes == {key: (Team(Words()).value(key), value)}
    assert unpacked(packed(changes)) == changes


WRONG = [
    ("timezone Berln", "There is no time zone called 'Berln'.", "Europe/Berlin"),
    ("timezone +02:00", "There is no time zone called '+02:00'.", "Europe/Berlin"),
    ("currency euros", "There is no currency called 'euros'.", "EUR (Euro)"),
    ("currency $", "There is no currency called '$'.", "EUR"),
    ("locale german", "There is no locale called 'german'.", "de_DE"),
    ("locale xx_YY", "There is no locale called 'xx_YY'.", "de_DE"),
    ("margin 140%", "'140%' is not a share between 0% and 100%.", "40%"),
    ("margin -5%", "'-5%' is not a share between 0% and 100%.", "none"),
    ("vat 70%", "'70%' is not a share between 0% and 50%.", "40%"),
    ("click window 0", "'0' is not a number of days from 1 to 90.", "5 days"),
    ("click window 12 hours", "'12 hours' is not a number of days from 1 to 90.", "5 days"),
    ("read window 1000", "'1000' is not a number of hours from 1 to 168.", "5 hours"),
    ("margin", "Margin is none now.", "settings margin 40%"),
    ("currency EUR", "Currency is EUR, Euro already.", "settings currency CHF"),
    ("margin none", "Margin is none already.", "settings margin 40%"),
    ("shoe size 3", "There is no setting called 'shoe size 3'.", "time zone, currency"),
]


@pytest.mark.parametrize(("typed", "message", "hint"), WRONG)
def test_a_wrong_value_gets_one_sentence_and_a_hint(typed: str, message: str, hint: str) -> None:
    with pytest.raises(Mistake) as told:
        wanted(typed, Team(Words()))
    assert told.value.message == message
    assert hint in told.value.hint


def test_every_example_can_be_typed() -> None:
    for setting in SETTINGS:
        read = setting.read(setting.example)
        assert setting.read(setting.typed(read)) == read
        assert setting.shown(read, Team(Words()).words)


# --- what it does ------------------------------------------------------------------------------------------------


def test_the_margin_counts_for_campaigns_without_one_of_their_own(database: Database) -> None:
    imported(database, RESULTS)
    assert figures(database, "campaign spring-sale")["profit"]["value"] == 500
    database.written(WORKSPACE, lambda db: change_settings(db, {"margin": Decimal("0.4")}, {}, ADA, NOW))
    assert figures(database, "campaign spring-sale")["profit"]["value"] == 140
    assert figures(database, "campaign summer-sale")["profit"]["value"] == 300
    assert "profit after goods" in answer(database, "spring-sale").headline


# --- in a terminal -----------------------------------------------------------------------------------------------


@pytest.fixture
def desk(tmp_path: Path, sqlite_template: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Sit down in an empty folder with results in a database of its own."""
    shutil.copyfile(sqlite_template, tmp_path / "kpi.db")
    (tmp_path / "results.csv").write_text(RESULTS, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path}/kpi.db")
    monkeypatch.setenv("COLUMNS", "150")
    ask.main(["import", "results.csv"])
    return tmp_path


def said(capsys: pytest.CaptureFixture[str], *words: str) -> str:
    ask.main(words)
    return capsys.readouterr().out


@pytest.mark.usefixtures("desk")
def test_in_a_terminal_a_change_needs_a_yes(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "Margin        none" in said(capsys, "settings")
    monkeypatch.setattr(sys, "stdin", StringIO())  # nobody is at the keys
    with pytest.raises(SystemExit) as left:
        ask.main(["settings", "margin", "40%"])
    assert left.value.code == ask.MISTAKE
    shown = capsys.readouterr()
    assert "Profit of Spring sale changes from €500 to €140." in shown.out
    assert "1 campaign with a margin of its own keeps it." in shown.out
    assert "Add --yes" in shown.err
    assert "Margin        none" in said(capsys, "settings")
    assert "Margin is now 40%; it was none." in said(capsys, "settings", "margin", "40%", "--yes")
    assert "Margin        40%" in said(capsys, "settings")


@pytest.mark.usefixtures("desk")
def test_in_a_terminal_settings_are_data_too(capsys: pytest.CaptureFixture[str]) -> None:
    told = json.loads(said(capsys, "settings", "--json"))
    (table,) = [piece for piece in told["pieces"] if piece["piece"] == "table"]
    assert [row[0] for row in table["rows"]] == [setting.label for setting in SETTING.values()]
    changed = json.loads(said(capsys, "settings", "currency", "CHF", "--yes", "--json"))
    assert changed["headline"] == "Currency is now CHF, Swiss Franc; it was EUR, Euro."


@pytest.mark.usefixtures("desk")
def test_a_change_of_the_currency_names_what_is_stored(capsys: pytest.CaptureFixture[str]) -> None:
    shown = said(capsys, "settings", "currency", "CHF", "--yes")
    assert "(campaigns: 1 in CHF and 1 in EUR); nothing is converted." in shown
    assert "Answers begin with CHF where anything is in it." in shown
