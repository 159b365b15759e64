"""Sends what happens to the bot, as signed requests or over its socket, and waits as long as Slack does."""

from __future__ import annotations

import http.client
import json
import time
from http import HTTPStatus
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode, urlsplit

from bot.local_slack.records import Receipt
from bot.local_slack.refusal import Refused
from bot.local_slack.signing import signed_headers
from bot.local_slack.sockets import exchange

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.local_slack.workspace import Workspace

SECONDS_TO_ACK = 3.0

SECONDS_TO_COME_BACK = 15.0
"""How long a repeated event waits for a bot that has no connection; Slack itself repeats for some minutes."""

FORM = "application/x-www-form-urlencoded"


def deliver_command(slack: Workspace, fields: dict[str, str]) -> Receipt:
    """Send a slash command."""
    if slack.socket_mode:
        return _noted(slack, _over_socket(slack, "slash_commands", fields))
    return _deliver(slack, urlencode(fields).encode(), {"Content-Type": FORM})


def deliver_interaction(slack: Workspace, payload: dict[str, Any]) -> Receipt:
    """Send what somebody did with a button, a select or a modal."""
    if slack.socket_mode:
        return _noted(slack, _over_socket(slack, str(payload["type"]), payload))
    return _deliver(slack, urlencode({"payload": json.dumps(payload)}).encode(), {"Content-Type": FORM})


def deliver_event(slack: Workspace, event: dict[str, Any], retry: int, reason: str) -> Receipt:
    """Send an event; ``retry`` counts its repetitions.

    In Socket Mode an event that is not acknowledged is repeated once, and waits for the bot to come back.
    """
    if slack.socket_mode:
        told = {"retry_attempt": retry, "retry_reason": reason if retry else ""}
        receipt = _noted(slack, _over_socket(slack, "events_api", event, **told))
        if receipt.ok or retry:
            return receipt
        slack.journal.wait_for(slack.sockets.ready, SECONDS_TO_COME_BACK)
        return deliver_event(slack, event, 1, "timeout")
    headers = {"X-Slack-Retry-Num": str(retry), "X-Slack-Retry-Reason": reason} if retry else {}
    return _deliver(slack, json.dumps(event).encode(), {"Content-Type": "application/json", **headers})


def _over_socket(slack: Workspace, kind: str, payload: dict[str, Any], **retry: object) -> Receipt:
    began = time.monotonic()
    try:
        answer = exchange(slack, kind, payload, SECONDS_TO_ACK, **retry)
    except Refused as refused:
        return Receipt(0, time.monotonic() - began, refused.error)
    seconds = time.monotonic() - began
    return Receipt(0, seconds, "", timed_out=True) if answer is None else Receipt(HTTPStatus.OK, seconds, answer)


def _deliver(slack: Workspace, body: bytes, headers: Mapping[str, str]) -> Receipt:
    return _noted(slack, _receipt(slack, body, headers))


def _noted(slack: Workspace, receipt: Receipt) -> Receipt:
    with slack.journal.condition:
        slack.receipts.append(receipt)
        slack.journal.write("receipt", receipt)
    return receipt


def _receipt(slack: Workspace, body: bytes, headers: Mapping[str, str]) -> Receipt:
    if not slack.events_url:
        raise RuntimeError("the local Slack does not know where the bot listens: set events_url")
    signed = {**headers, **signed_headers(slack.signing_secret, body, time.time())}
    began = time.monotonic()
    try:
        status, said = _post(slack.events_url, body, {**signed, "User-Agent": "Slackbot 1.0"})
    except TimeoutError:
        return Receipt(0, time.monotonic() - began, "", timed_out=True)
    except OSError as error:
        return Receipt(0, time.monotonic() - began, str(error))
    seconds = time.monotonic() - began
    return Receipt(status, seconds, said, timed_out=seconds > SECONDS_TO_ACK)


def _post(url: str, body: bytes, headers: Mapping[str, str]) -> tuple[int, str]:
    """Post without any proxy: the bot is on this machine or named by whoever started this."""
    parts = urlsplit(url)
    kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    connection = kind(parts.hostname or "", parts.port, timeout=SECONDS_TO_ACK)
    try:
        connection.request("POST", parts.path or "/", body, dict(headers))
        response = connection.getresponse()
        return response.status, response.read().decode()
    finally:
        connection.close()
