"""Sends signed requests to the bot and waits as long as Slack does."""

from __future__ import annotations

import http.client
import json
import time
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode, urlsplit

from bot.local_slack.records import Receipt
from bot.local_slack.signing import signed_headers

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.local_slack.workspace import Workspace

SECONDS_TO_ACK = 3.0

FORM = "application/x-www-form-urlencoded"


def deliver_form(slack: Workspace, fields: Mapping[str, str]) -> Receipt:
    """Send a form, as slash commands and interactions come."""
    return _deliver(slack, urlencode(fields).encode(), {"Content-Type": FORM})


def deliver_interaction(slack: Workspace, payload: dict[str, Any]) -> Receipt:
    """Send what somebody did with a button, a select or a modal."""
    return deliver_form(slack, {"payload": json.dumps(payload)})


def deliver_event(slack: Workspace, event: dict[str, Any], headers: Mapping[str, str]) -> Receipt:
    """Send an event, with the headers of a repeated delivery where it is one."""
    return _deliver(slack, json.dumps(event).encode(), {"Content-Type": "application/json", **headers})


def _deliver(slack: Workspace, body: bytes, headers: Mapping[str, str]) -> Receipt:
    receipt = _receipt(slack, body, headers)
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
