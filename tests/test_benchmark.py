"""``benchmark``: campaigns of a kind beside published ranges and their own usual, each KPI once it can be judged."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from kpi.report import Report, Table
from tests.asking import TODAY, answer, figures, imported, text_of

if TYPE_CHECKING:
    from kpi.storage.database import Database

HEADER = "campaign,day,market,sent,delivered,read,clickers,opt_outs,buyers,orders,revenue,cost\n"


def told(name: str, days_ago: int, *, read: int = 700, buyers: int = 40, opt_outs: int = 5, market: str = "DE") -> str:
    day = TODAY - timedelta(days=days_ago)
    return f"{name},{day},{market},1000,950,{read},95,{opt_outs},{buyers},{buyers},{buyers * 50}.00,100.00\n"


def rows(report: Report, at: int = 0) -> dict[str, tuple[str, ...]]:
    table = [piece for piece in report.pieces if isinstance(piece, Table)][at]
    return {row[0]: row[1:] for row in table.rows}


def test_each_kpi_is_read_from_days_that_are_old_enough(database: Database) -> None:
    imported(database, HEADER + told("autumn", 20, read=700, buyers=40) + told("winter", 4, read=300, buyers=1))
    found = figures(database, "benchmark")
    assert found["delivery_rate"]["denominator"] == 2000  # messages of both
    assert found["read_rate"]["numerator"] == 1000
    assert found["conversion_rate"]["numerator"] == 40  # four days after a message orders still come in
    assert found["rocs"]["value"] == 20
    said = text_of(answer(database, "benchmark"))
    assert "Only days old enough count: ROCS and Conversion rate up to 14 Nov 2026." in said


def test_usual_is_the_median_of_what_campaigns_did_before(database: Database) -> None:
    before = "".join(told(f"old-{at}", 60 + at, read=read) for at, read in enumerate((380, 475, 760)))
    imported(database, HEADER + before + told("new", 10, read=570))
    report = answer(database, "benchmark")
    assert rows(report)["Read rate"] == ("60%", "50%", "60%–80%", "within")
    assert "the median of 3 broadcasts before" in text_of(report)
    assert rows(answer(database, "benchmark last 90 days"))["Read rate"][1] == "–"  # nothing ran before


def test_many_opt_outs_are_not_a_range_reached(database: Database) -> None:
    imported(database, HEADER + told("loud", 10, opt_outs=90) + told("quiet", 10, opt_outs=0))
    assert rows(answer(database, "benchmark loud"))["Opt-out rate"][-1] == "above"
    assert "not with opt-out rate" in answer(database, "benchmark loud").headline
    assert "opt-out" not in answer(database, "benchmark quiet").headline


def test_kinds_and_scopes_are_kept_apart(database: Database) -> None:
    imported(database, HEADER + told("autumn", 10) + told("winter", 10, read=400, market="AT"))
    day = TODAY - timedelta(days=10)
    imported(database, f"campaign,kind,day,market,delivered,read\nwelcome,automation,{day},DE,950,855\n")
    both = answer(database, "benchmark")
    assert [piece.caption for piece in both.pieces if isinstance(piece, Table)] == ["Broadcasts", "Automations"]
    assert rows(both, 1)["Read rate"][0] == "90%"
    assert rows(answer(database, "benchmark in AT"))["Read rate"][0] == "42.1%"


def test_days_without_results_are_said(database: Database) -> None:
    imported(database, HEADER + told("autumn", 100))
    assert answer(database, "benchmark").headline.startswith("No WhatsApp campaign has KPIs to judge in ")
    assert answer(database, "benchmark autumn last month").headline.startswith("autumn has no KPIs to judge in ")


def test_an_overview_and_a_card_are_cut_into_steps(database: Database) -> None:
    imported(database, HEADER + told("autumn", 20, buyers=40) + told("autumn", 12, buyers=20))
    for question in ("overview last 28 days by week", "autumn by week"):
        found = next(piece for piece in answer(database, question).pieces if isinstance(piece, Table))
        assert found.caption == "By week"
        assert {row[1] for row in found.rows} - {"–"} == {"€2,000", "€1,000"}
