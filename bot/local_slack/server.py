"""The HTTP side of the local Slack: the Web API, uploads, response urls, and who may talk to it at all."""

from __future__ import annotations

import asyncio
import json
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, cast

from fastapi import FastAPI, Request, Response
from fastapi.responses import JSONResponse, PlainTextResponse
from starlette.middleware.trustedhost import TrustedHostMiddleware

from bot.local_slack.api import answer, arguments_of
from bot.local_slack.browser import serve_page
from bot.local_slack.hooks import answer_hook
from bot.local_slack.methods.files import receive_bytes
from bot.local_slack.refusal import Refused
from bot.local_slack.sockets import serve_sockets

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.types import Receive, Scope, Send

    from bot.local_slack.faults import Fault
    from bot.local_slack.workspace import Workspace

LOOPBACK = ["127.0.0.1", "localhost"]


class CutConnection(Response):
    """No answer at all: the connection is cut, as by a crashing proxy."""

    async def __call__(self, _scope: Scope, receive: Receive, _send: Send) -> None:
        """Cut the connection under the request."""
        cast("Any", receive).__self__.transport.abort()
        await asyncio.sleep(0.01)


def application(slack: Workspace) -> FastAPI:
    """Build the server of one local Slack; only this machine's own names may ask it (DNS rebinding)."""
    app = FastAPI(openapi_url=None)
    app.add_middleware(TrustedHostMiddleware, allowed_hosts=LOOPBACK)
    _serve_api(app, slack)
    _serve_uploads(app, slack)
    _serve_hooks(app, slack)
    serve_sockets(app, slack)
    serve_page(app, slack)
    return app


def _serve_api(app: FastAPI, slack: Workspace) -> None:
    @app.api_route("/api/{method}", methods=["GET", "POST"])
    async def call(method: str, request: Request) -> Response:
        body, content_type = await request.body(), request.headers.get("content-type", "")
        try:
            arguments = arguments_of(body, content_type, request.url.query)
        except (Refused, ValueError) as refused:
            return JSONResponse({"ok": False, "error": getattr(refused, "error", "invalid_json")})
        bearer = request.headers.get("authorization", "").removeprefix("Bearer ")
        token = bearer or str(arguments.get("token", ""))
        arguments.pop("token", None)
        return await _with_faults(
            slack, method, arguments.get("channel"), lambda: _told(answer(slack, method, token, arguments))
        )


def _told(answered: tuple[int, dict[str, Any]]) -> Response:
    status, reply = answered
    headers = {"Retry-After": str(reply["retry_after"])} if "retry_after" in reply else {}
    return JSONResponse(reply, status, headers)


async def _with_faults(slack: Workspace, method: str, channel: object, do: Callable[[], Response]) -> Response:
    fault = slack.faults.next_for(method, channel)
    if fault is None:
        return do()
    done = do() if fault.after_accepting else None
    if fault.hang:
        await asyncio.sleep(fault.hang)
    if fault.reset:
        return CutConnection()
    if fault.error or fault.status != HTTPStatus.OK:
        return _failed(fault)
    return done or do()


def _failed(fault: Fault) -> Response:
    reply = {"ok": False, "error": fault.error or "internal_error"}
    limited = fault.error in {"ratelimited", "rate_limited"}
    headers = {"Retry-After": str(fault.retry_after)} if limited else {}
    return JSONResponse(reply, 429 if limited else fault.status, headers)


def _serve_uploads(app: FastAPI, slack: Workspace) -> None:
    @app.post("/upload/{file_id}")
    async def upload(file_id: str, request: Request) -> Response:
        body = await _uploaded(request)

        def keep() -> Response:
            try:
                receive_bytes(slack, file_id, body)
            except Refused as refused:
                return PlainTextResponse(refused.error, refused.status)
            return PlainTextResponse(f"OK - {len(body)}")

        return await _with_faults(slack, "upload", "", keep)

    @app.get("/files-pri/{path:path}")
    async def download(path: str, request: Request) -> Response:
        file = slack.files.get(path.partition("/")[0].rpartition("-")[2])
        if request.headers.get("authorization") != f"Bearer {slack.token}" or file is None or file.deleted:
            return PlainTextResponse("not found", 404)
        return Response(file.bytes, media_type=file.kind)


async def _uploaded(request: Request) -> bytes:
    """Read the bytes of an upload, sent as they are or as the one file of a form."""
    if not request.headers.get("content-type", "").startswith("multipart/"):
        return await request.body()
    async with request.form() as form:
        for part in form.values():
            if not isinstance(part, str):
                return await part.read()
    return b""


def _serve_hooks(app: FastAPI, slack: Workspace) -> None:
    @app.post("/hooks/{key:path}")
    async def hook(key: str, request: Request) -> Response:
        body = await request.body()

        def post() -> Response:
            try:
                answer_hook(slack, key, json.loads(body))
            except Refused as refused:
                return JSONResponse(refused.as_slack_says(), refused.status)
            return PlainTextResponse("ok")

        return await _with_faults(slack, "response_url", "", post)
