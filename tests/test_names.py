"""Names of campaigns: renamed, given, archived and merged, in Slack and in a terminal, and taken back."""

from __future__ import annotations

import shutil
import sys
from io import StringIO
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import select

from bot import ask
from bot.parts import WORKSPACE
from kpi.errors import Mistake
from kpi.naming.changing import changed, tried
from kpi.report import Versus
from kpi.storage.binding import OURS
from kpi.storage.importing.undoing import undo
from kpi.storage.models import Table
from tests.asking import NOW, answer, figures, imported, text_of
from tests.slack_world import ADA, BEN, buttons_of, only, staged, words_of
from tests.test_orders import HEADER, ordered

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from bot.local_slack import Message
    from kpi.storage.database import Database
    from tests.slack_world import Scene

TABLE = Table.metadata.tables
RESULTS = """campaign,day,sent,delivered,read,revenue,orders,cost
Spring sale,2026-05-01,1000,900,,400,8,50
Spring sale,2026-05-04,1000,800,,100,2,50
Spring 2,2026-05-01,1000,910,300,500,10,40
Spring 2,2026-05-05,300,290,100,50,1,10
Summer,2026-06-01,100,90,30,10,1,5
"""
ORDERS = (
    HEADER
    + """\
1,2026-05-02T10:00:00,ann,DE,EUR,100,,,,SPRING10,
2,2026-05-06T10:00:00,ann,DE,EUR,70,,,,,autumn
3,2026-05-06T10:00:00,bob,DE,EUR,30,,,,spring10,summer
4,2026-05-06T10:00:00,cyd,DE,EUR,9,,,,,
"""
)
KEPT = ("reported", "daily_result", "source_choice", "campaign", "campaign_name", "campaign_split", "purchase")


def does(database: Database, text: str) -> str:
    return text_of(changed(database, WORKSPACE, text, ADA, NOW)[0])


def everything(database: Database) -> dict[str, list[Any]]:
    """Return every row that answers and imports rest on."""
    with database.reading(WORKSPACE) as db:
        return {name: sorted(map(str, db.rows(select(TABLE[name]).where(TABLE[name].c.workspace == OURS))))
                for name in KEPT}  # fmt: skip


def of(database: Database, question: str) -> tuple[Any, ...]:
    shown = figures(database, question)
    return tuple(shown[key]["value"] if key in shown else None for key in ("revenue", "cost"))


# --- rename ------------------------------------------------------------------------------------------------------


def test_a_renamed_campaign_answers_to_both_names_and_keeps_the_new_one_after_an_import(database: Database) -> None:
    imported(database, RESULTS)
    does(database, "rename spring sale to Back to school!")
    for name in ("spring sale", "back to school"):
        assert text_of(answer(database, f'campaign "{name}"')).startswith("Back to school!")
    imported(database, "campaign,day,name,sent\nspring-sale,2026-05-07,Spring sale,5\n")
    assert text_of(answer(database, "campaign spring-sale")).startswith("Back to school!, 1–7 May")


def test_a_name_of_another_campaign_is_refused_with_a_hint_to_merge(sqlite_database: Database) -> None:
    imported(sqlite_database, RESULTS)
    with pytest.raises(Mistake) as told:
        tried(sqlite_database, WORKSPACE, "rename spring sale to SPRING 2", NOW)
    assert told.value.message == "'SPRING 2' is a name of Spring 2 already."
    assert [one.question for one in told.value.offers] == ['merge "spring-sale" into "spring-2"']


WRONG = [
    ("rename", "What do you want to rename?"),
    ("rename spring sale", "I need two names to rename."),
    ("rename winter to x", "There is no campaign called 'winter'."),
    ("rename spring to x", "Several campaigns begin with 'spring'."),
    ("rename spring sale to Spring sale", "Spring sale is called so already."),
    (f"rename spring sale to {'x' * 101}", "That cannot be a name."),
    ("alias X = nobody", "There is no campaign called 'nobody'."),
    ("alias spring-sale = spring sale", "'spring-sale' leads to Spring sale already."),
    ("alias spring-2 = spring sale", "'spring-2' is a name of Spring 2 already."),
    ("unalias spring-sale", "'spring-sale' is no alias."),
    ("unarchive spring sale", "Spring sale is not archived."),
    ("merge spring sale into spring-sale", "Both are names of Spring sale, so there is nothing to merge."),
    ("merge mail into spring sale", "Mail is email, Spring sale whatsapp: channels are never added up."),
    ("unmerge spring sale", "Spring sale is not merged into another."),
]


