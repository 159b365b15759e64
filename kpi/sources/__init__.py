"""Where results come from: a file per source, bytes in and rows out. Downloading and serving are the bot's."""

from kpi.sources.layouts import LAYOUTS, OURS

SOURCES = (OURS, *LAYOUTS)
"""Every layout of results that is known by its header, our own first."""
