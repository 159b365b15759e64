"""WhatsApp's webhooks: the bytes of a body become events, and what is not known is counted by its path.

Meta sends up to a thousand updates in one body, in no certain order, often twice, and adds kinds and keys without
notice. Nothing of that is an error, and no unknown value is kept.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

from kpi.errors import Mistake
from kpi.names import is_printable
from kpi.sources.whatsapp_notices import Notice, notice_in

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

STATE_OF = {"sent": "sent", "delivered": "delivered", "read": "read", "played": "read", "failed": "failed"}
LATE_DAYS = 90
"""Events of an earlier day come too late to be counted: their messages may be forgotten."""
LATE = "late"
LONGEST_ID = 512
LONGEST_NAME = 100
MOST_PATHS = 20
"""Unknown paths of one body that are counted apart."""
_DAY = 86_400
_KEY = re.compile(r"[a-z][a-z_]{0,39}")
_ACCOUNT = re.compile(r"[0-9]{1,40}")
_SECONDS = re.compile(r"[0-9]{1,11}")
_PAIRS = re.compile(r"[;&]")


class UnreadableBody(Mistake):
    """The body is not JSON as WhatsApp sends it."""


class Event(NamedTuple):
    """Something that happened to a message: its id, the state it reached, when, and what the event carries."""

    message: str
    state: str
    at: int
    carried: str = ""
    """What the sender wrote into ``biz_opaque_callback_data``."""
    person: str = ""
    phone: str = ""
    error: int | None = None


class Carried(NamedTuple):
    """The campaign that a sender names, and whether it may be made where it is not known."""

    name: str = ""
    variant: str = ""
    is_campaign: bool = False


@dataclass(slots=True)
class Heard:
    """What a body tells: whose accounts, what happened, and what was not understood or came too late, counted."""

    accounts: set[str] = field(default_factory=set)
    events: list[Event] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)
    notices: list[Notice] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self.events)

    def miss(self, path: str) -> None:
        """Count what is not known by its path."""
        self.counts[path if path in self.counts or len(self.counts) < MOST_PATHS else "more"] += 1


def heard(body: bytes, now: int) -> Heard:
    """Return what a body tells; ``now`` is in seconds since 1970. Raise UnreadableBody where it is no JSON object."""
    try:
        told = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise UnreadableBody from error
    if not isinstance(told, dict):
        raise UnreadableBody
    found = Heard()
    if told.get("object") != "whatsapp_business_account":
        found.miss("object")
        return found
    for entry in _objects(told, "entry", found):
        _note_account(entry.get("id"), found)
        for change in _objects(entry, "changes", found):
            _read_change(change, now, found)
    return found


def together(several: Iterable[Heard]) -> Heard:
    """Return what several bodies tell as one."""
    found = Heard()
    for one in several:
        found.accounts |= one.accounts
        found.events += one.events
        found.counts += one.counts
        found.notices += one.notices
    return found


@lru_cache(maxsize=4096)
def carried(text: str) -> Carried:
    """Return which campaign a callback names: ``campaign=SLUG`` among pairs, or a name that has to be known.

    ``template=`` and ``context=`` name something that leads to a campaign, and so does a text without pairs.
    """
    pairs = dict(pair.split("=", 1) for pair in reversed(_PAIRS.split(text)) if "=" in pair)
    said = {key.strip().lower(): value.strip() for key, value in pairs.items()}
    variant = _name(said.get("variant", ""))
    for key in ("campaign", "template", "context"):
        if name := _name(said.get(key, "")):
            return Carried(name, variant, key == "campaign")
    return Carried(_name(text.strip()), variant)


def _name(text: str) -> str:
    return text if len(text) <= LONGEST_NAME and is_printable(text) else ""


def _read_change(change: dict[str, Any], now: int, found: Heard) -> None:
    value = change.get("value")
    if not isinstance(value, dict):
        return found.miss("entry.changes.value")
    told = value.get("metadata")
    _note_account(told.get("phone_number_id") if isinstance(told, dict) else None, found)
    if notice := notice_in(value):
        found.notices.append(notice)
        return None
    known = [kind for kind in READERS if kind in value]
    for kind in known:
        people = _people(value)
        for one in _objects(value, kind, found):
            READERS[kind](one, people, now, found)
    if not known and "errors" not in value:
        found.miss(f"field {_key(change.get('field'))}")
    return None


def _read_status(told: dict[str, Any], people: dict[str, str], now: int, found: Heard) -> None:
    state = STATE_OF.get(status) if isinstance(status := told.get("status"), str) else None
    if state is None:
        return found.miss(f"statuses.status {_key(status)}")
    is_group = told.get("recipient_type") == "group"
    phone = "" if is_group else _text(told.get("recipient_id"))
    happened = Event(
        _text(told.get("id")),
        state,
        _seconds(told.get("timestamp")),
        _text(told.get("biz_opaque_callback_data")),
        _text(told.get("recipient_user_id")) or people.get(phone, ""),
        phone,
        _code(told) if state == "failed" else None,
    )
    return _keep(happened, "statuses", now, found)


def _read_message(told: dict[str, Any], people: dict[str, str], now: int, found: Heard) -> None:
    """Read an answer to a message of ours; one to the writer's own earlier message is none."""
    context = told.get("context")
    if not isinstance(context, dict) or "id" not in context or told.get("type") == "reaction":
        return None
    phone = _text(told.get("from"))
    if phone and context.get("from") == phone:
        return None
    person = _text(told.get("from_user_id")) or people.get(phone, "")
    happened = Event(_text(context["id"]), "replied", _seconds(told.get("timestamp")), person=person, phone=phone)
    return _keep(happened, "messages", now, found)


