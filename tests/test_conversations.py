"""What people type, and what it is read as: the conversations of ``conversations.tsv`` against the sample season."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kpi.errors import Mistake
from kpi.question import Asking
from kpi.reader import LONGEST_TEXT, asked
from kpi.report import Choices, Report, apology
from kpi.sample import season
from kpi.storage.database import Database
from kpi.storage.importing import Wanted, import_file
from kpi.storage.schema import migrate
from kpi.storage.workspaces import team

TODAY = date(2026, 11, 20)
NOW = datetime(2026, 11, 20, 9, tzinfo=UTC)
LINES = (Path(__file__).parent / "conversations.tsv").read_text(encoding="utf-8").splitlines()[1:]
MOST_BUTTONS = 8


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
def asking(shop: Database) -> Iterator[Asking]:
    with shop.reading("local") as db:
        yield Asking(db, team(db), TODAY, NOW)


@pytest.mark.parametrize("line", LINES)
def test_words_are_read_as_they_were_meant(shop: Database, line: str) -> None:
    typed, question, *rest = line.split("\t")
    with asking(shop) as moment:
        if question == "offer":
            with pytest.raises(Mistake) as told:
                asked(typed, moment)
            assert told.value.message.startswith(rest[0])
            assert told.value.hint
            return
        understood = asked(typed, moment)
    campaigns, metric, period = rest
    assert understood.question.name == question
    assert ",".join(one.slug for one in understood.campaigns) == campaigns
    assert (understood.metric.key if understood.metric else "") == metric
    assert (understood.period.name if understood.period else "") == period


def test_a_number_after_top_is_how_many_rows_are_wanted(shop: Database) -> None:
    with asking(shop) as moment:
        assert asked("top 3 rocs", moment).most == 3
        assert asked("top rocs", moment).most is None


WORDS = [
    "spring",
    "sale",
    "top",
    "ctr",
    "last",
    "week",
    "may",
    "🔥",
    '"',
    "2026",
    "vs",
    "revenue",
    "funnel",
    "–",
    "e-mail",
]


@settings(
    max_examples=150, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(text=st.text(max_size=LONGEST_TEXT) | st.lists(st.sampled_from(WORDS), max_size=12).map(" ".join))
def test_any_text_gets_an_answer_that_fits_a_screen_or_one_sentence(shop: Database, text: str) -> None:
    with asking(shop) as moment:
        report = _reply(moment, text)
    assert report.headline
    assert len(report.headline) < 200
    assert len(report.pieces) < 20
    assert all(len(piece.choices) <= MOST_BUTTONS for piece in report.pieces if isinstance(piece, Choices))


def _reply(moment: Asking, text: str) -> Report:
    try:
        understood = asked(text, moment)
        return understood.question.answer(moment, understood)
    except Mistake as mistake:
        return apology(mistake)
