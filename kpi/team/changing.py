"""Settings looked at, tried out and changed, a transaction each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kpi.errors import Mistake
from kpi.question import Asking
from kpi.storage.workspaces import change_settings, last_change, team
from kpi.team import report
from kpi.team.settings import SETTING, wanted

if TYPE_CHECKING:
    from datetime import datetime

    from kpi.report import Report
    from kpi.storage.database import Database, Db
    from kpi.storage.workspaces import Team
    from kpi.team.settings import Changes


def settings_now(database: Database, workspace: str, now: datetime) -> Report:
    """Return the settings as they are."""
    with database.reading(workspace) as db:
        return report.shown(_asking(db, now), last_change(db))


def tried(database: Database, workspace: str, text: str, now: datetime) -> tuple[Changes, Report]:
    """Read a change such as ``margin 40%``, and return it with what it would do."""
    with database.reading(workspace) as db:
        asking = _asking(db, now)
        changes = wanted(text, asking.team)
        return changes, report.preview(asking, changes)


def previewed(database: Database, workspace: str, changes: Changes, now: datetime) -> Report:
    """Return what some changes would do."""
    with database.reading(workspace) as db:
        return report.preview(_asking(db, now), changes)


def changed(database: Database, workspace: str, changes: Changes, by: str, now: datetime) -> Report:
    """Make the changes; raise a Mistake where a setting is no longer what it was when they were shown."""

    def work(db: Db) -> Team:
        ours = team(db)
        for key, (old, _) in changes.items():
            if ours.value(key) != old:
                is_now = SETTING[key].shown(ours.value(key), ours.words)
                raise Mistake(f"Somebody else has changed the {SETTING[key].name} meanwhile: it is {is_now} now.")
        typed = {key: (SETTING[key].typed(old), SETTING[key].typed(new)) for key, (old, new) in changes.items()}
        change_settings(db, {key: new for key, (_, new) in changes.items()}, typed, by, now)
        return team(db)

    return report.changed(database.written(workspace, work), changes)


def _asking(db: Db, now: datetime) -> Asking:
    ours = team(db)
    return Asking(db, ours, ours.day(now), now)
