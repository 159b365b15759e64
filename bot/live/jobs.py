"""What a worker does for results that come in by themselves."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from kpi.storage.live.events import attach
from kpi.storage.live.recount import differences, forget_messages, mend

if TYPE_CHECKING:
    from bot.parts import Parts

log = logging.getLogger(__name__)


def attach_messages(parts: Parts) -> None:
    """Attach messages to campaigns that what they carry leads to by now."""
    if not parts.settings.secret:
        return
    while parts.database.written(
        parts.workspace, lambda db: attach(db, parts.settings.secret, parts.clock()), adding=True
    ):
        pass


def recount(parts: Parts) -> None:
    """Hold live results against their messages and mend them, and forget messages that are too old."""
    now = parts.clock()
    with parts.database.reading(parts.workspace) as db:
        is_wrong = bool(differences(db, now))
    if is_wrong:
        wrong = parts.database.written(parts.workspace, lambda db: mend(db, now), adding=True)
        log.error("%s live counts differed from their messages and were mended", sum(map(len, wrong.values())))
    if forgotten := forget_messages(parts.database, parts.workspace, now):
        log.info("%s old messages were forgotten; their counts stay", forgotten)
