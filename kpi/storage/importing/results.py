"""A file of results into the database: read and checked first, then merged in small transactions.

The rows are staged in a temporary table, where the database finds what is repeated, contradictory or unchanged. Merging
goes by primary key and in idempotent steps, so a killed import is finished by running it again, and importing the same
file twice changes nothing.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, field, replace
from hashlib import file_digest
from typing import TYPE_CHECKING, Any, TypeVar
from zoneinfo import ZoneInfo

from sqlalchemy import Select, delete, func, literal, select, tuple_, union
from sqlalchemy.exc import DBAPIError

from kpi.errors import UnreadableFile
from kpi.facts import FACTS, Group
from kpi.names import slug_of
from kpi.sources.answers import How
from kpi.sources.opening import open_reading
from kpi.sources.reading import UnjudgedError
from kpi.sources.recognising import Asked
from kpi.sources.unsaid import MAP, Unsaid
from kpi.storage.binding import OURS
from kpi.storage.campaigns import campaigns, introduce, names
from kpi.storage.database import Database, Db, insisted, patient
from kpi.storage.falling import settle_falls
from kpi.storage.families import families
from kpi.storage.importing import staging
from kpi.storage.importing.made_known import as_told, told_last
from kpi.storage.importing.mappings import remember, remembered
from kpi.storage.importing.runs import DONE, RESULTS, Begun, begin, change, cut_off
from kpi.storage.importing.staging import IS_NEWS, STAGED
from kpi.storage.models import Table
from kpi.storage.orders.days import book_again
from kpi.storage.resolution import (
    CAMPAIGN,
    CHOICE,
    DAILY,
    REPORTED,
    SOURCE,
    choose,
    note_life,
    resolve,
    settle,
    source_row,
)
from kpi.storage.upsert import insert_new, store, upsert
from kpi.storage.witnesses import testify
from kpi.storage.workspaces import team

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from datetime import date, datetime
    from pathlib import Path

    from sqlalchemy import Connection, Row
    from sqlalchemy.sql.elements import ColumnElement

    from kpi.sources.proposal import ColumnRead
    from kpi.sources.reading import Reading, Skipped

REPLACED = Table.metadata.tables["replaced"]
DAYS = 5000
"""Days of campaigns that are resolved in one statement."""

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Wanted:
    """What to import, and how to read it."""

    path: Path
    source: str = ""
    """The name of the source; empty is that of the layout."""
    campaign: str = ""
    mapping: Mapping[str, str] | None = None
    dry_run: bool = False
    how: How = field(default_factory=How)
    person: str = ""
    """Who imports it."""


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import did, or with ``dry_run`` would do."""

    file: str
    source: str
    read: int
    new: int
    changed: int
    unchanged: int
    superseded: int
    skipped: tuple[Skipped, ...]
    skips: int
    campaigns: tuple[str, ...]
    first: date | None
    last: date | None
    resumed: bool
    dry_run: bool
    whole: bool = False
    """Whether it takes the place of all that its source said of its campaigns before."""
    introduced: tuple[str, ...] = ()
    """Campaigns that the file names without telling a result."""
    notes: tuple[str, ...] = ()
    """Sentences about how the file was read."""
    columns: tuple[ColumnRead, ...] = ()
    """How the columns were read, where that follows from their names."""
    as_before: Mapping[str, str] = field(default_factory=dict)
    """What was taken from what was said of such a file last time."""
    shadowed: tuple[str, ...] = ()
    """Sentences about campaigns for which another source tells more."""


