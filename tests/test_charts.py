"""Charts are drawn for real: the right size, the same bytes, every extreme, and no words cut off or on others."""

from __future__ import annotations

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from io import BytesIO
from itertools import combinations
from multiprocessing import get_context
from typing import TYPE_CHECKING

import pytest
from matplotlib.text import Text
from PIL import Image

from kpi.charts import canvas as canvas_module
from kpi.charts.canvas import Canvas, png
from kpi.charts.card import Card, Small
from kpi.charts.hero import Cell, Hero
from kpi.charts.ranking import Rank, Ranking
from kpi.charts.trend import Trend
from kpi.units import Unit
from kpi.wording import Words

if TYPE_CHECKING:
    from kpi.charts import Chart

WORDS = Words()
SOURCE = "WhatsApp and Shopify, updated 22 Nov, 09:10"
SMALLS = (
    Small(
        "Revenue",
        "€45.9K",
        "▲ 12% vs the week before",
        good=True,
        series=(31e3, 36e3, 34e3, 41e3, 45.9e3),
        usual=(30e3, 42e3),
    ),
    Small(
        "Delivery rate",
        "90.0%",
        "▼ 6.0 pt vs the week before",
        good=False,
        series=(0.95, 0.96, None, 0.9),
        usual=(0.93, 0.97),
    ),
    Small("Click-through rate", "11.9%", "▲ 0.7 pt vs the week before", series=(0.1, 0.11, 0.119), filling=1),
    Small("Conversion rate", "1.55%", "nothing before"),
)
CARD = Card("Week 47: revenue up 12%, delivery slipping", "16 to 22 November 2026", SMALLS, SOURCE)
TREND = Trend(
    "Click-through rate climbs to 8.1%",
    "Clickers of delivered per day",
    tuple(f"{day} Nov" for day in range(1, 8)),
    (0.071, 0.078, None, 0.082, 0.091, 0.093, 0.081),
    Unit.SHARE,
    WORDS,
    before=(0.065, 0.07, 0.072, 0.069, 0.08, 0.085, 0.079),
    before_label="week before",
    usual=(0.065, 0.085),
    filling=2,
    source=SOURCE,
)
NAMES = (
    "Spring sale",
    "Black Friday early access",
    "Cart reminder",
    "Win-back 90 days",
    "Mother's Day",
    "New",
    "B",
    "C",
)
ROWS = tuple(
    Rank(name, share, WORDS.short(share, Unit.SHARE), share * 0.9, share * 1.2, f"of {9_000 - at * 1_000:,}", at != 3)
    for at, (name, share) in enumerate(zip(NAMES, (0.131, 0.118, 0.104, 0.097, 0.083, 0.061, 0.02, 0), strict=True))
)
RANKING = Ranking(
    "Spring sale has the highest click-through rate",
    "Clickers of delivered",
    ROWS,
    Unit.SHARE,
    WORDS,
    usual=0.079,
    usual_label="usual 7.9%",
    others="12 others between 1.1% and 4.0%",
    source=SOURCE,
)
CELLS = (
    Cell(
        "Revenue",
        "€45.9K",
        ("▲ 12% vs week 46", "usually €37.2K"),
        good=True,
        series=(31e3, 36e3, 34e3, None, 45.9e3),
        usual=(30e3, 37.2e3, 42e3),
    ),
    Cell("Revenue less campaign cost", "€38.5K", ("so far",), series=(21e3, None, 38.5e3), filling=True),
    Cell(
        "ROCS",
        "0.85x",
        ("▼ 86% vs week 46", "usually 6.2x"),
        good=False,
        series=(7.1, 6.2, 0.85),
        usual=(5.5, 6.2, 7.0),
    ),
    Cell("Delivery rate", "95.5%", series=(0.951, 0.96, None), from_zero=False),
)
HERO = Hero("Week 47: revenue €45.9K, above the usual €30K to €42K", "WhatsApp by week", CELLS, SOURCE)
CHARTS: tuple[Chart, ...] = (CARD, TREND, RANKING, HERO)

