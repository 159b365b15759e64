"""``/kpi alert`` and ``/kpi target``: rules tried out before they are kept, by those who may arrange things there."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from bot.alerts.form import open_form
from bot.alerts.round import refresh, tell
from bot.blocks import Control
from bot.replies import outlets, privately, words
from kpi.alerts import commands
from kpi.alerts.commands import asking_now
from kpi.alerts.rounds import ended
from kpi.alerts.target_command import target_told
from kpi.alerts.words import typed
from kpi.errors import Mistake
from kpi.report import Paragraph, Report
from kpi.storage.alerts.rules import rules
from kpi.storage.alerts.states import forget_alerts

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.access import Permission
    from bot.parts import Parts, Place
    from kpi.question import Asking
    from kpi.reading.alert_words import AlertOrder

T = TypeVar("T")
SAVE, CHANGE, START = "alert-save", "alert-change", "alert-start"
READING = ("list", "show", "test", "make", "start")
"""What changes nothing."""
CLOSED = "Campaign figures are not open to you here."
NOT_YOURS = "Alerts and targets are set up where figures are open to you."
HOW_TO_OPEN = "A workspace admin can type /kpi open here in the channel."


def obey(parts: Parts, place: Place, permitted: Permission, order: AlertOrder) -> None:
    """Carry out a command about alerts; what changes something is seen by everybody in an opened channel."""
    require_rights(permitted, arranges=order.verb not in ("list", "show", "test"))
    if order.verb in READING:
        words(parts, privately(parts, place), *_read(parts, place, order))
        return
    called, _, rule = order.said.partition(" ")
    if order.verb == "edit" and not rule.strip():
        open_form(parts, place, called)
        return
    if order.verb == "edit":
        report, value = now_read(parts, lambda asking: _edited(asking, called, rule))
        words(parts, privately(parts, place), report, (Control(CHANGE, "Change", value, style="primary"),))
        return
    if order.verb == "remove":  # its messages say that they are closed before it is forgotten
        written(parts, lambda asking: _end(asking, order.said))
        refresh(parts)
    words(parts, outlets(parts, place, permitted), written(parts, lambda asking: done(asking, order)))
    refresh(parts)


def set_target(parts: Parts, place: Place, permitted: Permission, said: str) -> None:
    """Carry out a command about targets."""
    require_rights(permitted, arranges=bool(said))
    report = written(parts, lambda asking: target_told(asking, said, place.user))
    words(parts, outlets(parts, place, permitted) if said else privately(parts, place), report)


def require_rights(permitted: Permission, *, arranges: bool) -> None:
    """Raise a Mistake where somebody may not see alerts, or not change them."""
    if not permitted.may_ask:
        raise Mistake(CLOSED)
    if arranges and not permitted.may_arrange:
        raise Mistake(NOT_YOURS, HOW_TO_OPEN)


def now_read(parts: Parts, work: Callable[[Asking], T]) -> T:
    """Do what only reads."""
    with parts.database.reading(parts.workspace) as db:
        return work(asking_now(db, parts.now()))


def written(parts: Parts, work: Callable[[Asking], T]) -> T:
    """Do what writes, in one transaction."""
    return parts.database.written(parts.workspace, lambda db: work(asking_now(db, parts.now())))


def kept(parts: Parts, text: str, channel: str, by: str) -> Report:
    """Keep a rule; nothing that is so already fires at once twice, since its alerts have their own state."""
    return written(parts, lambda asking: commands.kept(asking, text, channel, by)[1])


def changed(parts: Parts, called: str, text: str) -> Report:
    """Change a rule; its alerts end and begin afresh."""
    report = written(parts, lambda asking: edited_at_once(asking, f"{called} {text}"))
    refresh(parts)
    return report


def edited_at_once(asking: Asking, said: str) -> Report:
    """Change a rule without asking: its name, then its new words."""
    called, _, text = said.partition(" ")
    report = commands.changed(asking, called, text)[1]
    _end(asking, called)
    return report


def started(parts: Parts, channel: str, by: str) -> Report:
    """Keep the rules that a team begins with."""

    def work(asking: Asking) -> Report:
        said = [commands.kept(asking, text, channel, by)[1].headline for text in commands.STARTERS]
        return Report("The starter set is on.", tuple(Paragraph(one) for one in said))

    return written(parts, work)


def _read(parts: Parts, place: Place, order: AlertOrder) -> tuple[Report, tuple[Control, ...]]:
    if order.verb == "make" or (order.verb == "test" and " " in order.said.strip()):
        rule, report = now_read(parts, lambda asking: commands.tried(asking, order.said))
        value = f"{place.channel} {now_read(parts, lambda asking: typed(rule, asking.words))}"
        return report, (Control(SAVE, "Save", value, style="primary"),)
    if order.verb in ("show", "test"):
        return now_read(parts, lambda asking: commands.shown(asking, order.said)), ()
    is_first = order.verb == "start" or not now_read(parts, lambda asking: rules(asking.db, place.channel))
    if is_first:
        starter = Control(START, "Start with these", place.channel, style="primary")
        return now_read(parts, commands.starter_set), (starter,)
    return now_read(parts, lambda asking: commands.listed(asking, place.channel)), ()


def _edited(asking: Asking, called: str, text: str) -> tuple[Report, str]:
    one = commands.the_rule(asking, called)
    rule, report = commands.tried(asking, text)
    return report, f"{one.id} {typed(rule, asking.words)}"


def done(asking: Asking, order: AlertOrder) -> Report:
    """Pause, resume or remove a rule; its alerts end."""
    _end(asking, order.said)
    if order.verb == "remove":
        called = commands.the_rule(asking, order.said).id
        report = commands.removed(asking, order.said)
        forget_alerts(asking.db, called)
        return report
    return commands.paused(asking, order.said, on=order.verb == "resume")


def _end(asking: Asking, called: str) -> None:
    """End the alerts of a rule, and tell it in their threads."""
    for one in ended(asking, commands.the_rule(asking, called), asking.now):
        tell(asking.db, asking, one)
