"""What people type, and what it is read as: the conversations of ``conversations.tsv`` against the sample season."""

import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import UTC, date, datetime
from io import StringIO
from pathlib import Path

import pytest
from anyascii import anyascii
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rich.console import Console
from sqlalchemy import event

from kpi.errors import Mistake
from kpi.metrics import METRICS
from kpi.periods import MONTHS
from kpi.question import Asked, Asking, Part
from kpi.reading import lexicon
from kpi.reading.offers import typed_as
from kpi.reading.period_words import period_of
from kpi.reading.reader import LONGEST_TEXT, asked
from kpi.reading.understood import saying_how_it_was_read
from kpi.reading.vocabulary import metric_words, question_words
from kpi.report import Choices, Report, apology
from kpi.sample import season
from kpi.sample.campaigns import CAMPAIGNS
from kpi.storage.database import Database
from kpi.storage.importing.results import Wanted, import_file
from kpi.storage.schema import migrate
from kpi.storage.workspaces import team
from kpi.terminal import rendered

TODAY = date(2026, 11, 20)
NOW = datetime(2026, 11, 20, 9, tzinfo=UTC)
LINES = (Path(__file__).parent / "conversations.tsv").read_text(encoding="utf-8").splitlines()[1:]
MOST_BUTTONS, MOST_PIECES, MOST_LINES = 8, 20, 70
"""One screen: what a message shows before it is cut off, and little enough to scroll through once."""


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    folder = tmp_path_factory.mktemp("conversations")
    path = folder / "season.csv"
    path.write_text(season(TODAY), encoding="utf-8")
    database = Database(f"sqlite:///{folder / 'shop.db'}")
    migrate(database)
    import_file(database, "local", Wanted(path), TODAY, "EUR", NOW)
    yield database
    database.close()


@contextmanager
def asking(shop: Database, locale: str = "en_GB") -> Iterator[Asking]:
    with shop.reading("local") as db:
        ours = team(db)
        yield Asking(db, replace(ours, words=replace(ours.words, locale=locale)), TODAY, NOW)


@pytest.mark.parametrize("line", LINES)
def test_words_are_read_as_they_were_meant(shop: Database, line: str) -> None:
    typed, question, *rest = line.split("\t")
    with asking(shop) as moment:
        if question == "offer":
            _is_offered(moment, typed, *rest[:2])
            return
        understood = asked(typed, moment)
    campaigns, metric, period, *narrowed = rest
    assert understood.question.name == question
    assert ",".join(one.slug for one in understood.campaigns) == campaigns
    assert (understood.metric.key if understood.metric else "") == metric
    assert (understood.period.name if understood.period else "") == period
    step = f" by {understood.step}" if understood.step else ""
    assert (understood.scope.typed + step).strip() == (narrowed[0] if narrowed else "")


def _is_offered(moment: Asking, typed: str, message: str, question: str) -> None:
    with pytest.raises(Mistake) as told:
        asked(typed, moment)
    assert told.value.message.startswith(message)
    assert told.value.hint
    offered = [choice.question for choice in told.value.offers]
    assert question in offered or not question
    assert all(asked(one, moment).question for one in offered)


def test_there_are_conversations_in_every_language() -> None:
    assert len(LINES) >= 250
    assert len({line.split("\t")[0] for line in LINES}) == len(LINES)


@pytest.mark.parametrize(("text", "most"), [("top 3 rocs", 3), ("top rocs", None), ("best 3 campaigns by revenue", 3),
                                            ("the 5 worst campaigns", 5), ("top–5", 5), ("top5 ctr", 5),
                                            ("top ten", 10), ("top ctr last 7 days", None)])  # fmt: skip
