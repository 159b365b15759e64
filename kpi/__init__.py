"""Campaign results: no Slack, no web, no clock."""
