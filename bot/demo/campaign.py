"""The demo's button: a campaign is sent, WhatsApp's statuses stream into the running bot, and its card fills up."""

from __future__ import annotations

import hashlib
import hmac
import json
import logging
import random
import threading
import time
import urllib.request
from itertools import count
from typing import TYPE_CHECKING, Any

from bot.blocks import message
from bot.posting.outlets import Channel, PostError
from bot.replies import pictures, words
from kpi.answering import answered
from kpi.names import slug_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from bot.parts import Parts
    from bot.replies import Sent
    from kpi.report import Report

log = logging.getLogger(__name__)

NAME = "Flash sale"
MESSAGES, SENDING = 1_200, 12.0
"""Messages, and the seconds in which they are sent."""
PACE, REDRAW = 0.5, 1.5
"""Seconds between two webhooks, and between two looks at the card."""
LOST = 0.02
READING = 0.72
ANSWERING = 0.06


class LiveCampaigns:
    """Sends invented campaigns, one at a time."""

    def __init__(self, parts: Parts, address: str, channel: str) -> None:
        self._parts, self._hook, self._channel = parts, f"{address}/ingest/whatsapp", channel
        self._numbers, self._busy = count(1), threading.Lock()

    def begin(self) -> None:
        """Send one in a thread of its own; a press while one is under way does nothing."""
        if self._busy.acquire(blocking=False):
            threading.Thread(target=self._send, name="live campaign", daemon=True).start()

    def _send(self) -> None:
        try:
            number = next(self._numbers)
            self.send(NAME if number == 1 else f"{NAME} {number}", number)
        except OSError as error:
            log.warning("the campaign was cut off: %s", error)
        finally:
            self._busy.release()

    def send(self, name: str, seed: int, clock: Iterable[float] | None = None) -> None:
        """Send a campaign of this name; its card is posted with the first statuses, and edited while more come.

        ``clock`` yields how many seconds have passed, again and again.
        """
        left, drawn = sorted(_happening(name, seed), key=lambda one: one[0]), 0.0
        card: tuple[Report, Sent] | None = None
        for passed in clock or _passing():
            due, left = [one for one in left if one[0] <= passed], [one for one in left if one[0] > passed]
            if due:
                self._post(due)
            if passed - drawn > REDRAW or not left:
                card, drawn = self._shown(name, card), passed
            if not left:
                break
        if card:
            pictures(self._parts, card[1], card[0])

    def _post(self, due: list[tuple[float, str, dict[str, Any]]]) -> None:
        now = str(int(self._parts.now().timestamp()))
        value: dict[str, Any] = {"messaging_product": "whatsapp", "metadata": {"phone_number_id": "106540352242922"}}
        for kind in ("statuses", "messages"):
            if some := [told | {"timestamp": now} for _, what, told in due if what == kind]:
                value[kind] = some
        entry = {"id": "102290129340398", "changes": [{"field": "messages", "value": value}]}
        body = json.dumps({"object": "whatsapp_business_account", "entry": [entry]}).encode()
        secret = self._parts.settings.whatsapp_app_secrets[0]
        signature = "sha256=" + hmac.new(secret, body, hashlib.sha256).hexdigest()
        headers = {"X-Hub-Signature-256": signature, "Content-Type": "application/json"}
        with urllib.request.urlopen(urllib.request.Request(self._hook, body, headers), timeout=30):  # noqa: S310  our own address
            pass

    def _shown(self, name: str, card: tuple[Report, Sent] | None) -> tuple[Report, Sent] | None:
        """Post the card, or edit the one that stands there where its figures are others now."""
        parts = self._parts
        report = answered(parts.database, parts.workspace, f'campaign "{slug_of(name)}"', parts.now())
        if card is None:
            sent = words(parts, (Channel(parts.client, self._channel),), report)
            return (report, sent) if sent else None
        if report != card[0]:
            said = message(report, {}, card[1].controls, plain_tables=card[1].plain_tables)
            try:
                card[1].outlet.update(card[1].ts, said)
            except PostError as error:
                log.warning("the card could not be edited: %s", error)
        return report, card[1]


def _passing() -> Iterator[float]:
    begun = time.monotonic()
    while True:
        yield time.monotonic() - begun
        time.sleep(PACE)


def _happening(name: str, seed: int) -> Iterator[tuple[float, str, dict[str, Any]]]:
    """Yield what happens: after how many seconds, of which kind, and what WhatsApp tells of it."""
    chance = random.Random(seed)  # noqa: S311  invented, not secret
    for number in range(MESSAGES):
        told = {"id": f"wamid.demo-{seed}-{number}", "recipient_id": f"4915{seed:02}{number:06}"}
        told |= {"biz_opaque_callback_data": f"campaign={name}"}
        at = chance.uniform(0, SENDING)
        yield at, "statuses", told | {"status": "sent"}
        if chance.random() < LOST:
            yield at + 1, "statuses", told | {"status": "failed", "errors": [{"code": 131026}]}
            continue
        at += chance.expovariate(0.7)
        yield at, "statuses", told | {"status": "delivered"}
        if chance.random() < READING:
            at += min(20, chance.expovariate(0.15))
            yield at, "statuses", told | {"status": "read"}
            if chance.random() < ANSWERING:
                context = {"from": "15550783881", "id": told["id"]}
                answer = {"from": told["recipient_id"], "id": f"{told['id']}-answer", "type": "button"}
                yield at + 2, "messages", answer | {"context": context, "button": {"text": "Yes", "payload": "yes"}}
