"""The wheel holds all that the program needs: installed elsewhere, it imports a file and answers a question."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import sysconfig
import tomllib
from dataclasses import dataclass
from pathlib import Path
from zipfile import ZipFile

import pytest

ROOT = Path(__file__).parent.parent
RESULTS = "campaign,day,sent,delivered,read,revenue,cost\nspring-sale,2026-05-26,1000,950,,500.00,100.00\n"


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the wheel."""
    folder = tmp_path_factory.mktemp("wheel")
    _run([sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder), str(ROOT)], folder)
    return next(folder.glob("*.whl"))


@dataclass(frozen=True)
class Elsewhere:
    """A clean environment outside the checkout, with the wheel and a view of the packages it depends on."""

    folder: Path

    def run(self, script: str, *words: str) -> str:
        return _run([str(self.folder / "venv" / "bin" / script), *words], self.folder)


@pytest.fixture(scope="module")
def elsewhere(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Elsewhere:
    """Install the wheel, as pip does it."""
    there = Elsewhere(tmp_path_factory.mktemp("elsewhere"))
    _run([sys.executable, "-m", "venv", "venv"], there.folder)
    there.run("python", "-m", "pip", "install", "--no-index", "--no-deps", "--disable-pip-version-check", str(wheel))
    ours = Path(there.run("python", "-c", "import sysconfig; print(sysconfig.get_path('purelib'))").strip())
    (ours / "dependencies.pth").write_text(sysconfig.get_path("purelib"), encoding="utf-8")
    (there.folder / "results.csv").write_text(RESULTS, encoding="utf-8")
    return there


def test_the_wheel_holds_every_file_of_both_packages(wheel: Path) -> None:
    held = set(ZipFile(wheel).namelist())
    files = [path for package in ("kpi", "bot") for path in (ROOT / package).rglob("*") if path.is_file()]
    ours = {str(path.relative_to(ROOT)) for path in files if "__pycache__" not in path.parts}

    assert not {name for name in ours if not name.endswith(".pyc")} - held
    assert {"kpi/py.typed", "bot/py.typed", "kpi/migrations/script.py.mako"} <= held
    assert any(name.endswith(".ttf") for name in held)
    assert any(name.startswith("bot/local_slack/page/") and name.endswith(".html") for name in held)
    assert {Path(name).name for name in held if ".dist-info/licenses/" in name} == {"LICENSE", "OFL.txt"}


def test_it_imports_a_file_and_answers_outside_the_checkout(elsewhere: Elsewhere) -> None:
    where = elsewhere.run("python", "-c", "import kpi, bot; print(kpi.__file__, bot.__file__)")
    imported = elsewhere.run("kpi", "import", "results.csv")
    answer = elsewhere.run("kpi", "campaign", "spring-sale", "--png", "charts")

    assert str(ROOT) not in where
    assert "1 row of 1 campaign" in imported
    assert "95.00%" in answer or "95%" in answer
    assert "950 of 1,000 sent" in answer
    assert list((elsewhere.folder / "charts").glob("*.png"))


def test_the_other_script_knows_the_schema(elsewhere: Elsewhere) -> None:
    assert "up to date" in elsewhere.run("kpi-bot", "migrate")


def test_both_lists_of_pins_agree() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    pinned = set(project["tool"]["uv"]["constraint-dependencies"])
    required = (ROOT / "requirements.txt").read_text(encoding="utf-8")
    exact = set(re.findall(r"^([a-z][^\s;]*==[^\s\\]+(?: ; [^\\\n]+?)?)(?: \\)?$", required, re.MULTILINE))

    assert exact <= pinned, exact - pinned
    assert len(exact) == len(re.findall("==", re.sub(r" ; .*", "", required)))


def test_everything_the_program_needs_is_pinned() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    wanted = {_name(line) for line in project["project"]["dependencies"]}
    tools = {_name(line) for line in project["dependency-groups"]["dev"]}
    required = {_name(line) for line in (ROOT / "requirements.txt").read_text(encoding="utf-8").splitlines()}
    pinned = {_name(line) for line in project["tool"]["uv"]["constraint-dependencies"]}

    assert wanted <= required
    assert wanted | tools <= pinned


def test_the_pins_name_no_host() -> None:
    for file in ("requirements.txt", "pyproject.toml"):
        assert "://" not in (ROOT / file).read_text(encoding="utf-8")


def _name(requirement: str) -> str:
    return re.split(r"[^\w.-]", requirement.strip(), maxsplit=1)[0].lower()


def _run(command: list[str], folder: Path) -> str:
    """Run a command with an environment that leads nowhere else."""
    mine = {"PATH": os.environ["PATH"], "HOME": str(folder), "PYTHONUTF8": "1", "COLUMNS": "200"}
    mine |= {name: value for name, value in os.environ.items() if name == "PYTHONPYCACHEPREFIX"}
    done = subprocess.run(command, check=False, cwd=folder, env=mine, capture_output=True, text=True)  # noqa: S603  our own program
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout
