"""The schema can be spread over machines: keys begin with the workspace, no database's own tricks are used."""

from __future__ import annotations

import pytest
from sqlalchemy import BigInteger, Enum, Integer, Sequence, Table, UniqueConstraint
from sqlalchemy.engine import make_url
from sqlalchemy.schema import CreateTable

from kpi.facts import FACT, FACTS, TOLD
from kpi.sources.csv_file import COLUMNS
from kpi.storage.models import Table as Tables

TABLES = tuple(Tables.metadata.tables.values())
POSTGRESQL, SQLITE = (make_url(url).get_dialect()() for url in ("postgresql+psycopg://", "sqlite://"))
of_every_table = pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)


def test_the_tables_of_the_design_are_there() -> None:
    assert {table.name for table in TABLES} >= {
        "workspace",
        "campaign",
        "campaign_name",
        "reported",
        "daily_result",
        "arrival",
    }


@of_every_table
def test_every_primary_key_begins_with_the_workspace(table: Table) -> None:
    assert next(iter(table.primary_key.columns)).name == "workspace"


@of_every_table
def test_every_unique_constraint_and_index_begins_with_the_workspace(table: Table) -> None:
    unique = [list(one.columns) for one in table.constraints if isinstance(one, UniqueConstraint)]
    indexes = [list(one.columns) for one in table.indexes]
    assert {columns[0].name for columns in unique + indexes} <= {"workspace"}


@of_every_table
def test_every_foreign_key_carries_the_workspace(table: Table) -> None:
    assert all("workspace" in constraint.column_keys for constraint in table.foreign_key_constraints)


@of_every_table
def test_nothing_is_numbered_by_the_database(table: Table) -> None:
    for column in table.columns:
        assert column.identity is None
        assert not isinstance(column.default, Sequence)
        may_be_numbered = column.primary_key and isinstance(column.type, Integer) and column.autoincrement is not False
        assert not may_be_numbered, f"{column} would be a serial"
    made = str(CreateTable(table).compile(dialect=POSTGRESQL)).upper()
    assert "SERIAL" not in made
    assert "IDENTITY" not in made
    assert "AUTOINCREMENT" not in str(CreateTable(table).compile(dialect=SQLITE)).upper()


@of_every_table
def test_no_column_has_an_enumerated_type(table: Table) -> None:
    assert not [column.name for column in table.columns if isinstance(column.type, Enum)]


@of_every_table
def test_numbers_are_64_bits_wide(table: Table) -> None:
    narrow = [column.name for column in table.columns
              if isinstance(column.type, Integer) and not isinstance(column.type, BigInteger)]  # fmt: skip
    assert narrow == []


@of_every_table
def test_every_constraint_has_a_name_by_which_it_can_be_dropped(table: Table) -> None:
    names = [one.name for one in table.constraints] + [one.name for one in table.indexes]
    assert names
    assert all(names)


@pytest.mark.parametrize("name", ["reported", "daily_result"])
@pytest.mark.parametrize("fact", FACTS, ids=lambda fact: fact.key)
def test_every_fact_has_a_column_that_may_be_unknown(fact: object, name: str) -> None:
    column = Tables.metadata.tables[name].columns[getattr(fact, "key", "")]
    assert column.nullable
    assert column.default is None
    assert column.server_default is None
    assert isinstance(column.type, BigInteger)


def test_reported_and_daily_results_differ_by_who_said_it_alone() -> None:
    reported, daily = (Tables.metadata.tables[name] for name in ("reported", "daily_result"))
    assert {column.name for column in reported.columns} - {column.name for column in daily.columns} == {
        "source",
        "said_by",
    }
    keys = [[column.name for column in table.primary_key.columns] for table in (reported, daily)]
    assert [name for name in keys[0] if name != "source"] == keys[1]


def test_every_fact_a_file_can_tell_is_a_column_of_our_layout() -> None:
    messages = "audience,sent,delivered,failed,read,clicks,clickers,replies,conversations"
    money = "orders,buyers,new_customers,revenue,refunds,cost"
    contract = f"{messages},{money},opt_ins,opt_outs,blocks,feedback,reviews".split(",")
    assert [fact.key for fact in TOLD][: len(contract)] == contract
    assert set(contract) | {"campaign", "day", "name", "channel", "objective", "market", "variant"} <= set(COLUMNS)
    assert len(FACT) == len(FACTS)
