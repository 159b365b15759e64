"""``/kpi``: acknowledge, answer, reply."""

from __future__ import annotations

import logging
import re
from contextlib import suppress
from dataclasses import dataclass
from secrets import token_hex
from typing import TYPE_CHECKING, Any

from bot import permits, threads
from bot.access import Permission, permission
from bot.alerts import command as alert_command
from bot.blocks import VALUE, Control
from bot.digests import command as digests
from bot.digests.words import digest_order
from bot.files import command as imports_command
from bot.files.command import imports_order
from bot.parts import Parts, Place
from bot.replies import Unsure, outlets, pictures, plain, privately, words
from bot.team import names_command, note_command, settings_command
from kpi.answering import answered
from kpi.errors import Mistake
from kpi.naming.orders import about_names
from kpi.naming.unmatched import about_unmatched
from kpi.reading.alert_words import alert_order, target_order
from kpi.reading.note_words import note_order
from kpi.report import apology
from kpi.team.settings import about_settings

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

    from slack_bolt import Ack

    from bot.posting.outlets import Outlet
    from kpi.report import Report

log = logging.getLogger(__name__)

SHARE, CHART, REQUEST = "share", "chart", "request"


def on_slash(parts: Parts, ack: Ack, command: dict[str, Any]) -> None:
    """Answer one command."""
    ack()
    place = Place(
        command["channel_id"],
        command["user_id"],
        command.get("response_url", ""),
        trigger=command.get("trigger_id", ""),
    )
    safely(parts, place, lambda: obey(parts, place, command.get("text") or ""))


def safely(parts: Parts, place: Place, work: Callable[[], object]) -> None:
    """Do the work; a mistake of the asker's is told to them, a fault of ours is told and logged under one number."""
    private = privately(parts, place)
    parts.door.let_others_in()
    try:
        work()
    except Mistake as mistake:
        _tell(parts, private, apology(mistake))
    except Exception:
        number = token_hex(3)
        log.exception("fault %s", number)
        _tell(parts, private, plain("Something went wrong on my side.", f"It is in the log as fault {number}."))


def _tell(parts: Parts, private: tuple[Outlet, ...], report: Report) -> None:
    with suppress(Unsure):  # nothing better can be said, and the log has it
        words(parts, private, report)


def answer(parts: Parts, place: Place, text: str, today: date | None = None, above: str = "") -> None:
    """Answer a question where it was asked: the words at once, then the chart; ``above`` is what it follows on."""
    now = parts.now()
    with parts.turns:
        permitted = permission_at(parts, place)
        if not permitted.may_ask:
            refuse(parts, place, permitted)
            return
        asked_on = today or permits.today(parts, now)
        report = answered(parts.database, parts.workspace, text, now, asked_on, above)
    ways = outlets(parts, place, permitted)
    controls = () if ways[0].holds_pictures else _controls(report, f"{asked_on} {text}")
    sent = words(parts, ways, report, controls)
    threads.remember(parts, sent, report)
    pictures(parts, sent, report)


def permission_at(parts: Parts, place: Place) -> Permission:
    """Return what the person may do there now."""
    return permission(
        parts.client, parts.database, parts.settings, parts.workspace, place.user, parts.team, place.channel
    )


def refuse(parts: Parts, place: Place, permitted: Permission) -> None:
    """Say without any figure that these are not for everybody, and offer to ask for access."""
    report = plain("Campaign figures are not open to you here.", "Ask in a channel that was opened for them.")
    request = () if permitted.person.is_outsider else (Control(REQUEST, "Ask for access", place.channel),)
    words(parts, privately(parts, place), report, request)


def obey(parts: Parts, place: Place, text: str) -> None:
    """Do what the text commands; where it commands nothing, answer it as a question."""
    if not commanded(parts, place, text):
        answer(parts, place, unescaped(text), above=threads.above(parts, place, text))


def commanded(parts: Parts, place: Place, text: str) -> bool:
    """Do what the text commands; tell whether it commands anything."""
    for command in COMMANDS:
        if (wanted := command.read(text)) is not None:
            command.obey(parts, place, wanted, text)
            return True
    return False


def _controls(report: Report, value: str) -> tuple[Control, ...]:
    """Return the buttons of a private answer; the question carries its day, so that it is shared as it was seen."""
    if len(value) > VALUE:
        return ()  # a cut question would be another question
    share = Control(SHARE, "Share here", value)
    return (share, Control(CHART, "Chart to my DM", value)) if report.pictures else ((share,) if report.figures else ())


def unescaped(text: str) -> str:
    """Return typed text as it was typed: Slack escapes three signs, and wraps channels, people and links."""
    bare = re.sub(r"<(?:[@#!][^|>]*\|)?([^>|]*)(?:\|[^>]*)?>", r"\1", text)
    return bare.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


@dataclass(frozen=True, slots=True)
class Command:
    """Something that is done rather than answered; ``read`` tells what a text wants, None where it is no such text."""

    read: Callable[[str], Any]
    obey: Callable[[Parts, Place, Any, str], None]


def _by_rights(obey: Callable[[Parts, Place, Permission, Any], None]) -> Callable[[Parts, Place, Any, str], None]:
    """Let a command know what the person may do."""
    return lambda parts, place, wanted, _: obey(parts, place, permission_at(parts, place), wanted)


COMMANDS = (
    Command(permits.order_of, _by_rights(permits.obey)),
    Command(lambda text: about_settings(unescaped(text)), _by_rights(settings_command.obey)),
    Command(lambda text: about_names(unescaped(text)), _by_rights(names_command.obey)),
    Command(about_unmatched, _by_rights(names_command.show_unmatched)),
    Command(imports_order, _by_rights(imports_command.obey)),
    Command(digest_order, digests.obey),
    Command(lambda text: note_order(unescaped(text)), _by_rights(note_command.obey)),
    Command(lambda text: alert_order(unescaped(text)), _by_rights(alert_command.obey)),
    Command(lambda text: target_order(unescaped(text)), _by_rights(alert_command.set_target)),
)
"""Every command, tried in this order before a text is read as a question."""
