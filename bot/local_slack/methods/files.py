"""``files.*``: an upload in three steps, and the wait until Slack has looked at the file."""

from __future__ import annotations

import mimetypes
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from bot.local_slack.content import content_of
from bot.local_slack.methods.places import place
from bot.local_slack.records import File, Message
from bot.local_slack.refusal import Refused
from bot.local_slack.world import CREATED, TEAM

if TYPE_CHECKING:
    from bot.local_slack.workspace import Workspace

ALT_TEXT_CHARACTERS = 1000

PICTURES = ((b"\x89PNG", "image/png"), (b"\xff\xd8\xff", "image/jpeg"), (b"GIF8", "image/gif"))


def upload_url(slack: Workspace, arguments: dict[str, Any]) -> dict[str, Any]:
    """First step: ask where to send the bytes."""
    length, alt_text = int(arguments["length"]), str(arguments.get("alt_txt") or "")
    if length <= 0:
        raise Refused("invalid_arguments", ["must be greater than 0 [json-pointer:/length]"])
    if len(alt_text) > ALT_TEXT_CHARACTERS:
        raise Refused("alt_text_too_large")
    name = str(arguments["filename"])
    file = File(slack.new_id("F"), name, name, alt_text, length)
    slack.files[file.id] = file
    return {"upload_url": f"{slack.url}/upload/{file.id}", "file_id": file.id}


def receive_bytes(slack: Workspace, file_id: str, body: bytes) -> None:
    """Second step: the bytes arrive; as many as were announced."""
    file = slack.files.get(file_id)
    if file is None or file.ready_at is not None:
        raise Refused("file_not_found", status=404)
    if len(body) != file.length:
        raise Refused("length_mismatch", status=400)
    file.bytes, file.kind = body, kind_of(body, file.name)


def kind_of(body: bytes, name: str) -> str:
    """Tell what a file is, by its first bytes or else by its name."""
    pictured = next((kind for start, kind in PICTURES if body.startswith(start)), None)
    return pictured or mimetypes.guess_type(name)[0] or "application/octet-stream"


def complete_upload(slack: Workspace, arguments: dict[str, Any]) -> dict[str, Any]:
    """Third step: the upload becomes a file, and is shared if a channel is named."""
    wanted = arguments["files"]
    if not isinstance(wanted, list) or not wanted:
        raise Refused("invalid_arguments", ["must provide an array [json-pointer:/files]"])
    files = [_uploaded(slack, one) for one in wanted]
    channels = [place(slack, named, writing=True).id for named in _channels(arguments)]
    for file in files:
        file.ready_at = slack.clock.now() + slack.file_delay
        file.channels += channels
        slack.journal.write("file", file)
    for channel in channels:
        _share(slack, channel, files, arguments)
    return {"files": [{"id": file.id, "title": file.title} for file in files]}


def _uploaded(slack: Workspace, one: dict[str, Any]) -> File:
    file = slack.files.get(str(one.get("id")))
    if file is None or not file.bytes:
        raise Refused("file_not_found")
    file.title = str(one.get("title") or file.title)
    return file


def _channels(arguments: dict[str, Any]) -> list[str]:
    several = arguments.get("channels") or []
    named = several.split(",") if isinstance(several, str) else several
    return [str(one) for one in [arguments.get("channel_id"), *named] if one]


def _share(slack: Workspace, channel: str, files: list[File], arguments: dict[str, Any]) -> None:
    """Show the files in a channel as a message of their own; its ``ts`` is never told (python-slack-sdk#1363)."""
    text = str(arguments.get("initial_comment") or "")
    blocks = [] if text else list(arguments.get("blocks") or [])
    if blocks:
        blocks = content_of(slack, {"text": "file", "blocks": blocks}).blocks
    shown = [_shown(file) for file in files]
    message = Message(channel, slack.clock.stamp(), text or files[0].title, [*blocks, *shown])
    message.thread_ts = str(arguments.get("thread_ts") or "")
    slack.say(message)


def _shown(file: File) -> dict[str, Any]:
    if file.kind.startswith("image/"):
        return {"type": "image", "slack_file": {"id": file.id}, "alt_text": file.alt_text or file.title}
    return {"type": "section", "text": {"type": "plain_text", "text": f"{file.title} ({len(file.bytes):,} bytes)"}}


def info(slack: Workspace, arguments: dict[str, Any]) -> dict[str, Any]:
    """Describe a file; its mimetype stays empty until Slack has looked at it (python-slack-sdk#1277)."""
    return {"file": as_slack_says(slack, _existing(slack, arguments))}


def as_slack_says(slack: Workspace, file: File) -> dict[str, Any]:
    """Build the file object of the Web API and of events."""
    ready = file.ready_at is not None and slack.clock.now() >= file.ready_at
    return {
        "id": file.id,
        "created": CREATED,
        "name": file.name,
        "title": file.title,
        "alt_txt": file.alt_text,
        "mimetype": file.kind if ready else "",
        "filetype": file.name.rpartition(".")[2] if ready else "",
        "size": file.length,
        "user": file.user,
        "channels": file.channels,
        "url_private": f"{slack.url}/files-pri/{TEAM}-{file.id}/{quote(file.name)}",
        "url_private_download": f"{slack.url}/files-pri/{TEAM}-{file.id}/download/{quote(file.name)}",
        "permalink": f"{slack.url}/files/{file.user}/{file.id}/{quote(file.name)}",
        "shares": {},
    }


def delete(slack: Workspace, arguments: dict[str, Any]) -> dict[str, Any]:
    """Delete a file; messages that show it lose their picture."""
    file = _existing(slack, arguments)
    file.deleted = True
    slack.journal.write("file", file)
    return {}


def _existing(slack: Workspace, arguments: dict[str, Any]) -> File:
    file = slack.files.get(str(arguments["file"]))
    if file is None or file.ready_at is None:
        raise Refused("file_not_found")
    if file.deleted:
        raise Refused("file_deleted")
    return file
