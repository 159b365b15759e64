"""The tables. Every key begins with the workspace, the guard against leaks between teams.

Table models are filled inside the program only; what comes from outside is checked before it gets here, because
``table=True`` does not validate. Amounts of money are millionths (``kpi.money``), counts and amounts are 64 bits wide.
"""

from __future__ import annotations

from datetime import date, datetime, time  # noqa: TC003  the tables are built from the annotations
from typing import TYPE_CHECKING, Any, ClassVar

from pydantic import create_model
from sqlalchemy import BigInteger, Index, MetaData, text
from sqlmodel import Field, SQLModel

from kpi.facts import ARRIVING, FACTS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from kpi.facts import Fact

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "pk": "pk_%(table_name)s",
}


class Table(SQLModel):
    """What all tables share: the names of their constraints."""

    metadata: ClassVar[MetaData] = MetaData(naming_convention=NAMING)


def _columns(facts: Iterable[Fact]) -> dict[str, Any]:
    """Return one nullable column per fact: None is "this source does not know", never 0."""
    return {fact.key: (int | None, Field(default=None, sa_type=BigInteger)) for fact in facts}


FactColumns: Any = create_model("FactColumns", __base__=Table, **_columns(FACTS))
ArrivingColumns: Any = create_model("ArrivingColumns", __base__=Table, **_columns(ARRIVING))


class Workspace(Table, table=True):
    """One team: how it counts its days and writes its money. Environment values only seed this row."""

    workspace: str = Field(primary_key=True)
    timezone: str = "UTC"
    currency: str = "EUR"
    locale: str = "en_GB"
    margin: int | None = Field(default=None, sa_type=BigInteger)
    vat: int | None = Field(default=None, sa_type=BigInteger)
    click_days: int = Field(default=5, sa_type=BigInteger)
    view_hours: int = Field(default=12, sa_type=BigInteger)
    wait_hours: int = Field(default=2, sa_type=BigInteger)
    plain_tables: bool = False
    """Slack refused a table block here once, so tables go out as aligned text."""


class Campaign(Table, table=True):
    """A campaign, and the first and last day on which it sent anything (or had any result)."""

    __table_args__ = (Index(None, "workspace", "channel", "ended", "slug"), Index(None, "workspace", "holdout_of"))

    workspace: str = Field(primary_key=True)
    slug: str = Field(primary_key=True)
    name: str
    kind: str = "broadcast"
    channel: str = "whatsapp"
    objective: str = "sales"
    margin: int | None = Field(default=None, sa_type=BigInteger)
    tags: str = ""
    """As they were typed, with ``;`` between them."""
    starts: date | None = None
    ends: date | None = None
    began: date | None = None
    ended: date | None = None
    archived: bool = False
    renamed: bool = False
    """A person gave it its name, which files no longer change."""
    part_of: str | None = None
    """The campaign that it is merged into, if it is (``kpi.storage.families``)."""
    is_added: bool = False
    """Whether it is a part of that one, rather than the same sends."""
    holdout_of: str | None = None
    """The campaign that these people were left out of at random, to see what it adds; they got no message."""
    at_random: bool = False
    """Whether its people were given their variants by lot."""


class CampaignName(Table, table=True):
    """A name that leads to a campaign: its own, former names, vendor ids, templates, UTM values, coupons."""

    __tablename__ = "campaign_name"

    workspace: str = Field(primary_key=True)
    key: str = Field(primary_key=True)
    slug: str
    name: str
    kind: str = "name"
    given_to: str | None = None
    """The campaign that the name was given to, while that is merged into the one that the name leads to."""


class CampaignChange(Table, table=True):
    """What somebody changed about the names of campaigns, in the words of the command, and whom it was about."""

    __tablename__ = "campaign_change"

    workspace: str = Field(primary_key=True)
    changed_at: datetime = Field(primary_key=True)
    campaign: str = Field(primary_key=True)
    change: str = Field(primary_key=True)
    changed_by: str


