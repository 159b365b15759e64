"""Bodies that are broken, absurd or hostile, signed as if they were WhatsApp's: taken or refused, never a fault.

Each is a good body in which some things were replaced by junk, cut, repeated or nested, or whose bytes were broken.
Between them a season is told, which has to be counted exactly. ``python -m tests.proofs.hostile_bodies [NUMBER]``.
"""

from __future__ import annotations

import json
import random
import sys
import time
from collections import Counter
from contextlib import closing
from typing import TYPE_CHECKING, Any

from kpi.storage.database import Database
from kpi.storage.live.recount import differences
from tests.proofs.exactness import begin, databases
from tests.proofs.whatsapp_story import CAMPAIGNS, FACTS, ZONE, oracle, story
from tests.whatsapp_world import NOW, body, hooked, reply, status

if TYPE_CHECKING:
    from tests.whatsapp_world import Hook

TITLE = "Hostile bodies"
NUMBER = 20_000
SLOWEST = 5.0
JUNK: tuple[Any, ...] = (
    None, True, False, 0, -1, 10**30, -(10**19), 1e308, float("nan"), float("inf"), "", " ", "\x00", "\ud800",
    "x" * 600, "campaign=", "campaign=\x00", "campaign=\ud83d", "campaign=" + "é" * 99, "=;&=",
    "campaign=a;campaign=b", "9" * 500, "-5", "1.5", "1e9", "٣", [], {}, [[]], [{}], {"": ""}, {"id": {"id": {}}},
    "'; DROP TABLE message; --", "🔥", "sent", "deleted", "__proto__", {"code": -1}, [{"code": "131026"}],
    [{"code": 2**70}],
)  # fmt: skip


def hostile(chance: random.Random, number: int) -> bytes:
    """Return a body of which something is wrong."""
    good = [status(f"hostile-{number}", state, NOW, "campaign=hostile") for state in ("sent", "read", "failed")]
    people = [{"wa_id": "16505551234", "user_id": "US.1", "profile": {"name": "a name"}}]
    told = json.loads(body(*good, contacts=people, messages=[reply(f"hostile-{number}")], user_actions=[{}]))
    for _ in range(chance.randint(1, 4)):
        _spoil(chance, told)
    raw = json.dumps(told, ensure_ascii=chance.random() < 0.5).encode("utf-8", "surrogatepass")
    if chance.random() < 0.15:
        return _broken(chance, raw)
    return raw


def _spoil(chance: random.Random, told: Any) -> None:  # noqa: ANN401  JSON
    """Replace, remove, repeat or wrap something, somewhere."""
    at = told
    while True:
        places = list(at) if isinstance(at, dict) else list(range(len(at)))
        if not places:
            return
        place = chance.choice(places)
        if isinstance(at[place], dict | list) and at[place] and chance.random() < 0.8:
            at = at[place]
            continue
        match chance.randint(0, 4):
            case 0:
                del at[place]
            case 1:
                at[place] = [at[place]] * chance.randint(0, 40)
            case 2 if isinstance(at, dict):
                at[str(chance.choice(JUNK))] = chance.choice(JUNK)
            case _:
                at[place] = chance.choice(JUNK)
        return


def _broken(chance: random.Random, raw: bytes) -> bytes:
    where = chance.randrange(len(raw))
    return chance.choice(
        (raw[:where], raw[:where] + bytes([chance.randrange(256)]) + raw[where:], b"[" * where, raw * 2, raw[::-1])
    )


def threatened(hook: Hook, number: int, seed: int) -> tuple[Counter[int], float, int]:
    """Post hostile bodies and a season between them; return the answers, the slowest, and how many counts are wrong."""
    chance, answers, slowest = random.Random(seed), Counter[int](), 0.0  # noqa: S311  a seed, not a secret
    made = story(seed, max(20, number // 100))
    season = iter(made.bodies)
    for place in range(number):
        begun = time.monotonic()
        answers[hook.posts(hostile(chance, place)).status_code] += 1
        slowest = max(slowest, time.monotonic() - begun)
        if place % max(1, number // (len(made.bodies) + 1)) == 0 and (raw := next(season, None)):
            assert hook.posts(raw).status_code == 200
    for raw in season:
        assert hook.posts(raw).status_code == 200
    true = {cell: counts for cell, counts in oracle(made)[0].items() if cell[0] in CAMPAIGNS}
    known = {
        row[:3]: row[3:]
        for row in hook.rows("daily_result", "campaign", "day", "variant", *FACTS)
        if row[0] in CAMPAIGNS
    }
    wrong = sum(known.get(cell) != true.get(cell) for cell in known.keys() | true.keys())
    with hook.database.reading("local") as db:
        return answers, slowest, wrong + sum(map(len, differences(db, NOW).values()))


def table(number: int = NUMBER) -> str:
    """Post all of them to both databases and return the table."""
    lines = [
        "| Database | Bodies | 200 | 400 | 413 | Others | Wrong counts | Slowest |",
        "| --- | --- | --- | --- | --- | --- | --- | --- |",
    ]
    for kind in ("sqlite", "postgresql"):
        with databases(kind) as new, closing(Database(new())) as database:
            begin(database)
            with hooked(database, str(ZONE)) as hook:
                answers, slowest, wrong = threatened(hook, number, 5)
        others = sum(count for code, count in answers.items() if code not in (200, 400, 413))
        coded = " | ".join(f"{count:,}" for count in (number, answers[200], answers[400], answers[413], others, wrong))
        told = f"{coded} | {slowest:.1f} s"
        lines.append(f"| {kind} | {told} |")
        print(lines[-1], flush=True)
    return "\n".join(lines)


if __name__ == "__main__":
    print(table(*map(int, sys.argv[1:2])))
