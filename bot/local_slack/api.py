"""The Web API's front door: reads a call, checks token, scope and arguments, and does what the table says."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

from bot.local_slack.methods import METHODS
from bot.local_slack.records import Call
from bot.local_slack.refusal import Refused

if TYPE_CHECKING:
    from bot.local_slack.workspace import Workspace

IN_JSON = frozenset({"blocks", "files", "message", "metadata", "view"})
"""Arguments that are JSON even where the call is a form."""


def arguments_of(body: bytes, content_type: str, query: str = "") -> dict[str, Any]:
    """Read the arguments of a call, be they JSON or a form."""
    arguments: dict[str, Any] = dict(parse_qsl(query, keep_blank_values=True))
    if "json" in content_type:
        arguments |= json.loads(body or b"{}")
    else:
        arguments |= dict(parse_qsl(body.decode(), keep_blank_values=True))
    return {key: _read(key, value) for key, value in arguments.items()}


def _read(key: str, value: object) -> object:
    if key not in IN_JSON or not isinstance(value, str) or not value:
        return value
    try:
        return json.loads(value)
    except ValueError:
        raise Refused("invalid_blocks_format" if key == "blocks" else "invalid_arguments") from None


def answer(slack: Workspace, method: str, token: str, arguments: dict[str, Any]) -> tuple[int, dict[str, Any]]:
    """Do one call: the HTTP status and the body of the reply; the call is recorded either way."""
    try:
        _admit(slack, method, token, arguments)
        status, reply = 200, {"ok": True, **METHODS[method].does(slack, arguments)}
    except Refused as refused:
        status, reply = refused.status, refused.as_slack_says()
    with slack.journal.condition:
        call = Call(method, arguments, reply, slack.clock.now())
        slack.calls.append(call)
        slack.journal.write("call", call)
    return status, reply


def _admit(slack: Workspace, method: str, token: str, arguments: dict[str, Any]) -> None:
    row = METHODS.get(method)
    if row is None:
        raise Refused("unknown_method", req_method=method)
    if not token and method != "api.test":
        raise Refused("not_authed")
    if token not in {slack.token, slack.app_token} and method != "api.test":
        raise Refused("invalid_auth")
    if method != "api.test" and row.by_app != (token == slack.app_token):
        raise Refused("not_allowed_token_type")
    scopes = slack.app_scopes if row.by_app else slack.scopes
    if row.scope and row.scope not in scopes:
        raise Refused("missing_scope", needed=row.scope, provided=",".join(sorted(scopes)))
    missing = [key for key in row.needs if arguments.get(key) in (None, "")]
    if missing:
        raise Refused("invalid_arguments", [f"missing required field: {key}" for key in missing])
