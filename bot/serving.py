"""A web application served in a thread, for tests and the demo, or until the process is told to stop."""

from __future__ import annotations

import threading
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

import uvicorn

from kpi.errors import WrongSetting

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fastapi import FastAPI

START_SECONDS = 10


def serve(app: FastAPI, host: str, port: int) -> None:
    """Serve until the process is told to stop (KeyboardInterrupt); requests under way are finished first.

    Told so while it still starts, it stops as well as later, which ``uvicorn.run`` would take for a failure.
    """
    server = uvicorn.Server(
        uvicorn.Config(app, host=host, port=port, log_level="warning", timeout_graceful_shutdown=20)
    )
    server.run()
    if not server.started:
        raise WrongSetting(f"Nothing can be served on {host}:{port}.", "The log above says why.")


@contextmanager
def served(app: FastAPI, host: str = "127.0.0.1", port: int = 0) -> Iterator[str]:
    """Serve in a thread and give the address; port 0 takes a free one."""
    server = uvicorn.Server(uvicorn.Config(app, host=host, port=port, log_level="warning"))
    thread = threading.Thread(target=server.run, name="web", daemon=True)
    thread.start()
    patience = time.monotonic() + START_SECONDS
    while not server.started:
        if not thread.is_alive() or time.monotonic() > patience:
            raise WrongSetting(f"Nothing can be served on {host}:{port}.", "Is the port taken? Set another one.")
        time.sleep(0.01)
    bound = server.servers[0].sockets[0].getsockname()[1]
    try:
        yield f"http://{host}:{bound}"
    finally:
        server.should_exit = True
        thread.join(START_SECONDS)
