"""The sample season is believable, tells the stories it was written for, and is imported without a loss."""

from __future__ import annotations

import csv
from calendar import FRIDAY, SUNDAY
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cache
from io import StringIO
from statistics import median
from typing import TYPE_CHECKING

import pytest

from kpi.estimates import Estimate, wilson
from kpi.facts import FACTS
from kpi.metrics import METRIC
from kpi.sample import season
from kpi.storage.campaigns import Campaign, campaigns
from kpi.storage.database import Database
from kpi.storage.importing.results import Imported, Wanted, import_file
from kpi.storage.schema import migrate
from kpi.storage.tallies import tally

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from kpi.tally import Tally

TODAY = date(2026, 11, 20)
WEEK = [TODAY + timedelta(days=days) for days in range(7)]
YOUNG = 5
RANGES = {
    "delivery_rate": (0.93, 0.97),
    "read_rate": (0.62, 0.82),
    "ctr": (0.05, 0.15),
    "conversion_rate": (0.01, 0.04),
    "opt_out_rate": (0.002, 0.012),
    "refund_rate": (0.05, 0.09),
    "cost_per_message": (0.06, 0.14),
    "rocs": (5, 25),
}
SIMPSON = ("flash-friday", "loyalty-weekend")
STORIES = {
    "vip-early-access",
    "stylist-circle",
    "winter-warm-up",
    "last-chance",
    "advent-calendar",
    "spring-sale-email",
}
"""The broadcasts that are out of the ordinary on purpose."""


@dataclass(frozen=True)
class Season:
    """The season as the database knows it."""

    imported: Imported
    campaigns: dict[str, Campaign]
    tallies: dict[str, Tally]

    def estimate(self, slug: str, metric: str) -> Estimate:
        return METRIC[metric].quantity.estimate(self.tallies[slug])

    def value(self, slug: str, metric: str) -> float:
        value = self.estimate(slug, metric).value
        assert value is not None, f"{slug} does not know {metric}"
        return float(value)

    def broadcasts(self, at_least: int = 1000) -> list[str]:
        """Return the sales broadcasts on WhatsApp that reached so many."""
        alike = [one for one in self.campaigns.values() if (one.kind, one.objective) == ("broadcast", "sales")]
        on_whatsapp = [one.slug for one in alike if one.channel == "whatsapp" and one.slug in self.tallies]
        return [slug for slug in on_whatsapp if self.value(slug, "delivered") >= at_least]

    def ordinary(self) -> list[str]:
        return [slug for slug in self.broadcasts() if slug not in STORIES]


season_of = cache(season)


def imported(folder: Path, today: date) -> Season:
    file = folder / "season.csv"
    file.write_text(season(today), encoding="utf-8")
    database = Database(f"sqlite:///{folder / 'kpi.db'}")
    migrate(database)
    done = import_file(database, "local", Wanted(file), today, "USD", datetime.now(UTC))
    with database.reading("local") as db:
        known = {one.slug: one for one in campaigns(db)}
        tallies = tally(db, FACTS, known.values(), None).by_campaign()
    database.close()
    return Season(done, known, tallies)


def rows(today: date) -> Iterator[dict[str, str]]:
    """Yield the results of a season, without the rows that only introduce a campaign."""
    return (row for row in csv.DictReader(StringIO(season_of(today))) if row["day"])


def by_send(today: date) -> dict[tuple[str, int, str, str], tuple[date, dict[str, str]]]:
    """Return a season's results by campaign, days since its first, market and variant."""
    first: dict[str, date] = {}
    found = {}
    for row in rows(today):
        day = date.fromisoformat(row.pop("day"))
        since = (day - first.setdefault(row["campaign"], day)).days
        found[row["campaign"], since, row["market"], row["variant"]] = day, row
    return found


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Season:
    return imported(tmp_path_factory.mktemp("season"), TODAY)


@pytest.mark.parametrize("today", [TODAY, date(2027, 1, 3), date(2028, 2, 28)], ids=str)
def test_every_line_is_imported(tmp_path: Path, today: date) -> None:
    done = imported(tmp_path, today).imported
    assert (done.skips, done.skipped, done.changed, done.superseded) == (0, (), 0, 0)
    assert done.new == done.read == sum(1 for _ in rows(today))
    assert done.last == today - timedelta(days=1)
    assert done.first is not None
    assert 26 * 7 <= (today - done.first).days < 27 * 7


