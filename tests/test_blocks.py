"""Reports as Block Kit: every message is one that Slack takes, says what it left out, and holds no foreign markup.

The messages in ``tests/golden`` are compared word by word. To renew them after a change that is meant:
``KPI_RENEW_GOLDEN=1 pytest tests/test_blocks.py``, then read what has changed with ``git diff tests/golden``.
"""

from __future__ import annotations

import json
import os
import unicodedata
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import slackblocks
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from bot.blocks import CUT, Control, message
from bot.demo.tryout import fill
from bot.local_slack.rules.payloads import too_long, wrong_blocks
from bot.local_slack.rules.tables_and_charts import characters
from kpi.answering import answered_or_excused
from kpi.charts.card import Card
from kpi.report import Choice, Choices, Column, Figure, Figures, Heading, Note, Paragraph, Picture, Report, Table
from kpi.storage.database import Database
from kpi.storage.schema import migrate
from kpi.units import Unit
from tests.asking import NOW, TODAY

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kpi.report import Piece

GOLDEN = Path(__file__).parent / "golden"
RENEW = os.environ.get("KPI_RENEW_GOLDEN") == "1"
LONGEST = 13_200
FAMILY = "👩‍👩‍👧‍👦🏳️‍🌈"
FOREIGN = "<!channel> <@U1> & <https://evil.example|win>"
NASTY = (
    *(
        "",
        " ",
        "\n",
        "\x00\x07\x1b[31m",
        "\u200d",
        FAMILY,
        "شركة الاختبار",
        "\u202edesrever",
        "e\u0301" * 40,
        "漢字かな",
    ),
    *("*_~`", "*bold* _it_ ~no~ `code` ```x```", "&amp;&lt;", "<" * 300, "&" * 3000, FOREIGN, ":smile: @here #x"),
    *(FAMILY * 1500, "word " * 2000, "x" * 10_000, "\u202f1\u00a0234\u2009€", "\u2028\u2029"),
)

texts = st.one_of(st.text(max_size=60), st.sampled_from(NASTY))
questions = st.one_of(st.text(min_size=1, max_size=60), st.sampled_from([one for one in NASTY if one]))
charts = Card("Title", "Subtitle", ())


@st.composite
def tables(draw: st.DrawFn) -> Table:
    """Draw a table of up to 300 rows and 30 columns; its cells come from a few texts."""
    rows, columns = draw(st.integers(0, 300)), draw(st.integers(1, 30))
    some = draw(st.lists(texts, min_size=1, max_size=4))
    names = tuple(Column(some[at % len(some)], "left" if at % 2 else "right") for at in range(columns))
    cells = tuple(tuple(some[(row * 7 + at) % len(some)] for at in range(columns)) for row in range(rows))
    return Table(draw(texts), names, cells)


figures = st.builds(
    Figure, texts, texts, st.just(Unit.COUNT), st.just(None), texts, detail=texts, change=texts, campaign=texts
)
pieces = st.one_of(
    st.builds(Heading, texts),
    st.builds(Paragraph, texts),
    st.builds(Note, texts),
    st.builds(Figures, st.lists(figures, min_size=1, max_size=4).map(lambda some: tuple(some * 10))),
    tables(),
    st.builds(Picture, texts, st.just(charts)),
    st.builds(
        Choices,
        st.lists(st.builds(Choice, texts, questions), max_size=6).map(lambda some: tuple(some * 10)),
        texts,
    ),
)
many_pieces = st.lists(pieces, max_size=12).flatmap(lambda some: st.sampled_from([some, some * 5])).map(tuple)
reports = st.builds(Report, texts, many_pieces)


def as_sent(
    report: Report, controls: tuple[Control, ...] = (), *, drawn: bool = True, plain_tables: bool = False
) -> dict[str, Any]:
    """Return a report as the bot sends it, as JSON would bring it to Slack."""
    files = {number: f"F0LOCAL{number:05d}" for number, _ in enumerate(report.pictures)} if drawn else {}
    told = json.loads(json.dumps(message(report, files, controls, plain_tables=plain_tables)))
    assert isinstance(told, dict)
    return told


