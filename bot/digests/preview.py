"""A digest as it would be posted, sent to one person: the message, its thread, its page."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from bot.drawing import DrawingError
from bot.posting.drafts import paged
from bot.posting.outlets import Channel, PostError
from bot.replies import dm_of, pictures, words
from bot.uploads import UploadError, uploaded_page

if TYPE_CHECKING:
    from bot.parts import Parts
    from bot.posting.drafts import Post

log = logging.getLogger(__name__)


def shown_to(parts: Parts, user: str, post: Post) -> bool:
    """Send somebody a post as a direct message, and tell whether that could be done."""
    dm = dm_of(parts, user)
    sent = words(parts, (Channel(parts.client, dm),), post.message) if dm else None
    if sent is None:
        return False
    pictures(parts, sent, post.message)
    thread = Channel(parts.client, dm, sent.ts)
    if post.thread:
        pictures(parts, words(parts, (thread,), post.thread), post.thread)
    if post.page:
        try:
            thread.send(paged(post.page, uploaded_page(parts.client, parts.drawing.pdf(post.page), post.page.title)))
        except (DrawingError, UploadError, PostError) as error:
            log.warning("a preview came without its page: %s", error)
    return True
