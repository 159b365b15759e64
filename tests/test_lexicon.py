"""The words of all languages stand together without false friends, and open years are said."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from kpi.errors import Mistake
from kpi.question import Asking
from kpi.reading import lexicon
from kpi.reading.reader import asked
from kpi.reading.stretches import time_words
from kpi.reading.vocabulary import metric_words, question_words
from kpi.storage.database import Database
from kpi.storage.importing.results import Wanted, import_file
from kpi.storage.schema import migrate
from kpi.storage.workspaces import team

TODAY = date(2026, 11, 20)
NOW = datetime(2026, 11, 20, 9, tzinfo=UTC)


def test_no_foreign_word_of_a_question_is_a_kpi_or_a_period() -> None:
    asks = set(lexicon.foreign(lexicon.QUESTIONS))
    assert asks.isdisjoint(metric_words())
    assert asks.isdisjoint(lexicon.period_words())


def test_no_foreign_word_of_a_period_is_an_english_one_or_a_question_or_a_kpi() -> None:
    words = lexicon.period_words()
    foreign = {word for word, meaning in words.items() if not meaning.startswith(word)}  # jan is January everywhere
    assert foreign.isdisjoint(time_words())
    assert foreign.isdisjoint(question_words())
    assert foreign.isdisjoint(metric_words())


@pytest.fixture(scope="module")
def two_years(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    folder = tmp_path_factory.mktemp("years")
    path = folder / "years.csv"
    rows = ("spring-sale-2025,2025-05-06", "spring-sale-2026,2026-05-05", "autumn,2025-10-01", "revenue,2026-06-01")
    path.write_text("campaign,day,sent\n" + "".join(f"{row},100\n" for row in rows), encoding="utf-8")
    database = Database(f"sqlite:///{folder / 'kpi.db'}")
    migrate(database)
    import_file(database, "local", Wanted(Path(path)), TODAY, "EUR", NOW)
    yield database
    database.close()


@pytest.mark.parametrize(
    ("text", "period", "said", "offered"),
    [
        ("may", "May 2026", "'may' read as May 2026; May 2025 has results, too.", ["overview may 2025"]),
        ("october", "October 2025", "'october' read as October 2025; October 2026 has no results.",
         ["overview october 2026"]),
        ("autumn october", "October 2025", "'october' read as October 2025; October 2026 has no results.",
         ["campaign autumn october 2026"]),
        ("june", "June 2026", "", []),
    ],
)  # fmt: skip
def test_a_month_in_two_years_is_said_and_the_other_offered(
    two_years: Database, text: str, period: str, said: str, offered: list[str]
) -> None:
    with two_years.reading("local") as db:
        understood = asked(text, Asking(db, team(db), TODAY, NOW))
    assert understood.period
    assert understood.period.name == period
    assert understood.read_as == said
    assert [choice.question for choice in understood.also] == offered


def test_campaigns_of_two_years_under_one_beginning_are_buttons_unless_the_year_decides(two_years: Database) -> None:
    with two_years.reading("local") as db:
        moment = Asking(db, team(db), TODAY, NOW)
        with pytest.raises(Mistake, match="2 campaigns begin with 'spring sale'") as told:
            asked("spring sale", moment)
        decided = asked("spring sale 2025", moment)
    assert len(told.value.offers) == 2
    assert [one.slug for one in decided.campaigns] == ["spring-sale-2025"]


def test_a_campaign_that_is_called_like_a_kpi_is_a_choice(two_years: Database) -> None:
    with two_years.reading("local") as db:
        moment = Asking(db, team(db), TODAY, NOW)
        with pytest.raises(Mistake, match="is a campaign and a KPI") as told:
            asked("revenue last month", moment)
        read = [asked(choice.question, moment) for choice in told.value.offers]
    assert [one.question.name for one in read] == ["campaign", "trend"]
