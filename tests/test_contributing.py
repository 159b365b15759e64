"""CONTRIBUTING's first two recipes, followed word for word in a copy of the program."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
RESULTS = "campaign,day,sent,delivered,replies,cost\nspring-sale,2026-05-26,1000,950,40,100.00\n"


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """Return a folder that holds a copy of the program and nothing else."""
    for package in ("kpi", "bot"):
        shutil.copytree(ROOT / package, tmp_path / package, ignore=shutil.ignore_patterns("__pycache__"))
    for file in ("pyproject.toml", "CONTRIBUTING.md"):
        shutil.copy(ROOT / file, tmp_path)
    (tmp_path / "results.csv").write_text(RESULTS, encoding="utf-8")
    return tmp_path


def test_a_kpi_is_one_line(copy: Path) -> None:
    line = _blocks(copy, "Add a KPI")[0]
    table = copy / "kpi" / "metrics.py"
    before, end, after = table.read_text(encoding="utf-8").partition(")  # fmt: skip\nMETRIC = {")
    table.write_text(f"{before}    {line}{end}{after}", encoding="utf-8")

    _run(copy, "bot.ask", "import", "results.csv")
    answer = json.loads(_run(copy, "bot.ask", "top", "cpr", "--json"))

    [figure] = [figure for figure in answer["figures"] if figure["metric"] == "cost_per_reply"]
    assert figure["value"] == 2.5
    assert "`cost_per_reply`" in _run(copy, "kpi.metrics_reference")
    _lint(copy, table)


def test_a_question_is_one_file_and_its_line(copy: Path) -> None:
    code, imported, listed = _blocks(copy, "Add a question")
    (copy / "kpi" / "questions" / "latest.py").write_text(code, encoding="utf-8")
    index = copy / "kpi" / "questions" / "__init__.py"
    text = index.read_text(encoding="utf-8")
    text = text.replace("from kpi.questions.overview", f"{imported}from kpi.questions.overview")
    text = re.sub(r"(ABOUT_RESULTS = \(\n(?:    \w+,\n)*)", lambda found: found[0] + listed, text)
    index.write_text(text, encoding="utf-8")

    _run(copy, "bot.ask", "import", "results.csv")

    assert "Sent last: spring-sale." in _run(copy, "bot.ask", "latest")
    assert "the campaigns that sent last" in _run(copy, "bot.ask", "help")
    _lint(copy, index.parent / "latest.py", index)


def _blocks(copy: Path, heading: str) -> list[str]:
    """Return the Python blocks under a heading of CONTRIBUTING."""
    text = (copy / "CONTRIBUTING.md").read_text(encoding="utf-8")
    section = text.partition(f"## {heading}\n")[2].partition("\n## ")[0]
    return re.findall(r"^```python\n(.*?)^```$", section, re.MULTILINE | re.DOTALL)


def _run(copy: Path, module: str, *words: str) -> str:
    """Run a module of the copy."""
    mine = {"PATH": os.environ["PATH"], "PYTHONPATH": str(copy), "PYTHONUTF8": "1", "COLUMNS": "200"}
    command = [sys.executable, "-m", module, *words]
    done = subprocess.run(command, check=False, cwd=copy, env=mine, capture_output=True, text=True)  # noqa: S603  our own program
    assert done.returncode == 0, done.stderr
    return done.stdout


def _lint(copy: Path, *files: Path) -> None:
    ruff = [sys.executable, "-m", "ruff", "check", "--no-cache", "--config", str(copy / "pyproject.toml")]
    done = subprocess.run([*ruff, *map(str, files)], check=False, cwd=copy, capture_output=True, text=True)  # noqa: S603  our own program
    assert done.returncode == 0, done.stdout
