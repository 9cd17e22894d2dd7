"""`python -m tests.benchmark today [CASES …] [--on sqlite|postgresql]`: a centre's *Today* among a million cases.

Fifty centres, of which the largest has a twentieth of all cases, or `--largest` so many. The page is asked for as a
nurse of the largest asks for it: sign-in looked up, lines counted, at most fifty cases unsealed, the page written; in
one process, without a network. Beside the time on the wall stands that of this process on the processor, which a busy
machine changes less, and with PostgreSQL what its server used for a page, on average. What the cases are, and which of
them are sealed for real, says `tests/benchmark/filling.py`.

A million cases take 6 GB of disk in the folder for temporary files (`TMPDIR`), which are gone at the end.
"""

import argparse
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pyotp
from flask.testing import FlaskClient

from portal.access.roles import Role
from portal.access.team import NewMember, add_centre, add_member
from portal.app import create_app
from portal.records.board import Board, board
from portal.records.centres import Rules, change_rules
from portal.records.database import Database
from portal.settings import Settings, settings_from
from tests import machine
from tests.benchmark.filling import Filling
from tests.clock import StillClock, at
from tests.patterns import brought_up, under

SIZES = (1_000, 10_000, 100_000, 1_000_000)
CENTRES = 50
SHARE = 20  # one case of twenty is the largest centre's: 50,000 of a million
NOW = at("2026-08-03T06:30:00")
RULES = Rules(7, 14, date(2026, 1, 5), (7, 30, 90), 20, 9)
PASSWORD = "a long password"
ROUNDS, WARMING = 150, 10
POSTGRESQL = {
    "shared_buffers": "1GB",  # as is usual where so much is kept; the default is 128 MB
    "full_page_writes": "off",  # these two matter to filling alone
    "max_wal_size": "16GB",
}
TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Times:
    """Milliseconds, on the wall and on this process's processor, of every round; and of the database's, on average."""

    wall: list[float]
    processor: list[float]
    server: float | None

    def __str__(self) -> str:
        """Tell the middle and the 95th of a hundred."""
        server = "" if self.server is None else f"; the database's: {self.server:.1f} ms"
        return f"{told(self.wall)}; on the processor: {told(self.processor)}{server}"


@dataclass(frozen=True)
class Desk:
    """An installation that was filled, and somebody of its largest centre."""

    settings: Settings
    database: Database
    centre_id: str
    nurse: NewMember


