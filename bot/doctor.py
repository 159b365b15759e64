"""The self-check: what is set up, what is missing, and how to mend it."""

from __future__ import annotations

import platform
import sqlite3
import sys
from datetime import timedelta
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError, SlackClientError

from bot.digests.edition import LATE
from bot.finding import Finding, State
from bot.live.check import live_findings
from bot.parts import WORKSPACE
from bot.settings import Settings, settings
from bot.socket_mode import address_of
from kpi.errors import WrongSetting
from kpi.slots import next_slots
from kpi.storage.campaigns import campaigns
from kpi.storage.database import Database
from kpi.storage.ledger import HELD, PLANNED, READY, entries
from kpi.storage.schedules import ON, UNCONFIRMED, schedules
from kpi.storage.schema import is_current
from kpi.storage.workspaces import team

if TYPE_CHECKING:
    from collections.abc import Iterator

NEXT = 5
"""Digests that are named."""
SCOPES = {
    "commands": "so that /kpi exists",
    "chat:write": "so that answers can be posted",
    "files:write": "so that charts can be uploaded",
    "files:read": "so that a chart is shown as soon as Slack is ready",
    "im:write": "so that charts can be sent as a direct message",
    "users:read": "so that guests and strangers see no figures",
    "channels:read": "so that opening a public channel can warn who reads along",
    "groups:read": "the same for private channels",
}


def examined() -> list[Finding]:
    """Look at everything."""
    try:
        given = settings()
    except WrongSetting as error:
        return [Finding("settings", State.FAULT, error.message, error.hint)]
    return [*_machine(), *_database(given), *_slack(given)]


def _machine() -> Iterator[Finding]:
    yield Finding("python", State.GOOD, f"{platform.python_version()} on {sys.platform}")
    yield Finding("versions", State.GOOD, f"sqlite {sqlite3.sqlite_version}, tzdata {version('tzdata')}")


def _database(given: Settings) -> Iterator[Finding]:
    try:
        database = Database(given.database_url)
    except WrongSetting as error:
        yield Finding("database", State.FAULT, error.message, error.hint)
        return
    if database.is_sqlite and not Path(database.engine.url.database or "").exists():
        yield Finding("database", State.WARNING, "no SQLite file yet; the first start makes it.")
        return
    kind = "SQLite" if database.is_sqlite else "PostgreSQL"
    try:
        current = is_current(database)
        yield Finding("database", State.GOOD, f"{kind} answers")
        if not current:
            made = "kpi-bot migrate makes it; SQLite does so by itself at the first start."
            yield Finding("schema", State.WARNING if database.is_sqlite else State.FAULT, "not up to date.", made)
            return
        yield Finding("schema", State.GOOD, "up to date")
        yield from _stored(database)
        yield from _digests(database)
        yield from live_findings(given, database)
    except Exception as error:  # noqa: BLE001  whatever it is, it is the finding
        yield Finding("database", State.FAULT, f"{kind} does not answer: {error}", "Check DATABASE_URL.")
    finally:
        database.close()


def _stored(database: Database) -> Iterator[Finding]:
    with database.reading(WORKSPACE) as db:
        known = campaigns(db)
    if not known:
        yield Finding("data", State.WARNING, "no campaign is stored yet.", "Run kpi import FILE.")
        return
    last = max((one.ended for one in known if one.ended), default=None)
    yield Finding("data", State.GOOD, f"{len(known)} campaigns, results up to {last}")


