"""Campaigns and all their names."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from sqlalchemy import ColumnElement, Row, bindparam, func, or_, select, update

from kpi.money import amount
from kpi.names import slug_of
from kpi.storage.binding import OURS
from kpi.storage.families import lead_names
from kpi.storage.models import Table
from kpi.storage.upsert import insert_new

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date
    from decimal import Decimal

    from kpi.storage.database import Db

CAMPAIGN, NAME = Table.metadata.tables["campaign"], Table.metadata.tables["campaign_name"]
TEAM = Table.metadata.tables["workspace"]
SPLIT = Table.metadata.tables["campaign_split"]


@dataclass(frozen=True, slots=True)
class Campaign:
    """What is known of a campaign beside its results; ``began`` and ``ended`` are its first and last day of sending.

    Its margin is the team's where it has none of its own.
    """

    slug: str
    name: str
    kind: str = "broadcast"
    channel: str = "whatsapp"
    objective: str = "sales"
    margin: Decimal | None = None
    tags: str = ""
    starts: date | None = None
    ends: date | None = None
    began: date | None = None
    ended: date | None = None
    archived: bool = False
    """Kept out of lists, rankings and offers; its results count, and its name answers."""
    part_of: str | None = None
    is_added: bool = False
    """The campaign that it is merged into, and whether as a part (``kpi.storage.families``)."""
    holdout_of: str | None = None
    """The campaign that these people were left out of at random: they got no message, and count in no total."""
    at_random: bool = False
    """Its people were given their variants by lot."""

    @property
    def first_day(self) -> date | None:
        """The first day of sending, or the planned one."""
        return self.began or self.starts

    @property
    def tagged(self) -> dict[str, str]:
        """The tags as they were typed, by their spelling for matching."""
        return {slug_of(tag): tag for tag in self.tags.split(";") if tag}


MARGIN = func.coalesce(CAMPAIGN.c.margin, select(TEAM.c.margin).where(TEAM.c.workspace == OURS).scalar_subquery())
COLUMNS: tuple[ColumnElement[Any], ...] = tuple(
    MARGIN.label(name) if name == "margin" else CAMPAIGN.c[name] for name in Campaign.__dataclass_fields__
)
OWN_MARGINS = select(CAMPAIGN.c.slug).where(CAMPAIGN.c.workspace == OURS, CAMPAIGN.c.margin.is_not(None))
ALL = select(*COLUMNS).where(CAMPAIGN.c.workspace == OURS, CAMPAIGN.c.part_of.is_(None)).order_by(CAMPAIGN.c.slug)
CALLED = ALL.where(CAMPAIGN.c.slug.in_(bindparam("slugs", expanding=True)))
NAMES = select(NAME.c.key, NAME.c.slug).where(NAME.c.workspace == OURS)
GIVEN = select(NAME.c.key, func.coalesce(NAME.c.given_to, NAME.c.slug).label("slug")).where(NAME.c.workspace == OURS)
SHOWN = (CAMPAIGN.c.workspace == OURS, CAMPAIGN.c.archived.is_(False), CAMPAIGN.c.holdout_of.is_(None))
BEGUN = select(func.aggregate_strings(NAME.c.key, " ")).where(
    NAME.c.workspace == OURS,
    func.substr(NAME.c.key, 1, 1).in_(bindparam("letters", expanding=True)),
    NAME.c.slug.in_(select(CAMPAIGN.c.slug).where(*SHOWN)),
)
"""Many short texts come faster as one long one."""
EXACTLY = NAMES.where(NAME.c.key.in_(bindparam("keys", expanding=True)))
HOLDING = (
    select(NAME.c.key)
    .where(
        NAME.c.workspace == OURS,
        or_(NAME.c.key.startswith(bindparam("part")), NAME.c.key.contains(bindparam("inside"))),
        NAME.c.slug.in_(select(CAMPAIGN.c.slug).where(*SHOWN)),
    )
    .limit(bindparam("most"))
)
FIRST_DAY = func.coalesce(CAMPAIGN.c.began, CAMPAIGN.c.starts)
LATEST_FIRST = (FIRST_DAY.is_(None), FIRST_DAY.desc(), CAMPAIGN.c.slug)
BEGINNING = (
    select(*COLUMNS, func.count().over().label("found"))
    .where(
        *SHOWN,
        CAMPAIGN.c.slug.in_(
            select(NAME.c.slug).where(NAME.c.workspace == OURS, NAME.c.key.startswith(bindparam("begun")))
        ),
    )
    .order_by(*LATEST_FIRST)
    .limit(bindparam("most"))
)
LATEST = (
    select(*COLUMNS)
    .where(*SHOWN, CAMPAIGN.c.channel == "whatsapp", CAMPAIGN.c.ended.is_not(None))
    .order_by(CAMPAIGN.c.ended.desc(), CAMPAIGN.c.slug.desc())
    .limit(bindparam("most"))
)
LATEST_OF_KIND = (
    select(*COLUMNS)
    .where(
        CAMPAIGN.c.workspace == OURS,
        CAMPAIGN.c.part_of.is_(None),
        func.coalesce(CAMPAIGN.c.holdout_of, "") == "",
        CAMPAIGN.c.channel == bindparam("channel"),
        CAMPAIGN.c.kind == bindparam("kind"),
        CAMPAIGN.c.began.is_not(None),
    )
    .order_by(CAMPAIGN.c.ended.desc(), CAMPAIGN.c.slug.desc())
    .limit(bindparam("most"))
)
BEGINNING_WITHIN = BEGINNING.where(bindparam("start") <= CAMPAIGN.c.ended, bindparam("end") > CAMPAIGN.c.began)
ANY = select(CAMPAIGN.c.slug).where(CAMPAIGN.c.workspace == OURS).limit(1)
ANY_BETWEEN = ANY.where(
    bindparam("start") <= CAMPAIGN.c.ended, bindparam("end") > CAMPAIGN.c.began, CAMPAIGN.c.channel == "whatsapp"
)
HOLDOUTS = ALL.where(CAMPAIGN.c.holdout_of == bindparam("slug"), CAMPAIGN.c.ended.is_not(None))
TAGS = select(CAMPAIGN.c.tags).where(CAMPAIGN.c.workspace == OURS, CAMPAIGN.c.tags != "").distinct()
SPLITS = select(SPLIT.c.campaign, SPLIT.c.market, SPLIT.c.currency).where(SPLIT.c.workspace == OURS)


def campaigns(db: Db) -> tuple[Campaign, ...]:
    """Return every campaign of the workspace."""
    return tuple(_campaign(row) for row in db.rows(ALL))


def campaigns_called(db: Db, slugs: Iterable[str]) -> dict[str, Campaign]:
    """Return the campaigns of these slugs."""
    return {row.slug: _campaign(row) for row in db.rows(CALLED, slugs=list(slugs))}


def holdouts_of(db: Db, slug: str) -> tuple[Campaign, ...]:
    """Return the people who were left out of a campaign, as far as anything is known of them."""
    return tuple(_campaign(row) for row in db.rows(HOLDOUTS, slug=slug))


def merged_called(db: Db, name: str) -> Campaign | None:
    """Return the merged campaign that a name was given to; None where it is not merged."""
    given = select(NAME.c.given_to).where(NAME.c.workspace == OURS, NAME.c.key == slug_of(name)).scalar_subquery()
    row = db.run(select(*COLUMNS).where(CAMPAIGN.c.workspace == OURS, CAMPAIGN.c.slug == given)).first()
    return _campaign(row) if row else None


def slugs_named(db: Db, keys: Iterable[str]) -> dict[str, str]:
    """Return the slugs of the names that are spelled just so."""
    return {row.key: row.slug for row in db.rows(EXACTLY, keys=list(keys))}


def beginning(
    db: Db, begun: str, most: int, within: tuple[date, date] | None = None
) -> tuple[int, tuple[Campaign, ...]]:
    """Return how many campaigns have a name that begins so, and the latest of them.

    ``within`` keeps those that sent between two days, the second excluded.
    """
    days = {"start": within[0], "end": within[1]} if within else {}
    rows = db.rows(BEGINNING_WITHIN if within else BEGINNING, begun=begun, most=most, **days)
    return (rows[0].found if rows else 0), tuple(_campaign(row) for row in rows)


def any_sent_between(db: Db, start: date, end: date) -> bool:
    """Tell whether any WhatsApp campaign was running between two days, the second excluded."""
    return bool(db.rows(ANY_BETWEEN, start=start, end=end))


def starting_between(db: Db, start: date, end: date, most: int) -> tuple[Campaign, ...]:
    """Return the campaigns that are planned to start between two days, the second excluded."""
    planned = ALL.where(
        CAMPAIGN.c.archived.is_(False), start <= CAMPAIGN.c.starts, end > CAMPAIGN.c.starts, CAMPAIGN.c.began.is_(None)
    ).limit(most)
    return tuple(_campaign(row) for row in db.rows(planned))


def first_day(db: Db) -> date | None:
    """Return the first day on which any campaign sent."""
    return db.run(select(func.min(CAMPAIGN.c.began)).where(CAMPAIGN.c.workspace == OURS)).scalar_one()  # type: ignore[no-any-return]


def latest(db: Db, most: int) -> tuple[Campaign, ...]:
    """Return the WhatsApp campaigns that sent last, the latest first."""
    return tuple(_campaign(row) for row in db.rows(LATEST, most=most))


def latest_of_kind(db: Db, channel: str, kind: str, most: int) -> tuple[Campaign, ...]:
    """Return the campaigns of a channel and kind that sent last, the latest first; hold-outs got nothing."""
    return tuple(_campaign(row) for row in db.rows(LATEST_OF_KIND, channel=channel, kind=kind, most=most))


def tags(db: Db) -> dict[str, str]:
    """Return the tags in use as they were typed, by their spelling for matching."""
    typed = (tag for joined in db.run(TAGS).scalars() for tag in joined.split(";") if tag)
    return {slug_of(tag): tag for tag in typed}


def with_own_margin(db: Db) -> frozenset[str]:
    """Return the slugs of the campaigns whose margin is not the team's."""
    return frozenset(db.run(OWN_MARGINS).scalars())


