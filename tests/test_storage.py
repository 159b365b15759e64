"""The storage: its schema on both databases, its transactions, and the wall between two teams."""

from __future__ import annotations

import shutil
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st
from sqlalchemy import bindparam, delete, exists, func, insert, inspect, literal, select, text, update
from sqlalchemy.exc import IntegrityError

from kpi.errors import WrongSetting
from kpi.facts import FACTS
from kpi.jsonable import jsonable
from kpi.storage.access import allow, close_channel, is_allowed, is_open, open_channel
from kpi.storage.binding import OURS, UnboundStatementError, require_bound
from kpi.storage.campaigns import campaigns
from kpi.storage.database import Database, Db, patient, plain_url
from kpi.storage.models import Table
from kpi.storage.schema import check, is_current, migrate
from kpi.storage.tallies import origin
from kpi.storage.upsert import insert_new, upsert
from kpi.storage.workspaces import remember_plain_tables, seed, team
from kpi.wording import Words
from tests.asking import NOW, answer, figures, imported

if TYPE_CHECKING:
    from pathlib import Path

    from sqlalchemy import Executable

TABLE = Table.metadata.tables
CAMPAIGN, NAME, DAILY = TABLE["campaign"], TABLE["campaign_name"], TABLE["daily_result"]
CHANNEL, WORKSPACE = TABLE["opened_channel"], TABLE["workspace"]


# The schema


def test_migrating_again_changes_nothing(database: Database) -> None:
    imported(database, "campaign,day,revenue\nspring,2026-05-01,10\n")
    before = _schema(database)
    migrate(database)
    migrate(database)
    assert _schema(database) == before
    assert figures(database, "campaign spring")["revenue"]["value"] == 10


def test_the_migrations_make_the_tables_of_the_program(database: Database) -> None:
    assert set(_schema(database)) == set(TABLE) | {"alembic_version"}
    with patient(database).connect() as connection:
        check(connection)


def test_a_drift_between_tables_and_migrations_is_found(sqlite_database: Database) -> None:
    with sqlite_database.engine.connect() as connection, connection.begin():
        connection.execute(text("ALTER TABLE asker ADD COLUMN shoe_size INTEGER"))
    with sqlite_database.engine.connect() as connection, pytest.raises(Exception, match="shoe_size"):
        check(connection)


def test_the_schema_goes_down_to_nothing_and_up_again(database: Database) -> None:
    before = _schema(database)
    assert is_current(database)
    migrate(database, "base")
    assert set(_schema(database)) == {"alembic_version"}
    assert not is_current(database)
    migrate(database)
    assert _schema(database) == before
    assert is_current(database)


def _schema(database: Database) -> dict[str, Any]:
    with database.engine.connect() as connection:
        found = inspect(connection)
        return {
            name: (
                [(column["name"], str(column["type"]), column["nullable"]) for column in found.get_columns(name)],
                found.get_pk_constraint(name)["constrained_columns"],
                sorted(str(index["name"]) for index in found.get_indexes(name)),
            )
            for name in found.get_table_names()
        }


# Transactions


def test_sqlite_keeps_every_commit_and_lets_readers_read(sqlite_database: Database) -> None:
    with sqlite_database.reading("local") as db:
        pragmas = {name: db.connection.exec_driver_sql(f"PRAGMA {name}").scalar_one()
                   for name in ("journal_mode", "synchronous", "busy_timeout")}  # fmt: skip
    full = 2
    assert pragmas == {"journal_mode": "wal", "synchronous": full, "busy_timeout": 5000}


def test_a_writing_transaction_takes_the_lock_at_once_and_a_reading_one_never(sqlite_database: Database) -> None:
    other = sqlite3.connect(sqlite_database.url.removeprefix("sqlite:///"), timeout=0, isolation_level=None)
    try:
        with sqlite_database.writing("local"), pytest.raises(sqlite3.OperationalError, match="locked"):
            other.execute("BEGIN IMMEDIATE")
        with sqlite_database.reading("local") as db:
            assert campaigns(db) == ()
            other.execute("BEGIN IMMEDIATE")
            other.execute("ROLLBACK")
    finally:
        other.close()


