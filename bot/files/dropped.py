"""A file dropped into the bot's direct message: read, shown as what it would change, imported on a press.

The file stays with Slack; it is fetched anew for every step, into a folder that is gone with the step.
"""

from __future__ import annotations

import json
import time
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from bot import slash
from bot.actions import place_of
from bot.blocks import VALUE, Control, message
from bot.files.command import require_importer
from bot.files.downloads import described, fetched
from bot.files.form import form, read
from bot.files.import_report import question_report
from bot.files.importing import By, Said, imported, reported
from bot.modals import entered, kept, refuse, show
from bot.once import Once
from bot.parts import Parts, Place
from bot.posting.outlets import Channel, PostError
from bot.replies import plain, words
from kpi.errors import Mistake, UnreadableFile
from kpi.report import Report, apology
from kpi.sources.unsaid import MAP, OPTIONS, Unsaid
from kpi.storage.importing.orders import OrdersImported
from kpi.storage.workspaces import team

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from slack_bolt import Ack

    from kpi.storage.importing.results import Imported

IMPORT, LEAVE, ANSWER = "file-import", "file-leave", "file-answer"
PATTERN = r"^file-(import|leave|answer)$"
FORM = "file"
SECONDS_BETWEEN_EDITS = 3.0
COLUMNS_ASKED = Unsaid(MAP)


@dataclass(frozen=True, slots=True)
class Dropped:
    """A file that Slack keeps, and what was said about it so far."""

    file: str
    said: Said = field(default_factory=Said)
    asks: tuple[Unsaid, ...] = ()
    """What has to be said."""

    def packed(self) -> str:
        """Return it as text, to be carried by a button."""
        return json.dumps(asdict(self), ensure_ascii=False, separators=(",", ":"))

    @classmethod
    def unpacked(cls, text: str) -> Dropped:
        """Return what a text carries."""
        told = json.loads(text)
        return cls(told["file"], Said(**told["said"]), tuple(Unsaid(**one) for one in told["asks"]))


def listener(parts: Parts) -> Callable[[dict[str, Any]], None]:
    """Return what hears of files; those in channels, and the bot's own charts, are nobody's import."""
    once = Once()

    def on_file(body: dict[str, Any]) -> None:
        event = body["event"]
        channel, user = event.get("channel_id", ""), event.get("user_id", "")
        is_for_us = channel.startswith("D") and user and user != parts.bot_user
        if is_for_us and once.is_new(body.get("event_id", "")):
            place = Place(channel, user)
            slash.safely(parts, place, lambda: _try_out(parts, place, Dropped(event["file_id"])))

    return on_file


def on_press(parts: Parts, ack: Ack, body: dict[str, Any]) -> None:
    """Import the file, ask what has to be said about it, or leave it."""
    ack()
    place, action = place_of(body), body["actions"][0]
    dropped, ts = Dropped.unpacked(action["value"]), body.get("container", {}).get("message_ts", "")
    do: dict[str, Callable[[], None]] = {
        IMPORT: lambda: _import(parts, place, dropped, ts),
        ANSWER: lambda: _ask(parts, place, dropped, ts, body["trigger_id"]),
        LEAVE: lambda: _edit(parts, place, ts, plain("Nothing was imported.")),
    }
    slash.safely(parts, place, do[action["action_id"]])


def on_form(parts: Parts, ack: Ack, body: dict[str, Any], view: dict[str, Any]) -> None:
    """Take what was said about the file, and show what it would change now."""
    told = kept(view)
    dropped = Dropped.unpacked(told["dropped"])
    said, wrong = read(dropped.said, entered(view))
    if wrong:
        refuse(ack, wrong)
        return
    ack()
    place = Place(told["channel"], body["user"]["id"])
    slash.safely(parts, place, lambda: _try_out(parts, place, Dropped(dropped.file, said), told["ts"]))


def _try_out(parts: Parts, place: Place, dropped: Dropped, ts: str = "") -> None:
    """Read the file, and show what it would change, or what has to be said first."""
    told = _admitted(parts, place, dropped.file)
    ts = ts or _begun(parts, place, f"Reading {told['name']} …")
    with _told(parts, place, ts, dropped):
        done = _done(parts, place, told, dropped, ts, dry_run=True)
        value = replace(dropped, asks=()).packed()
        if done.is_news:
            label, asks = done.otherwise
            more = (Control(ANSWER, label, replace(dropped, asks=asks).packed()),) if asks else ()
            buttons = (Control(IMPORT, "Import", value, style="primary"), *more, Control(LEAVE, "Leave", value))
            _edit(parts, place, ts, done.report, buttons)
        else:
            _edit(parts, place, ts, done.report)


