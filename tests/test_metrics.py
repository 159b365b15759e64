"""The table of KPIs: complete, unambiguous, computable, and honest about where its benchmarks come from."""

from __future__ import annotations

import re
from collections import Counter
from datetime import date
from decimal import Decimal
from itertools import chain
from urllib.parse import urlsplit

import pytest

from kpi import benchmarks
from kpi.benchmarks import Benchmark, Trust
from kpi.errors import UnknownPeriod
from kpi.facts import FACT, FACTS, NEVER_MORE, TOLD, Adds, Fact
from kpi.figures import needs_currency
from kpi.metrics import METRIC, METRICS, Direction, Metric
from kpi.money import MILLION
from kpi.quantities import Share, facts_of
from kpi.questions import QUESTIONS
from kpi.reading.lexicon import folded
from kpi.reading.period_words import period_of
from kpi.reading.vocabulary import metric_words
from kpi.tally import Sums, Tally
from kpi.units import Unit

of_every_metric = pytest.mark.parametrize("metric", METRICS, ids=lambda metric: metric.key)
of_every_fact = pytest.mark.parametrize("fact", FACTS, ids=lambda fact: fact.key)

CONTRACT = (
    *("delivery_rate", "read_rate", "ctr", "click_to_open", "reply_rate", "conversion_rate", "feedback_rate"),
    *("revenue", "gross_revenue", "refunds", "cost", "aov", "rocs", "roi", "profit", "revenue_per_message"),
    *("cost_per_message", "cost_per_click", "cost_per_order", "cac", "opt_out_rate", "block_rate", "optin_rate"),
    *("list_growth", "reviews_rate", "sent", "delivered", "read", "failed", "clicks", "clickers", "replies", "orders"),
)
TYPED = {
    "open rate": "read_rate",
    "roas": "rocs",
    "click-through": "ctr",
    "Click-Through Rate": "ctr",
    "cpa": "cost_per_order",
    "unsubscribe rate": "opt_out_rate",
    "READ RATE": "read_rate",
    "read-rate": "read_rate",
    "öffnungsrate": "read_rate",
    "umsatz": "revenue",
    "ventas": "revenue",
    "tasa de apertura": "read_rate",
    "kita": "revenue",
    "tubo": "profit",
    "cost per message": "cost_per_message",
    "opt-in rate": "optin_rate",
}


def everything_known() -> Tally:
    """Return one campaign that knows every fact."""
    known = {fact: 1000 - 30 * place for place, fact in enumerate(FACTS) if fact.adds is Adds.SUM}
    money = {fact: count * MILLION if fact.unit is Unit.MONEY else count for fact, count in known.items()}
    levels = {("a", fact): 5000 for fact in FACTS if fact.adds is Adds.STATE}
    return Tally((Sums("a", "EUR", money),), levels, {"a": Decimal("0.4")})


@pytest.mark.parametrize("key", CONTRACT)
def test_every_promised_kpi_is_there(key: str) -> None:
    assert METRIC[key].key == key


@pytest.mark.parametrize(("typed", "key"), TYPED.items())
def test_people_find_a_kpi_by_the_words_they_use(typed: str, key: str) -> None:
    found = metric_words().get(folded(typed))
    assert found is not None
    assert found.key == key


def test_no_key_comes_twice() -> None:
    assert len(METRIC) == len(METRICS)
    assert len(FACT) == len(FACTS)
    assert len({metric.label for metric in METRICS}) == len(METRICS)


@of_every_metric
def test_a_kpi_says_what_it_is(metric: Metric) -> None:
    assert re.fullmatch(r"[a-z]+(_[a-z]+)*", metric.key)
    assert metric.label[0].isupper()
    assert metric.definition[0].isupper()
    assert metric.definition.endswith(".")
    assert metric.direction in Direction
    assert metric.matures >= 0


@of_every_metric
def test_a_kpi_can_be_computed_where_everything_is_known(metric: Metric) -> None:
    estimate = metric.quantity.estimate(everything_known())
    assert estimate.value is not None
    assert estimate.left_out == ()


@of_every_metric
def test_a_kpi_is_unknown_where_its_first_fact_is(metric: Metric) -> None:
    """Without all of its facts there is no value, and never a zero."""
    whole = everything_known()
    read = facts_of(metric.quantity)
    (one,) = whole.sums
    rest = Sums(one.campaign, one.currency, {fact: count for fact, count in one.known.items() if fact not in read})
    levels = {key: level for key, level in whole.states.items() if key[1] not in read}
    assert metric.quantity.estimate(Tally((rest,), levels, whole.margins)).value is None


