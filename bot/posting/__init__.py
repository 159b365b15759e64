"""Messages into Slack, each exactly once."""
