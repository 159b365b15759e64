"""Files of results and orders on their way in, from Slack and the terminal, and how they are listed and undone."""
