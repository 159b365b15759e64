"""``why``: the sample season's leak is found at its step, thin evidence is silent, and lists add up to the change."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from kpi.charts.canvas import png
from kpi.charts.differences import Differences
from kpi.errors import Mistake
from kpi.jsonable import jsonable
from kpi.report import Table
from kpi.sample import season
from kpi.storage.database import Database
from kpi.storage.schema import migrate
from tests.asking import TODAY, answer, figures, imported, text_of

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    database = Database(f"sqlite:///{tmp_path_factory.mktemp('why') / 'shop.db'}")
    migrate(database)
    imported(database, season(TODAY))
    yield database
    database.close()


def flat(database: Database, question: str) -> str:
    """Return an answer's words, however its lines are broken."""
    return " ".join(text_of(answer(database, question)).split())


def all_figures(database: Database, question: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(json.dumps(jsonable(answer(database, question))))["figures"]
    return found


def total(table: Table) -> float:
    return sum(float(one.value or 0) for one in table.figures)


def test_the_leak_is_found_at_its_step_with_what_it_cost(shop: Database) -> None:
    assert answer(shop, "why winter-warm-up").headline.startswith(
        "Winter warm-up loses most at click-to-order rate: 3%"
    )
    prize = figures(shop, "why winter-warm-up")["prize_click_to_order"]
    usual = next(one for one in all_figures(shop, "funnel winter-warm-up") if one["metric"] == "click_to_order")
    assert prize["low"] < prize["value"] < prize["high"]
    assert prize["value"] == pytest.approx(usual["denominator"] * 0.209 - usual["numerator"], rel=0.05)
    said = flat(shop, "why winter-warm-up")
    assert "more orders" in said
    assert "What usually helps: Open the link on a phone as a customer would" in said


def test_what_a_broadcast_cannot_answer_is_said(shop: Database) -> None:
    said = flat(shop, "why rocs of winter-warm-up last week")
    rocs = figures(shop, "campaign winter-warm-up")["rocs"]["value"]
    assert f"ROCS ({rocs:.1f}x) comes of the steps below. Winter warm-up loses most at click-to-order rate" in said
    assert "a broadcast has no days before to be set against" in said
    said = flat(shop, "why read rate of last-chance")
    assert "Read rate: 60.3% where 71.7% is usual (weaker: clear, >99%). Last chance loses most" in said


def test_a_kpi_of_an_automation_is_set_against_the_days_before(shop: Database) -> None:
    assert flat(shop, "why ctr of abandoned-cart").startswith("Click-through rate: Abandoned cart, 13–19 Nov 2026")


def test_noted_days_are_told(sqlite_database: Database) -> None:
    rows = "".join(f"drip,2025-11-{day},1000,1000,100\n" for day in range(20, 31))
    imported(sqlite_database, "campaign,day,sent,delivered,clickers\n" + rows)
    assert "28 Nov: Black Friday." in flat(sqlite_database, "why ctr 2025-11-25..2025-11-28")
    assert "In the days before: 28 Nov: Black Friday." in flat(sqlite_database, "why ctr 2025-11-29..2025-11-30")


def test_a_good_campaign_has_no_weak_step(shop: Database) -> None:
    assert "has no weak step" in answer(shop, "why vip-early-access").headline
    assert not [one for one in all_figures(shop, "why vip-early-access") if one["metric"].startswith("prize")]
    assert "What usually helps" not in flat(shop, "why vip-early-access")


def test_a_campaign_with_several_weak_steps_names_the_dearest_first(shop: Database) -> None:
    weak = [one for one in all_figures(shop, "why last-chance") if one["metric"].startswith("prize_click")]
    assert {one["metric"] for one in weak} == {"prize_click_to_order", "prize_click_to_open"}
    said = flat(shop, "why last-chance")
    assert said.index("loses most at click-to-order rate") < said.index("Then click-to-open rate")
    assert "Also clearly weaker: read rate" in said
    assert "opt-out rate" in said.partition("What usually helps")[0]


def test_what_is_young_or_without_peers_is_not_judged(shop: Database) -> None:
    assert "Cannot be judged: read rate" in flat(shop, "why advent-calendar")
    assert "weaker: still" not in flat(shop, "why advent-calendar")
    alone = flat(shop, "why behind-the-seams")
    assert "no step can be judged" in alone
    assert "Nothing is usual yet" in alone
    few = flat(shop, "why stylist-circle")
    assert "click-to-order rate (too little)" in few
    assert "What usually helps" not in few


@pytest.mark.parametrize("question", ["why revenue last week", "why orders last month", "why sent", "why profit"])
def test_every_list_of_a_total_adds_up_to_its_change(shop: Database, question: str) -> None:
    report = answer(shop, question)
    metric = question.split()[1]
    period = question.removeprefix("why ").removeprefix(metric).strip() or "last 7 days"
    before = {"last week": "2026-11-02..2026-11-08", "last month": "september", "last 7 days": "2026-11-06..2026-11-12"}
    now, then = (figures(shop, f"trend {metric} {one}")[metric]["value"] for one in (period, before[period]))
    tables = [piece for piece in report.pieces if isinstance(piece, Table)]
    assert tables
    for table in tables:
        assert total(table) == pytest.approx(now - then, abs=0.01)


def test_a_rates_change_is_shared_out_to_rates_and_weights(shop: Database) -> None:
    rates = [figures(shop, f"trend ctr {month}")["ctr"]["value"] for month in ("october", "september")]
    first = next(piece for piece in answer(shop, "why ctr last month").pieces if isinstance(piece, Table))
    assert total(first) == pytest.approx(rates[0] - rates[1], abs=1e-9)
    assert "because others were sent" in flat(shop, "why ctr last month")


def test_what_cannot_be_taken_apart_and_what_is_not_there_is_said(shop: Database) -> None:
    with pytest.raises(Mistake, match="cannot be taken apart"):
        answer(shop, "why list growth")
    assert answer(shop, "why winter-warm-up october").headline == answer(shop, "why winter-warm-up").headline
    assert answer(shop, "why welcome-series last month").headline.startswith("Welcome series revenue: ")
    assert "nothing to set against each other" in answer(shop, "why revenue january 2024").headline
    assert "Black Friday" in answer(shop, "why black-friday").headline


def test_every_judged_step_is_drawn_around_the_usual(shop: Database) -> None:
    chart = answer(shop, "why winter-warm-up").pictures[0].chart
    assert isinstance(chart, Differences)
    leak = next(gap for gap in chart.gaps if gap.name == "Click-to-order rate")
    assert (leak.good, leak.shown) == (False, "3% vs 20.9%")
    assert leak.low < leak.value < leak.high < 0
    assert len(png(chart)) > 5_000
    assert not answer(shop, "why behind-the-seams").pictures
