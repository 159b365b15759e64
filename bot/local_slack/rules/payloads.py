"""Whole messages and views: how many blocks they hold, what may stand in them once, and how long they may be."""

from __future__ import annotations

import json
from itertools import chain
from typing import TYPE_CHECKING, Any

from bot.local_slack.rules.blocks import ON
from bot.local_slack.rules.checks import Wrong, anything, choice, flag, many, shape, word
from bot.local_slack.rules.objects import plain
from bot.local_slack.rules.tables_and_charts import characters

if TYPE_CHECKING:
    from collections.abc import Iterator

MOST_BLOCKS = {"message": 50, "modal": 100, "home": 100}
MESSAGE_CHARACTERS = 13_200
MARKDOWN_CHARACTERS = 12_000
POST_CHARACTERS = 40_000
UPDATE_CHARACTERS = 4_000
VIEW_BYTES = 250_000
MOST_CHARTS = 2

TITLES = {"title": plain(24), "submit": plain(24), "close": plain(24)}
SHARED = {"blocks": anything, "private_metadata": word(3000, 0), "callback_id": word(255), "external_id": word(255)}
VIEWS = {
    "modal": shape(
        {"title": plain(24), "blocks": anything},
        {**SHARED, **TITLES, "clear_on_close": flag, "notify_on_close": flag, "submit_disabled": flag},
    ),
    "home": shape({"blocks": anything}, SHARED),
}


def wrong_blocks(blocks: object, surface: str = "message") -> list[Wrong]:
    """Everything that Slack refuses in these blocks; an empty list means that they are fine."""
    found = list(many(ON[surface], 0, MOST_BLOCKS[surface])(blocks, "/blocks"))
    if not isinstance(blocks, list) or not all(isinstance(block, dict) for block in blocks):
        return found
    return found + list(chain(_twice("block_id", blocks, "/blocks"), _actions_twice(blocks), _once(blocks)))


def too_long(blocks: list[Any]) -> bool:
    """Whether the blocks hold more characters than one message may (undocumented; slackapi/bolt-js#2509)."""
    return characters(blocks) > MESSAGE_CHARACTERS


def wrong_view(view: object, kind: str | None = None) -> list[Wrong]:
    """Everything that Slack refuses in a view; ``kind`` is what the method asks for, modal or home."""
    if not isinstance(view, dict):
        return [Wrong("/view", "must provide an object")]
    surface = kind or str(view.get("type"))
    wrong_type = list(choice(*([kind] if kind else VIEWS))(view.get("type"), "/view/type"))
    if wrong_type:
        return wrong_type
    found = [*VIEWS[surface](view, "/view"), *wrong_blocks(view.get("blocks"), surface)]
    if not found and len(json.dumps(view)) > VIEW_BYTES:
        return [Wrong("/view", "view_too_large")]
    return found or list(_submit_needed(view, surface))


def _submit_needed(view: dict[str, Any], surface: str) -> Iterator[Wrong]:
    inputs = any(block["type"] == "input" for block in view["blocks"])
    if surface == "modal" and inputs and "submit" not in view:
        yield Wrong("/view", "missing required field: submit")


def _twice(key: str, things: list[dict[str, Any]], at: str) -> Iterator[Wrong]:
    seen: set[object] = set()
    for position, thing in enumerate(things):
        value = thing.get(key)
        if isinstance(value, str) and value in seen:
            yield Wrong(f"{at}/{position}/{key}", f"{key} already exists: {value}")
        elif isinstance(value, str):
            seen.add(value)


def _actions_twice(blocks: list[dict[str, Any]]) -> Iterator[Wrong]:
    for position, block in enumerate(blocks):
        elements = block.get("elements")
        if block.get("type") == "actions" and isinstance(elements, list):
            things = [element for element in elements if isinstance(element, dict)]
            yield from _twice("action_id", things, f"/blocks/{position}/elements")


def _once(blocks: list[dict[str, Any]]) -> Iterator[Wrong]:
    kinds = [block.get("type") for block in blocks]
    if kinds.count("table") > 1:
        yield Wrong("/blocks", "only_one_table_allowed")
    if kinds.count("data_visualization") > MOST_CHARTS:
        yield Wrong("/blocks", f"no more than {MOST_CHARTS} data_visualization blocks allowed")
    markdown = sum(characters(block) for block in blocks if block.get("type") == "markdown")
    if markdown > MARKDOWN_CHARACTERS:
        yield Wrong("/blocks", f"must be less than {MARKDOWN_CHARACTERS + 1} characters in all markdown blocks")
