"""Verdicts as people say them: who did better on what, how sure that is, and what these volumes could have shown."""

from __future__ import annotations

from functools import partial
from math import isfinite
from typing import TYPE_CHECKING

from kpi.comparison.verdicts import Verdict
from kpi.report import Versus
from kpi.units import Unit

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from kpi.comparing.contrast import Contrast
    from kpi.metrics import Metric
    from kpi.wording import Words

SAID = {
    Verdict.CLEAR: "clear",
    Verdict.LEANING: "leaning",
    Verdict.UNCLEAR: "can't tell",
    Verdict.TOO_LITTLE: "too little",
}
SURE = 0.99
MOST_NAMED = 2


def finding(contrasts: Sequence[Contrast], words: Words, currency: str) -> str:
    """Return the verdict of two sides as one sentence."""
    return _who_did_better(contrasts, partial(_valued, words=words, currency=currency), words)


def title(contrasts: Sequence[Contrast], words: Words) -> str:
    """Return the verdict without figures, as a chart is headed."""
    return _who_did_better(contrasts, lambda contrast: inside(contrast.metric), words).rstrip(".")


def _who_did_better(contrasts: Sequence[Contrast], called: Callable[[Contrast], str], words: Words) -> str:
    one, other = contrasts[0].one.name, contrasts[0].other.name
    clear = [contrast for contrast in contrasts if contrast.verdict is Verdict.CLEAR]
    ours, theirs = ([contrast for contrast in clear if contrast.is_ahead is ahead] for ahead in (True, False))
    if ours and theirs:
        return f"{one} did better on {_listed(ours, called, words)}; {other} on {_listed(theirs, called, words)}."
    if clear:
        first, second = (one, other) if ours else (other, one)
        return f"{first} did better than {second} on {_listed(clear, called, words)}."
    if all(contrast.verdict is Verdict.TOO_LITTLE for contrast in contrasts):
        return f"There is too little to tell {one} and {other} apart."
    if any(contrast.strata for contrast in contrasts):
        return f"Market by market there is no clear difference between {one} and {other}."
    return f"No clear difference between {one} and {other}: it may all be chance."


def details(contrasts: Sequence[Contrast], words: Words, currency: str) -> str:
    """Say what leans, what cannot be told, and what these volumes could have shown."""
    said = (_leaning(contrasts, words), _by_market(contrasts, words), _open(contrasts, words, currency))
    return " ".join(filter(None, said))


def difference(contrast: Contrast, words: Words, currency: str) -> str:
    """Write how far the one side lies above the other: ``+2.1 pt``, ``−€0.31``."""
    if not is_known(contrast):
        return "–"
    said = _signed(contrast.metric, contrast.difference, words, currency)
    return f"{said} by market" if contrast.strata else said


def span(contrast: Contrast, words: Words, currency: str) -> str:
    """Write the interval that the verdict uses: ``+0.9 to +3.3 pt``."""
    if contrast.found is None:
        return "–"
    low, high = (_signed(contrast.metric, end, words, currency) for end in contrast.found.wide)
    return f"{low.removesuffix(' pt')} to {high}"


def verdict(contrast: Contrast) -> str:
    """Write how sure the difference is: ``clear, 99%``."""
    if contrast.chance is None:
        unjudged = contrast.unjudged.said if contrast.unjudged else SAID[Verdict.TOO_LITTLE]
        return unjudged if is_known(contrast) else "–"
    return f"{SAID[contrast.verdict]}, {_likely(contrast.chance)}"


def more(contrast: Contrast, words: Words) -> str:
    """Write how much more or less the one side has, as a part of the other: ``+24%``."""
    if not contrast.against.value:
        return "–"
    base = contrast.strata.even[1] if contrast.strata else float(contrast.against.value)
    part = contrast.difference / base
    return ("+" if part > 0 else "") + words.percent(part)


def relative(contrast: Contrast) -> tuple[float, float, float] | None:
    """Return how much more or less the one side has with its interval, as parts of the other."""
    found = contrast.found
    if found is None or found.ratio is None or found.verdict is Verdict.TOO_LITTLE or not isfinite(found.ratio[0]):
        return None
    base = contrast.strata.even[1] if contrast.strata else float(contrast.against.value or 0)
    return contrast.difference / base, found.ratio[0] - 1, found.ratio[1] - 1


