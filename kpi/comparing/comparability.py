"""What makes two sides hard to compare, said in a sentence each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kpi.comparing.sides import differing_mix, shares_days
from kpi.comparing.verdict_words import inside
from kpi.comparison.noise import ASSUMED, Origin
from kpi.comparison.verdicts import Verdict
from kpi.facts import COST, SENT
from kpi.figures import estimate_of, needs_currency
from kpi.metrics import METRIC, Metric
from kpi.periods import DAY, Period
from kpi.storage.notes import notes_in
from kpi.units import Unit

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from kpi.comparing.contrast import Contrast, Contrasts
    from kpi.comparing.sides import Side
    from kpi.notes import DayNote
    from kpi.question import Asking
    from kpi.wording import Words

DELIVERED_LESS = 0.02
"""From this difference in delivery on, Meta's limits may weigh on one side."""
NOT_RANDOM = "Nobody was picked by lot, so this says that they differ, not why."
BY_LOT = "People were given their variant by lot, so the variant caused what differs clearly."
PERHAPS_BY_LOT = "If people were picked by lot for each variant, the variant made the difference."
HOLDS = 0.1
"""The part of a side's messages that must be sent on noted days for the note to count against it."""
KINDS = {"broadcast": "broadcasts", "automation": "automations"}
CHANNELS = {"whatsapp": "WhatsApp", "email": "e-mail", "sms": "SMS"}


def caveats(made: Contrasts, contrasts: Sequence[Contrast]) -> Iterator[str]:
    """Yield what a reader must know before believing the comparison."""
    asking, sides = made.asking, made.sides
    yield from _kinds(sides)
    yield from _noted(asking, sides)
    yield from _mixes(sides, contrasts, asking.words)
    yield from _money(made, contrasts)
    yield from _ages(asking, sides, list(dict.fromkeys(contrast.metric for contrast in contrasts)))
    yield from _delivery(sides, asking.words)
    yield from _noise(contrasts)
    yield _cause(sides)


def _cause(sides: Sequence[Side]) -> str:
    """Say whether the difference was caused: only by lot, between variants that shared their days."""
    if sides[0].of.variants is None or not all(shares_days(sides[0], one) for one in sides[1:]):
        return NOT_RANDOM
    return BY_LOT if sides[0].campaigns[0].at_random else PERHAPS_BY_LOT


def _kinds(sides: Sequence[Side]) -> Iterator[str]:
    """Say that kinds, channels or aims differ."""
    campaigns = [side.campaigns[0] for side in sides]
    if len({one.kind for one in campaigns}) > 1:
        yield (
            "Automations answer people who have just done something, so they nearly always look better than "
            "broadcasts: compare each with its own kind."
        )
    if len(channels := dict.fromkeys(CHANNELS.get(one.channel, one.channel) for one in campaigns)) > 1:
        yield f"They went out by {' and '.join(channels)}, where reads are counted in different ways."
    if len(aims := dict.fromkeys(one.objective for one in campaigns)) > 1:
        yield f"They had different aims: {' and '.join(aims)}."


def _noted(asking: Asking, sides: Sequence[Side]) -> Iterator[str]:
    """Say what was noted about the days of some sides and not of others."""
    days = [day for side in sides for day in side.sent]
    for note in notes_in(asking.db, Period(min(days), max(days) + DAY, "")):
        held = tuple(side.name for side in sides if _share_sent(side, note) >= HOLDS)
        if 0 < len(held) < len(sides):
            when = asking.words.days(note.start, note.end)
            yield f"{note.name} ({when}) falls into {asking.words.listed(held)} alone, which is a reason to doubt."


def _share_sent(side: Side, note: DayNote) -> float:
    """Return the part of a side's messages that was sent on the days of a note."""
    sent = sum(count for day, count in side.sent.items() if note.start <= day < note.end)
    return sent / (sum(side.sent.values()) or 1)


def _mixes(sides: Sequence[Side], contrasts: Sequence[Contrast], words: Words) -> Iterator[str]:
    """Say where the markets differ, and whether that decided anything."""
    first, *others = sides
    other = next((one for one in others if differing_mix(first, one)), None)
    if other is None or first.of.market is not None:
        return
    mix, against = first.mix, other.mix
    market = max({*mix, *against}, key=lambda name: abs(mix.get(name, 0) - against.get(name, 0)))
    shares = (words.percent(one.get(market, 0)) for one in (mix, against))
    decided = any(contrast.strata for contrast in contrasts)
    after = "so rates were compared market by market" if decided else "which changes no verdict on a rate"
    if any(needs_currency(contrast.metric) and contrast.found for contrast in contrasts):
        after += "; money is compared as a whole"
    yield f"Markets differ: {market} is {next(shares)} of {first.name} and {next(shares)} of {other.name}, {after}."


def _money(made: Contrasts, contrasts: Sequence[Contrast]) -> Iterator[str]:
    """Say why money got no verdict, or what it rests on."""
    sides = made.sides
    currencies = dict.fromkeys(currency for side in sides for currency in side.tally.currencies())
    if len(currencies) > 1:
        yield f"Money came in {' and '.join(currencies)}: only {made.currency} is compared."
    missing = [side.name for side in sides if side.tally.knows(SENT) and not side.tally.knows(COST)]
    if missing and any(contrast.metric.key in ("rocs", "cost_per_message") for contrast in contrasts):
        yield f"The cost of {' and '.join(missing)} is unknown."
    money = [one for one in contrasts if needs_currency(one.metric)]
    yield from dict.fromkeys(one.unjudged.why for one in money if one.unjudged)
    if any(one.found and one.verdict is not Verdict.TOO_LITTLE for one in money):
        yield from made.money.remarks(made.asking.words)


def _ages(asking: Asking, sides: Sequence[Side], metrics: Sequence[Metric]) -> Iterator[str]:
    """Say whose results still come in."""
    young = [
        side.name
        for side in sides
        if not all(side.age(asking).is_mature(metric) for metric in metrics)
    ]  # fmt: skip
    if young:
        yield (
            f"Results of {' and '.join(young)} are still coming in, so it takes more here for a difference to count "
            "as clear."
        )
    unaged = [inside(metric) for metric in metrics if not sides[0].is_aged(metric)]
    if sides[0].after and unaged:
        of_what = "" if len(unaged) == len(metrics) else f" for {asking.words.listed(tuple(unaged))}"
        yield f"Age unknown{of_what}: the sources tell totals only, so the older side has had more time."


def _delivery(sides: Sequence[Side], words: Words) -> Iterator[str]:
    rates = {side: estimate_of(METRIC["delivery_rate"], side.tally, "").value for side in sides}
    known = {side: float(rate) for side, rate in rates.items() if rate is not None}
    if len(known) > 1 and max(known.values()) - min(known.values()) > DELIVERED_LESS:
        least = min(known, key=lambda side: known[side])
        if least.campaigns[0].channel != "whatsapp":
            return
        yield (
            f"{least.name} was delivered less often ({words.short(known[least], Unit.SHARE)}). Meta holds back "
            "marketing messages for people who get many, whatever is in them; other rates count delivered ones only."
        )


def _noise(contrasts: Sequence[Contrast]) -> Iterator[str]:
    origins = {contrast.noise.origin for contrast in contrasts if contrast.found}
    if Origin.ASSUMED in origins:
        yield f"With fewer than four days of sending, days were assumed to differ by {ASSUMED:.0%}."
    elif Origin.TEAM in origins:
        yield "With fewer than four days of sending, how much days differ was taken from your latest campaigns."
