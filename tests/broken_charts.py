"""Charts that cannot be drawn, in a module that the drawing process can import."""

from __future__ import annotations

import os
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kpi.charts.canvas import Canvas


@dataclass(frozen=True)
class Exits:
    """It ends the drawing process, as running out of memory does."""

    title: str = "Exits"
    subtitle: str = ""
    source: str = ""

    def draw(self, _canvas: Canvas) -> None:
        os._exit(9)


@dataclass(frozen=True)
class Hangs:
    """It never ends."""

    title: str = "Hangs"
    subtitle: str = ""
    source: str = ""

    def draw(self, _canvas: Canvas) -> None:
        time.sleep(3600)


@dataclass(frozen=True)
class Raises:
    """It has a mistake in it."""

    title: str = "Raises"
    subtitle: str = ""
    source: str = ""

    def draw(self, _canvas: Canvas) -> None:
        raise ZeroDivisionError("nothing was sent")
