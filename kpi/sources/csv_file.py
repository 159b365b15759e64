"""Our own layout of a results file: a header of ``campaign,day`` and any of the facts, a row per campaign and day.

An empty cell is unknown, a 0 is a zero. Money is a plain decimal, days are ISO. A row without a day introduces a
campaign (its name, kind, channel, objective, first and last day) and tells no results.
"""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING

from kpi.errors import UnreadableFile
from kpi.facts import TOLD
from kpi.sources.reading import ABOUT, KEYS, Reading

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date

COLUMNS = (*KEYS, *ABOUT, *(fact.key for fact in TOLD))
LONGEST_CELL = 65_536


def reading(
    lines: Iterable[str], today: date, currency: str, campaign: str = "", mapping: Mapping[str, str] | None = None
) -> Reading:
    """Return a reading of a file in our own layout; raise UnreadableFile where its header is not that.

    ``mapping`` renames columns (ours by theirs); ``campaign`` stands for a missing campaign column.
    """
    csv.field_size_limit(LONGEST_CELL)
    table = csv.reader(lines)
    try:
        first = next(table)
    except (StopIteration, csv.Error):
        raise UnreadableFile("The file is empty.", "Its first line names the columns: campaign,day,sent,…") from None
    if len(first) == 1 and (other := next((sign for sign in ";\t|" if sign in first[0]), "")):
        name = {"\t": "tabs"}.get(other, f"'{other}'")
        raise UnreadableFile(
            f"The columns are separated by {name}, not by commas.", "Save the file as CSV with commas."
        )
    renamed = {theirs.strip().lower(): ours for theirs, ours in (mapping or {}).items()}
    header = [renamed.get(name.strip().lower(), name.strip().lower()) for name in first]
    _require_columns(header, bool(campaign))
    return Reading(header, table, today, currency, campaign)


def _require_columns(header: list[str], has_campaign: bool) -> None:  # noqa: FBT001
    missing = [name for name in ("campaign", "day") if name not in header and not (name == "campaign" and has_campaign)]
    if missing:
        raise UnreadableFile(
            f"The file has no column '{missing[0]}'; its columns are {', '.join(header[:8]) or 'unnamed'}.",
            f"Say which one it is: --map COLUMN={missing[0]}, or --campaign NAME for a file of one campaign.",
        )
    if unknown := [name for name in header if name not in COLUMNS]:
        raise UnreadableFile(
            f"The file has a column '{unknown[0]}' that means nothing here.",
            f"Map it with --map {unknown[0]!r}=FACT or remove it. Known are {', '.join(COLUMNS)}.",
        )
    if twice := [name for name in header if header.count(name) > 1]:
        raise UnreadableFile(f"The file has two columns '{twice[0]}'.", "Remove or rename one of them.")
