"""What all tables share, and the columns of the facts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from pydantic import create_model
from sqlalchemy import BigInteger, MetaData
from sqlmodel import Field, SQLModel

from kpi.facts import ARRIVING, FACTS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from kpi.facts import Fact

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "pk": "pk_%(table_name)s",
}


class Table(SQLModel):
    """What all tables share: the names of their constraints."""

    metadata: ClassVar[MetaData] = MetaData(naming_convention=NAMING)


def _columns(facts: Iterable[Fact]) -> dict[str, Any]:
    """Return one nullable column per fact: None is "this source does not know", never 0."""
    return {fact.key: (int | None, Field(default=None, sa_type=BigInteger)) for fact in facts}


FactColumns: Any = create_model("FactColumns", __base__=Table, **_columns(FACTS))
ArrivingColumns: Any = create_model("ArrivingColumns", __base__=Table, **_columns(ARRIVING))
