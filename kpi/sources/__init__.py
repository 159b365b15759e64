"""Where results come from: a file per source, bytes in and rows out. Downloading and serving are the bot's."""
