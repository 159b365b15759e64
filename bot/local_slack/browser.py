"""The page in the browser: its three files, its stream of changes, and what its viewer does."""

from __future__ import annotations

import asyncio
import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fastapi import FastAPI, Request, Response
from fastapi.responses import FileResponse, JSONResponse, PlainTextResponse, StreamingResponse

from bot.local_slack.deeds import DEEDS
from bot.local_slack.events import send_file
from bot.local_slack.shown import shown_change, shown_world

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from bot.local_slack.workspace import Workspace

PAGE = Path(__file__).parent / "page"

FILES = {"/": "index.html", "/style.css": "style.css", "/app.js": "app.js"}

ONLY_OUR_OWN = "default-src 'self'; img-src 'self' https: data:; frame-ancestors 'self'; base-uri 'none'"

RULES_FOR_THE_BROWSER = {
    "Content-Security-Policy": ONLY_OUR_OWN,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}

SECONDS_BETWEEN_SIGNS_OF_LIFE = 15.0

PEOPLE_AT_ONCE = 48


def serve_page(app: FastAPI, slack: Workspace) -> None:
    """Add the page and everything under ``/local/`` to the server."""
    for path, name in FILES.items():
        _serve_file(app, path, name)
    _serve_state(app, slack)
    _serve_deeds(app, slack)


def _serve_file(app: FastAPI, path: str, name: str) -> None:
    @app.get(path)
    async def file() -> Response:
        return FileResponse(PAGE / name, headers=RULES_FOR_THE_BROWSER)


def _serve_state(app: FastAPI, slack: Workspace) -> None:
    @app.exception_handler(LookupError)
    async def missing(_request: Request, error: Exception) -> Response:
        return PlainTextResponse(str(error), 404)

    @app.get("/local/world")
    async def world(viewer: str = "ada") -> Response:
        return JSONResponse(shown_world(slack, slack.world.person(viewer)))

    @app.get("/local/changes")
    async def changes(request: Request, viewer: str = "ada", after: int = 0) -> Response:
        seen = int(request.headers.get("last-event-id") or after)
        person = slack.world.person(viewer).id
        return StreamingResponse(_stream(slack, person, seen), media_type="text/event-stream")

    @app.get("/files/{_user}/{file_id}/{_name}")
    @app.get("/local/files/{file_id}")
    async def picture(file_id: str, _user: str = "", _name: str = "") -> Response:
        file = slack.files.get(file_id)
        if file is None or file.deleted or not file.kind.startswith(("image/", "application/pdf")):
            return PlainTextResponse("not found", 404)
        return Response(file.bytes, media_type=file.kind, headers=RULES_FOR_THE_BROWSER)


async def _stream(slack: Workspace, viewer: str, seen: int) -> AsyncIterator[str]:
    """Send every change that concerns a viewer as soon as it is made (Server-Sent Events)."""
    loop, woken = asyncio.get_running_loop(), asyncio.Event()
    stop_listening = slack.journal.listen(lambda: loop.call_soon_threadsafe(woken.set))
    try:
        while not slack.journal.closed:
            woken.clear()
            if slack.journal.has_forgotten(seen):
                yield _sent(slack.journal.number, {"reload": True})
                seen = slack.journal.number
            for change in slack.journal.since(seen, viewer):
                seen = change.number
                yield _sent(seen, shown_change(slack, change, viewer))
            try:
                await asyncio.wait_for(woken.wait(), SECONDS_BETWEEN_SIGNS_OF_LIFE)
            except TimeoutError:
                yield ": still here\n\n"
    finally:
        stop_listening()


def _sent(number: int, what: dict[str, Any]) -> str:
    return f"id: {number}\ndata: {json.dumps(what)}\n\n"


def _serve_deeds(app: FastAPI, slack: Workspace) -> None:
    pool = ThreadPoolExecutor(PEOPLE_AT_ONCE, thread_name_prefix="local-slack")

    @app.post("/local/do")
    async def do(request: Request) -> Response:
        if not _comes_from_the_page(request):
            return PlainTextResponse("only the page itself may do this", 403)
        asked = await request.json()
        deed = DEEDS[asked["do"]]
        return JSONResponse(await asyncio.wrap_future(pool.submit(deed, slack, asked)))

    @app.post("/local/drop")
    async def drop(request: Request, name: str, viewer: str, channel: str) -> Response:
        if not _comes_from_the_page(request):
            return PlainTextResponse("only the page itself may do this", 403)
        body = await request.body()
        receipt = await asyncio.wrap_future(pool.submit(send_file, slack, name, body, viewer, channel))
        return JSONResponse({"status": receipt.status, "seconds": receipt.seconds})


def _comes_from_the_page(request: Request) -> bool:
    """Whether the request was made by the page that this server served, and by no other site."""
    return request.headers.get("origin") == f"http://{request.headers.get('host')}"
