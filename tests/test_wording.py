"""Numbers, money and dates as a team's own country writes them, and one spelling per campaign name."""

from __future__ import annotations

import string
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kpi.names import LONGEST, is_printable, slug_of
from kpi.units import Unit
from kpi.wording import MINUS, Words

COUNT, SHARE, TIMES, MONEY = Unit.COUNT, Unit.SHARE, Unit.TIMES, Unit.MONEY
BRITISH, GERMAN = Words("en_GB", "EUR", "Europe/London"), Words("de_DE", "EUR", "Europe/Berlin")
AMERICAN, SPANISH = Words("en_US", "USD", "America/New_York"), Words("es", "EUR", "Europe/Madrid")
TEAMS = {"en_GB": BRITISH, "de_DE": GERMAN, "en_US": AMERICAN, "es": SPANISH}


@pytest.mark.parametrize(
    ("value", "unit", "shown"),
    [
        (1184, COUNT, {"en_GB": "1,184", "de_DE": "1.184", "en_US": "1,184", "es": "1.184"}),
        (-3, COUNT, {"en_GB": "−3", "de_DE": "−3", "en_US": "−3", "es": "−3"}),
        (0.0788, SHARE, {"en_GB": "7.88%", "de_DE": "7,88%", "en_US": "7.88%", "es": "7,88%"}),
        (0.1, SHARE, {"en_GB": "10%", "de_DE": "10%", "en_US": "10%", "es": "10%"}),
        (6.24, TIMES, {"en_GB": "6.2x", "de_DE": "6,2x", "en_US": "6.2x", "es": "6,2x"}),
        (Decimal(45910), MONEY, {"en_GB": "€45,910.00", "de_DE": "45.910,00 €", "en_US": "$45,910.00",
                                 "es": "45.910,00 €"}),
        (Decimal("-12.5"), MONEY, {"en_GB": "−€12.50", "de_DE": "−12,50 €", "en_US": "−$12.50", "es": "−12,50 €"}),
        (Decimal("0.0535"), MONEY, {"en_GB": "€0.0535", "de_DE": "0,0535 €", "en_US": "$0.0535", "es": "0,0535 €"}),
        (Decimal(0), MONEY, {"en_GB": "€0.00", "de_DE": "0,00 €", "en_US": "$0.00", "es": "0,00 €"}),
        (None, MONEY, dict.fromkeys(TEAMS, "–")),
        (None, COUNT, dict.fromkeys(TEAMS, "–")),
    ],
)  # fmt: skip
def test_values_are_written_in_full(value: Decimal | None, unit: Unit, shown: dict[str, str]) -> None:
    assert {name: spaced(words.shown(value, unit)) for name, words in TEAMS.items()} == shown


@pytest.mark.parametrize(
    ("value", "unit", "short"),
    [
        (999, COUNT, {"en_GB": "999", "de_DE": "999", "en_US": "999", "es": "999"}),
        (9999, COUNT, {"en_GB": "9,999", "de_DE": "9.999", "en_US": "9,999", "es": "9.999"}),
        (1_234_567, COUNT, {"en_GB": "1.23M", "de_DE": "1,23 Mio.", "en_US": "1.23M", "es": "1,23 M"}),
        (0.118, SHARE, {"en_GB": "11.8%", "de_DE": "11,8%", "en_US": "11.8%", "es": "11,8%"}),
        (0.0153, SHARE, {"en_GB": "1.53%", "de_DE": "1,53%", "en_US": "1.53%", "es": "1,53%"}),
        (1.0, SHARE, dict.fromkeys(TEAMS, "100%")),
        (Decimal("450.75"), MONEY, {"en_GB": "€451", "de_DE": "451 €", "en_US": "$451", "es": "451 €"}),
        (Decimal("99.5"), MONEY, {"en_GB": "€99.50", "de_DE": "99,50 €", "en_US": "$99.50", "es": "99,50 €"}),
        (Decimal(-1_500_000), MONEY, {"en_GB": "−€1.5M", "de_DE": "−1,5 Mio. €", "en_US": "−$1.5M", "es": "−1,5 M€"}),
    ],
)
def test_values_are_shortened_for_charts(value: Decimal, unit: Unit, short: dict[str, str]) -> None:
    assert {name: spaced(words.short(value, unit)) for name, words in TEAMS.items()} == short


