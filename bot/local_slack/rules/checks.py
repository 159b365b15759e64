"""Small checks that fit together: each takes a value and where it stands, and yields what is wrong with it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Mapping


Json: TypeAlias = Any
"""Something that came as JSON, of a shape that an earlier check has made sure of."""


class Wrong(NamedTuple):
    """One thing that Slack refuses, and the JSON pointer to it."""

    pointer: str
    what: str

    def __str__(self) -> str:
        return f"{self.what} [json-pointer:{self.pointer}]"


Check: TypeAlias = Callable[[object, str], Iterator[Wrong]]


def word(most: int, least: int = 1) -> Check:
    """Ask for a string of a length between ``least`` and ``most``, measured in characters."""

    def check(value: object, at: str) -> Iterator[Wrong]:
        if not isinstance(value, str):
            yield Wrong(at, "must provide a string")
        elif len(value) < least:
            yield Wrong(at, f"must be more than {least - 1} characters")
        elif len(value) > most:
            yield Wrong(at, f"must be less than {most + 1} characters")

    return check


def pattern(wanted: str) -> Check:
    """Ask for a string that looks like this from beginning to end."""

    def check(value: object, at: str) -> Iterator[Wrong]:
        if not isinstance(value, str) or not re.fullmatch(wanted, value):
            yield Wrong(at, f"failed to match pattern: ^{wanted}$")

    return check


def choice(*allowed: str) -> Check:
    """Ask for one of a few words."""

    def check(value: object, at: str) -> Iterator[Wrong]:
        if value not in allowed:
            yield Wrong(at, f"must be one of: {', '.join(allowed)}")

    return check


def whole(least: int, most: int) -> Check:
    """Ask for a whole number between ``least`` and ``most``."""

    def check(value: object, at: str) -> Iterator[Wrong]:
        if isinstance(value, bool) or not isinstance(value, int):
            yield Wrong(at, "must provide an integer")
        elif not least <= value <= most:
            yield Wrong(at, f"must be between {least} and {most}")

    return check


def flag(value: object, at: str) -> Iterator[Wrong]:
    """Ask for true or false."""
    if not isinstance(value, bool):
        yield Wrong(at, "must provide a boolean")


def number(value: object, at: str) -> Iterator[Wrong]:
    """Ask for any number."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        yield Wrong(at, "must provide a number")


def positive(value: object, at: str) -> Iterator[Wrong]:
    """Ask for a number above zero."""
    yield from number(value, at)
    if isinstance(value, int | float) and value <= 0:
        yield Wrong(at, "must be greater than 0")


def anything(_value: object, _at: str) -> Iterator[Wrong]:
    """Accept whatever stands here."""
    yield from ()


def many(item: Check, least: int, most: int) -> Check:
    """Ask for a list of ``least`` to ``most`` things that each pass ``item``."""

    def check(value: object, at: str) -> Iterator[Wrong]:
        if not isinstance(value, list):
            yield Wrong(at, "must provide an array")
            return
        if len(value) < least:
            yield Wrong(at, f"no fewer than {least} items allowed")
        if len(value) > most:
            yield Wrong(at, f"no more than {most} items allowed")
        for position, one in enumerate(value):
            yield from item(one, f"{at}/{position}")

    return check


def shape(
    required: Mapping[str, Check],
    optional: Mapping[str, Check] | None = None,
    *,
    exactly_one: tuple[str, ...] = (),
    at_least_one: tuple[str, ...] = (),
) -> Check:
    """Ask for an object with these keys and no others; of some keys one, or at least one, must be there."""
    known = {"type": anything, **(optional or {}), **required}

    def check(value: object, at: str) -> Iterator[Wrong]:
        if not isinstance(value, dict):
            yield Wrong(at, "must provide an object")
            return
        yield from _presence(value, at)
        for key, one in value.items():
            if key not in known:
                yield Wrong(at, f"invalid additional property: {key}")
            else:
                yield from known[key](one, f"{at}/{key}")

    def _presence(value: dict[str, object], at: str) -> Iterator[Wrong]:
        yield from (Wrong(at, f"missing required field: {key}") for key in required if key not in value)
        if exactly_one and sum(key in value for key in exactly_one) != 1:
            yield Wrong(at, f"must have exactly one of: {', '.join(exactly_one)}")
        if at_least_one and not any(key in value for key in at_least_one):
            yield Wrong(at, f"missing required field: one of {', '.join(at_least_one)}")

    return check


def by_type(
    table: Mapping[str, Check],
) -> Check:
    """Ask for an object whose ``type`` is a row of the table, and check it by that row."""

    def check(value: object, at: str) -> Iterator[Wrong]:
        if not isinstance(value, dict):
            yield Wrong(at, "must provide an object")
        elif value.get("type") not in table:
            yield Wrong(f"{at}/type", f"unsupported type: {value.get('type')}")
        else:
            yield from table[value["type"]](value, at)

    return check


def both(*checks: Check) -> Check:
    """Ask that a value passes every one of the checks; a later one runs only when the earlier found nothing."""

    def check(value: object, at: str) -> Iterator[Wrong]:
        for one in checks:
            found = list(one(value, at))
            yield from found
            if found:
                return

    return check
