"""The long proofs, run by one command that writes what they found into ``docs/scoreboard.md``.

``python -m tests.proofs.scoreboard`` runs all of them, ``python -m tests.proofs.scoreboard "Due slots"`` only one; the
sections of the others stay as they are. A proof is a module with a ``TITLE`` and a ``table()`` that returns Markdown.
"""

from __future__ import annotations

import os
import platform
import re
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from tests.proofs import alarms, deliveries, due_slots, exactness, hostile_bodies, live_load, memory

if TYPE_CHECKING:
    from collections.abc import Callable

PROOFS: dict[str, Callable[[], str]] = {
    one.TITLE: one.table for one in (due_slots, deliveries, memory, alarms, exactness, hostile_bodies, live_load)
}
PAGE = Path(__file__).parents[2] / "docs" / "scoreboard.md"
HEAD = """# Scoreboard

What the long proofs found, as they printed it. They are not part of the ordinary test run, which holds a short seed of
each. This page is written by

```sh
.venv/bin/uv run python -m tests.proofs.scoreboard
```
"""


def main(wanted: list[str]) -> None:
    """Run the proofs and write their sections."""
    before = PAGE.read_text(encoding="utf-8") if PAGE.exists() else ""
    sections = dict(re.findall(r"^## (.+?)\n\n(.*?)(?=^## |\Z)", before, re.MULTILINE | re.DOTALL))
    for title, table in PROOFS.items():
        if not wanted or title in wanted:
            begun = time.monotonic()
            found = table().strip()
            sections[title] = f"{found}\n\n{_where_and_when(time.monotonic() - begun)}\n"
            said = [HEAD, *(f"## {name}\n\n{sections[name].strip()}\n" for name in PROOFS if name in sections)]
            PAGE.write_text("\n".join(said), encoding="utf-8")


def _where_and_when(seconds: float) -> str:
    machine = f"{os.cpu_count()} processors, Python {platform.python_version()}"
    return f"Run on {datetime.now(UTC):%Y-%m-%d}, {machine}, in {seconds / 60:.1f} minutes."


if __name__ == "__main__":
    main(sys.argv[1:])
