"""axe on every public page, in every language, light and dark; her space and the console by the journeys."""

import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from portal.web.places import place_paths
from portal.web.press import public_paths
from tests import machine
from tests.figures.browser import window
from tests.figures.figure import HOUSE, Bench, Figure, not_measured
from tests.journeys.axe import LOOKS, assert_accessible

TARGET = "0 violations"
SAMPLE = 24
MUNICIPALITIES = 40  # of thousands that differ by names and numbers alone
OUTCOME = re.compile(r"^(?:\d+ \w+(?:, )?)+ in .*$", re.MULTILINE)


def axe(bench: Bench) -> Iterator[Figure]:
    """Give what axe found on the public pages: WCAG 2.2 A and AA, best practices, and the colours again in the dark."""
    what = "axe, every public page, light and dark"
    if machine.browser() is None:
        yield not_measured(what, TARGET, machine.HOW["browser"])
        return
    with bench.app.app_context():
        of_places = place_paths()
    every = [*public_paths(bench.app), *of_places[:: len(of_places) // MUNICIPALITIES]]
    paths, found = bench.some(every, SAMPLE), list[str]()
    client = bench.app.test_client()
    with window(2) as (page, looker):
        for path in bench.often(paths, "axe", 50):
            page.set_content(client.get(path).text)
            try:
                assert_accessible(page, looker, path, and_in_the_dark=True)
            except AssertionError as problem:
                found.append(str(problem))
    measured = f"{len(found)} pages with any" + "".join(f"; {one[:200]}" for one in found[:3])
    yield Figure(what, TARGET, measured, not found, f"{len(paths)} of {len(every)} pages in Chromium, four languages")


def journeys(bench: Bench) -> Iterator[Figure]:
    """Give what axe found on the way of the journeys: her space, the console, errors, in their states."""
    what = "axe, every stop of the journeys (her space, the console, errors)"
    if bench.quick or machine.browser() is None:
        why = "quick: left out; `python -m pytest tests/journeys` walks them" if bench.quick else machine.HOW["browser"]
        yield not_measured(what, TARGET, why)
        return
    bench.say("axe on the way of the journeys: some minutes")
    with tempfile.TemporaryDirectory() as folder:
        looks = Path(folder) / "looks"
        command = [sys.executable, "-m", "pytest", "-q", "-n", "0", "tests/journeys"]
        settings = {**os.environ, LOOKS: str(looks)}
        done = subprocess.run(command, check=False, cwd=HOUSE, capture_output=True, text=True, env=settings)
        if done.returncode:
            print(done.stdout[-20_000:], done.stderr[-2_000:], file=sys.stderr, flush=True)
        many = looks.stat().st_size if looks.exists() else 0
    outcome = OUTCOME.findall(done.stdout) or [f"pytest ended with {done.returncode}"]
    measured = f"0 on {many:,} looks" if done.returncode == 0 else outcome[-1]
    yield Figure(what, TARGET, measured, done.returncode == 0, f"`pytest tests/journeys`: {outcome[-1]}")
