"""What it takes to read a question among many campaigns, with everything that is loaded for it."""

from __future__ import annotations

import time
from contextlib import suppress
from datetime import UTC, datetime
from statistics import median
from typing import TYPE_CHECKING

from bot.benchmarks.measured import Measured
from bot.parts import WORKSPACE
from kpi.errors import Mistake
from kpi.question import Asking
from kpi.reading.reader import asked
from kpi.storage.campaigns import introduce
from kpi.storage.database import Database
from kpi.storage.schema import migrate
from kpi.storage.workspaces import team

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

CAMPAIGNS, ROUNDS = 2000, 25
MOST_MS = 5
"""Processor time for a text that is read or refused, its offers included."""
NOW = datetime(2026, 11, 22, 9, tzinfo=UTC)
TYPED = (
    "revenue yesterday",
    "campaign-7 last week",
    "how much did we spend last month",
    "campagin-12",
    "profit campagin-12 octobre",
    "revenue in qwertz",
    "qwe rty asd " * 4,
    "x" * 3000,
)
"""Usual texts, misspelled ones, unknown markets, and nonsense."""


def readings(folder: Path) -> Iterator[Measured]:
    """Time the reading of texts by the median of many rounds, in processor time: other programs do not count."""
    database = Database(f"sqlite:///{folder / 'names.db'}")
    migrate(database)
    named = {f"campaign-{number}": f"Campaign {number}" for number in range(CAMPAIGNS)}
    database.written(WORKSPACE, lambda db: introduce(db, named, {}))
    for text in TYPED:
        took = median(_ms(database, text) for _ in range(ROUNDS))
        what = f"'{text[:26].strip()}' read among {CAMPAIGNS:,} campaigns"
        yield Measured(what, f"{took:.1f} ms", "-", "-", f"under {MOST_MS} ms", took < MOST_MS)
    database.close()


def _ms(database: Database, text: str) -> float:
    begun = time.process_time()
    with database.reading(WORKSPACE) as db, suppress(Mistake):
        asked(text, Asking(db, team(db), NOW.date(), NOW))
    return (time.process_time() - begun) * 1000