@pytest.mark.parametrize(
    ("value", "short"), [(12_431, "12.4K"), (-12_431, "−12.4K"), (125_000, "125K"), (10_000, "10K")]
)
def test_thousands_are_shortened_where_the_language_does(value: int, short: str) -> None:
    assert BRITISH.short(value, COUNT) == AMERICAN.short(value, COUNT) == short


@pytest.mark.parametrize(
    ("value", "times"), [(0, "0x"), (0.853, "0.85x"), (1, "1x"), (6.24, "6.2x"), (120.4, "120x"), (1234.5, "1,234x")]
)
def test_ratios_keep_two_or_three_digits(value: float, times: str) -> None:
    assert BRITISH.times(value) == times


def test_other_currencies_keep_their_own_digits() -> None:
    assert BRITISH.shown(Decimal(1184), MONEY, "JPY") == "JP¥1,184"
    assert BRITISH.shown(Decimal("1.5"), MONEY, "GBP") == "£1.50"
    assert spaced(GERMAN.shown(Decimal("12.5"), MONEY, "KWD")) == "12,500 KWD"
    assert Words("en_IN", "INR").shown(Decimal("1234567.8"), MONEY) == "₹12,34,567.80"


@pytest.mark.parametrize(
    ("difference", "points"), [(0.02, "+2.00 pt"), (-0.0123, "−1.23 pt"), (0, "0.00 pt"), (0.153, "+15.3 pt")]
)
def test_shares_differ_by_points(difference: float, points: str) -> None:
    assert BRITISH.points(difference) == points
    assert GERMAN.points(difference) == points.replace(".", ",")


@pytest.mark.parametrize(
    ("value", "percent"), [(0.12, "12%"), (0.004, "0.4%"), (0, "0%"), (-0.3, "−30%"), (12.5, "1,250%")]
)
def test_changes_are_written_without_needless_digits(value: float, percent: str) -> None:
    assert BRITISH.percent(value) == percent


def test_days_are_written_as_people_write_them() -> None:
    day = date(2026, 11, 22)
    assert {name: words.day(day) for name, words in TEAMS.items()} == {
        "en_GB": "22 Nov 2026",
        "de_DE": "22. Nov. 2026",
        "en_US": "Nov 22, 2026",
        "es": "22 nov 2026",
    }
    assert BRITISH.day(day, year=False) == "22 Nov"
    assert AMERICAN.day(day, year=False) == "Nov 22"


def test_a_range_of_days_is_written_by_its_first_and_last_day() -> None:
    assert spaced(BRITISH.days(date(2026, 5, 1), date(2026, 5, 15))) == "1–14 May 2026"
    assert spaced(BRITISH.days(date(2026, 4, 28), date(2026, 5, 5))) == "28 Apr – 4 May 2026"
    assert spaced(GERMAN.days(date(2026, 5, 1), date(2026, 5, 15))) == "1.–14. Mai 2026"
    assert spaced(AMERICAN.days(date(2025, 12, 29), date(2026, 1, 5))) == "Dec 29, 2025 – Jan 4, 2026"
    assert spaced(BRITISH.days(date(2026, 5, 1), date(2026, 5, 2))) == "1 May 2026"


def test_a_moment_is_told_in_the_teams_own_time_summer_and_winter() -> None:
    winter, summer = datetime(2026, 11, 22, 8, 10, tzinfo=UTC), datetime(2026, 7, 22, 22, 10, tzinfo=UTC)
    assert (BRITISH.moment(winter), BRITISH.moment(summer)) == ("22 Nov, 08:10", "22 Jul, 23:10")
    assert (GERMAN.moment(winter), GERMAN.moment(summer)) == ("22 Nov., 09:10", "23 Juli, 00:10")


