"""How fast WhatsApp's webhooks are taken, beside a bare route that only checks the signature and parses JSON.

The server is one web process, the load comes from another one over 32 connections, both on the same processors. Bare
and real take turns, so that a busy machine slows both. ``python -m tests.proofs.live_load [SECONDS] [ROUNDS]``.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import logging
import random
import subprocess
import sys
import time
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

from fastapi import FastAPI, Request, Response

from bot.app import SWITCH_SECONDS
from bot.live.ingest import ingesting
from bot.serving import serve
from kpi.storage.database import Database
from tests.proofs.exactness import begin, databases, free_port, settings_of
from tests.whatsapp_world import NOW, SECRET, body, signed, status

if TYPE_CHECKING:
    from collections.abc import Iterator

TITLE = "Load of live results"
SECONDS, ROUNDS, CONNECTIONS = 6, 4, 32
BOUNDS = {("sqlite", 1): 0.80, ("sqlite", 50): 0.15, ("postgresql", 1): 0.50, ("postgresql", 50): 0.08}
"""What part of the bare route's requests (of one status) and events (of 1 to 50 statuses a request) must be reached."""
SLOWEST_MS, LARGEST_MIB = 250, 150
FASTEST = 4_000
"""Requests a second that are prepared, so that no status is told twice."""


@dataclass
class Taken:
    """What one stretch of load found."""

    requests: int = 0
    events: int = 0
    refused: int = 0
    latencies: list[float] = field(default_factory=list)


@dataclass
class Summary:
    """Several stretches of the same kind."""

    requests: list[float] = field(default_factory=list)
    events: list[float] = field(default_factory=list)
    p99: list[float] = field(default_factory=list)
    refused: int = 0
    mib: float = 0.0


def serve_bare(port: int) -> None:
    """Serve a route that checks the signature, parses the body, and does nothing else."""
    app = FastAPI()

    @app.post("/ingest/whatsapp")
    async def take(request: Request) -> Response:
        raw = await request.body()
        wanted = "sha256=" + hmac.new(SECRET.encode(), raw, hashlib.sha256).hexdigest()
        if not hmac.compare_digest(wanted, request.headers["x-hub-signature-256"]):
            return Response(status_code=401)
        json.loads(raw)
        return Response()

    serve(app, "127.0.0.1", port)


def serve_real(port: int, url: str) -> None:
    """Serve the real route, as the bot does."""
    sys.setswitchinterval(SWITCH_SECONDS)
    with closing(Database(url)) as database, ingesting(settings_of(url), database, lambda: NOW) as router:
        app = FastAPI()
        assert router
        app.include_router(router)
        serve(app, "127.0.0.1", port)


def requests_of(most: int, number: int, seed: int) -> list[tuple[bytes, int]]:
    """Prepare requests of 1 to ``most`` statuses each, as bytes, with how many statuses each holds."""
    chance = random.Random(seed)  # noqa: S311  a seed, not a secret
    left: list[dict[str, str]] = []
    prepared = []
    for _ in range(number):
        size = chance.randint(1, most)
        while len(left) < size:
            name, callback = f"{seed}-{chance.getrandbits(60)}", f"campaign=campaign-{chance.randint(1, 5)}"
            left += [status(name, state, NOW, callback) for state in ("sent", "delivered", "read")]
        raw, left = body(*left[:size]), left[size:]
        signature = signed(raw)["X-Hub-Signature-256"]
        head = f"POST /ingest/whatsapp HTTP/1.1\r\nhost: load\r\nx-hub-signature-256: {signature}\r\n"
        prepared.append((f"{head}content-length: {len(raw)}\r\n\r\n".encode() + raw, size))
    return prepared


