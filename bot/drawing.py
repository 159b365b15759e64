"""Charts drawn in a process of their own, that is warm from the start and can be replaced when a drawing hangs."""

from __future__ import annotations

import logging
from collections import OrderedDict
from concurrent.futures import CancelledError, Future
from multiprocessing import get_context
from threading import Lock
from typing import TYPE_CHECKING

from pebble import ProcessExpired, ProcessPool

from kpi.charts.card import Card, Small

if TYPE_CHECKING:
    from kpi.charts import Chart

log = logging.getLogger(__name__)

SECONDS = 10
KEPT = 64
"""Pictures kept, so that one question asked by many is drawn once."""


class DrawingError(Exception):
    """The chart could not be drawn."""


class Drawing:
    """Draws charts; the same chart is drawn once, also when several ask for it at the same time."""

    def __init__(self, processes: int = 1) -> None:
        self._pool = ProcessPool(max_workers=processes, initializer=_warm, context=get_context("spawn"))
        self._drawn: OrderedDict[Chart, Future[bytes]] = OrderedDict()
        self._lock = Lock()

    def warm(self) -> None:
        """Start the process, so that the first question does not wait for it."""
        self._pool.schedule(_warm)

    def png(self, chart: Chart) -> bytes:
        """Return the picture of a chart; raise DrawingError where that fails or takes too long."""
        future = self._future(chart)
        try:
            return bytes(future.result())
        except (TimeoutError, ProcessExpired, CancelledError) as error:
            self._forget(chart)
            raise DrawingError(f"the drawing was given up: {type(error).__name__}") from error
        except Exception as error:
            self._forget(chart)
            raise DrawingError(f"the drawing failed: {error}") from error

    def close(self) -> None:
        """Stop the process."""
        self._pool.stop()  # type: ignore[no-untyped-call]
        self._pool.join()

    def _future(self, chart: Chart) -> Future[bytes]:
        with self._lock:
            future = self._drawn.get(chart)
            if future is None:
                future = self._drawn[chart] = self._pool.schedule(_draw, args=[chart], timeout=SECONDS)
                while len(self._drawn) > KEPT:
                    self._drawn.popitem(last=False)
            return future

    def _forget(self, chart: Chart) -> None:
        with self._lock:
            self._drawn.pop(chart, None)


def _warm() -> None:
    """Import what drawing needs and draw once, in the drawing process."""
    _draw(Card("Warm", "", (Small("Warm", "1", series=(1.0, 2.0, 3.0)),)))


def _draw(chart: Chart) -> bytes:
    from kpi.charts.canvas import png  # noqa: PLC0415  only this process needs matplotlib

    return png(chart)