@pytest.mark.parametrize(("typed", "said"), WRONG)
def test_what_cannot_be_done_gets_one_sentence(sqlite_database: Database, typed: str, said: str) -> None:
    imported(sqlite_database, RESULTS)
    imported(sqlite_database, "campaign,day,channel,sent\nMail,2026-05-01,email,5\n")
    with pytest.raises(Mistake) as told:
        tried(sqlite_database, WORKSPACE, typed, NOW)
    assert told.value.message == said


# --- alias -------------------------------------------------------------------------------------------------------


def test_an_alias_brings_the_orders_that_carry_it_and_taking_it_back_lets_them_go(database: Database) -> None:
    imported(database, RESULTS)
    ordered(database, ORDERS)
    before = everything(database)
    assert "2 orders now with Spring sale" in text_of(
        tried(database, WORKSPACE, "alias SPRING10 = spring sale", NOW)[0]
    )
    assert everything(database) == before
    does(database, "alias SPRING10 = spring sale")
    assert of(database, "campaign spring-sale") == (130, 100)
    there = everything(database)
    assert ordered(database, ORDERS).unchanged == 4
    assert everything(database) == there
    assert text_of(answer(database, "campaign SPRING10")).startswith("Spring sale")
    does(database, "unalias SPRING10")
    assert everything(database)["daily_result"] == before["daily_result"]
    assert everything(database)["purchase"] == before["purchase"]


# --- archive -----------------------------------------------------------------------------------------------------


def test_an_archived_campaign_is_out_of_lists_but_counts_and_answers(database: Database) -> None:
    imported(database, RESULTS)
    before = figures(database, "overview may")["revenue"]["value"]
    does(database, "archive spring sale")
    assert figures(database, "overview may")["revenue"]["value"] == before
    assert of(database, "campaign spring-sale") == (500, 100)
    assert "Spring sale" not in text_of(answer(database, "campaigns"))
    assert "Spring sale" in text_of(answer(database, "campaigns archived"))
    assert "Spring sale" not in text_of(answer(database, "top revenue"))
    assert text_of(answer(database, "campaign spring")).startswith("Spring 2")
    does(database, "unarchive spring sale")
    assert "Spring sale" in text_of(answer(database, "top revenue"))


# --- merge -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("how", "expected"), [("same", (130, 100)), ("parts", (630, 150))])
def test_merged_campaigns_answer_as_one_and_come_apart_without_a_trace(
    database: Database, how: str, expected: tuple[int, int]
) -> None:
    imported(database, RESULTS)
    ordered(database, ORDERS)
    does(database, "alias SPRING10 = spring 2")
    before = everything(database)
    does(database, f"merge spring 2 into spring sale as {how}")
    for name in ("spring 2", "spring sale", "spring10"):
        assert of(database, f'campaign "{name}"') == expected
    assert "Spring 2" not in text_of(answer(database, "campaigns"))
    assert figures(database, "overview may")["revenue"]["value"] == expected[0]
    assert [row for row in everything(database)["reported"] if "file" in row] == [
        row for row in before["reported"] if "file" in row
    ]
    does(database, "unmerge spring 2")
    assert everything(database) == before


def test_the_same_sends_take_each_group_of_facts_from_the_source_that_knows_more_days(database: Database) -> None:
    imported(database, "campaign,day,sent,cost\nA,2026-05-01,100,5\nA,2026-05-02,100,5\nB,2026-05-01,90,4\n")
    imported(database, "campaign,day,orders,revenue\nB,2026-05-01,3,60\n", source="shop")
    does(database, "merge a into b as same")
    assert of(database, "campaign b") == (60, 10)
    assert "(b) reports 55% less sent than file (a)" in text_of(answer(database, "campaign b"))


@pytest.mark.parametrize(("how", "revenue"), [("same", 30), ("parts", 33)])
def test_later_imports_that_name_a_merged_campaign_count_where_it_is_merged(
    database: Database, how: str, revenue: int
) -> None:
    imported(database, "campaign,day,sent,revenue\nAlpha,2026-05-01,100,10\nBeta,2026-05-01,90,3\n")
    alone = everything(database)
    does(database, f"merge alpha into beta as {how}")
    told = "campaign,day,sent,revenue\nAlpha,2026-05-01,100,10\nAlpha,2026-05-02,100,20\nBeta,2026-05-01,90,3\n"
    imported(database, told)
    assert of(database, "campaign alpha")[0] == of(database, "campaign beta")[0] == revenue
    assert figures(database, "overview may")["revenue"]["value"] == revenue
    does(database, "unmerge alpha")
    assert (of(database, "campaign alpha")[0], of(database, "campaign beta")[0]) == (30, 3)
    assert everything(database)["campaign_name"] == alone["campaign_name"]


