"""``compare``: the sample season's stories are told rightly, and the words and figures say the same."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from statsmodels.stats.proportion import confint_proportions_2indep

from kpi.charts.canvas import png
from kpi.charts.funnels import Funnels
from kpi.errors import Mistake
from kpi.jsonable import jsonable
from kpi.report import Choices, Paragraph, Report
from kpi.sample import season
from kpi.storage.database import Database
from kpi.storage.schema import migrate
from tests.asking import TODAY, answer, imported, text_of
from tests.proofs.comparing import DIFFERENT, EQUAL, MOST_WRONG, share_called

if TYPE_CHECKING:
    from collections.abc import Iterator

HEADER = "campaign,day,market,variant,sent,delivered,read,clickers,orders,buyers,revenue,cost\n"


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    database = Database(f"sqlite:///{tmp_path_factory.mktemp('compare') / 'shop.db'}")
    migrate(database)
    imported(database, season(TODAY))
    yield database
    database.close()


def compared(database: Database, question: str) -> dict[str, dict[str, Any]]:
    """Ask for a comparison of two, and return its figures by KPI."""
    found = json.loads(json.dumps(jsonable(answer(database, question))))["figures"]
    return {figure["metric"]: figure for figure in found}


def row(campaign: str, back: int, clickers: int, *, sent: int = 5_000, market: str = "", variant: str = "") -> str:
    day = TODAY - timedelta(days=back)
    orders = clickers // 4
    counts = f"{sent},{sent},{sent * 7 // 10},{clickers},{orders},{orders},{orders * 50},{sent * 0.1}"
    return f"{campaign},{day},{market},{variant},{counts}\n"


def said(report: Report) -> str:
    return next(piece.text for piece in report.pieces if isinstance(piece, Paragraph))


def flat(report: Report) -> str:
    """Return an answer's words, however its lines are broken."""
    return " ".join(text_of(report).split())


def test_a_noted_day_on_one_side_is_a_reason_to_doubt(sqlite_database: Database) -> None:
    rows = "black,2025-11-28,,,4000,4000,2800,400,100,100,5000,400\n"
    rows += "plain,2025-11-12,,,4000,4000,2800,300,80,80,4000,400\n"
    imported(sqlite_database, HEADER + rows)
    text = flat(answer(sqlite_database, "compare plain black"))
    assert "Black Friday (28 Nov 2025) falls into black alone, which is a reason to doubt." in text
    imported(sqlite_database, HEADER + rows + rows.replace("black,", "other,").replace("plain,", "another,"))
    assert "a reason to doubt" not in flat(answer(sqlite_database, "compare black other"))


# The sample season


def test_the_clear_winner_is_called_one(shop: Database) -> None:
    for other in ("spring-sale", "summer-sale", "back-to-school"):
        assert compared(shop, f"compare vip-early-access {other}")["conversion_rate"]["verdict"] == "clear"
        assert answer(shop, f"compare {other} vip-early-access").headline.startswith("VIP early access did better than")


def test_what_only_looks_like_a_winner_is_not_called_one(shop: Database) -> None:
    for other in ("vip-early-access", "spring-sale", "summer-sale"):
        found = compared(shop, f"compare stylist-circle {other}")["conversion_rate"]
        assert found["value"] > found["other_value"]
        assert found["verdict"] != "clear"
    several = answer(shop, "compare stylist-circle vip-early-access spring-sale summer-sale").headline
    assert "but not clearly" in several


def test_a_shift_in_the_mix_of_markets_leads_with_the_markets(shop: Database) -> None:
    report = answer(shop, "flash-friday vs loyalty-weekend")
    assert report.headline.startswith("Market by market there is no clear difference between Flash Friday and Loyalty")
    assert "that comes from the mix of markets: AT" in said(report)
    figure = compared(shop, "compare loyalty-weekend flash-friday")["ctr"]
    assert figure["difference"] > 0.04
    assert figure["low"] > 0, "sampling alone calls it clear"
    assert figure["wide_low"] < 0 < figure["wide_high"]
    assert figure["verdict"] == "unclear"


