"""Refuses what nobody signed, before it is read: Bolt, for one, reads a body before it checks who signed it."""

from __future__ import annotations

import hmac
import re
from typing import TYPE_CHECKING

from slack_sdk.signature import SignatureVerifier

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.requests import Request

LARGEST_BODY = 1024 * 1024
_TIMESTAMP = re.compile(r"[0-9]{9,11}")
_SIGNATURE = re.compile(r"v0=[0-9a-f]{64}")


def looks_signed(headers: Mapping[str, str]) -> bool:
    """Tell whether the signature headers have the form of Slack's."""
    timestamp = headers.get("x-slack-request-timestamp", "")
    signature = headers.get("x-slack-signature", "")
    return bool(_TIMESTAMP.fullmatch(timestamp) and _SIGNATURE.fullmatch(signature))


def is_signed(secret: str, body: str, headers: Mapping[str, str]) -> bool:
    """Tell whether headers that look signed are Slack's signature of this body, and of now."""
    timestamp, signature = headers["x-slack-request-timestamp"], headers["x-slack-signature"]
    return SignatureVerifier(secret).is_valid(body, timestamp, signature)


def same(given: str, wanted: str) -> bool:
    """Compare in a time that tells nothing of what is wanted."""
    return hmac.compare_digest(given.encode(errors="surrogateescape"), wanted.encode())


async def body_of(request: Request, largest: int) -> bytes | None:
    """Read the raw body, which a signature is of; None where it is larger than what may come."""
    parts, size = list[bytes](), 0
    async for part in request.stream():
        size += len(part)
        if size > largest:
            return None
        parts.append(part)
    return b"".join(parts)
