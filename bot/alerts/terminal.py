"""``kpi alert`` and ``kpi target`` in a terminal: rules are tried out, listed and changed, but kept in Slack."""

from __future__ import annotations

import argparse
import json
from contextlib import closing
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from rich.console import Console

from bot.alerts.command import done, edited_at_once
from bot.app import opened
from bot.parts import WORKSPACE
from bot.settings import settings
from kpi.alerts import commands
from kpi.alerts.commands import asking_now
from kpi.alerts.target_command import target_told
from kpi.jsonable import jsonable
from kpi.reading.alert_words import alert_order, target_order
from kpi.terminal import rendered

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kpi.question import Asking
    from kpi.reading.alert_words import AlertOrder
    from kpi.report import Report


def about_alerts(words: list[str]) -> list[str] | None:
    """Return the words where they are about alerts or targets."""
    text = " ".join(words[:1])
    return words if alert_order(text) or target_order(text) is not None else None


def obey(typed: Sequence[str]) -> None:
    """Carry out a command about alerts or targets, and print what is now."""
    asked, _ = _arguments().parse_known_args(typed)
    text = " ".join(word for word in typed if word != "--json")
    with closing(opened(settings())) as database:
        report = database.written(asked.workspace, lambda db: answer(asking_now(db, datetime.now(UTC)), text))
    if asked.json:
        print(json.dumps(jsonable(report), ensure_ascii=False, indent=2))  # noqa: T201  how a command line speaks
    else:
        Console(highlight=False).print(rendered(report))


def answer(asking: Asking, text: str) -> Report:
    """Carry out a command about alerts or targets; a rule that is typed is only tried out."""
    said = target_order(text)
    if said is not None:
        return target_told(asking, said, "terminal")
    order = alert_order(text)
    return commands.listed(asking) if order is None else _obeyed(asking, order)


def _obeyed(asking: Asking, order: AlertOrder) -> Report:
    match order.verb:
        case "list":
            return commands.listed(asking)
        case "start":
            return commands.starter_set(asking)
        case "make":
            return commands.tried(asking, order.said)[1]
        case "test" if " " in order.said:
            return commands.tried(asking, order.said)[1]
        case "show" | "test":
            return commands.shown(asking, order.said)
        case "edit":
            return edited_at_once(asking, order.said)
        case _:
            return done(asking, order)


def _arguments() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="kpi", add_help=False)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--workspace", default=WORKSPACE)
    return parser
