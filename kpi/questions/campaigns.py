"""``campaigns [WORDS]``: which campaigns there are, the latest first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kpi.names import slug_of
from kpi.periods import DAY
from kpi.question import Asked, Asking, Part, Question
from kpi.reading.lexicon import folded
from kpi.report import Choice, Choices, Column, Heading, Note, Paragraph, Report, Table

if TYPE_CHECKING:
    from kpi.scope import Scope
    from kpi.storage.campaigns import Campaign

MOST_ROWS = 20


def answer(asking: Asking, asked: Asked) -> Report:
    """Return the campaigns whose name, channel, kind, objective or state hold every word; the archived when asked."""
    words = asked.topic.split()
    wanted = {"archived"} & {folded(word) for word in words}
    shown = (one for one in asking.campaigns.values() if (wanted or not one.archived) and not one.holdout_of)
    listed = [one for one in shown if _is_in(asking, one, asked.scope)]
    found = [one for one in listed if all(_holds(asking, one, word) for word in words)]
    found.sort(key=lambda one: (str(one.ended or one.starts or ""), one.slug), reverse=True)
    within = f" by {asked.scope.by}{asked.scope.said}" if asked.scope.channel else asked.scope.said
    if not found:
        said = f"No campaign{within} fits '{asked.topic[:60]}'." if words else f"There is no campaign{within}."
        return Report(said, (Paragraph(said), Choices((Choice("All campaigns", "campaigns"),))))
    count = f"{len(found)} campaign" + ("s" if len(found) > 1 else "") + within
    finding = f"{count} {'fit' if len(found) > 1 else 'fits'} '{asked.topic[:60]}'." if words else f"You have {count}."
    rows = tuple((one.name, _days(asking, one), _state(asking, one), _sort(one)) for one in found[:MOST_ROWS])
    columns = (Column("Campaign", "left"), Column("Days", "left"), Column("State", "left"), Column("Kind", "left"))
    more = f"The latest {MOST_ROWS} of {len(found)}; add words to narrow it down." if len(found) > MOST_ROWS else ""
    choices = tuple(Choice(one.name, f'campaign "{one.slug}"') for one in found[:4])
    pieces = (Heading("Campaigns"), Paragraph(finding), Table("The latest first", columns, rows))
    return Report(finding, (*pieces, *([Note(more)] if more else []), Choices(choices)))


def _is_in(asking: Asking, campaign: Campaign, scope: Scope) -> bool:
    """Tell whether a campaign belongs to a scope, and has results in its markets and its currency."""
    pairs = asking.splits.get(campaign.slug, frozenset()) if scope.rows else ()
    has = any(
        (not scope.markets or market in scope.markets) and scope.currency in ("", currency)
        for market, currency in pairs
    )
    return scope.covers(campaign) and (has or not scope.rows)


def _holds(asking: Asking, campaign: Campaign, word: str) -> bool:
    about = (slug_of(campaign.name), campaign.slug, campaign.channel, campaign.kind, campaign.objective)
    key = slug_of(word)
    return any(key in text or key.removesuffix("s") == text for text in (*about, _state(asking, campaign)))


def _days(asking: Asking, campaign: Campaign) -> str:
    if campaign.began and campaign.ended:
        return asking.words.days(campaign.began, campaign.ended + DAY)
    return f"from {asking.words.day(campaign.starts)}" if campaign.starts else "–"


def _state(asking: Asking, campaign: Campaign) -> str:
    if campaign.archived:
        return "archived"
    if campaign.began is None:
        return "planned" if campaign.starts else "no results"
    last = max(day for day in (campaign.ended, campaign.ends) if day)
    return "running" if last >= asking.today - DAY else "finished"


def _sort(campaign: Campaign) -> str:
    return f"{campaign.channel}, {campaign.objective} {campaign.kind}"


CAMPAIGNS = Question(
    "campaigns",
    "campaigns [WORDS]",
    "which campaigns there are",
    answer,
    takes=(Part.TOPIC, Part.SCOPE),
    aliases=("list",),
    examples=("campaigns", "campaigns running"),
)
