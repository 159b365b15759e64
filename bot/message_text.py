"""A message as it stands in Slack, read out as plain text."""

from __future__ import annotations

from html import unescape
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from bot.local_slack import Message


def as_text(message: Message) -> str:
    """Return the words of a message, block by block."""
    lines = [line for block in message.blocks for line in _lines(block)]
    return "\n".join(lines) if lines else unescape(message.text)


def _lines(block: dict[str, Any]) -> list[str]:
    match block["type"]:
        case "header":
            return [block["text"]["text"], ""]
        case "section":
            fields = [" | ".join(_words(field).split("\n")) for field in block.get("fields", [])]
            return [*([_words(block["text"])] if "text" in block else []), *fields, ""]
        case "context":
            return [_words(element) for element in block["elements"]]
        case "table":
            return [" | ".join(cell["text"] for cell in row) for row in block["rows"]] + [""]
        case "rich_text":
            parts = (part for element in block["elements"] for part in element["elements"])
            return ["".join(part.get("text", "") for part in parts), ""]
        case "image":
            return [f"[picture {block['slack_file']['id']}: {block['alt_text']}]", ""]
        case "actions":
            return ["".join(f"[{button['text']['text']}] " for button in block["elements"]).rstrip(), ""]
        case _:
            return []


def _words(element: dict[str, Any]) -> str:
    """Return the text of an element; bold stars are dropped from markup."""
    text = str(element["text"])
    return unescape(text.replace("*", "")) if element["type"] == "mrkdwn" else text
