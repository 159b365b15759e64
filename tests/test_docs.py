"""The documentation does not lie: its commands run, its links resolve, and nothing that it should list is missing."""

from __future__ import annotations

import csv
import re
import shlex
import shutil
from contextlib import nullcontext, suppress
from datetime import UTC, datetime
from io import StringIO
from pathlib import Path

import pytest

from bot import ask, cli
from bot.alerts import terminal as terminal_alerts
from bot.digests.words import digest_order
from bot.files.command import imports_order
from bot.permits import order_of
from bot.settings import Settings
from kpi.alerts.commands import asking_now
from kpi.answering import answered
from kpi.errors import Mistake
from kpi.facts import TOLD
from kpi.metrics import METRICS
from kpi.metrics_reference import reference
from kpi.naming import changing as naming
from kpi.naming.orders import about_names
from kpi.naming.unmatched import about_unmatched, unmatched_now
from kpi.questions import QUESTIONS
from kpi.reading.alert_words import alert_order, target_order
from kpi.reading.note_words import note_order
from kpi.reading.period_words import period_of
from kpi.sample import season
from kpi.sample.holdout import season_holdout
from kpi.sources.csv_file import COLUMNS
from kpi.storage.database import Database
from kpi.storage.importing.results import Wanted, import_file
from kpi.storage.schema import migrate
from kpi.team.changing import tried
from kpi.team.settings import about_settings

ROOT = Path(__file__).parent.parent
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
NAMED = {str(page.relative_to(ROOT)): page for page in PAGES}
NOW = datetime(2026, 11, 22, 9, tzinfo=UTC)
"""The day of the examples: the sample season moves on with the calendar."""

SHELL = re.compile(r"^```sh\n(.*?)^```$", re.MULTILINE | re.DOTALL)
EXAMPLE = re.compile(r"^```text\n/kpi (.+)\n(.+)\n```$", re.MULTILINE)
CSV = re.compile(r"^```csv\n(.*?)^```$", re.MULTILINE | re.DOTALL)
INLINE = re.compile(r"`(/?kpi(?:-bot)?(?: [^`]+)?)`")
LINK = re.compile(r'\]\(([^)\s]+)\)|src="([^"]+)"')
FORMS = re.compile(r"kpi QUESTION|kpi import(?: FILE)?|/kpi (?:dis)?allow\b.*")
"""Commands with a word to fill in."""


def _text(name: str) -> str:
    return NAMED[name].read_text(encoding="utf-8")


def _lines(page: Path) -> list[str]:
    """Return the command lines of a page's shell blocks."""
    blocks = SHELL.findall(page.read_text(encoding="utf-8"))
    return [line for block in blocks for line in block.splitlines() if line]


def _commands(page: Path) -> list[str]:
    """Return every ``kpi`` and ``kpi-bot`` command of a page, whether on a line of its own or in a sentence."""
    own = [re.sub(r"^.*\.venv/bin/(?:uv run (?:--no-dev )?)?(?=kpi(?:-bot)? )", "", line) for line in _lines(page)]
    inline = INLINE.findall(page.read_text(encoding="utf-8"))
    return [
        line for line in (*own, *inline) if not FORMS.fullmatch(line) and line.startswith(("kpi ", "/kpi", "kpi-bot"))
    ]


@pytest.fixture(autouse=True)
def _no_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Return the address of a database that holds the sample season."""
    folder = tmp_path_factory.mktemp("sample")
    told = {"sample-season": season(NOW.date()), "sample-holdout": season_holdout(NOW.date())}
    address = f"sqlite:///{folder / 'kpi.db'}"
    database = Database(address)
    migrate(database)
    for name, text in told.items():
        (folder / f"{name}.csv").write_text(text, encoding="utf-8")
        import_file(database, "local", Wanted(folder / f"{name}.csv", name), NOW.date(), "EUR", NOW)
    database.close()
    return address


@pytest.fixture
def there(sample: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Stand in an empty folder beside the sample season, with the files that the pages speak of."""
    copy = shutil.copy(sample.removeprefix("sqlite:///"), tmp_path / "kpi.db")
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{copy}")
    monkeypatch.chdir(tmp_path)
    (tmp_path / "results.csv").write_text("campaign,day,sent\nmine,2026-05-26,10\n", encoding="utf-8")
    (tmp_path / "orders.csv").write_text(CSV.findall(_text("docs/orders.md"))[0], encoding="utf-8")
    monkeypatch.setenv("KPI_SECRET", "a secret of the tests")
    (tmp_path / "export.csv").write_text("Date,Messages sent\n2026-05-26,10\n", encoding="utf-8")
    return tmp_path


