"""What a change of a setting would do, in words, computed from what is stored."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from kpi.figures import estimate_of, main_currency
from kpi.metrics import METRIC
from kpi.quantities import facts_of
from kpi.storage.campaigns import with_own_margin
from kpi.storage.tallies import tally
from kpi.units import Unit

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from kpi.question import Asking
    from kpi.storage.campaigns import Campaign
    from kpi.storage.workspaces import Value

PROFIT = METRIC["profit"]
SAMPLE = Decimal("12345.60")
LOOKED_AT = 20
"""Campaigns among which one with a known profit is sought for the example."""


def effects(asking: Asking, key: str, old: Value, new: Value) -> tuple[str, ...]:
    """Say what a change would do, a sentence or two each."""
    return tuple(filter(None, EFFECTS[key](asking, old, new)))


def _zone(asking: Asking, old: Value, new: Value) -> tuple[str, ...]:
    there = asking.now.astimezone(ZoneInfo(str(new)))
    clock = replace(asking.words, timezone=str(new)).moment(asking.now)
    moved = there.date() != asking.now.astimezone(ZoneInfo(str(old))).date()
    stored = _counted([one for one in asking.campaigns.values() if one.ended])
    return (
        f"It is {clock} there" + (f", so today becomes {asking.words.day(there.date())}." if moved else "."),
        f"The days of {stored} are stored as days of {old}; they stay as they are. New days are counted in {new}."
        if stored else "",
    )  # fmt: skip


def _currency(asking: Asking, _old: Value, new: Value) -> tuple[str, ...]:
    found = tally(asking.db, facts_of(PROFIT.quantity), asking.campaigns.values(), None)
    stored = {code: len(found.in_currency(code).campaigns) for code in found.currencies()}
    listed = asking.words.listed(tuple(f"{count} in {code}" for code, count in stored.items()))
    return (
        f"Files that name no currency are read in {new} from now on.",
        f"Stored amounts keep theirs (campaigns: {listed}); nothing is converted." if stored else "",
        f"Answers begin with {new} where anything is in it." if new in stored else
        f"No stored amount is in {new}, so answers stay as they are." if stored else "",
    )  # fmt: skip


def _locale(asking: Asking, _old: Value, new: Value) -> tuple[str, ...]:
    now, then = asking.words, replace(asking.words, locale=str(new))
    money, day = ((words.shown(SAMPLE, Unit.MONEY), words.day(asking.today)) for words in (now, then))
    return (f"{money[0]} becomes {day[0]}, and {money[1]} becomes {day[1]}.", "The words of answers stay English.")


def _margin(asking: Asking, old: Value, new: Value) -> tuple[str, ...]:
    own = with_own_margin(asking.db)
    recent = [campaign for campaign in asking.recent(LOOKED_AT) if campaign.slug not in own]
    example = next(filter(None, (_profit_changes(asking, one, old, new) for one in recent)), "")
    return (
        f"ROCS stays. {example or 'No campaign without a margin of its own knows its profit yet.'}",
        f"{_counted(own)} with a margin of {'its' if len(own) == 1 else 'their'} own"
        f" {'keeps' if len(own) == 1 else 'keep'} it." if own else "",
        "Without a margin, goods are not deducted, and profit is called revenue less campaign cost."
        if new is None else "",
    )  # fmt: skip


def _profit_changes(asking: Asking, campaign: Campaign, old: Value, new: Value) -> str:
    found = tally(asking.db, facts_of(PROFIT.quantity), [campaign], None)
    currency = main_currency(found, asking.words.currency)
    known = [
        estimate_of(PROFIT, replace(found, margins={campaign.slug: margin}), currency).value
        for margin in (old, new)
        if margin is None or isinstance(margin, Decimal)
    ]
    if None in known:
        return ""
    before, after = (asking.words.short(value, Unit.MONEY, currency) for value in known)
    return f"Profit of {campaign.name} changes from {before} to {after}."


def _vat(_asking: Asking, _old: Value, _new: Value) -> tuple[str, ...]:
    return ("No figure changes today: revenue stays as its source gives it.",)


def _window(_asking: Asking, _old: Value, _new: Value) -> tuple[str, ...]:
    return ("No figure changes today: orders find their campaign by name, coupon or UTM value, not yet by clicks.",)


def _wait(_asking: Asking, _old: Value, new: Value) -> tuple[str, ...]:
    if not new:
        return ("A digest comes at its time, and names the sources that are late.",)
    return (f"A digest waits up to {new} hour{'' if new == 1 else 's'} for sources that are late, then names them.",)


EFFECTS: dict[str, Callable[[Asking, Value, Value], tuple[str, ...]]] = {
    "timezone": _zone,
    "currency": _currency,
    "locale": _locale,
    "margin": _margin,
    "vat": _vat,
    "click_days": _window,
    "view_hours": _window,
    "wait_hours": _wait,
}


def _counted(some: Collection[object]) -> str:
    return f"{len(some)} campaign{'' if len(some) == 1 else 's'}" if some else ""
