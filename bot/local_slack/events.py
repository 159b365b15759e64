"""Events: what the bot hears without having been asked, each with an id of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bot.local_slack import world
from bot.local_slack.commands import escaped
from bot.local_slack.delivery import deliver_event
from bot.local_slack.methods.chat import parent
from bot.local_slack.methods.files import as_slack_says, kind_of
from bot.local_slack.records import File, Message

if TYPE_CHECKING:
    from bot.local_slack.records import Receipt
    from bot.local_slack.workspace import Workspace


def send_event(
    slack: Workspace, event: dict[str, Any], event_id: str = "", retry: int = 0, reason: str = "http_timeout"
) -> Receipt:
    """Send an event; with ``retry`` as its repeated delivery."""
    body = {
        "token": "deprecated",
        "team_id": world.TEAM,
        "api_app_id": world.APP,
        "event": {"event_ts": slack.clock.stamp(), **event},
        "type": "event_callback",
        "event_id": event_id or slack.new_id("Ev"),
        "event_time": int(slack.clock.now()),
        "authorizations": [{"enterprise_id": None, "team_id": world.TEAM, "user_id": world.BOT_USER, "is_bot": True}],
        "is_ext_shared_channel": False,
    }
    return deliver_event(slack, body, retry, reason)


def send_words(slack: Workspace, text: str, user: str, channel: str, thread: str = "") -> Receipt | None:
    """Write an ordinary message; the bot hears of direct messages and of mentions."""
    person, place = slack.world.person(user), slack.world.channel(channel)
    written = escaped(slack, text).replace(f"|{world.BOT_NAME}>", ">")
    under = parent(slack, place.id, thread)
    message = slack.say(Message(place.id, slack.clock.stamp(), written, user=person.id, thread_ts=under))
    event = {**message.as_slack_says(), "channel": place.id, "team": person.team}
    if place.is_im:
        return send_event(slack, {**event, "type": "message", "channel_type": "im"})
    if f"<@{world.BOT_USER}>" in written and slack.bot_is_in(place.id):
        return send_event(slack, {**event, "type": "app_mention"})
    return None


def send_home_opened(slack: Workspace, user: str) -> Receipt:
    """Open the home tab."""
    person = slack.world.person(user)
    home = slack.homes.get(person.id)
    event = {"type": "app_home_opened", "user": person.id, "tab": "home", "channel": f"D{person.id[1:]}"}
    return send_event(slack, event | ({"view": home.as_slack_says()} if home else {}))


def send_file(slack: Workspace, name: str, body: bytes, user: str, channel: str) -> Receipt:
    """Drop a file into a channel; the bot hears of it by its id."""
    person, place = slack.world.person(user), slack.world.channel(channel)
    file = File(slack.new_id("F"), name, name, "", len(body), body, kind_of(body, name), user=person.id)
    file.ready_at, file.channels = slack.clock.now(), [place.id]
    slack.files[file.id] = file
    message = slack.say(Message(place.id, slack.clock.stamp(), name, user=person.id))
    if place.is_im:
        shared = {**message.as_slack_says(), "subtype": "file_share", "files": [as_slack_says(slack, file)]}
        send_event(slack, {**shared, "channel": place.id, "channel_type": "im"})
    event = {"type": "file_shared", "file_id": file.id, "user_id": person.id, "channel_id": place.id}
    return send_event(slack, {**event, "file": {"id": file.id}})
