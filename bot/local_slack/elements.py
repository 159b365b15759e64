"""Finds what can be pressed or chosen in blocks, and says what was chosen as Slack says it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping


class Place(NamedTuple):
    """An element and the block in which it stands."""

    block_id: str
    element: dict[str, Any]


CHOSEN_KEYS = {
    "static_select": "selected_option",
    "external_select": "selected_option",
    "overflow": "selected_option",
    "radio_buttons": "selected_option",
    "users_select": "selected_user",
    "channels_select": "selected_channel",
    "conversations_select": "selected_conversation",
    "multi_static_select": "selected_options",
    "multi_external_select": "selected_options",
    "checkboxes": "selected_options",
    "multi_users_select": "selected_users",
    "multi_channels_select": "selected_channels",
    "multi_conversations_select": "selected_conversations",
    "datepicker": "selected_date",
    "timepicker": "selected_time",
    "datetimepicker": "selected_date_time",
    "plain_text_input": "value",
    "number_input": "value",
    "email_text_input": "value",
    "url_text_input": "value",
    "rich_text_input": "rich_text_value",
    "button": "value",
}

WITHOUT_STATE = {"button", "overflow", "image", "feedback_buttons", "icon_button"}


def places(blocks: list[dict[str, Any]]) -> Iterator[Place]:
    """Every element of blocks that have their ids."""
    for block in blocks:
        inside = [*block.get("elements", ()), block.get("accessory"), block.get("element")]
        if block["type"] in {"actions", "section", "input", "context_actions"}:
            yield from (Place(block["block_id"], one) for one in inside if one)


def place_called(blocks: list[dict[str, Any]], called: str) -> Place:
    """Find an element by its action_id, its label or its block_id."""
    found = list(places(blocks))
    for place in found:
        if called in {place.element.get("action_id"), place.block_id, _label(place.element)}:
            return place
    names = [place.element.get("action_id") or _label(place.element) for place in found]
    raise LookupError(f"nothing called {called!r} here, only {names}")


def _label(element: Mapping[str, Any]) -> str | None:
    text = element.get("text") or element.get("placeholder")
    return text.get("text") if isinstance(text, dict) else None


def chosen(element: dict[str, Any], value: object) -> dict[str, Any]:
    """Say what was chosen or typed, under the key that Slack uses for this kind of element."""
    key = CHOSEN_KEYS[element["type"]]
    if key == "selected_option":
        value = _option(element, value)
    elif key == "selected_options":
        value = [_option(element, one) for one in value] if isinstance(value, list | tuple) else []
    return {"type": element["type"], key: value}


def _option(element: dict[str, Any], wanted: object) -> object:
    """Find an option by value or label; an option from elsewhere (a type-ahead) is taken as it is."""
    groups = element.get("option_groups", ())
    listed = [*element.get("options", ()), *(one for group in groups for one in group["options"])]
    if wanted is None or isinstance(wanted, dict):
        return wanted
    for option in listed:
        if wanted in {option["value"], option["text"]["text"]}:
            return option
    raise LookupError(f"no option {wanted!r}, only {[option['value'] for option in listed]}")


def _preset(element: dict[str, Any]) -> dict[str, Any]:
    key = CHOSEN_KEYS[element["type"]]
    initial = "initial_" + key.removeprefix("selected_") if key != "value" else "initial_value"
    return {"type": element["type"], key: element.get(initial, [] if key.endswith("s") else None)}


def state_of(blocks: list[dict[str, Any]], values: Mapping[str, object]) -> dict[str, Any]:
    """Tell the ``state`` of blocks: what is preset, and what somebody chose by block_id or action_id."""
    state: dict[str, dict[str, Any]] = {}
    for block_id, element in places(blocks):
        if element["type"] not in WITHOUT_STATE:
            action_id = element["action_id"]
            picked = next((key for key in (action_id, block_id) if key in values), None)
            now = chosen(element, values[picked]) if picked else _preset(element)
            state.setdefault(block_id, {})[action_id] = now
    return {"values": state}
