"""``kpi-bot``: the try-out, the server, the schema, the self-check, the benchmarks."""

from __future__ import annotations

import argparse
import json
import logging
import signal
import sys
from contextlib import closing
from typing import TYPE_CHECKING

from bot import doctor
from bot.app import assembled, opened, reachable, running
from bot.ask import MISTAKE
from bot.demo import tryout as demo
from bot.live.rebuild import rebuilt
from bot.serving import serve, served
from bot.settings import settings
from bot.worker import told_to_stop, wait_for, working
from kpi.errors import Mistake
from kpi.storage.database import Database
from kpi.storage.schema import migrate

if TYPE_CHECKING:
    from collections.abc import Sequence


log = logging.getLogger(__name__)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run ``kpi-bot``; exit 0 when done, 1 when the self-check finds a fault, 2 with a mistake in the settings."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    wanted = _arguments().parse_args(arguments)
    try:
        wanted.run(wanted)
    except Mistake as mistake:
        print(f"{mistake.message} {mistake.hint}".strip(), file=sys.stderr)  # noqa: T201  how a command line speaks
        sys.exit(MISTAKE)
    except KeyboardInterrupt:
        sys.exit(0)


def _arguments() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="kpi-bot", description="Campaign KPIs in Slack.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    trying = commands.add_parser("demo", help="try it on this machine: a local Slack, sample data, no account")
    trying.add_argument("--port", type=int, default=8080, help="where the local Slack's page is (default 8080)")
    trying.add_argument("--once", metavar="COMMAND", help="type one command, print the message that arrives, and stop")
    trying.add_argument("--json", action="store_true", help="with --once: print the message exactly as Slack got it")
    trying.set_defaults(run=_demo)
    serving = commands.add_parser("web", help="answer Slack: over HTTP, or by Socket Mode with SLACK_APP_TOKEN")
    serving.add_argument("--host", help="the address to listen on (default HOST)")
    serving.add_argument("--port", type=int, help="the port to listen on (default PORT)")
    serving.set_defaults(run=_web)
    commands.add_parser("worker", help="post digests when they are due").set_defaults(run=_worker)
    both = commands.add_parser("all", help="web and worker in one process, for a laptop")
    both.add_argument("--host", help="the address to listen on (default HOST)")
    both.add_argument("--port", type=int, help="the port to listen on (default PORT)")
    both.set_defaults(run=_all)
    commands.add_parser("migrate", help="bring the database's schema up to date").set_defaults(run=_migrate)
    recounting = commands.add_parser("rebuild", help="count live results anew from their messages, and mend them")
    recounting.add_argument("--verify", action="store_true", help="only say what differs; exit 1 if anything does")
    recounting.set_defaults(run=_rebuild)
    checking = commands.add_parser("doctor", help="say what is set up, what is missing, and how to mend it")
    checking.add_argument("--json", action="store_true", help="print the findings as data")
    checking.set_defaults(run=_doctor)
    measuring = commands.add_parser("benchmark", help="measure answers, charts and imports on this machine")
    measuring.add_argument("--markdown", action="store_true", help="print the table of docs/benchmarks.md")
    measuring.set_defaults(run=_benchmark)
    return parser


def _demo(wanted: argparse.Namespace) -> None:
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # so that its folder is cleared away
    if wanted.once is not None:
        demo.once(wanted.once, as_json=wanted.json)
    else:
        demo.stay(wanted.port)


def _web(wanted: argparse.Namespace) -> None:
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # so that what is under way is finished
    given = settings()
    with running(given) as bot:
        serve(bot.web, wanted.host or given.host, given.port if wanted.port is None else wanted.port)


def _worker(_wanted: argparse.Namespace) -> None:
    told = told_to_stop()
    with assembled(settings()) as (parts, _), working(parts) as poster:
        wait_for(told, poster)


def _all(wanted: argparse.Namespace) -> None:
    told, given = told_to_stop(), settings()
    host, port = wanted.host or given.host, given.port if wanted.port is None else wanted.port
    with running(given) as bot, served(bot.web, host, port) as address, working(bot.parts) as poster:
        log.info("the bot answers at %s", address)
        wait_for(told, poster)


def _migrate(_wanted: argparse.Namespace) -> None:
    with closing(Database(settings().database_url)) as database, reachable():
        migrate(database)
    print("The schema is up to date.")  # noqa: T201


def _rebuild(wanted: argparse.Namespace) -> None:
    with closing(opened(settings())) as database:
        sys.exit(rebuilt(database, verify=wanted.verify))


def _doctor(wanted: argparse.Namespace) -> None:
    findings = doctor.examined()
    if wanted.json:
        print(json.dumps([finding.as_data() for finding in findings], indent=2))  # noqa: T201
    else:
        for finding in findings:
            print(finding.line())  # noqa: T201
    sys.exit(1 if any(finding.is_fault for finding in findings) else 0)


def _benchmark(wanted: argparse.Namespace) -> None:
    from bot.benchmarks import run as benchmark  # noqa: PLC0415  it imports what answers must not need

    benchmark.run(as_markdown=wanted.markdown)
