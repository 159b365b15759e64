"""One drawing process for all tests of a process: each new one takes two seconds to import what it draws with."""

from __future__ import annotations

from functools import cache

from bot.drawing import Drawing


@cache
def one_drawing() -> Drawing:
    """Return it, started with the first test that needs it."""
    return Drawing()


def end_drawing() -> None:
    """Stop it where it was started."""
    if one_drawing.cache_info().currsize:
        one_drawing().close()
