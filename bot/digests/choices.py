"""What somebody chooses in the form for digests: the form follows, suggests, and is saved."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo, available_timezones

from bot import permits, slash
from bot.digests import command as digests
from bot.digests.admission import Readers
from bot.digests.form import ANOTHER, CHANNEL, NAME, WHERE, ZONE, Draft, Look, form, looked
from bot.digests.sentences import usual
from bot.modals import MOST_OPTIONS, change, entered, kept, option, refuse
from bot.parts import Place
from kpi.errors import Mistake
from kpi.question import Asking
from kpi.reading.lexicon import folded
from kpi.reading.territories import called
from kpi.scope import Scope
from kpi.storage.workspaces import team

if TYPE_CHECKING:
    from slack_bolt import Ack

    from bot.parts import Parts


def on_change(parts: Parts, ack: Ack, body: dict[str, Any]) -> None:
    """Show the next dates at once, and who will see the digest as soon as that is known."""
    ack()
    draft = _draft(body)
    change(parts.client, body["view"], form(parts, draft))
    if draft.to and draft.to != draft.look.to:
        change(parts.client, body["view"], form(parts, looked(parts, draft)))


def on_suggestion(parts: Parts, ack: Ack, body: dict[str, Any]) -> None:
    """Offer time zones; and tags and markets to those who may ask where the form was opened."""
    typed = folded(str(body.get("value") or "")).replace("_", " ")
    if body["action_id"] == f"{NAME}.{ZONE}":
        ack(options=_zones(parts, typed))
        return
    try:
        allowed = slash.permission_at(parts, _draft(body).place).may_ask
    except Mistake:
        allowed = False
    ack(options=_scopes(parts, typed) if allowed else [])


def on_submission(parts: Parts, ack: Ack, body: dict[str, Any]) -> None:
    """Turn the digest on as if its words had been typed; the readers that the form has named are known."""
    draft = _draft(body)
    known = draft.look if draft.look.to == draft.to else Look()
    if known.wrong:
        refuse(ack, {CHANNEL if draft.told[WHERE] == ANOTHER else WHERE: known.wrong})
        return
    ack()
    named = Readers(known.exposure, bool(known.guests))
    slash.safely(parts, draft.place, lambda: digests.obey(parts, draft.place, draft.order, draft.words, named))


def _draft(body: dict[str, Any]) -> Draft:
    keeps = kept(body["view"])
    place = Place(keeps.pop("in"), body["user"]["id"], keeps.pop("reply"))
    return Draft(entered(body["view"]), place, keeps.pop("called"), Look(**keeps))


def _zones(parts: Parts, typed: str) -> list[dict[str, Any]]:
    """Return the time zones that may be meant with what their clocks show now, the team's own first."""
    ours, now = usual(parts).zone, parts.clock()
    names = [name for name in available_timezones() if "/" in name and not name.startswith("Etc/")] + ["UTC"]
    found = [name for name in names if typed in folded(name).replace("_", " ")]
    likest = sorted(found, key=lambda name: (name != ours, not folded(name.rpartition("/")[2]).startswith(typed), name))
    return [
        option(one, one, f" ({now.astimezone(ZoneInfo(one)):%H:%M} now)").to_dict() for one in likest[:MOST_OPTIONS]
    ]


def _scopes(parts: Parts, typed: str) -> list[dict[str, Any]]:
    """Return the tags and the markets that may be meant, under the words that a question takes."""
    with parts.database.reading(parts.workspace) as db:
        now = parts.now()
        asking = Asking(db, team(db), permits.today(parts, now), now)
        tags = {f"tagged {shown}": Scope(tags=(key,)) for key, shown in asking.tags.items()}
        stored = {market for pairs in asking.splits.values() for market, _ in pairs if market}
        markets = {f"in {called(market)}": Scope(markets=(market,)) for market in stored}
    found = [(said, scope.typed.strip()) for said, scope in sorted((tags | markets).items()) if typed in folded(said)]
    return [option(said, words).to_dict() for said, words in found[:MOST_OPTIONS]]
