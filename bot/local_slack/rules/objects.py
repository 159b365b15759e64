"""The parts that blocks and elements share: texts, options, confirmations, files."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.local_slack.rules.checks import by_type, choice, flag, many, pattern, shape, word

if TYPE_CHECKING:
    from bot.local_slack.rules.checks import Check


def plain(most: int) -> Check:
    """Ask for a plain_text object of at most so many characters."""
    return by_type({"plain_text": shape({"text": word(most)}, {"emoji": flag})})


def mrkdwn(most: int) -> Check:
    """Ask for a mrkdwn object of at most so many characters."""
    return by_type({"mrkdwn": _mrkdwn(most)})


def text(most: int) -> Check:
    """Ask for a text object of either kind."""
    return by_type({"plain_text": shape({"text": word(most)}, {"emoji": flag}), "mrkdwn": _mrkdwn(most)})


def _mrkdwn(most: int) -> Check:
    return shape({"text": word(most)}, {"verbatim": flag})


SLACK_FILE = shape({}, {"id": pattern(r"F[A-Z0-9]{8,}"), "url": word(3000)}, exactly_one=("id", "url"))

CONFIRM = shape(
    {"title": plain(100), "text": text(300), "confirm": plain(30), "deny": plain(30)},
    {"style": choice("primary", "danger")},
)

PLAIN_OPTION = shape({"text": plain(75), "value": word(150)}, {"description": plain(75)})

LINK_OPTION = shape({"text": plain(75), "value": word(150)}, {"description": plain(75), "url": word(3000)})

ANY_OPTION = shape({"text": text(75), "value": word(150)}, {"description": text(75)})


def options(item: Check, most: int) -> Check:
    """Ask for one to ``most`` options."""
    return many(item, 1, most)


GROUPS = many(shape({"label": plain(75), "options": options(PLAIN_OPTION, 100)}), 1, 100)
