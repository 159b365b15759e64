"""Every single fault that Slack refuses is refused here too, and the limits are those of another library."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from slackblocks import (
    ActionsBlock,
    Block,
    Button,
    ContextBlock,
    HeaderBlock,
    ImageBlock,
    Option,
    PlainText,
    RawText,
    SectionBlock,
    StaticSelectMenu,
    TableBlock,
    _limits,
)
from slackblocks._core import resolve

from bot.local_slack.rules.payloads import too_long, wrong_blocks, wrong_view

if TYPE_CHECKING:
    from collections.abc import Callable


def plain(words: str) -> dict[str, Any]:
    return {"type": "plain_text", "text": words}


def mrkdwn(words: str) -> dict[str, Any]:
    return {"type": "mrkdwn", "text": words}


def option(words: str, value: str = "v") -> dict[str, Any]:
    return {"text": plain(words), "value": value}


def button(words: str = "Go", action_id: str = "go") -> dict[str, Any]:
    return {"type": "button", "text": plain(words), "action_id": action_id}


def actions(*elements: dict[str, Any]) -> dict[str, Any]:
    return {"type": "actions", "elements": list(elements)}


def select(*options: dict[str, Any]) -> dict[str, Any]:
    return actions({"type": "static_select", "action_id": "s", "options": list(options)})


def options(count: int) -> list[dict[str, Any]]:
    return [option("o", str(i)) for i in range(count)]


def image(**changes: object) -> dict[str, Any]:
    return {"type": "image", "image_url": "https://example.com/a.png", "alt_text": "a", **changes}


def table(rows: int, columns: int, words: str = "x") -> dict[str, Any]:
    return {"type": "table", "rows": [[{"type": "raw_text", "text": words}] * columns] * rows}


def data_table(rows: int) -> dict[str, Any]:
    return {**table(rows, 2), "type": "data_table", "caption": "c"}


def bars(*names: str, labels: tuple[str, ...] = ("a", "b")) -> dict[str, Any]:
    points = [{"label": label, "value": 1} for label in labels]
    series = [{"name": name, "data": points} for name in names]
    chart = {"type": "bar", "series": series, "axis_config": {"categories": ["a", "b"]}}
    return {"type": "data_visualization", "title": "t", "chart": chart}


def without(block: dict[str, Any], key: str) -> dict[str, Any]:
    return {name: value for name, value in block.items() if name != key}


SECTION = {"type": "section", "text": mrkdwn("fine")}

FAULTS: dict[str, list[dict[str, Any]]] = {
    "header in mrkdwn": [{"type": "header", "text": mrkdwn("x")}],
    "header of 151": [{"type": "header", "text": plain("x" * 151)}],
    "header empty": [{"type": "header", "text": plain("")}],
    "section of 3001": [{"type": "section", "text": mrkdwn("x" * 3001)}],
    "section empty": [{"type": "section", "text": mrkdwn("")}],
    "section without words": [{"type": "section"}],
    "section with 11 fields": [{"type": "section", "fields": [mrkdwn("x")] * 11}],
    "field of 2001": [{"type": "section", "fields": [mrkdwn("x" * 2001)]}],
    "image from nowhere": [without(image(), "image_url")],
    "image from two places": [image(slack_file={"id": "F012345678"})],
    "image without alt text": [without(image(), "alt_text")],
    "image with empty alt text": [image(alt_text="")],
    "image with alt text of 2001": [image(alt_text="x" * 2001)],
    "actions empty": [actions()],
    "actions with 26": [actions(*[button(action_id=str(i)) for i in range(26)])],
    "action_id twice": [actions(button(), button())],
    "action_id of 256": [actions(button(action_id="x" * 256))],
    "button text of 76": [actions(button("x" * 76))],
    "button text empty": [actions(button(""))],
    "button value of 2001": [actions({**button(), "value": "x" * 2001})],
    "button in a style of its own": [actions({**button(), "style": "blue"})],
    "context empty": [{"type": "context", "elements": []}],
    "context with 11": [{"type": "context", "elements": [mrkdwn("x")] * 11}],
    "markdown of 12001": [{"type": "markdown", "text": "x" * 12_001}],
    "markdown of 12001 in two": [{"type": "markdown", "text": "x" * n} for n in (6000, 6001)],
    "block_id of 256": [{**SECTION, "block_id": "x" * 256}],
    "block_id twice": [{**SECTION, "block_id": "a"}, {**SECTION, "block_id": "a"}],
    "101 options": [select(*options(101))],
    "no options": [select()],
    "option text of 76": [select(option("x" * 76))],
    "option value of 151": [select(option("x", "x" * 151))],
    "overflow of 6": [actions({"type": "overflow", "action_id": "o", "options": options(6)})],
    "11 checkboxes": [actions({"type": "checkboxes", "action_id": "c", "options": options(11)})],
    "placeholder of 151": [actions({"type": "static_select", "options": options(1), "placeholder": plain("x" * 151)})],
    "confirm title of 101": [
        actions(
            {
                **button(),
                "confirm": {
                    "title": plain("x" * 101),
                    "text": mrkdwn("x"),
                    "confirm": plain("y"),
                    "deny": plain("n"),
                },
            }
        )
    ],
    "table of 101 rows": [table(101, 2)],
    "table of 21 columns": [table(2, 21)],
    "table with an empty cell": [table(2, 2, "")],
    "table of 10001 characters": [table(10, 11, "x" * 91)],
    "two tables": [table(2, 2), table(2, 2)],
    "data table of 102 rows": [data_table(102)],
    "data table without rows": [data_table(1)],
    "data table without caption": [without(data_table(3), "caption")],
    "chart title of 51": [{**bars("a"), "title": "x" * 51}],
    "chart with 7 series": [bars(*"abcdefg")],
    "chart with a series twice": [bars("a", "a")],
    "chart with labels in another order": [bars("a", labels=("b", "a"))],
    "three charts": [bars("a")] * 3,
    "alert in a message": [{"type": "alert", "text": plain("x")}],
    "51 blocks": [{"type": "divider"}] * 51,
    "unknown key": [{**SECTION, "colour": "red"}],
    "unknown block": [{"type": "sparkline"}],
    "rich text indented by 9": [
        {
            "type": "rich_text",
            "elements": [
                {
                    "type": "rich_text_list",
                    "style": "bullet",
                    "indent": 9,
                    "elements": [{"type": "rich_text_section", "elements": []}],
                }
            ],
        }
    ],
    "no block at all": ["words"],  # type: ignore[list-item]
}

FINE: dict[str, list[dict[str, Any]]] = {
    "header of 150": [{"type": "header", "text": plain("x" * 150)}],
    "section of 3000": [{"type": "section", "text": mrkdwn("x" * 3000)}],
    "ten fields of 1000": [{"type": "section", "fields": [mrkdwn("x" * 1000)] * 10}],
    "section with a button": [{**SECTION, "accessory": button()}],
    "image": [image(title=plain("t"))],
    "image of a file": [without(image(slack_file={"id": "F012345678"}), "image_url")],
    "25 buttons": [actions(*[button(action_id=str(i)) for i in range(25)])],
    "100 options": [select(*options(100))],
    "overflow of 5": [actions({"type": "overflow", "action_id": "o", "options": options(5)})],
    "ten in a context": [{"type": "context", "elements": [mrkdwn("x")] * 10}],
    "50 blocks": [{"type": "divider"}] * 50,
    "markdown": [{"type": "markdown", "text": "# x"}],
    "table": [{**table(100, 20), "column_settings": [{"align": "right"}, {"is_wrapped": True}]}],
    "data table": [data_table(101)],
    "chart": [bars("a", "b")],
    "two charts": [bars("a"), bars("b")],
    "rich text": [
        {
            "type": "rich_text",
            "elements": [
                {"type": "rich_text_section", "elements": [{"type": "text", "text": "x", "style": {"bold": True}}]}
            ],
        }
    ],
}

LIMITS: dict[str, Callable[[int], list[dict[str, Any]]]] = {
    "HEADER_TEXT_MAX_LENGTH": lambda n: [{"type": "header", "text": plain("x" * n)}],
    "SECTION_TEXT_MAX_LENGTH": lambda n: [{"type": "section", "text": mrkdwn("x" * n)}],
    "SECTION_FIELDS_MAX_ITEMS": lambda n: [{"type": "section", "fields": [mrkdwn("x")] * n}],
    "SECTION_FIELDS_ITEM_MAX_LENGTH": lambda n: [{"type": "section", "fields": [mrkdwn("x" * n)]}],
    "CONTEXT_ELEMENTS_MAX_ITEMS": lambda n: [{"type": "context", "elements": [mrkdwn("x")] * n}],
    "ACTIONS_ELEMENTS_MAX_ITEMS": lambda n: [actions(*[button(action_id=str(i)) for i in range(n)])],
    "ACTION_ID_MAX_LENGTH": lambda n: [actions(button(action_id="x" * n))],
    "BLOCK_ID_MAX_LENGTH": lambda n: [{**SECTION, "block_id": "x" * n}],
    "BUTTON_TEXT_MAX_LENGTH": lambda n: [actions(button("x" * n))],
    "BUTTON_VALUE_MAX_LENGTH": lambda n: [actions({**button(), "value": "x" * n})],
    "BUTTON_ACCESSIBILITY_LABEL_MAX_LENGTH": lambda n: [actions({**button(), "accessibility_label": "x" * n})],
    "SELECT_OPTIONS_MAX_ITEMS": lambda n: [select(*options(n))],
    "OPTION_TEXT_MAX_LENGTH": lambda n: [select(option("x" * n))],
    "OPTION_VALUE_MAX_LENGTH": lambda n: [select(option("x", "x" * n))],
    "OVERFLOW_OPTIONS_MAX_ITEMS": lambda n: [actions({"type": "overflow", "action_id": "o", "options": options(n)})],
    "CHECKBOXES_OPTIONS_MAX_ITEMS": lambda n: [
        actions({"type": "checkboxes", "action_id": "c", "options": options(n)})
    ],
    "IMAGE_ALT_TEXT_MAX_LENGTH": lambda n: [image(alt_text="x" * n)],
    "IMAGE_TITLE_MAX_LENGTH": lambda n: [image(title=plain("x" * n))],
    "MARKDOWN_TOTAL_TEXT_MAX_LENGTH": lambda n: [{"type": "markdown", "text": "x" * m} for m in (6000, n - 6000)],
    "TABLE_ROWS_MAX_ITEMS": lambda n: [table(n, 2)],
    "TABLE_COLUMNS_MAX_ITEMS": lambda n: [table(2, n)],
    "DATA_TABLE_COLUMNS_MAX_ITEMS": lambda n: [{**table(2, n), "type": "data_table", "caption": "c"}],
    "DATA_VISUALIZATION_TITLE_MAX_LENGTH": lambda n: [{**bars("a"), "title": "x" * n}],
    "DATA_VISUALIZATION_SERIES_NAME_MAX_LENGTH": lambda n: [bars("x" * n)],
    "MESSAGE_DATA_VISUALIZATIONS_MAX_ITEMS": lambda n: [bars("a")] * n,
    "MESSAGE_BLOCKS_MAX_ITEMS": lambda n: [{"type": "divider"}] * n,
}


@pytest.mark.parametrize("limit", LIMITS)
def test_the_limits_are_those_of_slackblocks(limit: str) -> None:
    most = getattr(_limits, limit)
    assert wrong_blocks(LIMITS[limit](most)) == []
    assert wrong_blocks(LIMITS[limit](most + 1))


def test_where_sources_disagree_the_smaller_limit_counts() -> None:
    assert _limits.DATA_TABLE_ROWS_MAX_ITEMS > 101
    assert wrong_blocks([data_table(102)])
    assert _limits.DATA_VISUALIZATION_SERIES_MAX_ITEMS > 6
    assert wrong_blocks([bars(*"abcdefg")])


def test_what_slackblocks_builds_is_accepted() -> None:
    built: list[Block] = [
        HeaderBlock("Spring sale"),
        SectionBlock("*Up*", fields=["a", "b"], accessory=Button("More", "more")),
        ImageBlock("https://example.com/a.png", alt_text="a"),
        ActionsBlock([Button("Go", "go"), StaticSelectMenu("s", [Option(PlainText("One"), "1")])]),
        ContextBlock([PlainText("as of today")]),
        TableBlock([[RawText("a"), RawText("b")], [RawText("c"), RawText("d")]]),
    ]
    assert wrong_blocks([json.loads(json.dumps(resolve(block))) for block in built]) == []


@pytest.mark.parametrize("fault", FAULTS)
def test_each_single_fault_is_refused(fault: str) -> None:
    assert wrong_blocks(FAULTS[fault])


@pytest.mark.parametrize("name", FINE)
def test_what_keeps_to_the_limits_is_accepted(name: str) -> None:
    assert wrong_blocks(FINE[name]) == []


def test_a_fault_is_named_by_its_pointer() -> None:
    (wrong,) = wrong_blocks([SECTION, {"type": "header", "text": plain("x" * 151)}])
    assert str(wrong) == "must be less than 151 characters [json-pointer:/blocks/1/text/text]"


def test_all_blocks_together_have_a_limit() -> None:
    assert not too_long([{"type": "section", "text": mrkdwn("x" * 3000)}] * 4)
    assert too_long([{"type": "section", "text": mrkdwn("x" * 2700)}] * 5)


def modal(**changes: object) -> dict[str, Any]:
    return {"type": "modal", "title": plain("Title"), "blocks": [SECTION], **changes}


INPUT = {"type": "input", "label": plain("Name"), "element": {"type": "plain_text_input", "action_id": "n"}}

VIEW_FAULTS = {
    "title of 25": modal(title=plain("x" * 25)),
    "no title": without(modal(), "title"),
    "an input without submit": modal(blocks=[INPUT]),
    "a table": modal(blocks=[table(2, 2)]),
    "101 blocks": modal(blocks=[{"type": "divider"}] * 101),
    "private metadata of 3001": modal(private_metadata="x" * 3001),
    "callback_id of 256": modal(callback_id="x" * 256),
    "unknown key": modal(color="red"),
}


@pytest.mark.parametrize("fault", VIEW_FAULTS)
def test_each_fault_of_a_modal_is_refused(fault: str) -> None:
    assert wrong_view(VIEW_FAULTS[fault], "modal")


def test_modals_and_homes_within_the_limits_are_accepted() -> None:
    assert wrong_view(modal(blocks=[INPUT], submit=plain("Save")), "modal") == []
    assert wrong_view({"type": "home", "blocks": [SECTION, table(2, 2)]}, "home") == []
    assert wrong_view(modal(), "home")
