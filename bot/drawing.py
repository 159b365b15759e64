"""Charts drawn in a process of their own, that is warm from the start and can be replaced when a drawing hangs."""

from __future__ import annotations

import gc
import logging
import signal
from collections import OrderedDict
from concurrent.futures import CancelledError, Future
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import get_context
from threading import Lock
from typing import TYPE_CHECKING

from pebble import ProcessExpired, ProcessPool

from kpi.charts.card import Card, Small

if TYPE_CHECKING:
    from collections.abc import Callable

    from kpi.charts import Chart

    Drawn = tuple[Callable[[Chart], bytes], Chart]
    """How something is drawn, and what."""

log = logging.getLogger(__name__)

SECONDS = 10
KEPT = 64
"""Pictures kept, so that one question asked by many is drawn once."""


_EXAMPLE = Card("Warm", "", (Small("Warm", "1", series=(1.0, 2.0, 3.0)),))


class DrawingError(Exception):
    """The chart could not be drawn."""


class Drawing:
    """Draws charts; the same chart is drawn once, also when several ask for it at the same time."""

    def __init__(self, processes: int = 1) -> None:
        self._processes = processes
        self._pool = _pool(processes)
        self._drawn: OrderedDict[Drawn, Future[bytes]] = OrderedDict()
        self._lock = Lock()

    def warm(self) -> None:
        """Start the process, so that the first question does not wait for it."""
        self._pool.schedule(_draw, args=[_EXAMPLE])

    def png(self, chart: Chart) -> bytes:
        """Return the picture of a chart; raise DrawingError where that fails or takes too long."""
        return self._drawn_in_time((_draw, chart))

    def pdf(self, page: Chart) -> bytes:
        """Return a page to print; raise DrawingError where that fails or takes too long."""
        return self._drawn_in_time((_print, page))

    def close(self) -> None:
        """Stop the process."""
        _stop(self._pool)

    def _drawn_in_time(self, wanted: Drawn) -> bytes:
        for _ in range(2):
            try:
                return self._drawing(wanted)
            except BrokenProcessPool:  # the process had died while there was nothing to draw
                self._forget(wanted)
        raise DrawingError("the drawing process died twice")

    def _drawing(self, wanted: Drawn) -> bytes:
        try:
            return bytes(self._future(wanted).result())
        except BrokenProcessPool:
            raise
        except (TimeoutError, ProcessExpired, CancelledError) as error:
            self._forget(wanted)
            raise DrawingError(f"the drawing was given up: {type(error).__name__}") from error
        except Exception as error:
            self._forget(wanted)
            raise DrawingError(f"the drawing failed: {error}") from error

    def _future(self, wanted: Drawn) -> Future[bytes]:
        with self._lock:
            future = self._drawn.get(wanted)
            if future is None:
                self._replace_if_dead()
                how, chart = wanted
                future = self._drawn[wanted] = self._pool.schedule(how, args=[chart], timeout=SECONDS)
                while len(self._drawn) > KEPT:
                    self._drawn.popitem(last=False)
            return future

    def _replace_if_dead(self) -> None:
        """Put a new process in the place of one that was killed, since its pool will never draw again."""
        if not self._pool.active:
            log.warning("the drawing process had died, a new one takes its place")
            _stop(self._pool)
            self._pool = _pool(self._processes)

    def _forget(self, wanted: Drawn) -> None:
        with self._lock:
            self._drawn.pop(wanted, None)


def _pool(processes: int) -> ProcessPool:
    return ProcessPool(max_workers=processes, initializer=_warm, context=get_context("spawn"))


def _stop(pool: ProcessPool) -> None:
    pool.stop()  # type: ignore[no-untyped-call]
    pool.join()


def _warm() -> None:
    """Import what drawing needs and draw once, in the drawing process; Ctrl+C is for the process that started it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _draw(_EXAMPLE)
    gc.freeze()  # so that looking for figures afterwards takes no time


def _draw(chart: Chart) -> bytes:
    from kpi.charts.canvas import png  # noqa: PLC0415  only this process needs matplotlib

    drawn = png(chart)
    gc.collect()  # a figure and its sheet hold each other
    return drawn


def _print(page: Chart) -> bytes:
    from kpi.charts.canvas import pdf  # noqa: PLC0415  only this process needs matplotlib

    drawn = pdf(page)
    gc.collect()
    return drawn
