"""`python -m tests.benchmark.contenders NAME PORT MODULE:FACTORY`: an application under one of the servers compared.

Each has as many workers as `portal serve` begins, and as many threads in each. What would hold one of them back for
no reason is set as its own manual says; what it does with whoever is slow or silent is left as it comes. Each loads
only what it needs itself: the memory of one is not counted for another.
"""

import logging
import os
import signal
import socket
import sys
from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any

HERE = "127.0.0.1"
WORKERS, THREADS = 2, 32
PORTAL, TINY = "tests.benchmark.contenders:portal", "tests.benchmark.contenders:tiny"
Serve = Callable[[int, str], None]


def portal() -> Any:
    """Make the application of the installation whose folder the environment says."""
    from portal.app import create_app
    from portal.settings import settings_from

    return create_app(settings_from({"PORTAL_MODE": "demo", "PORTAL_DATA": os.environ["PORTAL_DATA"]}))


def tiny() -> Any:
    """Make an application that says one word, where the server alone is looked at."""

    def app(_environ: Mapping[str, Any], start_response: Callable[..., Any]) -> list[bytes]:
        start_response("200 OK", [("Content-Length", "4")])
        return [b"page"]

    return app


def made(target: str) -> Any:
    """Make an application where it will serve."""
    module, _, name = target.partition(":")
    return getattr(import_module(module), name)()


def embedded(port: int, target: str) -> None:
    """Serve as `portal serve` does."""
    from portal.server import EmbeddedServer

    EmbeddedServer(lambda: made(target), f"{HERE}:{port}", WORKERS).run()


def gthread(port: int, target: str) -> None:
    """Serve with gunicorn's own threads."""
    from gunicorn.app.base import BaseApplication

    class Plain(BaseApplication):
        def load_config(self) -> None:
            self.cfg.set("bind", f"{HERE}:{port}")
            self.cfg.set("workers", WORKERS)
            self.cfg.set("worker_class", "gthread")
            self.cfg.set("threads", THREADS)
            self.cfg.set("keepalive", 5)
            self.cfg.set("timeout", 60)
            self.cfg.set("loglevel", "critical")
            self.cfg.set("control_socket_disable", True)

        def load(self) -> Any:
            return made(target)

    Plain().run()


def granian(port: int, target: str) -> None:
    """Serve with granian: its loop in Rust, threads for what Python does."""
    from granian import Granian
    from granian.constants import Interfaces

    server = Granian(
        target,
        HERE,
        port,
        interface=Interfaces.WSGI,
        workers=WORKERS,
        blocking_threads=THREADS,
        factory=True,
        websockets=False,
        log_enabled=False,
    )
    server.serve()


def with_waitress(port: int, target: str) -> None:
    """Serve with waitress, which has one process: two of them share the socket."""
    import waitress

    logging.getLogger("waitress").setLevel(logging.CRITICAL)  # it tells each time that somebody waits
    signal.signal(signal.SIGTERM, lambda *_: sys.exit())
    listening = socket.create_server((HERE, port), backlog=1024)
    other = os.fork()
    waitress.serve(
        made(target),
        sockets=[listening],
        threads=THREADS,
        connection_limit=10_000,  # the hundred that it has by itself are fewer than a crowd
        asyncore_use_poll=True,  # select() ends at 1,024
    )
    if other:
        os.waitpid(other, 0)


CONTENDERS: Mapping[str, Serve] = {
    "embedded": embedded,
    "gthread": gthread,
    "granian": granian,
    "waitress": with_waitress,
}

if __name__ == "__main__":
    CONTENDERS[sys.argv[1]](int(sys.argv[2]), sys.argv[3])
