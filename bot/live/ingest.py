"""``/ingest/whatsapp``: the handshake, the signature over the raw bytes, and 200 only after what came is stored."""

from __future__ import annotations

import hmac
import logging
import re
from contextlib import contextmanager
from typing import TYPE_CHECKING

from fastapi import APIRouter, Request, Response
from starlette.responses import PlainTextResponse

from bot.guard import body_of, same
from bot.live.group_commit import GroupCommit, TooMuchError, group_commit
from bot.parts import WORKSPACE
from kpi.errors import WrongSetting
from kpi.sources.whatsapp import UnreadableBody, heard, together
from kpi.storage.live.events import record
from kpi.storage.live.sources import WHATSAPP, claim

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime

    from bot.settings import Settings
    from kpi.sources.whatsapp import Heard
    from kpi.storage.database import Database, Db

log = logging.getLogger(__name__)

LARGEST_BODY = 4 * 1024 * 1024
"""WhatsApp sends up to 3 MB."""
RETRY_AFTER = {"Retry-After": "5"}
_SIGNATURE = re.compile(r"sha256=([0-9a-f]{64})")


@contextmanager
def ingesting(settings: Settings, database: Database, now: Callable[[], datetime]) -> Iterator[APIRouter | None]:
    """Give the routes by which results come in by themselves; None where no source is set up."""
    if not settings.whatsapp_app_secrets:
        yield None
        return
    if not settings.secret:
        raise WrongSetting(
            "WHATSAPP_APP_SECRET is set, and KPI_SECRET is not: people are only kept as keyed hashes.",
            "Put KPI_SECRET=… into .env, 32 random characters or more (openssl rand -hex 32), and keep it.",
        )
    claimed: set[str] = set()

    def write(db: Db, deliveries: list[Heard]) -> None:
        accounts = {account for one in deliveries for account in one.accounts} - claimed
        claim(db, WHATSAPP, accounts, now())
        record(db, together(deliveries), settings.secret, now())

    def written(deliveries: list[Heard]) -> None:
        if deliveries:
            database.written(WORKSPACE, lambda db: write(db, deliveries), adding=True)
            for notice in (notice for one in deliveries for notice in one.notices if notice.is_bad):
                log.warning("WhatsApp: %s", notice.said)
            claimed.update(account for one in deliveries for account in one.accounts)

    with group_commit(written) as writer:
        yield routes(settings, writer, now)


def routes(settings: Settings, writer: GroupCommit[Heard], now: Callable[[], datetime]) -> APIRouter:
    """Return the routes."""
    router, secrets = APIRouter(), settings.whatsapp_app_secrets
    token = settings.whatsapp_verify_token.get_secret_value()

    @router.get("/ingest/whatsapp")
    async def shake_hands(request: Request) -> Response:
        asked = request.query_params
        given = asked.get("hub.verify_token", "")
        if asked.get("hub.mode") != "subscribe" or not token or not same(given, token):
            return Response("not the token that was set as WHATSAPP_VERIFY_TOKEN", 403)
        return PlainTextResponse(asked.get("hub.challenge", ""))

    @router.post("/ingest/whatsapp")
    async def take(request: Request) -> Response:
        told = _SIGNATURE.fullmatch(request.headers.get("x-hub-signature-256", ""))
        if told is None:
            return Response("not signed by WhatsApp", 401)
        body = await body_of(request, LARGEST_BODY)
        if body is None:
            return Response("too large", 413)
        if not any(same(told[1], hmac.digest(secret, body, "sha256").hex()) for secret in secrets):
            return Response("not signed by WhatsApp", 401)
        try:
            stored = writer.submit(heard(body, int(now().timestamp())))
        except UnreadableBody as unreadable:
            return Response(unreadable.message, 400)
        except TooMuchError:
            return Response("too much at once", 503, RETRY_AFTER)
        return Response() if await stored else Response("not stored", 503, RETRY_AFTER)

    return router
