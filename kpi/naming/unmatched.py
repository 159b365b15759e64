"""``unmatched``: coupons and UTM values of orders that lead to no campaign, with their money."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kpi.money import amount
from kpi.question import Asking
from kpi.reading.lexicon import folded
from kpi.report import Column, Heading, Note, Paragraph, Report, Table
from kpi.storage.orders.unmatched import unmatched
from kpi.storage.workspaces import team
from kpi.units import Unit

if TYPE_CHECKING:
    from datetime import datetime

    from kpi.storage.database import Database
    from kpi.storage.orders.unmatched import Unmatched
    from kpi.wording import Words

MOST = 8
NOTHING = "Every order that carries a coupon or a UTM value leads to a campaign."


def about_unmatched(text: str) -> str | None:
    """Return '' where a text asks what matches no campaign, None where it is about something else."""
    return "" if folded(text.strip()) in ("unmatched", "show unmatched", "unmatched orders") else None


def unmatched_now(database: Database, workspace: str, now: datetime) -> tuple[Report, tuple[str, ...]]:
    """Return the list, and the names in it that can be given to a campaign."""
    with database.reading(workspace) as db:
        ours = team(db)
        asking = Asking(db, ours, ours.day(now), now)
        rows = unmatched(db, most=MOST)
        named = tuple(dict.fromkeys(row.value for row in rows if row.value))
        return _report(asking.words, rows, named), named


def _report(words: Words, rows: list[Unmatched], named: tuple[str, ...]) -> Report:
    lines = tuple((row.value or "neither", _carried(row), words.shown(row.orders, Unit.COUNT), words.shown(
        amount(row.gross), Unit.MONEY, row.currency)) for row in rows)  # fmt: skip
    if not named:
        rest = [Note(f"{line[2]} orders with {line[3]} carry neither.") for line in lines]
        return Report(NOTHING, (Paragraph(NOTHING), *rest))
    said = "Orders that no campaign is known to have earned:"
    columns = (Column("Name", "left"), Column("From", "left"), Column("Orders"), Column("Money"))
    hint = f"To say where one belongs, type: alias {named[0]} = CAMPAIGN"
    return Report(said, (Heading("Unmatched orders"), Paragraph(said), Table("The most money first", columns, lines),
                         Note(hint)))  # fmt: skip


def _carried(row: Unmatched) -> str:
    return "no coupon or UTM value" if not row.value else "UTM" if row.kind == "utm_campaign" else "coupon"
