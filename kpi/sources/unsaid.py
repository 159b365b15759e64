"""What a file does not say by itself, and how it is asked for: the terminal names an option, Slack shows a form."""

from __future__ import annotations

import shlex
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

POINT, COMMA = "point", "comma"
DAY_FIRST, MONTH_FIRST = "day-first", "month-first"
SKIP, KEEP, TAKE = "skip", "keep", "take"
MAP = "map"


@dataclass(frozen=True, slots=True)
class Option:
    """A thing that can be said about a file: what it is called, and what it can be."""

    label: str
    example: str = ""
    meanings: Mapping[str, str] = field(default_factory=dict)
    """Where it is one of a few, what each says."""


OPTIONS = {
    "dates": Option("Which day is 3/4?", meanings={
        DAY_FIRST: "3 April, day first", MONTH_FIRST: "4 March, month first",
    }),
    "decimal": Option("What is 1.234?", meanings={POINT: "A bit more than one", COMMA: "More than a thousand"}),
    "totals": Option("Rows called Total", meanings={
        SKIP: "Leave them out: they add up the others", KEEP: "They are a campaign",
    }),
    "lower": Option("Numbers that would fall", meanings={
        TAKE: "Take the lower numbers", SKIP: "Leave these lines out",
    }),
    "sheet": Option("Which sheet?"),
    "zone": Option("Time zone of the times", "Europe/Berlin"),
    "currency": Option("Currency of the amounts", "EUR"),
    "day": Option("Day of the results", "2026-05-31"),
    "campaign": Option("Campaign of all rows", "spring-sale"),
    MAP: Option("What the columns hold", "COLUMN=FACT"),
}  # fmt: skip
"""By the name of the option in the terminal."""


@dataclass(frozen=True, slots=True)
class Unsaid:
    """One thing that has to be said: the option, what can be chosen, and cells that show what it is about."""

    option: str
    choices: tuple[str, ...] = ()
    samples: tuple[str, ...] = ()
    closed: bool = True
    """Whether nothing but the choices can be said."""
    chosen: str = ""
    """What was said last time."""

    @classmethod
    def otherwise(cls, option: str, told: str) -> Unsaid:
        """Return what asks for an answer other than one that was taken."""
        meanings = OPTIONS[option].meanings
        return cls(option, tuple(meanings) or (told,), closed=bool(meanings), chosen=told)

    @property
    def ways(self) -> tuple[str, ...]:
        """The ways to say it in a terminal; all that are said of columns belong together."""
        ways = tuple(f"--{self.option} {shlex.quote(one)}" for one in self.choices or (OPTIONS[self.option].example,))
        return (" ".join(ways),) if self.option == MAP else ways

    @property
    def hint(self) -> str:
        """How to say it in a terminal."""
        if self.option == MAP:
            return "Say what a column holds with --map COLUMN=FACT; ignore leaves it out."
        if self.closed:
            return f"Say which: {' or '.join(self.ways)}."
        return f"Say which: {', '.join([*self.ways[:-1], f'{self.ways[-1]} or another'])}."
