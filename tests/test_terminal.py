"""``kpi`` and ``kpi-bot`` in a terminal: what they print, how they exit, and the data that scripts rely on."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from bot import ask, cli, doctor
from bot.blocks import message
from bot.local_slack import LocalSlack
from bot.serving import served
from bot.web import not_ready
from kpi.answering import answered
from kpi.storage.database import Database
from kpi.storage.schema import migrate
from tests.slack_world import only, settings_for, stage

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.slack_world import Scene

__all__ = ["stage"]

SCRIPTS = Path(sys.executable).parent
RESULTS = """campaign,day,name,sent,delivered,read,clickers,orders,buyers,revenue,refunds,cost
spring-sale,2025-05-26,Spring sale,1000,950,713,57,12,11,600.00,50.00,100.00
silent,2025-05-27,Silent,100,95,,,,,,,
broken,2025-05-28,Broken,100,95,96,,,,,,
broken,someday,Broken,100,95,90,,,,,,
"""
FIGURE = {"campaign", "metric", "value", "numerator", "denominator", "low", "high", "unit"}


@pytest.fixture
def desk(tmp_path: Path, sqlite_template: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Sit down in an empty folder with a file of results, settings of nobody, and an empty database."""
    for name in list(os.environ):
        if name.startswith(("KPI_", "SLACK_", "DATABASE_")) or name in {"HOST", "PORT"}:
            monkeypatch.delenv(name)
    monkeypatch.setenv("COLUMNS", "200")
    monkeypatch.chdir(tmp_path)
    shutil.copyfile(sqlite_template, tmp_path / "kpi.db")
    (tmp_path / "results.csv").write_text(RESULTS, encoding="utf-8")
    return tmp_path


@pytest.fixture
def told(desk: Path, capsys: pytest.CaptureFixture[str]) -> Path:
    """Import the results first."""
    ask.main(["import", "results.csv"])
    capsys.readouterr()
    return desk


def exit_code(*words: str) -> int:
    with pytest.raises(SystemExit) as exited:
        ask.main(words)
    return int(str(exited.value.code))


def data(capsys: pytest.CaptureFixture[str], *words: str) -> Any:  # noqa: ANN401  whatever was printed
    ask.main([*words, "--json"])
    return json.loads(capsys.readouterr().out)