def test_names_are_listed_as_people_list_them() -> None:
    listed = [BRITISH.listed(tuple("abcdef"[:count])) for count in (0, 1, 2, 3, 5)]
    assert listed == ["", "a", "a and b", "a, b and c", "a, b, c and 2 more"]


@given(st.integers(-(10**12), 10**12), st.sampled_from(list(TEAMS)))
def test_a_count_written_in_full_can_be_read_back(value: int, locale: str) -> None:
    shown = TEAMS[locale].shown(value, COUNT)
    assert int(shown.replace(MINUS, "-").replace(".", "").replace(",", "")) == value


@given(st.decimals(-(10**12), 10**12, places=6), st.sampled_from(list(Unit)), st.sampled_from(list(TEAMS)))
def test_every_value_can_be_written_and_is_never_minus_by_a_hyphen(value: Decimal, unit: Unit, locale: str) -> None:
    for text in (TEAMS[locale].shown(value, unit), TEAMS[locale].short(value, unit)):
        assert text
        assert "-" not in text


def spaced(text: str) -> str:
    """Return the text with plain spaces, whatever kind of space the language asks for."""
    return " ".join(text.split())


# Names


@pytest.mark.parametrize(
    "spellings",
    [
        (
            "Spring Sale",
            "spring-sale",
            "SPRING SALE",
            "  spring   sale ",
            "Spring_Sale",
            "spring.sale",
            "“Spring” sale!",
        ),
        ("Été", "ete", "ÉTÉ", "E\u0301te\u0301"),
        ("Größe", "grosse", "GRÖSSE"),
        ("Mom's day", "moms day", "MOMS-DAY"),
        ("日本", "日本 "),
    ],
)
def test_spellings_of_one_name_have_one_slug(spellings: tuple[str, ...]) -> None:
    assert len({slug_of(spelling) for spelling in spellings}) == 1


@pytest.mark.parametrize(
    ("one", "other"), [("Spring Sale", "Spring Sale 2"), ("🔥", "🎄"), ("Весна", "Лето"), ("春", "夏"), ("···", "—")]
)
def test_different_names_have_different_slugs(one: str, other: str) -> None:
    assert slug_of(one) != slug_of(other)


def test_names_that_differ_at_their_end_alone_have_different_slugs() -> None:
    long = "the longest name of a campaign that anybody ever typed into a spreadsheet by hand, part"
    assert slug_of(f"{long} one") != slug_of(f"{long} two")
    assert slug_of(f"{long} one") == slug_of(f"{long.upper()} ONE")


@pytest.mark.parametrize(
    ("name", "slug"), [("Été 🔥", "ete-fire"), ("Black Friday 2026", "black-friday-2026"), ("Весна", "vesna")]
)
def test_a_slug_can_be_typed_on_any_keyboard(name: str, slug: str) -> None:
    assert slug_of(name) == slug


@given(st.text(min_size=1, max_size=300))
def test_any_text_has_a_short_ascii_slug(name: str) -> None:
    slug = slug_of(name)
    assert 0 < len(slug) <= LONGEST
    assert set(slug) <= set(string.ascii_lowercase + string.digits + "-")
    assert not slug.startswith("-")
    assert not slug.endswith("-")


@given(st.text(min_size=1, max_size=60))
def test_a_slug_is_its_own_slug_and_case_and_spaces_do_not_matter(name: str) -> None:
    assert slug_of(slug_of(name)) == slug_of(name)
    assert slug_of(f"  {name}\t") == slug_of(name)


@given(st.text(st.characters(codec="ascii", categories=["L", "N", "Z"]), min_size=1))
def test_capitals_do_not_matter(name: str) -> None:
    assert slug_of(name.upper()) == slug_of(name.lower())


@pytest.mark.parametrize("text", ["a\x00b", "a\nb", "\x7f", "\ud800", "tab\there", "\x1b[31m", "\x85", "\x9b31m"])
def test_what_cannot_be_printed_is_known(text: str) -> None:
    assert not is_printable(text)


@pytest.mark.parametrize("text", ["", "Été 🔥", "日本", "👩‍👩‍👧", "a b"])
def test_names_of_any_script_can_be_printed(text: str) -> None:
    assert is_printable(text)
