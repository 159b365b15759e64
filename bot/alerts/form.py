"""The forms about alerts: a rule with what it would have done, until when to snooze, what it was that we did."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.modals import Field, date_of, line, modal, show
from kpi.alerts import commands
from kpi.alerts.commands import asking_now
from kpi.alerts.words import typed
from kpi.errors import Mistake
from kpi.report import Note, Paragraph

if TYPE_CHECKING:
    from typing import Any

    from bot.parts import Parts, Place
    from kpi.report import Report

EDIT, UNTIL, OURS = "alert_edit", "alert_until", "alert_ours"
RULE, DAY, WHAT = "rule", "day", "what"
LONGEST = 200


def open_form(parts: Parts, place: Place, called: str) -> None:
    """Open the form with a rule as it is typed, and with what it would have done."""
    with parts.database.reading(parts.workspace) as db:
        asking = asking_now(db, parts.now())
        one = commands.the_rule(asking, called)
        text = typed(one.rule, asking.words)
        told = sentences(commands.tried(asking, text)[1])
    if not place.trigger:
        raise Mistake("I need the new rule.", f"Type it like this: alert edit {one.id} {text}.")
    show(parts.client, place.trigger, rule_form(text, told, {"called": one.id, "in": place.channel, "tried": text}))


def rule_form(text: str, told: tuple[str, ...], keeps: dict[str, str]) -> dict[str, Any]:
    """Return the form; what is shown below the rule is about the rule that is typed there."""
    pieces: list[Field | str] = [
        Field(RULE, "Alert me when", line(text, longest=LONGEST), "Save shows first what a new rule would have done."),
        *told,
    ]
    return modal(EDIT, "Edit alert", pieces, submit="Save", keeps=keeps)


def open_until(parts: Parts, place: Place, value: str) -> None:
    """Ask until which day to snooze."""
    fields: tuple[Field | str, ...] = (Field(DAY, "Say nothing until the morning of", date_of()),)
    show(
        parts.client,
        place.trigger,
        modal(UNTIL, "Snooze", fields, submit="Snooze", keeps={"value": value, "in": place.channel}),
    )


def open_ours(parts: Parts, place: Place, value: str) -> None:
    """Ask what it was that we did ourselves."""
    said = line(placeholder="price test, holiday, wrong link …", longest=60)
    fields: tuple[Field | str, ...] = (Field(WHAT, "What happened?", said),)
    intro = "It is noted on these days, and they are left out of what is usual."
    keeps = {"value": value, "in": place.channel}
    show(parts.client, place.trigger, modal(OURS, "It was us", fields, submit="Note it", intro=intro, keeps=keeps))


def sentences(report: Report) -> tuple[str, ...]:
    """Return what a report says, as plain sentences."""
    return tuple(piece.text for piece in report.pieces if isinstance(piece, Paragraph | Note))
