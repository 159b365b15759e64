"""The ways for a message to reach Slack, each sending once and saying why it could not."""

from __future__ import annotations

import json
from dataclasses import dataclass
from http import HTTPStatus
from http.client import HTTPException
from socket import gaierror
from typing import TYPE_CHECKING, Any, Protocol

from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.webhook import WebhookClient

if TYPE_CHECKING:
    from slack_sdk import WebClient

SECONDS = 10


UNSURE = frozenset({"fatal_error", "internal_error", "request_timeout", "service_unavailable"})
"""Slack's words for a failure after which the message may stand all the same."""


class PostError(Exception):
    """Slack did not take a message; ``code`` is Slack's own word for it, or the fault of the connection."""

    def __init__(self, code: str, detail: str = "", *, perhaps_sent: bool = False, retry_after: int = 0) -> None:
        self.code = code
        self.retry_after = retry_after
        """Seconds that Slack wants to be left alone."""
        self.perhaps_sent = perhaps_sent
        """Whether Slack may have taken it before something went wrong, so that sending it again may double it."""
        super().__init__(f"{code} {detail}".strip())


class Outlet(Protocol):
    """A way for messages; only some can show pictures, since Slack puts no files into private replies."""

    @property
    def holds_pictures(self) -> bool:
        """Tell whether pictures can be put into its messages."""

    def send(self, message: dict[str, Any]) -> str:
        """Send a message and return its timestamp, '' where Slack gives none; raise PostError."""

    def update(self, ts: str, message: dict[str, Any]) -> None:
        """Replace a message that was sent; raise PostError."""


@dataclass(frozen=True, slots=True)
class Channel:
    """An ordinary message for everybody in a channel, or in the bot's direct messages."""

    client: WebClient
    channel: str
    thread: str = ""
    holds_pictures: bool = True

    def send(self, message: dict[str, Any]) -> str:
        """Post it."""
        extra = {"thread_ts": self.thread} if self.thread else {}
        return str(called(self.client.chat_postMessage, channel=self.channel, **_quiet(message), **extra)["ts"])

    def update(self, ts: str, message: dict[str, Any]) -> None:
        """Edit it in place."""
        called(self.client.chat_update, channel=self.channel, ts=ts, **message)


@dataclass(frozen=True, slots=True)
class Hook:
    """The reply address that comes with a command or a press; private unless ``visible``."""

    url: str
    visible: bool = False
    holds_pictures: bool = False

    def send(self, message: dict[str, Any]) -> str:
        """Reply once."""
        self._post(message | {"replace_original": False})
        return ""

    def update(self, ts: str, message: dict[str, Any]) -> None:  # noqa: ARG002  a hook knows its own message
        """Replace the message that carried the pressed button."""
        self._post(message | {"replace_original": True})

    def delete(self) -> None:
        """Remove the message that carried the pressed button."""
        self._post({"delete_original": True})

    def _post(self, body: dict[str, Any]) -> None:
        kind = "in_channel" if self.visible else "ephemeral"
        try:
            answer = WebhookClient(self.url, timeout=SECONDS, retry_handlers=[]).send_dict(
                {"response_type": kind, **body}
            )
        except (SlackClientError, OSError, HTTPException) as error:
            raise PostError("connection", str(error), perhaps_sent=not _is_unreached(error)) from error
        if answer.status_code != HTTPStatus.OK:
            unsure = answer.status_code >= HTTPStatus.INTERNAL_SERVER_ERROR
            raise PostError(_code_of(answer.body), answer.body[:200], perhaps_sent=unsure)


@dataclass(frozen=True, slots=True)
class Whisper:
    """A private message beside a channel's own, where there is no reply address left."""

    client: WebClient
    channel: str
    user: str
    thread: str = ""
    holds_pictures: bool = False

    def send(self, message: dict[str, Any]) -> str:
        """Post it for one person."""
        extra = {"thread_ts": self.thread} if self.thread else {}
        called(self.client.chat_postEphemeral, channel=self.channel, user=self.user, **message, **extra)
        return ""

    def update(self, ts: str, message: dict[str, Any]) -> None:  # noqa: ARG002  it cannot be edited
        """Say it again: a whisper cannot be edited."""
        self.send(message)


def _quiet(message: dict[str, Any]) -> dict[str, Any]:
    """Return a message whose links show no previews, unless it wants them."""
    return {"unfurl_links": False, "unfurl_media": False} | message


def called(method: Any, **arguments: object) -> Any:  # noqa: ANN401  one of the client's methods
    """Call one of Slack's methods once; raise PostError that says whether it may have been done all the same."""
    try:
        return method(**arguments)
    except SlackApiError as error:
        code = str(error.response.get("error", "unknown"))
        unsure = code in UNSURE or _status(error) >= HTTPStatus.INTERNAL_SERVER_ERROR
        raise PostError(code, _details(error), perhaps_sent=unsure, retry_after=_retry_after(error)) from error
    except (SlackClientError, OSError, HTTPException) as error:
        raise PostError("connection", str(error), perhaps_sent=not _is_unreached(error)) from error


def _status(error: SlackApiError) -> int:
    """Return the HTTP status; a reply that was no JSON, as of a proxy in trouble, counts as a failure of the server."""
    status: int = getattr(error.response, "status_code", HTTPStatus.INTERNAL_SERVER_ERROR)
    return status


def _retry_after(error: SlackApiError) -> int:
    headers = getattr(error.response, "headers", {})
    told = next((str(value) for name, value in headers.items() if name.lower() == "retry-after"), "")
    return int(told) if told.isdecimal() else 0


def _is_unreached(error: Exception) -> bool:
    """Tell whether there was no connection at all, so that nothing can have been sent."""
    return isinstance(getattr(error, "reason", error), ConnectionRefusedError | gaierror)


def _details(error: SlackApiError) -> str:
    told = error.response.get("response_metadata") or {}
    return " ".join(str(line) for line in told.get("messages", []))[:500]


def _code_of(body: str) -> str:
    try:
        return str(json.loads(body).get("error", "unknown"))
    except (ValueError, AttributeError):
        return body.strip()[:80] or "unknown"