class Import:
    """One import under way, on one connection that holds its staged rows."""

    def __init__(self, database: Database, workspace: str, wanted: Wanted, now: datetime, told: Any) -> None:  # noqa: ANN401
        self.database, self.workspace, self.wanted, self.now = database, workspace, wanted, now
        self.told: Callable[[str, int, int], None] = told
        self.source, self.number, self.groups = "", "", frozenset[Group]()
        self.digest = digest_of(wanted.path)

    def run(self, today: date, currency: str) -> Imported:
        """Read, check, merge, and say what was done."""
        with patient(self.database).connect() as connection:
            try:
                read = self._stage(connection, today, currency)
                done = self._begun(connection, read)
                if not self.wanted.dry_run:
                    self._merge(connection, done)
                    done = self._finish(connection, done)
            finally:
                connection.rollback()
                with suppress(DBAPIError), connection.begin():  # the next import removes it, too
                    staging.end(connection)
        return done

    def _stage(self, connection: Connection, today: date, currency: str) -> Reading:
        reading_only = connection.execution_options(kpi_writes=False)
        try:
            with reading_only.begin():
                return self._attempt(connection, today, currency, judged=False)
        except UnjudgedError:
            with reading_only.begin():
                return self._attempt(connection, today, currency, judged=True)

    def _attempt(self, connection: Connection, today: date, currency: str, *, judged: bool) -> Reading:
        db = Db(connection, self.workspace)
        read = self._read(connection, self._asked(db, today, currency), judged=judged)
        self.source = slug_of(self.wanted.source or read.known.source)
        self.groups = frozenset(fact.group for fact in read.facts)
        staging.follow_names(db)
        _drop_contradictions(connection, read)
        return read

    def _asked(self, db: Db, today: date, currency: str) -> Asked:
        wanted, first = self.wanted, {one.slug: one.first_day for one in campaigns(db)}
        starts = {key: day.isoformat() for key, slug in names(db).items() if (day := first.get(slug))}
        zone, mapping = ZoneInfo(team(db).words.timezone), wanted.mapping or {}
        before = remembered(db)
        return Asked(wanted.path, today, currency, zone, wanted.campaign, mapping, wanted.how, starts, before)

    def _read(self, connection: Connection, asked: Asked, *, judged: bool) -> Reading:
        size = self.wanted.path.stat().st_size
        staging.begin(connection)
        with open_reading(asked, judged=judged) as (read, table):
            staging.fill(connection, read.facts, read.rows(), lambda _rows: self.told("reading", table.tell(), size))
        return read

    def _begun(self, connection: Connection, read: Reading) -> Imported:
        noted = list(read.skipped), read.skips
        return self._written(connection, lambda db: self._checked(db, read, *noted))

    def _checked(self, db: Db, read: Reading, skipped: list[Skipped], skips: int) -> Imported:
        """Begin where no stored number falls unasked; what was skipped so far is given, for this may happen again."""
        read.skipped[:], read.skips = skipped, skips
        done, lower = self._summary(db, read), self.wanted.how.lower
        if (done.changed or done.superseded) and settle_falls(db, self.source, lower, read.skip, whole=read.is_whole):
            done = self._summary(db, read)
        return replace(done, resumed=self._begin(db, read))

    def _written(self, connection: Connection, work: Callable[[Db], T]) -> T:
        """Do the work in a transaction, again where another import or live events were in the way."""

        def once() -> T:
            with connection.execution_options(kpi_writes=True).begin():
                return work(Db(connection, self.workspace))

        return insisted(once)

    def _begin(self, db: Db, read: Reading) -> bool:
        """Note that the import runs, and make its campaigns known; tell whether it was begun before and cut off."""
        before = cut_off(db, self.digest, self.source)
        if self.wanted.dry_run:
            return before is not None
        remember(db, read.remember, self.wanted.path.name, self.wanted.person, self.now)
        told = introduce(db, read.typed, read.about)
        held = told_last(db, self.source)
        db.run_many(upsert(db, SOURCE), [source_row(self.source, "file", self.now)])
        if before:
            self.number = before
            return True
        begun = Begun(self.digest, self.source, self.wanted.path.name, self.wanted.person, self.now)
        whole = self._campaigns_anew(db) if read.is_whole else ()
        self.number = begin(db, RESULTS, begun, as_told(told, held, whole))
        return False

    def _campaigns_anew(self, db: Db) -> tuple[str, ...]:
        """Return the campaigns of which a whole file says something else than was known."""
        gone = staging.vanished(self.source).subquery()
        anew = union(select(STAGED.c.campaign).where(IS_NEWS), select(gone.c.campaign))
        return tuple(sorted(db.run(anew).scalars()))

    def _summary(self, db: Db, read: Reading) -> Imported:
        rows = staging.compare(db, self.source)
        first, last = tuple(db.run(select(func.min(STAGED.c.day), func.max(STAGED.c.day))).one())
        whole = read.is_whole
        gone = staging.vanished(self.source) if whole else staging.superseded(self.source, IS_NEWS).distinct()
        return Imported(
            self.wanted.path.name,
            self.source,
            read=sum(rows.values()),
            new=rows.get(None, 0),
            changed=rows.get(False, 0),
            unchanged=rows.get(True, 0),
            superseded=db.run(select(func.count()).select_from(gone.subquery())).scalar_one(),
            whole=whole,
            skipped=tuple(sorted(read.skipped, key=lambda one: one.line)),
            skips=read.skips,
            campaigns=staging.campaigns(db),
            first=first,
            last=last,
            resumed=False,
            dry_run=self.wanted.dry_run,
            notes=read.notes(),
            as_before=dict(read.as_before),
            columns=read.named,
            introduced=tuple(name for key, name in read.typed.items() if key not in read.told),
        )

    def _merge(self, connection: Connection, done: Imported) -> None:
        portions = self._written(connection, lambda db: self._divided(db, done))
        for number, portion in enumerate(portions, 1):
            self._written(connection, lambda db, one=portion: self._merge_portion(db, one, done))  # type: ignore[misc]
            self.told("storing", number, len(portions))

    def _divided(self, db: Db, done: Imported) -> tuple[staging.Portion, ...]:
        chosen = {group.value: self.source for group in Group} | {"disagreement": ""}
        db.run_many(insert_new(db, CHOICE), [{"campaign": one, **chosen} for one in done.campaigns])
        if done.whole and done.superseded:
            self._drop_vanished(db)
        return tuple(staging.portions(db))

    def _merge_portion(self, db: Db, portion: staging.Portion, done: Imported) -> None:
        choices = _taking_turns(db, portion.campaigns)
        merged = families(db).keys() & set(portion.campaigns)
        if done.changed:
            self._keep(db, staging.corrected(self.source, portion.rows))
        if done.superseded and not done.whole:
            self._drop_superseded(db, portion.rows)
        alone = not done.superseded and {name for row in choices for name in row} <= {self.source}
        self._merge_rows(db, portion.rows, alone=alone and not merged, all_new=not done.changed)
        settle(db, merged)

    def _drop_superseded(self, db: Db, which: ColumnElement[bool]) -> None:
        self._drop(db, tuple_(*(REPORTED.c[name] for name in staging.KEY)).in_(staging.superseded(self.source, which)))

    def _drop_vanished(self, db: Db) -> None:
        """Remove what a whole file tells no more, and resolve those days anew."""
        gone = staging.vanished(self.source).subquery()
        days = [tuple(row) for row in db.rows(select(gone.c.campaign, gone.c.day).distinct())]
        _taking_turns(db, sorted({campaign for campaign, _ in days}))
        self._drop(db, tuple_(*(REPORTED.c[name] for name in staging.KEY)).in_(staging.vanished(self.source)))
        for some in staging.batches(days, DAYS):
            resolve(db, *(tuple_(table.c.campaign, table.c.day).in_(some) for table in (DAILY, REPORTED)))

    def _drop(self, db: Db, gone: ColumnElement[bool]) -> None:
        self._keep(db, gone)
        db.run(delete(REPORTED).where(REPORTED.c.workspace == OURS, REPORTED.c.source == self.source, gone))

    def _keep(self, db: Db, which: ColumnElement[bool]) -> None:
        """Keep what the source said before, so that the import can be undone."""
        held = dict(REPORTED.c.items()) | {"run": literal(self.number)}
        ours = (REPORTED.c.workspace == OURS, REPORTED.c.source == self.source, which)
        db.run(insert_new(db, REPLACED, select(*(held[column.name] for column in REPLACED.columns)).where(*ours)))

    def _merge_rows(self, db: Db, which: ColumnElement[bool], *, alone: bool, all_new: bool) -> None:
        """Store rows and resolve their days, in one transaction.

        Where this source alone is chosen for the campaigns, what it says is the result, and nothing need be resolved.
        """
        store(db, REPORTED, self._staged(REPORTED).where(which), all_new=all_new)
        if alone:
            store(db, DAILY, self._staged(DAILY).where(which), all_new=all_new)
            return
        days = select(STAGED.c.campaign, STAGED.c.day).where(which)
        resolve(
            db,
            tuple_(DAILY.c.campaign, DAILY.c.day).in_(days),
            tuple_(REPORTED.c.campaign, REPORTED.c.day).in_(days),
        )

    def _staged(self, table: Any) -> Select[Any]:  # noqa: ANN401  SQLModel does not type its tables
        """Select the staged rows as rows of a table, in the order of its key."""
        columns: dict[str, Any] = {"workspace": OURS, "source": literal(self.source), "said_by": literal(self.number)}
        columns |= {name: STAGED.c[name] for name in staging.KEY} | {fact.key: staging.said(fact) for fact in FACTS}
        return select(*(columns[column.name] for column in table.columns)).order_by(
            *(STAGED.c[one] for one in staging.KEY)
        )

    def _finish(self, connection: Connection, done: Imported) -> Imported:
        """Choose sources where several tell of a campaign, and note that the import is complete."""

        def work(db: Db) -> Imported:
            _taking_turns(db, select(STAGED.c.campaign))
            testify(db, done.campaigns, self.source, self.number, self.groups)
            contested = db.rows(_contested(self.source))
            choose(db, [row.campaign for row in contested])
            note_life(db, CAMPAIGN.c.slug.in_(select(STAGED.c.campaign)))
            book_again(db, select(STAGED.c.campaign))
            about = db.run(_NEWS).one()._asdict()
            change(db, self.number, state=DONE, finished_at=self.now, stored=done.new + done.changed, **about)
            return replace(done, shadowed=tuple(_shadowed(db, done.campaigns, self.source)))

        return self._written(connection, work)


