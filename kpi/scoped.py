"""An answer inside a scope: what is not split that way is said, and what is offered next stays inside."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from kpi.reading.territories import called
from kpi.report import Choice, Choices, Heading, Note, Paragraph, Piece, Report

if TYPE_CHECKING:
    from kpi.question import Asked, Asking
    from kpi.scope import Scope
    from kpi.storage.campaigns import Campaign


def answer_within(asking: Asking, asked: Asked) -> Report:
    """Answer a question; a campaign without a result in the scope is said to have none, never shown as 0."""
    scope = asked.scope
    if not scope:
        return asked.question.answer(asking, asked)
    for campaign in asked.campaigns:
        if missing := _missing(asking, campaign, scope):
            offer = Choices((Choice("Whole campaign", f'campaign "{campaign.slug}"'),))
            return Report(missing, (Heading(campaign.name), Paragraph(missing), offer), scope=scope)
    report = asked.question.answer(asking, asked)
    pieces = [_kept(piece, scope) for piece in report.pieces]
    if unsplit := _unsplit(asking, asked):
        last = len(pieces) - isinstance(pieces[-1], Choices)
        pieces.insert(last, Note(unsplit))
    return replace(report, pieces=tuple(pieces), scope=scope)


def _missing(asking: Asking, campaign: Campaign, scope: Scope) -> str:
    """Say why a campaign has nothing in the markets or the currency; '' where it has, or has no results at all."""
    pairs = asking.splits.get(campaign.slug, frozenset())
    markets = dict.fromkeys(called(market) for market, _ in sorted(pairs) if market)
    currencies = dict.fromkeys(currency for _, currency in sorted(pairs))
    if scope.markets and pairs and not markets:
        return f"{campaign.name}'s results are not split by market."
    if scope.markets and pairs and not {market for market, _ in pairs} & set(scope.markets):
        only = asking.words.listed(tuple(markets), most=8)
        return f"{campaign.name} has no results{scope.said}, only in {only}."
    if scope.currency and pairs and scope.currency not in currencies:
        only = asking.words.listed(tuple(currencies), most=8)
        return (
            f"{campaign.name} has no amounts in {scope.currency}, only in {only}; "
            "no rates of exchange are stored to convert them."
        )
    return ""


def _unsplit(asking: Asking, asked: Asked) -> str:
    """Say which results the markets leave out because nobody split them."""
    if not asked.scope.markets:
        return ""
    period = asked.period
    among = [
        one
        for one in asked.campaigns or asking.sending(asked.scope)
        if one.began and one.ended and (not period or (one.began < period.end and one.ended >= period.start))
    ]
    whole = [one for one in among if any(not market for market, _ in asking.splits.get(one.slug, ()))]
    names = tuple(one.name for one in whole)
    if not names:
        return ""
    return f"Not split by market, so not counted: {'some of ' if asked.campaigns else ''}{asking.words.listed(names)}."


def _kept(piece: Piece, scope: Scope) -> Piece:
    if not isinstance(piece, Choices):
        return piece
    return replace(piece, choices=tuple(replace(one, question=one.question + scope.typed) for one in piece.choices))
