"""Everything the asker can mend: one sentence that says what is wrong, and a hint that says how to go on."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kpi.report import Choice
    from kpi.sources.proposal import ColumnRead
    from kpi.sources.unsaid import Unsaid


class Mistake(Exception):  # noqa: N818  a mistake is the asker's, not the program's
    """That could not be read."""

    def __init__(self, message: str = "", hint: str = "", offers: tuple[Choice, ...] = ()) -> None:
        self.message = message or (type(self).__doc__ or "")
        self.hint = hint
        self.offers = offers
        """What can be asked instead."""
        super().__init__(self.message)


class UnknownName(Mistake):
    """No campaign has that name."""


class AmbiguousName(Mistake):
    """Several campaigns begin with that name."""


class UnknownPeriod(Mistake):
    """That period could not be read."""


class ImpossiblePeriod(UnknownPeriod):
    """That period lies in no calendar."""


class UnknownMetric(Mistake):
    """No KPI has that name."""


class UnknownScope(Mistake):
    """Nothing is called that by which the question was to be narrowed down."""


class UnreadableFile(Mistake):
    """That file could not be read."""

    def __init__(self, message: str = "", hint: str = "", *unsaid: Unsaid, columns: Sequence[ColumnRead] = ()) -> None:
        super().__init__(message, hint or " ".join(one.hint for one in unsaid))
        self.unsaid = unsaid
        """What has to be said about it; the hint tells how."""
        self.columns = tuple(columns)
        """How its columns would be read, where that is the question."""

    @classmethod
    def of(cls, questions: Sequence[UnreadableFile]) -> UnreadableFile:
        """Return several questions as one; what two of them ask for is asked once."""
        by_option = {tuple(each.option for each in one.unsaid): one for one in reversed(questions)}
        asked = list(reversed(by_option.values()))
        hint = " ".join(one.hint for one in asked)
        return cls(" ".join(one.message for one in asked), hint, *(each for one in asked for each in one.unsaid))


class WrongSetting(Mistake):
    """A setting is missing or cannot be used."""
