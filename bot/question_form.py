"""The form behind ``Ask…``: a question chosen from lists, answered as if its words had been typed.

Nothing in the form itself is secret. The names of campaigns are: each suggestion looks up the rights of the person, and
so does the answer.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bot import permits, slash
from bot.modals import MOST_OPTIONS, Field, change, entered, kept, line, modal, option, refuse, search, select, show
from bot.parts import Parts, Place
from bot.replies import dm_of
from kpi.errors import Mistake, UnknownPeriod
from kpi.metrics import METRICS
from kpi.question import Asking, Part, Question
from kpi.questions import ABOUT_RESULTS
from kpi.reading.reader import asked
from kpi.reading.suggesting import campaigns_like
from kpi.reading.vocabulary import question_called
from kpi.storage.workspaces import team

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from slack_bolt import Ack

FORM = "asking"
QUESTION, CAMPAIGN, METRIC, PERIOD, DAYS, TOPIC = "question", "campaign", "metric", "period", "days", "topic"
PERIODS = (
    "yesterday", "last 7 days", "this week", "last week", "last 28 days", "this month", "last month",
    "last 3 months", "this quarter", "last quarter", "this year", "last year",
)  # fmt: skip
UNREADABLE = "I cannot read that as days. Try 'may', 'week 46' or '2026-05-01..2026-05-14'."
LONGEST_DAYS = 60


def on_compose(parts: Parts, ack: Ack, body: dict[str, Any], place: Place) -> None:
    """Open the form for somebody who pressed ``Ask…``, or who chose the shortcut, which is in no channel."""
    ack()
    keeps = {"channel": place.channel, "thread": place.thread, "url": place.response_url}
    slash.safely(parts, place, lambda: show(parts.client, body["trigger_id"], form(ABOUT_RESULTS[0], keeps)))


def on_question(parts: Parts, ack: Ack, body: dict[str, Any]) -> None:
    """Show the fields that the chosen question takes."""
    ack()
    view = body["view"]
    chosen = question_called(body["actions"][0]["selected_option"]["value"])
    change(parts.client, view, form(chosen, kept(view)))


def on_suggestion(parts: Parts, ack: Ack, body: dict[str, Any]) -> None:
    """Offer campaigns like what was typed, to people who may ask in the place where the form was opened."""
    place = Place(kept(body["view"]).get("channel", ""), body["user"]["id"])
    try:
        allowed = slash.permission_at(parts, place).may_ask
    except Mistake:
        allowed = False
    ack(options=_suggested(parts, str(body.get("value") or "")) if allowed else [])


def on_submission(parts: Parts, ack: Ack, body: dict[str, Any]) -> None:
    """Answer what was chosen where the form was opened, or say in the form what cannot be read."""
    told = entered(body["view"])
    if wrong := _wrong(parts, told):
        refuse(ack, wrong)
        return
    ack()
    keeps, user = kept(body["view"]), body["user"]["id"]
    place = Place(keeps["channel"] or dm_of(parts, user), user, keeps["url"], keeps["thread"])
    slash.safely(parts, place, lambda: slash.answer(parts, place, words_of_form(told)))


def form(question: Question, keeps: Mapping[str, str]) -> dict[str, Any]:
    """Return the form with the fields of a question; what is not needed may stay empty."""
    return modal(FORM, "Ask", _fields(question), submit="Ask", keeps=keeps)


def words_of_form(told: Mapping[str, str]) -> str:
    """Return what would be typed to ask the same; a name in quotes is a name, whatever it is."""
    question = question_called(told[QUESTION])
    name = told.get(CAMPAIGN, "") if Part.CAMPAIGN in question.takes else ""
    metric = told.get(METRIC, "") if Part.METRIC in question.takes else ""
    days = told.get(DAYS) or told.get(PERIOD, "") if Part.PERIOD in question.takes else ""
    topic = told.get(TOPIC, "") if Part.TOPIC in question.takes else ""
    return " ".join(word for word in (question.name, metric, f'"{name}"' if name else "", days, topic) if word)


def _fields(question: Question) -> Iterator[Field]:
    questions = [option(f"{one.name.capitalize()}: {one.meaning}", one.name) for one in ABOUT_RESULTS]
    yield Field(QUESTION, "What do you want to know?", select(questions, question.name), reshapes=True)
    if Part.CAMPAIGN in question.takes:
        any_is_fine = Part.CAMPAIGN not in question.needs
        yield Field(CAMPAIGN, "Campaign", search("Type a name"), optional=any_is_fine)
    if Part.METRIC in question.takes:
        metrics = [option(one.label, one.key) for one in METRICS]
        yield Field(
            METRIC, "KPI", select(metrics, placeholder="Choose a KPI"), optional=Part.METRIC not in question.needs
        )
    if Part.PERIOD in question.takes:
        periods = [option(one.capitalize(), one) for one in PERIODS]
        yield Field(PERIOD, "Period", select(periods, placeholder="As usual"), optional=True)
        days = line(placeholder="may, or 2026-05-01..2026-05-14", longest=LONGEST_DAYS)
        yield Field(DAYS, "Or other days", days, optional=True)
    if Part.TOPIC in question.takes:
        yield Field(TOPIC, "Words in the name", line(), optional=True)


def _wrong(parts: Parts, told: Mapping[str, str]) -> dict[str, str]:
    """Return what is wrong with the days that were typed, by field; nothing else can be wrong."""
    typed = told.get(DAYS, "")
    if not typed:
        return {}
    if told.get(PERIOD):
        return {DAYS: "Choose a period or type other days, not both."}
    with parts.database.reading(parts.workspace) as db:
        asking = _asking(parts, db)
        try:
            read = asked(f"overview {typed}", asking)
        except UnknownPeriod as error:
            return {DAYS: f"{error.message} {error.hint}"}
        except Mistake:
            return {DAYS: UNREADABLE}
    is_period = read.question.name == "overview" and read.period and not read.campaigns
    return {} if is_period else {DAYS: UNREADABLE}


def _suggested(parts: Parts, typed: str) -> list[dict[str, Any]]:
    with parts.database.reading(parts.workspace) as db:
        asking = _asking(parts, db)
        found = campaigns_like(asking, typed, MOST_OPTIONS)
        labels = [
            (one.name, f" ({asking.words.day(one.first_day)})" if one.first_day else "", one.slug) for one in found
        ]
    return [option(name, slug, tail=days).to_dict() for name, days, slug in labels]


def _asking(parts: Parts, db: Any) -> Asking:  # noqa: ANN401  the transaction
    now = parts.now()
    return Asking(db, team(db), permits.today(parts, now), now)
