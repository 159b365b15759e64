"""An invented season of messages, told as badly as webhooks are told, and what an oracle counts of it.

Statuses come late, twice, in any order, some never; whole bodies come again. The oracle knows what happened and shares
no code with the bot. Naive ways of counting see the same bodies.
"""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from tests.whatsapp_world import NOW, body, reply, status

ZONE = ZoneInfo("America/New_York")
FACTS = ("sent", "delivered", "failed", "read", "replies")
Cell = tuple[str, date, str]
Counts = dict[Cell, tuple[int, ...]]


@dataclass
class Story:
    """What really happened, and the bodies in which it is told."""

    states: dict[str, dict[str, datetime]] = field(default_factory=dict)
    """The time of each state of each message, of states that are told at least once."""
    whose: dict[str, tuple[str, str]] = field(default_factory=dict)
    bodies: list[bytes] = field(default_factory=list)
    told: list[tuple[str, str, datetime]] = field(default_factory=list)
    """Every status in the order of telling, as a naive counter sees it."""


CAMPAIGNS = tuple(f"campaign-{number}" for number in range(6))
LATER = "known-later"
"""A campaign to which messages lead only when all is told."""


def story(seed_: int, messages: int) -> Story:
    """Invent messages and tell of them badly."""
    chance, made = random.Random(seed_), Story()  # noqa: S311  a seed, not a secret
    arriving: list[tuple[float, Any]] = []
    for number in range(messages):
        name = f"{seed_}-{number}"
        campaign, variant = chance.choice((*CAMPAIGNS, LATER)), chance.choice(("", "", "a", "b"))
        made.whose[name] = (campaign, variant)
        callback = f"template={LATER}-v2" if campaign == LATER else f"campaign={campaign}"
        callback += f";variant={variant}" if variant else ""
        for state, at in _life(chance).items():
            if state == "delivered" and "read" in made.states.get(name, {}) and chance.random() < 0.5:
                continue
            made.states.setdefault(name, {})[state] = at
            one = reply(name, at) if state == "replied" else status(name, state, at, callback)
            delay = chance.expovariate(1 / 3600) + (86_400 * 3 if chance.random() < 0.02 else 0)
            for _ in range(chance.choices((1, 2, 3), (80, 15, 5))[0]):
                arriving.append((at.timestamp() + delay, (name, state, at, one)))
                delay += chance.expovariate(1 / 1800)
        if chance.random() < 0.01:
            arriving.append(
                (chance.random(), (name, "", NOW, status(name, "sent", NOW - timedelta(days=120), callback)))
            )
    _pack(chance, made, [what for _, what in sorted(arriving, key=lambda one: one[0])])
    return made


def _life(chance: random.Random) -> dict[str, datetime]:
    """Return what happens to one message, reads first so that a delivery can be left out."""
    sent = NOW - timedelta(seconds=chance.uniform(0, 20 * 86_400))
    life, fate = {"sent": sent}, chance.random()
    delivered = min(NOW, sent + timedelta(seconds=chance.expovariate(1 / 60) + 86_400 * (fate > 0.95)))
    read = min(NOW, delivered + timedelta(seconds=chance.expovariate(1 / 40_000)))
    if fate < 0.05:
        return life | {"failed": sent + timedelta(seconds=2)}
    if fate < 0.07:
        return life | {"failed": sent + timedelta(seconds=2), "delivered": delivered}
    if fate < 0.60:
        life |= {"read": read}
    if fate < 0.12:
        life |= {"replied": min(NOW, read + timedelta(seconds=40))}
    if chance.random() < 0.02:
        del life["sent"]
    return life | {"delivered": delivered} if fate < 0.98 or "sent" not in life else life


def _pack(chance: random.Random, made: Story, arriving: list[Any]) -> None:
    """Put up to fifty updates into each body; some bodies come twice as a whole, and neighbours change places."""
    left = arriving
    while left:
        size = chance.randint(1, 50)
        some, left = left[:size], left[size:]
        chance.shuffle(some)
        answers = [one for _, state, _, one in some if state == "replied"]
        more: dict[str, Any] = {"messages": answers} if answers else {}
        raw = body(*(one for _, state, _, one in some if state != "replied"), **more)
        for _ in range(2 if chance.random() < 0.05 else 1):
            made.bodies.append(raw)
            made.told += [(name, state, at) for name, state, at, _ in some if state not in ("", "replied")]


def oracle(made: Story) -> tuple[Counts, dict[tuple[Any, ...], int]]:
    """Count what happened, by campaign, day and variant, and by age."""
    days: dict[Cell, list[int]] = defaultdict(lambda: [0] * len(FACTS))
    ages: Counter[tuple[Any, ...]] = Counter()
    for name, states in made.states.items():
        campaign, variant = made.whose[name]
        sent = min(int(at.timestamp()) for at in states.values())
        offset = datetime.fromtimestamp(sent, ZONE).utcoffset() or timedelta()

        def day(second: int, offset: timedelta = offset) -> date:
            return (datetime.fromtimestamp(second, UTC) + offset).date()

        happened = {"sent": sent}
        if arrived := [int(states[one].timestamp()) for one in ("delivered", "read", "replied") if one in states]:
            happened["delivered"] = min(arrived)
        elif "failed" in states:
            happened["failed"] = int(states["failed"].timestamp())
        happened |= {
            fact: int(states[one].timestamp())
            for one, fact in (("read", "read"), ("replied", "replies"))
            if one in states
        }
        for fact, second in happened.items():
            days[campaign, day(sent), variant][FACTS.index(fact)] += 1
            ages[campaign, day(sent), variant, min((day(second) - day(sent)).days, 14), fact] += 1
    return {cell: tuple(counts) for cell, counts in days.items()}, dict(ages)


def naive(made: Story) -> dict[str, Counter[str]]:
    """Count as others do: every status, every pair of id and status once, the last status of each message."""
    every = Counter(state for _, state, _ in made.told)
    once = Counter(state for _, state in {(name, state) for name, state, _ in made.told})
    last = Counter({name: state for name, state, _ in made.told}.values())
    rank = {"read": ("read", "delivered", "sent"), "delivered": ("delivered", "sent"), "failed": ("failed", "sent")}
    latest: Counter[str] = Counter()
    for state, count in last.items():
        latest.update(dict.fromkeys(rank.get(state, (state,)), count))
    return {"every status counts": every, "each status of a message once": once, "the last status wins": latest}