def main(arguments: Sequence[str]) -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmark today", description=__doc__)
    parser.add_argument("sizes", nargs="*", type=int, default=list(SIZES), metavar="CASES")
    parser.add_argument("--on", choices=("sqlite", "postgresql"), action="append")
    parser.add_argument("--largest", type=int, metavar="CASES")
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as home:  # what is built from the content is built once
        for kind in options.on or ("sqlite", "postgresql"):
            before: tuple[int, Times] | None = None
            for size in options.sizes:
                with tempfile.TemporaryDirectory() as folder, address_of(kind, Path(folder)) as address:
                    times = measure(kind, size, options.largest or size // SHARE, address, Path(home))
                if before:
                    say_growth(kind, before, (size, times))
                before = size, times


@contextmanager
def address_of(kind: str, folder: Path) -> Iterator[str]:
    if kind == "sqlite":
        yield f"sqlite:///{folder / 'records.sqlite'}"
        return
    tools = machine.postgresql_tools()
    if tools is None:
        raise SystemExit(machine.HOW["postgresql"])
    cluster = machine.Cluster(tools, None, **POSTGRESQL)
    try:
        yield cluster.database("today")
    finally:
        cluster.stop()


def measure(kind: str, size: int, largest: int, address: str, home: Path) -> Times:
    """Fill a database, ask for the page and for its lines alone, and say how long they took; return those of the page.

    They are asked in turn, apart: what the server of the database did for one is not counted for the other.
    """
    desk = filled(size, largest, address, home)
    print(f"{kind}, {size:,} cases, {largest:,} of them in the largest centre", flush=True)
    pages, answer, day = ask(desk)
    counts = ", ".join(f"{one.part} {len(one.lines)} of {one.count}" for one in day.sections)
    print(f"  {len(day.lines)} lines shown: {counts or 'none'}; {len(answer) / 1024:.0f} KB")
    print(f"  the page: {pages}")
    print(f"  its lines alone: {boards_of(desk)}", flush=True)
    desk.database.engine.dispose()
    return pages


def filled(size: int, largest: int, address: str, home: Path, now: datetime = NOW) -> Desk:
    """Return an installation with so many cases, and say how long it took to fill it."""
    demo = settings_from({"PORTAL_MODE": "demo", "PORTAL_DATA": str(home)})
    settings = replace(demo, database=under(machine.APP, address), base_url="http://localhost")
    brought_up(address)
    database = Database(address, settings.sealing_keys)
    began, used = time.perf_counter(), time.process_time()
    centres = [add_centre(database, f"centre {number}") for number in range(CENTRES)]
    nurse = add_member(database, centres[0], "nurse", PASSWORD, now)
    colleague = add_member(database, centres[0], "colleague", PASSWORD, now, Role.COORDINATOR)
    change_rules(database, centres[0], colleague.staff_id, RULES, now)
    Filling(database, size, largest, centres, (nurse.staff_id, colleague.staff_id), now).fill()
    took = f"{time.perf_counter() - began:.0f} s, of this process's processor {time.process_time() - used:.0f} s"
    print(f"filled with {size:,} cases in {took}", file=sys.stderr)
    database.engine.dispose()
    return Desk(settings, Database(settings.database, settings.sealing_keys), centres[0], nurse)


def ask(desk: Desk) -> tuple[Times, bytes, Board]:
    """Ask for the page as a nurse who signed in; return the times, the last page, and what stands on it."""
    clock = StillClock(NOW)
    client = create_app(desk.settings, clock).test_client()
    sign_in(client, desk.nurse)
    pages: list[bytes] = []

    def page() -> None:
        clock.forward(seconds=1)
        answer = client.get("/en/team/")
        assert answer.status_code == 200
        pages[:] = [answer.data]

    times = timed(desk.database, page)
    return times, pages[0], board(desk.database, desk.centre_id, desk.nurse.staff_id, clock())


def sign_in(client: FlaskClient, nurse: NewMember) -> None:
    sent = {"login": "nurse", "password": PASSWORD, "code": pyotp.TOTP(nurse.authenticator).at(NOW)}
    client.post("/en/team/in", data=sent, headers={"Sec-Fetch-Site": "same-origin"})


def boards_of(desk: Desk) -> Times:
    return timed(desk.database, lambda: board(desk.database, desk.centre_id, desk.nurse.staff_id, NOW))


def timed(database: Database, work: Callable[[], Any], rounds: int = ROUNDS, warming: int = WARMING) -> Times:
    """Do something many times, after a few that warm up, and return how long it took."""
    for _ in range(warming):
        work()
    before, wall, processor = of_server(database), list[float](), list[float]()
    for _ in range(rounds):
        began, used = time.perf_counter(), time.process_time()
        work()
        wall.append(1000 * (time.perf_counter() - began))
        processor.append(1000 * (time.process_time() - used))
    by_connection = {pid: spent - before.get(pid, 0.0) for pid, spent in of_server(database).items()}
    return Times(wall, processor, sum(by_connection.values()) / rounds if by_connection else None)


def of_server(database: Database) -> dict[int, float]:
    """Return the milliseconds of processor that PostgreSQL used for each connection; none with SQLite: it is here."""
    if database.engine.dialect.name == "sqlite":
        return {}
    with database.engine.connect() as connection:
        backends = connection.exec_driver_sql("SELECT pid FROM pg_stat_activity WHERE backend_type = 'client backend'")
        return {pid: ticks_of(pid) * 1000 / TICKS for (pid,) in backends}


def ticks_of(process: int) -> int:
    fields = Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()
    return int(fields[11]) + int(fields[12])


def say_growth(kind: str, before: tuple[int, Times], now: tuple[int, Times]) -> None:
    (smaller, was), (larger, times) = before, now
    ratios = (
        f"{name} {part(now_, 50) / part(was_, 50):.2f}"
        for name, now_, was_ in (("on the wall", times.wall, was.wall), ("processor", times.processor, was.processor))
    )
    print(f"{kind}, {larger / smaller:.0f} times the cases: the page in the middle, {', '.join(ratios)} times")


def part(times: Sequence[float], percent: int) -> float:
    return statistics.quantiles(times, n=100, method="inclusive")[percent - 1]


def told(times: Sequence[float]) -> str:
    return f"p50 {part(times, 50):.1f} ms, p95 {part(times, 95):.1f} ms"
