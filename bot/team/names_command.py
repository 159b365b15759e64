"""``/kpi rename``, ``alias``, ``archive``, ``merge``, ``unmatched``: tried out in a message before anything is done."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.blocks import Control
from bot.replies import privately, words
from kpi.errors import Mistake
from kpi.naming.changing import tried
from kpi.naming.unmatched import unmatched_now

if TYPE_CHECKING:
    from bot.access import Permission
    from bot.parts import Parts, Place

DO, LEAVE, BELONGS = "names-do", "names-leave", "names-belong"


def obey(parts: Parts, place: Place, permitted: Permission, text: str) -> None:
    """Show what an order would do, to the person alone, with a button for each way to carry it out."""
    require_changer(permitted)
    report, ways = tried(parts.database, parts.workspace, text, parts.now())
    style = "primary" if len(ways) == 1 else ""
    buttons = tuple(Control(f"{DO}-{at}", way.label, way.typed, style=style) for at, way in enumerate(ways))
    words(parts, privately(parts, place), report, (*buttons, Control(LEAVE, "Leave", LEAVE)))


def show_unmatched(parts: Parts, place: Place, permitted: Permission, _text: str) -> None:
    """List what matches no campaign, with a button for each name that can be given to one."""
    require_changer(permitted)
    report, named = unmatched_now(parts.database, parts.workspace, parts.now())
    buttons = tuple(Control(f"{BELONGS}-{at}", f"{name} belongs to …", name) for at, name in enumerate(named))
    words(parts, privately(parts, place), report, buttons)


def require_changer(permitted: Permission) -> None:
    """Raise a Mistake where the person may not change names."""
    if not permitted.may_change:
        raise Mistake("Only a workspace admin can change what campaigns are called and what counts for them.")