def test_four_threads_that_read_and_then_write_lose_nothing(database: Database) -> None:
    imported(database, "campaign,day,sent\nspring,2026-05-01,10\n")
    with ThreadPoolExecutor(4) as threads:
        list(threads.map(lambda _: database.written("local", _add_one), range(60)))
    with database.reading("local") as db:
        assert db.run(_SENT).scalar_one() == 70


def test_one_reading_transaction_sees_one_state_of_the_data(database: Database) -> None:
    imported(database, "campaign,day,sent\nspring,2026-05-01,10\n")
    with database.reading("local") as db:
        before = db.run(_SENT).scalar_one()
        database.written("local", _add_one)
        assert db.run(_SENT).scalar_one() == before
    with database.reading("local") as db:
        assert db.run(_SENT).scalar_one() == before + 1


_SENT = select(DAILY.c.sent).where(DAILY.c.workspace == OURS)


def _add_one(db: Db) -> None:
    sent = db.run(_SENT).scalar_one()
    db.run(update(DAILY).where(DAILY.c.workspace == OURS).values(sent=sent + 1))


def test_a_failed_transaction_leaves_nothing(database: Database) -> None:
    def half(db: Db) -> None:
        open_channel(db, "C1", "U1", NOW)
        raise InterruptedError

    with pytest.raises(InterruptedError):
        database.written("local", half)
    with database.reading("local") as db:
        assert not is_open(db, "C1")


def test_another_mistake_than_a_clash_is_not_tried_again(database: Database) -> None:
    tried: list[Db] = []

    def twice_the_same(db: Db) -> None:
        tried.append(db)
        row = {"channel": "C1", "opened_by": "U1", "opened_at": NOW}
        db.run_many(insert(CHANNEL), [row])
        db.run_many(insert(CHANNEL), [row])

    with pytest.raises(IntegrityError):
        database.written("local", twice_the_same)
    assert len(tried) == 1


@pytest.mark.parametrize(
    ("url", "plain"),
    [
        ("postgres://u:p@h/n", "postgresql+psycopg://u:p@h/n"),
        ("postgresql://u:p@h/n", "postgresql+psycopg://u:p@h/n"),
        ("postgresql+psycopg://u:p@h/n", "postgresql+psycopg://u:p@h/n"),
        ("sqlite:///kpi.db", "sqlite:///kpi.db"),
    ],
)
def test_addresses_are_accepted_as_hosts_hand_them_out(url: str, plain: str) -> None:
    assert plain_url(url) == plain


@pytest.mark.parametrize("url", ["mysql://h/n", "kpi.db", "", "sqlite://", "sqlite:///:memory:"])
def test_other_databases_are_refused_with_a_hint(url: str) -> None:
    with pytest.raises(WrongSetting) as refused:
        Database(url)
    assert refused.value.message.startswith("DATABASE_URL")


# Every statement is bound to one workspace

OURS_IN_NAME = select(NAME.c.slug).where(NAME.c.workspace == OURS)
OTHER = CAMPAIGN.alias("other")

