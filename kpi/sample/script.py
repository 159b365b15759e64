"""What a campaign's script can say: when it is sent, to how many, in which markets, and how far the messages get."""

from __future__ import annotations

from calendar import MONDAY
from dataclasses import asdict, dataclass, field, replace
from datetime import date, timedelta
from math import exp
from typing import TYPE_CHECKING

from kpi import facts

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from kpi.facts import Fact

ONGOING = 10_000
"""More sends than any season has."""

SHOP = (facts.ORDERS, facts.BUYERS, facts.NEW_CUSTOMERS, facts.REVENUE, facts.REFUNDS)
VOICE = (facts.FEEDBACK, facts.REVIEWS)
NOT_COUNTED = {"sales": VOICE, "brand": SHOP, "service": SHOP}


@dataclass(frozen=True, slots=True)
class Market:
    """A country: what a message costs there, how much is in a basket, and by how many logits people are not Germans."""

    name: str
    price: float
    basket: float = 1.0
    tilt: Mapping[str, float] = field(default_factory=dict)


MARKETS = (
    Market("DE", price=0.12),
    Market("AT", price=0.08, basket=1.05, tilt={"clicked": 0.05}),
    Market("ES", price=0.07, basket=0.93, tilt={"clicked": 0.70, "ordered": -0.35}),
)


@dataclass(frozen=True, slots=True)
class Rates:
    """How far messages get in Germany: shares of the delivered ones, where nothing else is said."""

    delivered: float = 0.955  # of the sent ones
    read: float = 0.72
    clicked: float = 0.07
    ordered: float = 0.22  # of the people who clicked
    new: float = 0.24  # of the people who ordered
    replied: float = 0.018
    opted_out: float = 0.005
    answered: float = 0.04  # a question for feedback
    reviewed: float = 0.008

    def tilted(self, logits: Mapping[str, float]) -> Rates:
        """Return the rates moved by so many logits each, which keeps them between 0 and 1."""
        shares = asdict(self)
        return replace(self, **{step: 1 / (1 + exp(-by) * (1 / shares[step] - 1)) for step, by in logits.items()})


@dataclass(frozen=True, slots=True)
class Split:
    """A part of a campaign's messages: one variant of it in one market."""

    market: Market
    variant: str
    part: float
    appeal: float
    """By how many logits this variant is clicked more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Script:
    """What happens in one campaign."""

    slug: str
    name: str
    channel: str = "whatsapp"
    objective: str = "sales"
    kind: str = "broadcast"
    weeks_ago: int = 0
    weekday: int = MONDAY
    starts_in: int = 0
    """Days from today, for a campaign that is only planned."""
    sends: int = 1
    every: int = 1
    """Days from one send to the next."""
    contacts: int = 0
    """How many people each send is aimed at."""
    rates: Rates = Rates()
    noise: float = 0.12
    """How much one send differs from the next, in logits."""
    mix: tuple[float, ...] = (0.55, 0.15, 0.30)
    """The share of each market."""
    variants: Mapping[str, float] = field(default_factory=lambda: {"": 0.0})
    """Each variant's appeal."""
    basket: float = 58
    refunded: float = 0.07
    price: float | None = None
    """What a message costs, where that is not the market's price."""
    subscribers: int = 0
    """The size of the list at the start, where the campaign knows it."""
    unknown: tuple[Fact, ...] = ()
    tags: str = ""

    def first_day(self, today: date) -> date:
        """Return the day of the first send, or the planned one."""
        monday = today - timedelta(days=today.weekday(), weeks=self.weeks_ago)
        return today + timedelta(days=self.starts_in) if self.starts_in else monday + timedelta(days=self.weekday)

    def last_day(self, today: date) -> date | None:
        """Return the day of the last send, planned or past; None for what runs until further notice."""
        if self.sends == ONGOING:
            return None
        return self.first_day(today) + timedelta(days=(self.sends - 1) * self.every)

    def audience(self) -> int:
        """Return how many people the campaign is aimed at: others each day, the same ones each week."""
        return self.contacts * (self.sends if self.every == 1 else 1)

    def splits(self) -> Iterator[Split]:
        """Yield the parts that every send is made in."""
        for market, share in zip(MARKETS, self.mix, strict=True):
            for variant, appeal in self.variants.items() if share else ():
                yield Split(market, variant, share / len(self.variants), appeal)

    def nobody_counts(self) -> tuple[Fact, ...]:
        """Return the facts that stay unknown."""
        return (*self.unknown, *NOT_COUNTED[self.objective])
