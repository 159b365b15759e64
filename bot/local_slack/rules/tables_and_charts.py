"""Tables and native charts: rows, columns, series and how they must agree with each other."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.local_slack.rules.checks import Wrong, both, by_type, choice, flag, many, number, positive, shape, whole, word
from bot.local_slack.rules.rich_text import RICH_TEXT

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bot.local_slack.rules.checks import Check, Json

CELL_CHARACTERS = 10_000
RAW_TEXT = shape({"text": word(CELL_CHARACTERS)}, {"emoji": flag})
RAW_NUMBER = shape({"value": number}, {"text": word(CELL_CHARACTERS)})
CELLS: dict[str, Check] = {"raw_text": RAW_TEXT, "raw_number": RAW_NUMBER, "rich_text": RICH_TEXT}
COLUMN = shape({}, {"align": choice("left", "center", "right"), "is_wrapped": flag})


def characters(value: object) -> int:
    """Count the characters a reader sees: everything under a key called ``text``, however deep."""
    if isinstance(value, dict):
        return sum(len(v) if k == "text" and isinstance(v, str) else characters(v) for k, v in value.items())
    return sum(characters(one) for one in value) if isinstance(value, list) else 0


def _few_characters(value: Json, at: str) -> Iterator[Wrong]:
    if characters(value["rows"]) > CELL_CHARACTERS:
        yield Wrong(f"{at}/rows", f"must be less than {CELL_CHARACTERS + 1} characters in all cells")


def _equal_rows(value: Json, at: str) -> Iterator[Wrong]:
    width = len(value["rows"][0])
    for position, row in enumerate(value["rows"]):
        if len(row) != width:
            yield Wrong(f"{at}/rows/{position}", "must have as many cells as the first row")


def _plain_header(value: Json, at: str) -> Iterator[Wrong]:
    for position, cell in enumerate(value["rows"][0]):
        if cell["type"] == "rich_text":
            yield Wrong(f"{at}/rows/0/{position}", "a header cell cannot be rich text")


def _header_column_exists(value: Json, at: str) -> Iterator[Wrong]:
    if value.get("row_header_column_index", 0) >= len(value["rows"][0]):
        yield Wrong(f"{at}/row_header_column_index", "no such column")


def _column_setting(value: object, at: str) -> Iterator[Wrong]:
    if value is not None:  # a column may be left as it is
        yield from COLUMN(value, at)


TABLE = both(
    shape(
        {"rows": many(many(by_type(CELLS), 1, 20), 1, 100)},
        {"column_settings": many(_column_setting, 0, 20), "block_id": word(255)},
    ),
    _few_characters,
)

DATA_TABLE = both(
    shape(
        {"rows": many(many(by_type(CELLS), 1, 20), 2, 101), "caption": word(2000)},
        {"page_size": whole(1, 100), "row_header_column_index": whole(0, 19), "block_id": word(255)},
    ),
    _equal_rows,
    _plain_header,
    _header_column_exists,
    _few_characters,
)

LABEL = word(20)
POINT = shape({"label": LABEL, "value": number})
SERIES = many(shape({"name": LABEL, "data": many(POINT, 1, 20)}), 1, 6)
AXES = shape({"categories": many(LABEL, 1, 20)}, {"x_label": word(50), "y_label": word(50)})


def _points_follow_categories(value: Json, at: str) -> Iterator[Wrong]:
    for position, series in enumerate(value["series"]):
        if [point["label"] for point in series["data"]] != value["axis_config"]["categories"]:
            yield Wrong(f"{at}/series/{position}/data", "labels must be the categories in their order")


def _distinct_names(value: Json, at: str) -> Iterator[Wrong]:
    names = [series["name"] for series in value["series"]]
    for position, name in enumerate(names):
        if name in names[:position]:
            yield Wrong(f"{at}/series/{position}/name", "must be unique")


AXIS_CHART = both(shape({"series": SERIES, "axis_config": AXES}), _points_follow_categories, _distinct_names)
PIE = shape({"segments": many(shape({"label": LABEL, "value": positive}), 1, 6)})

DATA_VISUALIZATION = shape(
    {
        "title": word(50),
        "chart": by_type({"pie": PIE, "bar": AXIS_CHART, "area": AXIS_CHART, "line": AXIS_CHART}),
    },
    {"block_id": word(255)},
)
