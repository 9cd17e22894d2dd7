"""Two hundred codes in the same moment: what a worker holds."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

from portal.settings import settings_from
from tests.benchmark.__main__ import PORTAL, serving
from tests.benchmark.space import PEOPLE, flooded, invent
from tests.figures.figure import Bench, Figure

MOST = 300


def codes(bench: Bench) -> Iterator[Figure]:
    """Give the most memory of a worker while so many codes arrive at once."""
    bench.say(f"{PEOPLE} codes at once")
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder)
        (data / "built").symlink_to(bench.data / "built")
        people = invent(settings_from({"PORTAL_MODE": "demo", "PORTAL_DATA": str(data)})).people
        with serving(PORTAL, data) as (portal, _):
            found = flooded(portal, people)
    how = f"from {found.memory:.0f} MB; every code answered, by status: {found.answers.strip()}"
    yield Figure(
        f"memory of a worker, {PEOPLE} codes at once", f"≤ {MOST} MB", f"{found.peak:.0f} MB", found.peak <= MOST, how
    )
