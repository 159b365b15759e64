"""An answer on its way to the asker: words first, then the chart into the same message."""

from __future__ import annotations

import logging
import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from slack_sdk.errors import SlackApiError

from bot.blocks import Control, escaped, message
from bot.drawing import DrawingError
from bot.posting.outlets import Channel, Hook, Outlet, PostError, Whisper
from bot.uploads import UploadError, uploaded
from kpi.errors import Mistake
from kpi.report import Note, Paragraph, Report, Table
from kpi.storage.workspaces import remember_plain_tables, team

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from bot.access import Permission
    from bot.parts import Parts, Place

log = logging.getLogger(__name__)

NOT_YET_READY = "invalid_blocks"
PATIENCE = (1, 2, 4)
"""Seconds before a picture that Slack calls invalid is tried again: it may still be scanned."""
NO_FILES = "Without its chart: I could not post it here myself. Type /invite @kpi to let me in."
NO_CHART = "The chart is missing: Slack did not take it. The figures above are complete."


class Unsure(Mistake):
    """Slack did not say whether it took my answer."""


@dataclass(frozen=True, slots=True)
class Sent:
    """A message that Slack has: how it went, and what it would be edited with."""

    outlet: Outlet
    ts: str
    controls: tuple[Control, ...]
    plain_tables: bool


def outlets(parts: Parts, place: Place, permission: Permission) -> tuple[Outlet, ...]:
    """Return the ways for an answer, the best first: for everybody in an opened channel, else for the asker alone."""
    channel = Channel(parts.client, place.channel, place.thread)
    if is_own_dm(parts, place):
        return (channel, *privately(parts, place))
    if permission.is_open:
        return (channel, Hook(place.response_url, visible=True)) if place.response_url else (channel,)
    return privately(parts, place)


def privately(parts: Parts, place: Place) -> tuple[Outlet, ...]:
    """Return the ways to tell the asker alone."""
    whisper = Whisper(parts.client, place.channel, place.user, place.thread)
    return (Hook(place.response_url), whisper) if place.response_url else (whisper,)


def is_own_dm(parts: Parts, place: Place) -> bool:
    """Tell whether the place is the person's direct message with the bot, not one between two people."""
    return place.channel.startswith("D") and place.channel == dm_of(parts, place.user)


def dm_of(parts: Parts, user: str) -> str:
    """Return the direct message channel of a person, '' where the app may not open one."""
    try:
        return str(parts.client.conversations_open(users=user)["channel"]["id"])
    except SlackApiError as error:
        log.warning("no direct message to %s: %s", user, error.response.get("error"))
        return ""


def words(parts: Parts, ways: Sequence[Outlet], report: Report, controls: tuple[Control, ...] = ()) -> Sent | None:
    """Send the words by the first way that takes them; None, and a line in the log, where none does.

    Raise Unsure where Slack may have taken them: sent once more, they could stand there twice.
    """
    for outlet in ways:
        for draft, plain in _drafts(parts, _with_what_is_missing(report, outlet), controls):
            try:
                ts = outlet.send(draft)
            except PostError as error:
                log.warning("%s did not take an answer: %s", type(outlet).__name__, error)
                if error.perhaps_sent:
                    raise Unsure(hint="If you cannot see it, ask again.") from error
                if error.code != NOT_YET_READY:
                    break
            else:
                _remember(parts, report, plain=plain)
                return Sent(outlet, ts, controls, plain)
    log.error("an answer reached nobody: %d ways failed", len(ways))
    return None


def instead(parts: Parts, place: Place, report: Report, controls: tuple[Control, ...] = ()) -> None:
    """Put a report in the place of the pressed message, so that it cannot be pressed again; else send it."""
    try:
        Hook(place.response_url).update("", message(report, {}, controls))
    except PostError:
        words(parts, privately(parts, place), report, controls)


def pictures(parts: Parts, sent: Sent | None, report: Report) -> None:
    """Draw the charts and put them into the message that already stands; without them it says that one is missing."""
    if sent is None or not sent.outlet.holds_pictures or not report.pictures:
        return
    try:
        with parts.easels:
            _place(sent, report, _files(parts, report))
    except (DrawingError, UploadError, PostError) as error:
        log.warning("an answer went out without its chart: %s", error)
        noted = replace(report, pieces=(*report.pieces, Note(NO_CHART)))
        _edit(sent, message(noted, {}, sent.controls, plain_tables=sent.plain_tables))


def _with_what_is_missing(report: Report, outlet: Outlet) -> Report:
    """Say of an answer for everybody that its chart cannot come along; a private one offers it by a button."""
    if isinstance(outlet, Hook) and outlet.visible and report.pictures:
        return replace(report, pieces=(*report.pieces, Note(NO_FILES)))
    return report


def plain(text: str, hint: str = "") -> Report:
    """Return a sentence, and perhaps a hint, as a report."""
    return Report(text, (Paragraph(text), *([Note(hint)] if hint else [])))


def _files(parts: Parts, report: Report) -> dict[int, str]:
    drawn = [(parts.drawing.png(picture.chart), picture.alt) for picture in report.pictures]
    return {number: uploaded(parts.client, png, alt) for number, (png, alt) in enumerate(drawn)}


def _place(sent: Sent, report: Report, files: dict[int, str]) -> None:
    complete = message(report, files, sent.controls, plain_tables=sent.plain_tables)
    for pause in (*PATIENCE, 0):
        try:
            sent.outlet.update(sent.ts, complete)
        except PostError as error:
            if error.code != NOT_YET_READY or not pause:
                raise
            time.sleep(pause)
        else:
            return


def _edit(sent: Sent, said: dict[str, Any]) -> None:
    try:
        sent.outlet.update(sent.ts, said)
    except PostError as error:
        log.warning("a message could not be edited: %s", error)


def _drafts(parts: Parts, report: Report, controls: tuple[Control, ...]) -> Iterator[tuple[dict[str, Any], bool]]:
    """Yield ever plainer forms of a message: with a table, with aligned text, as a bare sentence."""
    with parts.database.reading(parts.workspace) as db:
        plain_only = team(db).plain_tables
    if not plain_only:
        yield message(report, {}, controls), False
    if plain_only or _has_table(report):
        yield message(report, {}, controls, plain_tables=True), True
    yield {"text": escaped(report.headline)}, plain_only


def _has_table(report: Report) -> bool:
    return any(isinstance(piece, Table) for piece in report.pieces)


def _remember(parts: Parts, report: Report, *, plain: bool) -> None:
    """Keep in mind that tables were refused, once a message with a table went through only as aligned text."""
    if plain and _has_table(report):
        parts.database.written(parts.workspace, remember_plain_tables)