_NEWS = select(
    func.count(STAGED.c.campaign.distinct()).label("campaigns"),
    func.min(STAGED.c.day).label("first"),
    func.max(STAGED.c.day).label("last"),
).where(IS_NEWS)
"""What the rows are about that were not known before."""


def import_file(
    database: Database,
    workspace: str,
    wanted: Wanted,
    today: date,
    currency: str,
    now: datetime,
    told: Any = None,  # noqa: ANN401
) -> Imported:
    """Import a file of our own layout into a workspace; ``currency`` is for rows that name none.

    ``told`` hears of the progress: the step, how much is done, how much there is. Raise UnreadableFile where nothing of
    the file can be used; single bad rows are skipped and listed.
    """
    if not wanted.path.is_file():
        raise UnreadableFile(f"There is no file {wanted.path.name}.", "Check the path.")
    return Import(database, workspace, wanted, now, told or (lambda *_: None)).run(today, currency)


def _drop_contradictions(connection: Connection, read: Reading) -> None:
    """Take out lines that repeat an earlier one, and totals that stand beside their own parts."""
    repeated = staging.repeated(connection)
    if repeated and read.named:
        line, first = repeated[0]
        raise UnreadableFile(
            f"Lines {first} and {line} tell of the same campaign and day; which column sets them apart?",
            "",
            Unsaid(MAP),
            columns=read.named,
        )
    for line, first in repeated:
        read.skip(line, f"line {first} already tells of the same campaign, day and split")
    staging.drop_lines(connection, (line for line, _ in repeated))
    for split in {"market", "variant"} & set(read.header):
        totals = connection.execute(staging.totals_beside_parts(split)).scalars().all()
        for line in totals:
            read.skip(line, f"it is a total beside rows per {split} of the same day")
        staging.drop_lines(connection, totals)


