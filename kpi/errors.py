"""Everything the asker can mend: one sentence that says what is wrong, and a hint that says how to go on."""


class Mistake(Exception):  # noqa: N818  a mistake is the asker's, not the program's
    """That could not be read."""

    def __init__(self, message: str = "", hint: str = "", offers: tuple[str, ...] = ()) -> None:
        self.message = message or (type(self).__doc__ or "")
        self.hint = hint
        self.offers = offers
        """Questions that can be asked instead, ready to be typed or pressed."""
        super().__init__(self.message)


class UnknownName(Mistake):
    """No campaign has that name."""


class AmbiguousName(Mistake):
    """Several campaigns begin with that name."""


class UnknownPeriod(Mistake):
    """That period could not be read."""


class UnknownMetric(Mistake):
    """No KPI has that name."""


class UnreadableFile(Mistake):
    """That file could not be read."""


class WrongSetting(Mistake):
    """A setting is missing or cannot be used."""
