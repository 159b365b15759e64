"""What a team settles for itself: its settings, the names of its campaigns, its notes; in Slack and in a terminal."""
