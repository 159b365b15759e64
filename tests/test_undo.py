"""Imports taken back: the database is as if they had never been."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from itertools import count
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, Phase, given
from hypothesis import settings as examples
from hypothesis import strategies as st
from sqlalchemy import delete, select

from kpi.errors import Mistake
from kpi.naming.changing import changed
from kpi.storage.binding import OURS
from kpi.storage.campaigns import campaigns
from kpi.storage.importing.runs import UNDOING, change, imports
from kpi.storage.importing.undoing import undo
from kpi.storage.models import Table
from kpi.storage.orders.purchases import PURCHASE
from tests.asking import LOWER, NOW, figures, imported
from tests.slack_world import ADA, buttons_of, only, scene, stage, words_of
from tests.test_orders import HEADER, ordered

if TYPE_CHECKING:
    from kpi.storage.database import Database
    from tests.slack_world import Scene

__all__ = ["scene", "stage"]

KEPT = (
    "arrival",
    "campaign",
    "campaign_name",
    "campaign_split",
    "daily_result",
    "purchase",
    "reported",
    "source",
    "source_choice",
    "told_order",
)
HIDDEN = ("workspace", "said_by", "customer")
WORKSPACES = count()


def everything(database: Database, workspace: str = "local") -> dict[str, list[tuple[Any, ...]]]:
    """Return every stored row, apart from which import said it, and the hashes of customers, which are a team's own."""
    found = {}
    with database.reading(workspace) as db:
        for name in KEPT:
            table = Table.metadata.tables[name]
            columns = [column for column in table.columns if column.name not in HIDDEN]
            rows = db.rows(select(*columns).where(table.c.workspace == OURS).order_by(*table.primary_key.columns))
            found[name] = [tuple(row) for row in rows]
    return found


def test_a_wrong_import_is_taken_back(database: Database) -> None:
    imported(database, "campaign,day,sent,cost\nspring,2026-05-01,10,1\nspring,2026-05-02,20,2\n")
    before = everything(database)
    wrong = "campaign,day,sent,name\nspring,2026-05-01,99,Oops\nspring,2026-05-02,20,Oops\nautumn,2026-05-03,5,\n"
    imported(database, wrong, how=LOWER)
    assert everything(database) != before
    run = undo(database, "local", 2).run
    assert (run.number, run.file, run.state, run.stored) == (2, "results.csv", "undone", 3)
    assert everything(database) == before
    with pytest.raises(Mistake, match="There is no import 2 to undo"):
        undo(database, "local", 2)
    assert imported(database, wrong, how=LOWER).new == 1
    with database.reading("local") as db:
        assert [(one.number, one.state) for one in imports(db)] == [(3, "done"), (2, "undone"), (1, "done")]


def test_undoing_the_only_import_leaves_nothing(database: Database) -> None:
    before = everything(database)
    imported(database, "campaign,day,market,sent,name\nspring,2026-05-01,DE,10,Spring\nxmas,,,,Christmas\n")
    undo(database, "local", 1)
    assert everything(database) == before


def test_imports_at_the_same_time_may_introduce_the_same_campaigns(database: Database) -> None:
    rows = [[f"new {number},2026-05-0{day},{day}" for number in range(60)] for day in range(1, 5)]
    files = ["\n".join(["campaign,day,sent", *(part if day % 2 else reversed(part))]) for day, part in enumerate(rows)]
    with ThreadPoolExecutor(4) as threads:
        done = list(threads.map(lambda text: imported(database, text), files))
    assert [one.new for one in done] == [60] * 4
    with database.reading("local") as db:
        assert sorted(one.number for one in imports(db)) == [1, 2, 3, 4]


ROW = st.tuples(
    st.just("spring"), st.integers(1, 3), st.sampled_from(["", "DE", "AT"]),
    st.sampled_from(["EUR", "USD"]), st.integers(0, 9), st.none() | st.integers(0, 9),
)  # fmt: skip
FILE = st.tuples(
    st.sampled_from(["shop", "agency"]), st.lists(ROW, min_size=1, max_size=4, unique_by=lambda row: row[:4])
)