def _taking_turns(db: Db, campaigns: Select[Any] | Sequence[str]) -> Sequence[Row[Any]]:
    """Return the sources chosen for the campaigns, and keep other imports from these until the transaction ends."""
    chosen = select(*(CHOICE.c[group.value] for group in Group))
    ours = (CHOICE.c.workspace == OURS, CHOICE.c.campaign.in_(campaigns))
    return db.rows(chosen.where(*ours).order_by(CHOICE.c.campaign).with_for_update())


def _contested(source: str) -> Select[Any]:
    """Select the staged campaigns of which another source tells, too."""
    staged = select(STAGED.c.campaign).distinct()
    others = (REPORTED.c.workspace == OURS, REPORTED.c.source != source, REPORTED.c.campaign.in_(staged))
    return select(REPORTED.c.campaign).where(*others).distinct()


def _shadowed(db: Db, campaigns: tuple[str, ...], source: str) -> Iterator[str]:
    """Say for which campaigns another source is used instead of this one."""
    columns = [CHOICE.c[group.value] for group in Group]
    for batch in staging.batches(campaigns):
        for row in db.rows(
            select(CHOICE.c.campaign, *columns).where(CHOICE.c.workspace == OURS, CHOICE.c.campaign.in_(batch))
        ):
            if others := {
                group.value: name for group in Group if (name := getattr(row, group.value)) not in (None, source)
            }:
                told = ", ".join(f"{group} from {name}" for group, name in others.items())
                yield f"{row.campaign} keeps {told}, which knows more of it"


def digest_of(path: Path) -> str:
    """Return the hash of a file, by which an import is known."""
    with path.open("rb") as file:
        return file_digest(file, "sha256").hexdigest()
