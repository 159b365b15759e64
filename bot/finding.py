"""What the self-check found, and how to mend it."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any


class State(StrEnum):
    """How a part is."""

    GOOD = "ok"
    WARNING = "warning"
    FAULT = "fault"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at, and how to mend it."""

    part: str
    state: State
    said: str
    mend: str = ""

    @property
    def is_fault(self) -> bool:
        """Tell whether the bot cannot work like this."""
        return self.state is State.FAULT

    def line(self) -> str:
        """Return it as a line of text."""
        return f"{self.state:8} {self.part}: {self.said}" + (f" {self.mend}" if self.mend else "")

    def as_data(self) -> dict[str, Any]:
        """Return it as data."""
        return asdict(self)
