"""The local Slack as its starter holds it: start and stop it, act as its people, read what happened."""

from __future__ import annotations

import socket
import threading
import time
from typing import TYPE_CHECKING, Any, Self, TypeVar, Unpack

import uvicorn

from bot.local_slack import commands, events, interactions, modals
from bot.local_slack.faults import Fault
from bot.local_slack.server import application
from bot.local_slack.sockets import say_goodbye
from bot.local_slack.workspace import Workspace

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from types import TracebackType

    from bot.local_slack.faults import HowItFails
    from bot.local_slack.records import Message, Receipt, View

T = TypeVar("T")

NOTHING: dict[str, object] = {}


class LocalSlack(Workspace):
    """A small Slack on this machine, for the try-out and for tests."""

    def __init__(
        self,
        *,
        events_url: str = "",
        token: str | None = None,
        signing_secret: str | None = None,
        hints: Sequence[str] = (),
        file_delay: float = 0.0,
        socket_mode: bool = False,
    ) -> None:
        super().__init__(token, signing_secret, file_delay)
        self.socket_mode = socket_mode
        self.events_url = events_url
        self.hints = tuple(hints)
        self._server: uvicorn.Server | None = None
        self._thread: threading.Thread | None = None

    @property
    def api_url(self) -> str:
        """The base url for a Web API client."""
        return f"{self.url}/api/"

    def start(self, port: int = 0) -> None:
        """Listen on this machine only; an OSError says when the port is taken."""
        listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind(("127.0.0.1", port))
        except OSError as error:
            listener.close()
            raise OSError(error.errno, f"port {port} of this machine is taken by another program") from error
        self.url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        settings = uvicorn.Config(application(self), log_level="warning", lifespan="off", timeout_graceful_shutdown=1)
        self._server = uvicorn.Server(settings)
        self._thread = threading.Thread(target=self._server.run, args=([listener],), name="local-slack", daemon=True)
        self._thread.start()
        while not self._server.started and self._thread.is_alive():
            time.sleep(0.005)

    def stop(self) -> None:
        """Stop listening; whoever waits on the page's stream is sent away."""
        self.journal.close()
        if self._server and self._thread:
            self._server.should_exit = True
            self._thread.join(timeout=5)

    def __enter__(self) -> Self:
        if not self.url:
            self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def command(self, text: str, *, command: str = "/kpi", user: str = "ada", channel: str = "marketing") -> Receipt:
        """Type a slash command and wait until it is acknowledged."""
        return commands.send_command(self, command, text, user, channel)

    def press(self, where: Message | View, action_id: str, *, user: str = "ada", value: str | None = None) -> Receipt:
        """Press a button of a message or view, found by its action_id or its label."""
        return interactions.act(self, where, action_id, user, NOTHING if value is None else {action_id: value})

    def select(self, where: Message | View, action_id: str, value: object, *, user: str = "ada") -> Receipt:
        """Choose an option (by value or label), a date, a person; or several, as a list."""
        return interactions.act(self, where, action_id, user, {action_id: value})

    def suggest(self, where: Message | View, action_id: str, typed: str, *, user: str = "ada") -> list[dict[str, Any]]:
        """Type into a type-ahead and return the options that the bot offers."""
        answer = interactions.suggestions(self, where, action_id, typed, user).json()
        groups = answer.get("option_groups") or []
        return [*(answer.get("options") or []), *(one for group in groups for one in group["options"])]

    def submit(self, view: View, values: Mapping[str, object] = NOTHING) -> Receipt | None:
        """Submit a modal with values by block_id or action_id; None when Slack itself asks for more."""
        return modals.submit_view(self, view, values)

    def close(self, view: View, *, all_of_them: bool = False) -> Receipt | None:
        """Close a modal, or the whole stack of them."""
        return modals.close_view(self, view, all_of_them=all_of_them)

    def say_as(self, text: str, *, user: str = "ada", channel: str = "marketing", thread: str = "") -> Receipt | None:
        """Write an ordinary message; ``channel="ada"`` means Ada's direct messages with the bot.

        ``thread`` is the timestamp of the message under which it is written.
        """
        return events.send_words(self, text, user, channel, thread)

    def drop_file(self, name: str, body: bytes, *, user: str = "ada", channel: str = "marketing") -> Receipt:
        """Drop a file into a channel."""
        return events.send_file(self, name, body, user, channel)

    def open_home(self, *, user: str = "ada") -> Receipt:
        """Open the bot's home tab."""
        return events.send_home_opened(self, user)

    def event(self, kind: str, *, event_id: str = "", retry: int = 0, **fields: object) -> Receipt:
        """Send any event; with ``retry`` as a repeated delivery of the same ``event_id``."""
        return events.send_event(self, {"type": kind, **fields}, event_id, retry)

    def disconnect(self, reason: str = "refresh_requested") -> None:
        """Ask the bot to open its connections anew: as a ``warning``, or because they end now."""
        say_goodbye(self, reason)

    def cut_connections(self) -> None:
        """Cut every connection of the bot's without a word."""
        for connection in list(self.sockets.open):
            connection.cut()

    def fail(self, method: str, error: str = "", **how: Unpack[HowItFails]) -> None:
        """Let the next calls of a method fail; ``how`` are fields of Fault.

        Besides the Web API's methods there are "upload" (the bytes of a file) and "response_url".
        """
        self.faults.order(Fault(method, error, **how))

    def clear_faults(self) -> None:
        """Let nothing more go wrong."""
        self.faults.clear()

    def take_scope_away(self, scope: str) -> None:
        """Let the bot's token lack a scope from now on."""
        self.scopes.discard(scope)

    def messages(self, channel: str = "marketing", viewer: str | None = None) -> list[Message]:
        """Read what stands in a channel, in order; with ``viewer`` also what only this person sees."""
        place = self.world.channel(channel)
        person = self.world.person(viewer).id if viewer else ""
        return [one for one in self.messages_in(place.id) if one.ephemeral_for in {"", person}]

    def modal(self, user: str = "ada") -> View | None:
        """Look at the modal that somebody has in front of them."""
        stack = self.stack_of(self.world.person(user).id)
        return stack[-1] if stack else None

    def wait_for(self, condition: Callable[[], T | bool | None], timeout: float = 5.0) -> T:
        """Return what ``condition`` returns as soon as that is true; it is asked again on every change."""
        return self.journal.wait_for(condition, timeout)  # type: ignore[return-value]

    def answers_to(
        self, text: str, *, user: str = "ada", channel: str = "marketing", timeout: float = 5.0
    ) -> list[Message]:
        """Type a command and return the messages, new or edited, that have followed once there is one."""
        begun = self.clock.stamp()
        self.command(text, user=user, channel=channel)

        def followed() -> list[Message]:
            return [one for one in self.messages(channel, user) if max(one.ts, one.edited_at) > begun]

        return self.wait_for(followed, timeout)
