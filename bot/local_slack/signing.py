"""How Slack signs what it sends: version 0, HMAC-SHA256 over the raw body and its time."""

from __future__ import annotations

import hashlib
import hmac


def signature(secret: str, timestamp: str, body: bytes) -> str:
    """Compute the value of ``X-Slack-Signature`` for a body sent at that time."""
    signed = b"v0:" + timestamp.encode() + b":" + body
    return "v0=" + hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()


def signed_headers(secret: str, body: bytes, at: float) -> dict[str, str]:
    """Make the two headers by which a receiver knows that Slack sent the body."""
    timestamp = str(int(at))
    return {"X-Slack-Request-Timestamp": timestamp, "X-Slack-Signature": signature(secret, timestamp, body)}
