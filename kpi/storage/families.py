"""Merged campaigns: several are told of apart, and answer as one.

What sources report stays with the campaign that they named, so a merge can be undone without a trace. A merged campaign
is hidden, its names lead to the one it is part of, and its results count there: as the same sends, of which its sources
are further witnesses, or as a part that is added.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import select, update

from kpi.storage.binding import OURS
from kpi.storage.models import Table

if TYPE_CHECKING:
    from collections.abc import Iterable

    from kpi.storage.database import Db

CAMPAIGN, NAME = Table.metadata.tables["campaign"], Table.metadata.tables["campaign_name"]
ALIAS = "alias"
"""The kind of a name that a person gave."""
_MERGED = (
    select(CAMPAIGN.c.slug, CAMPAIGN.c.part_of, CAMPAIGN.c.is_added)
    .where(CAMPAIGN.c.workspace == OURS, CAMPAIGN.c.part_of.is_not(None))
    .order_by(CAMPAIGN.c.slug)
)


@dataclass(frozen=True, slots=True)
class Family:
    """The campaign that answers, those that tell of the same sends, and those whose results are added."""

    root: str
    same: tuple[str, ...] = ()
    parts: tuple[str, ...] = ()

    @property
    def all(self) -> tuple[str, ...]:
        """Every campaign of it."""
        return (self.root, *self.same, *self.parts)

    def tellers(self, campaign: str) -> tuple[str, ...]:
        """Return the campaigns that tell of the same sends as this one, the one that orders are counted for first."""
        return (campaign,) if campaign in self.parts else (self.root, *self.same)


def families(db: Db) -> dict[str, Family]:
    """Return the family of every campaign that has one."""
    found: dict[str, Family] = {}
    for row in db.rows(_MERGED):
        known = found.get(row.part_of, Family(row.part_of))
        same, parts = ((), (row.slug,)) if row.is_added else ((row.slug,), ())
        found[row.part_of] = Family(known.root, known.same + same, known.parts + parts)
    return {slug: family for family in found.values() for slug in family.all}


def told_of(db: Db, slugs: Iterable[str]) -> list[str]:
    """Return the campaigns, and those that are merged into them."""
    known = families(db)
    return list(dict.fromkeys(one for slug in slugs for one in (known[slug].all if slug in known else (slug,))))


def lead_names(db: Db) -> None:
    """Let every name lead to the campaign that answers; each keeps in mind which one it was given to."""
    for row in db.rows(_MERGED):
        ours = (NAME.c.workspace == OURS, NAME.c.slug == row.slug)
        db.run(update(NAME).where(*ours).values(given_to=row.slug, slug=row.part_of))