def test_ordinary_broadcasts_are_believable(told: Season) -> None:
    assert len(told.ordinary()) >= 9
    for slug in told.ordinary():
        assert 6_000 <= told.value(slug, "sent") <= 40_000
        assert 45 <= told.value(slug, "gross_revenue") / told.value(slug, "orders") <= 75
        for metric, (low, high) in RANGES.items():
            value = told.estimate(slug, metric).value
            assert value is None or low <= value <= high, f"{slug}: {metric} is {value}"


def test_one_campaign_is_the_clear_winner(told: Season) -> None:
    for metric in ("rocs", "conversion_rate"):
        values = {slug: float(told.estimate(slug, metric).value or 0) for slug in told.broadcasts()}
        others = max(value for slug, value in values.items() if slug != "vip-early-access")
        assert values["vip-early-access"] > 1.25 * others


def test_one_campaign_only_looks_like_a_winner(told: Season) -> None:
    values = {slug: told.value(slug, "conversion_rate") for slug in told.broadcasts(at_least=1)}
    lucky = told.estimate("stylist-circle", "conversion_rate")
    assert max(values, key=values.__getitem__) == "stylist-circle"
    assert told.value("stylist-circle", "delivered") < 250
    assert lucky.low is not None
    assert lucky.high is not None
    assert lucky.high - lucky.low > 0.06


def test_one_campaign_leaks_between_click_and_order(told: Season) -> None:
    usual = {slug: told.value(slug, "click_to_order") for slug in told.broadcasts()}
    assert usual["winter-warm-up"] == min(usual.values()) < median(usual.values()) / 2
    for metric in ("delivery_rate", "read_rate", "ctr"):
        assert told.value("winter-warm-up", metric) > RANGES[metric][0]


def test_one_campaign_loses_money(told: Season) -> None:
    losing = [slug for slug in told.broadcasts() if (told.estimate(slug, "rocs").value or 1) < 1]
    assert losing == ["last-chance"]


def test_a_missing_cost_and_missing_refunds_stay_unknown(told: Season) -> None:
    without_cost = [slug for slug in told.broadcasts() if told.estimate(slug, "cost").value is None]
    without_refunds = [slug for slug in told.broadcasts() if told.estimate(slug, "refunds").value is None]
    assert (without_cost, without_refunds) == (["singles-day"], ["back-to-school"])
    assert told.value("back-to-school", "cost") > 0


def test_a_difference_vanishes_within_each_market() -> None:
    friday, weekend = ([row for row in rows(TODAY) if row["campaign"] == slug] for slug in SIMPSON)
    assert clicked(friday)[1] < clicked(weekend)[0]
    for market in ("DE", "AT", "ES"):
        one, other = (clicked([row for row in some if row["market"] == market]) for some in (friday, weekend))
        assert one[0] < other[1]
        assert other[0] < one[1]


def clicked(some: list[dict[str, str]]) -> tuple[float, float]:
    """Return the interval of the click-through rate."""
    return wilson(sum(int(row["clickers"]) for row in some), sum(int(row["delivered"]) for row in some))


def test_brand_and_service_campaigns_are_heard_and_sell_nothing(told: Season) -> None:
    for slug, objective in (("behind-the-seams", "brand"), ("delivery-updates", "service")):
        known = told.campaigns[slug]
        assert known.objective == objective
        assert known.began
        assert known.ended
        assert known.ended - known.began >= timedelta(weeks=5)
        assert all(told.value(slug, metric) > 0.001 for metric in ("reply_rate", "feedback_rate", "reviews_rate"))
        assert told.estimate(slug, "revenue").value is None


