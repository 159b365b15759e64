"""Orders about names, tried out and carried out, a transaction each: what is shown before is what will be."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from kpi.naming import report
from kpi.naming.orders import PARTS, SAME, order_of
from kpi.naming.report import figures_of
from kpi.question import Asking
from kpi.storage import naming
from kpi.storage.workspaces import team

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from kpi.naming.orders import Order
    from kpi.naming.report import Line
    from kpi.report import Report
    from kpi.storage.database import Database, Db


@dataclass(frozen=True, slots=True)
class Way:
    """A way to carry an order out: what a button says, and the words of the order."""

    label: str
    typed: str


@dataclass(frozen=True, slots=True)
class Done:
    """What an order does: the figures before and after, and how many orders of a shop find another campaign."""

    order: Order
    before: tuple[Line, ...]
    after: tuple[Line, ...]
    moved: int = 0


LABELS = {"holdout": "Hold-out", "unholdout": "No hold-out", "split": "At random", "unsplit": "Not at random"}


class _Tried(Exception):  # noqa: N818  it ends a transaction that must leave no trace
    """What was done is taken back."""


def tried(database: Database, workspace: str, text: str, now: datetime) -> tuple[Report, tuple[Way, ...]]:
    """Return what an order would do, and the ways to carry it out."""
    with database.reading(workspace) as db:
        asking = _asking(db, now)
        order = order_of(asking, text)
    ways = _ways(order)
    done = [_tried(database, workspace, way.typed, now) for way in ways]
    return report.preview(asking.words, done), ways


def changed(database: Database, workspace: str, text: str, by: str, now: datetime) -> tuple[Report, Way]:
    """Carry an order out; return what was done, and the way to take it back."""

    def work(db: Db) -> tuple[Done, Asking]:
        asking = _asking(db, now)
        done = _carried_out(asking, order_of(asking, text))
        naming.note_change(db, done.order.campaign.slug, done.order.typed, by, now)
        return done, asking

    done, asking = database.written(workspace, work)
    return report.changed(asking.words, done), Way("Undo", report.undoing(done.order))


def _ways(order: Order) -> tuple[Way, ...]:
    if order.verb == "merge" and not order.how:
        return (
            Way("Same sends", f"{order.typed} as {SAME}"),
            Way("Parts, added up", f"{order.typed} as {PARTS}"),
        )
    return (Way(LABELS.get(order.verb, order.verb.capitalize()), order.typed),)


def _tried(database: Database, workspace: str, text: str, now: datetime) -> Done:
    found: list[Done] = []

    def work(db: Db) -> None:
        asking = _asking(db, now)
        found.append(_carried_out(asking, order_of(asking, text)))
        raise _Tried

    with suppress(_Tried):
        database.written(workspace, work)
    return found[-1]


def _carried_out(asking: Asking, order: Order) -> Done:
    about = {one.slug: one for one in (order.campaign, order.into) if one}
    before = figures_of(asking, about.values())
    moved = DOES[order.verb](asking.db, order)
    asking = Asking(asking.db, asking.team, asking.today, asking.now)
    after = figures_of(asking, [one for one in asking.campaigns.values() if one.slug in about])
    return Done(order, before, after, moved)


def _rename(db: Db, order: Order) -> int:
    naming.rename(db, order.campaign.slug, order.name)
    return naming.attribute(db, order.name)


def _alias(db: Db, order: Order) -> int:
    naming.give_name(db, order.name, order.campaign.slug)
    return naming.attribute(db, order.name)


def _unalias(db: Db, order: Order) -> int:
    naming.take_name(db, order.name)
    return naming.attribute(db, order.name)


def _archive(db: Db, order: Order) -> int:
    naming.archive(db, order.campaign.slug, archived=order.verb == "archive")
    return 0


def _merge(db: Db, order: Order) -> int:
    if order.into and order.verb == "merge":
        naming.merge(db, order.campaign.slug, order.into.slug, is_added=order.how == PARTS)
    elif order.into:
        naming.unmerge(db, order.campaign.slug, order.into.slug)
    return 0


def _hold_out(db: Db, order: Order) -> int:
    of = order.into.slug if order.into and order.verb == "holdout" else None
    naming.hold_out(db, order.campaign.slug, of)
    return 0


def _split(db: Db, order: Order) -> int:
    naming.split(db, order.campaign.slug, at_random=order.verb == "split")
    return 0


DOES: dict[str, Callable[[Db, Order], int]] = {
    "rename": _rename,
    "alias": _alias,
    "unalias": _unalias,
    "archive": _archive,
    "unarchive": _archive,
    "merge": _merge,
    "unmerge": _merge,
    "holdout": _hold_out,
    "unholdout": _hold_out,
    "split": _split,
    "unsplit": _split,
}


def _asking(db: Db, now: datetime) -> Asking:
    ours = team(db)
    return Asking(db, ours, ours.day(now), now)
