"""WhatsApp's side of the webhooks: bodies in Meta's form, signed, posted to the real route before a real database."""

from __future__ import annotations

import hashlib
import hmac
import json
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

import httpx
from fastapi import FastAPI
from pydantic import SecretStr
from sqlalchemy import select

from bot.live.ingest import ingesting
from bot.serving import served
from bot.settings import Settings
from kpi.storage.binding import OURS
from kpi.storage.models import Table
from kpi.storage.workspaces import seed
from kpi.wording import Words

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kpi.storage.database import Database

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
SECRET, OLD_SECRET, TOKEN, KEY = "app-secret", "app-secret-before", "shake hands", "a secret of the tests"
TABLE = Table.metadata.tables
ACCOUNT, NUMBER, PHONE = "102290129340398", "106540352242922", "16505551234"


def seconds(at: datetime) -> str:
    return str(int(at.timestamp()))


def status(message: str, state: str, at: datetime = NOW, callback: str = "campaign=spring-sale", **more: Any) -> Any:  # noqa: ANN401
    """Return a status of a message."""
    told = {"id": f"wamid.{message}", "status": state, "timestamp": seconds(at), "recipient_id": PHONE}
    return told | ({"biz_opaque_callback_data": callback} if callback else {}) | more


def reply(message: str, at: datetime = NOW, **more: Any) -> Any:  # noqa: ANN401
    """Return a text that answers a message."""
    context = {"from": "15550783881", "id": f"wamid.{message}"}
    told = {"from": PHONE, "id": f"wamid.answer-{message}", "timestamp": seconds(at), "context": context}
    return told | {"type": "text", "text": {"body": "a private text"}} | more


def body(*statuses: Any, field: str = "messages", **value: Any) -> bytes:  # noqa: ANN401
    """Return a body that tells of some statuses, or of other things."""
    told = {"messaging_product": "whatsapp", "metadata": {"display_phone_number": "1555", "phone_number_id": NUMBER}}
    told |= ({"statuses": list(statuses)} if statuses else {}) | value
    entry = {"id": ACCOUNT, "changes": [{"field": field, "value": told}]}
    return json.dumps({"object": "whatsapp_business_account", "entry": [entry]}).encode()


def signed(raw: bytes, secret: str = SECRET) -> dict[str, str]:
    """Return the header of a signed body."""
    return {"X-Hub-Signature-256": "sha256=" + hmac.new(secret.encode(), raw, hashlib.sha256).hexdigest()}


@dataclass(frozen=True)
class Hook:
    """The address that WhatsApp posts to, and the database behind it."""

    client: httpx.Client
    database: Database

    def posts(self, raw: bytes, secret: str = SECRET) -> httpx.Response:
        return self.client.post("/ingest/whatsapp", content=raw, headers=signed(raw, secret))

    def tells(self, *statuses: Any, **value: Any) -> None:  # noqa: ANN401
        """Let WhatsApp tell something, which is taken."""
        assert self.posts(body(*statuses, **value)).status_code == 200

    def rows(self, table: str, *columns: str) -> list[tuple[Any, ...]]:
        """Return some columns of every row, in the order of the key."""
        rows = TABLE[table]
        found = select(*(rows.c[name] for name in columns)).where(rows.c.workspace == OURS)
        with self.database.reading("local") as db:
            return [tuple(row) for row in db.rows(found.order_by(*rows.primary_key.columns))]

    def days(self, table: str = "daily_result") -> dict[tuple[str, date], tuple[int | None, ...]]:
        """Return sent, delivered, failed, read and replies per campaign and day."""
        facts = ("sent", "delivered", "failed", "read", "replies")
        return {(row[0], row[1]): row[2:] for row in self.rows(table, "campaign", "day", *facts)}


@contextmanager
def hooked(database: Database, zone: str = "Europe/Berlin", **changes: Any) -> Iterator[Hook]:  # noqa: ANN401  of Settings
    """Serve the route in front of a database, for a team in a time zone."""
    given: dict[str, Any] = {
        "whatsapp_app_secret": SecretStr(f"{OLD_SECRET}, {SECRET}"),
        "whatsapp_verify_token": SecretStr(TOKEN),
        "kpi_secret": SecretStr(KEY),
    }
    settings = Settings(_env_file=None, **given | changes)
    database.written("local", lambda db: seed(db, Words("en_GB", "EUR", zone)))
    with ingesting(settings, database, lambda: NOW) as router:
        app = FastAPI()
        if router:
            app.include_router(router)
        with served(app) as url, httpx.Client(base_url=url, timeout=20) as client:
            yield Hook(client, database)
