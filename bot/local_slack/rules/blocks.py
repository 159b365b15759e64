"""Every block and its limits, one row each; the rows of a payload are checked by these."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.local_slack.rules.checks import by_type, choice, flag, many, shape, word
from bot.local_slack.rules.elements import IMAGE, IN_ACTIONS, IN_CONTEXT, IN_CONTEXT_ACTIONS, IN_INPUT, IN_SECTION
from bot.local_slack.rules.objects import SLACK_FILE, plain, text
from bot.local_slack.rules.rich_text import RICH_TEXT
from bot.local_slack.rules.tables_and_charts import DATA_TABLE, DATA_VISUALIZATION, TABLE

if TYPE_CHECKING:
    from bot.local_slack.rules.checks import Check

ID = {"block_id": word(255)}

BLOCKS: dict[str, Check] = {
    "header": shape({"text": plain(150)}, ID),
    "section": shape(
        {},
        {"text": text(3000), "fields": many(text(2000), 1, 10), "accessory": IN_SECTION, "expand": flag, **ID},
        at_least_one=("text", "fields"),
    ),
    "context": shape({"elements": many(IN_CONTEXT, 1, 10)}, ID),
    "context_actions": shape({"elements": many(IN_CONTEXT_ACTIONS, 1, 5)}, ID),
    "divider": shape({}, ID),
    "actions": shape({"elements": many(IN_ACTIONS, 1, 25)}, ID),
    "image": shape(
        {"alt_text": word(2000)},
        {"image_url": word(3000), "slack_file": SLACK_FILE, "title": plain(2000), **ID},
        exactly_one=("image_url", "slack_file"),
    ),
    "input": shape(
        {"label": plain(2000), "element": IN_INPUT},
        {"hint": plain(2000), "optional": flag, "dispatch_action": flag, **ID},
    ),
    "markdown": shape({"text": word(12_000)}, ID),
    "rich_text": RICH_TEXT,
    "table": TABLE,
    "data_table": DATA_TABLE,
    "data_visualization": DATA_VISUALIZATION,
    "alert": shape({"text": text(200)}, {"level": choice("default", "info", "warning", "error", "success"), **ID}),
    "card": shape(
        {},
        {
            "hero_image": IMAGE,
            "icon": IMAGE,
            "title": text(150),
            "subtitle": text(150),
            "body": text(200),
            "subtext": text(200),
            "actions": many(IN_ACTIONS, 1, 3),
            **ID,
        },
        at_least_one=("hero_image", "title", "body", "actions"),
    ),
}

SURFACES: dict[str, frozenset[str]] = {
    "message": frozenset(BLOCKS) - {"alert"},
    "home": frozenset(BLOCKS) - {"alert", "context_actions", "markdown"},
    "modal": frozenset(BLOCKS) - {"table", "data_table", "data_visualization", "markdown", "context_actions"},
}

ON: dict[str, Check] = {surface: by_type({kind: BLOCKS[kind] for kind in kinds}) for surface, kinds in SURFACES.items()}