def is_empty(db: Db) -> bool:
    """Tell whether no campaign is stored."""
    return not db.rows(ANY)


def keys_begun(db: Db, letters: Iterable[str]) -> list[str]:
    """Return the names that begin with one of the letters, spelled for matching."""
    return str(db.run(BEGUN, letters=list(letters)).scalar_one() or "").split()


def keys_holding(db: Db, part: str, most: int) -> list[str]:
    """Return names in which a word begins so."""
    return list(db.run(HOLDING, part=part, inside=f"-{part}", most=most).scalars())


def names(db: Db) -> dict[str, str]:
    """Return every name by which a campaign can be called, spelled for matching, with the campaign's slug."""
    return {row.key: row.slug for row in db.rows(NAMES)}


def given_names(db: Db) -> dict[str, str]:
    """Return every name with the slug that it was given to, under which results are kept even while it is merged."""
    return {row.key: row.slug for row in db.rows(GIVEN)}


def splits(db: Db) -> dict[str, frozenset[tuple[str, str]]]:
    """Return the markets and currencies in which each campaign has results; the market '' is what is not split."""
    found: dict[str, set[tuple[str, str]]] = {}
    for row in db.rows(SPLITS):
        found.setdefault(row.campaign, set()).add((row.market, row.currency))
    return {campaign: frozenset(pairs) for campaign, pairs in found.items()}


