"""Alert rules in words: read, repeated back in full, tried out on the days that were, kept, changed and removed."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest

from kpi.alerts.commands import asking_now, changed, kept, listed, paused, removed, shown, tried
from kpi.alerts.rule import Against, Rule
from kpi.alerts.target_command import target_told
from kpi.alerts.words import typed
from kpi.errors import Mistake
from kpi.metrics import METRIC
from kpi.notes import DayNote
from kpi.reading.alert_rules import rule_of
from kpi.reading.alert_words import alert_order, target_order
from kpi.storage.alerts.rules import rules, targets
from kpi.storage.notes import keep_note
from tests.asking import NOW, TODAY, imported, text_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from kpi.report import Report
    from kpi.storage.database import Database

HEADER = "campaign,day,name,kind,sent,delivered,clickers,orders,buyers,revenue,cost"
LOW = range(20, 25)
"""How many days ago the clicks of the welcome series were few."""


def line(slug: str, name: str, kind: str, back: int, clickers: int, orders: int = 60) -> str:
    day = TODAY - timedelta(days=back)
    return f"{slug},{day},{name},{kind},2000,1960,{clickers},{orders},{orders},{orders * 40},200"


@pytest.fixture
def season(database: Database) -> Database:
    """A welcome series whose clicks were few for five days, and a broadcast that few clicked."""
    days = [line("welcome", "Welcome", "automation", back, 60 if back in LOW else 160) for back in range(1, 90)]
    shots = [
        line(f"shot-{back}", f"Shot {back}", "broadcast", back, 40 if back == 12 else 200) for back in (12, 30, 45)
    ]
    imported(database, "\n".join([HEADER, *days, *shots]))
    return database


def read(database: Database, text: str) -> Rule:
    with database.reading("local") as db:
        return rule_of(text, asking_now(db, NOW))


def says(database: Database, work: Callable[..., object], *said: object, **more: object) -> str:
    def done(db: object) -> object:
        return work(asking_now(db, NOW), *said, **more)  # type: ignore[arg-type]

    result = database.written("local", done)
    report: Report = result[1] if isinstance(result, tuple) else result  # type: ignore[assignment]
    return " ".join(text_of(report).split())


CTR, REVENUE = METRIC["ctr"], METRIC["revenue"]


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        (
            "ctr < 5% for 2 days min 500 delivered in welcome",
            Rule("below", CTR, 0.05, days=2, least=500, campaign="welcome"),
        ),
        ("ctr<5%", Rule("below", CTR, 0.05)),
        ("click-through rate falls below 5,5 %", Rule("below", CTR, 0.055)),
        ("revenue down 30% vs last week", Rule("drops", REVENUE, 0.3, Against.LAST_WEEK)),
        ("revenue drops by 30%", Rule("drops", REVENUE, 0.3, Against.USUAL)),
        ("revenue up 50% against the usual", Rule("rises", REVENUE, 0.5, Against.USUAL)),
        ("delivery below 92% over 3 days", Rule("below", METRIC["delivery_rate"], 0.92, over=3)),
        ("conversion anomaly", Rule("anomaly", METRIC["conversion_rate"])),
        ("no sends for 2 days", Rule("silence", METRIC["sent"], days=2)),
        ("spend above 80% of 5000 EUR", Rule("budget", METRIC["cost"], 0.8, budget=5_000, currency="EUR")),
        ("spend over €5,000", Rule("budget", METRIC["cost"], 1.0, budget=5_000, currency="EUR")),
        ("opt-outs above 2%", Rule("above", METRIC["opt_out_rate"], 0.02)),
        ("rocs below target", Rule("below", METRIC["rocs"], against=Against.TARGET)),
        ("orders fewer than 10 over a week in all", Rule("below", METRIC["orders"], 10, over=7)),
        ("umsatz unter 500 EUR für 2 tage", Rule("below", REVENUE, 500, days=2, currency="EUR")),
    ],
)  # fmt: skip
def test_rules_are_read_and_written_back_as_they_are_typed(season: Database, text: str, rule: Rule) -> None:
    assert read(season, text) == rule
    with season.reading("local") as db:
        assert read(season, typed(rule, asking_now(db, NOW).words)) == rule


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "An alert needs a KPI and one condition."),
        ("ctr 5%", "An alert needs a KPI and one condition."),
        ("ctr below 5% above 9%", "An alert needs a KPI and one condition."),
        ("ctr below", "I need a number behind 'below'."),
        ("ctr below 0.05", "Click-through rate is a percentage."),
        ("ctr below 5 EUR", "Click-through rate is a percentage."),
        ("rocs below 5%", "ROCS is no percentage."),
        ("rocs below 5 EUR", "ROCS is no amount of money."),
        ("glory below 5%", "I know no KPI called 'glory'."),
        ("ctr below 5% in nowhere", "There is no campaign called 'nowhere'."),
        ("ctr below 5% for 90 days", "'for' takes 1 to 14 days."),
        ("ctr below 5% min lots", "'min' takes a whole number."),
        ("revenue down a lot", "I need a number behind 'down'."),
        ("revenue down 30 EUR", "I need to know by how many percent."),
        ("revenue down 30% vs the moon", "I compare with last week, the usual or the target."),
        ("no fun for 2 days", "I can tell when sends stop."),
        ("audience below 5", "Audience is told now and then, so I cannot watch it day by day."),
        ("spend above 80% of many", "A budget is an amount."),
        ("ctr below 5% for 1 day for 2 days", "There is 'for' twice in that rule."),
    ],
)
def test_a_bad_rule_gets_one_line_and_the_right_form(season: Database, text: str, said: str) -> None:
    with pytest.raises(Mistake) as mistake:
        read(season, text)
    assert mistake.value.message == said
    assert mistake.value.hint


def test_a_rule_is_repeated_in_full_with_its_defaults_and_with_when_it_would_have_fired(season: Database) -> None:
    told = says(season, tried, "ctr < 5% in welcome")
    assert "Click-through rate of Welcome is below 5%." in told
    assert "Only days that are 3 days old count" in told
    assert "at least 200 delivered" in told
    assert "1, 2, 3, 5 or 7 days taken together" in told
    assert "Now: Click-through rate 8.16% (160 of 1,960 delivered, 17 Nov)" in told
    assert "It would have fired once in the last 60 days: 30 Oct." in told


def test_a_literal_rule_says_that_it_is_obeyed_to_the_letter(season: Database) -> None:
    told = says(season, tried, "ctr < 5% for 2 days min 500 delivered in welcome")
    assert "for 2 days in a row" in told
    assert "at least 500 delivered" in told
    assert "I keep to the letter of it" in told
    assert "It would have fired once in the last 60 days: 31 Oct." in told


def test_a_rule_for_all_names_the_campaigns_and_judges_a_broadcast_after_one_and_three_days(season: Database) -> None:
    told = says(season, tried, "ctr < 5%")
    shot = date(2026, 11, 8) + timedelta(days=3)
    assert f"twice in the last 60 days: 30 Oct (Welcome) and {shot.day} Nov (Shot 12)." in told


def test_days_that_are_noted_as_left_out_are_no_baseline(season: Database) -> None:
    start = TODAY - timedelta(days=24)
    note = DayNote("Fair", start, start + timedelta(days=5), leave_out=True, by="U1")
    season.written("local", lambda db: keep_note(db, note, NOW))
    assert "It would not have fired" not in says(season, tried, "ctr down 40% vs usual in welcome")


def test_rules_are_kept_changed_paused_and_removed(season: Database) -> None:
    assert "On: Click-through rate of Welcome is below 5%." in says(season, kept, "ctr < 5% in welcome", "C1", "U1")
    says(season, kept, "ctr < 5% in welcome", "C1", "U1")
    with season.reading("local") as db:
        (one,) = rules(db)
    assert (one.channel, one.owner, one.state) == ("C1", "U1", "on")
    assert "ctr below 5% in welcome" in says(season, listed, "C1")
    assert "There is no alert here yet." in says(season, listed, "C2")
    assert "Changed: Click-through rate of Welcome is below 4%." in says(season, changed, one.id, "ctr < 4% in welcome")
    assert "Paused" in says(season, paused, one.id, on=False)
    assert "paused" in says(season, shown, one.id)
    assert "To have it back: alert ctr below 4% in welcome" in says(season, removed, one.id)
    with pytest.raises(Mistake, match="There is no alert called"):
        says(season, shown, one.id)


def test_rules_are_kept_apart_by_workspace(season: Database) -> None:
    says(season, kept, "ctr < 5%", "C1", "U1")
    with season.reading("other") as db:
        assert rules(db) == ()


def test_a_target_is_set_listed_and_removed(season: Database) -> None:
    with pytest.raises(Mistake, match="There is no target for ROCS yet"):
        says(season, tried, "rocs below target")
    assert "ROCS of every campaign is to reach 8x." in says(season, target_told, "rocs 8", "U1")
    assert "Click-through rate of Welcome is to reach 6%." in says(season, target_told, "ctr 6% in welcome", "U1")
    with season.reading("local") as db:
        assert targets(db) == {("rocs", ""): 8, ("ctr", "welcome"): 0.06}
    assert "ROCS" in says(season, target_told, "", "U1")
    assert "below its target" in says(season, tried, "rocs below target")
    assert "no target any more" in says(season, target_told, "rocs none", "U1")
    for wrong in ("rocs", "8", "rocs high"):
        with pytest.raises(Mistake, match="A target needs a KPI and a number"):
            says(season, target_told, wrong, "U1")


def test_commands_about_alerts_and_targets_are_told_from_questions() -> None:
    assert alert_order("alerts")
    assert (alert_order("alert remove a1b2c3") or alert_order("alerts")).verb == "remove"  # type: ignore[union-attr]
    assert (alert_order("alert ctr < 5%") or alert_order("alerts")).said == "ctr < 5%"  # type: ignore[union-attr]
    assert alert_order("campaign alert") is None
    assert target_order("target rocs 8") == "rocs 8"
    assert target_order("targets") == ""
    assert target_order("rocs target") is None
