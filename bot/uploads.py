"""Charts and pages on their way into a message: uploaded privately, waited for, then placed by their id or link."""

from __future__ import annotations

import logging
import time
from contextlib import contextmanager
from http.client import HTTPException
from typing import TYPE_CHECKING, Any

from slack_sdk.errors import SlackApiError, SlackClientError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from slack_sdk import WebClient

log = logging.getLogger(__name__)

PAUSES = (0.05, 0.1, 0.2, 0.4, 0.8, 1.5, 2, 3, 4, 5)
"""Seconds between looks at a file that Slack is still scanning: about 17 in all."""
ALT = 1000


class UploadError(Exception):
    """Slack did not take the file."""


def uploaded(client: WebClient, picture: bytes, alt: str) -> str:
    """Upload a picture that only the bot can see so far, wait until Slack has it ready, and return its file id."""
    with _told():
        answer = client.files_upload_v2(content=picture, filename="kpi.png", title="KPI", alt_txt=alt[:ALT])
        file_id = str(answer["files"][0]["id"])
        _when_ready(client, file_id)
        return file_id


def uploaded_page(client: WebClient, page: bytes, title: str) -> str:
    """Upload a page to print that only the bot can see so far, and return the link that shows it in a message."""
    with _told():
        answer = client.files_upload_v2(content=page, filename=f"{title}.pdf", title=title)
        return str(_when_ready(client, str(answer["files"][0]["id"]))["permalink"])


@contextmanager
def _told() -> Iterator[None]:
    """Raise UploadError for whatever goes wrong."""
    try:
        yield
    except SlackApiError as error:
        raise UploadError(f"Slack answered {error.response.get('error', 'an error')}") from error
    except (SlackClientError, OSError, HTTPException, KeyError) as error:
        raise UploadError(f"{type(error).__name__}: {error}") from error


def _when_ready(client: WebClient, file_id: str) -> dict[str, Any]:
    """Wait until Slack has a file ready, and return what it says about it; nothing where the app may not look."""
    for pause in PAUSES:
        try:
            told: dict[str, Any] = client.files_info(file=file_id)["file"]
            if told.get("mimetype"):
                return told
        except SlackApiError as error:
            if error.response.get("error") != "missing_scope":
                raise
            log.warning(
                "without the scope files:read I cannot see when a chart is ready; a workspace admin can grant it"
            )
            time.sleep(2)
            return {}
        time.sleep(pause)
    raise UploadError("Slack was still scanning the file after 17 seconds")