@of_every_metric
def test_a_share_is_named_after_its_denominator(metric: Metric) -> None:
    if isinstance(metric.quantity, Share):
        assert metric.unit is Unit.SHARE
        assert metric.quantity.estimate(everything_known()).of
    assert needs_currency(metric) == any(fact.unit is Unit.MONEY for fact in facts_of(metric.quantity))


def test_no_way_to_name_a_kpi_leads_to_two() -> None:
    ways = Counter(chain.from_iterable(set(ways_to_name(metric)) for metric in METRICS))
    assert [way for way, kpis in ways.items() if kpis > 1] == []


@of_every_metric
def test_every_way_to_name_a_kpi_leads_to_it(metric: Metric) -> None:
    assert {metric_words().get(folded(way)) for way in ways_to_name(metric)} == {metric}


@of_every_metric
def test_aliases_are_lower_case_and_told_once(metric: Metric) -> None:
    assert all(alias == " ".join(alias.lower().split()) for alias in metric.aliases)
    assert len(set(metric.aliases)) == len(metric.aliases)


def test_no_name_of_a_kpi_is_a_question() -> None:
    questions = set(chain.from_iterable((question.name, *question.aliases) for question in QUESTIONS))
    assert questions.isdisjoint(chain.from_iterable(map(ways_to_name, METRICS)))


@of_every_metric
def test_no_name_of_a_kpi_is_a_period(metric: Metric) -> None:
    for name in ways_to_name(metric):
        with pytest.raises(UnknownPeriod):
            period_of(name, date(2026, 11, 20))


def ways_to_name(metric: Metric) -> tuple[str, ...]:
    """Return what may be typed for a KPI, spelled as it is looked up."""
    names = (metric.key, metric.label.lower(), *metric.aliases)
    return tuple(name.replace(sign, other) for name in names for sign, other in ("__", "_ ", "_-", "- "))


# Benchmarks


ROWS = [rows for rows in vars(benchmarks).values() if isinstance(rows, tuple)]
PUBLISHED = [one for one in chain.from_iterable(ROWS) if isinstance(one, Benchmark)]


@pytest.mark.parametrize("one", PUBLISHED, ids=lambda one: f"{one.source} {one.low}")
def test_a_benchmark_says_where_it_is_from_and_how_far_to_trust_it(one: Benchmark) -> None:
    assert one.source
    assert urlsplit(one.address).scheme == "https"
    assert "." in urlsplit(one.address).netloc
    assert 0 <= one.low < one.high
    assert one.trust in Trust
    assert one.kind in ("", "broadcast", "automation")


@of_every_metric
def test_a_benchmark_is_in_the_unit_of_its_kpi(metric: Metric) -> None:
    for one in metric.benchmarks:
        assert one in PUBLISHED
        assert metric.unit in (Unit.SHARE, Unit.TIMES)
        assert metric.unit is not Unit.SHARE or one.high <= 1


def test_a_campaign_is_compared_with_its_own_kind() -> None:
    conversion = METRIC["conversion_rate"]
    assert conversion.benchmark("broadcast") is not None
    assert conversion.benchmark("automation") is None
    assert METRIC["orders"].benchmark("broadcast") is None


def test_the_most_trustworthy_benchmark_comes_first() -> None:
    read = METRIC["read_rate"].benchmark("broadcast")
    assert read is not None
    assert read.trust is Trust.STUDY


# Facts


@of_every_fact
def test_a_fact_says_what_is_counted(fact: Fact) -> None:
    assert re.fullmatch(r"[a-z]+(_[a-z]+)*", fact.key)
    assert fact.label[0].isupper()
    assert fact.meaning
    assert not fact.meaning.endswith(".")
    assert fact.called == fact.called.lower()


@of_every_fact
def test_every_fact_is_read_by_some_kpi(fact: Fact) -> None:
    assert [metric.key for metric in METRICS if fact in facts_of(metric.quantity)]


@pytest.mark.parametrize(("fewer", "more"), NEVER_MORE, ids=lambda fact: fact.key)
def test_only_counts_are_set_against_each_other(fewer: Fact, more: Fact) -> None:
    assert fewer is not more
    assert {fewer, more} <= set(TOLD)
    assert fewer.unit is more.unit is Unit.COUNT