class Reported(FactColumns, table=True):
    """What one source said about one day of a campaign; unsplit market and variant are ''."""

    __table_args__ = {"sqlite_with_rowid": False}  # noqa: RUF012

    workspace: str = Field(primary_key=True)
    campaign: str = Field(primary_key=True)
    source: str = Field(primary_key=True)
    day: date = Field(primary_key=True)
    market: str = Field(primary_key=True)
    variant: str = Field(primary_key=True)
    currency: str = Field(primary_key=True)
    said_by: str | None = None
    """The import that said it; empty where it was no import of results."""


class DailyResult(FactColumns, table=True):
    """What is true of one day of a campaign: per group of facts what the chosen source said. Answers read only this."""

    __tablename__ = "daily_result"
    __table_args__ = {"sqlite_with_rowid": False}  # noqa: RUF012

    workspace: str = Field(primary_key=True)
    campaign: str = Field(primary_key=True)
    day: date = Field(primary_key=True)
    market: str = Field(primary_key=True)
    variant: str = Field(primary_key=True)
    currency: str = Field(primary_key=True)


class Arrival(ArrivingColumns, table=True):
    """What a source said of one day's messages, apart by how many days later it happened (``kpi.storage.arrivals``)."""

    __table_args__ = {"sqlite_with_rowid": False}  # noqa: RUF012

    workspace: str = Field(primary_key=True)
    campaign: str = Field(primary_key=True)
    source: str = Field(primary_key=True)
    day: date = Field(primary_key=True)
    """The day of the messages."""
    market: str = Field(primary_key=True)
    variant: str = Field(primary_key=True)
    currency: str = Field(primary_key=True)
    age: int = Field(primary_key=True, sa_type=BigInteger, sa_column_kwargs={"autoincrement": False})


class CampaignSplit(Table, table=True):
    """A market and a currency in which a campaign has results; '' is what is not split by market."""

    __tablename__ = "campaign_split"

    workspace: str = Field(primary_key=True)
    campaign: str = Field(primary_key=True)
    market: str = Field(primary_key=True)
    currency: str = Field(primary_key=True)


class SourceChoice(Table, table=True):
    """Which source tells each group of facts of a campaign, for its whole life; None where no source knows any.

    ``disagreement`` is a sentence where a source that was not chosen says something clearly different.
    """

    __tablename__ = "source_choice"

    workspace: str = Field(primary_key=True)
    campaign: str = Field(primary_key=True)
    messages: str | None = None
    orders: str | None = None
    cost: str | None = None
    list: str | None = None
    disagreement: str = ""


class Source(Table, table=True):
    """Where results come from: a kind of file, a webhook, an API; and when it last told anything."""

    workspace: str = Field(primary_key=True)
    source: str = Field(primary_key=True)
    kind: str = "file"
    updated_at: datetime
    since: datetime | None = None
    """Since when events of it come in by themselves; empty for files."""
    currency: str = ""
    """In which its counts are booked, whatever the team's becomes later; empty for files."""


class Connection(Table, table=True):
    """An account at another service whose events belong to the workspace: a WhatsApp number or account, a shop."""

    workspace: str = Field(primary_key=True)
    kind: str = Field(primary_key=True)
    account: str = Field(primary_key=True)
    since: datetime


class Message(Table, table=True):
    """One message: the first time of each state, in seconds since 1970, and the campaign it belongs to.

    Never a status: states come late, twice and out of order (``kpi.rollup``). WhatsApp's own id contains the
    recipient's number, so the key is a keyed hash of it; people are keyed hashes, too.
    """

    __table_args__ = (
        Index(
            "ix_message_unattributed", "workspace", "label",
            sqlite_where=text("campaign IS NULL"), postgresql_where=text("campaign IS NULL"),
        ),
        {"sqlite_with_rowid": False},
    )  # fmt: skip

    workspace: str = Field(primary_key=True)
    message: str = Field(primary_key=True)
    campaign: str | None = None
    """None until what the message carries leads to one."""
    variant: str = ""
    label: str = ""
    """A keyed hash of the name that it carries, by which it can be attributed later."""
    person: str | None = None
    phone: str | None = None
    """The recipient, by WhatsApp's id for the person and by phone number."""
    day: date
    """The day that its counts stand on: that of its first time, in the team's time zone of then."""
    shift: int = Field(sa_type=BigInteger)
    """By how many seconds that time zone was ahead of UTC."""
    sent: int | None = Field(default=None, sa_type=BigInteger)
    delivered: int | None = Field(default=None, sa_type=BigInteger)
    read: int | None = Field(default=None, sa_type=BigInteger)
    clicked: int | None = Field(default=None, sa_type=BigInteger)
    replied: int | None = Field(default=None, sa_type=BigInteger)
    failed: int | None = Field(default=None, sa_type=BigInteger)
    error: int | None = Field(default=None, sa_type=BigInteger)
    """WhatsApp's code for the first failure."""