def _keep(happened: Event, kind: str, now: int, found: Heard) -> None:
    if not happened.message:
        found.miss(f"{kind}.id")
    elif not 0 < happened.at <= now + _DAY:
        found.miss(f"{kind}.timestamp")
    elif happened.at < now - LATE_DAYS * _DAY:
        found.counts[LATE] += 1
    else:
        found.events.append(happened)


READERS = {"statuses": _read_status, "messages": _read_message}
"""What is read of a change's value, by its key: Meta's own samples give some kinds another field's name."""


def _objects(told: dict[str, Any], key: str, found: Heard) -> Iterator[dict[str, Any]]:
    """Yield the objects of a list; what stands there instead of one is counted."""
    some = told.get(key)
    for one in some if isinstance(some, list) else [some]:
        if isinstance(one, dict):
            yield one
        else:
            found.miss(key)


def _people(value: dict[str, Any]) -> dict[str, str]:
    """Return the ids of people by their phone numbers, as far as both are told."""
    contacts = value.get("contacts")
    some = [one for one in contacts if isinstance(one, dict)] if isinstance(contacts, list) else []
    return {phone: _text(one.get("user_id")) for one in some if (phone := _text(one.get("wa_id")))}


def _note_account(account: object, found: Heard) -> None:
    if isinstance(account, str) and _ACCOUNT.fullmatch(account):
        found.accounts.add(account)


def _text(told: object) -> str:
    return told if isinstance(told, str) and len(told) <= LONGEST_ID else ""


def _seconds(told: object) -> int:
    if isinstance(told, str) and _SECONDS.fullmatch(told) and told.isascii():
        return int(told)
    return told if isinstance(told, int) and not isinstance(told, bool) else 0


def _code(told: dict[str, Any]) -> int | None:
    errors = told.get("errors")
    first = errors[0] if isinstance(errors, list) and errors else None
    code = first.get("code") if isinstance(first, dict) else None
    return code if isinstance(code, int) and not isinstance(code, bool) and 0 <= code < 10**9 else None


def _key(told: object) -> str:
    """Return a key or kind where it can be one, so that nobody's data is kept as a path."""
    return told if isinstance(told, str) and _KEY.fullmatch(told) else "?"
