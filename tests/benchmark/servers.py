"""`python -m tests.benchmark servers [--quick]`: the portal under four servers, in turn, in one run; it ends by itself.

The embedded server as it is, gunicorn's own threads, granian and waitress serve the same application with the same
invented data, the same pressed pages and as many workers and threads (`tests/benchmark/contenders.py`). Each is asked
by three kinds of people at once: who reads public pages, who enters a code and reads her page, nurses who look at
*Today*. First so many a second of each, the same for every server, so that what they wait and what it costs can be
compared; then as many readers as it can answer, beside the same codes and nurses, and readers alone. At the end two
hundred clients say nothing, or send half a form, and somebody wants to read.

The machine answers and asks: on two processors, pages a second are what both together can do.
"""

import argparse
import contextlib
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from http.client import HTTPException
from pathlib import Path

import pyotp

from portal import law
from portal.access.links import make_link
from portal.access.team import add_member
from portal.app import create_app
from portal.clock import brussels_day, system_clock
from portal.records.cases import Admission, register_case
from portal.web.press import public_paths
from tests.benchmark import today
from tests.benchmark.__main__ import processor_of
from tests.benchmark.asking import HERE, Asked, come, comings, page
from tests.benchmark.browser import Browser
from tests.benchmark.compared import Found, Round, table
from tests.benchmark.contenders import CONTENDERS, PORTAL, THREADS, WORKERS
from tests.faults.crowd import BEGINS

SHARE = 4  # of the cases, one in so many is the centre's whose nurses look
LINKS, NURSES, EVERY = 100, 4, 50  # one public page of fifty is read
PASSWORD = "only for a benchmark"
PER_SECOND = {"page": 60.0, "code": 5.0, "today": 5.0}
AS_MANY_AS_CAN_BE, READERS_ALONE = {**PER_SECOND, "page": 0.0}, {"page": 0.0}
CROWD, CROWDS = 200, ("silent", "half a form")
READERS_A_SECOND, MOST_SECONDS = 20.0, 5.0  # among a crowd; who waits longer was not answered
WARMING_SECONDS = 2.0
LONGEST_START = 120.0

People = Mapping[str, Sequence[Sequence[str]]]


@dataclass(frozen=True)
class Much:
    """How much is measured: cases, rounds, and seconds of each load and of readers among a crowd."""

    cases: int
    rounds: int
    given: float
    crammed: float
    alone: float
    crowded: float


WHOLE, QUICK = Much(4_000, 3, 10.0, 5.0, 3.0, 2.0), Much(400, 1, 3.0, 2.0, 1.0, 1.0)


@dataclass(frozen=True)
class Invented:
    """A folder of an installation, who comes to it, and with what its nurses sign in."""

    data: Path
    people: People
    authenticators: Sequence[str]


@dataclass(frozen=True)
class Contender:
    """One server that runs, and who comes to it."""

    port: int
    process: int
    people: People


