"""``kpi note``: notes about days in a terminal."""

from __future__ import annotations

import argparse
import json
from contextlib import closing
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from rich.console import Console

from bot.app import opened
from bot.parts import WORKSPACE
from bot.settings import settings
from kpi.jsonable import jsonable
from kpi.noting import obeyed
from kpi.reading.note_words import note_order
from kpi.terminal import rendered

if TYPE_CHECKING:
    from collections.abc import Sequence


def about_notes(words: list[str]) -> list[str] | None:
    """Return the words where they are about notes."""
    return words if note_order(" ".join(words[:1])) else None


def obey(typed: Sequence[str]) -> None:
    """Carry out a command about notes, and print what is now."""
    asked = _arguments().parse_args(typed)
    order = note_order(" ".join(asked.words))
    if order is None:
        return
    with closing(opened(settings())) as database:
        report = obeyed(database, asked.workspace, order, "terminal", datetime.now(UTC))
    if asked.json:
        print(json.dumps(jsonable(report), ensure_ascii=False, indent=2))  # noqa: T201  how a command line speaks
    else:
        Console(highlight=False).print(rendered(report))


def _arguments() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="kpi", description="List, keep and remove notes about days.")
    parser.add_argument("words", nargs="+", help="such as: note 27 nov..30 nov Black Friday leave out")
    parser.add_argument("--json", action="store_true", help="print the answer as data")
    parser.add_argument("--workspace", default=WORKSPACE, help="whose notes (only with several workspaces)")
    return parser
