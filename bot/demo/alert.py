"""The demo's alert: a link was wrong for four days of last week, which an alert told, and which is mended by now."""

from __future__ import annotations

import tempfile
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from bot.alerts.round import evaluate, refresh
from kpi.alerts.commands import asking_now, kept
from kpi.storage.importing.results import Wanted, import_file

if TYPE_CHECKING:
    from datetime import datetime

    from bot.parts import Parts
    from kpi.storage.database import Db

SLUG, NAME = "size-guide", "Size guide"
RULE = f"ctr below 6% in {SLUG}"
LONG, WRONG = range(1, 57), range(5, 9)
"""How many days ago it sent, and how many days ago its link was wrong."""
WHILE_WRONG = timedelta(days=2)
"""So long ago the last results that had come in were those of a wrong link."""
SENT, DELIVERED, CLICKED, CLICKED_WRONG, COST = 800, 784, 71, 19, "15.68"
SECONDS = 45
"""After so long the demo's alert recovers."""


def fire(parts: Parts, channel: str, by: str) -> None:
    """Keep the rule, and evaluate it as on the day on which the link was still wrong."""
    now = parts.clock()
    with tempfile.TemporaryDirectory(prefix="kpi-sample-") as folder:
        path = Path(folder) / "size-guide.csv"
        path.write_text(_results(now), encoding="utf-8")
        import_file(parts.database, parts.workspace, Wanted(path, source="sample-season-2"), now.date(), "EUR", now)

    def work(db: Db) -> None:
        kept(asking_now(db, now), RULE, channel, by)

    parts.database.written(parts.workspace, work)
    evaluate(parts, now - WHILE_WRONG)


def recover(parts: Parts) -> None:
    """Evaluate it as of now."""
    evaluate(parts, parts.clock())
    refresh(parts)


def _results(now: datetime) -> str:
    lines = ["campaign,day,name,kind,objective,sent,delivered,clickers,cost"]
    for back in LONG:
        clicked = CLICKED_WRONG if back in WRONG else CLICKED + back * 7 % 9 - 4
        day = now.date() - timedelta(days=back)
        lines.append(f"{SLUG},{day},{NAME},automation,service,{SENT},{DELIVERED},{clicked},{COST}")
    return "\n".join(lines)
