"""What people change about the names of campaigns, and who did it when."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import and_, delete, or_, select, update

from kpi.names import slug_of
from kpi.storage.binding import OURS
from kpi.storage.campaigns import given_names
from kpi.storage.families import ALIAS, CAMPAIGN, NAME, lead_names
from kpi.storage.models import Table
from kpi.storage.orders.days import roll_up
from kpi.storage.orders.purchases import GIVEN, PURCHASE, carried, found_by
from kpi.storage.resolution import CHOICE, note_life, stand_alone
from kpi.storage.upsert import insert_new

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime
    from typing import Any

    from kpi.storage.database import Db

CHANGE = Table.metadata.tables["campaign_change"]


def note_change(db: Db, campaign: str, change: str, by: str, now: datetime) -> None:
    """Keep who changed what."""
    db.run_many(insert_new(db, CHANGE), [{"campaign": campaign, "change": change, "changed_by": by, "changed_at": now}])


def rename(db: Db, slug: str, name: str) -> None:
    """Call a campaign otherwise; its former names still lead to it, and files no longer change what it is called."""
    _update(db, slug, name=name, renamed=True)
    give_name(db, name, slug, "name")


def give_name(db: Db, name: str, slug: str, kind: str = ALIAS) -> None:
    """Let a name lead to a campaign."""
    row = {"key": slug_of(name), "slug": slug, "name": name, "kind": kind, "given_to": None}
    db.run_many(insert_new(db, NAME), [row])


def kind_of(db: Db, name: str) -> str | None:
    """Return whether a name is a campaign's own or an alias, None where it leads nowhere."""
    found = select(NAME.c.kind).where(NAME.c.workspace == OURS, NAME.c.key == slug_of(name))
    return db.run(found).scalar()


def take_name(db: Db, name: str) -> None:
    """Let a name lead nowhere."""
    db.run(delete(NAME).where(NAME.c.workspace == OURS, NAME.c.key == slug_of(name)))


def archive(db: Db, slug: str, *, archived: bool) -> None:
    """Keep a campaign out of lists, or put it back."""
    _update(db, slug, archived=archived)


def hold_out(db: Db, slug: str, of: str | None) -> None:
    """Let a campaign be the people who were left out of another, or (None) be one like all others."""
    _update(db, slug, holdout_of=of)


def split(db: Db, slug: str, *, at_random: bool) -> None:
    """Say whether the people of a campaign were given their variants by lot."""
    _update(db, slug, at_random=at_random)


def attribute(db: Db, name: str) -> int:
    """Find anew the campaigns of the orders that carry a name, reckon their days anew, and return how many moved."""
    key, known, moved, touched = slug_of(name), given_names(db), 0, set[tuple[str, str]]()
    columns = (PURCHASE.c.source, PURCHASE.c.coupon, PURCHASE.c.utm, PURCHASE.c.campaign)
    free = or_(PURCHASE.c.method.is_(None), PURCHASE.c.method != GIVEN)
    named = or_(PURCHASE.c.coupon != "", PURCHASE.c.utm != "")
    for row in db.rows(select(*columns).where(PURCHASE.c.workspace == OURS, free, named).distinct()):
        campaign, method = found_by(known, row.coupon, row.utm)
        if campaign == row.campaign or key not in dict(carried(row.coupon, row.utm)):
            continue
        same = and_(*(column.is_not_distinct_from(value) for column, value in zip(columns, row, strict=True)))
        changed = update(PURCHASE).where(PURCHASE.c.workspace == OURS, free, same)
        moved += db.run(changed.values(campaign=campaign, method=method)).rowcount
        touched |= {(row.source, one) for one in (row.campaign, campaign) if one}
    for source in {source for source, _ in touched}:
        roll_up(db, [campaign for one, campaign in touched if one == source], source)
    return moved


def merge(db: Db, slug: str, into: str, *, is_added: bool) -> None:
    """Let a campaign be the same sends as another, or a part of it."""
    _take_turn(db, (slug, into))
    _update(db, slug, part_of=into, is_added=is_added)
    lead_names(db)
    note_life(db, CAMPAIGN.c.slug.in_((slug, into)))
    _book(db, (slug, into))


def unmerge(db: Db, slug: str, root: str) -> None:
    """Let a campaign stand for itself again."""
    _take_turn(db, (slug, root))
    _update(db, slug, part_of=None, is_added=False)
    ours = (NAME.c.workspace == OURS, NAME.c.given_to == slug)
    db.run(update(NAME).where(*ours).values(slug=slug, given_to=None))
    stand_alone(db, (slug, root))
    note_life(db, CAMPAIGN.c.slug.in_((slug, root)))
    _book(db, (slug, root))
    stand_alone(db, (slug, root))  # orders may have gone from one of them
    note_life(db, CAMPAIGN.c.slug.in_((slug, root)))


def merged_into(db: Db, slug: str) -> tuple[str, ...]:
    """Return the slugs of the campaigns that are merged into one."""
    rows = select(CAMPAIGN.c.slug).where(CAMPAIGN.c.workspace == OURS, CAMPAIGN.c.part_of == slug)
    return tuple(db.run(rows.order_by(CAMPAIGN.c.slug)).scalars())


def _update(db: Db, slug: str, **values: Any) -> None:  # noqa: ANN401  each column has its own type
    db.run(update(CAMPAIGN).where(CAMPAIGN.c.workspace == OURS, CAMPAIGN.c.slug == slug).values(values))


def _take_turn(db: Db, slugs: Iterable[str]) -> None:
    """Keep imports from these campaigns until the transaction ends."""
    ours = (CHOICE.c.workspace == OURS, CHOICE.c.campaign.in_(list(slugs)))
    db.run(select(CHOICE.c.campaign).where(*ours).order_by(CHOICE.c.campaign).with_for_update())


def _book(db: Db, slugs: tuple[str, str]) -> None:
    """Book the orders of both again, for the days of their messages are others now."""
    sources = select(PURCHASE.c.source).where(PURCHASE.c.workspace == OURS, PURCHASE.c.campaign.in_(slugs)).distinct()
    for source in db.run(sources).scalars().all():
        roll_up(db, slugs, source)
