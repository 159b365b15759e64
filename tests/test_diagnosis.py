"""The arithmetic of ``why``: what moved a total adds up to its change, and a usual step has no prize."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kpi.why.diagnosis import added, along, prize, shifted

AMOUNTS = st.floats(0, 1e6, allow_nan=False)
PARTS = st.dictionaries(st.sampled_from("abcdef"), AMOUNTS)
PAIRS = st.dictionaries(st.sampled_from("abcdef"), st.tuples(AMOUNTS, st.floats(1, 1e6)), min_size=1)
WAYS = st.integers(1, 6).flatmap(
    lambda length: st.tuples(*[st.lists(AMOUNTS, min_size=length, max_size=length) for _ in range(2)])
)


def _rate(counts: dict[str, tuple[float, float]]) -> float:
    return sum(part for part, _ in counts.values()) / sum(whole for _, whole in counts.values())


@given(PARTS, PARTS)
def test_the_parts_of_a_sum_add_up_to_its_change(before: dict[str, float], now: dict[str, float]) -> None:
    moved = added(before, now)
    assert sum(moved.values()) == pytest.approx(sum(now.values()) - sum(before.values()), abs=1e-6)
    assert {key: -one for key, one in added(now, before).items()} == moved
    sizes = [abs(one) for one in moved.values()]
    assert sizes == sorted(sizes, reverse=True)


@given(WAYS)
def test_the_steps_add_up_to_the_change_and_swapping_mirrors(ways: tuple[list[float], list[float]]) -> None:
    before, now = ways
    steps = along(before, now)
    assert sum(steps) == pytest.approx(now[-1] - before[-1], rel=1e-6, abs=1e-3)
    assert along(now, before) == pytest.approx([-one for one in steps], rel=1e-6, abs=1e-6)


def test_only_the_step_that_changed_moves_anything() -> None:
    twice = along([1000, 900, 450, 90, 18], [1000, 900, 450, 90, 36])
    assert twice == pytest.approx([0, 0, 0, 0, 18])
    assert along([1000, 500, 10], [2000, 1000, 20]) == pytest.approx([10, 0, 0])
    assert along([1000, 500, 10], [0, 0, 0]) == [-10, 0, 0]
    assert along([1000, 500, 0], [1000, 500, 7]) == [0, 0, 7]


@given(PAIRS, PAIRS)
def test_weight_and_rate_add_up_to_the_change_of_a_rate(
    before: dict[str, tuple[float, float]], now: dict[str, tuple[float, float]]
) -> None:
    moved = shifted(before, now)
    change = _rate(now) - _rate(before)
    scale = max(part / whole for counts in (before, now) for part, whole in counts.values())
    assert sum(one.whole for one in moved.values()) == pytest.approx(change, rel=1e-6, abs=1e-9 + 1e-9 * scale)
    mirrored = shifted(now, before)
    for key, one in moved.items():
        assert mirrored[key].rate == pytest.approx(-one.rate, abs=1e-9 + 1e-9 * scale)
        assert mirrored[key].weight == pytest.approx(-one.weight, abs=1e-9 + 1e-9 * scale)


def test_the_same_rates_at_another_mix_are_weight_alone() -> None:
    moved = shifted({"DE": (10, 100), "ES": (40, 100)}, {"DE": (5, 50), "ES": (60, 150)})
    assert all(one.rate == pytest.approx(0) for one in moved.values())
    assert sum(one.weight for one in moved.values()) == pytest.approx(65 / 200 - 50 / 200)


@given(st.integers(1, 1000), st.integers(1, 1000), st.floats(0, 0.2), st.floats(0, 500))
def test_a_step_at_its_usual_has_no_prize(part: int, rest: int, wide: float, end: float) -> None:
    found = prize((part, part + rest), part / (part + rest), (wide, wide), end)
    assert found.amount == pytest.approx(0)
    assert found.low <= found.amount <= found.high


def test_a_prize_is_what_the_missing_ones_would_have_ordered() -> None:
    found = prize((100, 1000), 0.2, (0.02, 0.01), 25)
    assert (found.amount, found.low, found.high) == pytest.approx((25, 22.5, 30))
    assert found.times(50).amount == pytest.approx(1250)
    assert prize((0, 1000), 0.2, (0, 0)).amount == pytest.approx(200)
    assert prize((30, 100), 0.2, (0, 0), 30).amount < 0
