"""When to raise the alarm, and when not: rules, what they find in the days of a campaign, and what becomes of it."""
