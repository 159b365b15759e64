"""How far each alert is, and when the rules were last evaluated."""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import Row, delete, select

from kpi.alerts.states import Alert, Phase
from kpi.storage.binding import OURS
from kpi.storage.models import Table
from kpi.storage.upsert import upsert

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from kpi.storage.database import Db

STATE, ROUND = Table.metadata.tables["alert_state"], Table.metadata.tables["alert_round"]
_STATES = select(STATE).where(STATE.c.workspace == OURS)
_ROUND = select(ROUND.c.every_rule, ROUND.c.hourly).where(ROUND.c.workspace == OURS)
NEVER = datetime(1, 1, 1, tzinfo=UTC)
QUIET = Alert()
Key = tuple[str, str]
"""A rule and a campaign; '' is all campaigns together."""


@dataclass(frozen=True, slots=True)
class KeptAlert:
    """An alert with what its message says: what was measured last, and how the last episode ended."""

    rule: str
    campaign: str
    alert: Alert = QUIET
    said: str = ""
    ending: str = ""
    shown: str = ""

    @property
    def key(self) -> Key:
        """What it is the alert of."""
        return self.rule, self.campaign

    @property
    def piece(self) -> str:
        """The name of its message in the ledger; each episode has its own."""
        return f"alert-{self.alert.episode}: {self.campaign}"


def alerts(db: Db, rule: str = "") -> Mapping[Key, KeptAlert]:
    """Return every alert that was ever evaluated, or those of one rule."""
    found = (_kept(row) for row in db.rows(_STATES))
    return {one.key: one for one in found if rule in ("", one.rule)}


def keep_alerts(db: Db, kept: Iterable[KeptAlert]) -> None:
    """Write how far some alerts are."""
    db.run_many(upsert(db, STATE), [_row(one) for one in kept])


def forget_alerts(db: Db, rule: str) -> None:
    """Forget the alerts of a rule that is gone."""
    db.run(delete(STATE).where(STATE.c.workspace == OURS, STATE.c.rule == rule))


def last_round(db: Db) -> tuple[datetime, datetime]:
    """Return when all rules were last evaluated, and when those that are looked at every hour."""
    row = db.run(_ROUND).first()
    return (row.every_rule, row.hourly) if row else (NEVER, NEVER)


def keep_round(db: Db, every_rule: datetime, hourly: datetime) -> None:
    """Remember when rules were evaluated."""
    db.run_many(upsert(db, ROUND), [{"every_rule": every_rule, "hourly": hourly}])


def _row(kept: KeptAlert) -> dict[str, Any]:
    said = {"said": kept.said, "ending": kept.ending, "shown": kept.shown}
    return {"rule": kept.rule, "campaign": kept.campaign, **asdict(kept.alert), **said, "phase": kept.alert.phase.value}


def _kept(row: Row[Any]) -> KeptAlert:
    told = row._asdict()
    alert = Alert(**{one.name: told[one.name] for one in fields(Alert)})
    return KeptAlert(row.rule, row.campaign, replace(alert, phase=Phase(row.phase)), row.said, row.ending, row.shown)