def test_automations_run_every_day_with_the_rhythm_of_the_week(told: Season) -> None:
    sent = dict.fromkeys(range(7), 0)
    for row in rows(TODAY):
        if row["campaign"] == "abandoned-cart":
            sent[date.fromisoformat(row["day"]).weekday()] += int(row["sent"])
    assert max(sent, key=sent.__getitem__) == SUNDAY
    assert min(sent, key=sent.__getitem__) == FRIDAY
    assert 30 <= told.value("abandoned-cart", "rocs") <= 60
    assert told.value("abandoned-cart", "conversion_rate") > 2 * told.value("spring-sale", "conversion_rate")
    for slug in ("abandoned-cart", "welcome-series"):
        known = told.campaigns[slug]
        assert (known.kind, known.ended) == ("automation", TODAY - timedelta(days=1))


def test_the_twin_by_email_is_nearly_free_and_hardly_read(told: Season) -> None:
    assert told.campaigns["spring-sale-email"].channel == "email"
    assert told.value("spring-sale-email", "cost_per_message") == pytest.approx(0.001, rel=0.01)
    expected = {"read_rate": 0.24, "ctr": 0.024, "conversion_rate": 0.003}
    for metric, value in expected.items():
        assert told.value("spring-sale-email", metric) == pytest.approx(value, rel=0.15)


def test_the_better_variant_is_clicked_more() -> None:
    test = [row for row in rows(TODAY) if row["campaign"] == "autumn-arrivals"]
    assert [row for row in rows(TODAY) if row["variant"]] == test
    usual, better = (clicked([row for row in test if row["variant"] == variant]) for variant in ("a", "b"))
    assert usual[1] < better[0]


@pytest.mark.parametrize("today", WEEK, ids=lambda day: f"{day:%A}")
def test_one_campaign_is_running_and_one_is_planned(today: date) -> None:
    about = {row["campaign"]: row for row in csv.DictReader(StringIO(season_of(today))) if not row["day"]}
    assert about["black-friday"]["starts"] == str(today + timedelta(days=5))
    assert not [row for row in rows(today) if row["campaign"] == "black-friday"]
    running = about["advent-calendar"]
    assert running["starts"] <= str(today - timedelta(days=YOUNG))
    assert running["ends"] > str(today + timedelta(days=7))


@pytest.mark.parametrize("today", WEEK, ids=lambda day: f"{day:%A}")
def test_a_day_later_only_the_young_days_have_changed(today: date) -> None:
    before, after = by_send(today), by_send(today + timedelta(days=1))
    moved = timedelta(weeks=1) if today.weekday() == SUNDAY else timedelta(0)
    assert moved or before.keys() <= after.keys()
    for key in before.keys() & after.keys():
        (day, row), (day_after, row_after) = before[key], after[key]
        assert day_after == day + moved
        assert row["delivered"] == row_after["delivered"]
        assert row == row_after or day_after >= today - timedelta(days=YOUNG)


@pytest.mark.parametrize(("age", "reads", "orders"), [(1, 0.62, 0.25), (3, 0.82, 0.62), (5, 0.91, 0.85), (6, 1, 1)])
def test_the_last_days_are_still_filling_up(age: int, reads: float, orders: float) -> None:
    young, whole = counted("advent-calendar", age), counted("advent-calendar", 6)
    assert young["read"] / whole["read"] == pytest.approx(reads, abs=0.01)
    assert young["orders"] / whole["orders"] == pytest.approx(orders, abs=0.12)


def counted(slug: str, age: int) -> dict[str, int]:
    """Return what was known of one Monday's messages so many days later."""
    monday = date(2026, 11, 16)
    ours = [row for row in rows(monday + timedelta(days=age)) if (row["campaign"], row["day"]) == (slug, str(monday))]
    return {name: sum(int(row[name]) for row in ours) for name in ("read", "orders")}


def test_counts_hang_together() -> None:
    for row in rows(TODAY):
        count = {name: int(cell) for name, cell in row.items() if cell.isdecimal()}
        assert count["delivered"] + count["failed"] <= count["sent"] <= count.get("audience", count["sent"])
        assert count["clickers"] <= count["read"]
        assert count.get("buyers", 0) <= count["clickers"]
        assert row["market"]
        assert row["currency"] == "EUR"


def test_the_same_day_has_the_same_season() -> None:
    assert season(TODAY) == season(TODAY)


def test_a_name_with_emoji_is_found_by_its_words(told: Season) -> None:
    assert told.campaigns["fire-deals"].name == "🔥 Fire deals"