def accepted(said: dict[str, Any]) -> None:
    """Fail where the local Slack, or the limits of an independent package, would refuse the message."""
    blocks = said["blocks"]
    assert wrong_blocks(blocks) == []
    assert not too_long(blocks)
    assert len(blocks) <= 50
    assert characters(blocks) + sum(len(block.get("alt_text", "")) for block in blocks) < LONGEST
    assert said["text"].strip()
    assert len(said["text"]) <= 4000
    rebuilt = slackblocks.Message("C0MARKET01", said["text"], [_rebuilt(block) for block in blocks])
    assert len(rebuilt.to_dict().get("blocks", [])) == len(blocks)


def _rebuilt(block: dict[str, Any]) -> slackblocks.Block:
    """Build a block again with the other package, which checks its own limits."""
    match block["type"]:
        case "actions":
            return slackblocks.ActionsBlock([_button(element) for element in block["elements"]])
        case "table":
            rows: Any = [[slackblocks.RawText(cell["text"]) for cell in row] for row in block["rows"]]
            settings = [slackblocks.ColumnSettings(**one) for one in block["column_settings"]]
            return slackblocks.TableBlock(rows, settings)
        case "rich_text":
            (preformatted,) = block["elements"]
            text: Any = [slackblocks.RichText(part["text"]) for part in preformatted["elements"]]
            return slackblocks.RichTextBlock(slackblocks.RichTextCodeBlock(text))
        case _:
            return slackblocks.Block.from_dict(block)


def _button(element: dict[str, Any]) -> slackblocks.Button:
    text = slackblocks.Text.from_dict(element["text"])
    return slackblocks.Button(text, element["action_id"], value=element["value"], style=element.get("style"))


def strings_under(value: object, *keys: str) -> Iterator[str]:
    """Yield every string that stands under one of the keys, however deep."""
    if isinstance(value, dict):
        for key, one in value.items():
            if key in keys and isinstance(one, str):
                yield one
            yield from strings_under(one, *keys)
    elif isinstance(value, list):
        for one in value:
            yield from strings_under(one, *keys)


def markup_in(said: dict[str, Any]) -> Iterator[str]:
    """Yield every text that Slack reads as markup."""
    yield said["text"]
    left: list[object] = [said["blocks"]]
    while left:
        one = left.pop()
        if isinstance(one, dict):
            if one.get("type") == "mrkdwn":
                yield str(one["text"])
            left += one.values()
        elif isinstance(one, list):
            left += one


def table(rows: int, columns: int = 2, cell: str = "cell") -> Table:
    names = tuple(Column(f"c{at}", "left") for at in range(columns))
    return Table("Caption", names, tuple(tuple(f"{cell} {row}" for _ in range(columns)) for row in range(rows)))


def words_of(said: dict[str, Any]) -> str:
    return "\n".join(strings_under(said["blocks"], "text", "alt_text"))


# --- any report at all -------------------------------------------------------------------------------------------


