"""Refuses what cannot be Slack's before Bolt sees it: malformed signatures would otherwise be faults of ours."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

LARGEST_BODY = 1024 * 1024
_TIMESTAMP = re.compile(r"[0-9]{9,11}")
_SIGNATURE = re.compile(r"v0=[0-9a-f]{64}")


def looks_signed(headers: Mapping[str, str]) -> bool:
    """Tell whether the signature headers have the form of Slack's; Bolt then checks that they are true."""
    timestamp = headers.get("x-slack-request-timestamp", "")
    signature = headers.get("x-slack-signature", "")
    return bool(_TIMESTAMP.fullmatch(timestamp) and _SIGNATURE.fullmatch(signature))