EXTREMES: dict[str, tuple[float | None, ...]] = {
    "nothing": (),
    "unknown": (None, None, None),
    "zero": (0.0,),
    "zeros": (0.0, 0.0, 0.0),
    "one": (0.97,),
    "equal": (0.97, 0.97, 0.97),
    "near": (0.9412, 0.9413, 0.9414),
    "huge": (1e9, 2e9, 1.5e9),
    "tiny": (1e-6, 2e-6, 1.5e-6),
    "both": (1e-6, 1e9, None, 0.0),
    "lost": (-5_000.0, -120.0, -9_800.0),
    "lost and won": (-5_000.0, 120.0, None, 98_000.0),
    "a year": tuple(float(day % 7) for day in range(365)),
}
FOREIGN = (
    "春节大促 Lunar New Year",
    "Скидки до 50 %",
    "عروض الجمعة البيضاء",
    "דיל סוף שבוע",
    "दिवाली ऑफ़र",
    "Tết Nguyên Đán 🎉",
    "🎉🎁",
    "👩‍👩‍👧‍👦 Family day ❤️",
    "$x^2$ and $$ \\frac{1}{2}",
    "Ünïcödé e\u0301\u0301\u0301 \u202eright to left\u202c",
    "tab\tand\nnew line \x00",
    " ",
    "A" * 300,
    "Everything must go " * 16,
)


def words_on(chart: Chart) -> list[Text]:
    canvas = Canvas()
    canvas.draw(chart)
    return [text for text in canvas.figure.findobj(Text) if isinstance(text, Text) and text.get_text()]


def assert_tidy(chart: Chart) -> None:
    """No words leave the picture or lie on others, and none is smaller than a phone can show."""
    texts = words_on(chart)
    extents = [(text.get_text(), text.get_window_extent()) for text in texts]
    for text, box in extents:
        assert box.x0 >= 20, text
        assert box.y0 >= 15, text
        assert box.x1 <= 1180, text
        assert box.y1 <= 660, text
    for (one, first), (other, second) in combinations(extents, 2):
        wide = min(first.x1, second.x1) - max(first.x0, second.x0)
        high = min(first.y1, second.y1) - max(first.y0, second.y0)
        assert wide <= 1 or high <= 1, f"{one!r} lies on {other!r}"
    assert all(float(text.get_fontsize()) >= 8.5 for text in texts)


@pytest.mark.parametrize("chart", CHARTS)
def test_a_picture_has_the_size_of_slack_and_is_opaque(chart: Chart) -> None:
    picture = Image.open(BytesIO(png(chart)))
    assert picture.size == (1200, 675)
    assert "transparency" not in picture.info
    assert picture.convert("RGBA").getchannel("A").getextrema() == (255, 255)
    assert picture.convert("RGB").getpixel((0, 0)) == (255, 255, 255)


@pytest.mark.parametrize("chart", CHARTS)
def test_a_picture_is_not_empty(chart: Chart) -> None:
    palette = Image.open(BytesIO(png(chart))).getpalette() or []
    colours = zip(palette[::3], palette[1::3], palette[2::3], strict=True)
    assert any(red < 40 and green > 90 and blue > 150 for red, green, blue in colours), "no blue accent"


def test_the_same_chart_gives_the_same_bytes_in_threads_and_in_another_process() -> None:
    first = [png(chart) for chart in CHARTS]
    with ThreadPoolExecutor(4) as threads:
        assert list(threads.map(png, CHARTS * 3)) == first * 3
    with get_context("spawn").Pool(1) as process:
        assert process.map(png, CHARTS) == first


@pytest.mark.parametrize("count", range(5))
def test_one_to_four_cards_are_tidy(count: int) -> None:
    assert_tidy(replace(CARD, cards=SMALLS[:count]))


def test_a_card_without_days_draws_no_empty_axes() -> None:
    lines = []
    for series in ((), (5.0,), (None, 5.0, None), (5.0, 6.0)):
        canvas = Canvas()
        canvas.draw(replace(CARD, cards=(Small("Revenue", "€5", series=series, usual=(4.0, 6.0)),)))
        lines.append(sum(not isinstance(artist, Text) for artist in canvas.figure.artists))
    assert lines[0] == lines[1] == lines[2] == 0
    assert lines[3] > 0


@pytest.mark.parametrize("values", EXTREMES.values(), ids=EXTREMES)
@pytest.mark.parametrize("unit", [Unit.SHARE, Unit.MONEY])
def test_a_trend_of_extreme_values_is_tidy(values: tuple[float | None, ...], unit: Unit) -> None:
    labels = tuple(f"{day} Nov" for day in range(1, len(values) + 1))
    plain = replace(TREND, labels=labels, values=values, unit=unit, before=(), usual=None, filling=0)
    assert_tidy(plain)
    assert_tidy(replace(plain, before=values[::-1], usual=(0.0, 1e5), filling=1))


def test_a_trend_of_nothing_says_so() -> None:
    shown = [text.get_text() for text in words_on(replace(TREND, values=(None, None)))]
    assert "Nothing known in this period" in shown


