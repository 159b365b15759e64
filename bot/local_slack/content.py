"""What a message may say: its text and blocks, judged before anything is posted."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bot.local_slack.refusal import Refused
from bot.local_slack.rules.checks import Wrong
from bot.local_slack.rules.payloads import MARKDOWN_CHARACTERS, POST_CHARACTERS, too_long, wrong_blocks

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from bot.local_slack.rules.checks import Json
    from bot.local_slack.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Content:
    """The text and blocks of a message that Slack accepts."""

    text: str
    blocks: list[dict[str, Any]]


def content_of(
    slack: Workspace, arguments: Mapping[str, Any], *, ephemeral: bool = False, longest: int = POST_CHARACTERS
) -> Content:
    """Read text and blocks from the arguments of a call, or refuse them as Slack would."""
    text, blocks = str(arguments.get("text") or ""), arguments.get("blocks") or []
    if "markdown_text" in arguments:
        blocks = _markdown(arguments)
    if not text and not blocks:
        raise Refused("no_text")
    if len(text) > longest:
        raise Refused("msg_too_long")
    judge_blocks(slack, blocks, ephemeral=ephemeral)
    if not text:
        slack.warn("a message with blocks but without text: notifications and screen readers have nothing to say")
    return Content(text, blocks)


def judge_blocks(slack: Workspace, blocks: Json, *, surface: str = "message", ephemeral: bool = False) -> None:
    """Refuse blocks that break a rule, are not rolled out, or show a file that cannot be shown."""
    wrong = wrong_blocks(blocks, surface)
    if not wrong:
        wrong = [*_not_rolled_out(slack, blocks), *_unusable_files(slack, blocks, ephemeral=ephemeral)]
    if wrong:
        raise Refused("invalid_blocks", wrong)
    if surface == "message" and too_long(blocks):
        raise Refused("msg_blocks_too_long")


def _markdown(arguments: Mapping[str, Any]) -> list[dict[str, Any]]:
    if arguments.get("text") or arguments.get("blocks"):
        raise Refused("markdown_text_conflict")
    if len(str(arguments["markdown_text"])) > MARKDOWN_CHARACTERS:
        raise Refused("msg_too_long")
    return [{"type": "markdown", "text": str(arguments["markdown_text"])}]


def _not_rolled_out(slack: Workspace, blocks: list[dict[str, Any]]) -> Iterator[Wrong]:
    for position, block in enumerate(blocks):
        if block["type"] in slack.not_rolled_out:
            yield Wrong(f"/blocks/{position}/type", f"unsupported type: {block['type']}")


def _unusable_files(slack: Workspace, blocks: object, *, ephemeral: bool) -> Iterator[Wrong]:
    for pointer, shown in slack_files(blocks, "/blocks"):
        if ephemeral or not _can_be_shown(slack, shown):
            yield Wrong(pointer, "invalid slack file")


def slack_files(value: object, at: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Find every ``slack_file`` in blocks, however deep, with its JSON pointer."""
    if isinstance(value, dict):
        for key, one in value.items():
            if key == "slack_file":
                yield f"{at}/{key}", one
            else:
                yield from slack_files(one, f"{at}/{key}")
    elif isinstance(value, list):
        for position, one in enumerate(value):
            yield from slack_files(one, f"{at}/{position}")


def _can_be_shown(slack: Workspace, shown: dict[str, Any]) -> bool:
    """Whether the file exists, has been looked at by Slack, and is a picture (python-slack-sdk#1658)."""
    named = re.search(r"F[A-Z0-9]{8,}", str(shown.get("id") or shown.get("url")))
    file = slack.files.get(named[0]) if named else None
    if file is None or file.deleted or file.ready_at is None:
        return False
    return slack.clock.now() >= file.ready_at and file.kind.startswith("image/")