def test_the_readmes_commands_are_the_ones_that_ci_runs() -> None:
    first, second = (line for line in _lines(NAMED["README.md"]) if line.startswith("python3"))
    script = (ROOT / ".ci" / "run").read_text(encoding="utf-8").replace('"$python"', "python3")
    demo = first.rpartition(" && ")[2]

    assert second in script.splitlines()
    assert first.partition(" && .venv/bin/uv")[0] == second.partition(" && .venv/bin/uv")[0]
    assert f"{demo} --once" in script
    assert f"{demo} --port" in script


@pytest.mark.parametrize("name", NAMED)
@pytest.mark.usefixtures("there")
def test_every_command_is_understood(name: str, sample: str) -> None:
    for line in _commands(NAMED[name]):
        program, *words = shlex.split(line)
        if program == "/kpi":
            _ask_in_slack(sample, line.removeprefix("/kpi").strip())
        elif program == "kpi":
            ask.main(words)
        else:
            _run(words)


def _ask_in_slack(sample: str, text: str) -> None:
    if order_of(text) or digest_order(text) or note_order(text) or imports_order(text):
        return
    database = Database(sample)
    if alert_order(text) or target_order(text) is not None:
        database.written("local", lambda db: terminal_alerts.answer(asking_now(db, NOW), text))
        database.close()
        return
    if order := about_names(text):
        naming.tried(database, "local", order, NOW)
    elif about_unmatched(text) is not None:
        unmatched_now(database, "local", NOW)
    elif change := about_settings(text):
        tried(database, "local", change, NOW)
    elif change is None:
        _ask(database, text)
    database.close()


def _ask(database: Database, text: str) -> None:
    with suppress(Mistake) if '"' in text else nullcontext():  # a campaign in quotes need not exist
        answered(database, "local", text, NOW)


def _run(words: list[str]) -> None:
    """Run a ``kpi-bot`` command that ends by itself; see of any other that it is understood."""
    if words == ["migrate"]:
        cli.main(words)
    elif words[:1] == ["doctor"]:
        with pytest.raises(SystemExit):
            cli.main(words)
    elif words:
        cli._arguments().parse_args(words)  # noqa: SLF001  running it would serve until it is stopped


@pytest.mark.parametrize("name", NAMED)
def test_every_link_leads_somewhere(name: str) -> None:
    page = NAMED[name]
    for link in (found[0] or found[1] for found in LINK.findall(page.read_text(encoding="utf-8"))):
        if link.startswith("https://"):
            continue
        path, _, anchor = link.partition("#")
        target = page.parent / path if path else page
        assert target.exists(), link
        assert not anchor or f"# {anchor}\n" in target.read_text(encoding="utf-8"), link


def test_every_page_is_linked_from_another() -> None:
    linked = {
        (page.parent / (found[0] or found[1]).partition("#")[0]).resolve()
        for page in PAGES
        for found in LINK.findall(page.read_text(encoding="utf-8"))
    }
    listed = {page for page in PAGES if page.parent.name == "decisions"}

    assert {page for page in PAGES if page.name != "README.md"} - listed - linked == set()


def test_every_question_is_described() -> None:
    page = _text("docs/questions.md")

    for question in QUESTIONS:
        assert f"## `{question.usage}`\n" in page


