"""What drawing leaves behind in its process: nothing."""

from __future__ import annotations

import gc

from matplotlib.figure import Figure

from bot.drawing import _draw, _print
from kpi.charts.card import Card, Small


def figures() -> int:
    return sum(type(one) is Figure for one in gc.get_objects())


def test_no_figure_outlives_its_picture() -> None:
    chart = Card("Spring", "", (Small("Orders", "3", series=(1.0, 2.0, 3.0)),))
    gc.collect()
    before = figures()
    gc.disable()
    try:
        assert _draw(chart).startswith(b"\x89PNG")
        assert figures() == before
        assert _print(chart).startswith(b"%PDF")
        assert figures() == before
    finally:
        gc.enable()