async def pressed(port: int, prepared: list[tuple[bytes, int]], seconds: float) -> Taken:
    """Send prepared requests over all connections until the time is over."""
    left, found, end = iter(prepared), Taken(), time.monotonic() + seconds

    async def connection() -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        for raw, size in left:
            begun = time.monotonic()
            if begun > end:
                break
            writer.write(raw)
            head = await reader.readuntil(b"\r\n\r\n")
            length = int(head.lower().partition(b"content-length: ")[2].partition(b"\r")[0] or 0)
            if length:
                await reader.readexactly(length)
            found.latencies.append(time.monotonic() - begun)
            is_good = head.startswith(b"HTTP/1.1 200")
            found.requests, found.events = found.requests + is_good, found.events + is_good * size
            found.refused += not is_good
        writer.close()

    await asyncio.gather(*(connection() for _ in range(CONNECTIONS)))
    return found


@contextmanager
def served(*arguments: str) -> Iterator[tuple[int, int]]:
    """Run a server in a process of its own; give its port and its process id."""
    port = free_port()
    process = subprocess.Popen([sys.executable, "-m", __spec__.name, "serve", str(port), *arguments])  # noqa: S603
    try:
        for _ in range(600):
            try:
                asyncio.run(_connects(port))
                break
            except OSError:
                time.sleep(0.1)
        yield port, process.pid
    finally:
        process.terminate()
        process.wait()


async def _connects(port: int) -> None:
    _, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.close()


def measured(kind: str, most: int, seconds: float, rounds: int) -> tuple[Summary, Summary]:
    """Let the bare and the real route take turns; return what each reached."""
    found = Summary(), Summary()
    with databases(kind) as new:
        url = new()
        with closing(Database(url)) as database:
            begin(database)
        with served() as bare, served(url) as real:
            for turn in range(rounds + 1):
                for summary, (port, process) in zip(found, (bare, real), strict=True):
                    prepared = requests_of(most, int(seconds * (FASTEST if most == 1 else FASTEST / 2)), turn)
                    taken = asyncio.run(pressed(port, prepared, seconds))
                    if turn:  # the first turn warms up
                        _note(summary, taken, seconds, process)
    return found


def _note(summary: Summary, taken: Taken, seconds: float, process: int) -> None:
    summary.requests.append(taken.requests / seconds)
    summary.events.append(taken.events / seconds)
    summary.p99.append(sorted(taken.latencies)[int(len(taken.latencies) * 0.99)] * 1000)
    summary.refused += taken.refused
    told = Path(f"/proc/{process}/status").read_text(encoding="utf-8")
    summary.mib = max(summary.mib, int(told.partition("VmRSS:")[2].split()[0]) / 1024)


def table(seconds: float = SECONDS, rounds: int = ROUNDS) -> str:
    """Measure everything and return the table."""
    lines = [
        "| Database | Statuses each | Bare, a second | This, a second | Part | At least | p99 | Memory | Refused |",
        "| --- | --- | --- | --- | --- | --- | --- | --- | --- |",
    ]
    for (kind, most), bound in BOUNDS.items():
        bare, real = measured(kind, most, seconds, rounds)
        rates = [(one.requests if most == 1 else one.events) for one in (bare, real)]
        part = median(mine / least for least, mine in zip(*rates, strict=True))
        what = "requests" if most == 1 else "statuses"
        of = "1" if most == 1 else f"1 to {most}"
        reached = [f"{median(rate):,.0f} {what}" for rate in rates]
        cost = f"{median(real.p99):.0f} ms | {real.mib:.0f} MiB | {real.refused}"
        lines.append(f"| {kind} | {of} | {' | '.join(reached)} | {part:.0%} | {bound:.0%} | {cost} |")
        print(lines[-1], flush=True)
    return "\n".join(lines)


if __name__ == "__main__":
    if sys.argv[1:2] == ["serve"]:
        logging.disable(logging.CRITICAL)
        if sys.argv[3:]:
            serve_real(int(sys.argv[2]), sys.argv[3])
        else:
            serve_bare(int(sys.argv[2]))
    else:
        print(table(*map(int, sys.argv[1:3])))
