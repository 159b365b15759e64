"""Socket Mode: the connections that a bot has opened, and what goes over them instead of HTTP."""

from __future__ import annotations

import asyncio
import json
import secrets
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, cast
from uuid import uuid4

from fastapi import FastAPI, WebSocket, WebSocketDisconnect

from bot.local_slack import world
from bot.local_slack.refusal import Refused

if TYPE_CHECKING:
    from bot.local_slack.workspace import Workspace

MOST_CONNECTIONS = 10
SECONDS_OF_A_TICKET = 30.0
SECONDS_TO_SEND = 1.0
SECONDS_TO_LEAVE = 0.5
WITH_AN_ANSWER = frozenset({"slash_commands", "view_submission", "block_suggestion"})
"""What may be acknowledged with more than its envelope's id."""


@dataclass(eq=False, slots=True)
class Connection:
    """One connection of the bot's."""

    socket: WebSocket
    loop: asyncio.AbstractEventLoop
    is_leaving: bool = False
    """Whether the bot was told to open another one; nothing new is sent here."""

    def send(self, what: dict[str, Any]) -> bool:
        """Send something, and tell whether it went out."""
        try:
            asyncio.run_coroutine_threadsafe(self.socket.send_json(what), self.loop).result(SECONDS_TO_SEND)
        except (RuntimeError, TimeoutError, WebSocketDisconnect):
            return False
        return True

    def leave(self) -> None:
        """Send nothing new, and close as soon as what is under way had its time."""
        self.is_leaving = True
        asyncio.run_coroutine_threadsafe(self._close(), self.loop)

    async def _close(self) -> None:
        await asyncio.sleep(SECONDS_TO_LEAVE)
        with suppress(RuntimeError, WebSocketDisconnect):
            await self.socket.close()

    def cut(self) -> None:
        """Cut the connection without a word, as a failing network does."""
        transport = cast("Any", self.socket)._receive.__self__.transport  # noqa: SLF001  Starlette offers no way
        self.loop.call_soon_threadsafe(transport.abort)


@dataclass(slots=True)
class Sockets:
    """All connections of one local Slack, the tickets for further ones, and what was acknowledged."""

    open: list[Connection] = field(default_factory=list)
    tickets: dict[str, float] = field(default_factory=dict)
    answers: dict[str, dict[str, Any]] = field(default_factory=dict)
    """What came back, by the id of the envelope."""
    waiting: set[str] = field(default_factory=set)
    """Envelopes that are not acknowledged yet."""
    sent: int = 0

    def ready(self) -> list[Connection]:
        """List the connections that take something new."""
        return [one for one in self.open if not one.is_leaving]

    def next_one(self) -> Connection | None:
        """Choose a connection: each in turn, as Slack spreads what happens over all of them."""
        ready = self.ready()
        self.sent += 1
        return ready[self.sent % len(ready)] if ready else None


def connections_open(slack: Workspace, _arguments: dict[str, Any]) -> dict[str, Any]:
    """``apps.connections.open``: give an address that one connection can be opened at, once and soon."""
    ticket = secrets.token_hex(16)
    slack.sockets.tickets[ticket] = slack.clock.now()
    return {"url": f"{slack.url.replace('http', 'ws', 1)}/link?ticket={ticket}&app_id={world.APP}"}


def serve_sockets(app: FastAPI, slack: Workspace) -> None:
    """Add the address of the connections to the server."""

    @app.websocket("/link")
    async def link(socket: WebSocket, ticket: str) -> None:
        made_at = slack.sockets.tickets.pop(ticket, 0.0)
        if slack.clock.now() - made_at > SECONDS_OF_A_TICKET:
            await socket.close()  # before it is accepted: the bot sees 403
            return
        await socket.accept()
        if reason := _unwelcome(slack):
            await socket.send_json(_goodbye(reason))
            await socket.close()
            return
        await socket.send_json(_hello(len(slack.sockets.open) + 1))
        connection = Connection(socket, asyncio.get_running_loop())
        _change(slack, connection, joins=True)
        with suppress(WebSocketDisconnect):
            async for said in socket.iter_json():
                _take(slack, said)
        _change(slack, connection, joins=False)


def exchange(slack: Workspace, kind: str, payload: dict[str, Any], patience: float, **retry: object) -> str | None:
    """Send an envelope over one of the connections; return what came back, None where no acknowledgement came.

    Raise Refused where the bot has no connection.
    """
    envelope = {
        "envelope_id": str(uuid4()),
        "type": kind if kind in ("slash_commands", "events_api") else "interactive",
        "payload": payload,
        "accepts_response_payload": kind in WITH_AN_ANSWER,
        **retry,
    }
    key = str(envelope["envelope_id"])
    with slack.journal.condition:
        connection = slack.sockets.next_one()
        slack.sockets.waiting.add(key)
    if connection is None or not connection.send(envelope):
        raise Refused("no_connection")
    try:
        slack.journal.wait_for(lambda: key in slack.sockets.answers, patience)
    except TimeoutError:
        slack.sockets.waiting.discard(key)
        return None
    slack.sockets.waiting.discard(key)
    return _answer(slack, kind, slack.sockets.answers.pop(key))


def say_goodbye(slack: Workspace, reason: str) -> None:
    """Tell every connection that it will end, and why; after a mere warning it stays for now."""
    for connection in list(slack.sockets.open):
        connection.send(_goodbye(reason))
        if reason != "warning":
            connection.leave()


def _answer(slack: Workspace, kind: str, said: dict[str, Any]) -> str:
    """Return what an acknowledgement says beside the id, as the body of a reply over HTTP would."""
    if "payload" not in said:
        return ""
    if kind not in WITH_AN_ANSWER:
        slack.warn(f"the acknowledgement of {kind} carries an answer, which Slack ignores")
        return ""
    return json.dumps(said["payload"])


def _unwelcome(slack: Workspace) -> str:
    if not slack.socket_mode:
        return "link_disabled"
    return "too_many_websockets" if len(slack.sockets.open) >= MOST_CONNECTIONS else ""


def _hello(connections: int) -> dict[str, Any]:
    debug = {"host": "applink-local", "build_number": 1, "approximate_connection_time": 18060}
    return {
        "type": "hello",
        "num_connections": connections,
        "debug_info": debug,
        "connection_info": {"app_id": world.APP},
    }


def _goodbye(reason: str) -> dict[str, Any]:
    return {"type": "disconnect", "reason": reason, "debug_info": {"host": "applink-local"}}


def _change(slack: Workspace, connection: Connection, *, joins: bool) -> None:
    with slack.journal.condition:
        (slack.sockets.open.append if joins else slack.sockets.open.remove)(connection)
        slack.journal.write("connection", connection)


def _take(slack: Workspace, said: dict[str, Any]) -> None:
    """Take an acknowledgement; one that nobody waits for came too late, or is of something never sent."""
    key = str(said.get("envelope_id", ""))
    with slack.journal.condition:
        if key not in slack.sockets.waiting:
            slack.warn("an acknowledgement came too late, or of an unknown envelope")
            return
        slack.sockets.answers[key] = said
        slack.journal.write("acknowledgement", key)
