"""The part of the self-check that looks at results which come in by themselves."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from bot.finding import Finding, State
from bot.parts import WORKSPACE
from kpi.sources.whatsapp import LATE, LATE_DAYS
from kpi.storage.live.campaigns import MADE, MOST_MADE, held_names
from kpi.storage.live.events import unattributed
from kpi.storage.live.sources import NOTICE, WHATSAPP, connections, heard_since

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bot.settings import Settings
    from kpi.storage.database import Database

PART = "whatsapp"
DAYS = 7
MOST_NAMED = 5
CARRY = "Send with biz_opaque_callback_data: campaign=NAME, or give an alias to what they carry."


def live_findings(given: Settings, database: Database) -> Iterator[Finding]:
    """Look at WhatsApp's webhooks, where they are set up."""
    if not given.whatsapp_app_secrets:
        return
    if not given.secret:
        yield Finding(
            PART, State.FAULT, "KPI_SECRET is not set, so nothing is taken.", "openssl rand -hex 32 makes one."
        )
    if not given.whatsapp_verify_token.get_secret_value():
        mend = "Set it, and type the same where Meta asks for a verify token."
        yield Finding(PART, State.WARNING, "WHATSAPP_VERIFY_TOKEN is not set.", mend)
    with database.reading(WORKSPACE) as db:
        accounts, waiting, loose = connections(db, WHATSAPP), held_names(db), unattributed(db)
        counted = heard_since(db, WHATSAPP, (database.now() - timedelta(days=DAYS)).date())
    if not accounts:
        yield Finding(PART, State.WARNING, "nothing has come in yet.", "Subscribe to the field messages at Meta.")
        return
    yield Finding(PART, State.GOOD, f"connected to {', '.join(accounts)}")
    if loose:
        yield Finding(PART, State.WARNING, f"{loose:,} messages lead to no campaign.", CARRY)
    if waiting:
        some = ", ".join(list(waiting.values())[:MOST_NAMED]) + (", …" if len(waiting) > MOST_NAMED else "")
        said = f"{len(waiting)} campaign names wait, because {MOST_MADE} were made on one day: {some}."
        yield Finding(PART, State.WARNING, said, "Does the sender name each message apart? Else wait until tomorrow.")
    if late := counted.pop(LATE, 0):
        yield Finding(PART, State.WARNING, f"{late:,} events were older than {LATE_DAYS} days and are not counted.")
    counted.pop(MADE, None)
    for what in [what for what in counted if what.startswith(NOTICE)]:
        counted.pop(what)
        yield Finding(PART, State.WARNING, f"WhatsApp said in the last {DAYS} days: {what.removeprefix(NOTICE)}.")
    if counted:
        told = ", ".join(f"{what} ({count:,})" for what, count in counted.items())
        yield Finding(PART, State.GOOD, f"not known, and left out, in the last {DAYS} days: {told}")