def _digests(database: Database) -> Iterator[Finding]:
    """Name the next digests in local and in UTC time, and what waits for a person."""
    now = database.now()
    with database.reading(WORKSPACE) as db:
        running, held, waiting = schedules(db, ON, UNCONFIRMED), entries(db, HELD), entries(db, PLANNED, READY)
        patient = timedelta(hours=team(db).wait_hours)
    due = sorted(
        ((slot.at, one) for one in running for slot in next_slots(one.rhythm, now, NEXT)), key=lambda pair: pair[0]
    )[:NEXT]
    for at, one in due:
        local = at.astimezone(ZoneInfo(one.rhythm.zone))
        said = f"{local:%a %Y-%m-%d %H:%M} {one.rhythm.zone} ({at:%a %H:%M} UTC) into {one.channel}"
        yield Finding("next digest", State.GOOD, said)
    for entry in held:
        decide = "Its owner has a button for it in a direct message."
        yield Finding("held digest", State.WARNING, f"{entry.slot} into {entry.channel}: {entry.error}", decide)
    for entry in (one for one in waiting if one.waits_for and one.state == PLANNED):
        said = f"{entry.slot} into {entry.channel}: waits for {entry.waits_for}, at most until "
        yield Finding("waiting digest", State.GOOD, f"{said}{entry.due_at + patient:%H:%M} UTC.")
    if late := [one for one in waiting if now - one.due_at > LATE + (patient if one.waits_for else timedelta())]:
        mend = f"Does kpi-bot worker run? The last trouble: {late[0].error or 'none'}."
        yield Finding("late digests", State.FAULT, f"{len(late)} have not been posted at their time.", mend)


def _slack(given: Settings) -> Iterator[Finding]:
    token, secret = given.slack_app_token.get_secret_value(), given.slack_signing_secret.get_secret_value()
    if not token and not secret:
        mend = "It stands under Basic Information. Without a public address, set SLACK_APP_TOKEN instead."
        yield Finding("signing secret", State.FAULT, "SLACK_SIGNING_SECRET is not set.", mend)
    else:
        yield Finding("requests", State.GOOD, _way(token, secret))
    if token:
        yield _app_token(given, token)
    if not given.slack_bot_token.get_secret_value():
        yield Finding("token", State.FAULT, "SLACK_BOT_TOKEN is not set.", "It stands under OAuth & Permissions.")
        return
    client = WebClient(given.slack_bot_token.get_secret_value(), given.slack_api_url, 10, retry_handlers=[])
    try:
        told = client.auth_test()
    except SlackApiError as error:
        reason = error.response.get("error")
        yield Finding("token", State.FAULT, f"Slack refuses it: {reason}.", "Copy the Bot User OAuth Token again.")
    except (SlackClientError, OSError) as error:
        yield Finding("slack", State.FAULT, f"cannot be reached: {error}.", "Check the network and SLACK_API_URL.")
    else:
        yield Finding("token", State.GOOD, f"it is {told.get('user')} of {told.get('team')}")
        yield from _scopes(told.headers)


def _way(token: str, secret: str) -> str:
    """Say how requests of Slack's arrive."""
    by_socket = "by Socket Mode, without a public address" if token else ""
    over_http = "over HTTP, at /slack/events" if secret else ""
    return " and ".join(way for way in (by_socket, over_http) if way)


def _app_token(given: Settings, token: str) -> Finding:
    """Ask for an address to connect to, and leave it unused."""
    try:
        address_of(WebClient(base_url=given.slack_api_url, timeout=10, retry_handlers=[]), token)
    except WrongSetting as error:
        return Finding("app token", State.FAULT, error.message, error.hint)
    return Finding("app token", State.GOOD, "it may open connections")


def _scopes(headers: dict[str, Any]) -> Iterator[Finding]:
    granted = next((value for name, value in headers.items() if name.lower() == "x-oauth-scopes"), None)
    if granted is None:
        return
    has = {scope.strip() for scope in str(granted).split(",")}
    missing = {scope: why for scope, why in SCOPES.items() if scope not in has}
    for scope, why in missing.items():
        mend = "A workspace admin grants it: add it under OAuth & Permissions and install the app again."
        yield Finding(f"scope {scope}", State.WARNING, f"missing; it is needed {why}.", mend)
    if not missing:
        yield Finding("scopes", State.GOOD, "all granted")