def test_variants_sent_on_the_same_days_share_their_noise(shop: Database) -> None:
    report = answer(shop, "compare autumn-arrivals")
    assert report.headline.startswith("Variant b did better than Variant a on click-through rate")
    assert "If people were picked by lot for each variant, the variant made the difference." in flat(report)
    figure = compared(shop, "compare autumn-arrivals b a")["ctr"]
    assert (figure["campaign"], figure["other"]) == ("autumn-arrivals b", "autumn-arrivals a")
    assert figure["wide_high"] - figure["wide_low"] < 1.5 * (figure["high"] - figure["low"])


def test_what_is_not_comparable_is_said_once(shop: Database) -> None:
    text = flat(answer(shop, "compare abandoned-cart advent-calendar"))
    assert text.count("Automations answer people who have just done something") == 1
    assert text.count("Nobody was picked by lot, so this says that they differ, not why.") == 1
    assert "Results of Advent calendar are still coming in" in text
    assert "The cost of Singles day is unknown." in flat(answer(shop, "compare singles-day spring-sale"))
    assert "E-mail" not in text
    mail = flat(answer(shop, "compare spring-sale spring-sale-email"))
    assert "They went out by WhatsApp and e-mail" in mail


@pytest.mark.parametrize(
    "question",
    [
        "compare spring-sale summer-sale",
        "compare abandoned-cart last week this week",
        "compare last week this week",
        "compare spring-sale markets",
        "compare autumn-arrivals DE ES",
        "compare vip-early-access spring-sale stylist-circle flash-friday",
        "compare behind-the-seams delivery-updates",
        "compare spring-sale summer-sale rocs",
        "compare singles-day last-chance",
    ],
)
def test_every_comparison_says_what_its_figures_say(shop: Database, question: str) -> None:
    report = answer(shop, question)
    assert len(report.headline) < 200
    assert "p-value" not in text_of(report)
    found = jsonable(report)["figures"]
    assert found
    for figure in found:
        if figure["value"] is not None and figure["other_value"] is not None:
            assert figure["difference"] == pytest.approx(figure["value"] - figure["other_value"])
        if figure["verdict"] == "leaning":
            assert max(figure["chance"], 1 - figure["chance"]) >= 0.9
        if figure["low"] is not None:
            assert figure["wide_low"] <= figure["wide_high"]
    for picture in report.pictures:
        assert len(png(picture.chart)) > 5_000


def test_a_planned_campaign_has_nothing_to_compare(shop: Database) -> None:
    assert "starts on" in answer(shop, "compare black-friday spring-sale").headline


@pytest.mark.parametrize(
    ("question", "message"),
    [("compare", "Compare what?"), ("compare spring-sale", "Compare Spring sale with what?")],
)
def test_one_side_alone_gets_offers(shop: Database, question: str, message: str) -> None:
    with pytest.raises(Mistake) as told:
        answer(shop, question)
    assert told.value.message == message
    for offer in told.value.offers:
        assert any(isinstance(piece, Choices) for piece in answer(shop, offer.question).pieces)


def test_channels_are_compared_on_what_both_have(shop: Database) -> None:
    report = answer(shop, "channels")
    assert report.headline.startswith("WhatsApp did better on click-through rate")
    assert "What a delivered message brought for its cost: WhatsApp €0.9" in said(report)
    found = compared(shop, "channels")
    assert "read_rate" not in found
    assert (found["ctr"]["campaign"], found["ctr"]["other"]) == ("whatsapp", "email")
    assert answer(shop, "channels last week").headline.startswith("Only WhatsApp has results in")


# Small cases on both databases