def _import(parts: Parts, place: Place, dropped: Dropped, ts: str) -> None:
    told = _admitted(parts, place, dropped.file)
    press = f"{place.channel} {ts}"
    if not parts.pressed.is_new(press):
        return
    try:
        _edit(parts, place, ts, plain(f"Importing {told['name']} …"))
        with _told(parts, place, ts, dropped):
            _edit(parts, place, ts, _done(parts, place, told, dropped, ts, dry_run=False).report)
    finally:
        parts.pressed.forget(press)


def _ask(parts: Parts, place: Place, dropped: Dropped, ts: str, trigger: str) -> None:
    told = _admitted(parts, place, dropped.file)
    keeps = {"channel": place.channel, "ts": ts, "dropped": dropped.packed()}
    with TemporaryDirectory() as folder:
        path = fetched(parts, told, Path(folder)) if any(one.option == MAP for one in dropped.asks) else None
        view = form(FORM, parts, dropped.said, dropped.asks, path, keeps)
    show(parts.client, trigger, view)


def _admitted(parts: Parts, place: Place, file: str) -> dict[str, Any]:
    """Return what Slack says of a file that this person may import."""
    require_importer(slash.permission_at(parts, place))
    told = described(parts, file)
    if told.get("user") != place.user:
        raise Mistake("That file is somebody else's.", "Drop it here yourself.")
    return told


@dataclass(frozen=True, slots=True)
class _Done:
    report: Report
    is_news: bool
    otherwise: tuple[str, tuple[Unsaid, ...]]
    """What could be said otherwise: the words of a button, and what it asks for."""


def _done(parts: Parts, place: Place, told: dict[str, Any], dropped: Dropped, ts: str, *, dry_run: bool) -> _Done:
    by = By(place.user, parts.settings.secret, parts.now(), dry_run)
    progress = _progress(parts, place, ts, "Reading" if dry_run else "Importing", str(told["name"]))
    with TemporaryDirectory() as folder:
        path = fetched(parts, told, Path(folder))
        done = imported(parts.database, parts.workspace, path, dropped.said, by, progress)
    with parts.database.reading(parts.workspace) as db:
        report = reported(done, team(db).words)
    is_news = bool(done.new or done.changed or getattr(done, "introduced", ()))
    return _Done(report, is_news, _otherwise(done))


def _otherwise(done: Imported | OrdersImported) -> tuple[str, tuple[Unsaid, ...]]:
    if isinstance(done, OrdersImported):
        return "All of one campaign…", (Unsaid("campaign"),) if done.unled else ()
    options = (Unsaid.otherwise(name, told) for name, told in done.as_before.items() if name in OPTIONS)
    return "Change…", (*options, COLUMNS_ASKED) if done.columns or done.as_before else ()


def _progress(parts: Parts, place: Place, ts: str, verb: str, name: str) -> Callable[[str, int, int], None]:
    """Return what tells of a long import by editing its message, every few seconds."""
    last = time.monotonic()

    def told(_step: str, done: int, total: int) -> None:
        nonlocal last
        if time.monotonic() - last >= SECONDS_BETWEEN_EDITS:
            last = time.monotonic()
            _edit(parts, place, ts, plain(f"{verb} {name} … {100 * done // total if total else 0}%"))

    return told


@contextmanager
def _told(parts: Parts, place: Place, ts: str, dropped: Dropped) -> Iterator[None]:
    """Put what is wrong with a file into its message, with a button where saying something helps."""
    try:
        yield
    except Mistake as mistake:
        asks = mistake.unsaid if isinstance(mistake, UnreadableFile) else ()
        value = replace(dropped, asks=tuple(COLUMNS_ASKED if one.option == MAP else one for one in asks)).packed()
        if not isinstance(mistake, UnreadableFile) or not asks or len(value) > VALUE:
            _edit(parts, place, ts, apology(mistake))
            return
        buttons = (Control(ANSWER, "Answer…", value, style="primary"), Control(LEAVE, "Leave", value))
        _edit(parts, place, ts, question_report(mistake, "Nothing was imported yet."), buttons)
    except Exception:
        _edit(parts, place, ts, plain("I had to stop with this file."))
        raise


def _begun(parts: Parts, place: Place, said: str) -> str:
    sent = words(parts, (Channel(parts.client, place.channel, place.thread),), plain(said))
    return sent.ts if sent else ""


def _edit(parts: Parts, place: Place, ts: str, report: Report, controls: tuple[Control, ...] = ()) -> None:
    """Replace the file's message, or say it anew where it cannot be replaced."""
    channel = Channel(parts.client, place.channel, place.thread)
    try:
        channel.update(ts, message(report, {}, controls))
    except PostError:
        words(parts, (channel,), report, controls)