def as_figure(contrast: Contrast) -> Versus:
    """Return the contrast as data."""
    found = contrast.found
    value, other = (None if of.value is None else float(of.value) for of in (contrast.value, contrast.against))
    low, high = found.sampling if found else (None, None)
    wide_low, wide_high = found.wide if found else (None, None)
    return Versus(
        contrast.one.key,
        contrast.other.key,
        contrast.metric.key,
        value,
        other,
        None if value is None or other is None else value - other,
        low,
        high,
        wide_low,
        wide_high,
        found.p_value if found else None,
        contrast.chance,
        contrast.verdict.value,
    )


def inside(metric: Metric) -> str:
    """Return a KPI's name as it stands inside a sentence."""
    return metric.label if metric.label.isupper() else metric.label[:1].lower() + metric.label[1:]


def is_known(contrast: Contrast) -> bool:
    """Tell whether both sides know the KPI."""
    return contrast.value.value is not None and contrast.against.value is not None


def _likely(chance: float) -> str:
    """Write how likely the side ahead is to be the better one; nothing is ever quite sure."""
    ahead = max(chance, 1 - chance)
    return f">{SURE:.0%}" if ahead > SURE else f"{ahead:.0%}"


def _listed(contrasts: Sequence[Contrast], called: Callable[[Contrast], str], words: Words) -> str:
    return words.listed(tuple(called(contrast) for contrast in contrasts), MOST_NAMED)


def _valued(contrast: Contrast, words: Words, currency: str) -> str:
    return f"{inside(contrast.metric)} ({_values(contrast, words, currency)})"


def _values(contrast: Contrast, words: Words, currency: str) -> str:
    """Write both values, that of the better side first."""
    values = [contrast.value.value, contrast.against.value]
    if contrast.strata:
        values = list(contrast.strata.even)
    shown = [words.short(value, contrast.metric.unit, currency) for value in values]
    return " against ".join(shown if contrast.is_ahead else reversed(shown))


def _leaning(contrasts: Sequence[Contrast], words: Words) -> str:
    """Say who leans ahead on what, the likeliest first: ``Spring leans ahead on ROCS (97% likely) and read rate``."""
    leaning = _likeliest_first(contrasts, Verdict.LEANING)
    parts = []
    for name in dict.fromkeys(_ahead(one) for one in leaning):
        first, *rest = (one for one in leaning if _ahead(one) == name)
        named = (
            f"{inside(first.metric)} ({_likely(first.chance or 0.5)} likely)",
            *(inside(one.metric) for one in rest),
        )
        parts.append(f"{name} leans ahead on {words.listed(named, MOST_NAMED)}")
    also = "; that may still be chance" if any(one.verdict is Verdict.CLEAR for one in contrasts) else ""
    return f"{'; '.join(parts)}{also}." if parts else ""


def _open(contrasts: Sequence[Contrast], words: Words, currency: str) -> str:
    """Say what cannot be told, and what difference these volumes could have shown."""
    unclear = _likeliest_first(contrasts, Verdict.UNCLEAR)
    if not unclear:
        return ""
    first, *rest = unclear
    least = _signed(first.metric, first.found.least if first.found else 0, words, currency).lstrip("+")
    also = f"; nor on {words.listed(tuple(inside(one.metric) for one in rest), MOST_NAMED)}" if rest else ""
    return f"Can't tell on {inside(first.metric)}, where only a difference of about {least} would show{also}."


def _likeliest_first(contrasts: Sequence[Contrast], verdict: Verdict) -> list[Contrast]:
    some = [one for one in contrasts if one.found and one.verdict is verdict]
    return sorted(some, key=lambda one: -abs((one.chance or 0.5) - 0.5))


def _ahead(contrast: Contrast) -> str:
    return (contrast.one if contrast.is_ahead else contrast.other).name


def _by_market(contrasts: Sequence[Contrast], words: Words) -> str:
    """Say what each market says, where the whole says something else."""
    decided = next((one for one in contrasts if one.strata), None)
    if decided is None or decided.strata is None:
        return ""
    parts = tuple(
        f"{one.name} {words.short(one.one.value, Unit.SHARE)} against {words.short(one.other.value, Unit.SHARE)}"
        for one in decided.strata.strata
    )
    whole = " against ".join(words.short(of.value, Unit.SHARE) for of in (decided.value, decided.against))
    return (
        f"All together, {inside(decided.metric)} is {whole}, but that comes from the mix of markets: "
        f"{words.listed(parts, MOST_NAMED)}."
    )


def _signed(metric: Metric, value: float, words: Words, currency: str) -> str:
    if metric.unit is Unit.SHARE:
        return words.points(value)
    return ("+" if value > 0 else "") + words.short(value, metric.unit, currency)
