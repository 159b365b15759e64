"""What was said about files, kept by the fingerprint of their header for the next file of the kind."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from sqlalchemy import select

from kpi.sources.answers import Remembered
from kpi.storage.binding import OURS
from kpi.storage.models import Table
from kpi.storage.upsert import upsert

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from kpi.storage.database import Db

MAPPING = Table.metadata.tables["import_mapping"]


def remembered(db: Db) -> dict[str, Remembered]:
    """Return what was said about files, by their fingerprints."""
    rows = db.rows(select(MAPPING).where(MAPPING.c.workspace == OURS))
    return {row.header: Remembered(json.loads(row.mapping), json.loads(row.answers)) for row in rows}


def remember(db: Db, told: Mapping[str, Remembered], file: str, person: str, now: datetime) -> None:
    """Keep what was said about a file for the next one of its kind."""
    about = {"file": file, "said_by": person, "said_at": now}
    rows = [
        {"header": header, "mapping": json.dumps(one.mapping), "answers": json.dumps(one.answers), **about}
        for header, one in told.items()
    ]
    db.run_many(upsert(db, MAPPING), rows)
