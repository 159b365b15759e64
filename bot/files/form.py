"""The form for what a file does not say by itself: its columns with sample values, days, decimals, currency, sheet."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from bot.files.importing import Said, how_of
from bot.modals import Field, line, modal, option, select
from kpi.errors import Mistake
from kpi.facts import TOLD
from kpi.sources.csv_file import COLUMNS, IGNORE
from kpi.sources.recognising import Asked, looked_at
from kpi.sources.unsaid import MAP, OPTIONS, Unsaid
from kpi.storage.importing.mappings import remembered
from kpi.storage.workspaces import team

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from bot.parts import Parts

COLUMN = "column "
MOST_COLUMNS = 40
LONGEST_COLUMN = 100
LABELS = {IGNORE: "Leave it out", **{fact.key: fact.label for fact in TOLD}}


def form(
    name: str,
    parts: Parts,
    said: Said,
    asks: tuple[Unsaid, ...],
    path: Path | None,
    keeps: Mapping[str, str],
) -> dict[str, Any]:
    """Return the form that asks for these things."""
    with parts.database.reading(parts.workspace) as db:
        ours, before = team(db), remembered(db)
    fields = [_field(one) for one in asks if one.option != MAP]
    if path:
        zone = ZoneInfo(ours.words.timezone)
        how = how_of(said.how)
        today, currency = ours.day(parts.now()), ours.words.currency
        fields += _columns(Asked(path, today, currency, zone, "", said.mapping, how, before=before))
        fields.append(replace(_field(Unsaid("campaign")), optional=True))
    intro = "You see what would change before anything is imported."
    return modal(name, "About this file", fields, submit="Show", intro=intro, keeps=keeps)


def read(said: Said, typed: Mapping[str, str]) -> tuple[Said, dict[str, str]]:
    """Return what was said, and what is wrong with it by field."""
    how = {name: value for name, value in typed.items() if value and name != "campaign" and not name.startswith(COLUMN)}
    wrong = {name: _wrong(name, value) for name, value in how.items()}
    pairs = (_pair(value) for name, value in typed.items() if value and name.startswith(COLUMN))
    mapping = {column: ours for column, ours in pairs if ours}
    told = replace(
        said,
        campaign=typed.get("campaign") or said.campaign,
        mapping={**said.mapping, **mapping},
        how={**said.how, **how},
    )
    return told, {name: sentence for name, sentence in wrong.items() if sentence}


def _field(asked: Unsaid) -> Field:
    told, hint = OPTIONS[asked.option], ", ".join(asked.samples)
    if asked.choices and asked.closed:
        choices = (option(told.meanings.get(choice, choice), choice) for choice in asked.choices)
        return Field(asked.option, told.label, select(choices, asked.chosen), hint)
    return Field(asked.option, told.label, line(asked.chosen or next(iter(asked.choices), ""), told.example), hint)


def _columns(asked: Asked) -> Iterator[Field]:
    """Yield a field per column, with some of its values, and what it probably is.

    What is certain need not be said, so leaving it as it stands says nothing.
    """
    for number, one in enumerate(looked_at(asked)[:MOST_COLUMNS]):
        column = one.column[:LONGEST_COLUMN]
        guess = one.ours or IGNORE
        said = {ours: f"{'' if ours == guess and not one.doubt else ours}={column}" for ours in (IGNORE, *COLUMNS)}
        options = [option(LABELS.get(ours, ours.capitalize()), value) for ours, value in said.items()]
        label = column or f"Column {number + 1}"
        yield Field(f"{COLUMN}{number}", label, select(options, said[guess]), " · ".join(one.samples))


def _pair(value: str) -> tuple[str, str]:
    ours, _, column = value.partition("=")
    return column, ours


def _wrong(name: str, value: str) -> str:
    try:
        how_of({name: value})
    except Mistake as mistake:
        return mistake.message
    return ""