def test_an_import_is_undone_under_a_merge_as_if_nothing_was_merged(database: Database) -> None:
    imported(database, "campaign,day,sent,revenue\nAlpha,2026-05-01,100,10\n")
    before = everything(database)
    imported(database, "campaign,day,sent,revenue\nAlpha,2026-05-02,100,7\nBeta,2026-05-01,90,3\n")
    does(database, "merge alpha into beta as parts")
    assert of(database, "campaign alpha")[0] == 20
    undo(database, WORKSPACE, 2)
    assert of(database, "campaign alpha")[0] == of(database, "campaign beta")[0] == 10
    does(database, "unmerge alpha")
    for name in ("reported", "daily_result", "source_choice"):
        assert everything(database)[name] == before[name]


def test_merged_parts_are_compared_by_their_variants_or_with_each_other(database: Database) -> None:
    rows = [f"{name},2026-05-0{day},{variant},1000,1000,{clicks}" for day, name in enumerate(("One", "Two"), 1)
            for variant, clicks in (("A", 100 * day), ("B", 20 * day))]  # fmt: skip
    imported(database, "\n".join(["campaign,day,variant,sent,delivered,clickers", *rows]))
    imported(
        database, "campaign,day,sent,delivered,clickers\nThree,2026-05-01,900,900,90\nFour,2026-05-01,900,900,30\n"
    )
    does(database, "merge two into one as parts")
    does(database, "merge four into three as parts")
    for asked, expected in {
        "compare one variants": {"one A": 0.15, "one B": 0.03},
        "compare three variants": {"three three": 0.1, "three four": 30 / 900},
    }.items():
        ctr = next(one for one in answer(database, asked).numbers if one.metric == "ctr")
        assert isinstance(ctr, Versus)
        assert {ctr.campaign: ctr.value, ctr.other: ctr.other_value} == pytest.approx(expected)


def test_what_a_merge_would_do_is_shown_for_both_ways(database: Database) -> None:
    imported(database, RESULTS)
    before = everything(database)
    shown, ways = tried(database, WORKSPACE, "merge spring 2 into spring sale", NOW)
    lines = [" ".join(line.split()) for line in text_of(shown).splitlines()]
    assert "Spring 2, now 1,300 11 €550.00 €50.00" in lines
    assert "Spring sale, now 2,000 10 €500.00 €100.00" in lines
    assert "Spring sale, as the same sends 2,000 10 €500.00 €100.00" in lines
    assert "Spring sale, added up 3,300 21 €1,050.00 €150.00" in lines
    assert [way.label for way in ways] == ["Same sends", "Parts, added up"]
    assert everything(database) == before


def test_merged_campaigns_are_not_merged_twice(sqlite_database: Database) -> None:
    imported(sqlite_database, RESULTS)
    does(sqlite_database, "merge spring 2 into spring sale as parts")
    for typed, said in {
        "merge spring 2 into summer": "Spring 2 is merged already.",
        "merge spring sale into summer": "Spring sale holds spring-2 already.",
    }.items():
        with pytest.raises(Mistake) as told:
            tried(sqlite_database, WORKSPACE, typed, NOW)
        assert told.value.message == said
    does(sqlite_database, "merge summer into spring 2 as parts")
    assert of(sqlite_database, "campaign summer") == (1060, 155)


# --- in Slack ----------------------------------------------------------------------------------------------------


@pytest.fixture
def scene() -> Iterator[Scene]:
    """Let the bot answer in a Slack of this test's own, for names are not forgotten between tests."""
    with staged() as scene:
        yield scene


def first(messages: list[Message]) -> Message:
    return only([one for one in messages if one.blocks])


