"""Everything is put together here and nowhere else."""

from __future__ import annotations

import logging
import re
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from threading import Thread
from typing import TYPE_CHECKING, Any

from slack_bolt import Ack, App
from slack_bolt.authorization import AuthorizeResult
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError
from sqlalchemy.exc import OperationalError

from bot import question_form
from bot.actions import PATTERN, on_press, place_of
from bot.alerts import form as alert_form
from bot.alerts import presses as alert_presses
from bot.blocks import COMPOSE
from bot.digests import choices as digest_choices
from bot.digests import form as digest_form
from bot.drawing import Drawing
from bot.events import listener
from bot.files import dropped
from bot.live.ingest import ingesting
from bot.parts import WORKSPACE, Parts
from bot.question_form import FORM
from bot.slash import on_slash
from bot.socket_mode import listening
from bot.team import names_form, settings_form
from bot.web import web
from kpi.comparison.distributions import warm
from kpi.errors import WrongSetting
from kpi.storage.database import Database
from kpi.storage.schema import migrate, wait_until_current
from kpi.storage.workspaces import seed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from fastapi import FastAPI

    from bot.settings import Settings
    from bot.socket_mode import Line

LISTENERS = 40
"""Threads that answer at once; Bolt's default of five lost acknowledgements when forty people asked together."""
SLACK_SECONDS = 15
WHERE = "Take it from your Slack app's settings; docs/slack.md shows where."
SWITCH_SECONDS = 0.0005
"""How long a busy thread may keep others waiting: an acknowledgement passes many, and has three seconds."""


@dataclass(frozen=True, slots=True)
class Running:
    """The bot, ready to serve."""

    parts: Parts
    bolt: App
    web: FastAPI
    line: Line | None
    """The connection of Socket Mode, where there is one."""


@contextmanager
def running(
    settings: Settings, now: Callable[[], datetime] | None = None, drawing: Drawing | None = None
) -> Iterator[Running]:
    """Put the bot together, warm it, and take it apart in the end; raise WrongSetting where Slack refuses the token."""
    _require_slack(settings)
    sys.setswitchinterval(SWITCH_SECONDS)
    logging.getLogger("slack_bolt").setLevel(logging.WARNING)  # it logs whole rejected bodies at INFO
    with ExitStack() as taken:
        parts, told = taken.enter_context(assembled(settings, now, drawing))
        threads = taken.enter_context(ThreadPoolExecutor(LISTENERS, thread_name_prefix="listener"))
        bolt = _bolt(parts, told, threads)
        line = taken.enter_context(listening(parts, bolt, LISTENERS))
        ingest = taken.enter_context(ingesting(settings, parts.database, parts.now))
        secret = settings.slack_signing_secret.get_secret_value()
        yield Running(parts, bolt, web(bolt, parts.database, secret, parts.door, line, ingest), line)


@contextmanager
def assembled(
    settings: Settings, now: Callable[[], datetime] | None = None, drawing: Drawing | None = None
) -> Iterator[tuple[Parts, dict[str, Any]]]:
    """Put together what every process works with, and what Slack says of the token.

    ``now`` replaces both clocks; a drawing that is given is not ended with the rest.
    """
    _require_token(settings)
    client = WebClient(
        settings.slack_bot_token.get_secret_value(), settings.slack_api_url, SLACK_SECONDS, retry_handlers=[]
    )
    told = _who_am_i(client)
    with ExitStack() as taken:
        database = taken.enter_context(closing(opened(settings)))
        drawing = drawing or taken.enter_context(closing(Drawing()))
        drawing.warm()
        Thread(target=warm, name="warming", daemon=True).start()
        us = (str(told["team_id"]), str(told.get("user_id", "")))
        yield Parts(settings, database, client, drawing, now or _now, *us, clock=now or database.now), told


def _now() -> datetime:
    return datetime.now(UTC)


def opened(settings: Settings) -> Database:
    """Open the database: SQLite migrates itself, PostgreSQL waits for ``kpi-bot migrate``."""
    database = Database(settings.database_url)
    with ExitStack() as on_failure, reachable():
        on_failure.callback(database.close)
        if database.is_sqlite:
            migrate(database)
        elif not wait_until_current(database):
            raise WrongSetting("The database's schema is not up to date.", "Run kpi-bot migrate.")
        database.written(WORKSPACE, lambda db: seed(db, settings.words))
        on_failure.pop_all()
    return database


@contextmanager
def reachable() -> Iterator[None]:
    """Say in a sentence that the database cannot be reached."""
    try:
        yield
    except OperationalError as error:
        reason = str(error.orig).strip().splitlines()[0]
        raise WrongSetting(f"The database cannot be reached: {reason}.", "Check DATABASE_URL.") from error