class Failure(Table, table=True):
    """How many messages of a campaign's day failed for a reason, by WhatsApp's code (0 where none was told)."""

    workspace: str = Field(primary_key=True)
    campaign: str = Field(primary_key=True)
    day: date = Field(primary_key=True)
    code: int = Field(primary_key=True, sa_type=BigInteger, sa_column_kwargs={"autoincrement": False})
    count: int = Field(sa_type=BigInteger)


class LiveCount(Table, table=True):
    """How often something was heard on a day that is no result: late events, unknown kinds (never their values)."""

    __tablename__ = "live_count"

    workspace: str = Field(primary_key=True)
    source: str = Field(primary_key=True)
    day: date = Field(primary_key=True)
    what: str = Field(primary_key=True)
    count: int = Field(sa_type=BigInteger)


class HeldName(Table, table=True):
    """A campaign that messages name and that was not made, because too many were made that day."""

    __tablename__ = "held_name"

    workspace: str = Field(primary_key=True)
    key: str = Field(primary_key=True)
    name: str
    held_at: datetime


class ImportRun(Table, table=True):
    """One import of one file: what it was, how far it came, what it did."""

    __tablename__ = "import_run"

    workspace: str = Field(primary_key=True)
    run: str = Field(primary_key=True)
    """Its number in six digits, so that a later import sorts after an earlier one."""
    digest: str
    source: str
    file: str
    person: str = ""
    state: str = "running"
    """running, done, undoing or undone."""
    started_at: datetime
    finished_at: datetime | None = None
    kind: str = "results"
    stored: int = Field(default=0, sa_type=BigInteger)
    campaigns: int = Field(default=0, sa_type=BigInteger)
    first: date | None = None
    last: date | None = None
    money: str = "{}"
    """As JSON, by how much orders changed what was taken, in millionths of each currency."""
    told: str
    """As JSON, the campaigns it made known, and what it changed about others, so that it can be undone."""


class ImportMapping(Table, table=True):
    """What was said about files with the same header, so that it need not be asked again."""

    __tablename__ = "import_mapping"

    workspace: str = Field(primary_key=True)
    header: str = Field(primary_key=True)
    """The fingerprint of the names of its columns, or of its sheets (``kpi.sources.answers``)."""
    mapping: str
    """As JSON, what columns hold."""
    answers: str
    """As JSON, the day order, the decimal sign, the zone, the currency, the sheet, the totals."""
    file: str
    said_by: str
    said_at: datetime


class Testimony(Table, table=True):
    """That an import told of a campaign, and of which groups of facts: of equal files the latest counts."""

    __table_args__ = {"sqlite_with_rowid": False}

    workspace: str = Field(primary_key=True)
    campaign: str = Field(primary_key=True)
    source: str = Field(primary_key=True)
    run: str = Field(primary_key=True)
    messages: bool
    orders: bool
    cost: bool
    list: bool


class Replaced(FactColumns, table=True):
    """What a source had said before an import said otherwise (or no longer said it), so that this can be undone."""

    __table_args__ = {"sqlite_with_rowid": False}  # noqa: RUF012

    workspace: str = Field(primary_key=True)
    campaign: str = Field(primary_key=True)
    source: str = Field(primary_key=True)
    day: date = Field(primary_key=True)
    market: str = Field(primary_key=True)
    variant: str = Field(primary_key=True)
    currency: str = Field(primary_key=True)
    run: str = Field(primary_key=True)
    """The import that replaced it."""
    said_by: str | None = None
    """The import that had said it."""


