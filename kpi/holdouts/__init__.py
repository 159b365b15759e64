"""What a campaign added, told by the people who were left out of it."""
