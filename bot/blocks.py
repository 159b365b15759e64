"""A report as Block Kit: the only module that knows what Slack messages look like.

Every limit of Slack's is kept by construction: texts are cut, long answers end with a sentence that says so. Foreign
text goes into elements that Slack does not interpret, or is escaped.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from itertools import accumulate
from typing import TYPE_CHECKING, Any
from unicodedata import category

from rich.cells import cell_len
from slack_sdk.models.blocks import (
    ActionsBlock,
    Block,
    ButtonElement,
    ContextBlock,
    HeaderBlock,
    ImageBlock,
    MarkdownTextObject,
    PlainTextObject,
    RichTextBlock,
    RichTextElementParts,
    RichTextPreformattedElement,
    SectionBlock,
    TableBlock,
)
from slack_sdk.models.blocks.basic_components import RawTextObject, SlackFile

from kpi.report import Choices, Column, Figures, Heading, Note, Paragraph, Picture, Piece, Report, Table

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from kpi.report import Choice, Figure

MOST_BLOCKS = 50
MOST_SIGNS = 12_000
"""Slack refuses messages from about 13,200 characters over all blocks."""
TEXT, SECTION, CONTEXT, HEADER, ALT = 3900, 2900, 1900, 150, 1900
FIELDS, FIELD = 10, 1900
BUTTONS, LABEL, VALUE = 8, 75, 2000
MOST_BUTTON_SIGNS = 3000
"""Room kept for what to ask next; buttons with very long questions are left out like everything else."""
TABLE_ROWS, TABLE_COLUMNS, TABLE_SIGNS = 99, 20, 9000
CELL, NARROW_CELL, CELL_FRAME = 200, 36, 36
RESERVED = 2
"""Blocks kept free for the controls and for the sentence that says that something was cut."""
CUT = "The answer was longer than a message in Slack can be; the rest is left out. Ask for a shorter period."
ASK = "ask"
COMPOSE = "compose"
"""The button that opens the form for questions."""
KEPT = "\n\u200c\u200d\u200e\u200f"
"""Signs without a shape of their own that words and emoji need."""


@dataclass(frozen=True, slots=True)
class Control:
    """A button that does something with an answer, rather than ask the next question."""

    action: str
    label: str
    value: str
    style: str = ""


def message(
    report: Report,
    files: Mapping[int, str] | None = None,
    controls: tuple[Control, ...] = (),
    *,
    plain_tables: bool = False,
) -> dict[str, Any]:
    """Return ``{"text", "blocks"}`` as Slack takes it.

    ``files`` holds the uploaded file of the n-th picture; a picture without a file is left out. ``plain_tables`` writes
    tables as aligned text, for a Slack that refuses table blocks.
    """
    last = [_controls(controls).to_dict()] if controls else []
    drawn = list(_drawn(report, files or {}, plain_tables=plain_tables))
    blocks = [*_fitting(drawn, MOST_SIGNS - _signs(last)), *last]
    return {"text": cut(escaped(_visible(report.headline)), TEXT), "blocks": blocks}


def linked(lead: str, link: str, title: str) -> dict[str, Any]:
    """Return a message in which a link to a file makes Slack show the file (slackapi/python-slack-sdk#1194)."""
    return {"text": f"{escaped(lead)} <{link}|{escaped(_visible(title)).replace('|', '/')}>"}


def escaped(text: str) -> str:
    """Return foreign text so that Slack's markup takes it literally."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def cut(text: str, most: int) -> str:
    """Return at most so many characters, ending with an ellipsis where something is missing, never inside an entity."""
    if len(text) <= most:
        return text
    shortened = text[: most - 1]
    entity = shortened.rfind("&", max(0, len(shortened) - 5))
    if entity >= 0 and ";" not in shortened[entity:]:
        shortened = shortened[:entity]
    return shortened.rstrip("\u200d\ufe0f ") + "…"


@dataclass(frozen=True, slots=True)
class _Numbered:
    """A picture with its place among the pictures of the report."""

    number: int
    picture: Picture


def _numbered(report: Report) -> Iterator[Piece | _Numbered]:
    number = 0
    for piece in report.pieces:
        if isinstance(piece, Picture):
            yield _Numbered(number, piece)
            number += 1
        else:
            yield piece


def _drawn(report: Report, files: Mapping[int, str], *, plain_tables: bool) -> Iterator[Block]:
    """Yield the blocks of every piece; Slack takes one table per message, further ones go out as aligned text."""
    for piece in _numbered(report):
        yield from _blocks(piece, files, plain_tables=plain_tables)
        plain_tables = plain_tables or isinstance(piece, Table)


def _blocks(piece: Piece | _Numbered, files: Mapping[int, str], *, plain_tables: bool) -> Iterator[Block]:
    match piece:
        case Heading(text):
            yield HeaderBlock(text=PlainTextObject(text=cut(_visible(text), HEADER), emoji=False))
        case Paragraph(text):
            yield SectionBlock(text=PlainTextObject(text=cut(_visible(text), SECTION), emoji=False))
        case Figures(figures):
            for start in range(0, len(figures), FIELDS):
                yield SectionBlock(fields=[_field(figure) for figure in figures[start : start + FIELDS]])
        case Table():
            yield from _tabled(piece, plain=plain_tables)
        case _Numbered(number, Picture(alt, _)) if number in files:
            yield ImageBlock(slack_file=SlackFile(id=files[number]), alt_text=cut(_visible(alt), ALT))
        case Choices(choices, lead, anything):
            yield from _choices(choices, lead, anything=anything)
        case Note(text):
            yield ContextBlock(elements=[PlainTextObject(text=cut(_visible(text), CONTEXT), emoji=False)])


def _field(figure: Figure) -> MarkdownTextObject:
    small_print = " · ".join(escaped(words) for words in (figure.detail, figure.change) if words)
    lines = (f"{escaped(figure.label)}  *{escaped(figure.shown)}*", small_print)
    return MarkdownTextObject(text=cut("\n".join(line for line in lines if line), FIELD), verbatim=True)


def _tabled(table: Table, *, plain: bool) -> Iterator[Block]:
    """Yield a table with its caption, and with a sentence where it is longer than a message can be."""
    yield ContextBlock(elements=[MarkdownTextObject(text=f"*{cut(escaped(_visible(table.caption)), CONTEXT)}*")])
    rows = _few_enough(_padded(_cells(table), table.columns)) if plain else _cells(table)
    yield _aligned(rows) if plain else _table(rows, table.columns)
    if said := _left_out(table, len(rows) - 1):
        yield ContextBlock(elements=[PlainTextObject(text=said)])


def _table(rows: list[list[str]], columns: tuple[Column, ...]) -> TableBlock:
    settings = [{"align": column.align, "is_wrapped": column.align == "left"} for column in columns[:TABLE_COLUMNS]]
    return TableBlock(rows=[[RawTextObject(text=cell) for cell in row] for row in rows], column_settings=settings)


def _cells(table: Table) -> list[list[str]]:
    """Return header and rows as cells that Slack takes: none empty, not too many, not too long together."""
    names = [column.name for column in table.columns]
    rows, signs = [], 0
    for row in (names, *table.rows[:TABLE_ROWS]):
        cells = [cut(_visible(" ".join(cell.split("\n"))), CELL) for cell in row[:TABLE_COLUMNS]]
        signs += sum(len(cell) + CELL_FRAME for cell in cells)
        if signs > TABLE_SIGNS:
            break
        rows.append(cells)
    return rows


def _left_out(table: Table, shown: int) -> str:
    """Say how many rows and columns a message could not hold, '' where it holds them all."""
    parts = [
        f"{most} of {there} {what}"
        for most, there, what in ((shown, len(table.rows), "rows"), (TABLE_COLUMNS, len(table.columns), "columns"))
        if there > most
    ]
    return f"Too long for a message in Slack: these are the first {' and '.join(parts)}." if parts else ""


def _padded(rows: list[list[str]], columns: tuple[Column, ...]) -> list[list[str]]:
    """Return cells filled up to the width of their column; a cell's width is what a terminal would give it."""
    rows = [[cut(cell, NARROW_CELL) for cell in row] for row in rows]
    widths = [max(cell_len(row[at]) for row in rows) for at in range(len(rows[0]))]
    return [
        [
            cell + " " * (width - cell_len(cell)) if column.align == "left" else " " * (width - cell_len(cell)) + cell
            for cell, width, column in zip(row, widths, columns, strict=False)
        ]
        for row in rows
    ]


def _few_enough(rows: list[list[str]]) -> list[list[str]]:
    """Return the rows that one text holds."""
    signs = accumulate(sum(len(cell) + 2 for cell in row) for row in rows)
    return [row for row, used in zip(rows, signs, strict=True) if used <= SECTION]


def _aligned(rows: list[list[str]]) -> RichTextBlock:
    """Return a table as text of fixed width."""
    text = RichTextElementParts.Text(text="\n".join("  ".join(row).rstrip() for row in rows))
    return RichTextBlock(elements=[RichTextPreformattedElement(elements=[text])])


def _choices(choices: tuple[Choice, ...], lead: str, *, anything: bool) -> Iterator[Block]:
    if lead:
        yield ContextBlock(
            elements=[PlainTextObject(text=cut(_visible(lead.rstrip("?:") + ":"), CONTEXT), emoji=False)]
        )
    buttons = [
        ButtonElement(
            text=PlainTextObject(text=cut(_visible(choice.label), LABEL), emoji=False),
            action_id=f"{ASK}-{number}",
            value=choice.question[:VALUE],
        )
        for number, choice in enumerate(choices[:BUTTONS])
    ]
    if anything:
        buttons.append(ButtonElement(text=PlainTextObject(text="Ask…"), action_id=COMPOSE, value=COMPOSE))
    if buttons:
        yield ActionsBlock(elements=buttons)


def _controls(controls: tuple[Control, ...]) -> ActionsBlock:
    return ActionsBlock(elements=[_control(control) for control in controls])


def _control(control: Control) -> ButtonElement:
    return ButtonElement(
        text=PlainTextObject(text=cut(control.label, LABEL), emoji=False),
        action_id=control.action,
        value=control.value[:VALUE],
        style=control.style or None,
    )


def _fitting(blocks: list[Block], room: int) -> Iterator[dict[str, Any]]:
    """Yield blocks while they fit into one message, then say that something is missing; room is kept for buttons."""
    buttons = sum(_signs(block.to_dict()) for block in blocks if isinstance(block, ActionsBlock))
    kept = buttons if buttons <= MOST_BUTTON_SIGNS else 0
    used, count, was_cut = 0, 0, False
    for block in blocks:
        plain = block.to_dict()
        signs, has_buttons = _signs(plain), isinstance(block, ActionsBlock)
        most, high = (room, MOST_BLOCKS - RESERVED) if has_buttons else (room - kept, MOST_BLOCKS - RESERVED - 1)
        if (was_cut and not has_buttons) or used + signs > most or count >= high:
            if not was_cut:
                yield ContextBlock(elements=[PlainTextObject(text=CUT)]).to_dict()
            was_cut = True
            continue
        used, count = used + signs, count + 1
        yield plain


def _signs(blocks: object) -> int:
    """Return how long blocks are: Slack counts what is around the text, too (slackapi/bolt-js#2867)."""
    return len(json.dumps(blocks, ensure_ascii=False))


def _visible(text: str) -> str:
    """Return text that Slack accepts: without control characters, and never empty."""
    kept = "".join(sign for sign in text if sign.isprintable() or sign in KEPT or category(sign) == "Zs")
    return kept.strip() or "–"
