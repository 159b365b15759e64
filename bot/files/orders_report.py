"""What an import of orders did, as a report."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from bot.files.import_report import MOST_SKIPPED, counted, skipped_lines
from kpi.money import amount
from kpi.report import Choice, Choices, Note, Paragraph, Piece, Report
from kpi.units import Unit

if TYPE_CHECKING:
    from kpi.storage.importing.orders import OrdersImported
    from kpi.storage.orders.unmatched import Unmatched
    from kpi.wording import Words


def orders_report(done: OrdersImported, words: Words) -> Report:
    """Say what was read and stored, who bought again, and which orders no campaign is known to have earned."""
    headline = _headline(done)
    pieces: list[Piece] = [Paragraph(headline)]
    if done.first and done.last:
        pieces.append(Note(_days_and_money(done, words)))
    people = done.customers
    if people.all and not done.dry_run:
        again = f"{people.again:,} of {people.all:,} customers ordered more than once ({people.again / people.all:.1%})"
        pieces.append(Note(f"Of all {counted(people.orders, 'order')} from '{done.source}': {again}."))
    pieces += _led_nowhere(done, words)
    pieces += [Note(f"{sentence}.") for sentence in done.shadowed[:MOST_SKIPPED]]
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


def _days_and_money(done: OrdersImported, words: Words) -> str:
    days = words.days(done.first, done.last + timedelta(days=1)) if done.first and done.last else ""
    money = [words.shown(amount(net), Unit.MONEY, currency) for currency, net in done.money.items()]
    taken = f": {' and '.join(money)}, refunds deducted" if money else ""
    earned = f", of {counted(len(done.campaigns), 'campaign')}" if done.campaigns else ""
    return f"{days}{taken}{earned}."


def _led_nowhere(done: OrdersImported, words: Words) -> list[Piece]:
    """Say which orders lead to no campaign; before anything is stored only how many."""
    if done.dry_run:
        return [Note(f"No campaign is known for {counted(done.unled, 'order')}.")] if done.unled else []
    if not done.unmatched:
        return []
    named = any(one.value for one in done.unmatched)
    ask: list[Piece] = [Choices((Choice("Say where they belong", "unmatched"),))] if named else []
    return [Paragraph("No campaign is known for:"), *(Note(_unmatched(one, words)) for one in done.unmatched), *ask]


def _unmatched(one: Unmatched, words: Words) -> str:
    carried = f"{one.kind} '{one.value}'" if one.value else "neither coupon nor utm_campaign"
    return f"{carried}: {counted(one.orders, 'order')}, {words.shown(amount(one.gross), Unit.MONEY, one.currency)}"
