"""The rules that the team keeps, and the targets that some of them are about."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from sqlalchemy import Row, bindparam, delete, select

from kpi.alerts.rule import Against, Rule
from kpi.metrics import METRIC
from kpi.money import MILLION
from kpi.storage.binding import OURS
from kpi.storage.models import Table
from kpi.storage.upsert import upsert

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from kpi.metrics import Metric
    from kpi.storage.database import Db

RULE, TARGET = Table.metadata.tables["alert_rule"], Table.metadata.tables["target"]
ON, PAUSED = "on", "paused"
_RULES = select(RULE).where(RULE.c.workspace == OURS).order_by(RULE.c.channel, RULE.c.changed_at, RULE.c.id)
_RULE = select(RULE).where(RULE.c.workspace == OURS, RULE.c.id == bindparam("id"))
_TARGETS = select(TARGET.c.metric, TARGET.c.campaign, TARGET.c.value).where(TARGET.c.workspace == OURS)


@dataclass(frozen=True, slots=True)
class KeptRule:
    """A rule, the channel that is told, and who answers for it."""

    rule: Rule
    channel: str
    owner: str
    changed_at: datetime
    id: str
    state: str = ON


def id_of(rule: Rule, channel: str) -> str:
    """Return the name of a rule in a channel: the same rule there has the same."""
    return sha256(f"{channel} {_packed(rule)}".encode()).hexdigest()[:6]


def rules(db: Db, channel: str = "") -> tuple[KeptRule, ...]:
    """Return every rule, or those of one channel."""
    return tuple(_kept(row) for row in db.rows(_RULES) if channel in ("", row.channel))


def rule_called(db: Db, called: str) -> KeptRule | None:
    """Return one rule."""
    row = db.run(_RULE, id=called).first()
    return _kept(row) if row else None


def keep_rule(db: Db, kept: KeptRule) -> None:
    """Write a rule, new or changed."""
    told = {"id": kept.id, "channel": kept.channel, "owner": kept.owner, "state": kept.state}
    db.run_many(upsert(db, RULE), [{**told, "rule": _packed(kept.rule), "changed_at": kept.changed_at}])


def remove_rule(db: Db, called: str) -> None:
    """Forget a rule."""
    db.run(delete(RULE).where(RULE.c.workspace == OURS, RULE.c.id == called))


def targets(db: Db) -> Mapping[tuple[str, str], float]:
    """Return what KPIs shall reach, by the KPI and the campaign; '' is all campaigns."""
    return {(row.metric, row.campaign): row.value / MILLION for row in db.rows(_TARGETS)}


def set_target(db: Db, metric: Metric, campaign: str, value: float | None, by: str, now: datetime) -> None:
    """Keep a target, or remove it where there is no value."""
    ours = (TARGET.c.workspace == OURS, TARGET.c.metric == metric.key, TARGET.c.campaign == campaign)
    db.run(delete(TARGET).where(*ours))
    if value is not None:
        told = {"metric": metric.key, "campaign": campaign, "value": round(value * MILLION)}
        db.run_many(upsert(db, TARGET), [{**told, "set_by": by, "set_at": now}])


def _packed(rule: Rule) -> str:
    return json.dumps(asdict(rule) | {"metric": rule.metric.key}, sort_keys=True)


def _kept(row: Row[Any]) -> KeptRule:
    told = json.loads(row.rule)
    rule = Rule(**{**told, "metric": METRIC[told["metric"]], "against": Against(told["against"])})
    return KeptRule(rule, row.channel, row.owner, row.changed_at, row.id, row.state)
