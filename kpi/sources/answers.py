"""What is said about a file that does not say it itself: now, or last time about a file with the same header.

What was said last time only stands in for a question: where the file itself tells, or somebody says otherwise now, that
wins. What holds for one file alone (its campaign, its day) is not remembered.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from hashlib import sha256
from typing import TYPE_CHECKING

from kpi.sources.layouts import spelled

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

ASKED_AGAIN = frozenset({"day", "lower"})
"""What a new file needs a new answer for."""


@dataclass(frozen=True, slots=True)
class How:
    """What the importer was told about a file, because the file itself does not say it."""

    dates: str = ""
    decimal: str = ""
    zone: str = ""
    currency: str = ""
    day: str = ""
    sheet: str = ""
    totals: str = ""
    lower: str = ""
    """What to do with lines that lower a stored number."""


@dataclass(frozen=True, slots=True)
class Remembered:
    """What was said about files with this header: what columns hold by their spelled names, and answers by option."""

    mapping: Mapping[str, str] = field(default_factory=dict)
    answers: Mapping[str, str] = field(default_factory=dict)

    def and_now(self, mapping: Mapping[str, str], how: How) -> Remembered:
        """Return what is to be remembered after something else was said, too."""
        said = {option: told for option, told in asdict(how).items() if told and option not in ASKED_AGAIN}
        return Remembered({**self.mapping, **mapping}, {**self.answers, **said})


@dataclass(slots=True)
class Answers:
    """What was said about a file now, and last time; ``used`` is what was taken from last time, by option."""

    now: How
    before: Mapping[str, str] = field(default_factory=dict)
    used: dict[str, str] = field(default_factory=dict)

    def again(self, option: str) -> str:
        """Return the answer of last time in place of a question; '' where there is none."""
        if told := self.before.get(option, ""):
            self.used[option] = told
        return told


def fingerprint(names: Iterable[str]) -> str:
    """Return what files are known by that have the same columns (or sheets)."""
    return sha256("\x1f".join(map(spelled, names)).encode("utf-8", "replace")).hexdigest()


def fingerprint_of_sheets(titles: Iterable[str]) -> str:
    """Return what spreadsheets are known by that have the same sheets."""
    return fingerprint(("sheets", *titles))
