"""Socket Mode: a connection to Slack that the bot opens itself, so that it needs no public address.

Behind the connection everything is the same as over HTTP. Slack renews a connection every few hours and says so before:
the next one is opened first, and the old one is read until Slack closes it. An acknowledgement goes back the way its
request came. The client of slack_sdk reads nothing for up to three seconds while it changes over, and takes 25 seconds
to notice a broken connection (measured with 3.47); commands were lost in both.
"""

from __future__ import annotations

import json
import logging
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from threading import Event, Thread
from typing import TYPE_CHECKING, Any

from slack_bolt.adapter.socket_mode.internals import run_bolt_app, send_response
from slack_sdk.errors import SlackApiError
from slack_sdk.socket_mode.request import SocketModeRequest
from websockets.exceptions import WebSocketException
from websockets.sync.client import ClientConnection, connect

from kpi.errors import WrongSetting

if TYPE_CHECKING:
    from collections.abc import Iterator

    from slack_bolt import App
    from slack_sdk import WebClient
    from slack_sdk.socket_mode.response import SocketModeResponse

    from bot.parts import Parts

log = logging.getLogger(__name__)

SILENCE = 10
"""Seconds between signs of life; a connection on which none comes back for as long is given up."""
HOW: dict[str, Any] = {
    "ping_interval": SILENCE,
    "ping_timeout": SILENCE,
    "close_timeout": 1,
    "max_size": 16 * 1024 * 1024,
}
LONGEST_PAUSE = 30
"""Seconds between two attempts to connect, when several have failed."""
REFUSALS = {
    "not_allowed_token_type": (
        "it is not an app-level token.",
        "Those begin with xapp-; generate one under Basic Information, with the scope connections:write.",
    ),
    "missing_scope": (
        "it lacks the scope connections:write.",
        "Generate another app-level token with that scope, under Basic Information.",
    ),
}
GOODBYES = {
    "link_disabled": "Slack says that Socket Mode is off for this app: turn it on under Socket Mode in its settings.",
    "too_many_websockets": "Slack says that ten connections are open already: stop other copies of the bot.",
}
"""Why Slack would end the next connection, too."""


@contextmanager
def listening(parts: Parts, bolt: App, workers: int) -> Iterator[Line | None]:
    """Keep a connection to Slack open, or none where no app-level token is set.

    ``workers`` requests can be on their way to an acknowledgement at once. In the end what is at the door is let in.
    """
    token = parts.settings.slack_app_token.get_secret_value()
    if not token:
        yield None
        return
    line = Line(parts, bolt, token, workers)
    line.open(address_of(parts.client, token))
    try:
        yield line
    finally:
        parts.door.let_others_in()
        line.close()


def address_of(client: WebClient, token: str) -> str:
    """Ask Slack where to connect; raise WrongSetting with what is wrong with the token."""
    try:
        return str(client.apps_connections_open(app_token=token)["url"])
    except SlackApiError as error:
        reason = str(error.response.get("error"))
        said, mend = REFUSALS.get(reason, (f"Slack refuses it: {reason}.", "Copy the app-level token again."))
        raise WrongSetting(f"SLACK_APP_TOKEN: {said}", mend) from error
    except OSError as error:
        raise WrongSetting(f"Slack cannot be reached: {error}.", "Check SLACK_API_URL and the network.") from error


class Line:
    """The connection to Slack; for a moment there are two of them, while it is renewed."""

    def __init__(self, parts: Parts, bolt: App, token: str, workers: int) -> None:
        self._parts, self._bolt, self._token = parts, bolt, token
        self._workers = ThreadPoolExecutor(workers, thread_name_prefix="socket")
        self._sockets: list[ClientConnection] = []
        self._threads: list[Thread] = []
        self._closing = Event()
        self._failures = 0
        """Attempts that have failed since Slack last said hello."""

    @property
    def is_up(self) -> bool:
        """Tell whether Slack can reach the bot now."""
        return bool(self._sockets)

    def open(self, address: str = "") -> None:
        """Begin to listen, at an address that Slack has given, or at one that is asked for."""
        self._threads = [thread for thread in self._threads if thread.is_alive()]
        self._threads.append(Thread(target=self._listen, args=(address,), name="socket", daemon=True))
        self._threads[-1].start()

    def close(self) -> None:
        """Stop listening; what was taken is finished."""
        self._closing.set()
        for socket in list(self._sockets):
            socket.close()
        for thread in self._threads:
            thread.join()
        self._workers.shutdown()

    def _listen(self, address: str) -> None:
        """Stay connected until another thread takes over: come back after a failure, less and less hastily."""
        pause = 0.0
        while not self._closing.wait(pause):
            pause = 0.0
            try:
                was_renewed = self._read(address or self._address())
            except (SlackApiError, WebSocketException, OSError) as error:
                log.warning("no connection to Slack: %s", error)
                self._failures += 1
                pause = max(min(LONGEST_PAUSE, 2.0 ** (self._failures - 1)), _wait_asked_for(error))
            else:
                if was_renewed:
                    return
            address = ""

    def _address(self) -> str:
        return str(self._parts.client.apps_connections_open(app_token=self._token)["url"])

    def _read(self, address: str) -> bool:
        """Read one connection until it ends; return whether another one was opened in its place."""
        was_renewed = False
        with connect(address, **HOW) as socket:
            self._sockets.append(socket)
            try:
                for text in () if self._closing.is_set() else socket:
                    message = json.loads(text)
                    if message["type"] == "hello":
                        self._failures = 0
                    elif message["type"] != "disconnect":
                        self._workers.submit(self._answer, socket, message)
                    elif reason := GOODBYES.get(message.get("reason")):
                        raise ConnectionError(reason)
                    elif not was_renewed:
                        was_renewed = True
                        self.open()
            finally:
                self._sockets.remove(socket)
        return was_renewed

    def _answer(self, socket: ClientConnection, message: dict[str, Any]) -> None:
        """Let Bolt answer one request."""
        request = SocketModeRequest.from_dict(message)
        if request is None:
            return
        try:
            with self._parts.door.request():
                answered = run_bolt_app(self._bolt, request)
                send_response(_Reply(socket), request, answered, time.time())  # type: ignore[arg-type]
        except WebSocketException as error:
            log.warning("an acknowledgement did not reach Slack: %s", error)
        except Exception:
            log.exception("a request was not answered")


class _Reply:
    """What Bolt sends its answer with."""

    logger = log

    def __init__(self, socket: ClientConnection) -> None:
        self._socket = socket

    def send_socket_mode_response(self, response: SocketModeResponse) -> None:
        """Send it."""
        self._socket.send(json.dumps(response.to_dict()))


def _wait_asked_for(error: Exception) -> int:
    """Return how many seconds Slack asks to wait, 0 where it does not."""
    return int(error.response.headers.get("Retry-After", 0)) if isinstance(error, SlackApiError) else 0
