"""The try-out: a local Slack, the real bot, and the sample season, all on this machine."""

from __future__ import annotations

import json
import logging
import tempfile
import threading
from contextlib import contextmanager
from pathlib import Path
from secrets import token_bytes, token_hex
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from pydantic import SecretStr
from rich.console import Console

from bot.app import Running, running
from bot.demo import alert as demo_alert
from bot.demo.campaign import LiveCampaigns
from bot.local_slack import LocalSlack, Message
from bot.message_text import as_text
from bot.parts import WORKSPACE
from bot.serving import served
from bot.settings import Settings
from bot.worker import working
from kpi.errors import Mistake, WrongSetting
from kpi.sample import season
from kpi.sample.ages import season_arrivals
from kpi.sample.holdout import season_holdout
from kpi.sample.orders import season_orders
from kpi.slots import Rhythm
from kpi.storage.access import open_channel
from kpi.storage.arrivals import add_arrivals
from kpi.storage.importing.orders import OrdersWanted, import_orders
from kpi.storage.importing.results import Wanted, import_file
from kpi.storage.ledger import DIGEST, PLANNED, Entry, add
from kpi.storage.schedules import Schedule, keep

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from kpi.storage.database import Database, Db

HINTS = (
    "/kpi",
    "/kpi campaign spring-sale",
    "/kpi spring-sale",
    "/kpi top rocs",
    "/kpi trend revenue last 12 weeks",
    "/kpi clv",
    "/kpi digest list",
    "/kpi help",
)
OPENED = "C0MARKET01"
ADMIN = "U0ADA00001"
FILE_DELAY = 0.4
"""Seconds that the local Slack scans a picture, as the real one does."""


@contextmanager
def bot_in(slack: LocalSlack) -> Iterator[Running]:
    """Let the real bot answer a local Slack, from a fresh database that holds the sample season."""
    with tempfile.TemporaryDirectory(prefix="kpi-demo-") as folder:
        given = _settings(slack, Path(folder) / "demo.db")
        with running(given) as bot, served(bot.web) as address:
            fill(bot.parts.database, bot.parts.now())
            sell(bot.parts.database, bot.parts.now())
            slack.events_url = f"{address}/slack/events"
            yield bot


def fill(database: Database, now: datetime) -> None:
    """Import the sample season with the ages of its results and with its hold-out, and open #marketing."""
    with tempfile.TemporaryDirectory(prefix="kpi-sample-") as folder:
        for name, told in (("season", season), ("holdout", season_holdout)):
            path = Path(folder) / f"sample-{name}.csv"
            path.write_text(told(now.date()), encoding="utf-8")
            import_file(database, WORKSPACE, Wanted(path, source=f"sample-{name}"), now.date(), "EUR", now)

    def work(db: Db) -> None:
        add_arrivals(db, season_arrivals(now.date(), "sample-season"))
        open_channel(db, OPENED, ADMIN, now)

    database.written(WORKSPACE, work)


def sell(database: Database, now: datetime) -> None:
    """Import the single orders behind the season, so that it is known who came back."""
    with tempfile.TemporaryDirectory(prefix="kpi-sample-") as folder:
        path = Path(folder) / "sample-orders.csv"
        path.write_text(season_orders(now.date()), encoding="utf-8")
        wanted = OrdersWanted(path, "sample-orders", "", token_bytes(), ZoneInfo("UTC"), "EUR")
        import_orders(database, WORKSPACE, wanted, now)


def ask_for_digest(bot: Running) -> None:
    """Turn a digest on in #marketing, and let a first one come at once."""
    now = bot.parts.clock()
    weekly = Schedule(OPENED, ADMIN, Rhythm(), now, exposure="public")
    first = Entry(weekly.id, now.date(), f"{DIGEST} to begin with", PLANNED, OPENED, now, now)

    def work(db: Db) -> None:
        keep(db, weekly)
        add(db, first)

    bot.parts.database.written(WORKSPACE, work)


def stay(port: int) -> None:
    """Serve the local Slack's page until interrupted."""
    logging.getLogger().setLevel(logging.WARNING)
    slack = LocalSlack(hints=HINTS, file_delay=FILE_DELAY)
    try:
        slack.start(port)
    except OSError as error:
        raise WrongSetting(f"The demo cannot start: {error.strerror}.", "Choose another with --port.") from error
    with slack, bot_in(slack) as bot, working(bot.parts):
        ask_for_digest(bot)
        slack.errands["Send a campaign"] = LiveCampaigns(
            bot.parts, slack.events_url.rpartition("/slack/")[0], OPENED
        ).begin
        demo_alert.fire(bot.parts, OPENED, ADMIN)
        recovering = threading.Timer(demo_alert.SECONDS, demo_alert.recover, [bot.parts])
        recovering.daemon = True
        recovering.start()
        console = Console(highlight=False)
        console.print(f"\nThe local Slack is open at [bold]{slack.url}[/bold]")
        console.print("Type /kpi campaign spring-sale there. Stop with Ctrl+C.\n")
        threading.Event().wait()


def once(command: str, *, as_json: bool) -> None:
    """Type one command in #marketing and print the message that arrived, chart and all."""
    logging.getLogger().setLevel(logging.WARNING)
    with LocalSlack() as slack:
        with bot_in(slack):
            receipt = slack.command(command.removeprefix("/kpi").strip(), channel="marketing", user="ada")
        if not receipt.ok:
            raise Mistake(f"The bot did not acknowledge the command (HTTP {receipt.status}).")
        arrived = slack.messages("marketing", viewer="ada")
    if not arrived:
        raise Mistake("No message arrived.", "See the log above.")
    print(json.dumps(_as_sent(arrived[-1]), ensure_ascii=False, indent=2) if as_json else as_text(arrived[-1]))  # noqa: T201


def _as_sent(message: Message) -> dict[str, object]:
    return {"channel": message.channel, "text": message.text, "blocks": message.blocks}


def _settings(slack: LocalSlack, path: Path) -> Settings:
    """Return settings that owe nothing to the environment."""
    return Settings(
        _env_file=None,
        database_url=f"sqlite:///{path}",
        slack_bot_token=SecretStr(slack.token),
        slack_signing_secret=SecretStr(slack.signing_secret),
        slack_api_url=slack.api_url,
        kpi_timezone="UTC",
        kpi_currency="EUR",
        kpi_locale="en_GB",
        kpi_secret=SecretStr(token_hex()),
        whatsapp_app_secret=SecretStr(token_hex()),
        whatsapp_verify_token=SecretStr(token_hex()),
        kpi_admins="",
        kpi_askers="",
    )
