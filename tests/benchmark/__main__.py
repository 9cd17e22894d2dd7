"""`python -m tests.benchmark`: ratios in one run, on this machine, over loopback; it ends by itself.

`python -m tests.benchmark space` measures her space instead (`tests/benchmark/space.py`), and
`python -m tests.benchmark today` the team's morning page among a million cases (`tests/benchmark/today.py`);
`python -m tests.benchmark growth` tells how everything grows with the cases (`tests/benchmark/growth.py`), and
`python -m tests.benchmark fence` what PostgreSQL's second fence costs (`tests/benchmark/fence.py`);
`python -m tests.benchmark servers` puts other servers in the place of the embedded one (`tests/benchmark/servers.py`).

A public page from the embedded server against a bare Flask "hello" on the same server, in turn, several rounds;
the bytes of every public page; the time from start to the first answer; the memory of a worker.
"""

import argparse
import http.client
import os
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

from flask import Flask

from portal.app import create_app
from portal.settings import settings_from
from portal.web.press import public_paths

ROUNDS = 5
SECONDS = 2.0
CONNECTIONS = 8
PARTS = ("space", "today", "growth", "fence", "servers")
TICKS = os.sysconf("SC_CLK_TCK")

HELLO = """
from flask import Flask
from portal.server import EmbeddedServer
app = Flask("hello")
app.add_url_rule("/fr/", view_func=lambda: "hello")
EmbeddedServer(lambda: app, "127.0.0.1:{port}").run()
"""
PORTAL = """
from flask import Flask

from portal.app import create_app
from portal.server import EmbeddedServer
from portal.settings import settings_from
settings = settings_from({{"PORTAL_MODE": "demo", "PORTAL_DATA": "{data}"}})
EmbeddedServer(lambda: create_app(settings), "127.0.0.1:{port}").run()
"""


@dataclass
class Round:
    """Requests per second, and milliseconds of processor for each."""

    rate: float
    processor: float


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder) / "data"
        settings = settings_from({"PORTAL_MODE": "demo", "PORTAL_DATA": str(data)})
        began = time.perf_counter()
        app = create_app(settings)
        print(f"content built and pages pressed, from nothing: {time.perf_counter() - began:.1f} s")
        say_sizes(app)
        with serving(PORTAL, data) as (portal, first), serving(HELLO, data) as (hello, _):
            print(f"start to first answer, content built: {first:.2f} s")
            say_speed(portal, hello)
            say_guide(portal, plan_like(app, "/fr/i/5"))
            print(f"memory of the worker after the load: {memory_of(portal.worker):.0f} MB")


def sizes_of(app: Flask) -> dict[str, list[tuple[int, str]]]:
    """Return the bytes of every public page and its address, by how it is packed."""
    sizes: dict[str, list[tuple[int, str]]] = {"br": [], "gzip": [], "identity": []}
    client = app.test_client()
    for path in public_paths(app):
        for encoding, found in sizes.items():
            found.append((len(client.get(path, headers={"Accept-Encoding": encoding}).data), path))
    return sizes


def say_sizes(app: Flask) -> None:
    for encoding, found in sizes_of(app).items():
        median = statistics.median(size for size, _ in found)
        largest, path = max(found)
        print(f"bytes of {len(found)} public pages, {encoding}: median {median:.0f}, largest {largest} ({path})")


@dataclass
class Server:
    """A server of this benchmark, and the process that answers."""

    port: int
    worker: int


@contextmanager
def serving(program: str, data: Path) -> Iterator[tuple[Server, float]]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    began = time.perf_counter()
    process = subprocess.Popen([sys.executable, "-c", program.format(port=port, data=data)])
    try:
        first = wait_for(port) - began
        children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
        yield Server(port, int(children[0])), first
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=20)


def wait_for(port: int) -> float:
    for _ in range(2000):
        try:
            if ask(http.client.HTTPConnection("127.0.0.1", port, timeout=5)):
                return time.perf_counter()
        except OSError:
            time.sleep(0.005)
    raise SystemExit("the server did not answer")


def ask(connection: http.client.HTTPConnection) -> bool:
    connection.request("GET", "/fr/", headers={"Accept-Encoding": "br"})
    response = connection.getresponse()
    response.read()
    return response.status == 200


def compared(portal: Server, hello: Server) -> list[tuple[Round, Round]]:
    """Load both in turn, several times; the first time warms up and is not told."""
    return [(load(portal), load(hello)) for _ in range(ROUNDS + 1)][1:]


def say_speed(portal: Server, hello: Server) -> None:
    rounds = compared(portal, hello)
    rates = [ours.rate / theirs.rate for ours, theirs in rounds]
    costs = [ours.processor / theirs.processor for ours, theirs in rounds]
    for name, index in (("public page", 0), ("bare Flask hello", 1)):
        rate = statistics.median(pair[index].rate for pair in rounds)
        cost = statistics.median(pair[index].processor for pair in rounds)
        print(f"{name}: {rate:.0f} requests/s, {cost:.3f} ms of processor each (medians of {ROUNDS})")
    print(f"ratio of requests/s: {statistics.median(rates):.2f} (from {min(rates):.2f} to {max(rates):.2f})")
    print(f"ratio of processor:  {statistics.median(costs):.2f} (from {min(costs):.2f} to {max(costs):.2f})")


def plan_like(app: Flask, path: str) -> str:
    """Return the page of the guide that weighs most nearly what another page does: only so are their steps compared."""
    client = app.test_client()
    sizes = {
        one: len(client.get(one, headers={"Accept-Encoding": "br"}).data)
        for one in public_paths(app)
        if one.startswith("/fr/o/") or one == path
    }
    return min((one for one in sizes if one != path), key=lambda one: abs(sizes[one] - sizes[path]))


def say_guide(portal: Server, plan: str) -> None:
    rounds = [(load(portal, plan), load(portal, "/fr/i/5")) for _ in range(ROUNDS)]
    costs = [step.processor / page.processor for step, page in rounds]
    print(f"a plan against a page of the same weight, processor: {statistics.median(costs):.2f} ", end="")
    print(f"(from {min(costs):.2f} to {max(costs):.2f})")


def load(server: Server, path: str = "/fr/") -> Round:
    """Ask from a process of its own, so that the asking does not share the interpreter with anything."""
    before = processor_of(server.worker)
    command = [sys.executable, "-m", "tests.benchmark.load", str(server.port), str(CONNECTIONS), str(SECONDS), path]
    answered = int(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    used = processor_of(server.worker) - before
    return Round(answered / SECONDS, 1000 * used / answered)


def processor_of(process: int) -> float:
    fields = Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def memory_of(process: int) -> float:
    status = Path(f"/proc/{process}/status").read_text()
    return int(status.split("VmRSS:")[1].split()[0]) / 1024


def begin(arguments: Sequence[str]) -> int | None:
    """Run what is named, with the words that follow it; without a name, what this page of the benchmark measures."""
    part, rest = arguments[:1], arguments[1:]
    if part and part[0] in PARTS:
        status: int | None = import_module(f"tests.benchmark.{part[0]}").main(rest)
        return status
    parser = argparse.ArgumentParser(
        prog="python -m tests.benchmark", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("part", nargs="?", choices=PARTS, help="with --help: what it can be told")
    parser.parse_args(arguments)
    main()
    return None


if __name__ == "__main__":
    assert threading.active_count() == 1
    raise SystemExit(begin(sys.argv[1:]))
