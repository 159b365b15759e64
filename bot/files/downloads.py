"""A file that Slack keeps, fetched with the bot's token: not too large, not for too long, and from Slack alone."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any
from urllib.error import HTTPError
from urllib.parse import urlsplit
from urllib.request import HTTPRedirectHandler, Request, build_opener

from slack_sdk.errors import SlackApiError

from bot.posting.outlets import SECONDS
from kpi.errors import Mistake
from kpi.names import is_printable

if TYPE_CHECKING:
    from http.client import HTTPResponse
    from pathlib import Path

    from bot.parts import Parts

MEBIBYTE = 1024 * 1024
LARGEST = 50 * MEBIBYTE
LONGEST = 120
"""Seconds for a whole file."""
PORTION = 256 * 1024
LONGEST_NAME = 80
KINDS = (".csv", ".tsv", ".txt", ".xlsx")
TOO_LARGE = "That file is larger than 50 MiB."
UNREACHED = "I could not fetch the file from Slack."
SCOPE = "The app needs the scope files:read; a workspace admin grants it by installing the app again."


class _Straight(HTTPRedirectHandler):
    """Follows no redirection: the token is for Slack alone."""

    def redirect_request(self, *_: object) -> None:
        """Let the redirection be an error."""


def described(parts: Parts, file: str) -> dict[str, Any]:
    """Return what Slack says of a file; raise a Mistake where it says nothing, or where the file cannot be read."""
    try:
        told: dict[str, Any] = parts.client.files_info(file=file)["file"]
    except SlackApiError as error:
        reason = error.response.get("error", "")
        raise Mistake(UNREACHED, SCOPE if reason == "missing_scope" else "Drop it here again.") from error
    if not str(told.get("name", "")).lower().endswith(KINDS):
        raise Mistake("I read CSV files and Excel sheets (.xlsx).", "Save the results as one of these.")
    if told.get("size", 0) > LARGEST:
        raise Mistake(TOO_LARGE, "Split it by month, and drop one part after the other.")
    return told


def fetched(parts: Parts, told: dict[str, Any], folder: Path) -> Path:
    """Write a file into a folder, under its own name; raise a Mistake where Slack does not give it whole."""
    url = told.get("url_private_download") or told.get("url_private") or ""
    if not _is_slacks(parts, url):
        raise Mistake(UNREACHED, "It is not kept by Slack. Save it on your computer, then drop it here.")
    request = Request(url, headers={"Authorization": f"Bearer {parts.client.token}"})  # noqa: S310  checked just now
    path = folder / _plain(str(told["name"]))
    try:
        with build_opener(_Straight).open(request, timeout=SECONDS) as answer:
            _write(answer, path)
    except HTTPError as error:
        raise Mistake(UNREACHED, SCOPE) from error
    except OSError as error:
        raise Mistake(UNREACHED, "Drop it here again.") from error
    return path


def _write(answer: HTTPResponse, path: Path) -> None:
    if answer.headers.get_content_type() == "text/html":  # Slack's page to sign in, where the token may not read files
        raise Mistake(UNREACHED, SCOPE)
    until, size = time.monotonic() + LONGEST, 0
    with path.open("wb") as file:
        while portion := answer.read(PORTION):
            size += len(portion)
            if size > LARGEST:
                raise Mistake(TOO_LARGE, "Split it by month, and drop one part after the other.")
            if time.monotonic() > until:
                raise Mistake("Slack took too long to give me the file.", "Drop it here again.")
            file.write(portion)


def _is_slacks(parts: Parts, url: str) -> bool:
    """Tell whether an address is where the token may go: Slack's own, or the server that stands in for it."""
    wanted, ours = urlsplit(url), urlsplit(parts.client.base_url)
    if (wanted.scheme, wanted.netloc) == (ours.scheme, ours.netloc):
        return True
    return wanted.scheme == "https" and (wanted.hostname or "").endswith((".slack.com", ".slack-edge.com"))


def _plain(name: str) -> str:
    """Return a name that is safe in a folder."""
    last = name.replace("\\", "/").rpartition("/")[2]
    stem, dot, kind = last.rpartition(".")
    return f"{stem[:LONGEST_NAME]}{dot}{kind}" if stem and is_printable(last) else f"file.{kind.lower()}"