def test_a_number_beside_a_ranking_is_how_many_rows_are_wanted(shop: Database, text: str, most: int | None) -> None:
    with asking(shop) as moment:
        assert asked(text, moment).most == most


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("compare welcome-series last week vs the week before", "2026-11-02"),
        ("compare welcome-series october and the month before", "2026-09-01"),
        ("compare welcome-series last 10 days to the previous period", "2026-10-31"),
        ("compare welcome-series yesterday with the one before", "2026-11-18"),
    ],
)
def test_the_one_before_is_the_days_just_before_those_that_were_named(shop: Database, text: str, first: str) -> None:
    with asking(shop) as moment:
        named, before = asked(text, moment).periods
    assert (str(before.start), before.end) == (first, named.start)


def test_the_week_before_a_month_is_not_guessed(shop: Database) -> None:
    with asking(shop) as moment, pytest.raises(Mistake):
        asked("compare welcome-series october and the week before", moment)


# --- what the words leave open ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("locale", "text", "first", "also"),
    [
        ("en_GB", "01/05/2026", "2026-05-01", "overview 2026-01-05"),
        ("en_US", "01/05/2026", "2026-01-05", "overview 2026-05-01"),
        ("de", "1.5.", "2026-05-01", ""),
        ("en_GB", "1.5.", "2026-05-01", ""),
        ("en_US", "31/5/2026", "2026-05-31", ""),
        ("es", "5/1", "2026-01-05", "overview 2026-05-01"),
    ],
)
def test_days_in_digits_are_read_as_the_team_writes_them_and_the_other_is_offered(
    shop: Database, locale: str, text: str, first: str, also: str
) -> None:
    with asking(shop, locale) as moment:
        understood = asked(text, moment)
    assert understood.period
    assert str(understood.period.start) == first
    assert [choice.question for choice in understood.also] == ([also] if also else [])
    assert bool(understood.read_as) == bool(also)


@pytest.mark.parametrize(("locale", "text"), [("de", "5/1"), ("sv", "01/05/2026"), ("en_US", "1.5.")])
def test_days_that_nothing_decides_are_two_buttons(shop: Database, locale: str, text: str) -> None:
    with asking(shop, locale) as moment:
        with pytest.raises(Mistake, match="can be two days") as told:
            asked(f"revenue {text}", moment)
        read = [asked(choice.question, moment) for choice in told.value.offers]
    assert sorted(str(one.period.start) for one in read if one.period) == ["2026-01-05", "2026-05-01"]
    assert {one.metric.key for one in read if one.metric} == {"revenue"}


# --- how much work it is ---


