"""What a team can set, a row each: its names, how a value is read and shown, and what it does today."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from babel import Locale

from kpi.errors import Mistake
from kpi.reading.lexicon import folded
from kpi.team.values import currency_of, length_of, locale_of, share_of, wait_of, zone_of
from kpi.units import Unit

if TYPE_CHECKING:
    from collections.abc import Callable

    from kpi.storage.workspaces import Team, Value
    from kpi.wording import Words

WORDS = frozenset(("settings", "setting", "einstellungen", "einstellung", "ajustes", "configuracion"))
JOINTS = ("to", "=", "is", "auf", "a")
"""Words between a setting and its value that say nothing."""
NOT_YET = "not used yet: orders find their campaign by name"


@dataclass(frozen=True, slots=True)
class Setting:
    """Something a team can set; ``key`` is its column, ``unit`` what follows its number."""

    key: str
    name: str
    read: Callable[[str], Value]
    does: str
    example: str
    aliases: tuple[str, ...] = ()
    unit: str = ""

    @property
    def label(self) -> str:
        """The name at the beginning of a line."""
        return self.name if self.name.isupper() else self.name.capitalize()

    def shown(self, value: Value, words: Words) -> str:
        """Write a value for people: ``40%``, ``5 days``, ``CHF, Swiss Franc``."""
        match self.key, value:
            case (_, None) | ("wait_hours", 0):
                return "none"
            case _, Decimal():
                return words.shown(value, Unit.SHARE)
            case "currency", str():
                return f"{value}, {Locale('en').currencies.get(value, value)}"
            case "locale", str():
                return f"{value}, {Locale.parse(value).get_display_name('en')}"
            case _, 1:
                return f"1 {self.unit.removesuffix('s')}"
            case _:
                return f"{value} {self.unit}".strip()

    def typed(self, value: Value) -> str:
        """Write a value as it is typed."""
        if value is None or (self.key, value) == ("wait_hours", 0):
            return "none"
        return f"{(value * 100).normalize():f}%" if isinstance(value, Decimal) else f"{value} {self.unit}".strip()


SETTINGS = (
    Setting("timezone", "time zone", zone_of, "where a day begins and ends", "Europe/Berlin",
            ("timezone", "zone", "tz", "zeitzone", "zona horaria")),
    Setting("currency", "currency", currency_of, "of files that name none, and first in answers", "CHF",
            ("wahrung", "waehrung", "moneda", "salapi")),
    Setting("locale", "locale", locale_of, "how numbers and dates are written", "de_DE",
            ("language", "format", "sprache", "idioma")),
    Setting("margin", "margin", lambda typed: share_of(typed, Decimal(1)),
            "what goods leave of revenue, for profit and ROI", "40%", ("gross margin", "marge", "margen")),
    Setting("vat", "VAT", lambda typed: share_of(typed, Decimal("0.5")),
            "not used yet: revenue is as its source gives it", "19%",
            ("vat rate", "tax", "mwst", "mehrwertsteuer", "ust", "iva")),
    Setting("click_days", "click window", lambda typed: length_of(typed, "days", 90), NOT_YET, "5 days",
            ("click days", "clicks", "click", "klickfenster"), "days"),
    Setting("view_hours", "read window", lambda typed: length_of(typed, "hours", 168), NOT_YET, "12 hours",
            ("view window", "read hours", "view hours", "reads", "read", "lesefenster"), "hours"),
    Setting("wait_hours", "digest wait", wait_of, "how long digests wait for sources that are late", "3 hours",
            ("wait", "wait hours", "digest waits", "warten", "espera"), "hours"),
)  # fmt: skip
SETTING = {setting.key: setting for setting in SETTINGS}

Changes = dict[str, tuple["Value", "Value"]]
"""The old and the new value per setting."""


def about_settings(text: str) -> str | None:
    """Return what a text says behind ``settings``, or None where it is about something else."""
    first, _, rest = re.sub(
        r"^((show|change|me|the|our|my|zeige?|mir|die|mostrar|muestra|ver|los|mis)\s+)*",
        "",
        text.strip(),
        flags=re.IGNORECASE,
    ).partition(" ")
    return rest.strip() if folded(first) in WORDS else None


def wanted(text: str, team: Team) -> Changes:
    """Read ``margin 40%``; raise a Mistake where the setting or the value cannot be, or where nothing would change."""
    setting, typed = _split(text)
    old = team.value(setting.key)
    example = f"Change it like this: settings {setting.name} {setting.example}"
    if not typed:
        raise Mistake(f"{setting.label} is {setting.shown(old, team.words)} now.", example)
    new = setting.read(typed)
    if new == old:
        raise Mistake(f"{setting.label} is {setting.shown(old, team.words)} already.", example)
    return {setting.key: (old, new)}


def packed(changes: Changes) -> str:
    """Return changes as text, to be carried by a button."""
    return json.dumps({key: [SETTING[key].typed(value) for value in pair] for key, pair in changes.items()})


def unpacked(text: str) -> Changes:
    """Return the changes that a text carries, read and checked anew."""
    told = {SETTING[key]: pair for key, pair in json.loads(text).items()}
    return {setting.key: (setting.read(old), setting.read(new)) for setting, (old, new) in told.items()}


def _split(text: str) -> tuple[Setting, str]:
    """Return the setting that a text begins with, and the value after it."""
    words = re.sub(r"(?<=[^\W\d])\s*[=:]", " = ", text, count=1).split()
    names = {folded(name): setting for setting in SETTINGS for name in (setting.name, *setting.aliases)}
    for count in (2, 1):
        if setting := names.get(folded(" ".join(words[:count]))):
            rest = words[count:]
            return setting, " ".join(rest[1:] if rest and rest[0].lower() in JOINTS else rest)
    listed = ", ".join(setting.name for setting in SETTINGS)
    raise Mistake(f"There is no setting called '{' '.join(words)[:40]}'.", f"There are: {listed}.")
