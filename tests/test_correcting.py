"""A digest that stands is corrected in place where late data has changed it noticeably, each time once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bot.message_text import as_text
from kpi.storage.ledger import CORRECTION, FAILED, SENT, WATCH
from tests.asking import LOWER, imported
from tests.posting_world import DAY, MINUTE, MONDAY, RESULTS
from tests.slack_world import only, pictures_in
from tests.test_posting import AUTUMN, KilledError, desk, dying

if TYPE_CHECKING:
    from tests.posting_world import Desk

__all__ = ["desk"]
HOUR = 60 * MINUTE
CORRECTED = "Corrected on 23 Nov: €425 of cost reported, €625 now."


def with_cost(desk: Desk, cost: int) -> None:
    imported(desk.parts.database, RESULTS.replace(AUTUMN + "90,30", f"{AUTUMN}90,{cost}"), now=desk.now, how=LOWER)


def with_revenue(desk: Desk, revenue: int) -> None:
    imported(desk.parts.database, RESULTS.replace(AUTUMN + "90", f"{AUTUMN}{revenue}"), now=desk.now, how=LOWER)


def corrections(desk: Desk) -> list[str]:
    return [one.state for one in desk.entries() if one.kind == CORRECTION]


def test_a_figure_that_has_changed_is_corrected_in_the_same_message_once(desk: Desk) -> None:
    desk.works()
    with_cost(desk, 230)
    desk.works_at(MONDAY + HOUR - MINUTE)
    assert only(desk.posts()).edits == []
    for minutes in (60, 61, 120, 600):
        desk.works_at(MONDAY + minutes * MINUTE)
    posted = only(desk.posts())
    assert CORRECTED in as_text(posted)
    assert pictures_in(posted.blocks)
    assert len(posted.edits) == 1
    assert len(desk.replies()) == 1
    assert corrections(desk) == [SENT]


def test_one_change_after_the_other_is_corrected_once_a_day_at_most(desk: Desk) -> None:
    desk.works()
    for hours in range(1, 49):
        with_cost(desk, 30 + 100 * hours)
        desk.works_at(MONDAY + hours * HOUR)
    assert len(only(desk.posts()).edits) == 2


def test_small_changes_and_revenue_that_still_comes_in_are_no_correction(desk: Desk) -> None:
    desk.works()
    with_cost(desk, 40)
    desk.works_at(MONDAY + HOUR)
    with_revenue(desk, 990)
    desk.works_at(MONDAY + 2 * DAY)
    assert corrections(desk) == []
    desk.works_at(MONDAY + 5 * DAY)
    said = "Corrected on 28 Nov: €4,050 of revenue reported, €4,950 now: orders €900 more."
    assert said in as_text(only(desk.posts()))
    assert "so far" not in only(desk.posts()).text


def test_revenue_that_falls_is_corrected_at_once(desk: Desk) -> None:
    with_revenue(desk, 990)
    desk.works()
    with_revenue(desk, 90)
    desk.works_at(MONDAY + HOUR)
    assert corrections(desk) == [SENT]


def test_after_four_weeks_nothing_is_corrected(desk: Desk) -> None:
    desk.works()
    desk.works_at(MONDAY + 29 * DAY)
    with_cost(desk, 230)
    desk.works_at(MONDAY + 30 * DAY)
    assert corrections(desk) == []


def test_where_slack_refuses_the_edit_it_stands_in_the_thread(desk: Desk) -> None:
    desk.works()
    with_cost(desk, 230)
    desk.slack.fail("chat.update", "edit_window_closed")
    desk.works_at(MONDAY + HOUR)
    assert only(desk.posts()).edits == []
    assert [as_text(one).strip() for one in desk.replies()][1:] == [CORRECTED]


def test_a_digest_that_somebody_has_deleted_is_left_alone(desk: Desk) -> None:
    desk.works()
    with_cost(desk, 230)
    desk.slack.fail("chat.update", "message_not_found")
    desk.works_at(MONDAY + HOUR)
    assert corrections(desk) == [FAILED]
    assert len(desk.replies()) == 1


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("arrow", ["prepare", "keep", "post", "intend", "send", "record"])
def test_a_worker_may_die_at_every_step_of_a_correction(desk: Desk, arrow: str, *, after: bool) -> None:
    desk.works()
    with_cost(desk, 230)
    desk.now = MONDAY + HOUR
    with pytest.raises(KilledError):
        desk.works(desk.poster(dying(arrow, after=after)))
    for minutes in (65, 70, 75):
        desk.works_at(MONDAY + minutes * MINUTE)
    assert CORRECTED in as_text(only(desk.posts()))
    assert corrections(desk) == [SENT]
    assert len(desk.replies()) == 1


@pytest.mark.parametrize("fault", [{"status": 503}, {"status": 500, "after_accepting": True}, {"reset": True}])
def test_a_fault_of_slacks_while_correcting_does_no_harm(desk: Desk, fault: dict[str, int]) -> None:
    desk.works()
    with_cost(desk, 230)
    desk.slack.fail("chat.update", **fault)  # type: ignore[arg-type]
    for minutes in (60, 61):
        desk.works_at(MONDAY + minutes * MINUTE)
    assert CORRECTED in as_text(only(desk.posts()))
    assert (corrections(desk), len(desk.replies())) == ([SENT], 1)


def test_the_one_who_looks_is_no_message(desk: Desk) -> None:
    desk.works()
    assert [one.due_at for one in desk.entries() if one.kind == WATCH] == [MONDAY + HOUR]
