"""Results into a database and questions to it, short enough to be read inside a test."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from rich.console import Console

from kpi.answering import answered
from kpi.jsonable import jsonable
from kpi.sources.answers import How
from kpi.storage.importing.results import Imported, Wanted, import_file
from kpi.terminal import rendered

if TYPE_CHECKING:
    from kpi.report import Report
    from kpi.storage.database import Database

TODAY = date(2026, 11, 20)
LOWER = How(lower="take")
"""For imports that are meant to lower what was stored."""
NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)


def imported(
    database: Database,
    text: str | bytes,
    *,
    workspace: str = "local",
    today: date = TODAY,
    now: datetime = NOW,
    currency: str = "EUR",
    **wanted: Any,  # noqa: ANN401  the fields of Wanted
) -> Imported:
    """Import the text as a file in our own layout."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "results.csv"
        path.write_bytes(text.encode() if isinstance(text, str) else text)
        return import_file(database, workspace, Wanted(path, **wanted), today, currency, now)


def answer(database: Database, question: str, *, today: date = TODAY, workspace: str = "local") -> Report:
    """Ask a question."""
    return answered(database, workspace, question, NOW, today)


def figures(
    database: Database, question: str, *, today: date = TODAY, workspace: str = "local"
) -> dict[str, dict[str, Any]]:
    """Ask a question, and return the figures of the JSON answer by metric; the first where a metric comes twice."""
    report = answer(database, question, today=today, workspace=workspace)
    return {figure["metric"]: figure for figure in reversed(json.loads(json.dumps(jsonable(report)))["figures"])}


def text_of(report: Report) -> str:
    """Return an answer as a terminal shows it."""
    console = Console(width=140, highlight=False, color_system=None)
    with console.capture() as captured:
        console.print(rendered(report))
    return captured.get()
