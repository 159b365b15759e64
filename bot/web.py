"""The web server: Slack's requests, and whether all is well."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastapi import FastAPI, Request, Response
from slack_bolt import BoltRequest
from starlette.concurrency import run_in_threadpool

from bot.guard import LARGEST_BODY, body_of, is_signed, looks_signed
from kpi.storage.schema import is_current

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fastapi import APIRouter
    from slack_bolt import App

    from bot.door import Door
    from bot.socket_mode import Line
    from kpi.storage.database import Database


def web(
    bolt: App,
    database: Database,
    signing_secret: str,
    door: Door,
    line: Line | None = None,
    ingest: APIRouter | None = None,
) -> FastAPI:
    """Return the application; without a signing secret it takes no requests of Slack's."""
    app = FastAPI(title="kpi-bot", docs_url=None, redoc_url=None, openapi_url=None)
    if signing_secret:
        _serve_slack(app, bolt, signing_secret, door)
    if ingest:
        app.include_router(ingest)

    @app.get("/healthz")
    def healthz() -> dict[str, str]:
        return {"status": "alive"}

    @app.get("/readyz")
    def readyz(response: Response) -> dict[str, object]:
        reasons = not_ready(database, line)
        response.status_code = 503 if reasons else 200
        return {"ready": not reasons, "reasons": reasons}

    return app


def _serve_slack(app: FastAPI, bolt: App, signing_secret: str, door: Door) -> None:
    @app.post("/slack/events")
    async def slack_events(request: Request) -> Response:
        if not looks_signed(request.headers):
            return Response("not signed by Slack", 401)
        raw = await body_of(request, LARGEST_BODY)
        if raw is None:
            return Response("too large", 413)
        body = raw.decode("utf-8", "replace")
        if not is_signed(signing_secret, body, request.headers):
            return Response("not signed by Slack", 401)
        headers: dict[str, str | Sequence[str]] = {name: request.headers.getlist(name) for name in request.headers}
        asked = BoltRequest(body=body, query=str(request.query_params), headers=headers)
        with door.request():
            answered = await run_in_threadpool(bolt.dispatch, asked)
        told = Response(answered.body, answered.status)
        for name, values in answered.headers.items():
            told.headers[name] = values[0]
        return told


def not_ready(database: Database, line: Line | None = None) -> list[str]:
    """Return why requests cannot be answered now."""
    return _wrong_with(database) + (["the connection to Slack is down"] if line and not line.is_up else [])


def _wrong_with(database: Database) -> list[str]:
    try:
        if not database.answers():
            return ["the database does not answer"]
        return [] if is_current(database) else ["the schema is not up to date: run kpi-bot migrate"]
    except Exception as error:  # noqa: BLE001  whatever it is, it is the reason
        return [f"the database does not answer: {type(error).__name__}"]
