"""``kpi settings``: the team's settings in a terminal, shown, tried out, and changed after a yes."""

from __future__ import annotations

import argparse
import json
import sys
from contextlib import closing
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from rich.console import Console

from bot.app import opened
from bot.parts import WORKSPACE
from bot.settings import settings
from kpi.errors import Mistake
from kpi.jsonable import jsonable
from kpi.team.changing import changed, settings_now, tried
from kpi.terminal import rendered

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kpi.report import Report


def obey(typed: Sequence[str]) -> None:
    """Show the settings, or change one; without ``--yes`` only after a yes."""
    asked = _arguments().parse_args(typed)
    now = datetime.now(UTC)
    with closing(opened(settings())) as database:
        if not asked.setting:
            show(settings_now(database, asked.workspace, now), as_json=asked.json)
            return
        changes, report = tried(database, asked.workspace, " ".join(asked.setting), now)
        if not asked.json:
            show(report)
        if not (asked.yes or says_yes()):
            raise Mistake("Nothing was changed.", "Add --yes to change it.")
        show(changed(database, asked.workspace, changes, "terminal", now), as_json=asked.json)


def _arguments() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="kpi settings", description="Show the settings, or change one of them.")
    parser.add_argument("setting", nargs="*", help="its name and the new value, such as: margin 40%%")
    parser.add_argument("--yes", action="store_true", help="change it without asking back")
    parser.add_argument("--json", action="store_true", help="print the answer as data")
    parser.add_argument("--workspace", default=WORKSPACE, help="whose settings (only with several workspaces)")
    return parser


def says_yes() -> bool:
    """Ask back; nobody at the keys says no."""
    return sys.stdin.isatty() and input("Change it? [y/N] ").strip().lower() in ("y", "yes")


def show(report: Report, *, as_json: bool = False) -> None:
    """Print a report for people or as data."""
    if as_json:
        print(json.dumps(jsonable(report), ensure_ascii=False, indent=2))  # noqa: T201  how a command line speaks
    else:
        Console(highlight=False).print(rendered(report))