class OrderColumns(Table):
    """What an order tells. Amounts are as the shop gives them; the customer is a keyed hash."""

    ordered_at: datetime
    day: date
    customer: str | None = None
    country: str = ""
    currency: str
    gross: int = Field(sa_type=BigInteger)
    refunds: int | None = Field(default=None, sa_type=BigInteger)
    tax: int | None = Field(default=None, sa_type=BigInteger)
    shipping: int | None = Field(default=None, sa_type=BigInteger)
    coupon: str = ""
    utm: str = ""
    campaign: str | None = None
    method: str | None = None
    """How the campaign was found: named with the import, by coupon, by UTM value."""
    message_day: date | None = None
    """The day of the message that earned it, where that is known."""


class Purchase(OrderColumns, table=True):
    """One order of a shop, or a cancellation that names none (``is_order`` is false, ``gross`` is 0).

    Each source numbers its own orders.
    """

    __table_args__ = (Index(None, "workspace", "campaign"), Index(None, "workspace", "customer"))

    workspace: str = Field(primary_key=True)
    source: str = Field(primary_key=True)
    order_id: str = Field(primary_key=True)
    is_order: bool
    is_first: bool | None = None
    """Whether it was the customer's first of all stored orders; None where the customer is unknown."""
    cancelled: int | None = Field(default=None, sa_type=BigInteger)
    """What later rows under the order's number took back, beside the refunds that its own row tells."""
    said_by: str | None = None
    """The import that told of it; None where it follows from several sayings, which are in ``told_order``."""


class ToldOrder(OrderColumns, table=True):
    """What an import said of an order, or of a cancellation under its number, kept where there are several sayings."""

    __tablename__ = "told_order"
    __table_args__ = {"sqlite_with_rowid": False}

    workspace: str = Field(primary_key=True)
    source: str = Field(primary_key=True)
    order_id: str = Field(primary_key=True)
    run: str = Field(primary_key=True)
    is_order: bool = Field(primary_key=True)


class OpenedChannel(Table, table=True):
    """A channel in which everybody present may ask."""

    __tablename__ = "opened_channel"

    workspace: str = Field(primary_key=True)
    channel: str = Field(primary_key=True)
    exposure: str
    """Who could read along when it was opened: private, public or shared with another organisation."""
    opened_by: str
    opened_at: datetime


class Asker(Table, table=True):
    """Somebody who may ask anywhere, and who allowed it."""

    workspace: str = Field(primary_key=True)
    person: str = Field(primary_key=True)
    allowed_by: str
    allowed_at: datetime


class SettingChange(Table, table=True):
    """A setting that somebody changed, with both values as they are typed."""

    __tablename__ = "setting_change"

    workspace: str = Field(primary_key=True)
    changed_at: datetime = Field(primary_key=True)
    setting: str = Field(primary_key=True)
    changed_by: str
    old: str
    new: str


class DayNoteRow(Table, table=True):
    """What somebody noted about some days, or that a note of the calendar is not wanted (``removed``)."""

    __tablename__ = "day_note"

    workspace: str = Field(primary_key=True)
    key: str = Field(primary_key=True)
    """The name, spelled for matching."""
    start: date = Field(primary_key=True)
    until: date
    """The day after the last."""
    name: str
    leave_out: bool = False
    """Whether baselines do not count the days."""
    removed: bool = False
    noted_by: str
    noted_at: datetime


class AnswerContext(Table, table=True):
    """What an answer in Slack was about, for questions in the thread under it; kept for some weeks."""

    __tablename__ = "answer_context"
    __table_args__ = (Index(None, "workspace", "answered_at"),)

    workspace: str = Field(primary_key=True)
    channel: str = Field(primary_key=True)
    thread: str = Field(primary_key=True)
    """The timestamp of the message on top of the thread; '' for what was said last in a direct message."""
    asked: str
    answered_at: datetime


class AccessRequest(Table, table=True):
    """Somebody who asks to be allowed, and the day on which the admins were last told of it."""

    __tablename__ = "access_request"

    workspace: str = Field(primary_key=True)
    person: str = Field(primary_key=True)
    told_on: date


