"""Our own layout of a results file: a header of ``campaign,day`` and any of the facts, a row per campaign and day.

An empty cell is unknown, a 0 is a zero. Money is a plain decimal, days are ISO. A row without a day introduces a
campaign (its name, kind, channel, objective, first and last day) and tells no results.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from kpi.errors import UnreadableFile
from kpi.facts import TOLD
from kpi.sources.reading import ABOUT, KEYS
from kpi.sources.unsaid import MAP, Unsaid

if TYPE_CHECKING:
    from kpi.sources.recognising import Asked

IGNORE = "ignore"
"""What a column is mapped to that tells nothing; in a header a number follows it."""
COLUMNS = (*KEYS, *ABOUT, *(fact.key for fact in TOLD))


def require_columns(header: list[str], asked: Asked) -> None:
    """Raise UnreadableFile where a header is not that of our own layout."""
    said = {"campaign": asked.campaign, "day": asked.how.day}
    if missing := [name for name, one in said.items() if name not in header and not one]:
        raise UnreadableFile(
            f"The file has no column '{missing[0]}'; its columns are {', '.join(header[:8]) or 'unnamed'}.",
            f"Say which one it is: --map COLUMN={missing[0]}, or --campaign NAME for a file of one campaign.",
            Unsaid(MAP),
        )
    if unknown := [name for name in header if name not in COLUMNS and not name.startswith(f"{IGNORE} ")]:
        raise UnreadableFile(
            f"The file has a column '{unknown[0]}' that means nothing here.",
            f"Map it with --map {unknown[0]!r}=FACT or --map {unknown[0]!r}=ignore. Known are {', '.join(COLUMNS)}.",
            Unsaid(MAP),
        )
    require_once(header)


def require_once(header: list[str]) -> None:
    """Raise UnreadableFile where two columns hold the same."""
    if twice := [name for name in header if header.count(name) > 1]:
        raise UnreadableFile(f"The file has two columns '{twice[0]}'.", "Remove or rename one of them.")
