"""``rename A to B``, ``alias NAME = CAMPAIGN``, ``archive A``, ``merge A into B``: typed words become an order."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, NoReturn

from kpi.errors import AmbiguousName, Mistake, UnknownName
from kpi.names import is_printable, slug_of
from kpi.reading.lexicon import folded
from kpi.reading.near_names import MOST_NAMES, alike
from kpi.reading.offers import cut
from kpi.reading.typed import QUOTES, Word
from kpi.report import Choice
from kpi.storage.campaigns import beginning, merged_called
from kpi.storage.families import ALIAS
from kpi.storage.naming import kind_of, merged_into

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kpi.question import Asking
    from kpi.storage.campaigns import Campaign

USAGES = {
    "rename": "rename spring-sale to Spring sale 2026",
    "alias": "alias SPRING10 = spring-sale",
    "unalias": "unalias SPRING10",
    "archive": "archive spring-sale",
    "unarchive": "unarchive spring-sale",
    "merge": "merge spring-mail into spring-sale",
    "unmerge": "unmerge spring-mail",
    "holdout": "holdout spring-holdout of spring-sale",
    "unholdout": "unholdout spring-holdout",
    "split": "split autumn-arrivals at random",
    "unsplit": "unsplit autumn-arrivals",
}
"""Every command, as an example."""
SPOKEN = {"umbenennen": "rename", "renombrar": "rename", "archivieren": "archive", "archivar": "archive"}
JOINTS = {
    "rename": r"\s+(?:to|into|in|zu|a)\s+|\s*(?:->|→|=)\s*",
    "alias": r"\s*(?:=|->|→)\s*|\s+(?:to|for|is)\s+",
    "holdout": r"\s+(?:of|for|from|von|de)\s+|\s*(?:->|→|=)\s*",
    "merge": r"\s+(?:into|with|to|in)\s+|\s*(?:->|→)\s*",
}
SAME, PARTS = "same", "parts"
_BY_LOT = re.compile(r"\s+(?:at\s+random|random(?:ly)?|by\s+lot)\s*$", re.IGNORECASE)
_HOW = re.compile(r"\s+as\s+(?:the\s+)?(same|parts?)(?:\s+sends?)?\s*$", re.IGNORECASE)
LONGEST_NAME = 100


@dataclass(frozen=True, slots=True)
class Order:
    """What is to be done to a campaign: with a name, or with another campaign, and how."""

    verb: str
    campaign: Campaign
    name: str = ""
    into: Campaign | None = None
    how: str = ""

    @property
    def typed(self) -> str:
        """The words that read as just this order."""
        if self.verb == "rename":
            return f'rename "{self.campaign.slug}" to {self.name}'
        if self.verb == "alias":
            return f'alias {self.name} = "{self.campaign.slug}"'
        if self.verb == "unalias":
            return f"unalias {self.name}"
        if self.verb == "holdout" and self.into:
            return f'holdout "{self.campaign.slug}" of "{self.into.slug}"'
        if self.verb == "split":
            return f'split "{self.campaign.slug}" at random'
        if self.verb == "merge" and self.into:
            into = f'merge "{self.campaign.slug}" into "{self.into.slug}"'
            return f"{into} as {self.how}" if self.how else into
        return f'{self.verb} "{self.campaign.slug}"'


def about_names(text: str) -> str | None:
    """Return a command about names in the words that ``order_of`` reads, None where a text is about something else."""
    verb, _, rest = text.strip().partition(" ")
    said = SPOKEN.get(folded(verb), folded(verb))
    return f"{said} {rest.strip()}".strip() if said in USAGES else None


def order_of(asking: Asking, text: str) -> Order:
    """Return what a text orders; raise a Mistake where that cannot be done."""
    verb, _, rest = text.partition(" ")
    if not rest.strip():
        raise Mistake(f"What do you want to {verb}?", f"Type it like this: {USAGES[verb]}")
    return READ[verb](asking, rest.strip())


def _rename(asking: Asking, rest: str) -> Order:
    typed, name = _split(asking, "rename", rest, known=0)
    campaign, other = _campaign(asking, typed, f"rename {{}} to {name}"), asking.called([slug_of(name)])
    if not name or not is_printable(name) or len(name) > LONGEST_NAME:
        raise Mistake("That cannot be a name.", f"A name has up to {LONGEST_NAME} letters.")
    if name == campaign.name:
        raise Mistake(f"{name} is called so already.")
    _require_free(name, campaign, next(iter(other.values()), None))
    return Order("rename", campaign, name)


def _alias(asking: Asking, rest: str) -> Order:
    name, typed = _split(asking, "alias", rest, known=1)
    campaign, other = _campaign(asking, typed, f"alias {name} = {{}}"), asking.called([slug_of(name)])
    if not name or not is_printable(name) or len(name) > LONGEST_NAME:
        raise Mistake("That cannot be a name.", f"A name has up to {LONGEST_NAME} letters.")
    if campaign in other.values():
        raise Mistake(f"'{cut(name)}' leads to {campaign.name} already.")
    _require_free(name, campaign, next(iter(other.values()), None))
    return Order("alias", campaign, name)


def _unalias(asking: Asking, rest: str) -> Order:
    name = _bare(rest)
    found = asking.called([slug_of(name)])
    if not found or kind_of(asking.db, name) != ALIAS:
        raise Mistake(f"'{cut(name)}' is no alias.", f"Aliases are given like this: {USAGES['alias']}")
    return Order("unalias", next(iter(found.values())), name)


def _archive(asking: Asking, rest: str) -> Order:
    campaign = _campaign(asking, rest, "archive {}")
    if campaign.archived:
        raise Mistake(f"{campaign.name} is archived already.", f"unarchive {campaign.slug} takes it back.")
    return Order("archive", campaign)


def _unarchive(asking: Asking, rest: str) -> Order:
    campaign = _campaign(asking, rest, "unarchive {}")
    if not campaign.archived:
        raise Mistake(f"{campaign.name} is not archived.")
    return Order("unarchive", campaign)


def _merge(asking: Asking, rest: str) -> Order:
    said = _HOW.search(rest)
    one, other = _split(asking, "merge", rest[: said.start()] if said else rest, known=0)
    if before := merged_called(asking.db, _bare(one)):
        raise Mistake(f"{before.name} is merged already.", f"unmerge {before.slug} takes that back.")
    campaign, into = (
        _campaign(asking, one, f"merge {{}} into {other}"),
        _campaign(asking, other, f"merge {one} into {{}}"),
    )
    if campaign == into:
        raise Mistake(f"Both are names of {into.name}, so there is nothing to merge.")
    if held := merged_into(asking.db, campaign.slug):
        raise Mistake(f"{campaign.name} holds {held[0]} already.", f"First type: unmerge {held[0]}")
    if campaign.channel != into.channel:
        raise Mistake(
            f"{campaign.name} is {campaign.channel}, {into.name} {into.channel}: channels are never added up."
        )
    return Order("merge", campaign, into=into, how=(PARTS if said[1][0].lower() == "p" else SAME) if said else "")


def _unmerge(asking: Asking, rest: str) -> Order:
    merged = merged_called(asking.db, _bare(rest))
    if merged is None:
        campaign = _campaign(asking, rest, "unmerge {}")
        held = merged_into(asking.db, campaign.slug)
        offers = tuple(Choice(slug, f"unmerge {slug}") for slug in held)
        raise Mistake(f"{campaign.name} is not merged into another.", "It holds" if held else "", offers)
    return Order("unmerge", merged, into=asking.campaigns[merged.part_of or ""], how=PARTS if merged.is_added else SAME)


def _holdout(asking: Asking, rest: str) -> Order:
    one, other = _split(asking, "holdout", rest, known=1)
    campaign = _campaign(asking, one, f"holdout {{}} of {other}")
    of = _campaign(asking, other, f"holdout {one} of {{}}")
    if campaign == of or of.holdout_of:
        raise Mistake(f"{campaign.name} cannot be left out of {of.name}.", f"Type it like this: {USAGES['holdout']}")
    if campaign.holdout_of == of.slug:
        raise Mistake(f"{campaign.name} is the hold-out of {of.name} already.")
    return Order("holdout", campaign, into=of)


def _unholdout(asking: Asking, rest: str) -> Order:
    campaign = _campaign(asking, rest, "unholdout {}")
    of = next(iter(asking.called([campaign.holdout_of or ""]).values()), None)
    if of is None:
        raise Mistake(f"{campaign.name} is no hold-out.", f"One is named like this: {USAGES['holdout']}")
    return Order("unholdout", campaign, into=of)


def _at_random(asking: Asking, rest: str) -> Order:
    said = _BY_LOT.search(rest)
    if said is None:
        raise Mistake("How were its people split?", f"If by lot, type it like this: {USAGES['split']}")
    campaign = _campaign(asking, rest[: said.start()], "split {} at random")
    if campaign.at_random:
        raise Mistake(f"{campaign.name} is split at random already.", f"unsplit {campaign.slug} takes it back.")
    return Order("split", campaign)


def _not_at_random(asking: Asking, rest: str) -> Order:
    campaign = _campaign(asking, rest, "unsplit {}")
    if not campaign.at_random:
        raise Mistake(f"{campaign.name} is not split at random.")
    return Order("unsplit", campaign)


READ = {
    "rename": _rename,
    "alias": _alias,
    "unalias": _unalias,
    "archive": _archive,
    "unarchive": _unarchive,
    "merge": _merge,
    "unmerge": _unmerge,
    "holdout": _holdout,
    "unholdout": _unholdout,
    "split": _at_random,
    "unsplit": _not_at_random,
}


def _require_free(name: str, campaign: Campaign, other: Campaign | None) -> None:
    if other and other.slug != campaign.slug:
        merge = f'merge "{campaign.slug}" into "{other.slug}"'
        offer = Choice(f"Merge {campaign.name} into {other.name}", merge)
        raise Mistake(f"'{cut(name)}' is a name of {other.name} already.", "To make them one", (offer,))


def _split(asking: Asking, verb: str, text: str, *, known: int) -> tuple[str, str]:
    """Return the two sides of a command; of several joints the one beside which a name is known."""
    ways = list(_ways(verb, text))
    if not ways:
        raise Mistake(f"I need two names to {verb}.", f"Type it like this: {USAGES[verb]}")
    named = asking.called([slug_of(way[known]) for way in ways])
    return next((way for way in ways if slug_of(way[known]) in named), ways[0])


def _ways(verb: str, text: str) -> Iterator[tuple[str, str]]:
    for joint in re.finditer(JOINTS[verb], text, re.IGNORECASE):
        one, other = _bare(text[: joint.start()]), _bare(text[joint.end() :])
        if one and other:
            yield one, other


def _bare(text: str) -> str:
    """Return a name without the quotes around it."""
    plain = text.strip().translate(QUOTES)
    return (
        text.strip()[1:-1].strip() if len(plain) > 1 and plain[0] == plain[-1] and plain[0] in "\"'" else text.strip()
    )


def _campaign(asking: Asking, typed: str, order: str) -> Campaign:
    """Return the campaign of a name or of its only beginning; ``order`` has a place for the name in what is offered."""
    key = slug_of(_bare(typed))
    if found := asking.called([key]):
        return next(iter(found.values()))
    count, begun = beginning(asking.db, key, MOST_NAMES)
    if count != 1:
        _refuse(_bare(typed), begun or alike(asking, [Word(key)]), order, ambiguous=bool(begun))
    return begun[0]


def _refuse(typed: str, found: tuple[Campaign, ...], order: str, *, ambiguous: bool) -> NoReturn:
    offers = tuple(Choice(one.name, order.replace("{}", f'"{one.slug}"')) for one in found)
    if ambiguous:
        raise AmbiguousName(f"Several campaigns begin with '{cut(typed)}'.", "Which one do you mean", offers)
    hint = "Did you mean" if offers else "To see them all, type: campaigns"
    raise UnknownName(f"There is no campaign called '{cut(typed)}'.", hint, offers)
