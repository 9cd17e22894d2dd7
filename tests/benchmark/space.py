"""`python -m tests.benchmark space`: her space, over loopback, on an invented database; it ends by itself.

Opening it with a code and asking for more time; a wrong code on a live and on an ended link, in turn; two hundred wrong
codes at once while people read a public page; the memory of the worker. Compare the ratios: they come from one run.
"""

import argparse
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from portal import law
from portal.access.links import NewLink, make_link
from portal.access.team import add_centre, add_member
from portal.access.throttle import FREE_TRIES
from portal.app import create_app
from portal.clock import brussels_day, system_clock
from portal.records.cases import Admission, register_case
from portal.records.database import Database
from portal.records.migrate import upgrade
from portal.settings import Settings, settings_from
from tests.benchmark.__main__ import PORTAL, Server, memory_of, serving
from tests.benchmark.browser import Answer, Browser, expect

PEOPLE = 200
PAIRS = 40  # of a live and an ended link, each with as many wrong codes as there is no wait for
PUBLIC = "/fr/i/5"
BEFORE_SECONDS = 5.0
BETWEEN_READERS = 0.02


@dataclass(frozen=True)
class Invented:
    """Links that open, and pairs of which the first has ended."""

    people: Sequence[NewLink]
    pairs: Sequence[tuple[NewLink, NewLink]]


def main(arguments: Sequence[str]) -> None:
    """Prepare, serve, measure, end."""
    argparse.ArgumentParser(prog="python -m tests.benchmark space", description=__doc__).parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder) / "data"
        settings = settings_from({"PORTAL_MODE": "demo", "PORTAL_DATA": str(data)})
        create_app(settings)
        invented = invent(settings)
        with serving(PORTAL, data) as (portal, _first):
            say_asking(portal, invented.people)
            say_wrong_codes(portal, invented.pairs)
            say_flood(portal, invented.people)


def invent(settings: Settings) -> Invented:
    """Write cases of an invented centre, examined a month ago, and make their links."""
    database, now = Database.of(settings), system_clock()
    upgrade(database)
    centre = add_centre(database, "Benchmark")
    staff = add_member(database, centre, "nurse", "only for a benchmark", now).staff_id
    exam_on = brussels_day(now) - timedelta(days=30)

    def case(number: int) -> str:
        admission = Admission(f"CASE-{number}", exam_on, minor=False, complaint=law.Complaint.NONE, language="fr")
        return register_case(database, centre, staff, admission, now)

    people = [make_link(database, centre, case(number), staff, now) for number in range(PEOPLE)]
    pairs = []
    for number in range(PEOPLE, PEOPLE + PAIRS):
        case_id = case(number)
        pairs.append(
            (make_link(database, centre, case_id, staff, now), make_link(database, centre, case_id, staff, now))
        )
    database.engine.dispose()
    return Invented(people, pairs)


def say_asking(portal: Server, people: Sequence[NewLink]) -> None:
    """Say how long it takes from the code to the space, and from there to the receipt of an extension."""
    browser, opening, asking = Browser(portal.port), [], []
    for link in people:
        browser.forget()
        opening.append(spent(open_space(browser, link)))
        asking.append(spent(ask_extension(browser)))
    print(f"opening a space, code and page, {PEOPLE} people: {told(opening)}")
    print(f"asking for more time, three pages: {told(asking)}")


def open_space(browser: Browser, link: NewLink) -> list[Answer]:
    """Send the code and follow to the space."""
    sent = browser.ask(f"/fr/l/{link.token}", {"code": link.code})
    assert (sent.status, sent.to) == (303, "/fr/m/i"), sent
    return [sent, expect(200, browser.ask(sent.to)), expect(200, browser.ask("/fr/m/"))]


def ask_extension(browser: Browser) -> list[Answer]:
    """Read what it means, press the button, and follow to the receipt."""
    form = expect(200, browser.ask("/fr/m/a/1/"))
    token = form.body.split('name="token"')[1].split('value="')[1].split('"')[0]
    sent = expect(303, browser.ask("/fr/m/a/1/", {"token": token}))
    return [form, sent, expect(200, browser.ask(sent.to))]


