"""What Slack refuses, as tables of limits: independent of Slack's SDK and of whoever renders the blocks."""