BOUND: dict[str, Executable] = {
    "select": select(CAMPAIGN).where(CAMPAIGN.c.workspace == OURS),
    "select among others": select(CAMPAIGN.c.slug).where(CAMPAIGN.c.name == "x", CAMPAIGN.c.workspace == OURS),
    "join on the workspace": select(CAMPAIGN.c.slug, DAILY.c.sent)
    .join(DAILY, (DAILY.c.workspace == CAMPAIGN.c.workspace) & (DAILY.c.campaign == CAMPAIGN.c.slug))
    .where(CAMPAIGN.c.workspace == OURS),
    "both sides named": select(CAMPAIGN.c.slug, DAILY.c.sent).where(
        CAMPAIGN.c.workspace == OURS, DAILY.c.workspace == OURS
    ),
    "alias": select(OTHER.c.slug).where(OTHER.c.workspace == OURS),
    "subquery": select(CAMPAIGN.c.slug).where(CAMPAIGN.c.workspace == OURS, CAMPAIGN.c.slug.in_(OURS_IN_NAME)),
    "update": update(CAMPAIGN).where(CAMPAIGN.c.workspace == OURS).values(name="x"),
    "delete": delete(CAMPAIGN).where(CAMPAIGN.c.workspace == OURS),
    "insert": insert(CAMPAIGN),
    "insert from select": insert(NAME).from_select(
        ["workspace", "key"], select(OURS, CAMPAIGN.c.slug).where(CAMPAIGN.c.workspace == OURS)
    ),
    "no table of ours": select(literal(1)),
}
LOOSE: dict[str, Executable] = {
    "select": select(CAMPAIGN),
    "one column": select(CAMPAIGN.c.slug),
    "another condition": select(CAMPAIGN.c.slug).where(CAMPAIGN.c.slug == "x"),
    "a workspace written down": select(CAMPAIGN.c.slug).where(CAMPAIGN.c.workspace == "local"),
    "text": text("SELECT slug FROM campaign"),
    "deleted by another table": delete(CAMPAIGN).where(
        CAMPAIGN.c.workspace == OURS, CAMPAIGN.c.slug == DAILY.c.campaign
    ),
    "read twice, bound once": select(CAMPAIGN.c.slug, select(CAMPAIGN.c.name).subquery()).where(
        CAMPAIGN.c.workspace == OURS
    ),
    "union": select(CAMPAIGN.c.slug).where(CAMPAIGN.c.workspace == OURS).union(select(NAME.c.slug)),
    "any workspace but ours": select(CAMPAIGN.c.slug).where(CAMPAIGN.c.workspace != OURS),
    "ours or anything else": select(CAMPAIGN.c.slug).where((CAMPAIGN.c.workspace == OURS) | (CAMPAIGN.c.slug != "")),
    "not ours": select(CAMPAIGN.c.slug).where(~(CAMPAIGN.c.workspace == OURS)),
    "workspace only selected": select((CAMPAIGN.c.workspace == OURS).label("is_ours"), CAMPAIGN.c.slug),
    "another parameter": select(CAMPAIGN.c.slug).where(CAMPAIGN.c.workspace == bindparam("theirs")),
    "join on the slug alone": select(CAMPAIGN.c.slug, DAILY.c.sent)
    .join(DAILY, DAILY.c.campaign == CAMPAIGN.c.slug)
    .where(CAMPAIGN.c.workspace == OURS),
    "outer alias": select(CAMPAIGN.c.slug, OTHER.c.slug).where(CAMPAIGN.c.workspace == OURS),
    "subquery": select(CAMPAIGN.c.slug).where(CAMPAIGN.c.workspace == OURS, CAMPAIGN.c.slug.in_(select(NAME.c.slug))),
    "exists": select(CAMPAIGN.c.slug).where(CAMPAIGN.c.workspace == OURS, exists().where(NAME.c.slug == "x")),
    "count": select(func.count()).select_from(CAMPAIGN),
    "update": update(CAMPAIGN).values(name="x"),
    "update of one": update(CAMPAIGN).where(CAMPAIGN.c.slug == "x").values(name="x"),
    "delete": delete(CAMPAIGN),
    "delete of one": delete(CAMPAIGN).where(CAMPAIGN.c.slug == "x"),
    "insert from select": insert(NAME).from_select(["workspace", "key"], select(OURS, CAMPAIGN.c.slug)),
    "insert of another's rows": insert(NAME).from_select(
        ["workspace", "key"], select(CAMPAIGN.c.workspace, CAMPAIGN.c.slug)
    ),
}


@pytest.mark.parametrize("statement", BOUND.values(), ids=BOUND.keys())
def test_a_statement_bound_to_the_workspace_passes(statement: Executable) -> None:
    require_bound(statement)


@pytest.mark.parametrize("statement", LOOSE.values(), ids=LOOSE.keys())
def test_a_statement_that_is_not_bound_is_refused(statement: Executable) -> None:
    with pytest.raises(UnboundStatementError):
        require_bound(statement)


def test_a_refused_statement_never_reaches_the_database(database: Database) -> None:
    imported(database, "campaign,day,sent\nspring,2026-05-01,10\n", workspace="theirs")
    with pytest.raises(UnboundStatementError):
        database.written("ours", lambda db: db.run(delete(CAMPAIGN)))
    with database.reading("theirs") as db:
        assert [campaign.slug for campaign in campaigns(db)] == ["spring"]


