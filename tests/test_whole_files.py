"""Exports without days, or with a row per message, take the place of all that their source said of their campaigns."""

from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, Phase, given
from hypothesis import settings as examples
from hypothesis import strategies as st

from kpi.errors import UnreadableFile
from kpi.sources.answers import How
from kpi.storage.importing.undoing import undo
from tests.asking import LOWER, imported
from tests.test_layouts import MEHERY, stored
from tests.test_undo import everything

if TYPE_CHECKING:
    from kpi.storage.database import Database

HEADER = "CAMPAIGN_ID,TELEPHONE,RESULT,ERROR,DATE,LAST_UPDATE\n"
WORKSPACES = count()


def messages(*days: int, campaign: str = "spring") -> str:
    return HEADER + "".join(f"{campaign},57300,Read,,2026-05-{day:02},\n" for day in days)


def told(database: Database) -> set[tuple[str, str]]:
    """Return which source tells of which day."""
    return {(row[-5], row[-4].isoformat()) for row in everything(database)["reported"]}


def test_an_export_of_messages_replaces_the_earlier_one(database: Database) -> None:
    imported(database, messages(1, 1, 2) + messages(1, campaign="autumn").removeprefix(HEADER))
    imported(database, "campaign,day,sent\nspring,2026-05-02,7\n", source="file")
    before = everything(database)
    done = imported(database, messages(1, 1, 3, 3))
    assert (done.new, done.unchanged, done.superseded, done.whole) == (1, 1, 1, True)
    assert stored(database, "campaign", "day", "sent") == [
        ("autumn", "2026-05-01", 1), ("spring", "2026-05-01", 2), ("spring", "2026-05-03", 2),
    ]  # fmt: skip
    assert imported(database, messages(1, 1, 3, 3)).superseded == 0
    undo(database, "local", 3)
    assert everything(database) == before


def test_fewer_messages_are_asked_about(database: Database) -> None:
    imported(database, messages(1, 2, 2))
    with pytest.raises(UnreadableFile, match=r"^sent of spring would fall from 3 to 2"):
        imported(database, messages(1, 3))
    assert imported(database, messages(1, 3), how=How(lower="skip")).read == 0
    assert imported(database, messages(1, 3), how=LOWER).superseded == 1
    assert stored(database, "day", "sent") == [("2026-05-01", 1), ("2026-05-03", 1)]


def test_an_export_without_days_moves_with_the_start_of_its_campaign(database: Database) -> None:
    imported(database, MEHERY, how=How(day="2026-05-26"))
    imported(database, "campaign,day,sent\nspring-sale,2026-05-24,5\n")
    done = imported(database, MEHERY.replace(",100,90,", ",101,90,"))
    assert (done.new, done.superseded) == (1, 1)
    assert told(database) == {("mehery", "2026-05-24"), ("file", "2026-05-24")}
    imported(database, MEHERY, how=How(day="2026-05-27"), source="days")
    imported(database, MEHERY, how=How(day="2026-05-28"), source="days")
    assert {day for source, day in told(database) if source == "days"} == {"2026-05-27", "2026-05-28"}


@examples(max_examples=6, phases=[Phase.generate], suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    files=st.lists(st.lists(st.integers(1, 4), min_size=1, max_size=4, unique=True), min_size=1, max_size=4),
    which=st.data(),
)
def test_undoing_any_whole_file_leaves_what_the_others_say(
    sqlite_database: Database, files: list[list[int]], which: st.DataObject
) -> None:
    gone = which.draw(st.lists(st.integers(1, len(files)), unique=True, min_size=1, max_size=2))
    texts = [messages(*(day for day in days for _ in range(number + 1))) for number, days in enumerate(files)]
    done, other = f"done {next(WORKSPACES)}", f"other {next(WORKSPACES)}"
    for text in texts:
        imported(sqlite_database, text, workspace=done, how=LOWER)
    for number in gone:
        undo(sqlite_database, done, number)
    for text in (text for number, text in enumerate(texts, 1) if number not in gone):
        imported(sqlite_database, text, workspace=other, how=LOWER)
    assert everything(sqlite_database, done) == everything(sqlite_database, other)
