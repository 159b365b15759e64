"""What a worker does for results that come in by themselves."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kpi.storage.live import attach

if TYPE_CHECKING:
    from bot.parts import Parts


def attach_messages(parts: Parts) -> None:
    """Attach messages to campaigns that what they carry leads to by now."""
    if not parts.settings.secret:
        return
    while parts.database.written(
        parts.workspace, lambda db: attach(db, parts.settings.secret, parts.clock()), adding=True
    ):
        pass
