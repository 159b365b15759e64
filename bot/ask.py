"""``kpi QUESTION``, ``kpi import FILE``, ``kpi settings`` and ``kpi note``: the bot in a terminal."""

from __future__ import annotations

import argparse
import json
import os
import shlex
import sys
from contextlib import closing
from dataclasses import asdict
from datetime import UTC, datetime
from getpass import getuser
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console

from bot.alerts import terminal as terminal_alerts
from bot.app import opened
from bot.blocks import message
from bot.files.import_report import columns_read
from bot.files.importing import By, Said, imported, jsonable_import, reported
from bot.files.imports_report import as_table, undone
from bot.files.progress import progress
from bot.parts import WORKSPACE
from bot.settings import settings
from bot.team import terminal_names, terminal_notes, terminal_settings
from kpi.answering import answered
from kpi.errors import Mistake, UnreadableFile
from kpi.jsonable import jsonable
from kpi.naming.orders import about_names
from kpi.naming.unmatched import about_unmatched
from kpi.report import Report
from kpi.sources.unsaid import COMMA, DAY_FIRST, KEEP, MONTH_FIRST, POINT, SKIP, TAKE
from kpi.storage.importing.orders import OrdersImported
from kpi.storage.importing.results import Imported
from kpi.storage.importing.runs import imports
from kpi.storage.importing.undoing import undo
from kpi.storage.workspaces import team
from kpi.team.settings import about_settings
from kpi.terminal import rendered

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from kpi.storage.database import Database


MISTAKE = 2
"""The exit code for what the asker can mend."""


