"""``kpi rename``, ``alias``, ``archive``, ``merge``, ``unmatched``: in a terminal, tried out, and done after a yes."""

from __future__ import annotations

import argparse
from contextlib import closing
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from bot.app import opened
from bot.parts import WORKSPACE
from bot.settings import settings
from bot.team.terminal_settings import says_yes, show
from kpi.errors import Mistake
from kpi.naming.changing import changed, tried
from kpi.naming.unmatched import unmatched_now

if TYPE_CHECKING:
    from collections.abc import Sequence


def obey(typed: Sequence[str]) -> None:
    """Show what an order would do, and do it; without ``--yes`` only after a yes."""
    asked = _arguments("A command about the names of campaigns.").parse_args(typed)
    now = datetime.now(UTC)
    with closing(opened(settings())) as database:
        report, ways = tried(database, asked.workspace, " ".join(asked.words), now)
        if not asked.json:
            show(report)
        if len(ways) > 1:
            typed_so = " or ".join(f"'{way.typed}'" for way in ways)
            raise Mistake("Nothing was changed: say how to merge them.", f"Type {typed_so}.")
        if not (asked.yes or says_yes()):
            raise Mistake("Nothing was changed.", "Add --yes to change it.")
        report, _ = changed(database, asked.workspace, ways[0].typed, "terminal", now)
        show(report, as_json=asked.json)


def show_unmatched(typed: Sequence[str]) -> None:
    """List what matches no campaign."""
    asked = _arguments("List orders that lead to no campaign.").parse_args(typed)
    with closing(opened(settings())) as database:
        show(unmatched_now(database, asked.workspace, datetime.now(UTC))[0], as_json=asked.json)


def _arguments(description: str) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="kpi", description=description)
    parser.add_argument("words", nargs="*", help="as after /kpi in Slack: rename spring-sale to Spring sale 2026")
    parser.add_argument("--yes", action="store_true", help="change it without asking back")
    parser.add_argument("--json", action="store_true", help="print the answer as data")
    parser.add_argument("--workspace", default=WORKSPACE, help="whose campaigns (only with several workspaces)")
    return parser
