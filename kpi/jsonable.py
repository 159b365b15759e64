"""A report as data: the contract that scripts rely on."""

from __future__ import annotations

from dataclasses import fields, is_dataclass
from decimal import Decimal
from enum import Enum
from typing import TYPE_CHECKING, Any

from kpi.report import Picture, Versus
from kpi.units import Unit

if TYPE_CHECKING:
    from kpi.report import Figure, Piece, Report


def jsonable(report: Report) -> dict[str, Any]:
    """Return ``{"headline", "pieces", "figures"}``; shares are fractions, money decimal units, unknown is None.

    A narrowed answer has ``scope``, too: ``{"channel", "markets", "tags", "currency"}``.
    """
    return {
        "headline": report.headline,
        "pieces": [_piece(piece) for piece in report.pieces],
        "figures": [_figure(figure) for figure in report.numbers],
        **({"scope": _plain(report.scope)} if report.scope else {}),
    }


def _piece(piece: Piece) -> dict[str, Any]:
    if isinstance(piece, Picture):
        return {"piece": "picture", "alt": piece.alt}
    return {"piece": type(piece).__name__.lower(), **_plain(piece)}


def _figure(figure: Figure | Versus) -> dict[str, Any]:
    if isinstance(figure, Versus):
        return dict(_plain(figure))
    return {
        "campaign": figure.campaign,
        "metric": figure.metric,
        "value": _plain(figure.value),
        "numerator": _plain(figure.numerator),
        "denominator": _plain(figure.denominator),
        "low": figure.low,
        "high": figure.high,
        "unit": figure.currency if figure.unit is Unit.MONEY else figure.unit.value,
    }


def _plain(value: Any) -> Any:  # noqa: ANN401  any part of a report
    if is_dataclass(value):
        return {field.name: _plain(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, Enum):
        return value.value
    return [_plain(one) for one in value] if isinstance(value, tuple) else value
