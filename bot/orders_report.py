"""What an import of orders did, as a report."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.import_report import counted, skipped_lines
from kpi.money import amount
from kpi.report import Choice, Choices, Note, Paragraph, Piece, Report

if TYPE_CHECKING:
    from kpi.storage.order_import import OrdersImported
    from kpi.storage.unmatched import Unmatched


def orders_report(done: OrdersImported) -> Report:
    """Say what was read and stored, who bought again, and which orders no campaign is known to have earned."""
    headline = _headline(done)
    pieces: list[Piece] = [Paragraph(headline)]
    people = done.customers
    if people.all:
        again = f"{people.again:,} of {people.all:,} customers ordered more than once ({people.again / people.all:.1%})"
        pieces.append(Note(f"{done.source} holds {counted(people.orders, 'order')}; {again}."))
    if done.unmatched:
        pieces.append(Paragraph("No campaign is known for:"))
        pieces += [Note(_unmatched(one)) for one in done.unmatched]
        pieces.append(Note("Orders of one campaign can be imported with --campaign NAME."))
    pieces += skipped_lines(done.skips, done.skipped)
    if done.campaigns and not done.dry_run:
        pieces.append(Choices(tuple(Choice(slug, f"campaign {slug}") for slug in done.campaigns[:3])))
    return Report(headline, tuple(pieces))


def _headline(done: OrdersImported) -> str:
    if not done.read:
        return f"{done.file}: no order could be stored."
    about = counted(done.read, "order and cancellation", "orders and cancellations")
    if not done.new and not done.changed:
        return f"{done.file}: {about}; all of it was known, nothing changed."
    parts = [(done.new, "new"), (done.changed, "corrected"), (done.unchanged, "known before")]
    stored = "would be stored" if done.dry_run else "stored"
    return f"{done.file}: {about} {stored}: " + ", ".join(f"{count:,} {what}" for count, what in parts if count) + "."


def _unmatched(one: Unmatched) -> str:
    carried = f"{one.kind} '{one.value}'" if one.value else "neither coupon nor utm_campaign"
    return f"{carried}: {counted(one.orders, 'order')}, {amount(one.gross):,.2f} {one.currency}"