def test_the_examples_are_real_answers(sample: str) -> None:
    database = Database(sample)
    examples = EXAMPLE.findall(_text("docs/questions.md"))
    told = {text: answered(database, "local", text, NOW).headline for text, _ in examples}
    database.close()
    stale = [f"/kpi {text}\n{told[text]}" for text, shown in examples if told[text] != shown]

    assert not stale, "write into docs/questions.md:\n" + "\n".join(stale)


def test_the_figure_in_the_readme_is_real(sample: str) -> None:
    shown, detail = re.findall(r"`([\d.]+%) · ([^`]+)`", _text("README.md"))[0]
    database = Database(sample)
    figures = answered(database, "local", "campaign spring-sale", NOW).figures
    database.close()

    assert (shown, detail) in {(figure.shown, figure.detail) for figure in figures}


def test_every_period_in_the_table_is_understood() -> None:
    table = _text("docs/questions.md").partition("| You type |")[2].partition("\n\n")[0]
    periods = re.findall(r"`([^`]+)`", table)

    assert len(periods) > 20
    for period in periods:
        period_of(period, NOW.date())


def test_the_metrics_page_is_up_to_date() -> None:
    assert _text("docs/metrics.md") == reference()
    assert all(f"\n## {metric.key}\n" in reference() for metric in METRICS)


def test_every_column_of_a_file_is_explained() -> None:
    page = _text("docs/files.md")
    rows = dict(re.findall(r"^\| `(\w+)` \| (.+) \|$", page, re.MULTILINE))

    assert set(rows) >= set(COLUMNS)
    assert {fact.key: rows[fact.key] for fact in TOLD} == {fact.key: fact.meaning for fact in TOLD}


def test_every_option_of_an_import_is_explained(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        ask.main(["import", "--help"])
    options = set(re.findall(r"--[a-z-]+", capsys.readouterr().out)) - {"--help", "--workspace"}

    assert {option for option in options if f"| `{option}" not in _text("docs/files.md")} == set()


@pytest.mark.parametrize("name", ["README.md", "docs/files.md"])
def test_the_example_files_can_be_imported_whole(name: str, database: Database, tmp_path: Path) -> None:
    for number, table in enumerate(CSV.findall(_text(name))):
        path = tmp_path / f"{number}.csv"
        path.write_text(table, encoding="utf-8")
        done = import_file(database, "local", Wanted(path, dry_run=True), NOW.date(), "EUR", NOW)

        assert not done.skips
        assert done.read == len(list(csv.reader(StringIO(table)))) - 1


def test_every_setting_is_in_the_example_and_every_line_of_it_is_a_setting() -> None:
    text = (ROOT / ".env.example").read_text(encoding="utf-8")
    blocks = [block.splitlines() for block in text.split("\n\n")]
    lines = [line for block in blocks for line in block if line and not line.startswith("#")]
    values = dict(line.split("=", 1) for line in lines)

    assert {name.lower() for name in values} == set(Settings.model_fields)
    assert all(block[0].startswith("#") for block in blocks)
    assert Settings(_env_file=ROOT / ".env.example") == Settings(_env_file=None)


def test_every_setting_that_a_page_names_exists() -> None:
    known = {name.upper() for name in Settings.model_fields}
    for page in PAGES:
        named = set(re.findall(r"`((?:KPI|SLACK|DATABASE)_[A-Z_]+)\b", page.read_text(encoding="utf-8")))
        assert named <= known, page.name


def test_the_procfile_names_commands_that_exist() -> None:
    for line in (ROOT / "Procfile").read_text(encoding="utf-8").splitlines():
        process, command = line.split(": ")
        program, *words = shlex.split(command.replace("$PORT", "3000"))

        assert process in ("release", "web", "worker")
        assert program == "kpi-bot"
        cli._arguments().parse_args(words)  # noqa: SLF001  understood, without serving


def test_ci_can_be_run_by_its_name() -> None:
    assert (ROOT / ".ci" / "run").stat().st_mode & 0o111
