"""The form behind ``/kpi digest``: what it shows, and the words that would be typed instead.

The next dates, and who will read along, are shown before it is saved; both follow what is chosen.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any

from bot.access import person_called
from bot.digests.sentences import next_dates, usual, who_reads
from bot.digests.targets import readers_in, target_of
from bot.digests.words import DigestOrder, digest_order
from bot.modals import Field, change, channels, modal, option, search, select, show, time_of_day
from kpi.errors import Mistake
from kpi.periods import WEEKDAYS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from bot.parts import Parts, Place
    from kpi.storage.schedules import Schedule

NAME = "digest"
OFTEN, DAY, AT, ZONE, WHICH, WHERE, CHANNEL = "often", "day", "at", "zone", "which", "where", "channel"
HERE, ANOTHER, ME = "here", "another", "me"
WEEKLY, MONTHLY = "weekly", "monthly"


@dataclass(frozen=True, slots=True)
class Look:
    """What was found out about a place: who will read along there, or why nothing can be posted."""

    to: str = ""
    said: str = ""
    exposure: str = "private"
    guests: str = ""
    wrong: str = ""


@dataclass(frozen=True, slots=True)
class Draft:
    """A form as it stands: what is chosen, where it was opened, and what is known of its readers."""

    told: Mapping[str, str]
    place: Place
    called: str = ""
    """The digest that is changed, '' for a new one."""
    look: Look = Look()

    @property
    def to(self) -> str:
        """Where it shall go, as it is typed after ``to``; '' where that is still to be chosen."""
        if self.told[WHERE] != ANOTHER:
            return self.told[WHERE]
        return f"<#{self.told[CHANNEL]}>" if self.told.get(CHANNEL) else ""

    @property
    def words(self) -> str:
        """What would be typed for the same digest."""
        verb = f"edit {self.called}" if self.called else "on"
        when = " ".join(self.told[name] for name in (OFTEN, DAY, AT, ZONE))
        return f"digest {verb} {when} {f'to {self.to}' if self.to else ''} {self.told.get(WHICH) or 'for all'}"

    @property
    def order(self) -> DigestOrder:
        """The same as an order."""
        return digest_order(self.words) or DigestOrder("on")

    @property
    def keeps(self) -> dict[str, str]:
        """What the form keeps for the next change and for its submission."""
        kept = {"in": self.place.channel, "reply": self.place.response_url, "called": self.called}
        return {**kept, **asdict(self.look)}


def open_form(parts: Parts, place: Place, schedule: Schedule | None) -> None:
    """Open the form at once; who reads along may take longer to find out than the three seconds that Slack allows."""
    draft = Draft(_told(parts, place, schedule), place, schedule.id if schedule else "")
    shown = show(parts.client, place.trigger, form(parts, draft))
    change(parts.client, shown, form(parts, looked(parts, draft)))


def form(parts: Parts, draft: Draft) -> dict[str, Any]:
    """Return the form as it stands."""
    title = "Edit digest" if draft.called else "New digest"
    return modal(NAME, title, _pieces(parts, draft), submit="Save", keeps=draft.keeps)


def looked(parts: Parts, draft: Draft) -> Draft:
    """Find out who will see the digest in the place that is chosen, or what speaks against it."""
    try:
        return replace(draft, look=_look(parts, draft) if draft.to else Look())
    except Mistake as mistake:
        return replace(draft, look=Look(draft.to, wrong=f"{mistake.message} {mistake.hint}".strip()))


def _look(parts: Parts, draft: Draft) -> Look:
    target = target_of(parts, draft.place, draft.order)
    target.require_may_have()
    if target.person:
        mine = target.person == draft.place.user
        name = "you" if mine else person_called(parts.client, target.person, parts.team).name
        return Look(draft.to, f"Only {name} will see it.")
    readers = readers_in(parts, target.channel)
    said, guests = who_reads(parts, target.channel, readers), "guests" if readers.guests else ""
    return Look(draft.to, said, readers.exposure, guests)


def _told(parts: Parts, place: Place, schedule: Schedule | None) -> dict[str, str]:
    """Return what is chosen before anybody has chosen anything."""
    rhythm = schedule.rhythm if schedule else usual(parts)
    told = {OFTEN: MONTHLY if rhythm.monthly else WEEKLY, DAY: WEEKDAYS[rhythm.weekday], AT: f"{rhythm.at:%H:%M}"}
    told |= {ZONE: rhythm.zone, WHICH: schedule.scope if schedule else ""}
    if schedule is None or schedule.channel == place.channel:
        return told | {WHERE: ME if place.channel.startswith("D") else HERE}
    if schedule.person:
        return told | {WHERE: ME if schedule.person == place.user else f"<@{schedule.person}>"}
    return told | {WHERE: ANOTHER, CHANNEL: schedule.channel}


def _pieces(parts: Parts, draft: Draft) -> Iterator[Field | str]:
    told = draft.told
    rhythms = (option("Every week", WEEKLY), option("Every month", MONTHLY))
    yield Field(OFTEN, "How often", select(rhythms, told[OFTEN]), reshapes=True)
    day = "Day, the first in the month" if told[OFTEN] == MONTHLY else "Day"
    yield Field(DAY, day, select([option(one.title(), one) for one in WEEKDAYS], told[DAY]), reshapes=True)
    yield Field(AT, "Time", time_of_day(told[AT]), reshapes=True)
    zone = option(told[ZONE], told[ZONE]) if told[ZONE] else None
    yield Field(ZONE, "Time zone", search("Type a city", zone), reshapes=True)
    if told[AT] and told[ZONE]:
        yield f"Next: {next_dates(parts, draft.order.rhythm(usual(parts)), draft.called)}."
    which = option(told[WHICH], told[WHICH]) if told.get(WHICH) else None
    yield Field(WHICH, "Campaigns", search("All campaigns", which), "Or those of a tag or a market.", optional=True)
    yield Field(WHERE, "Where", select(_places(parts, draft), told[WHERE]), reshapes=True)
    if told[WHERE] == ANOTHER:
        yield Field(CHANNEL, "Channel", channels(told.get(CHANNEL, "")), reshapes=True)
    if draft.to:
        known = draft.look if draft.look.to == draft.to else Look(said="Looking who will see it …")
        yield known.wrong or known.said


def _places(parts: Parts, draft: Draft) -> Iterator[Any]:
    if not draft.place.channel.startswith("D"):
        yield option("This channel", HERE)
    yield option("Another channel", ANOTHER)
    yield option("Me, as a direct message", ME)
    if draft.told[WHERE].startswith("<@"):
        person = person_called(parts.client, draft.told[WHERE].strip("<@>"), parts.team)
        yield option(person.name, draft.told[WHERE])