def test_a_trend_says_what_is_still_filling() -> None:
    assert "still filling" in [text.get_text() for text in words_on(TREND)]
    assert "still filling" not in [text.get_text() for text in words_on(replace(TREND, filling=0))]


def test_small_shares_begin_at_zero_and_large_ones_may_be_cropped() -> None:
    assert "0%" in [text.get_text() for text in words_on(TREND)]
    delivery = replace(TREND, values=(0.97, 0.95, 0.96), before=(), usual=None)
    assert "0%" not in [text.get_text() for text in words_on(delivery)]


def test_marks_on_an_axis_are_never_written_alike() -> None:
    for values in EXTREMES.values():
        chart = replace(TREND, values=values, before=(), usual=None, filling=0, labels=(), source="", unit=Unit.COUNT)
        marks = [text.get_text() for text in words_on(chart) if text.get_horizontalalignment() == "right"]
        assert len(set(marks)) == len(marks)


@pytest.mark.parametrize("values", EXTREMES.values(), ids=EXTREMES)
def test_a_week_of_extreme_values_is_tidy(values: tuple[float | None, ...]) -> None:
    assert_tidy(replace(HERO, cells=tuple(replace(cell, series=values) for cell in CELLS)))
    bare = tuple(replace(cell, series=values, usual=None, from_zero=False, filling=True) for cell in CELLS)
    assert_tidy(replace(HERO, cells=bare[:3], source=""))


@pytest.mark.parametrize("values", EXTREMES.values(), ids=EXTREMES)
@pytest.mark.parametrize("unit", [Unit.SHARE, Unit.MONEY])
def test_a_ranking_of_extreme_values_is_tidy(values: tuple[float | None, ...], unit: Unit) -> None:
    known = [value for value in values[:8] if value is not None]
    rows = tuple(Rank(name, value, WORDS.shown(value, unit)) for name, value in zip(NAMES, known, strict=False))
    assert_tidy(replace(RANKING, rows=rows, unit=unit, usual=None))
    wide = tuple(replace(row, low=row.value - 1e6, high=row.value + 1e6, detail="of 1,234,567 sent") for row in rows)
    assert_tidy(replace(RANKING, rows=wide, unit=unit, usual_label=""))


@pytest.mark.parametrize("count", range(1, 9))
def test_one_to_eight_rows_are_tidy(count: int) -> None:
    assert_tidy(replace(RANKING, rows=ROWS[:count]))
    high = tuple(replace(row, value=0.9 + row.value / 2, low=None, high=None) for row in ROWS[:count])
    assert_tidy(replace(RANKING, rows=high, usual=0.95))


@pytest.mark.parametrize("name", FOREIGN)
def test_a_name_in_any_script_is_drawn_in_its_room(name: str) -> None:
    smalls = tuple(replace(small, label=name, shown=name, change=name) for small in SMALLS)
    assert_tidy(replace(CARD, title=name, subtitle=name, cards=smalls, source=name))
    assert_tidy(replace(TREND, title=name, subtitle=name, labels=(name,) * 7, before_label=name, source=name))
    cells = tuple(replace(cell, label=name, shown=name, lines=(name, name)) for cell in CELLS)
    assert_tidy(replace(HERO, title=name, subtitle=name, cells=cells, source=name))
    rows = tuple(replace(row, name=name, shown=name, detail=name) for row in ROWS)
    ranking = replace(RANKING, title=name, subtitle=name, rows=rows, usual_label=name, others=name, source=name)
    assert_tidy(ranking)
    assert png(ranking)


def test_names_are_written_in_letters_that_the_fonts_have() -> None:
    shown = [words_on(replace(CARD, title=name, subtitle="", cards=()))[0].get_text() for name in FOREIGN[:11]]
    assert shown[0] == "ChunJieDaCu Lunar New Year"
    assert shown[1] == "Скидки до 50 %"
    assert shown[5] == "Tết Nguyên Đán"
    assert shown[6] == "tada gift"
    assert shown[7] == "Family day"
    assert shown[8] == FOREIGN[8]
    assert shown[10] == "tab and new line"


@pytest.mark.parametrize("module", ["card", "trend", "ranking", "hero"])
def test_describing_a_chart_does_not_load_matplotlib(module: str) -> None:
    code = f"import sys, kpi.charts.{module}; sys.exit('matplotlib' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0  # noqa: S603


def test_the_fonts_are_small_and_licensed() -> None:
    fonts = canvas_module.FONTS
    assert all(path.stat().st_size < 400_000 for path in fonts.glob("*.ttf"))
    assert "SIL OPEN FONT LICENSE" in (fonts / "OFL.txt").read_text()
