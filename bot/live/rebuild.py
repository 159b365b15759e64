"""``kpi-bot rebuild``: live results counted anew from their messages."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from bot.parts import WORKSPACE
from kpi.storage.live.events import unattributed
from kpi.storage.live.recount import differences, mend

if TYPE_CHECKING:
    from kpi.storage.database import Database

MOST_LISTED = 20


def rebuilt(database: Database, *, verify: bool) -> int:
    """Print what differs from the messages, and mend it unless it is only to be verified; return the exit code."""
    now = datetime.now(UTC)
    if verify:
        with database.reading(WORKSPACE) as db:
            wrong = differences(db, now)
    else:
        wrong = database.written(WORKSPACE, lambda db: mend(db, now), adding=True)
    with database.reading(WORKSPACE) as db:
        loose = unattributed(db)
    listed = [(table, one) for table, some in wrong.items() for one in some]
    for table, (of, stored, counted) in listed[:MOST_LISTED]:
        age = f" at age {of.age}" if of.age >= 0 else ""
        where = f"{of.campaign} {of.variant} {of.day}".replace("  ", " ")
        print(f"{table}: {where}: {of.fact.key}{age} is {stored:,}, its messages say {counted:,}")  # noqa: T201
    done = "differ from" if verify else "differed from, and were made those of,"
    said = f"{len(listed):,} counts {done} their messages." if listed else "Every count is that of its messages."
    print(said + (f" {loose:,} messages lead to no campaign." if loose else ""))  # noqa: T201
    return 1 if listed and verify else 0
