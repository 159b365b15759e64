"""The rules of alerts, the targets that some are about, and how far each alert is."""
