"""Modals: forms in front of Slack; the only module that knows what Slack's views look like.

A field's name is the block it stands in, so what somebody entered stays where it is when the form changes around it.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from slack_sdk.errors import SlackApiError
from slack_sdk.models.blocks import (
    Block,
    ContextBlock,
    ConversationFilter,
    ConversationSelectElement,
    DatePickerElement,
    ExternalDataSelectElement,
    InputBlock,
    Option,
    PlainTextInputElement,
    PlainTextObject,
    SectionBlock,
    StaticSelectElement,
    TimePickerElement,
)
from slack_sdk.models.views import View

from bot.blocks import CONTEXT, SECTION, cut
from kpi.errors import Mistake

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from slack_bolt import Ack
    from slack_sdk import WebClient
    from slack_sdk.models.blocks.block_elements import InputInteractiveElement

MOST_OPTIONS, LABEL, VALUE, TITLE, LABEL_OF_FIELD, PLACEHOLDER = 100, 75, 150, 24, 2000, 150
ENTERED = ("value", "selected_time", "selected_conversation", "selected_date")
"""Slack's words for what was typed or picked."""
GONE = frozenset({"expired_trigger_id", "exchanged_trigger_id", "not_found"})
"""Slack's words for a form that came too late, or that was closed meanwhile."""


@dataclass(frozen=True, slots=True)
class Field:
    """Something to enter: what it is called, what is entered into, and a word of help under it."""

    name: str
    label: str
    element: InputInteractiveElement
    hint: str = ""
    optional: bool = False
    reshapes: bool = False
    """Whether the bot hears of every change at once, to show other fields."""


def modal(
    name: str, title: str, fields: Iterable[Field | str], *, submit: str, intro: str = "", keeps: Mapping[str, str]
) -> dict[str, Any]:
    """Return a form of fields and sentences between them.

    ``name`` is what its submission is known by, ``keeps`` what the bot will want to know then.
    """
    blocks: list[Block] = [ContextBlock(elements=[PlainTextObject(text=cut(intro, CONTEXT))])] if intro else []
    blocks += [_said(field) if isinstance(field, str) else _input(name, field) for field in fields]
    view = View(
        type="modal",
        callback_id=name,
        title=PlainTextObject(text=cut(title, TITLE)),
        submit=PlainTextObject(text=cut(submit, TITLE)),
        close=PlainTextObject(text="Cancel"),
        private_metadata=json.dumps(dict(keeps)),
        blocks=blocks,
    )
    return view.to_dict()


def option(label: str, value: str, tail: str = "") -> Option:
    """Return something to choose; the tail stays whole where the label is too long."""
    return Option(text=PlainTextObject(text=cut(label, LABEL - len(tail)) + tail), value=value[:VALUE])


def select(options: Iterable[Option], chosen: str = "", placeholder: str = "Choose") -> StaticSelectElement:
    """Return a list to choose from; ``chosen`` is the value of the option that is chosen already."""
    listed = list(options)[:MOST_OPTIONS]
    initial = next((one for one in listed if one.value == chosen), None)
    return StaticSelectElement(placeholder=placeholder, options=listed, initial_option=initial)


def search(placeholder: str, chosen: Option | None = None) -> ExternalDataSelectElement:
    """Return a list whose options the bot is asked for while somebody types, and before that."""
    return ExternalDataSelectElement(placeholder=placeholder, min_query_length=0, initial_option=chosen)


def time_of_day(shown: str) -> TimePickerElement:
    """Return a clock to choose a time from; ``shown`` is ``09:00``."""
    return TimePickerElement(placeholder="Choose a time", initial_time=shown or None)


def date_of() -> DatePickerElement:
    """Return a calendar to choose a day from."""
    return DatePickerElement(placeholder="Choose a day")


def channels(chosen: str = "") -> ConversationSelectElement:
    """Return a list of the channels that the person can see."""
    ordinary = ConversationFilter(include=["public", "private"], exclude_bot_users=True)
    return ConversationSelectElement(
        placeholder="Choose a channel", initial_conversation=chosen or None, filter=ordinary
    )


def line(text: str = "", placeholder: str = "", longest: int = 200) -> PlainTextInputElement:
    """Return a line to type into; ``text`` stands in it already."""
    return PlainTextInputElement(
        initial_value=text or None, placeholder=placeholder or None, max_length=longest, multiline=False
    )


def entered(view: Mapping[str, Any]) -> dict[str, str]:
    """Return what was chosen or typed, by the names of the fields; '' where nothing was."""
    return {block: _entered(next(iter(fields.values()))) for block, fields in view["state"]["values"].items()}


def kept(view: Mapping[str, Any]) -> dict[str, str]:
    """Return what the form was told to keep."""
    told: dict[str, str] = json.loads(view.get("private_metadata") or "{}")
    return told


def show(client: WebClient, trigger: str, view: dict[str, Any]) -> dict[str, Any]:
    """Open a form in front of the person who just pressed or typed something; Slack allows that for three seconds."""
    try:
        shown: dict[str, Any] = client.views_open(trigger_id=trigger, view=view)["view"]
    except SlackApiError as error:
        if error.response.get("error") in GONE:
            raise Mistake("That took too long, so Slack did not open the form.", "Try again.") from error
        raise
    return shown


def change(client: WebClient, shown: Mapping[str, Any], view: dict[str, Any]) -> None:
    """Give an open form other fields; a form that was closed meanwhile stays closed."""
    try:
        client.views_update(view_id=shown["id"], view=view)
    except SlackApiError as error:
        if error.response.get("error") not in GONE:
            raise


def refuse(ack: Ack, wrong: Mapping[str, str]) -> None:
    """Answer a submission by what is wrong with it, a sentence per field; the form stays open."""
    ack(response_action="errors", errors=dict(wrong))


def _said(text: str) -> SectionBlock:
    return SectionBlock(text=PlainTextObject(text=cut(text, SECTION), emoji=False))


def _input(name: str, field: Field) -> InputBlock:
    field.element.action_id = f"{name}.{field.name}"
    return InputBlock(
        block_id=field.name,
        label=PlainTextObject(text=cut(field.label, LABEL_OF_FIELD)),
        element=field.element,
        hint=PlainTextObject(text=cut(field.hint, LABEL_OF_FIELD)) if field.hint else None,
        optional=field.optional,
        dispatch_action=field.reshapes or None,
    )


def _entered(state: Mapping[str, Any]) -> str:
    """Return what one element holds, as Slack tells it."""
    if "selected_option" in state:
        return str((state["selected_option"] or {}).get("value", ""))
    return str(next((state[key] for key in ENTERED if state.get(key)), "")).strip()