class Schedule(Table, table=True):
    """A digest that was asked for: what about, where to, when, and who answers for it (``kpi.slots``)."""

    workspace: str = Field(primary_key=True)
    id: str = Field(primary_key=True)
    channel: str
    """Where it is posted: a channel, or somebody's direct messages with the bot."""
    person: str = ""
    """Whose direct messages these are."""
    owner: str
    scope: str = ""
    """Which campaigns, in the words of a question; all where there are none."""
    monthly: bool = False
    weekday: int = Field(default=0, sa_type=BigInteger)
    at: time
    zone: str
    state: str = "on"
    """On, off, unconfirmed (more people read along than were named), or stopped by an error that does not pass."""
    reason: str = ""
    """Why it is unconfirmed or stopped."""
    exposure: str = "private"
    guests: bool = False
    """Who could read along when it was confirmed."""
    planned_until: datetime
    """Every slot up to this moment is in the ledger."""


class Target(Table, table=True):
    """What somebody wants a KPI to reach, of one campaign or, where that is '', of all."""

    workspace: str = Field(primary_key=True)
    metric: str = Field(primary_key=True)
    campaign: str = Field(primary_key=True)
    value: int = Field(sa_type=BigInteger)
    """In millionths of the KPI's unit; a share of one is a million."""
    set_by: str
    set_at: datetime


class AlertRule(Table, table=True):
    """What somebody wants to be told of, and in which channel."""

    __tablename__ = "alert_rule"

    workspace: str = Field(primary_key=True)
    id: str = Field(primary_key=True)
    channel: str
    owner: str
    rule: str
    """As JSON (``kpi.alerts.rule``)."""
    state: str = "on"
    """On or paused."""
    changed_at: datetime


class AlertState(Table, table=True):
    """How far the alert of a rule on one campaign is (``kpi.alerts.states``); '' is all campaigns together."""

    __tablename__ = "alert_state"

    workspace: str = Field(primary_key=True)
    rule: str = Field(primary_key=True)
    campaign: str = Field(primary_key=True)
    phase: str
    episode: int = Field(default=0, sa_type=BigInteger)
    fired_at: datetime | None = None
    fired_on: date | None = None
    closed_at: datetime | None = None
    told_at: datetime | None = None
    acked_by: str = ""
    snoozed_until: datetime | None = None
    muted: bool = False
    errors: int = Field(default=0, sa_type=BigInteger)
    last: date | None = None
    said: str = ""
    """What the last evaluation measured, as a sentence."""
    ending: str = ""
    """How the last episode ended."""
    shown: str = ""
    """What its message in Slack shows, as a hash."""


class AlertRound(Table, table=True):
    """When all rules were last evaluated, and when those that are looked at every hour."""

    __tablename__ = "alert_round"

    workspace: str = Field(primary_key=True)
    every_rule: datetime
    hourly: datetime


class Posting(Table, table=True):
    """One message that has to reach Slack exactly once: a digest, its thread, a note to whoever answers for it.

    ``state`` is planned, ready, posting, uncertain, sent, held, failed or expired (``kpi.storage.ledger``).
    """

    __table_args__ = (Index(None, "workspace", "state", "next_at"), Index(None, "workspace", "channel", "posting_at"))

    workspace: str = Field(primary_key=True)
    schedule: str = Field(primary_key=True)
    slot: date = Field(primary_key=True)
    piece: str = Field(primary_key=True)
    """What of the slot: ``digest``, what follows it in its thread, or a note about it."""
    state: str
    channel: str
    due_at: datetime
    next_at: datetime
    """When somebody has to look at it again: whoever claims it moves that away, so that nobody else does meanwhile."""
    fence: int = Field(default=0, sa_type=BigInteger)
    """Counts the claims: what an earlier claimant still writes is refused."""
    tries: int = Field(default=0, sa_type=BigInteger)
    message: str = ""
    """What is posted, exactly, and ever plainer forms of it for a Slack that refuses it: a list as JSON."""
    posting_at: datetime | None = None
    """When the intent to post was written down."""
    ts: str = ""
    """Slack's name for the message that stands."""
    error: str = ""
    thread: str = ""
    """The message under which it is posted."""
    kept: str = ""
    """The figures that it tells, as JSON: the next one says what has changed of them."""
    waits_for: str = ""
    """The sources for which it waits, or did wait."""
    edits: str = ""
    """The message that it replaces."""
