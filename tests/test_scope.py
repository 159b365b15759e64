"""Answers narrowed to a market, a tag, a channel or a currency: what is counted, what is said, what stays inside."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from kpi.errors import UnknownScope
from kpi.jsonable import jsonable
from kpi.report import Choices, Note
from tests.asking import LOWER, answer, figures, imported, text_of

if TYPE_CHECKING:
    from kpi.report import Report
    from kpi.storage.database import Database

RESULTS = """campaign,day,channel,tags,market,currency,sent,delivered,clickers,orders,revenue,cost
spring,2026-11-10,,vip; early,DE,,1000,900,90,9,900,100
spring,2026-11-10,,,AT,,500,400,80,8,400,50
autumn,2026-11-11,,"vip, late",,,2000,1800,90,18,1800,200
swiss,2026-11-12,,,CH,CHF,300,300,30,3,600,30
letter,2026-11-12,email,vip,DE,,5000,4900,49,5,250,5
"""


@pytest.fixture
def told(database: Database) -> Database:
    """Import campaigns that differ in all that an answer can be narrowed to."""
    assert not imported(database, RESULTS).skips
    return database


def notes(report: Report) -> str:
    return " ".join(piece.text for piece in report.pieces if isinstance(piece, Note))


@pytest.mark.parametrize(
    ("scope", "delivered"),
    [
        ("", 900 + 400 + 1800 + 300),
        ("in DE", 900),
        ("in germany", 900),
        ("in DE and AT", 900 + 400),
        ("in vip", 900 + 400 + 1800),
        ("in vip in early", 900 + 400),
        ("in VIP in DE", 900),
        ("in email", 4900),
        ("in email in vip in DE", 4900),
        ("in CHF", 300),
    ],
)
@pytest.mark.parametrize("question", ["overview last 28 days", "trend delivered last 28 days"])
def test_only_what_is_in_the_scope_is_counted(told: Database, question: str, scope: str, delivered: int) -> None:
    assert figures(told, f"{question} {scope}")["delivered"]["value"] == delivered


def test_a_ranking_keeps_to_its_scope(told: Database) -> None:
    ctr = {one.campaign: one.value for one in answer(told, "top ctr in vip").figures}
    assert ctr == {"spring": pytest.approx(170 / 1300), "autumn": 0.05}
    assert {one.campaign: one.value for one in answer(told, "top ctr in AT").figures} == {"spring": 0.2}
    assert {one.campaign for one in answer(told, "top ctr in email").figures} == {"letter"}


def test_a_campaign_in_one_market(told: Database) -> None:
    found = figures(told, "spring in Österreich")
    assert (found["revenue"]["value"], found["cost"]["value"], found["rocs"]["value"]) == (400, 50, 8)
    assert "spring in Austria earned 8x its cost" in answer(told, "spring in AT").headline


@pytest.mark.parametrize("question", ["campaign autumn", "funnel autumn", "benchmark autumn", "trend ctr autumn"])
def test_what_is_not_split_by_market_is_said_and_never_zero(told: Database, question: str) -> None:
    report = answer(told, f"{question} in DE")
    assert report.headline == "autumn's results are not split by market."
    assert not report.figures


def test_a_campaign_of_other_markets_names_them(told: Database) -> None:
    assert answer(told, "spring in CH").headline == "spring has no results in Switzerland, only in Austria and Germany."
    assert answer(told, "spring in CHF").headline.startswith("spring has no amounts in CHF, only in EUR;")


def test_totals_name_what_nobody_split(told: Database) -> None:
    assert "Not split by market, so not counted: autumn." in notes(answer(told, "overview last 28 days in DE"))
    assert "Not split" not in notes(answer(told, "overview last 28 days in vip"))
    assert "Not split" not in notes(answer(told, "overview last 28 days in DE in early"))


def test_a_currency_is_never_added_to_another(told: Database) -> None:
    revenue = figures(told, "overview last 28 days in CHF")["revenue"]
    assert (revenue["value"], revenue["unit"]) == (600, "CHF")
    assert figures(told, "overview last 28 days in EUR")["revenue"]["value"] == 900 + 400 + 1800
    with pytest.raises(UnknownScope, match="There are no amounts in USD, only in CHF and EUR"):
        answer(told, "overview in USD")
    with pytest.raises(UnknownScope, match="EUR and CHF are never added up"):
        answer(told, "overview in EUR and CHF")


@pytest.mark.parametrize(
    ("question", "said", "offer"),
    [
        ("top rocs in Narnia", "No market, tag or channel is called 'Narnia'.", 'top rocs in "Germany"'),
        ("top rocs in vpi", "No market, tag or channel is called 'vpi'.", 'top rocs in "vip"'),
        ("revenue in France last 28 days", "There are no results in France.", 'revenue last 28 days in "Germany"'),
        ("overview in email in sms", "email and sms are never added up.", "overview in sms"),
        ("spring in late", "spring is not tagged late.", 'campaign "spring"'),
        ("letter in whatsapp", "letter was sent by e-mail, not by WhatsApp.", 'campaign "letter"'),
    ],
)
def test_an_unknown_name_offers_what_there_is(told: Database, question: str, said: str, offer: str) -> None:
    with pytest.raises(UnknownScope) as mistake:
        answer(told, question)
    assert mistake.value.message == said
    assert offer in {one.question for one in mistake.value.offers}
    for one in mistake.value.offers:
        assert answer(told, one.question).headline


@pytest.mark.parametrize(
    "question",
    [
        "overview last 28 days in vip in DE",
        "top ctr in email",
        "spring in DE",
        "trend revenue in CHF",
        "funnel spring in DE",
    ],
)
def test_what_is_offered_next_stays_inside(told: Database, question: str) -> None:
    report = answer(told, question)
    scope = question[question.index(" in ") :].replace("in vip in DE", 'in DE in "vip"')
    choices = [one for piece in report.pieces if isinstance(piece, Choices) for one in piece.choices]
    assert choices
    for choice in choices:
        assert choice.question.endswith(scope)
        assert answer(told, choice.question).headline


def test_data_says_what_it_was_narrowed_to(told: Database) -> None:
    narrowed = {"channel": "", "markets": ["DE"], "tags": ["vip"], "currency": ""}
    assert jsonable(answer(told, "overview last 28 days in vip in DE"))["scope"] == narrowed
    assert "scope" not in jsonable(answer(told, "overview last 28 days"))


def test_campaigns_can_be_listed_by_scope(told: Database) -> None:
    assert answer(told, "campaigns in vip").headline == "You have 3 campaigns tagged vip."
    assert answer(told, "campaigns in DE").headline == "You have 2 campaigns in Germany."
    assert answer(told, "campaigns in email").headline == "You have 1 campaign by e-mail."
    assert "letter" in text_of(answer(told, "campaigns in email"))


def test_markets_follow_what_is_imported_last(told: Database) -> None:
    imported(told, "campaign,day,delivered\nspring,2026-11-10,1300\n", how=LOWER)
    assert answer(told, "spring in DE").headline == "spring's results are not split by market."


def test_tags_told_later_replace_the_earlier_ones(told: Database) -> None:
    imported(told, "campaign,day,tags\nspring,,quiet\n")
    assert figures(told, "overview last 28 days in quiet")["delivered"]["value"] == 1300
    assert figures(told, "overview last 28 days in vip")["delivered"]["value"] == 1800


def test_another_team_sees_none_of_it(told: Database) -> None:
    imported(told, "campaign,day,market,delivered\nours,2026-11-10,PL,10\n", workspace="other")
    with pytest.raises(UnknownScope, match="No market, tag or channel is called 'vip'"):
        answer(told, "overview in vip", workspace="other")
    with pytest.raises(UnknownScope, match="There are no results in Poland"):
        answer(told, "overview in PL")


def test_help_explains_one_question_with_the_askers_own_campaigns(told: Database) -> None:
    report = answer(told, "help trend")
    assert report.headline == "trend METRIC [CAMPAIGN] [PERIOD]: one KPI over time."
    choices = [one.question for piece in report.pieces if isinstance(piece, Choices) for one in piece.choices]
    assert len(choices) == 2
    assert all(answer(told, choice).headline for choice in choices)
    assert answer(told, "hilfe rangliste").headline.startswith("top METRIC")
