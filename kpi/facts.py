"""What is counted: one row per fact. Tables, files and formulas are derived from this list.

A fact that a source does not know is None, never 0. A message's counts stand on the day it was sent. Money is booked
twice: on the day of the order (what the period took) and on the day of the message that earned it (``_by_send``), so
that orders are never divided by the messages of other days.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from kpi.units import Unit


class Group(StrEnum):
    """Facts that one source must tell together: mixing sources inside a group would count twice."""

    MESSAGES = "messages"
    ORDERS = "orders"
    COST = "cost"
    LIST = "list"


class Adds(StrEnum):
    """How a fact adds up over days."""

    SUM = "sum"
    """Days are added."""
    STATE = "state"
    """A level, such as the size of an audience: the latest one counts, days are never added."""


@dataclass(frozen=True, slots=True, eq=False)
class Fact:
    """One thing that is counted; a fact can be used wherever terms can."""

    key: str
    label: str
    group: Group
    meaning: str
    unit: Unit = Unit.COUNT
    adds: Adds = Adds.SUM
    noun: str = ""
    """What a denominator is called in an answer: ``of 15,020 delivered``."""

    @property
    def called(self) -> str:
        """The word after a count."""
        return self.noun or self.label.lower()


def _message(key: str, label: str, meaning: str, noun: str = "") -> Fact:
    return Fact(key, label, Group.MESSAGES, meaning, noun=noun)


def _order(key: str, label: str, meaning: str, unit: Unit = Unit.COUNT) -> Fact:
    return Fact(key, label, Group.ORDERS, meaning, unit)


AUDIENCE = Fact("audience", "Audience", Group.MESSAGES, "people the campaign was aimed at", adds=Adds.STATE)
SENT = _message("sent", "Sent", "messages that WhatsApp accepted")
DELIVERED = _message("delivered", "Delivered", "messages that reached the phone (a read message was delivered)")
FAILED = _message("failed", "Failed", "messages that were accepted and never delivered")
READ = _message("read", "Read", "messages opened with read receipts on: a lower bound")
CLICKS = _message("clicks", "Clicks", "all presses of a link or button")
CLICKERS = _message("clickers", "Clickers", "messages with at least one click, each counted once", "people who clicked")
REPLIES = _message("replies", "Replies", "messages that were answered, each counted once")
CONVERSATIONS = _message("conversations", "Conversations", "conversations billed or begun, as the source counts them")
FEEDBACK = _message("feedback", "Feedback", "answers to a question for feedback")
REVIEWS = _message("reviews", "Reviews", "public reviews left after the message")

ORDERS = _order("orders", "Orders", "orders attributed to the campaign, on the day of the order")
BUYERS = _order("buyers", "Buyers", "people who ordered, each counted once per campaign")
NEW_CUSTOMERS = _order("new_customers", "New customers", "buyers whose first order this was")
REVENUE = _order("revenue", "Gross revenue", "value of the orders before refunds", Unit.MONEY)
REFUNDS = _order("refunds", "Refunds", "money given back, as a positive amount, on the day of the refund", Unit.MONEY)
ORDERS_BY_SEND = _order("orders_by_send", "Orders", "orders, on the day of the message that earned them")
BUYERS_BY_SEND = _order("buyers_by_send", "Buyers", "buyers, on the day of the message that won them")
REVENUE_BY_SEND = _order("revenue_by_send", "Gross revenue", "revenue, on the day of the message", Unit.MONEY)
REFUNDS_BY_SEND = _order("refunds_by_send", "Refunds", "refunds, on the day of the message", Unit.MONEY)

COST = Fact("cost", "Campaign cost", Group.COST, "what the messages cost, fees included where known", Unit.MONEY)

OPT_INS = Fact("opt_ins", "Opt-ins", Group.LIST, "people who agreed to receive messages")
OPT_OUTS = Fact("opt_outs", "Opt-outs", Group.LIST, "people who asked for no more messages after this one")
BLOCKS = Fact("blocks", "Blocks", Group.LIST, "people who blocked or reported the number (typed in; no webhook tells)")
SUBSCRIBERS = Fact("subscribers", "Subscribers", Group.LIST, "size of the list that day", adds=Adds.STATE)

FACTS = (
    AUDIENCE,
    SENT,
    DELIVERED,
    FAILED,
    READ,
    CLICKS,
    CLICKERS,
    REPLIES,
    CONVERSATIONS,
    ORDERS,
    BUYERS,
    NEW_CUSTOMERS,
    REVENUE,
    REFUNDS,
    COST,
    OPT_INS,
    OPT_OUTS,
    BLOCKS,
    FEEDBACK,
    REVIEWS,
    SUBSCRIBERS,
    ORDERS_BY_SEND,
    BUYERS_BY_SEND,
    REVENUE_BY_SEND,
    REFUNDS_BY_SEND,
)
FACT = {fact.key: fact for fact in FACTS}

BY_SEND = {ORDERS: ORDERS_BY_SEND, BUYERS: BUYERS_BY_SEND, REVENUE: REVENUE_BY_SEND, REFUNDS: REFUNDS_BY_SEND}
"""The second booking of a fact; a source that knows one day only fills both."""

TOLD = tuple(fact for fact in FACTS if fact not in BY_SEND.values())
"""What a file can tell: the columns of our own layout."""

ARRIVING = (
    *(SENT, DELIVERED, FAILED, READ, CLICKS, CLICKERS, REPLIES, CONVERSATIONS, FEEDBACK, REVIEWS, COST, OPT_OUTS),
    *(ORDERS_BY_SEND, BUYERS_BY_SEND, NEW_CUSTOMERS, REVENUE_BY_SEND, REFUNDS_BY_SEND),
)
"""What follows from a message, sooner or later, so that its age can be told (``kpi.storage.arrivals``)."""

AT_ONCE = frozenset({SENT, DELIVERED, FAILED, CONVERSATIONS, COST})
"""What has nearly all come in on the day of the message, so that it is the same at any age."""

NEVER_MORE = (
    (DELIVERED, SENT),
    (FAILED, SENT),
    (READ, DELIVERED),
    (CLICKERS, CLICKS),
    (BUYERS, ORDERS),
    (NEW_CUSTOMERS, BUYERS),
)
"""Pairs in which the first can never exceed the second; a row that says otherwise is wrong."""
