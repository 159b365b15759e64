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
from sqlalchemy import select

from kpi.errors import Mistake
from kpi.storage.binding import OURS
from kpi.storage.models import Table
from kpi.storage.undoing import imports, undo
from tests.asking import NOW, imported

if TYPE_CHECKING:
    from kpi.storage.database import Database

KEPT = ("campaign", "campaign_name", "campaign_split", "daily_result", "reported", "source", "source_choice")
WORKSPACES = count()


def everything(database: Database, workspace: str = "local") -> dict[str, list[tuple[Any, ...]]]:
    """Return every stored row, apart from which import said it."""
    found = {}
    with database.reading(workspace) as db:
        for name in KEPT:
            table = Table.metadata.tables[name]
            columns = [column for column in table.columns if column.name not in ("workspace", "said_by")]
            rows = db.rows(select(*columns).where(table.c.workspace == OURS).order_by(*table.primary_key.columns))
            found[name] = [tuple(row) for row in rows]
    return found


def test_a_wrong_import_is_taken_back(database: Database) -> None:
    imported(database, "campaign,day,sent,cost\nspring,2026-05-01,10,1\nspring,2026-05-02,20,2\n")
    before = everything(database)
    wrong = "campaign,day,sent,name\nspring,2026-05-01,99,Oops\nspring,2026-05-02,20,Oops\nautumn,2026-05-03,5,\n"
    imported(database, wrong)
    assert everything(database) != before
    run = undo(database, "local", 2)
    assert (run.number, run.file, run.state, run.stored) == (2, "results.csv", "undone", 3)
    assert everything(database) == before
    with pytest.raises(Mistake, match="There is no import 2 to undo"):
        undo(database, "local", 2)
    assert imported(database, wrong).new == 1
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
        imported(database, text, workspace=workspace, source=source, now=NOW + timedelta(hours=number))


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
