"""Periods as people name them, read on days where calendars are tricky."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kpi.errors import UnknownPeriod
from kpi.periods import DAY, MONTHS, Period, last_days
from kpi.reading.period_words import EARLIEST, LATEST, period_of
from kpi.reading.stretches import PATTERNS

FRIDAY = date(2026, 11, 20)

READ_ON_A_FRIDAY = {
    "today": ("2026-11-20", "2026-11-20"),
    "yesterday": ("2026-11-19", "2026-11-19"),
    "last 7 days": ("2026-11-13", "2026-11-19"),
    "past 28 days": ("2026-10-23", "2026-11-19"),
    "last 1 day": ("2026-11-19", "2026-11-19"),
    "last 2 weeks": ("2026-11-02", "2026-11-15"),
    "last 3 months": ("2026-08-01", "2026-10-31"),
    "last 12 months": ("2025-11-01", "2026-10-31"),
    "this week": ("2026-11-16", "2026-11-22"),
    "last week": ("2026-11-09", "2026-11-15"),
    "previous week": ("2026-11-09", "2026-11-15"),
    "the last week": ("2026-11-09", "2026-11-15"),
    "this month": ("2026-11-01", "2026-11-30"),
    "last month": ("2026-10-01", "2026-10-31"),
    "this quarter": ("2026-10-01", "2026-12-31"),
    "last quarter": ("2026-07-01", "2026-09-30"),
    "this year": ("2026-01-01", "2026-12-31"),
    "last year": ("2025-01-01", "2025-12-31"),
    "week 46": ("2026-11-09", "2026-11-15"),
    "w46": ("2026-11-09", "2026-11-15"),
    "kw 46": ("2026-11-09", "2026-11-15"),
    "cw46": ("2026-11-09", "2026-11-15"),
    "week 50": ("2025-12-08", "2025-12-14"),
    "week 1 2026": ("2025-12-29", "2026-01-04"),
    "week 53 2020": ("2020-12-28", "2021-01-03"),
    "week 53 2026": ("2026-12-28", "2027-01-03"),
    "q2": ("2026-04-01", "2026-06-30"),
    "q4": ("2026-10-01", "2026-12-31"),
    "Q1 2024": ("2024-01-01", "2024-03-31"),
    "q3-2025": ("2025-07-01", "2025-09-30"),
    "may": ("2026-05-01", "2026-05-31"),
    "May": ("2026-05-01", "2026-05-31"),
    "november": ("2026-11-01", "2026-11-30"),
    "december": ("2025-12-01", "2025-12-31"),
    "sept": ("2026-09-01", "2026-09-30"),
    "feb 2024": ("2024-02-01", "2024-02-29"),
    "february 2023": ("2023-02-01", "2023-02-28"),
    "feb 2000": ("2000-02-01", "2000-02-29"),
    "2026-05": ("2026-05-01", "2026-05-31"),
    "2025-12": ("2025-12-01", "2025-12-31"),
    "2025": ("2025-01-01", "2025-12-31"),
    "2024-02-29": ("2024-02-29", "2024-02-29"),
    "2026-05-01..2026-05-14": ("2026-05-01", "2026-05-14"),
    "2026-05-01…2026-05-14": ("2026-05-01", "2026-05-14"),
    "2026-05-01...2026-05-14": ("2026-05-01", "2026-05-14"),
    "2026-05-01–2026-05-14": ("2026-05-01", "2026-05-14"),
    "2026-05-01 to 2026-05-14": ("2026-05-01", "2026-05-14"),
    "2025-12-30 until 2026-01-02": ("2025-12-30", "2026-01-02"),
    "2024-02-28..2024-03-01": ("2024-02-28", "2024-03-01"),
    "since monday": ("2026-11-16", "2026-11-20"),
    "since friday": ("2026-11-20", "2026-11-20"),
    "since saturday": ("2026-11-14", "2026-11-20"),
    "since october": ("2026-10-01", "2026-11-20"),
    "since december": ("2025-12-01", "2026-11-20"),
    "since 2026-11-01": ("2026-11-01", "2026-11-20"),
    "  LAST   week ": ("2026-11-09", "2026-11-15"),
}

AT_THE_TURN_OF_A_YEAR = [
    ("last week", "2026-01-01", "2025-12-22", "2025-12-28"),
    ("this week", "2026-01-01", "2025-12-29", "2026-01-04"),
    ("last month", "2026-01-31", "2025-12-01", "2025-12-31"),
    ("last month", "2024-03-31", "2024-02-01", "2024-02-29"),
    ("last quarter", "2026-02-10", "2025-10-01", "2025-12-31"),
    ("last 3 months", "2026-02-28", "2025-11-01", "2026-01-31"),
    ("this quarter", "2026-12-31", "2026-10-01", "2026-12-31"),
    ("yesterday", "2026-01-01", "2025-12-31", "2025-12-31"),
    ("yesterday", "2024-03-01", "2024-02-29", "2024-02-29"),
    ("last 7 days", "2024-03-03", "2024-02-25", "2024-03-02"),
    ("q4", "2026-01-02", "2025-10-01", "2025-12-31"),
    ("december", "2026-01-02", "2025-12-01", "2025-12-31"),
    ("week 1", "2026-12-31", "2025-12-29", "2026-01-04"),
    ("week 53", "2027-01-02", "2026-12-28", "2027-01-03"),
    ("week 53", "2027-01-05", "2026-12-28", "2027-01-03"),
    ("week 52", "2026-01-05", "2025-12-22", "2025-12-28"),
    ("this year", "2026-12-31", "2026-01-01", "2026-12-31"),
    ("last year", "2026-01-01", "2025-01-01", "2025-12-31"),
    ("since sunday", "2026-01-01", "2025-12-28", "2026-01-01"),
    ("feb", "2024-02-29", "2024-02-01", "2024-02-29"),
]


@pytest.mark.parametrize(("words", "days"), READ_ON_A_FRIDAY.items(), ids=READ_ON_A_FRIDAY.keys())
def test_words_name_days(words: str, days: tuple[str, str]) -> None:
    assert first_and_last(period_of(words, FRIDAY)) == days


@pytest.mark.parametrize(("words", "today", "first", "last"), AT_THE_TURN_OF_A_YEAR)
def test_words_name_days_at_the_turn_of_a_year(words: str, today: str, first: str, last: str) -> None:
    assert first_and_last(period_of(words, date.fromisoformat(today))) == (first, last)


@pytest.mark.parametrize("today", [date(2026, 3, 28), date(2026, 3, 30), date(2026, 10, 24), date(2026, 10, 26)])
def test_a_day_is_a_day_when_the_clocks_change(today: date) -> None:
    assert period_of("last 7 days", today).length == 7
    assert period_of("this week", today).length == 7
    assert period_of("last 7 days", today).days()[-1] == today - DAY


@pytest.mark.parametrize(
    "words",
    ["", " ", "soon", "last", "last days", "week", "week 54", "week 0", "week 53 2025", "q5", "q0", "2026-13",
     "2026-00", "2026-02-30", "2023-02-29", "2026-05-14..2026-05-01", "2026-05-01..", "since tomorrow",
     "since 2027-01-01", "last 0 days", "last -3 days", "last 99999 days", "last 9999 months", "0001-01-01",
     "9999-12-31", "1979-12", "maybe", "mayor", "may may", "2026-5", "05-2026", "last week last week", "١٢"],
)  # fmt: skip
def test_what_is_no_period_is_refused_with_a_hint(words: str) -> None:
    with pytest.raises(UnknownPeriod) as refused:
        period_of(words, FRIDAY)
    assert refused.value.message.endswith(".")
    assert refused.value.hint


def test_the_word_may_be_a_month_or_a_range_but_never_a_part_of_another_word() -> None:
    assert first_and_last(period_of("since may", FRIDAY)) == ("2026-05-01", "2026-11-20")
    with pytest.raises(UnknownPeriod):
        period_of("maydays", FRIDAY)


PIECES = st.sampled_from(
    ["last", "this", "since", "week", "weeks", "days", "day", "month", "months", "year", "quarter", "q", "w", "..", "-",
     "to", " ", " ", "0", "1", "7", "28", "53", "99", "2026", "2024-02-29", "2025-12-31", "-05", *MONTHS[:6], "monday"]
)  # fmt: skip
TEXTS = st.text(max_size=30) | st.lists(PIECES, max_size=7).map("".join) | st.lists(PIECES, max_size=5).map(" ".join)


@given(TEXTS, st.dates(date(1995, 1, 1), date(2150, 12, 31)))
def test_any_text_is_a_period_with_days_or_refused(words: str, today: date) -> None:
    try:
        period = period_of(words, today)
    except UnknownPeriod:
        return
    assert period.start.year >= EARLIEST
    assert period.start < period.end
    assert period.end.year <= LATEST
    assert period.name


@given(
    st.from_regex("|".join(f"(?:{pattern.pattern})" for pattern, _ in PATTERNS), fullmatch=True),
    st.dates(date(1995, 1, 1), date(2150, 12, 31)),
)
def test_whatever_looks_like_a_period_is_one_or_is_refused(words: str, today: date) -> None:
    try:
        period = period_of(words, today)
    except UnknownPeriod:
        return
    assert period.start < period.end


@given(st.dates(date(1995, 1, 1), date(2150, 12, 31)))
def test_a_named_week_month_and_quarter_of_the_past_is_never_in_the_future(today: date) -> None:
    week, month = today.isocalendar().week, today.strftime("%B").lower()
    for words in (f"week {week}", month, f"q{(today.month + 2) // 3}"):
        period = period_of(words, today)
        assert period.start <= today < period.end


@given(st.sampled_from(sorted(READ_ON_A_FRIDAY)), st.dates(FRIDAY, date(2150, 12, 31)))
def test_the_period_before_ends_where_the_period_begins(words: str, today: date) -> None:
    period = period_of(words, today)
    before = period.before()
    assert before.end == period.start
    assert before.start < before.end
    if not (period.start.day == 1 and period.end.day == 1):
        assert before.length == period.length


@pytest.mark.parametrize(
    ("words", "first", "last", "name"),
    [
        ("may", "2026-04-01", "2026-04-30", "the month before"),
        ("2024-03", "2024-02-01", "2024-02-29", "the month before"),
        ("q1 2026", "2025-10-01", "2025-12-31", "the quarter before"),
        ("2025", "2024-01-01", "2024-12-31", "the year before"),
        ("last 2 months", "2026-07-01", "2026-08-31", "the 2 months before"),
        ("last week", "2026-11-02", "2026-11-08", "the week before"),
        ("last 28 days", "2026-09-25", "2026-10-22", "the 28 days before"),
        ("yesterday", "2026-11-18", "2026-11-18", "the day before"),
    ],
)
def test_the_period_before_is_of_the_same_kind(words: str, first: str, last: str, name: str) -> None:
    before = period_of(words, FRIDAY).before()
    assert (*first_and_last(before), before.name) == (first, last, name)


def test_a_running_period_is_cut_at_yesterday() -> None:
    week = period_of("this week", FRIDAY)
    assert week.is_running(FRIDAY)
    assert first_and_last(week.until(FRIDAY)) == ("2026-11-16", "2026-11-19")
    assert not period_of("last week", FRIDAY).is_running(FRIDAY)
    assert period_of("last week", FRIDAY).until(FRIDAY) == period_of("last week", FRIDAY)


def test_a_period_that_began_today_keeps_its_only_day() -> None:
    monday = date(2026, 11, 16)
    assert first_and_last(period_of("this week", monday).until(monday)) == ("2026-11-16", "2026-11-16")


def test_the_last_days_are_complete_days() -> None:
    assert first_and_last(last_days(28, FRIDAY)) == ("2026-10-23", "2026-11-19")
    assert last_days(1, FRIDAY).name == "yesterday"
    assert last_days(28, FRIDAY).name == "last 28 days"


def first_and_last(period: Period) -> tuple[str, str]:
    return period.start.isoformat(), (period.end - timedelta(days=1)).isoformat()
