"""Rules tried out, kept, listed, changed and removed, a transaction each; nothing of Slack is known here."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from kpi.alerts.backtest import episodes
from kpi.alerts.evaluator import evaluated
from kpi.alerts.rule import Against
from kpi.alerts.sentences import found_in
from kpi.alerts.watched import BACK, watched
from kpi.alerts.words import defaults, in_full, typed
from kpi.errors import Mistake
from kpi.question import Asking
from kpi.reading.alert_rules import rule_of
from kpi.reading.alert_words import FORMS, USAGE
from kpi.report import Column, Note, Paragraph, Report, Table
from kpi.storage.alerts.rules import ON, PAUSED, KeptRule, id_of, keep_rule, remove_rule, rule_called, rules, targets
from kpi.storage.workspaces import team

if TYPE_CHECKING:
    from datetime import datetime

    from kpi.alerts.backtest import Episode
    from kpi.alerts.rule import Rule
    from kpi.storage.database import Db

MOST_TOLD = 6
OFTEN = 8
"""More than so many times in 60 days is more than a team will read."""
STARTERS = ("delivery below 90%", "ctr down 40% vs usual", "opt-outs above 2%", "no sends for 2 days")
"""The rules that a team begins with."""


def asking_now(db: Db, now: datetime) -> Asking:
    """Return the moment of asking."""
    ours = team(db)
    return Asking(db, ours, ours.day(now), now)


def tried(asking: Asking, text: str) -> tuple[Rule, Report]:
    """Read a rule, and say in full what it means, what it leaves open, and when it would have fired."""
    rule = sensible(rule_of(text, asking), asking)
    return rule, Report(said_of(rule, asking), (Paragraph(f"Alert: {said_of(rule, asking)}"), *_tested(asking, rule)))


def sensible(rule: Rule, asking: Asking) -> Rule:
    """Return the rule; raise a Mistake where it could never be judged."""
    if rule.against is Against.TARGET and not any(key == rule.metric.key for key, _ in targets(asking.db)):
        raise Mistake(f"There is no target for {rule.metric.label} yet.", f"Set one first: target {rule.metric.key} 8.")
    return rule


def said_of(rule: Rule, asking: Asking) -> str:
    """Say a rule in full, with the name of its campaign."""
    campaign = asking.called([rule.campaign]).get(rule.campaign) if rule.campaign else None
    return in_full(rule, asking.words, campaign.name if campaign else rule.campaign)


def kept(asking: Asking, text: str, channel: str, by: str) -> tuple[KeptRule, Report]:
    """Keep a rule for a channel; the same rule there is the same one."""
    rule = sensible(rule_of(text, asking), asking)
    one = KeptRule(rule, channel, by, asking.now, id_of(rule, channel))
    keep_rule(asking.db, one)
    return one, _told(f"On: {said_of(rule, asking)}", f"alert remove {one.id} takes it away.")


def changed(asking: Asking, called: str, text: str) -> tuple[KeptRule, Report]:
    """Change a rule, which begins afresh."""
    before, rule = the_rule(asking, called), sensible(rule_of(text, asking), asking)
    one = replace(before, rule=rule, changed_at=asking.now, state=ON)
    keep_rule(asking.db, one)
    return one, _told(f"Changed: {said_of(rule, asking)}", "It begins afresh.")


def listed(asking: Asking, channel: str = "") -> Report:
    """List the rules of a channel, or all of them."""
    found = rules(asking.db, channel)
    if not found:
        where = " here" if channel else ""
        return Report(said := f"There is no alert{where} yet.", (Paragraph(said), Note(USAGE), Note(FORMS)))
    rows = tuple((one.id, typed(one.rule, asking.words), one.state) for one in found)
    columns = (Column("Name", "left"), Column("Rule", "left"), Column("State", "left"))
    said = f"{len(found)} alerts." if len(found) > 1 else "One alert."
    hint = "alert show NAME tells more; also edit, pause, resume, test, remove."
    return Report(said, (Paragraph(said), Table("Alerts", columns, rows), Note(hint)))


def starter_set(asking: Asking) -> Report:
    """Say which rules a team begins with, and when each would have fired."""
    said = "There is no alert here yet. These four are a good beginning:"
    lines = []
    for text in STARTERS:
        rule = rule_of(text, asking)
        seen = watched(asking, (rule,), BACK)
        lines.append(f"{said_of(rule, asking)} {fired_sentence(episodes(seen, rule), rule, asking)}")
    return Report(said, (Paragraph(said), *map(Paragraph, lines), Note(f"Or your own. {USAGE} {FORMS}")))


def shown(asking: Asking, called: str) -> Report:
    """Say everything about a rule: what it means, what it finds now, when it would have fired."""
    one = the_rule(asking, called)
    said = f"{said_of(one.rule, asking)} ({one.id}, {one.state})"
    return Report(said, (Paragraph(said), *_tested(asking, one.rule)))


def paused(asking: Asking, called: str, *, on: bool) -> Report:
    """Pause a rule, or let it go on."""
    one = the_rule(asking, called)
    keep_rule(asking.db, replace(one, state=ON if on else PAUSED, changed_at=asking.now))
    return _told(f"{'On again' if on else 'Paused'}: {said_of(one.rule, asking)}")


def removed(asking: Asking, called: str) -> Report:
    """Remove a rule."""
    one = the_rule(asking, called)
    remove_rule(asking.db, one.id)
    return _told(f"Removed: {said_of(one.rule, asking)}", f"To have it back: alert {typed(one.rule, asking.words)}")


def the_rule(asking: Asking, called: str) -> KeptRule:
    """Return the rule of that name; raise a Mistake that lists them."""
    if found := rule_called(asking.db, called.strip().lower()):
        return found
    known = asking.words.listed(tuple(one.id for one in rules(asking.db)), most=8)
    said = f"There is no alert called '{called.strip()[:40]}'." if called.strip() else "Which alert?"
    raise Mistake(said, f"There are: {known}. alert list shows them." if known else USAGE)


def _tested(asking: Asking, rule: Rule) -> tuple[Paragraph | Note, ...]:
    seen = watched(asking, (rule,), BACK)
    now = [found_in(case, evaluated(case), asking.words) for _, case in seen.cases(rule)] if rule.campaign else []
    past = fired_sentence(episodes(seen, rule), rule, asking)
    return (Note(defaults(rule, asking.words)), *(Paragraph(f"Now: {one}") for one in now[:1]), Paragraph(past))


def fired_sentence(found: tuple[Episode, ...], rule: Rule, asking: Asking) -> str:
    """Say how often a rule would have fired: ``twice in the last 60 days: 3 Oct, 19 Oct``."""
    if not found:
        return f"It would not have fired in the last {BACK.days} days."
    dates = tuple(_dated(one, rule, asking) for one in found)
    times = {1: "once", 2: "twice"}.get(len(found), f"{len(found)} times")
    often = " That is often: a lower limit, or for 2 days, makes it quieter." if len(found) > OFTEN else ""
    return f"It would have fired {times} in the last {BACK.days} days: {asking.words.listed(dates, MOST_TOLD)}.{often}"


def _dated(one: Episode, rule: Rule, asking: Asking) -> str:
    day = asking.words.day(one.day, year=False)
    if rule.campaign or not one.campaign:
        return day
    return f"{day} ({asking.campaigns[one.campaign].name})"


def _told(said: str, *notes: str) -> Report:
    return Report(said, (Paragraph(said), *map(Note, notes)))