@pytest.mark.parametrize("words", [("overview",), ("overview", "--json"), ("overview", "--blocks")])
def test_a_reader_who_has_seen_enough_is_no_fault(told: Path, words: tuple[str, ...]) -> None:
    program = subprocess.Popen(  # noqa: S603  our own programs
        [SCRIPTS / "kpi", *words], cwd=told, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert program.stdout is not None
    program.stdout.close()
    _, complaints = program.communicate(timeout=60)
    assert complaints == ""
    assert program.returncode == 1


def run(program: str, *words: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Start one of the two programs as anybody would, with no settings at all."""
    mine = {name: value for name, value in os.environ.items() if not name.startswith(("KPI_", "SLACK_", "DATABASE_"))}
    command = [str(SCRIPTS / program), *words]
    return subprocess.run(command, check=False, cwd=folder, env=mine, capture_output=True, text=True)  # noqa: S603  ours


# --- kpi QUESTION ------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("told")
def test_an_answer_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    ask.main(["campaign", "spring-sale"])
    said = capsys.readouterr()
    assert "Spring sale earned 5.5x its cost: €550 revenue for €100" in said.out
    assert not said.err


@pytest.mark.usefixtures("desk")
def test_an_option_that_does_not_exist_is_a_mistake(capsys: pytest.CaptureFixture[str]) -> None:
    assert exit_code("--nonsense") == 2
    assert "usage: kpi" in capsys.readouterr().err


@pytest.mark.usefixtures("told")
@pytest.mark.parametrize(
    ("words", "message", "hint"),
    [
        (
            ["campaign", "spring-sail"],
            "There is no campaign called 'spring-sail'.",
            "Did you mean: campaign spring-sale",
        ),
        (["top", "flurbel"], "I know no KPI called 'flurbel'.", "Did you mean: top"),
        (["spring-sale", "2025-13-45"], "2025-13-45", "2026-05"),
        (["import", "nowhere.csv"], "nowhere.csv", ""),
        (["import", "results.csv", "--map", "nonsense"], "--map nonsense does not say", "--map 'Messages sent=sent'"),
    ],
)
def test_a_mistake_is_told_with_a_hint_and_exit_code_two(
    capsys: pytest.CaptureFixture[str], words: list[str], message: str, hint: str
) -> None:
    assert exit_code(*words) == 2
    said = capsys.readouterr()
    assert not said.out
    assert message in said.err
    assert hint in said.err
    assert "Traceback" not in said.err


@pytest.mark.usefixtures("desk")
@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DATABASE_URL", "mysql://localhost/kpi"),
        ("KPI_TIMEZONE", "Atlantis/Capital"),
        ("KPI_CURRENCY", "GOLD"),
        ("PORT", "a lot"),
    ],
)
def test_a_wrong_setting_is_named(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(name, value)
    assert exit_code("overview") == 2
    assert name in capsys.readouterr().err


@pytest.mark.usefixtures("told")
def test_the_data_of_an_answer_keeps_its_contract(capsys: pytest.CaptureFixture[str]) -> None:
    answer = data(capsys, "campaign", "spring-sale")
    assert set(answer) == {"headline", "pieces", "figures"}
    assert answer["headline"].startswith("Spring sale earned 5.5x its cost")
    assert all(set(figure) == FIGURE for figure in answer["figures"])
    assert {"heading", "paragraph", "figures", "picture", "choices"} <= {piece["piece"] for piece in answer["pieces"]}
    found = {figure["metric"]: figure for figure in answer["figures"]}
    assert found["delivery_rate"] | {"low": 0, "high": 0} == {
        "campaign": "spring-sale",
        "metric": "delivery_rate",
        "value": 0.95,
        "numerator": 950,
        "denominator": 1000,
        "low": 0,
        "high": 0,
        "unit": "share",
    }
    assert 0.93 < found["delivery_rate"]["low"] < 0.95 < found["delivery_rate"]["high"] < 0.97
    assert (found["revenue"]["value"], found["revenue"]["unit"]) == (550, "EUR")
    assert (found["cost"]["value"], found["cost"]["unit"]) == (100, "EUR")
    assert (found["rocs"]["value"], found["rocs"]["unit"]) == (5.5, "times")
    assert found["read_rate"]["value"] == pytest.approx(713 / 950)
    assert found["ctr"]["value"] == pytest.approx(57 / 950)


@pytest.mark.usefixtures("told")
def test_what_is_unknown_is_null_and_never_zero(capsys: pytest.CaptureFixture[str]) -> None:
    found = {figure["metric"]: figure for figure in data(capsys, "campaign", "silent")["figures"]}
    assert found["delivery_rate"]["value"] == 0.95
    for metric in ("revenue", "cost", "rocs"):
        assert found[metric]["value"] is None
        assert found[metric]["numerator"] is None
        assert found[metric]["low"] is None


@pytest.mark.usefixtures("told")
def test_a_count_is_a_whole_number(capsys: pytest.CaptureFixture[str]) -> None:
    figure = only(data(capsys, "trend", "sent", "spring-sale")["figures"])
    assert (figure["value"], figure["unit"]) == (1000, "count")
    assert isinstance(figure["value"], int)


@pytest.mark.usefixtures("told")
def test_blocks_are_the_message_as_slack_would_get_it(capsys: pytest.CaptureFixture[str]) -> None:
    ask.main(["top", "rocs", "--blocks"])
    said = json.loads(capsys.readouterr().out)
    assert set(said) == {"text", "blocks"}
    assert said["text"].startswith("Spring sale has the highest ROCS")
    assert [block["type"] for block in said["blocks"]][:2] == ["header", "section"]


@pytest.mark.usefixtures("told")
def test_a_name_with_spaces_needs_no_quotes_of_its_own(capsys: pytest.CaptureFixture[str]) -> None:
    assert data(capsys, "campaign", "Spring sale") == data(capsys, "campaign", "spring-sale")


def test_charts_are_written_as_pictures(told: Path, capsys: pytest.CaptureFixture[str]) -> None:
    ask.main(["campaign", "spring-sale", "--png", "charts/new"])
    assert "Spring sale" in capsys.readouterr().out
    picture = only(list((told / "charts/new").iterdir()))
    assert picture.name == "kpi-1.png"
    assert picture.read_bytes().startswith(b"\x89PNG\r\n\x1a\n")


@pytest.mark.usefixtures("desk")
def test_an_empty_database_answers_with_the_first_steps(capsys: pytest.CaptureFixture[str]) -> None:
    ask.main(["overview"])
    assert "kpi import results.csv" in capsys.readouterr().out


# --- kpi import --------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("desk")
def test_an_import_says_what_it_stored_and_which_lines_it_skipped(capsys: pytest.CaptureFixture[str]) -> None:
    ask.main(["import", "results.csv"])
    said = capsys.readouterr().out
    assert re.search(r"results\.csv: 2 rows of 2 campaigns.* 2 new", said)
    assert "Skipped 2 lines:" in said
    assert "line 4: read (96) is more than delivered (95)" in said
    assert "line 5: 'someday' is not a day" in said
    (again,) = data(capsys, "import", "results.csv")
    assert (again["read"], again["new"], again["changed"], again["unchanged"]) == (2, 0, 0, 2)
    assert [skip["line"] for skip in again["skipped"]] == [4, 5]


@pytest.mark.usefixtures("desk")
def test_a_dry_run_stores_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    (done,) = data(capsys, "import", "results.csv", "--dry-run")
    assert (done["dry_run"], done["new"]) == (True, 2)
    ask.main(["overview"])
    assert "No campaign is stored yet." in capsys.readouterr().out


# --- the programs themselves -------------------------------------------------------------------------------------


def test_the_program_kpi_imports_answers_and_exits(desk: Path) -> None:
    done = run("kpi", "import", "results.csv", folder=desk)
    assert (done.returncode, done.stderr) == (0, "")
    mistake = run("kpi", "campaign", "spring-sail", folder=desk)
    assert (mistake.returncode, mistake.stdout) == (2, "")
    assert mistake.stderr.splitlines()[0] == "There is no campaign called 'spring-sail'."


def test_the_demo_goes_the_whole_way_once_and_leaves_nothing_behind(tmp_path: Path) -> None:
    done = run("kpi-bot", "demo", "--once", "/kpi campaign spring-sale", "--json", folder=tmp_path)
    assert done.returncode == 0, done.stderr
    arrived = json.loads(done.stdout)
    assert set(arrived) == {"channel", "text", "blocks"}
    assert arrived["channel"] == "C0MARKET01"
    assert arrived["text"].startswith("Spring sale earned")
    assert only([block for block in arrived["blocks"] if block["type"] == "image"])["alt_text"].startswith(
        arrived["text"]
    )
    assert not list(tmp_path.iterdir())


@pytest.mark.usefixtures("desk")
def test_the_demo_prints_the_message_as_text(capsys: pytest.CaptureFixture[str]) -> None:
    cli.main(["demo", "--once", "/kpi top rocs"])
    said = capsys.readouterr().out
    assert "VIP early access has the highest ROCS" in said
    assert "[picture F" in said


def test_the_schema_is_migrated_once_and_again(desk: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (desk / "kpi.db").unlink()
    done = run("kpi-bot", "migrate", folder=desk)
    assert (done.returncode, done.stdout) == (0, "The schema is up to date.\n")
    cli.main(["migrate"])
    assert capsys.readouterr().out == "The schema is up to date.\n"
    database = Database(f"sqlite:///{desk}/kpi.db")
    assert not_ready(database) == []
    database.close()


def test_the_self_check_of_an_empty_folder_says_all_that_is_missing_and_how_to_mend_it(tmp_path: Path) -> None:
    done = run("kpi-bot", "doctor", "--json", folder=tmp_path)
    assert done.returncode == 1
    findings = json.loads(done.stdout)
    missing = [finding for finding in findings if finding["state"] != "ok"]
    assert {finding["part"] for finding in missing if finding["state"] == "fault"} == {"signing secret", "token"}
    assert len(missing) > 2
    assert all(finding["mend"] or "makes it" in finding["said"] for finding in missing)
    assert {"SLACK_SIGNING_SECRET", "SLACK_BOT_TOKEN"} <= set(re.findall(r"SLACK_[A-Z_]+", done.stdout))
    assert not list(tmp_path.iterdir())


QUIET = """
import logging, sys
from datetime import UTC, datetime
import bot.slash, bot.blocks, bot.app, kpi.answering
from kpi.storage.database import Database
database = Database(sys.argv[1])
for question in ("overview", "campaign spring-sale", "top rocs", "trend revenue", "help"):
    report = kpi.answering.answered_or_excused(database, "local", question, datetime.now(UTC))
    assert bot.blocks.message(report)["blocks"]
database.close()
print(sorted({name.partition(".")[0] for name in sys.modules} & {"matplotlib", "scipy", "numpy", "PIL", "statsmodels"}))
"""


def test_an_answer_in_words_imports_nothing_that_draws_or_computes_at_length(told: Path) -> None:
    command = [sys.executable, "-c", QUIET, f"sqlite:///{told}/kpi.db"]
    done = subprocess.run(command, check=False, capture_output=True, text=True, cwd=Path(__file__).parent.parent)  # noqa: S603  ours
    assert done.returncode == 0, done.stderr
    assert done.stdout == "[]\n"


# --- the self-check against a Slack ------------------------------------------------------------------------------


@pytest.fixture
def slack() -> Iterator[LocalSlack]:
    with LocalSlack() as started:
        yield started


def checked(capsys: pytest.CaptureFixture[str]) -> tuple[int, dict[str, dict[str, str]]]:
    """Run the self-check and return its exit code and its findings by what they are about."""
    with pytest.raises(SystemExit) as exited:
        cli.main(["doctor", "--json"])
    findings = json.loads(capsys.readouterr().out)
    return int(str(exited.value.code)), {finding["part"]: finding for finding in findings}


@pytest.mark.usefixtures("told")
def test_the_self_check_is_content_with_a_slack_that_knows_the_token(
    slack: LocalSlack, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    _use(monkeypatch, slack)
    code, found = checked(capsys)
    assert code == 0
    assert found["token"]["said"] == "it is kpi of Local team"
    assert found["schema"]["state"] == "ok"
    assert found["data"]["said"] == "2 campaigns, results up to 2025-05-27"


@pytest.mark.usefixtures("told")
def test_the_self_check_names_a_wrong_token_and_keeps_it_to_itself(
    slack: LocalSlack, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    _use(monkeypatch, slack)
    monkeypatch.setenv("SLACK_BOT_TOKEN", "xoxb-wrong")
    code, found = checked(capsys)
    assert code == 1
    assert found["token"]["said"] == "Slack refuses it: invalid_auth."
    assert "xoxb-wrong" not in json.dumps(found)


@pytest.mark.usefixtures("told")
def test_the_self_check_says_that_slack_cannot_be_reached(
    slack: LocalSlack, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    _use(monkeypatch, slack)
    slack.stop()
    code, found = checked(capsys)
    assert code == 1
    assert "cannot be reached" in found["slack"]["said"]


@pytest.mark.usefixtures("told")
def test_the_self_check_names_every_missing_scope_and_who_grants_it(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SLACK_BOT_TOKEN", "xoxb-local")
    monkeypatch.setenv("SLACK_SIGNING_SECRET", "secret")
    with _auth_test_with("commands, chat:write") as url:
        monkeypatch.setenv("SLACK_API_URL", url)
        code, found = checked(capsys)
    assert code == 0
    missing = {part.removeprefix("scope "): one for part, one in found.items() if part.startswith("scope ")}
    assert set(missing) >= {"files:write", "files:read", "im:write", "users:read", "channels:read", "groups:read"}
    assert not {"commands", "chat:write"} & set(missing)
    assert all("A workspace admin grants it" in one["mend"] for one in missing.values())
    with _auth_test_with(",".join(doctor.SCOPES)) as url:
        monkeypatch.setenv("SLACK_API_URL", url)
        _, found = checked(capsys)
    assert found["scopes"]["said"] == "all granted"


def _use(monkeypatch: pytest.MonkeyPatch, slack: LocalSlack) -> None:
    monkeypatch.setenv("SLACK_BOT_TOKEN", slack.token)
    monkeypatch.setenv("SLACK_SIGNING_SECRET", slack.signing_secret)
    monkeypatch.setenv("SLACK_API_URL", slack.api_url)


@contextmanager
def _auth_test_with(scopes: str) -> Iterator[str]:
    """Serve auth.test with the header in which Slack lists what a token may do; the local Slack sends none."""

    class Answer(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.dumps({"ok": True, "user": "kpi", "team": "Local team"}).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("x-oauth-scopes", scopes)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_arguments: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Answer) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/api/"
        server.shutdown()
        thread.join()


# --- kpi-bot web -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["SLACK_BOT_TOKEN", "SLACK_SIGNING_SECRET"])
def test_the_server_names_what_it_needs(
    desk: Path, slack: LocalSlack, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    assert desk.is_dir()
    _use(monkeypatch, slack)
    monkeypatch.delenv(name)
    with pytest.raises(SystemExit) as exited:
        cli.main(["web"])
    assert exited.value.code == 2
    said = capsys.readouterr().err
    assert f"{name} is not set." in said
    assert slack.token not in said


@pytest.mark.usefixtures("desk")
def test_the_server_says_that_slack_refuses_its_token(
    slack: LocalSlack, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    _use(monkeypatch, slack)
    monkeypatch.setenv("SLACK_BOT_TOKEN", "xoxb-wrong")
    with pytest.raises(SystemExit) as exited:
        cli.main(["web"])
    assert exited.value.code == 2
    assert "Slack refuses SLACK_BOT_TOKEN: invalid_auth" in capsys.readouterr().err


def test_a_running_bot_is_alive_and_ready(stage: Scene) -> None:
    with httpx.Client(base_url=stage.url, trust_env=False) as browser:
        assert browser.get("/healthz").status_code == 200
        ready = browser.get("/readyz")
        assert (ready.status_code, ready.json()) == (200, {"ready": True, "reasons": []})
        for path in ("/docs", "/openapi.json", "/slack/events", "/"):
            assert browser.get(path).status_code in {404, 405}


def test_a_bot_is_ready_only_when_the_schema_is(tmp_path: Path, stage: Scene) -> None:
    from bot.web import web  # noqa: PLC0415  beside its only use

    database = Database(f"sqlite:///{tmp_path}/kpi.db")
    secret = settings_for(stage.slack, database.url).slack_signing_secret.get_secret_value()
    with (
        served(web(stage.bot.bolt, database, secret, stage.bot.parts.door)) as url,
        httpx.Client(base_url=url, trust_env=False) as browser,
    ):
        assert browser.get("/healthz").status_code == 200
        unready = browser.get("/readyz")
        assert unready.status_code == 503
        assert unready.json() == {"ready": False, "reasons": ["the schema is not up to date: run kpi-bot migrate"]}
        migrate(database)
        assert browser.get("/readyz").status_code == 200
    database.close()


def test_the_terminal_and_the_bot_make_the_same_message(
    stage: Scene, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    parts = stage.bot.parts
    monkeypatch.setenv("DATABASE_URL", parts.settings.database_url)
    ask.main(["campaign", "fire-deals", "--blocks"])
    report = answered(parts.database, "local", "campaign fire-deals", parts.now())
    assert json.loads(capsys.readouterr().out)["text"] == message(report)["text"]
