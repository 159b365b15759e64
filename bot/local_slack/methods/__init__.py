"""The part of Slack's Web API that a bot like ours calls, one row per method."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from bot.local_slack.methods import chat, conversations, files, people, validation, views
from bot.local_slack.sockets import connections_open

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.local_slack.workspace import Workspace


class Method(NamedTuple):
    """What a method does, the scope it asks for, the arguments it cannot do without, and whose token it takes."""

    does: Callable[[Workspace, dict[str, Any]], dict[str, Any]]
    scope: str = ""
    needs: tuple[str, ...] = ()
    by_app: bool = False
    """Whether it takes the token of the app itself (xapp-) rather than the bot's."""


METHODS = {
    "api.test": Method(people.api_test),
    "apps.connections.open": Method(connections_open, "connections:write", by_app=True),
    "auth.test": Method(people.auth_test),
    "blocks.validate": Method(validation.validate),
    "chat.postMessage": Method(chat.post_message, "chat:write", ("channel",)),
    "chat.postEphemeral": Method(chat.post_ephemeral, "chat:write", ("channel", "user")),
    "chat.update": Method(chat.update, "chat:write", ("channel", "ts")),
    "chat.delete": Method(chat.delete, "chat:write", ("channel", "ts")),
    "chat.getPermalink": Method(chat.permalink, "", ("channel", "message_ts")),
    "conversations.history": Method(conversations.history, "channels:history", ("channel",)),
    "conversations.info": Method(conversations.info, "channels:read", ("channel",)),
    "conversations.join": Method(conversations.join, "channels:join", ("channel",)),
    "conversations.list": Method(conversations.list_, "channels:read"),
    "conversations.members": Method(conversations.members, "channels:read", ("channel",)),
    "conversations.open": Method(conversations.open_, "im:write", ("users",)),
    "conversations.replies": Method(conversations.replies, "channels:history", ("channel", "ts")),
    "files.completeUploadExternal": Method(files.complete_upload, "files:write", ("files",)),
    "files.delete": Method(files.delete, "files:write", ("file",)),
    "files.getUploadURLExternal": Method(files.upload_url, "files:write", ("filename", "length")),
    "files.info": Method(files.info, "files:read", ("file",)),
    "users.conversations": Method(conversations.of_user, "channels:read"),
    "users.info": Method(people.info, "users:read", ("user",)),
    "users.list": Method(people.list_, "users:read"),
    "views.open": Method(views.open_, "", ("view", "trigger_id")),
    "views.publish": Method(views.publish, "", ("user_id", "view")),
    "views.push": Method(views.push, "", ("view", "trigger_id")),
    "views.update": Method(views.update, "", ("view",)),
}
