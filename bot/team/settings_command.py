"""``/kpi settings``: shown to those who may change them; a change is tried out in a message before it is made."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.blocks import Control
from bot.replies import privately, words
from kpi.errors import Mistake
from kpi.team.changing import settings_now, tried
from kpi.team.settings import packed

if TYPE_CHECKING:
    from bot.access import Permission
    from bot.parts import Parts, Place
    from kpi.report import Report
    from kpi.team.settings import Changes

EDIT, CHANGE, LEAVE = "settings-edit", "settings-change", "settings-leave"


def obey(parts: Parts, place: Place, permitted: Permission, text: str) -> None:
    """Show the settings, or what a change of one would do, to the person alone."""
    require_changer(permitted)
    if text:
        offer(parts, place, *tried(parts.database, parts.workspace, text, parts.now()))
    else:
        report = settings_now(parts.database, parts.workspace, parts.now())
        words(parts, privately(parts, place), report, (Control(EDIT, "Edit", place.channel),))


def offer(parts: Parts, place: Place, changes: Changes, report: Report) -> None:
    """Show what some changes would do, and let the person decide."""
    value = packed(changes)
    buttons = (Control(CHANGE, "Change", value, style="primary"), Control(LEAVE, "Leave", value))
    words(parts, privately(parts, place), report, buttons)


def require_changer(permitted: Permission) -> None:
    """Raise a Mistake where the person may not change settings."""
    if not permitted.may_change:
        raise Mistake("Only a workspace admin can see and change the settings.")