def test_in_slack_a_rename_is_shown_made_and_taken_back(scene: Scene) -> None:
    shown = only(scene.asks("rename spring-sale to Big sale"))
    assert shown.ephemeral_for == ADA
    assert buttons_of(shown) == ["Rename", "Leave"]
    assert "Nothing is changed yet" in words_of(shown)
    scene.presses(shown, "Rename")
    assert "Spring sale is now called 'Big sale'." in words_of(shown)
    assert words_of(only(scene.asks("spring-sale"))).startswith("Big sale")
    scene.presses(shown, "Undo")
    assert "Big sale is now called 'Spring sale'." in words_of(shown)
    with scene.bot.parts.database.reading(WORKSPACE) as db:
        table = TABLE["campaign_change"]
        rows = db.rows(select(table.c.campaign, table.c.changed_by, table.c.change).where(table.c.workspace == OURS))
    assert {tuple(row) for row in rows} >= {("spring-sale", ADA, 'rename "spring-sale" to Big sale')}


@pytest.mark.parametrize("text", ["rename spring-sale to x", "merge a into b", "unmatched", "archive", "alias a = b"])
def test_in_slack_only_admins_change_names(scene: Scene, text: str) -> None:
    told = only(scene.asks(text, user="ben"))
    assert told.ephemeral_for == BEN
    assert words_of(told).startswith("Only a workspace admin can change what campaigns are called")
    pressed = only(scene.asks("archive spring-sale"))
    refused = only(scene.presses(pressed, "names-do-0", user="ben", value='archive "spring-sale"'))
    assert words_of(refused).startswith("Only a workspace admin")
    assert "Spring sale" in words_of(only(scene.asks("campaigns spring")))


def test_in_slack_a_merge_asks_which_kind_it_is_and_can_be_undone(scene: Scene) -> None:
    before = only(scene.asks("overview november")).text
    shown = only(scene.asks("merge spring-sale into summer-sale"))
    assert buttons_of(shown) == ["Same sends", "Parts, added up", "Leave"]
    scene.presses(shown, "Parts, added up")
    assert buttons_of(shown)[-1] == "Undo"
    assert words_of(only(scene.asks("spring-sale"))).startswith("Summer sale")
    scene.presses(shown, "Undo")
    assert words_of(only(scene.asks("spring-sale"))).startswith("Spring sale")
    assert only(scene.asks("overview november")).text == before


def test_in_slack_an_unmatched_name_gets_its_campaign_in_a_form(scene: Scene) -> None:
    ordered(scene.bot.parts.database, ORDERS)
    shown = only(scene.asks("unmatched"))
    assert "SPRING10 | coupon | 1 | €100.00" in words_of(shown)
    assert "autumn belongs to …" in buttons_of(shown)
    scene.presses(shown, "autumn belongs to …")
    view = scene.slack.modal()
    assert view is not None
    option = scene.slack.suggest(view, "belongs.campaign", "spring-sale")[0]
    told = only(scene.follows(lambda: scene.slack.submit(view, {"campaign": option}), "ada", "marketing"))
    assert "'autumn' now leads to Spring sale." in words_of(told)
    assert "1 order now with Spring sale." in words_of(told)
    assert buttons_of(told)[-1] == "Undo"
    assert "autumn" not in words_of(only(scene.asks("unmatched")))


def test_in_slack_an_offered_name_can_be_pressed(scene: Scene) -> None:
    offered = only(scene.asks("archive spring-sael"))
    shown = only(scene.presses(offered, "Spring sale"))
    assert words_of(shown).startswith("Archive Spring sale?")


# --- in a terminal -----------------------------------------------------------------------------------------------


@pytest.fixture
def desk(tmp_path: Path, sqlite_template: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Sit down in an empty folder with results in a database of its own."""
    shutil.copyfile(sqlite_template, tmp_path / "kpi.db")
    (tmp_path / "results.csv").write_text(RESULTS, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path}/kpi.db")
    monkeypatch.setenv("COLUMNS", "150")
    monkeypatch.setattr(sys, "stdin", StringIO())  # nobody is at the keys
    ask.main(["import", "results.csv"])
    return tmp_path


@pytest.mark.usefixtures("desk")
def test_in_a_terminal_a_change_needs_a_yes(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        ask.main(["rename", "Spring sale", "to", "Big sale"])
    assert "Add --yes" in capsys.readouterr().err
    ask.main(["rename", "Spring sale", "to", "Big sale", "--yes"])
    assert "Spring sale is now called 'Big sale'." in capsys.readouterr().out
    with pytest.raises(SystemExit):
        ask.main(["merge", "spring-2", "into", "big-sale", "--yes"])
    assert "as same" in capsys.readouterr().err
    ask.main(["merge", "spring-2", "into", "big-sale", "as", "parts", "--yes"])
    assert "€1,050.00" in capsys.readouterr().out
    ask.main(["unmatched"])
    assert "Every order that carries a coupon" in capsys.readouterr().out