@dataclass(frozen=True, slots=True)
class Introduced:
    """What was new: campaigns, other names; and per campaign what is told about it now, and what had been before."""

    new: tuple[str, ...]
    names: list[str]
    before: dict[str, dict[str, Any]]
    told: dict[str, dict[str, Any]]


def introduce(db: Db, typed: Mapping[str, str], about: Mapping[str, Mapping[str, Any]]) -> Introduced:
    """Make campaigns known by the names they were typed with, and keep what is told about them.

    ``typed`` is the spelling per key, ``about`` the columns told per key. A key that already is a name of a campaign
    leads to that campaign. The order is that of the keys, so that two imports never wait for each other.
    """
    typed, known = dict(sorted(typed.items())), given_names(db)
    done = Introduced(tuple(key for key in typed if key not in known), [], {}, {})
    db.run_many(insert_new(db, CAMPAIGN), [_new(key, typed[key]) for key in done.new])
    for key in typed:
        slug = known.get(key, key)
        told = about.get(key, {})
        if told:
            ours = (CAMPAIGN.c.workspace == OURS, CAMPAIGN.c.slug == slug)
            held = db.run(select(CAMPAIGN.c.renamed, *(CAMPAIGN.c[name] for name in told)).where(*ours)).one()
            told = {name: value for name, value in told.items() if name != "name" or not held.renamed}
            done.before[slug] = {name: getattr(held, name) for name in told}
            done.told[slug] = dict(told)
        if told:
            db.run(update(CAMPAIGN).where(*ours).values(told))
    spellings = [(key, known.get(key, key), typed[key]) for key in typed]
    spellings += [
        (slug_of(told["name"]), known.get(key, key), told["name"]) for key, told in about.items() if "name" in told
    ]
    done.names.extend(key for key, _, _ in spellings if key not in known and key not in typed)
    db.run_many(
        insert_new(db, NAME),
        [{"key": key, "slug": slug, "name": name, "kind": "name"} for key, slug, name in spellings],
    )
    lead_names(db)
    return done


def _new(slug: str, name: str) -> dict[str, Any]:
    fresh = Campaign(slug, name)
    return {column.name: getattr(fresh, column.name) for column in COLUMNS} | {"renamed": False}


def _campaign(row: Row[Any]) -> Campaign:
    campaign = Campaign(*tuple(row)[: len(COLUMNS)])
    return campaign if row.margin is None else replace(campaign, margin=amount(row.margin))
