# ruff: noqa: E501  the lines are those of a table
"""Imports that would lower a stored number: asked about, never silently taken."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

import pytest

from bot import ask
from kpi.errors import UnreadableFile
from kpi.sources.answers import How
from tests.asking import LOWER, imported
from tests.slack_world import buttons_of, only, scene, stage, words_of
from tests.test_dropped_files import RESULTS, drops, the_form
from tests.test_layouts import stored
from tests.test_terminal import desk

if TYPE_CHECKING:
    from pathlib import Path

    from kpi.storage.database import Database
    from tests.slack_world import Scene

__all__ = ["desk", "scene", "stage"]

HEADER = "campaign,day,market,variant,sent,delivered,revenue\n"
BEFORE = (
    HEADER
    + "spring-sale,2026-05-03,,,13000,12675,10\nspring-sale,2026-05-04,DE,,10,9,\nspring-sale,2026-05-04,AT,,5,4,\n"
)
FALLING = {
    "spring-sale,2026-05-03,,,13000,11002,10": "delivered of spring-sale on 3 May 2026 would fall from 12,675 to 11,002.",
    "spring-sale,2026-05-03,,,13000,,10": "delivered of spring-sale on 3 May 2026 would no longer be known (it was 12,675).",
    "spring-sale,2026-05-03,,,13001,12676,9.99": "revenue of spring-sale on 3 May 2026 would fall from €10.00 to €9.99.",
    "spring-sale,2026-05-04,DE,,9,9,": "sent of spring-sale (DE) on 4 May 2026 would fall from 10 to 9.",
    "spring-sale,2026-05-04,,,14,13,": "sent of spring-sale on 4 May 2026 would fall from 15 to 14.",
}


@pytest.mark.parametrize(("line", "said"), FALLING.items(), ids=FALLING.values())
def test_a_lower_number_is_asked_about(database: Database, line: str, said: str) -> None:
    imported(database, BEFORE)
    before = stored(database, "day", "market", "sent", "delivered", "revenue")
    for dry_run in (True, False):
        with pytest.raises(UnreadableFile) as question:
            imported(database, f"{HEADER}{line}\nautumn,2026-05-03,,,1,1,\n", dry_run=dry_run)
        assert question.value.message == said
        assert question.value.hint == "Say which: --lower take or --lower skip."
    assert stored(database, "day", "market", "sent", "delivered", "revenue") == before
    imported(database, f"{HEADER}{line}\n", source="another tool")


def test_what_is_known_or_rises_goes_through(database: Database) -> None:
    imported(database, BEFORE)
    assert imported(database, BEFORE).unchanged == 3
    assert imported(database, BEFORE.replace("12675", "12676")).changed == 1
    whole = HEADER + "spring-sale,2026-05-04,,,15,14,\n"
    assert (imported(database, whole).new, imported(database, whole).unchanged) == (1, 1)


def test_lower_numbers_are_taken_or_left_out_as_is_said(database: Database) -> None:
    imported(database, BEFORE)
    text = f"{HEADER}spring-sale,2026-05-03,,,13000,11002,10\nautumn,2026-05-03,,,1,1,\n"
    done = imported(database, text, how=How(lower="skip"))
    assert (done.new, done.changed, done.skips) == (1, 0, 1)
    assert (done.skipped[0].line, done.skipped[0].reason) == (2, next(iter(FALLING.values())).removesuffix("."))
    assert imported(database, text, how=LOWER).changed == 1
    assert ("spring-sale", 11002) in stored(database, "campaign", "delivered")
    with pytest.raises(UnreadableFile):
        imported(database, text.replace("11002", "11001"))


def test_the_terminal_prints_the_command_that_takes_them(desk: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (desk / "a.csv").write_text(BEFORE, "utf-8")
    (desk / "b.csv").write_text(BEFORE.replace(",9,", ",8,").replace("12675", "7").replace(",5,4,", ",4,4,"), "utf-8")
    ask.main(["import", "a.csv"])
    with pytest.raises(SystemExit):
        ask.main(["import", "b.csv"])
    told = capsys.readouterr().err
    assert told.count("would fall from") == 3
    command = told.splitlines()[-1].partition("For example: kpi ")[2]
    assert command == "import b.csv --lower take"
    ask.main(shlex.split(command))
    assert "3 corrected" in capsys.readouterr().out


def test_slack_asks_in_the_form(scene: Scene) -> None:
    text = RESULTS.format("q")
    scene.presses(only(drops(scene, "q-drop.csv", text)), "Import")
    shown = only(drops(scene, "q-drop.csv", text.replace(",98", ",97")))
    assert "delivered of from-a-file-q on 1 Nov 2026 would fall from 98 to 97." in words_of(shown)
    assert buttons_of(shown) == ["Answer…", "Leave"]
    scene.presses(shown, "Answer…")
    scene.follows(lambda: scene.slack.submit(the_form(scene), {"lower": "take"}), "ada", shown.channel)
    assert "1 corrected" in words_of(shown)
    scene.presses(shown, "Import")
    assert "1 corrected" in words_of(shown)
