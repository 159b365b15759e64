"""A file and what was said about it become an import: one way for the terminal and for files dropped in Slack."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo, available_timezones

from bot.files.import_report import import_report
from bot.files.orders_report import orders_report
from kpi.errors import Mistake
from kpi.money import is_currency
from kpi.sources.answers import How
from kpi.sources.judging import is_day
from kpi.storage.importing.orders import OrdersImported, OrdersWanted, holds_orders, import_orders
from kpi.storage.importing.results import Imported, Wanted, import_file
from kpi.storage.workspaces import team

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime
    from pathlib import Path

    from kpi.report import Report
    from kpi.storage.database import Database
    from kpi.wording import Words


@dataclass(frozen=True, slots=True)
class Said:
    """What was said about a file, beside the file itself."""

    source: str = ""
    campaign: str = ""
    mapping: Mapping[str, str] = field(default_factory=dict)
    how: Mapping[str, str] = field(default_factory=dict)
    """The fields of ``How``, as they were typed."""


@dataclass(frozen=True, slots=True)
class By:
    """Who imports, when, and whether only to see what would change; ``secret`` keys the hashes of customers."""

    person: str
    secret: bytes
    now: datetime
    dry_run: bool


def imported(
    database: Database,
    workspace: str,
    path: Path,
    said: Said,
    by: By,
    told: Callable[[str, int, int], None],
) -> Imported | OrdersImported:
    """Import a file of results or of orders, or say what that would change."""
    with database.reading(workspace) as db:
        ours = team(db)
    if holds_orders(path, sheet := said.how.get("sheet", "")):
        zone = ZoneInfo(ours.words.timezone)
        orders = OrdersWanted(
            path, said.source, said.campaign, by.secret, zone, ours.words.currency, by.dry_run, by.person, sheet
        )
        return import_orders(database, workspace, orders, by.now, told)
    wanted = Wanted(path, said.source, said.campaign, said.mapping, by.dry_run, how_of(said.how), by.person)
    return import_file(database, workspace, wanted, ours.day(by.now), ours.words.currency, by.now, told)


def reported(done: Imported | OrdersImported, words: Words) -> Report:
    """Say what an import did."""
    return orders_report(done, words) if isinstance(done, OrdersImported) else import_report(done)


def how_of(said: Mapping[str, str]) -> How:
    """Check what was said about the way in which a file is written; raise a Mistake where it cannot be."""
    how = How(**{**said, "currency": said.get("currency", "").upper()})
    if how.currency and not is_currency(how.currency):
        raise Mistake(f"{how.currency} is not a currency.", "Write it as --currency EUR.")
    if how.zone and how.zone not in available_timezones():
        raise Mistake(f"{how.zone} is not a time zone.", "Write it as --zone Europe/Madrid.")
    if how.day and not is_day(how.day):
        raise Mistake(f"{how.day} is not a day.", "Write it as --day 2026-05-31.")
    return how


def jsonable_import(done: Imported | OrdersImported) -> dict[str, Any]:
    """Return what an import did as data."""
    told = asdict(done)
    return {name: value.isoformat() if hasattr(value, "isoformat") else value for name, value in told.items()}
