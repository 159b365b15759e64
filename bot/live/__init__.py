"""Results that come in by themselves, through webhooks."""