def say_wrong_codes(portal: Server, pairs: Sequence[tuple[NewLink, NewLink]]) -> None:
    """Say whether the time of a wrong code tells a live link from an ended one."""
    browser = Browser(portal.port)
    ended: list[float] = []
    live: list[float] = []
    for _ in range(FREE_TRIES):
        for first, second in pairs:
            for link, times in ((first, ended), (second, live)):
                wrong = f"{(int(link.code) + 1) % 10**8:08d}"
                times.append(expect(422, browser.ask(f"/fr/l/{link.token}", {"code": wrong})).milliseconds)
    medians = statistics.median(live), statistics.median(ended)
    print(f"a wrong code, {len(live)} on live and {len(ended)} on ended links, in turn: ", end="")
    print(f"medians {medians[0]:.1f} and {medians[1]:.1f} ms, ratio {medians[1] / medians[0]:.3f}")


@dataclass(frozen=True)
class Flooded:
    """Two hundred wrong codes at once: what came of them, what readers waited, and what the worker held, in MB."""

    seconds: float
    answers: str
    before: list[float]
    during: list[float]
    memory: float
    peak: float


def say_flood(portal: Server, people: Sequence[NewLink]) -> None:
    """Say what somebody who reads a public page notices of two hundred wrong codes at once."""
    found = flooded(portal, people)
    before, during = found.before, found.during
    print(f"{len(people)} wrong codes at once, answered in {found.seconds:.1f} s, by status: {found.answers}")
    print(f"a public page, {len(before)} times before: {told(before, 95)}")
    print(f"a public page, {len(during)} times during: {told(during, 95)}, the longest {max(during):.0f} ms")
    print(f"ratio: p50 {part(during, 50) / part(before, 50):.1f}, p95 {part(during, 95) / part(before, 95):.1f}")
    print(f"memory of the worker: {found.memory:.0f} MB before, {found.peak:.0f} MB at its highest")


def flooded(portal: Server, people: Sequence[NewLink]) -> Flooded:
    """Send one wrong code to each link at once while somebody reads."""
    memory = memory_of(portal.worker)
    forget_peak(portal.worker)
    end = time.perf_counter() + BEFORE_SECONDS
    before = reading(portal, lambda: time.perf_counter() < end)
    command = [sys.executable, "-m", "tests.benchmark.flood", str(portal.port)]
    began = time.perf_counter()
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as flood:
        assert flood.stdin is not None
        assert flood.stdout is not None
        flood.stdin.write(" ".join(link.token for link in people))
        flood.stdin.close()
        during = reading(portal, lambda: flood.poll() is None)
        answers = flood.stdout.read()
        seconds = time.perf_counter() - began
    return Flooded(seconds, answers, before, during, memory, peak_of(portal.worker))


def reading(portal: Server, goes_on: Callable[[], bool]) -> list[float]:
    """Read one public page fifty times a second; return the milliseconds from when each reader came.

    Whoever comes while the one before still waits has waited as well: a stall counts for everybody it met.
    """
    browser, times, came = Browser(portal.port), list[float](), time.perf_counter()
    while goes_on():
        time.sleep(max(0.0, came - time.perf_counter()))
        expect(200, browser.ask(PUBLIC))
        times.append(1000 * (time.perf_counter() - came))
        came += BETWEEN_READERS
    return times


def spent(answers: list[Answer]) -> float:
    """Return the milliseconds of several answers together."""
    return sum(answer.milliseconds for answer in answers)


def told(times: Sequence[float], high: int = 99) -> str:
    """Say the middle and a high percentile."""
    return f"p50 {part(times, 50):.1f} ms, p{high} {part(times, high):.1f} ms"


def part(times: Sequence[float], percent: int) -> float:
    """Return a percentile."""
    return statistics.quantiles(times, n=100, method="inclusive")[percent - 1]


def forget_peak(process: int) -> None:
    """Let the most memory of a process be counted from now on: starting needs more than serving."""
    Path(f"/proc/{process}/clear_refs").write_text("5")


def peak_of(process: int) -> float:
    """Return the most memory that a process had since, in MB."""
    status = Path(f"/proc/{process}/status").read_text()
    return int(status.split("VmHWM:")[1].split()[0]) / 1024
