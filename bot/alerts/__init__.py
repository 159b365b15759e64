"""Alerts in Slack and in a terminal: rules, rounds of evaluation, one living message each."""
