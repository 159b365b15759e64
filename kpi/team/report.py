"""A team's settings as a report: as they are, as they would be, and as they have been changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kpi.report import Column, Heading, Note, Paragraph, Report, Table
from kpi.team.effects import effects
from kpi.team.settings import SETTING, SETTINGS

if TYPE_CHECKING:
    from kpi.question import Asking
    from kpi.report import Piece
    from kpi.storage.workspaces import LastChange, Team, Value
    from kpi.team.settings import Changes

LEAD = "This is how days are counted and money is written here."


def shown(asking: Asking, last: LastChange | None) -> Report:
    """Return every setting with what it does today."""
    words = asking.words
    rows = tuple((one.label, one.shown(asking.team.value(one.key), words), one.does) for one in SETTINGS)
    table = Table("Settings", (Column("Setting", "left"), Column("Now", "left"), Column("What it does", "left")), rows)
    notes = [Note("Change one like this: settings margin 40%. You see what would change before it does.")]
    if last:
        setting = SETTING[last.setting]
        old, new = (setting.shown(setting.read(value), words) for value in (last.old, last.new))
        notes.append(Note(f"Last changed {words.moment(last.changed_at)}: {setting.name} from {old} to {new}."))
    return Report(LEAD, (Heading("Settings"), Paragraph(LEAD), table, *notes))


def preview(asking: Asking, changes: Changes) -> Report:
    """Return what some changes would do, before they are made."""
    said = {key: _moved(asking.team, key, pair) for key, pair in changes.items()}
    names = asking.words.listed(tuple(SETTING[key].name for key in changes), most=len(changes))
    pieces: list[Piece] = [Heading(f"Change the {names}?")]
    for key, pair in changes.items():
        pieces += [Paragraph(said[key]), *(Note(effect) for effect in effects(asking, key, *pair))]
    return Report(f"Nothing is changed yet. {' '.join(said.values())}", tuple(pieces))


def changed(team: Team, changes: Changes) -> Report:
    """Return what was changed, and how to put it back."""
    shown = {key: [SETTING[key].shown(value, team.words) for value in pair] for key, pair in changes.items()}
    said = " ".join(f"{SETTING[key].label} is now {new}; it was {old}." for key, (old, new) in shown.items())
    back = " · ".join(f"settings {SETTING[key].name} {SETTING[key].typed(old)}" for key, (old, _) in changes.items())
    return Report(said, (Paragraph(said), Note(f"To put it back: {back}")))


def _moved(team: Team, key: str, pair: tuple[Value, Value]) -> str:
    old, new = (SETTING[key].shown(value, team.words) for value in pair)
    return f"{SETTING[key].label}: {old} → {new}"
