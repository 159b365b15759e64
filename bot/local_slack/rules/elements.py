"""Everything that can be pressed, chosen or typed into, and its limits."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.local_slack.rules.checks import anything, by_type, choice, flag, many, shape, whole, word
from bot.local_slack.rules.objects import (
    ANY_OPTION,
    CONFIRM,
    GROUPS,
    LINK_OPTION,
    PLAIN_OPTION,
    SLACK_FILE,
    mrkdwn,
    options,
    plain,
)

if TYPE_CHECKING:
    from bot.local_slack.rules.checks import Check

ACTION_ID = word(255)
PLACEHOLDER = {"placeholder": plain(150)}
ANY_ACTION = {"action_id": ACTION_ID, "confirm": CONFIRM, "focus_on_load": flag}
TYPING = {"action_id": ACTION_ID, "focus_on_load": flag, **PLACEHOLDER}
WHEN_TYPED = shape({"trigger_actions_on": many(choice("on_enter_pressed", "on_character_entered"), 1, 2)})
TYPED = {**TYPING, "dispatch_action_config": WHEN_TYPED}
MANY = {"max_selected_items": whole(1, 10_000)}
IDS = many(word(40), 0, 10_000)


def _select(extra: dict[str, Check], *, exactly_one: tuple[str, ...] = ()) -> Check:
    return shape({}, {**ANY_ACTION, **PLACEHOLDER, **extra}, exactly_one=exactly_one)


STATIC = {"options": options(PLAIN_OPTION, 100), "option_groups": GROUPS}
CONVERSATIONS = {"default_to_current_conversation": flag, "response_url_enabled": flag, "filter": anything}
ONE_OF_THE_TWO = ("options", "option_groups")

SELECTS: dict[str, Check] = {
    "static_select": _select({**STATIC, "initial_option": PLAIN_OPTION}, exactly_one=ONE_OF_THE_TWO),
    "external_select": _select({"initial_option": PLAIN_OPTION, "min_query_length": whole(0, 3000)}),
    "users_select": _select({"initial_user": word(40)}),
    "conversations_select": _select({"initial_conversation": word(40), **CONVERSATIONS}),
    "channels_select": _select({"initial_channel": word(40), "response_url_enabled": flag}),
    "multi_static_select": _select(
        {**STATIC, **MANY, "initial_options": options(PLAIN_OPTION, 100)}, exactly_one=ONE_OF_THE_TWO
    ),
    "multi_external_select": _select(
        {**MANY, "initial_options": options(PLAIN_OPTION, 100), "min_query_length": whole(0, 3000)}
    ),
    "multi_users_select": _select({**MANY, "initial_users": IDS}),
    "multi_conversations_select": _select({**MANY, "initial_conversations": IDS, **CONVERSATIONS}),
    "multi_channels_select": _select({**MANY, "initial_channels": IDS}),
}

PICKERS: dict[str, Check] = {
    "datepicker": shape({}, {**ANY_ACTION, **PLACEHOLDER, "initial_date": word(10, 10)}),
    "timepicker": shape({}, {**ANY_ACTION, **PLACEHOLDER, "initial_time": word(5, 5), "timezone": word(60)}),
    "datetimepicker": shape({}, {**ANY_ACTION, "initial_date_time": whole(0, 9_999_999_999)}),
    "radio_buttons": shape({"options": options(ANY_OPTION, 10)}, {**ANY_ACTION, "initial_option": ANY_OPTION}),
    "checkboxes": shape(
        {"options": options(ANY_OPTION, 10)}, {**ANY_ACTION, "initial_options": options(ANY_OPTION, 10)}
    ),
}

BUTTON = shape(
    {"text": plain(75)},
    {
        "action_id": ACTION_ID,
        "confirm": CONFIRM,
        "value": word(2000),
        "url": word(3000),
        "style": choice("primary", "danger"),
        "accessibility_label": word(75),
        "agent_prompt": word(4000),
    },
)

OVERFLOW = shape({"options": options(LINK_OPTION, 5)}, {"action_id": ACTION_ID, "confirm": CONFIRM})

IMAGE = shape(
    {"alt_text": word(2000)},
    {"image_url": word(3000), "slack_file": SLACK_FILE},
    exactly_one=("image_url", "slack_file"),
)

INPUTS: dict[str, Check] = {
    "plain_text_input": shape(
        {},
        {
            **TYPED,
            "initial_value": word(3000, 0),
            "multiline": flag,
            "min_length": whole(0, 3000),
            "max_length": whole(1, 3000),
        },
    ),
    "number_input": shape(
        {"is_decimal_allowed": flag},
        {**TYPED, "initial_value": word(40), "min_value": word(40), "max_value": word(40)},
    ),
    "email_text_input": shape({}, {**TYPED, "initial_value": word(3000)}),
    "url_text_input": shape({}, {**TYPED, "initial_value": word(3000)}),
    "rich_text_input": shape({"action_id": ACTION_ID}, {**TYPED, "initial_value": anything}),
    "file_input": shape({}, {"action_id": ACTION_ID, "filetypes": many(word(20), 1, 100), "max_files": whole(1, 10)}),
    **SELECTS,
    **PICKERS,
}

FEEDBACK = shape({"text": plain(75), "value": word(2000)}, {"accessibility_label": word(75)})

IN_ACTIONS = by_type({"button": BUTTON, "overflow": OVERFLOW, **SELECTS, **PICKERS})
IN_SECTION = by_type({"button": BUTTON, "overflow": OVERFLOW, "image": IMAGE, **SELECTS, **PICKERS})
IN_INPUT = by_type(INPUTS)
IN_CONTEXT = by_type(
    {
        "image": IMAGE,
        "plain_text": plain(3000),
        "mrkdwn": mrkdwn(3000),
    }
)
IN_CONTEXT_ACTIONS = by_type(
    {
        "feedback_buttons": shape({"positive_button": FEEDBACK, "negative_button": FEEDBACK}, {"action_id": ACTION_ID}),
        "icon_button": shape(
            {"icon": word(40), "text": plain(75)},
            {"action_id": ACTION_ID, "value": word(2000), "confirm": CONFIRM, "accessibility_label": word(75)},
        ),
    }
)