def test_counts_become_the_figures_of_the_contract(database: Database) -> None:
    rows = [row("a", back, 560) for back in range(40, 33, -1)] + [row("b", back, 500) for back in range(30, 23, -1)]
    imported(database, HEADER + "".join(rows))
    found = compared(database, "compare a b")
    ctr = found["ctr"]
    assert (ctr["value"], ctr["other_value"], ctr["difference"]) == (0.112, 0.1, pytest.approx(0.012))
    assert (ctr["low"], ctr["high"]) == pytest.approx(
        confint_proportions_2indep(3_920, 35_000, 3_500, 35_000, method="newcomb")
    )
    assert ctr["verdict"] == "clear"
    assert ctr["chance"] > 0.99
    assert ctr["p_value"] < 1e-6
    assert found["aov"]["difference"] == 0


def test_lower_is_better_where_it_is(database: Database) -> None:
    rows = [row("a", back, 500) for back in range(40, 33, -1)] + [row("b", back, 500) for back in range(30, 23, -1)]
    told = HEADER.replace("cost", "cost,opt_outs") + "".join(
        line.strip() + (",10\n" if line.startswith("a") else ",60\n") for line in rows
    )
    imported(database, told)
    assert answer(database, "compare b a").headline == "a did better than b on opt-out rate (0.2% against 1.2%)."
    assert compared(database, "compare a b")["opt_out_rate"]["chance"] > 0.99


def test_too_few_messages_get_no_verdict(database: Database) -> None:
    imported(database, HEADER + row("a", 40, 10, sent=20) + row("b", 30, 1, sent=20))
    assert answer(database, "compare a b").headline == "There is too little to tell a and b apart."
    assert {figure["verdict"] for figure in compared(database, "compare a b").values()} == {"too_little"}


def test_results_that_still_come_in_need_more_to_be_clear(database: Database) -> None:
    rows = [row("a", back, 500) for back in range(40, 33, -1)] + [row("b", back, 530) for back in range(8, 0, -1)]
    imported(database, HEADER + "".join(rows))
    young, grown = (answer(database, "compare a b", today=day) for day in (TODAY, TODAY + timedelta(days=30)))
    assert "Results of b are still coming in" in flat(young)
    assert "still coming in" not in flat(grown)
    widths = [
        next(figure for figure in jsonable(report)["figures"] if figure["metric"] == "ctr") for report in (young, grown)
    ]
    assert widths[0]["wide_high"] - widths[0]["wide_low"] > widths[1]["wide_high"] - widths[1]["wide_low"]


def test_a_plain_answer_imports_no_scipy() -> None:
    code = "import sys, kpi.answering, bot.app; print('scipy' in sys.modules)"
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)  # noqa: S603
    assert told.stdout.strip() == "False"


# A short seed of the proof


@pytest.mark.parametrize("scene", EQUAL[::3], ids=lambda scene: scene.name)
def test_clear_is_rarely_wrong(scene: Any) -> None:  # noqa: ANN401
    clear, naive = share_called(scene, 200)
    assert clear <= MOST_WRONG + 0.035
    assert naive >= clear


def test_a_true_difference_is_found() -> None:
    assert share_called(DIFFERENT[1], 100)[0] > 0.85


def test_two_funnels_stand_side_by_side_with_a_verdict_for_each_step(shop: Database) -> None:
    report = answer(shop, "funnel winter-warm-up and vip-early-access")
    assert report.headline.startswith("VIP early access is clearly ahead of Winter warm-up on delivery rate")
    found = compared(shop, "funnel winter-warm-up vip-early-access")
    assert list(found) == ["delivery_rate", "read_rate", "click_to_open", "click_to_order"]
    assert (found["click_to_order"]["verdict"], found["click_to_open"]["verdict"]) == ("clear", "unclear")
    chart = report.pictures[0].chart
    assert isinstance(chart, Funnels)
    name, one, other = chart.steps[-1]
    assert (name, one.good, other.good) == ("Bought", False, True)
    assert one.share < other.share < 0.06
    assert len(png(chart)) > 5_000
    assert answer(shop, "funnel spring-sale summer").pictures
