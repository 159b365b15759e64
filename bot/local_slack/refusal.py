"""How Slack says no."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable


class Refused(Exception):  # noqa: N818 - Slack refuses; nothing broke
    """Slack does not do this, for the reason that its error names."""

    def __init__(self, error: str, wrong: Iterable[object] = (), *, status: int = 200, **details: object) -> None:
        super().__init__(error)
        self.error = error
        self.wrong = [str(one) for one in wrong]
        self.status = status
        self.details = details

    def as_slack_says(self) -> dict[str, Any]:
        """Build the body of the refusal."""
        said: dict[str, Any] = {"ok": False, "error": self.error, **self.details}
        if self.wrong:
            said["errors"] = self.wrong
            said["response_metadata"] = {"messages": [f"[ERROR] {one}" for one in self.wrong]}
        return said