def main(arguments: Sequence[str] | None = None) -> None:
    """Run ``kpi``; exit 0 with an answer, 2 with a mistake of the asker's."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    try:
        _obey(words)
        sys.stdout.flush()
    except BrokenPipeError:  # as with ``| head``: the reader has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # or Python complains again while it ends
        sys.exit(1)
    except Mistake as mistake:
        _say(mistake)
        if isinstance(mistake, UnreadableFile):
            _show_how_to_say(mistake, words)
        sys.exit(MISTAKE)


def _obey(words: list[str]) -> None:
    """Do what the words command; where they command nothing, answer them as a question."""
    for read, obey in COMMANDS:
        if (wanted := read(words)) is not None:
            obey(wanted)
            return
    _ask(_question_arguments().parse_args(words))


def _say(mistake: Mistake) -> None:
    print(mistake.message, file=sys.stderr)  # noqa: T201  this is how a command line speaks
    offers = ", ".join(choice.question for choice in mistake.offers)
    if hint := ": ".join(filter(None, (mistake.hint, offers))):
        print(hint, file=sys.stderr)  # noqa: T201


def _show_how_to_say(question: UnreadableFile, words: list[str]) -> None:
    """Show how the columns would be read, and the command that says what a file leaves open."""
    if question.columns:
        report = Report("", tuple(columns_read(question.columns, question.message)))
        Console(highlight=False, stderr=True).print("", rendered(report), sep="\n")
    if ways := [one.ways[0] for one in question.unsaid if one.choices]:
        lead = "If that is right" if question.columns else "For example"
        print(f"{lead}: kpi {shlex.join(words)} {' '.join(ways)}", file=sys.stderr)  # noqa: T201


def _question_arguments() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="kpi",
        description="Ask about campaigns: kpi campaign spring-sale. See kpi help, kpi import -h and kpi settings -h.",
    )
    parser.add_argument("question", nargs="*", help="the question, as after /kpi in Slack")
    parser.add_argument("--workspace", default=WORKSPACE, help="whose results (only with several workspaces)")
    parser.add_argument("--png", type=Path, metavar="DIR", help="write the charts into this folder, too")
    form = parser.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true", help="print the answer as data")
    form.add_argument("--blocks", action="store_true", help="print the message as Slack would get it")
    return parser


def _import_arguments() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="kpi import", description="Import files of campaign results.")
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE")
    parser.add_argument("--as", dest="source", default="", metavar="NAME", help="name the source")
    parser.add_argument("--campaign", default="", metavar="NAME", help="the campaign, for a file that names none")
    parser.add_argument("--map", action="append", default=[], metavar="COLUMN=FACT", help="what a column means")
    parser.add_argument("--dates", default="", choices=(DAY_FIRST, MONTH_FIRST), help="how 03/04/2026 is meant")
    parser.add_argument("--decimal", default="", choices=(POINT, COMMA), help="how 1.234 is meant")
    parser.add_argument("--currency", default="", metavar="CODE", help="the currency of amounts that name none")
    parser.add_argument("--zone", default="", metavar="ZONE", help="the time zone of times that name none")
    parser.add_argument("--day", default="", metavar="DAY", help="the day, for a file that names none")
    parser.add_argument("--sheet", default="", metavar="NAME", help="which sheet of a spreadsheet")
    parser.add_argument("--totals", default="", choices=(SKIP, KEEP), help="what to do with rows called Total")
    lower = "what to do with lines that lower a stored number"
    parser.add_argument("--lower", default="", choices=(TAKE, SKIP), help=lower)
    parser.add_argument("--dry-run", action="store_true", help="say what would be stored, and store nothing")
    parser.add_argument("--json", action="store_true", help="print what was done as data")
    parser.add_argument("--workspace", default=WORKSPACE, help="whose results (only with several workspaces)")
    return parser


def _imports_arguments() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="kpi imports", description="List the imports of results, or take one back.")
    parser.add_argument("undo", nargs="?", choices=["undo"], help="take an import back; later imports stay")
    parser.add_argument("number", nargs="?", type=int, metavar="N", help="the number of the import")
    parser.add_argument("--json", action="store_true", help="print the imports as data")
    parser.add_argument("--workspace", default=WORKSPACE, help="whose imports (only with several workspaces)")
    return parser


def _imports(typed: list[str]) -> None:
    """List the imports, or take one back."""
    asked = _imports_arguments().parse_args(typed)
    if asked.undo and asked.number is None:
        raise Mistake("Which import?", "Write it as kpi imports undo 3; kpi imports lists them.")
    with closing(opened(settings())) as database:
        with database.reading(asked.workspace) as db:
            found, words = imports(db), team(db).words
        if asked.undo:
            report = undone(undo(database, asked.workspace, asked.number), words)
        elif asked.json:
            print(json.dumps([asdict(one) for one in found], default=str, indent=2))  # noqa: T201
            return
        else:
            report = as_table(found, words)
    Console(highlight=False).print(rendered(report))


def _ask(wanted: argparse.Namespace) -> None:
    with closing(opened(settings())) as database:
        report = answered(database, wanted.workspace, _typed(wanted.question), datetime.now(UTC))
    if wanted.png:
        _draw(report, wanted.png)
    if wanted.json or wanted.blocks:
        print(json.dumps(jsonable(report) if wanted.json else message(report), ensure_ascii=False, indent=2))  # noqa: T201
    else:
        Console(highlight=False).print(rendered(report))


def _typed(words: Sequence[str]) -> str:
    """Return the question as it would be typed in Slack: the shell has taken the quotes off a name with spaces."""
    if len(words) == 1:
        return words[0]
    return " ".join(f'"{word}"' if " " in word and '"' not in word else word for word in words)


def _draw(report: Report, folder: Path) -> None:
    """Draw the charts in this process."""
    from kpi.charts.canvas import png  # noqa: PLC0415  matplotlib is slow to import, and few ask for pictures

    folder.mkdir(parents=True, exist_ok=True)
    for number, picture in enumerate(report.pictures, 1):
        (folder / f"kpi-{number}.png").write_bytes(png(picture.chart))


def _about_import(words: list[str]) -> list[str] | None:
    return words[1:] if words[:1] == ["import"] else None


def _about_imports(words: list[str]) -> list[str] | None:
    return words[1:] if words[:1] == ["imports"] else None


def _about_settings(words: list[str]) -> list[str] | None:
    typed = about_settings(" ".join(words))
    return None if typed is None else typed.split()


def _about_names(words: list[str]) -> list[str] | None:
    typed = about_names(" ".join(words))
    return None if typed is None else typed.split()


def _about_unmatched(words: list[str]) -> list[str] | None:
    return None if about_unmatched(" ".join(words[:1])) is None else words[1:]


def _import(typed: list[str]) -> None:
    """Import file after file; each is told as soon as it is done, so that a later mistake loses no report."""
    asked = _import_arguments().parse_args(typed)
    done, console = list[Imported | OrdersImported](), Console(highlight=False)
    with closing(opened(settings())) as database:
        with database.reading(asked.workspace) as db:
            words = team(db).words
        try:
            for path in asked.files:
                one = _imported(database, asked, path)
                done.append(one)
                if not asked.json:
                    console.print(rendered(reported(one, words)))
        finally:
            if asked.json and done:
                print(json.dumps([jsonable_import(one) for one in done], ensure_ascii=False, indent=2))  # noqa: T201
    if any(not one.read and one.skips for one in done):
        sys.exit(MISTAKE)


def _imported(database: Database, asked: argparse.Namespace, path: Path) -> Imported | OrdersImported:
    named = ("dates", "decimal", "zone", "currency", "day", "sheet", "totals", "lower")
    said = Said(asked.source, asked.campaign, _mapping(asked.map), {name: getattr(asked, name) for name in named})
    by = By(_person(), settings().secret, datetime.now(UTC), asked.dry_run)
    with progress(path.name) as told:
        return imported(database, asked.workspace, path, said, by, told)


def _person() -> str:
    try:
        return getuser()
    except (KeyError, OSError):  # a machine on which nobody has a name
        return ""


def _mapping(pairs: Sequence[str]) -> dict[str, str]:
    mapping = {}
    for pair in pairs:
        column, equals, fact = pair.rpartition("=")
        if not equals or not fact:
            raise Mistake(
                f"--map {pair} does not say which column is which fact.", "Write it as --map 'Messages sent=sent'."
            )
        mapping[column] = fact
    return mapping


COMMANDS: tuple[tuple[Callable[[list[str]], list[str] | None], Callable[[list[str]], None]], ...] = (
    (_about_import, _import),
    (_about_imports, _imports),
    (_about_settings, terminal_settings.obey),
    (terminal_notes.about_notes, terminal_notes.obey),
    (terminal_alerts.about_alerts, terminal_alerts.obey),
    (_about_names, terminal_names.obey),
    (_about_unmatched, terminal_names.show_unmatched),
)
"""What is done rather than answered: how it is read (None where words are about something else), and who does it."""


if __name__ == "__main__":
    main()