def main(arguments: Sequence[str]) -> None:
    """Prepare, serve, measure, end."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmark servers", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a minute: less of everything, and figures of no weight")
    much = QUICK if parser.parse_args(arguments).quick else WHOLE
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # whoever ends it ends the servers as well
    print(f"load of the machine before: {os.getloadavg()[0]:.1f}; {os.cpu_count()} processors", flush=True)
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        invented = invent(Path(folder), much.cases)
        contenders = {
            name: stack.enter_context(contender(name, copied(invented, Path(folder) / name))) for name in CONTENDERS
        }
        found = measured(contenders, much)
    print(f"\n{WORKERS} workers of {THREADS} threads; {much.cases:,} cases; rounds in turn: {much.rounds}", flush=True)
    print(table(found, PER_SECOND))


def measured(contenders: Mapping[str, Contender], much: Much) -> Mapping[str, Found]:
    """Load each in turn, round after round, each time another first; then let the crowds come."""
    found = {name: Found() for name in contenders}
    for one in contenders.values():
        loaded(one, AS_MANY_AS_CAN_BE, WARMING_SECONDS, seed=0)
    for number in range(much.rounds):
        first = number % len(contenders)
        for name in [*contenders][first:] + [*contenders][:first]:
            say(f"round {number + 1} of {much.rounds}: {name}")
            one, became = contenders[name], found[name]
            became.given.append(loaded(one, PER_SECOND, much.given, seed=number))
            became.crammed.append(loaded(one, AS_MANY_AS_CAN_BE, much.crammed, seed=number))
            became.alone.append(loaded(one, READERS_ALONE, much.alone, seed=number))
    for name, one in contenders.items():
        found[name].memory = memory_of_all(one.process)
    for name, one in contenders.items():
        for manner in CROWDS:
            say(f"{CROWD} clients, {manner}: {name}")
            found[name].crowds[manner] = among_a_crowd(one, manner, much.crowded)
    return found


def say(what: str) -> None:
    print(what, file=sys.stderr, flush=True)


def invent(folder: Path, cases: int) -> Invented:
    """Fill an installation, press its pages, and invent who comes."""
    data, now = folder / "data", system_clock()
    data.mkdir()
    desk = today.filled(cases, cases // SHARE, f"sqlite:///{data / 'records.sqlite'}", data, now)
    paths = public_paths(create_app(desk.settings))[::EVERY]
    database, centre, staff = desk.database, desk.centre_id, desk.nurse.staff_id
    nurses = [add_member(database, centre, f"nurse {number}", PASSWORD, now) for number in range(NURSES)]
    codes = []
    for number in range(LINKS):
        admission = Admission(f"CASE-{number}", brussels_day(now), False, law.Complaint.NONE, "fr")
        link = make_link(database, centre, register_case(database, centre, staff, admission, now), staff, now)
        codes.append((link.token, link.code))
    database.engine.dispose()
    return Invented(data, {"page": [(path,) for path in paths], "code": codes}, [one.authenticator for one in nurses])


def copied(invented: Invented, to: Path) -> Invented:
    """Give a server records of its own; what is built of the content is the same for all."""
    shutil.copytree(invented.data, to, ignore=shutil.ignore_patterns("built"))
    (to / "built").symlink_to(invented.data / "built")
    return Invented(to, invented.people, invented.authenticators)


@contextmanager
def contender(name: str, invented: Invented) -> Iterator[Contender]:
    """Start one of the servers and sign its nurses in; end it and all its processes."""
    with started(name, PORTAL, invented.data) as (port, process):
        yield Contender(port, process, {**invented.people, "today": signed_in(port, invented.authenticators)})


@contextmanager
def started(name: str, target: str, data: Path) -> Iterator[tuple[int, int]]:
    """Start one of the servers; give its port, and the process from which its others come."""
    with socket.create_server((HERE, 0)) as free:
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "tests.benchmark.contenders", name, str(port), target]
    environment = {**os.environ, "PORTAL_DATA": str(data)}
    process = subprocess.Popen(command, env=environment, start_new_session=True)
    try:
        wait_for_a_page(port)
        yield port, process.pid
    finally:
        end(process)


def wait_for_a_page(port: int) -> None:
    """Wait until a server answers.

    Raises:
        SystemExit: it does not.

    """
    until = time.monotonic() + LONGEST_START
    while time.monotonic() < until:
        try:
            return page(port, ["/fr/"])
        except (OSError, HTTPException):
            time.sleep(0.01)
    raise SystemExit("the server did not answer")


def end(process: subprocess.Popen[bytes]) -> None:
    """End a process that leads a session, with all that it began."""
    for how in (signal.SIGTERM, signal.SIGKILL):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, how)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(10)


def signed_in(port: int, authenticators: Sequence[str]) -> list[list[str]]:
    """Sign the nurses in and return their cookies."""
    cookies = []
    for number, authenticator in enumerate(authenticators):
        browser = Browser(port)
        typed = {"login": f"nurse {number}", "password": PASSWORD, "code": pyotp.TOTP(authenticator).now()}
        answer = browser.ask("/fr/team/in", typed)
        assert answer.status == 303, answer
        cookies.append([answer.cookie])
        browser.close()
    return cookies


def loaded(one: Contender, per_second: Mapping[str, float], seconds: float, seed: int) -> Round:
    """Let people of every kind come at once, each kind from a process of its own; return what became of them."""
    asking = {kind: begun(kind, one, many, seconds, seed) for kind, many in per_second.items()}
    before = processor_of_all(one.process)
    for process in asking.values():
        print(file=process.stdin, flush=True)
    asked = {kind: Asked(**json.loads(process.communicate()[0])) for kind, process in asking.items()}
    return Round(asked, seconds, processor_of_all(one.process) - before)


def begun(kind: str, one: Contender, per_second: float, seconds: float, seed: int) -> subprocess.Popen[str]:
    """Start those of one kind, who wait for a line."""
    command = [sys.executable, "-m", "tests.benchmark.asking", kind]
    command += [str(number) for number in (one.port, seconds, per_second, seed)]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdin is not None
    assert process.stdout is not None
    print(json.dumps(one.people[kind]), file=process.stdin, flush=True)
    assert process.stdout.readline() == "ready\n"
    return process


def among_a_crowd(one: Contender, manner: str, seconds: float) -> Asked:
    """Let two hundred clients come who do not go on, and then readers; they wait so long and no longer."""
    paths = one.people["page"]
    with ExitStack() as stack:
        for _ in range(CROWD):
            with contextlib.suppress(OSError):  # a server may refuse them: that is an answer as well
                client = stack.enter_context(socket.create_connection((HERE, one.port), timeout=2))
                client.sendall(BEGINS[manner])
        time.sleep(0.5)
        asked = come(
            lambda number: page(one.port, paths[number % len(paths)], MOST_SECONDS),
            list(comings(READERS_A_SECOND, seconds, seed=0)),
        )
    wait_for_a_page(one.port)
    return asked


def family(process: int) -> Iterator[int]:
    """Give a process and all that come from it."""
    yield process
    for task in Path(f"/proc/{process}/task").iterdir():
        for child in (task / "children").read_text().split():
            yield from family(int(child))


def processor_of_all(process: int) -> float:
    """Return the seconds of processor that a server used."""
    return sum(processor_of(one) for one in family(process))


def memory_of_all(process: int) -> float:
    """Return the memory of a server, in MB; what its processes share is counted once."""
    return sum(_share_of(one) for one in family(process))


def _share_of(process: int) -> float:
    rolled = Path(f"/proc/{process}/smaps_rollup").read_text()
    return int(rolled.split("\nPss:")[1].split()[0]) / 1024
