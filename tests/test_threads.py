"""Questions in the thread under an answer: what they leave unsaid is taken from above, and said."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import func, select, update

from bot.parts import WORKSPACE
from kpi.storage.binding import OURS
from kpi.storage.contexts import CONTEXT, context_at, keep_context
from tests.slack_world import ADA, MARKETING, NOW, buttons_of, only, pictures_in, scene, stage, words_of

if TYPE_CHECKING:
    from bot.local_slack import Message
    from kpi.storage.database import Database
    from tests.slack_world import Scene

__all__ = ["scene", "stage"]


def heading(message: Message) -> str:
    return words_of(message).split("\n", 1)[0]


def replies(scene: Scene, under: Message, *texts: str, user: str = "ada", channel: str = "marketing") -> list[Message]:
    """Write into the thread under a message, line by line, and return what the bot answers to the last one."""
    answers: list[Message] = []
    for text in texts:
        said = scene.follows(
            lambda text=text: scene.slack.say_as(text, user=user, channel=channel, thread=under.ts),
            user,
            channel,
        )
        answers = [one for one in said if one.bot]
    return answers


def noted(message: Message) -> str:
    """Return the sentence that says what was taken from above."""
    return next((line for line in words_of(message).splitlines() if line.endswith("as above.")), "")


FOLLOWED = [
    # what was asked, what is written under it, what the answer is headed, what it says it took
    ("spring-sale", "revenue", "Revenue, Spring sale", "Spring sale, as above."),
    ("spring-sale may", "revenue", "Revenue, Spring sale, 1–31 May 2026", "Spring sale, May 2026, as above."),
    ("spring-sale", "and may?", "Spring sale, 1–31 May 2026", "Spring sale, as above."),
    ("spring-sale last month", "advent", "Advent calendar", "Last month, as above."),
    ("revenue last week", "rocs", "ROCS", "Last week, as above."),
    ("revenue last week", "and the week before?", "Revenue, WhatsApp, 2–8 Nov 2026", "Revenue, as above."),
    ("revenue october", "last week", "Revenue, WhatsApp, 9–15 Nov 2026", "Revenue, as above."),
    ("revenue october", "before that", "Revenue, WhatsApp, 1–30 Sept 2026", "Revenue, as above."),
    ("trend ctr spring-sale", "summer-sale", "Click-through rate, Summer sale", "Click-through rate, as above."),
    ("top rocs last month", "ctr", "", "Last month, as above."),
    ("spring-sale", "funnel", "Spring sale", "Spring sale, as above."),
    ("spring-sale", "benchmark", "Spring sale", "Spring sale, as above."),
    ("benchmark spring-sale", "may", "Spring sale against others, 1–31 May 2026", "Spring sale, as above."),
    ("revenue spring-sale", "trend", "Revenue, Spring sale", "Spring sale, revenue, as above."),
    ("spring-sale may", "overview", "WhatsApp, 1–31 May 2026", "May 2026, as above."),
    ("spring-sale", "ctr summer-sale july", "Click-through rate, Summer sale, 1–31 Jul 2026", ""),
    ("revenue last week in DE", "rocs", "ROCS, WhatsApp in Germany", "Last week, in Germany, as above."),
    ("overview in DE", "and last month?", "WhatsApp in Germany, 1–31 Oct 2026", "In Germany, as above."),
    ("overview 1-14 nov", "benchmark", "WhatsApp against others, 1–14 Nov 2026", "1–14 Nov 2026, as above."),
    ("overview in email", "spring-sale", "Spring sale, 26–28 May 2026", ""),
    ("spring-sale", "help", "What you can ask", ""),
    ("spring-sale", "define ctr", "Click-through rate", ""),
    ("spring-sale", "", "WhatsApp", ""),
]


@pytest.mark.parametrize(("asked", "reply", "headed", "taken"), FOLLOWED)
def test_what_a_reply_leaves_unsaid_is_taken_from_above(
    scene: Scene, asked: str, reply: str, headed: str, taken: str
) -> None:
    above = only(scene.asks(asked))
    answer = only(replies(scene, above, f"@kpi {reply}"))
    assert answer.thread_ts == above.ts
    assert not answer.ephemeral_for
    assert heading(answer).startswith(headed), heading(answer)
    assert noted(answer) == taken


def test_a_thread_goes_on_from_answer_to_answer(scene: Scene) -> None:
    above = only(scene.asks("spring-sale"))
    answer = only(replies(scene, above, "@kpi may", "@kpi help", "@kpi revenue", "@kpi summer sale"))
    assert noted(answer) == "Revenue, May 2026, as above."
    assert pictures_in(answer.blocks) or "Summer sale" in words_of(answer)


def test_what_one_answer_cannot_be_about_is_kept_for_the_next(scene: Scene) -> None:
    above = only(scene.asks("trend ctr spring-sale may"))
    assert noted(only(replies(scene, above, "@kpi overview"))) == "May 2026, as above."
    answer = only(replies(scene, above, "@kpi trend"))
    assert noted(answer) == "Spring sale, click-through rate, May 2026, as above."


def test_names_that_are_offered_keep_what_the_answer_above_told(scene: Scene) -> None:
    above = only(scene.asks("trend ctr may in DE"))
    offer = only(replies(scene, above, "@kpi sprnig sale"))
    pressed = only(scene.presses(offer, next(one for one in buttons_of(offer) if one.startswith("Spring sale ("))))
    assert heading(pressed) == "Click-through rate, Spring sale in Germany, 1–31 May 2026"


def test_talk_in_a_thread_is_not_answered(scene: Scene) -> None:
    above = only(scene.asks("spring-sale"))
    said: dict[str, Any] = {"channel": MARKETING, "channel_type": "channel", "user": ADA, "thread_ts": above.ts}
    assert scene.slack.event("message", text="revenue looks great!", ts=f"{above.ts}9", **said).ok
    scene.settles()
    assert only(scene.slack.messages("marketing")) is above


def test_in_direct_messages_a_reply_needs_no_mention(scene: Scene) -> None:
    above = only(scene.asks("spring-sale", channel="ada"))
    answer = only(replies(scene, above, "revenue", channel="ada"))
    assert answer.thread_ts == above.ts
    assert noted(answer) == "Spring sale, as above."


def test_in_direct_messages_and_goes_on_without_a_thread(scene: Scene) -> None:
    def says(text: str) -> Message:
        said = scene.follows(lambda: scene.slack.say_as(text, channel="ada"), "ada", "ada")
        return only([one for one in said if one.bot])

    says("spring sale")
    assert noted(says("and may?")) == "Spring sale, as above."
    alone = says("revenue")
    assert not noted(alone)
    assert "WhatsApp" in heading(alone)


def test_a_button_under_a_threaded_answer_answers_in_the_thread_and_as_it_says(scene: Scene) -> None:
    above = only(scene.asks("spring-sale may"))
    answer = only(replies(scene, above, "@kpi revenue"))
    pressed = only(scene.presses(answer, "Ranking"))
    assert "Ranking" in buttons_of(answer)
    assert pressed.thread_ts == above.ts
    assert not noted(pressed)
    assert noted(only(replies(scene, above, "@kpi may"))) == "Revenue, as above."


def test_a_button_on_top_of_a_thread_answers_in_the_channel(scene: Scene) -> None:
    above = only(scene.asks("revenue"))
    replies(scene, above, "@kpi may")
    assert only(scene.presses(above, "Ranking")).thread_ts == ""


def test_what_was_shared_can_be_followed(scene: Scene) -> None:
    scene.invites_the_bot("general")
    private = only(scene.asks("spring-sale", channel="general"))
    question = only(scene.presses(private, "Share here"))
    shared = next(one for one in scene.presses(question, "Post it") if not one.ephemeral_for)
    answer = only(replies(scene, shared, "@kpi revenue", channel="general"))
    assert answer.ephemeral_for == ADA
    assert answer.thread_ts == shared.ts
    assert noted(answer) == "Spring sale, as above."


def test_rights_are_looked_up_again_in_a_thread(scene: Scene) -> None:
    above = only(scene.asks("spring-sale"))
    scene.asks("close here")
    refused = only(replies(scene, above, "@kpi revenue", user="ben"))
    assert "not open to you" in words_of(refused)


def test_a_private_answer_is_not_followed_by_others(scene: Scene) -> None:
    scene.invites_the_bot("general")
    scene.follows(lambda: scene.slack.say_as("@kpi spring-sale", channel="general"), "ada", "general")
    assert _kept(scene) == 0


def test_a_day_later_the_days_stay_the_same_and_are_called_by_their_dates(scene: Scene) -> None:
    above = only(scene.asks("spring-sale october"))
    told = _context(scene, above).replace("October 2026", "last month")
    assert "last month" in told
    _keep(scene, above, told.replace("2026-10", "2026-05").replace("2026-11-01", "2026-06-01"))
    answer = only(replies(scene, above, "@kpi revenue"))
    assert noted(answer) == "Spring sale, 1–31 May 2026, as above."


def test_a_campaign_that_is_gone_is_not_followed(scene: Scene) -> None:
    above = only(scene.asks("spring-sale"))
    _keep(scene, above, _context(scene, above).replace("spring-sale", "long-gone"))
    answer = only(replies(scene, above, "@kpi revenue"))
    assert heading(answer).startswith("Revenue, WhatsApp")


def test_contexts_are_forgotten_after_a_month(database: Database) -> None:
    def kept(thread: str) -> str:
        with database.reading(WORKSPACE) as db:
            return context_at(db, MARKETING, thread)

    for age, thread in ((31, "1.0"), (29, "2.0"), (0, "3.0")):
        moment = NOW - timedelta(days=age)
        database.written(WORKSPACE, lambda db, t=thread, m=moment: keep_context(db, MARKETING, [t], "{}", m))  # type: ignore[misc]
    assert [kept(thread) for thread in ("1.0", "2.0", "3.0")] == ["", "{}", "{}"]


def _kept(scene: Scene) -> int:
    with scene.bot.parts.database.reading(WORKSPACE) as db:
        count = select(func.count()).select_from(CONTEXT).where(CONTEXT.c.workspace == OURS)
        return int(db.run(count).scalar_one())


def _context(scene: Scene, under: Message) -> str:
    with scene.bot.parts.database.reading(WORKSPACE) as db:
        return context_at(db, under.channel, under.ts)


def _keep(scene: Scene, under: Message, told: str) -> None:
    changed = update(CONTEXT).where(CONTEXT.c.workspace == OURS, CONTEXT.c.thread == under.ts).values(asked=told)
    scene.bot.parts.database.written(WORKSPACE, lambda db: db.run(changed))
