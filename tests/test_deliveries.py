"""A short run of the long proof: workers are killed again and again while Slack fails, and nothing comes twice."""

from __future__ import annotations

from pathlib import Path

from tests.proofs.deliveries import Case, ambiguous, cut, fallen, fill

PICTURE = (Path(__file__).parents[1] / "docs" / "images" / "answer.png").read_bytes()
DIGESTS = 4
MESSAGES = 2 * DIGESTS
"""Each digest has its thread."""


def test_killed_workers_and_a_failing_slack_make_no_second_message_and_lose_none(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'kpi.db'}"
    fill(url, DIGESTS)
    case = Case("short", (*ambiguous, *cut), kills=0.04, workers=2, digests=DIGESTS)
    found = fallen(case, url, tmp_path, PICTURE)
    assert (found.once, found.twice, found.lost, found.unfinished, found.told) == (MESSAGES, 0, 0, 0, 0)
    assert found.deaths
