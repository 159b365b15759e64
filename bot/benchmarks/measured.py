"""One measured figure of the benchmarks."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Measured:
    """One figure, what it is held against, and whether it keeps its bound."""

    what: str
    value: str
    floor: str
    ratio: str
    bound: str
    holds: bool
