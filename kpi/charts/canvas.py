"""One look for every chart, and PNG out; the only module that knows matplotlib.

Lengths are in points, from the lower left corner. No global style is touched, so charts may be drawn in many threads,
and the same chart gives the same bytes everywhere.
"""

from __future__ import annotations

from functools import cache, partial
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, cast

from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.backends.backend_pdf import FigureCanvasPdf
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties, findfont, fontManager, get_font
from matplotlib.ft2font import LoadFlags
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle
from matplotlib.text import Text
from matplotlib.transforms import Affine2D
from PIL import Image

from kpi.charts import look
from kpi.charts.geometry import Box
from kpi.charts.lettering import cut, drawable, wrapped

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kpi.charts import Chart
    from kpi.charts.look import Type

WIDTH, HEIGHT = 432.0, 243.0
"""1200 x 675 pixels: 600 wide on a desktop, 360 on a phone, sharp on both."""
POINTS_PER_INCH = 72
DPI = 200
MARGIN = 14.0
A4, PAGE_MARGIN = (595.0, 842.0), 48.0
BELOW_TITLE = 3.0
"""Between title and subtitle, besides the leading."""
ABOVE_CHART = 15.0
ABOVE_SOURCE = 8.0
ONE_LINE_TITLE = 11.5
"""A title may shrink so far to stay on one line; below that it takes two."""
COLOURS = 128
"""Enough for every shade at the edges of the letters, and a file of a quarter of the size."""
FAST = 2
"""The level of compression: more takes longer and saves little of a palette."""
FAMILY = ("Inter KPI", "DejaVu Sans")
ALLOWANCE = 1.01
"""Hinting may make a line of text a little wider than the sum of its letters."""
EM = 100.0
FRACTIONS = 1 << 16
"""FreeType's fractions of a pixel."""
FONTS = Path(__file__).parent / "fonts"
DASHES = (0, (2.5, 1.8))

Align = Literal["left", "center", "right"]
BEFORE = {"left": 0.0, "center": 0.5, "right": 1.0}
"""The part of a text that stands before the point it is set at."""


class TextLine(Text):
    """One line on a baseline, drawn without the layout that only paragraphs need: in half the time."""

    def draw(self, renderer: Any) -> None:  # noqa: ANN401  matplotlib does not annotate its renderers
        """Draw the letters where they belong."""
        font, text = self.get_fontproperties(), self.get_text()
        x, y = self.get_transform().transform(self.get_position())
        if before := BEFORE[self.get_horizontalalignment()]:
            x -= before * renderer.get_text_width_height_descent(text, font, ismath=False)[0]
        pen = renderer.new_gc()
        pen.set_foreground(self.get_color())
        renderer.draw_text(pen, x, renderer.height - y if renderer.flipy() else y, text, font, 0, mtext=self)
        pen.restore()