def _bolt(parts: Parts, told: dict[str, Any], threads: ThreadPoolExecutor) -> App:
    itself = AuthorizeResult(
        enterprise_id=told.get("enterprise_id"),
        team_id=told.get("team_id"),
        bot_user_id=told.get("user_id"),
        bot_id=told.get("bot_id"),
        bot_token=parts.client.token,
    )
    bolt = App(
        signing_secret=parts.settings.slack_signing_secret.get_secret_value(),
        client=WebClient(base_url=parts.settings.slack_api_url),
        authorize=lambda: itself,
        listener_executor=threads,
    )

    def slash(ack: Ack, command: dict[str, Any]) -> None:
        on_slash(parts, ack, command)

    def press(ack: Ack, body: dict[str, Any]) -> None:
        on_press(parts, ack, body)

    def compose(ack: Ack, body: dict[str, Any]) -> None:
        question_form.on_compose(parts, ack, body, place_of(body))

    bolt.command(re.compile(r"^/kpi"))(slash)

    def settings_press(ack: Ack, body: dict[str, Any]) -> None:
        settings_form.on_press(parts, ack, body)

    def settings_entered(ack: Ack, body: dict[str, Any], view: dict[str, Any]) -> None:
        settings_form.on_form(parts, ack, body, view)

    bolt.action(re.compile(PATTERN))(press)
    bolt.action(re.compile(settings_form.PATTERN))(settings_press)
    bolt.view(settings_form.FORM)(settings_entered)
    bolt.action(re.compile(names_form.PATTERN))(lambda ack, body: names_form.on_press(parts, ack, body))
    bolt.view(names_form.FORM)(lambda ack, body, view: names_form.on_form(parts, ack, body, view))
    bolt.options(f"{names_form.FORM}.{names_form.CAMPAIGN}")(
        lambda ack, body: question_form.on_suggestion(parts, ack, body)
    )
    bolt.action(COMPOSE)(compose)
    bolt.shortcut(COMPOSE)(compose)
    bolt.action(f"{FORM}.{question_form.QUESTION}")(lambda ack, body: question_form.on_question(parts, ack, body))
    bolt.options(f"{FORM}.{question_form.CAMPAIGN}")(lambda ack, body: question_form.on_suggestion(parts, ack, body))
    bolt.view(FORM)(lambda ack, body: question_form.on_submission(parts, ack, body))
    chosen = re.compile(rf"^{digest_form.NAME}\.")
    bolt.action(chosen)(lambda ack, body: digest_choices.on_change(parts, ack, body))
    bolt.options(chosen)(lambda ack, body: digest_choices.on_suggestion(parts, ack, body))
    bolt.view(digest_form.NAME)(lambda ack, body: digest_choices.on_submission(parts, ack, body))
    bolt.view(alert_form.EDIT)(lambda ack, body: alert_presses.on_edited(parts, ack, body))
    bolt.view(alert_form.UNTIL)(lambda ack, body: alert_presses.on_until(parts, ack, body))
    bolt.view(alert_form.OURS)(lambda ack, body: alert_presses.on_ours(parts, ack, body))
    bolt.action(re.compile(dropped.PATTERN))(lambda ack, body: dropped.on_press(parts, ack, body))
    bolt.view(dropped.FORM)(lambda ack, body, view: dropped.on_form(parts, ack, body, view))
    bolt.event("file_shared")(dropped.listener(parts))
    on_words = listener(parts)
    for kind in ("message", "app_mention"):
        bolt.event(kind)(on_words)
    bolt.event(re.compile(".*"))(lambda: None)  # an event that nobody answers must not look like a failure to Slack
    return bolt


def _require_slack(settings: Settings) -> None:
    """Require the bot's token, and one of the two ways by which Slack can reach the bot."""
    _require_token(settings)
    if not (settings.slack_signing_secret.get_secret_value() or settings.slack_app_token.get_secret_value()):
        hint = f"{WHERE} Without a public address, set SLACK_APP_TOKEN instead."
        raise WrongSetting("SLACK_SIGNING_SECRET is not set.", hint)


def _require_token(settings: Settings) -> None:
    if not settings.slack_bot_token.get_secret_value():
        raise WrongSetting("SLACK_BOT_TOKEN is not set.", WHERE)


def _who_am_i(client: WebClient) -> dict[str, Any]:
    try:
        return dict(client.auth_test().data)  # type: ignore[arg-type]  # the answer of auth.test is a mapping
    except SlackApiError as error:
        raise WrongSetting(
            f"Slack refuses SLACK_BOT_TOKEN: {error.response.get('error')}.", "Copy the Bot User OAuth Token again."
        ) from error
    except OSError as error:
        raise WrongSetting(f"Slack cannot be reached: {error}.", "Check SLACK_API_URL and the network.") from error