def told(database: Database, workspace: str, files: list[tuple[int, tuple[str, list[Any]]]]) -> None:
    for number, (source, rows) in files:
        lines = [f"{name},2026-05-0{day},{market},{code},{sent + 10 * number},{'' if cost is None else cost}"
                 for name, day, market, code, sent, cost in rows]  # fmt: skip
        text = "\n".join(["campaign,day,market,currency,sent,cost", *lines])
        imported(database, text, workspace=workspace, source=source, now=NOW + timedelta(hours=number), how=LOWER)


@examples(max_examples=60, phases=[Phase.generate], suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(files=st.lists(FILE, min_size=1, max_size=4), which=st.data())
def test_undoing_any_import_leaves_what_the_others_say(
    sqlite_database: Database, files: list[tuple[str, list[Any]]], which: st.DataObject
) -> None:
    gone = which.draw(st.lists(st.integers(1, len(files)), unique=True, min_size=1, max_size=2))
    done, other = f"done {next(WORKSPACES)}", f"other {next(WORKSPACES)}"
    told(sqlite_database, done, list(enumerate(files)))
    for number in gone:
        undo(sqlite_database, done, number)
    told(sqlite_database, other, [one for one in enumerate(files) if one[0] + 1 not in gone])
    assert everything(sqlite_database, done) == everything(sqlite_database, other)


ORDER = st.tuples(
    st.integers(1, 3), st.integers(1, 3), st.sampled_from(["ann", "bob", ""]),
    st.sampled_from(["EUR", "USD"]), st.sampled_from(["", "spring", "autumn"]), st.booleans(),
)  # fmt: skip
ORDERS = st.tuples(st.sampled_from(["", "", "Given"]), st.lists(ORDER, min_size=1, max_size=4))


def told_orders(database: Database, workspace: str, files: list[tuple[int, tuple[str, list[Any]]]]) -> None:
    imported(database, "campaign,day,sent\nspring,2026-05-01,10\nautumn,2026-05-02,20\n", workspace=workspace)
    for number, (campaign, rows) in files:
        lines = [f"{order},2026-05-0{day},{who},{code},{(-1 if taken_back else 1) * (9 + number)},{coupon}"
                 for order, day, who, code, coupon, taken_back in rows]  # fmt: skip
        text = "\n".join(["order_id,ordered_at,customer_id,currency,total,coupon", *lines])
        ordered(database, text, workspace=workspace, campaign=campaign, now=NOW + timedelta(hours=number))


@examples(max_examples=6, phases=[Phase.generate], suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(files=st.lists(ORDERS, min_size=1, max_size=4), which=st.data())
def test_undoing_any_import_of_orders_leaves_what_the_others_say(
    sqlite_database: Database, files: list[tuple[str, list[Any]]], which: st.DataObject
) -> None:
    gone = which.draw(st.lists(st.integers(1, len(files)), unique=True, min_size=1, max_size=2))
    done, other = f"done {next(WORKSPACES)}", f"other {next(WORKSPACES)}"
    told_orders(sqlite_database, done, list(enumerate(files, 1)))
    for number in gone:
        undo(sqlite_database, done, number + 1)
    told_orders(sqlite_database, other, [one for one in enumerate(files, 1) if one[0] not in gone])
    assert everything(sqlite_database, done) == everything(sqlite_database, other)


def test_a_past_that_is_imported_later_takes_new_customers_away_and_undoing_it_brings_them_back(
    database: Database,
) -> None:
    ordered(database, HEADER + "2,2026-05-01,ann,DE,EUR,10,,,,,\n", campaign="Spring")
    before = everything(database)
    ordered(database, HEADER + "1,2026-04-01,ann,DE,EUR,10,,,,,\n", campaign="Winter")
    assert figures(database, "new_customers spring")["new_customers"]["value"] == 0
    undo(database, "local", 2)
    assert everything(database) == before


def test_undoing_orders_that_was_cut_off_is_finished_by_undoing_again(database: Database) -> None:
    ordered(database, HEADER + "0,2026-05-01,c0,DE,EUR,10,,,,,\n", campaign="Spring")
    before = everything(database)
    lines = [f"{number},2026-05-01,c{number % 7},DE,EUR,1{number % 2},,,,,\n" for number in range(1500)]
    ordered(database, HEADER + "".join(lines), campaign="Spring")
    database.written(
        "local",
        lambda db: db.run(delete(PURCHASE).where(PURCHASE.c.workspace == OURS, PURCHASE.c.order_id.in_(["7", "14"]))),
    )
    database.written("local", lambda db: change(db, "000002", state=UNDOING))
    undo(database, "local", 2)
    assert everything(database) == before


def test_a_campaign_with_a_name_that_a_person_gave_outlives_its_only_import(database: Database) -> None:
    imported(database, "campaign,day,sent\nspring,2026-05-01,10\nautumn,2026-05-01,10\n")
    changed(database, "local", "alias SPRING10 = spring", "ada", NOW)
    undo(database, "local", 1)
    with database.reading("local") as db:
        assert [one.slug for one in campaigns(db)] == ["spring"]
    assert imported(database, "campaign,day,sent\nspring10,2026-05-01,10\n").campaigns == ("spring",)


# --- in Slack ----------------------------------------------------------------------------------------------------


def test_in_slack_imports_are_listed_and_one_is_undone_after_a_yes(scene: Scene) -> None:
    database = scene.bot.parts.database
    imported(database, "campaign,day,sent\nundo-me,2026-11-01,10\nundo-me,2026-11-02,10\n", person=ADA)
    ordered(database, HEADER + "u1,2026-11-02,ann,DE,EUR,10,,,,,undo-me\n", person="terminal")
    listed = only(scene.asks("imports"))
    number = int(words_of(listed).split(". orders.csv")[0].split()[-1])
    assert listed.ephemeral_for == ADA
    assert f"{number - 1}. results.csv: 2 rows of 1 campaign, 1–2 Nov 2026\n\nada · 20 Nov, 09:00" in words_of(listed)
    assert "1 order or cancellation of 1 campaign, 2 Nov 2026, €10.00\n\nterminal · 20 Nov, 09:00" in words_of(listed)

    asked = only(scene.presses(listed, f"Undo {number - 1}"))
    assert "2 rows that it stored will go. Later imports stay." in words_of(asked)
    assert buttons_of(asked) == ["Take it back", "Leave"]
    refused = only(scene.presses(asked, "imports-undo", user="ben", value=str(number - 1)))
    assert words_of(refused).strip() == "Only a workspace admin can import files."
    scene.presses(asked, "Take it back")
    assert words_of(asked).startswith(
        f"Import {number - 1} (results.csv) is taken back. 2 rows that it stored are gone."
    )
    assert buttons_of(asked) == []
    assert "results.csv (taken back):" in words_of(only(scene.asks("imports")))

    asked = only(scene.asks(f"imports undo {number}"))
    scene.presses(asked, "Leave")
    assert words_of(asked).strip() == "Nothing was changed."


@pytest.mark.parametrize(
    ("text", "said"),
    [("import", "Drop a CSV file or an Excel sheet into a direct message to me"),
     ("import orders.csv", "Drop a CSV file or an Excel sheet into a direct message to me"),
     ("imports undo", "Imports\n"),
     ("imports undo 999", "There is no import 999 to undo.")],
)  # fmt: skip
def test_in_slack_a_word_about_imports_is_answered(scene: Scene, text: str, said: str) -> None:
    assert words_of(only(scene.asks(text))).startswith(said)
    assert words_of(only(scene.asks(text, user="ben"))).strip() == "Only a workspace admin can import files."
