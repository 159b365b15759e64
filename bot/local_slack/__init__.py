"""A small Slack on this machine: a page to type ``/kpi`` in, and the Slack of the tests."""

from bot.local_slack.records import Call, File, Message, Receipt, Version, View
from bot.local_slack.slack import LocalSlack

__all__ = ["Call", "File", "LocalSlack", "Message", "Receipt", "Version", "View"]