def test_upserts_write_into_the_own_workspace_only(database: Database) -> None:
    for workspace in ("a", "b"):
        database.written(workspace, lambda db: seed(db, Words(currency="USD")))
    database.written("a", remember_plain_tables)
    row = {"timezone": "UTC", "currency": "JPY", "locale": "en_GB", "margin": None, "plain_tables": False}
    database.written("a", lambda db: db.run_many(upsert(db, WORKSPACE, keep=("plain_tables",)), [row]))
    database.written("b", lambda db: db.run_many(insert_new(db, WORKSPACE), [row]))
    with database.reading("a") as db:
        assert (team(db).words.currency, team(db).plain_tables) == ("JPY", True)
    with database.reading("b") as db:
        assert (team(db).words.currency, team(db).plain_tables) == ("USD", False)


def test_channels_and_people_of_one_team_open_nothing_in_another(database: Database) -> None:
    def let_in(db: Db) -> None:
        open_channel(db, "C1", "U1", NOW)
        allow(db, "U2", "U1", NOW)

    database.written("a", let_in)
    assert not database.written("b", lambda db: close_channel(db, "C1"))
    with database.reading("b") as db:
        assert not is_open(db, "C1")
        assert not is_allowed(db, "U2")
    with database.reading("a") as db:
        assert is_open(db, "C1")
        assert is_allowed(db, "U2")


# Two teams with the same campaigns

SLUGS = ("spring", "summer")
ROWS = st.lists(
    st.tuples(st.sampled_from(SLUGS), st.integers(1, 3), st.integers(0, 50), st.none() | st.integers(0, 99)),
    min_size=1,
    max_size=5,
    unique_by=lambda row: row[:2],
)
QUESTIONS = ("campaign spring", "campaign summer", "overview", "top revenue", "trend sent spring")


@examples(max_examples=5)
@given(mine=st.lists(ROWS, min_size=1, max_size=2), theirs=st.lists(ROWS, min_size=1, max_size=2))
def test_two_teams_with_the_same_campaigns_never_see_each_other(
    sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory, mine: list[Any], theirs: list[Any]
) -> None:
    """What a team is answered is what it would be answered if it were alone."""
    folder = tmp_path_factory.mktemp("teams")
    for name in ("shared", "alone"):
        shutil.copyfile(sqlite_template, folder / f"{name}.db")
    shared, alone = Database(f"sqlite:///{folder / 'shared.db'}"), Database(f"sqlite:///{folder / 'alone.db'}")
    try:
        for turn in range(2):
            for workspace, files in (("mine", mine), ("theirs", theirs)):
                if turn < len(files):
                    imported(shared, _file(files[turn]), workspace=workspace, source=f"file {turn}")
        for turn, rows in enumerate(mine):
            imported(alone, _file(rows), workspace="mine", source=f"file {turn}")
        assert _answers(shared) == _answers(alone)
    finally:
        shared.close()
        alone.close()


def _file(rows: list[tuple[str, int, int, int | None]]) -> str:
    lines = [f"{slug},2026-05-0{day},{sent},{'' if revenue is None else revenue}" for slug, day, sent, revenue in rows]
    return "\n".join(["campaign,day,sent,revenue", *lines])


def _answers(database: Database) -> list[Any]:
    with database.reading("mine") as db:
        told = [origin(db, campaigns(db))]
    known = {campaign.slug for campaign in _campaigns(database)}
    asked = [one for one in QUESTIONS if not one.startswith(("campaign", "trend")) or known & set(one.split())]
    return told + [jsonable(answer(database, question, workspace="mine")) for question in asked]


def _campaigns(database: Database) -> tuple[Any, ...]:
    with database.reading("mine") as db:
        return campaigns(db)


def test_amounts_of_a_hundred_thousand_million_are_kept_to_the_last_digit(database: Database) -> None:
    largest = Decimal("99999999999.999999")
    imported(database, f"campaign,day,revenue\nspring,2026-05-01,{largest}\n")
    with database.reading("local") as db:
        kept = db.run(select(DAILY.c.revenue).where(DAILY.c.workspace == OURS)).scalar_one()
    assert Decimal(kept) / 1_000_000 == largest
    assert all(str(DAILY.c[fact.key].type) == "BIGINT" for fact in FACTS)
