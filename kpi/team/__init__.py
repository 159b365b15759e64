"""What a team can set, and what a change would do before it is made."""