class Canvas:
    """A white sheet that charts draw on."""

    def __init__(self, width: float = WIDTH, height: float = HEIGHT, margin: float = MARGIN, dpi: float = DPI) -> None:
        size = (width / POINTS_PER_INCH, height / POINTS_PER_INCH)
        self.figure = Figure(figsize=size, dpi=dpi, facecolor=look.WHITE)
        self.area = Box(margin, margin, width - 2 * margin, height - 2 * margin)
        """What is still free: the whole sheet, and below title and subtitle once these are drawn."""
        self._agg: Any = FigureCanvasAgg(self.figure)
        self._points = Affine2D().scale(dpi / POINTS_PER_INCH)

    def draw(self, chart: Chart) -> None:
        """Draw a chart with everything around it."""
        self._head(chart.title, chart.subtitle)
        self._foot(chart.source)
        chart.draw(self)

    def png(self) -> bytes:
        """Return what was drawn as an opaque PNG, and wipe the sheet."""
        self._agg.draw()
        pixels = Image.frombuffer("RGBA", self._agg.get_width_height(), self._agg.buffer_rgba(), "raw", "RGBA", 0, 1)
        file = BytesIO()
        _flat(pixels.convert("RGB")).save(file, "png", compress_level=FAST)
        self.figure.clear()
        return file.getvalue()

    def pdf(self, title: str) -> bytes:
        """Return what was drawn as a PDF page with its fonts in it, the same bytes each time, and wipe the sheet."""
        file = BytesIO()
        sheet: Any = FigureCanvasPdf(self.figure)
        sheet.print_pdf(file, metadata={"Title": title, "CreationDate": None})
        self.figure.clear()
        return file.getvalue()

    def width(self, text: str, kind: Type) -> float:
        """Return how wide a text will be."""
        return _measured(drawable(text, _alphabet()), kind)

    def fitting(self, text: str, kind: Type, room: float, smallest: float = look.SMALLEST) -> Type:
        """Return the type as large as the text has room for, down to a smallest size."""
        width = self.width(text, kind)
        return kind if width <= room else kind.sized(max(smallest, kind.size * room / width))

    def lines(self, text: str, kind: Type, room: float) -> tuple[str, ...]:
        """Return a text on one or two lines that fit."""
        return wrapped(drawable(text, _alphabet()), room, partial(_measured, kind=kind))

    def text(
        self, x: float, y: float, text: str, kind: Type, *, align: Align = "left", room: float | None = None
    ) -> None:
        """Write a text on a baseline, cut to the room it has."""
        if not text:
            return
        shown = drawable(text, _alphabet())
        if room is not None:
            shown = cut(shown, room, partial(_measured, kind=kind))
        self.figure.add_artist(
            TextLine(
                x,
                y,
                shown,
                color=kind.colour,
                ha=align,
                va="baseline",
                fontproperties=_font(kind.size, bold=kind.bold),
                parse_math=False,
                transform=self._points,
                zorder=4,
            )
        )

    def remark(self, sentence: str) -> None:
        """Write a sentence where a chart would be."""
        self.text(self.area.left, self.area.top - look.LABEL.leading, sentence, look.LABEL, room=self.area.width)

    def box(self, box: Box, colour: str, edge: str | None = None) -> None:
        """Fill a rectangle; with an edge it looks hollow."""
        width = 1.2 if edge else 0
        self.figure.add_artist(
            Rectangle(
                (box.left + width / 2, box.bottom + width / 2),
                max(box.width - width, 0),
                max(box.height - width, 0),
                facecolor=colour,
                edgecolor=edge or "none",
                linewidth=width,
                transform=self._points,
                zorder=1,
            )
        )

    def line(
        self, xs: Sequence[float], ys: Sequence[float], colour: str, width: float = 0.8, *, dashed: bool = False
    ) -> None:
        """Draw a line through points; NaN is a gap."""
        self.figure.add_artist(
            Line2D(
                xs,
                ys,
                color=colour,
                linewidth=width,
                linestyle=DASHES if dashed else "solid",
                solid_capstyle="butt" if len(xs) == 2 else "round",  # noqa: PLR2004
                solid_joinstyle="round",
                transform=self._points,
                zorder=2,
            )
        )

    def dot(self, x: float, y: float, colour: str, size: float = 7, *, hollow: bool = False) -> None:
        """Draw a round point, ringed in white so that it stands out from its line."""
        self.figure.add_artist(
            Line2D(
                [x],
                [y],
                marker="o",
                markersize=size,
                markerfacecolor=look.WHITE if hollow else colour,
                markeredgecolor=colour if hollow else look.WHITE,
                markeredgewidth=1.4 if hollow else 1,
                linestyle="none",
                transform=self._points,
                zorder=3,
            )
        )

    def _head(self, title: str, subtitle: str) -> None:
        kind, lines = self._title(title)
        y = self.area.top - kind.cap
        for line in lines:
            self.text(self.area.left, y, line, kind, room=self.area.width)
            y -= kind.leading
        y += kind.leading
        if subtitle:
            small = self.fitting(subtitle, look.SUBTITLE, self.area.width)
            y -= look.SUBTITLE.leading + BELOW_TITLE
            self.text(self.area.left, y, subtitle, small, room=self.area.width)
        self.area = self.area.inside(top=self.area.top - y + ABOVE_CHART)

    def _title(self, title: str) -> tuple[Type, tuple[str, ...]]:
        kind = self.fitting(title, look.TITLE, self.area.width, ONE_LINE_TITLE)
        lines = self.lines(title, kind, self.area.width)
        if len(lines) > 1:
            kind = look.TITLE
            lines = self.lines(title, kind, self.area.width)
        if lines[-1].endswith("…"):
            kind = look.TITLE.sized(ONE_LINE_TITLE)
            lines = self.lines(title, kind, self.area.width)
        return kind, lines

    def _foot(self, source: str) -> None:
        if source:
            self.text(self.area.left, self.area.bottom, source, look.SMALL, room=self.area.width)
            self.area = self.area.inside(bottom=look.SMALL.cap + ABOVE_SOURCE)


def png(chart: Chart) -> bytes:
    """Draw a chart: 1200 x 675 pixels, opaque, the same bytes for the same chart."""
    canvas = Canvas()
    canvas.draw(chart)
    return canvas.png()


def pdf(page: Chart) -> bytes:
    """Draw a page to print: A4, upright, the same bytes for the same page."""
    canvas = Canvas(*A4, PAGE_MARGIN, POINTS_PER_INCH)
    page.draw(canvas)
    return canvas.pdf(page.title)


def _flat(pixels: Image.Image) -> Image.Image:
    """Return the pixels in a palette of their own, in which white stays white."""
    flat = pixels.quantize(COLOURS, Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE)
    colours = flat.getpalette() or []
    corner = 3 * cast("int", flat.getpixel((0, 0)))
    colours[corner : corner + 3] = (255, 255, 255)
    flat.putpalette(colours)
    return flat


def _measured(text: str, kind: Type) -> float:
    """Return how wide a text is, or a little more: kerning only brings letters closer."""
    return ALLOWANCE * kind.size * sum(_advance(character, bold=kind.bold) for character in text)


@cache
def _advance(character: str, *, bold: bool) -> float:
    """Return how far a character moves the pen, in sizes of the letters."""
    fonts = (get_font(path) for path in _files(bold=bold))
    font = next(font for font in fonts if font.get_char_index(ord(character)))
    font.set_size(EM, POINTS_PER_INCH)
    glyph = font.load_char(ord(character), LoadFlags.NO_HINTING)
    return glyph.linearHoriAdvance / FRACTIONS / EM


@cache
def _font(size: float, *, bold: bool) -> FontProperties:
    return FontProperties(family=FAMILY, weight="bold" if bold else "normal", size=size)


@cache
def _alphabet() -> frozenset[str]:
    """Return the characters that can be drawn in both weights."""
    regular, bold = (
        {chr(code) for path in _files(bold=bold) for code in get_font(path).get_charmap()} for bold in (False, True)
    )
    return frozenset(regular & bold)


@cache
def _files(*, bold: bool) -> list[str]:
    """Register a bundled font, and return its file and the one that helps out."""
    own = str(FONTS / ("Inter-Bold.ttf" if bold else "Inter-Regular.ttf"))
    fontManager.addfont(own)
    return [own, findfont(FontProperties(family=FAMILY[-1], weight="bold" if bold else "normal"))]
