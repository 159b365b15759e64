"""What is posted, put into words for Slack once: the message, ever plainer forms of it, and what follows under it."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from bot.blocks import Control, escaped, linked, message
from bot.replies import NO_CHART
from kpi.report import Note, Report
from kpi.storage.ledger import PAGE, PLANNED, READY, THREAD, WATCH, Entry
from kpi.storage.workspaces import team

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from bot.parts import Parts
    from kpi.charts.page import Page

FIRST_LOOK = timedelta(hours=1)
"""From then on the figures of a digest are looked after."""
NO_PAGE = "The page to print is missing: Slack did not take it."


@dataclass(frozen=True, slots=True)
class Post:
    """What is to be posted: a message that stands alone, more in the thread under it, a page to print."""

    message: Report
    thread: Report | None = None
    page: Page | None = None
    kept: str = ""
    """The figures that it tells, to say later what has changed of them."""
    controls: tuple[Control, ...] = ()
    """The buttons of the message."""
    instead: Report | None = None
    """What is said in the thread where Slack refuses to have a message replaced."""


@dataclass(frozen=True, slots=True)
class Uploads:
    """The files of a post in Slack: of the n-th picture of the message and of the thread, and the page's link."""

    message: Mapping[int, str]
    thread: Mapping[int, str]
    page: str = ""


def drafted(parts: Parts, post: Post, files: Uploads) -> str:
    """Return a post as the ledger keeps it: everything that is needed to post it, as JSON."""
    follows = {}
    thread = post.thread
    if post.page and files.page:
        follows[PAGE] = [paged(post.page, files.page)]
    elif post.page and thread:
        thread = replace(thread, pieces=(*thread.pieces, Note(NO_PAGE)))
    if thread:
        follows[THREAD] = forms(parts, thread, files.thread)
    told = {
        "drafts": forms(parts, post.message, files.message, post.controls),
        "context": post.message.context,
        "follows": follows,
    }
    if post.instead:
        told["instead"] = forms(parts, post.instead, {})
    return json.dumps(told, ensure_ascii=False)


def paged(page: Page, link: str) -> dict[str, Any]:
    """Return the message that shows a page to print."""
    said = linked("On one page, to print or to forward:", link, page.title)
    return said | {"unfurl_links": True, "unfurl_media": True}


def following(entry: Entry, ts: str, now: datetime) -> list[Entry]:
    """Return what follows a message that stands in Slack now: the details, the page, who looks after its figures."""
    follows = json.loads(entry.message).get("follows", {})
    look = now + FIRST_LOOK
    watch = Entry(
        entry.schedule, entry.slot, f"{WATCH}: {entry.piece}", PLANNED, entry.channel, look, look,
        kept=entry.kept, edits=ts,
    )  # fmt: skip
    under = [
        Entry(
            entry.schedule, entry.slot, f"{kind}: {entry.piece}", READY, entry.channel, now, now,
            message=json.dumps({"drafts": follows[kind]}, ensure_ascii=False), thread=ts,
        )
        for kind in (THREAD, PAGE) if ts and kind in follows
    ]  # fmt: skip
    return [*under, *([watch] if ts and entry.kept else [])]


def forms(
    parts: Parts, report: Report, files: Mapping[int, str], controls: tuple[Control, ...] = ()
) -> list[dict[str, Any]]:
    """Return a message and ever plainer forms of it, for a Slack that refuses the first."""
    if len(files) < len(report.pictures):
        report = replace(report, pieces=(*report.pieces, Note(NO_CHART)))
    with parts.database.reading(parts.workspace) as db:
        plain_only = team(db).plain_tables
    fancy = [] if plain_only else [message(report, files, controls)]
    plainer = [message(report, shown, controls, plain_tables=True) for shown in ((files, {}) if files else ({},))]
    return [*fancy, *plainer, {"text": escaped(report.headline)}]