@settings(max_examples=50, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(report=reports, drawn=st.booleans(), plain_tables=st.booleans())
@example(report=Report("", ()), drawn=False, plain_tables=False)
@example(report=Report("x", (Heading(""), Paragraph("\x00"), Note(" "))), drawn=False, plain_tables=False)
@example(report=Report("x", (table(300, 30, "x" * 10_000),) * 4), drawn=True, plain_tables=True)
@example(report=Report("x", (Picture("x" * 10_000, charts),) * 60), drawn=True, plain_tables=False)
@example(
    report=Report("x", (Choices((Choice("x" * 200, "y" * 5000),) * 60, "?"),) * 60), drawn=True, plain_tables=False
)
@example(report=Report("&" * 10_000, (Paragraph("&" * 10_000),)), drawn=True, plain_tables=False)
def test_any_report_becomes_a_message_that_slack_takes(report: Report, *, drawn: bool, plain_tables: bool) -> None:
    accepted(as_sent(report, drawn=drawn, plain_tables=plain_tables))


@settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(report=reports, value=questions, label=texts.filter(str.strip))
def test_the_buttons_of_a_long_answer_are_never_left_out(report: Report, value: str, label: str) -> None:
    controls = (Control("share", "Share here", value), Control("allow", f"Allow {label}", value, style="primary"))
    said = as_sent(report, controls)
    accepted(said)
    assert [element["action_id"] for element in said["blocks"][-1]["elements"]] == ["share", "allow"]


@settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(report=reports)
def test_no_text_of_a_report_becomes_markup(report: Report) -> None:
    for plain_tables in (False, True):
        assert not any("<" in text or ">" in text for text in markup_in(as_sent(report, plain_tables=plain_tables)))


# --- cut, and said so --------------------------------------------------------------------------------------------


def test_an_answer_longer_than_a_message_ends_with_a_sentence_that_says_so() -> None:
    said = as_sent(Report("x", (Paragraph("word " * 2000),) * 10 + (Choices((Choice("Next", "overview"),)),)))
    accepted(said)
    assert CUT in words_of(said)
    assert said["blocks"][-1]["type"] == "actions"


def test_an_answer_of_more_than_fifty_blocks_says_that_it_was_cut() -> None:
    said = as_sent(Report("x", (Note("small"),) * 51), (Control("share", "Share here", "x"),))
    accepted(said)
    assert CUT in words_of(said)


def test_an_answer_that_fits_says_nothing_of_a_cut() -> None:
    assert CUT not in words_of(as_sent(Report("x", (Note("small"),) * 40)))


def test_a_long_text_ends_with_an_ellipsis_and_never_inside_an_entity() -> None:
    said = as_sent(Report("&" * 10_000, (Paragraph("word " * 2000), Heading("y" * 200))))
    assert said["text"].endswith("&amp;…")
    assert said["blocks"][0]["text"]["text"].endswith("word…")
    assert len(said["blocks"][1]["text"]["text"]) == 150


@pytest.mark.parametrize("plain_tables", [False, True])
@pytest.mark.parametrize(("rows", "columns"), [(300, 2), (12, 30), (300, 30), (100, 20)])
def test_a_table_that_is_too_large_says_how_much_of_it_is_shown(rows: int, columns: int, *, plain_tables: bool) -> None:
    said = as_sent(Report("x", (table(rows, columns),)), plain_tables=plain_tables)
    accepted(said)
    (note,) = [text for text in strings_under(said["blocks"], "text") if text.startswith("Too long for a message")]
    assert ("columns" in note) == (columns > 20)
    if "rows" in note:
        shown = int(note.partition("first ")[2].split()[0])
        assert f"cell {shown - 1}" in words_of(said)
        assert f"cell {shown}" not in words_of(said)
    else:
        assert f"cell {rows - 1}" in words_of(said)


@pytest.mark.parametrize("plain_tables", [False, True])
def test_a_table_that_fits_says_nothing_of_a_cut(*, plain_tables: bool) -> None:
    said = as_sent(Report("x", (table(40, 3),)), plain_tables=plain_tables)
    assert "Too long" not in words_of(said)
    assert "cell 39" in words_of(said)


def test_only_the_first_table_is_a_table_block_and_no_row_is_lost() -> None:
    said = as_sent(Report("x", (table(3, cell="one"), table(3, cell="two"), table(3, cell="three"))))
    accepted(said)
    kinds = [block["type"] for block in said["blocks"] if block["type"] in {"table", "rich_text"}]
    assert kinds == ["table", "rich_text", "rich_text"]
    assert all(f"{name} {row}" in words_of(said) for name in ("one", "two", "three") for row in range(3))


def test_a_picture_without_its_file_is_left_out_and_others_keep_theirs() -> None:
    report = Report("x", (Picture("one", charts), Note("between"), Picture("two", charts)))
    blocks = message(report, {1: "F0LOCAL00007"})["blocks"]
    assert [block["type"] for block in blocks] == ["context", "image"]
    assert (blocks[1]["slack_file"], blocks[1]["alt_text"]) == ({"id": "F0LOCAL00007"}, "two")


# --- foreign text ------------------------------------------------------------------------------------------------


def test_a_campaign_called_like_a_mention_stays_text_everywhere() -> None:
    figure = Figure("sent", FOREIGN, Unit.COUNT, 1, FOREIGN, campaign=FOREIGN, detail=FOREIGN, change=FOREIGN)
    choice = Choices((Choice(FOREIGN, FOREIGN),), FOREIGN)
    grid = Table(FOREIGN, (Column(FOREIGN, "left"),), ((FOREIGN,),))
    parts: tuple[Piece, ...] = (Heading(FOREIGN), Paragraph(FOREIGN), Figures((figure,)), grid, grid, choice)
    said = as_sent(Report(FOREIGN, (*parts, Picture(FOREIGN, charts), Note(FOREIGN))))
    accepted(said)
    escaped = "&lt;!channel&gt; &lt;@U1&gt; &amp; &lt;https://evil.example|win&gt;"
    markup = list(markup_in(said))
    assert len(markup) == 4
    assert all(escaped in text for text in markup)
    literal = [text for text in strings_under(said["blocks"], "text", "alt_text") if text not in markup]
    assert len(literal) == 9
    assert all(FOREIGN[:35] in text for text in literal)


def test_emoji_codes_in_a_name_are_not_drawn_as_emoji() -> None:
    said = as_sent(Report("x", (Heading(":fire: deals"), Paragraph(":fire:"), Note(":fire:"))))
    assert json.dumps(said).count('"emoji": false') == 3


def test_thin_spaces_and_joined_emoji_survive_and_control_signs_do_not() -> None:
    amount = "1\u202f234\u00a0€"
    said = as_sent(Report(amount, (Paragraph(f"{amount} {FAMILY}\x00\x07\x1b"), Table("t", (Column(amount),), ()))))
    assert said["text"] == amount
    assert said["blocks"][0]["text"]["text"] == f"{amount} {FAMILY}"
    assert said["blocks"][2]["rows"][0][0]["text"] == amount


# --- tables as text ----------------------------------------------------------------------------------------------


def test_a_table_as_text_keeps_its_columns_also_with_wide_letters() -> None:
    columns = (Column("名前", "left"), Column("Value"), Column("From", "left"))
    rows = (
        ("漢字のキャンペーン", "€1", "a"),
        ("🔥 Fire", "€12,345.00", "b"),
        ("Ñandú", "–", "c"),
        ("two\nlines", "1", "d"),
    )
    said = as_sent(Report("x", (Table("t", columns, rows),)), plain_tables=True)
    accepted(said)
    lines = said["blocks"][1]["elements"][0]["elements"][0]["text"].split("\n")
    assert len(lines) == 1 + len(rows)
    starts = {_width(line.removesuffix(cell)) for line, cell in zip(lines, ("From", *"abcd"), strict=True)}
    assert len(starts) == 1
    assert {_width(line.rpartition(shown)[0] + shown) for line, (_, shown, _) in zip(lines[1:], rows, strict=True)} == {
        starts.pop() - 2
    }


def _width(text: str) -> int:
    """Return how many columns a text takes where CJK letters and emoji take two."""
    return sum(2 if unicodedata.east_asian_width(sign) in "WF" else 1 for sign in text)


# --- whole answers, word by word ---------------------------------------------------------------------------------

ANSWERS = {
    "campaign": "campaign spring-sale",
    "overview": "overview",
    "top": "top rocs",
    "trend": "trend revenue",
    "compare": "compare spring-sale vip-early-access",
    "help": "help",
    "apology": "campaign sprin-sale",
}


@pytest.fixture(scope="module")
def season(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    database = Database(f"sqlite:///{tmp_path_factory.mktemp('season')}/kpi.db")
    migrate(database)
    fill(database, NOW)
    yield database
    database.close()


@pytest.mark.parametrize("plain_tables", [False, True])
@pytest.mark.parametrize("name", ANSWERS)
def test_answers_about_the_sample_season_read_as_they_should(
    name: str, season: Database, *, plain_tables: bool
) -> None:
    report = answered_or_excused(season, "local", ANSWERS[name], NOW, TODAY)
    _is_golden(f"{name}-plain-tables" if plain_tables else name, as_sent(report, plain_tables=plain_tables))


@pytest.mark.parametrize("question", ["overview", "campaign spring-sale", ""])
def test_an_empty_workspace_answers_with_the_first_steps(question: str, sqlite_database: Database) -> None:
    _is_golden("empty", as_sent(answered_or_excused(sqlite_database, "local", question, NOW, TODAY)))


def _is_golden(name: str, said: dict[str, Any]) -> None:
    accepted(said)
    path = GOLDEN / f"{name}.json"
    if RENEW:
        path.write_text(json.dumps(said, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    assert said == json.loads(path.read_text(encoding="utf-8"))
