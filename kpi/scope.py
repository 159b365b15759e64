"""What an answer is narrowed to: ``in DE``, ``in email``, ``in vip``, ``in CHF``."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from kpi.reading.territories import called

if TYPE_CHECKING:
    from kpi.storage.campaigns import Campaign

CHANNELS = {"whatsapp": "WhatsApp", "email": "e-mail", "sms": "SMS"}
"""The channels that a campaign can have, as answers call them."""


@dataclass(frozen=True, slots=True)
class Scope:
    """A part of the results: campaigns of one channel and of all these tags, rows of these markets and one currency.

    Whatever is empty narrows nothing down; without a channel, totals and rankings are WhatsApp's alone. Markets are
    spelled as they are stored, tags as their keys (``kpi.names``).
    """

    channel: str = ""
    markets: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    currency: str = ""

    def __bool__(self) -> bool:
        """Tell whether anything is narrowed down."""
        return self != EVERYTHING

    @property
    def rows(self) -> Scope:
        """The part that holds for the rows of a campaign, whichever campaign it is."""
        return Scope(markets=self.markets, currency=self.currency)

    @property
    def said(self) -> str:
        """The markets, tags and currency in words, with a space before them: `` in Germany tagged vip in CHF``."""
        markets = " and ".join(dict.fromkeys(called(market) for market in self.markets))
        named = (("in", markets), ("tagged", " and ".join(self.tags)), ("in", self.currency))
        return "".join(f" {how} {what}" for how, what in named if what)

    @property
    def by(self) -> str:
        """The channel as answers call it: ``WhatsApp``."""
        return CHANNELS[self.channel or "whatsapp"]

    @property
    def channelled(self) -> str:
        """The channel before a noun, where one was asked for: ``e-mail ``."""
        return f"{self.by} " if self.channel else ""

    @property
    def who(self) -> str:
        """Whose totals they are: ``WhatsApp``, ``E-mail in Germany``."""
        return self.by[:1].upper() + self.by[1:] + self.said

    @property
    def named(self) -> str:
        """Everything that it is narrowed to: ``e-mail in Germany``."""
        return f"{self.channelled.strip()}{self.said}".strip()

    @property
    def typed(self) -> str:
        """The words to type behind a question, with a space before them: `` in DE in "vip"``."""
        names = (self.channel, *map(_typed, self.markets), *map(_quoted, self.tags), self.currency)
        return "".join(f" in {name}" for name in names if name)

    def covers(self, campaign: Campaign) -> bool:
        """Tell whether a campaign has the channel and the tags that were asked for."""
        return self.channel in ("", campaign.channel) and set(self.tags) <= campaign.tagged.keys()


EVERYTHING = Scope()


def _typed(market: str) -> str:
    return market if market.isalpha() and len(market) == len("DE") else _quoted(market)


def _quoted(name: str) -> str:
    return f'"{name}"'
