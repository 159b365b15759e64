"""A short run of the long proof: workers are killed again and again while Slack fails, and nothing comes twice."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.proofs.deliveries import CASES, Case, fallen, fill

if TYPE_CHECKING:
    from tests.conftest import PostgreSQL

PICTURE = (Path(__file__).parents[1] / "docs" / "images" / "answer.png").read_bytes()
DIGESTS = 6
EVERYTHING = next(case for case in CASES if case.name.startswith("all of these"))


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Return a database with some digests that are due."""
    address = f"sqlite:///{tmp_path / 'kpi.db'}"
    if request.param == "postgresql":
        server: PostgreSQL = request.getfixturevalue("postgresql")
        address = server.url(server.create())
    fill(address, DIGESTS)
    return address


def test_killed_workers_and_a_failing_slack_make_no_second_digest_and_lose_none(url: str, tmp_path: Path) -> None:
    case = Case("short", EVERYTHING.faults, kills=0.03, workers=2, digests=DIGESTS)
    found = fallen(case, url, tmp_path, PICTURE)
    assert (found.once, found.twice, found.lost, found.told) == (DIGESTS, 0, 0, 0)
    assert found.deaths