@pytest.fixture(scope="module")
def crowd(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    path = tmp_path_factory.mktemp("crowd") / "names.csv"
    path.write_text("campaign,day,sent\n" + "".join(f"name-{one},2026-11-01,9\n" for one in range(300)))
    database = Database(f"sqlite:///{path.with_suffix('.db')}")
    migrate(database)
    import_file(database, "local", Wanted(path), TODAY, "EUR", NOW)
    yield database
    database.close()


@pytest.mark.parametrize(
    ("text", "most"),
    [
        ("revenue yesterday", 1),
        ("name-7 last week", 2),
        ("nam-1999", 12),
        ("profit nmae-12 octobre", 24),
        ("qwe rty asd " * 13, 16),
        ("x" * 3000, 16),
        ("may to " * 20, 16),
    ],
)
def test_reading_never_loads_all_campaigns(crowd: Database, text: str, most: int) -> None:
    heard: list[str] = []
    event.listen(crowd.engine, "before_cursor_execute", lambda *told: heard.append(told[2]))
    with asking(crowd) as moment:
        heard.clear()
        with suppress(Mistake):
            asked(text, moment)
        assert moment._campaigns is None  # noqa: SLF001
        assert moment._names is None  # noqa: SLF001
    assert len(heard) <= most


# --- any text --------------------------------------------------------------------------------------------------------

SPOKEN = [
    *question_words(), *metric_words(), *lexicon.PERIODS["de"], *lexicon.PERIODS["es"], *lexicon.PERIODS["fil"],
    *" ".join(lexicon.FILLERS.values()).split(), *lexicon.LATER, *MONTHS, *(one.name for one in CAMPAIGNS),
    *(one.slug for one in CAMPAIGNS), *(metric.label for metric in METRICS),
    "spring", "last week", "last 7 days", "since monday", "1-14 nov", "2026", "2026-05-01..2026-05-14", "1.5.", "5/1",
    "01/05/2026", "99", "-1", "0", "🔥", ":fire:", '"', "“", "”", "'", "’s", "…", "–", "--", "<!channel>", "<@U01>",
    "<https://x.example|win>", "&amp;", "*bold*", "_it_", "`x`", "vs", "in", "by", "top5", "sprnig", "octobre", "\x00",
    "\ud800", "ﬁ", "ß", "١٢", "<script>", "'; drop table campaign; --", "{}", "%s",
]  # fmt: skip
TEXTS = (
    st.text(max_size=LONGEST_TEXT)
    | st.lists(st.sampled_from(SPOKEN), max_size=8).map(" ".join)
    | st.lists(st.sampled_from(SPOKEN) | st.text(max_size=12), max_size=90).map(" ".join)
    | st.lists(st.sampled_from(SPOKEN), max_size=5).map("".join)
)
many_texts = settings(
    max_examples=120, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@settings(many_texts, max_examples=60)
@given(text=TEXTS)
def test_any_text_gets_an_answer_that_fits_a_screen_or_one_sentence(shop: Database, text: str) -> None:
    with asking(shop) as moment:
        report = _reply(moment, text)
    assert report.headline
    assert len(report.headline) < 200
    assert len(report.pieces) <= MOST_PIECES
    assert _lines(report) <= MOST_LINES
    assert all(len(piece.choices) <= MOST_BUTTONS for piece in report.pieces if isinstance(piece, Choices))


@many_texts
@given(text=TEXTS)
def test_no_campaign_is_picked_that_the_words_do_not_name(shop: Database, text: str) -> None:
    with asking(shop) as moment:
        try:
            understood = asked(text, moment)
        except Mistake:
            return
        names = {slug: {key for key, one in moment.names.items() if one == slug} for slug in moment.campaigns}
    said = [f"-{'-'.join(_parts_of(one))}-" for one in (text, re.sub(r"['’´`]s\b", "", text))]
    for campaign in understood.campaigns:
        is_named = any(f"-{name}-" in one for name in names[campaign.slug] for one in said)
        assert is_named or campaign.name in understood.read_as


@many_texts
@given(text=TEXTS)
def test_every_offered_question_can_be_read(shop: Database, text: str) -> None:
    with asking(shop) as moment:
        try:
            offered = asked(text, moment).also
        except Mistake as mistake:
            offered = mistake.offers
        for choice in offered:
            assert choice.label
            assert asked(choice.question, moment).question


@many_texts
@given(text=TEXTS)
def test_what_was_understood_reads_back_as_the_same(shop: Database, text: str) -> None:
    with asking(shop) as moment:
        try:
            understood = asked(text, moment)
        except Mistake:
            return
        if Part.TOPIC not in understood.question.takes:
            again = asked(typed_as(understood), moment)
            assert _meaning(again) == _meaning(understood)
            if understood.period and understood.period.name != "all time":
                named = period_of(understood.period.name, TODAY)
                assert (named.start, named.end) == (understood.period.start, understood.period.end)


def _meaning(asked: Asked) -> tuple[object, ...]:
    days = asked.period and (asked.period.start, asked.period.end)
    return asked.question.name, asked.campaigns, asked.metric, days, asked.most


def _parts_of(text: str) -> list[str]:
    return re.findall(r"[a-z0-9]+", anyascii(text).lower().replace("'", ""))


def _lines(report: Report) -> int:
    console = Console(width=100, record=True, file=StringIO())
    console.print(rendered(report))
    return len(console.export_text().splitlines())


def _reply(moment: Asking, text: str) -> Report:
    try:
        understood = asked(text, moment)
        return saying_how_it_was_read(understood.question.answer(moment, understood), understood)
    except Mistake as mistake:
        return apology(mistake)
