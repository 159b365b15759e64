"""When each source told anything: its rhythm is learned from it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import bindparam, select

from kpi.freshness import Telling
from kpi.storage.binding import OURS
from kpi.storage.importing.runs import DONE, IMPORT
from kpi.storage.live.sources import LIVE
from kpi.storage.models import Table

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime

    from kpi.storage.database import Db

SOURCE = Table.metadata.tables["source"]
_LAST = select(SOURCE.c.source, SOURCE.c.kind, SOURCE.c.updated_at).where(
    SOURCE.c.workspace == OURS, SOURCE.c.source.in_(bindparam("sources", expanding=True))
)
_IMPORTS = (
    select(IMPORT.c.source, IMPORT.c.started_at)
    .where(IMPORT.c.workspace == OURS, IMPORT.c.state == DONE, IMPORT.c.started_at >= bindparam("since"))
    .where(IMPORT.c.source.in_(bindparam("sources", expanding=True)))
    .order_by(IMPORT.c.started_at)
)


def tellings(db: Db, sources: Collection[str], since: datetime) -> tuple[Telling, ...]:
    """Tell when each of these sources told anything since a moment, in the order of their names."""
    names = sorted(set(sources))
    moments: dict[str, list[datetime]] = {name: [] for name in names}
    for row in db.rows(_IMPORTS, sources=names, since=since):
        moments[row.source].append(row.started_at)
    last = {row.source: row for row in db.rows(_LAST, sources=names)}
    return tuple(
        Telling(name, last[name].updated_at, tuple(moments[name]), last[name].kind == LIVE)
        for name in names if name in last
    )  # fmt: skip
